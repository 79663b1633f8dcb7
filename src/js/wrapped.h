// The C++ half of an object of ours. The JavaScript half owns it: when the collector takes the
// wrapper, the Wrapped is deleted. A Wrapped never holds a strong handle to a JavaScript value;
// what it must keep alive goes into a slot of the wrapper, which the collector traces.
#pragma once

#include "js/class_info.h"
#include "js/litter.h"
#include "js/v8.h"

namespace skerry::js {

class Env;

class Wrapped {
 public:
  explicit Wrapped(const ClassInfo& info) : class_info_(&info) {}
  Wrapped(const Wrapped&) = delete;
  Wrapped& operator=(const Wrapped&) = delete;
  virtual ~Wrapped();

  const ClassInfo& class_info() const { return *class_info_; }
  // The JavaScript object; only after it was wrapped.
  v8::Local<v8::Object> object(v8::Isolate* isolate) const {
    return litter_ != nullptr ? litter_->object(isolate, place_) : wrapper_.Get(isolate);
  }
  bool has_object() const { return env_ != nullptr; }
  // A traced JavaScript value; undefined until set. `slot` < class_info().slots.
  v8::Local<v8::Value> slot(v8::Isolate* isolate, int slot) const {
    return object(isolate)->GetInternalField(slot + 1).As<v8::Value>();
  }
  void set_slot(v8::Isolate* isolate, int slot, v8::Local<v8::Value> value) {
    object(isolate)->SetInternalField(slot + 1, value);
  }
  // Ties this to its JavaScript half, which from now on owns it.
  void attach(v8::Isolate* isolate, v8::Local<v8::Object> object);

 private:
  friend class Env;
  const ClassInfo* class_info_;
  uint8_t place_ = 0;
  Env* env_ = nullptr;
  Litter* litter_ = nullptr;  // which owns this; or null, and the rest is used
  Wrapped* next_ =
      nullptr;  // all that have a handle of their own, so that the isolate's end frees them
  Wrapped* previous_ = nullptr;
  v8::Global<v8::Object> wrapper_;
};

// The Wrapped behind a value, or null when the value is not an object of ours.
inline Wrapped* wrapped_of(v8::Local<v8::Value> value) {
  if (!value->IsObject()) return nullptr;
  v8::Local<v8::Object> object = value.As<v8::Object>();
  if (!object->IsApiWrapper() || object->InternalFieldCount() < 1) return nullptr;
  return static_cast<Wrapped*>(object->GetAlignedPointerFromInternalField(0));
}

// The T behind a value, or null. T has `static const ClassInfo info`.
template <class T>
T* unwrap(v8::Local<v8::Value> value) {
  Wrapped* wrapped = wrapped_of(value);
  if (wrapped == nullptr || !wrapped->class_info().is_a(T::info)) return nullptr;
  return static_cast<T*>(wrapped);
}

}  // namespace skerry::js
