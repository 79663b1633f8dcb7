// Objects that were made in one turn and die together. A weak handle costs V8 more than the object
// it stands for, when it is made and again in the collection that finds it dead; a request makes a
// handful of objects that become garbage at the same moment. They share one: each of them refers to
// a common anchor, the anchor to each of them, and only the anchor has a weak handle. The price is
// that one of them kept alive keeps the others, so a litter is small and ends with its turn.
#pragma once

#include <array>
#include <cstdint>

#include "js/v8.h"

namespace skerry::js {

class Env;
class Wrapped;

class Litter {
 public:
  static constexpr int kSize = 8;

  explicit Litter(Env& env);
  ~Litter();
  Litter(const Litter&) = delete;
  Litter& operator=(const Litter&) = delete;

  bool full() const { return count_ == kSize; }
  // Takes the C++ half over; returns its place. The object's field `field` ties it to the anchor.
  uint8_t add(v8::Isolate* isolate, Wrapped* member, v8::Local<v8::Object> object, int field);
  v8::Local<v8::Object> object(v8::Isolate* isolate, uint8_t place) const {
    return anchor_.Get(isolate)->GetInternalField(place).As<v8::Value>().As<v8::Object>();
  }

 private:
  friend class Env;
  static void first_pass(const v8::WeakCallbackInfo<Litter>& info);

  Env& env_;
  Litter* next_;  // all litters of an isolate, so that its end frees them
  Litter* previous_ = nullptr;
  v8::Global<v8::Object> anchor_;
  std::array<Wrapped*, kSize> members_;
  uint8_t count_ = 0;
};

}  // namespace skerry::js
