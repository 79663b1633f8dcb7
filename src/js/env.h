// One isolate as the rest of skerry sees it: templates of touched classes, exports of loaded
// builtins, the clock, and what upper layers attach. Reached from V8 callbacks through the isolate;
// otherwise always an argument. Used by one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "js/surface.h"
#include "js/throw.h"
#include "js/v8.h"
#include "js/wrapped.h"

namespace skerry::js {

class Env {
 public:
  Env(v8::Isolate* isolate, const Surface& surface);
  ~Env();
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;

  static Env& from(v8::Isolate* isolate) { return *static_cast<Env*>(isolate->GetData(0)); }

  v8::Isolate* isolate() const { return isolate_; }
  v8::Local<v8::Context> context() const { return context_.Get(isolate_); }
  void set_context(v8::Local<v8::Context> context) { context_.Reset(isolate_, context); }
  const Surface& surface() const { return surface_; }

  // The template of a class, built on first touch.
  v8::Local<v8::FunctionTemplate> class_template(const ClassInfo& info);
  v8::Local<v8::Function> class_function(const ClassInfo& info);
  // Gives a C++ object its JavaScript half, which owns it from then on.
  template <class T>
  v8::Local<v8::Object> wrap(std::unique_ptr<T> object) {
    v8::Local<v8::Object> made = instantiate(T::info);
    object.release()->attach(isolate_, made);
    return made;
  }
  // As `wrap`, for callers that go on using the C++ part.
  template <class T>
  T& wrap_ref(std::unique_ptr<T> object) {
    T& kept = *object;
    wrap(std::move(object));
    return kept;
  }
  v8::Local<v8::Object> instantiate(const ClassInfo& info);

  // Between these, the first few objects that are made share one weak handle (js/litter.h).
  void open_litter() { litter_open_ = true; }
  void close_litter() {
    litter_open_ = false;
    litter_ = nullptr;
  }
  // The one that takes the next object; null when there is none.
  Litter* litter() {
    if (!litter_open_) return nullptr;
    if (litter_ == nullptr) litter_ = new Litter(*this);
    return litter_->full() ? nullptr : litter_;
  }

  // An export of a JavaScript builtin; loads it on first use.
  Js<v8::Local<v8::Value>> builtin_export(std::string_view builtin, const char* name);
  Js<v8::Local<v8::Object>> builtin_exports(std::string_view builtin);
  // A function of an object that a builtin exports, kept from the first use. `object` and `name`
  // are literals.
  Js<v8::Local<v8::Function>> builtin_function(std::string_view builtin, const char* object,
                                               const char* name);

  // An interned property name; `text` has static storage.
  v8::Local<v8::String> name(const char* text);

  // `{ value, done }`, as iterators return it.
  v8::Local<v8::Object> iterator_result(v8::Local<v8::Value> value,
                                        bool done);  // NOLINT: the object's own shape

  v8::Local<v8::Value> make_exception(const Throw& thrown);
  void throw_js(const Throw& thrown);

  // Milliseconds since 1970 as JavaScript may know them: frozen between I/O, 0 at module scope.
  double now_ms() const { return now_ms_; }
  void set_now_ms(double now_ms) { now_ms_ = now_ms; }
  bool at_module_scope() const { return at_module_scope_; }
  void set_at_module_scope(bool at) { at_module_scope_ = at; }  // NOLINT: a state, not an option

  // Bytes of array buffers that a stream has just finished with, or brought in. V8 lets 32 MiB of
  // dead buffers gather before it looks; after a few MiB this has the young generation collected,
  // so that a stream holds little memory.
  void note_buffer_garbage(size_t bytes) {
    buffer_garbage_ += bytes;
    if (buffer_garbage_ > kBufferGarbageMax) [[unlikely]]
      collect_young();
  }

  // What upper layers tie to the isolate, without js knowing their types.
  enum class Attachment : uint8_t {
    request,
    worker,
    services,
    events,
    streams,
    modules,
    timers,
    console,
    count
  };
  void* attachment(Attachment which) const { return attachments_[static_cast<size_t>(which)]; }
  void attach(Attachment which, void* object) { attachments_[static_cast<size_t>(which)] = object; }
  // As attach(), and `free(object)` is called when the isolate ends. Once for each `which`.
  void attach_owned(Attachment which, void* object, void (*free)(void*)) {
    attach(which, object);
    frees_[static_cast<size_t>(which)] = free;
  }

  // Scripts of this isolate have a value that follows asynchronous calls
  // (v8::Isolate::SetContinuationPreservedEmbedderData): whoever calls back later keeps it.
  bool has_async_context() const { return has_async_context_; }
  void note_async_context() { has_async_context_ = true; }

  // The worker's `env`, for modules that reach it without a handler; empty until it is set.
  v8::Local<v8::Object> bindings() const { return bindings_.Get(isolate_); }
  void set_bindings(v8::Local<v8::Object> bindings) { bindings_.Reset(isolate_, bindings); }

  // The env whose JavaScript runs on this thread; null outside. Only the platform's clock may need
  // it.
  static Env* running();

 private:
  friend class Wrapped;
  friend class Litter;
  friend class Entered;
  v8::Local<v8::Object> new_anchor();
  v8::Isolate* isolate_;
  const Surface& surface_;
  v8::Global<v8::Context> context_;
  std::vector<v8::Eternal<v8::FunctionTemplate>> templates_;
  std::vector<v8::Eternal<v8::ObjectTemplate>> instance_templates_;
  struct LoadedBuiltin {
    const Builtin* builtin;
    v8::Global<v8::Object> exports;
  };
  std::vector<LoadedBuiltin> builtins_;
  struct KeptFunction {
    const char* name;
    v8::Global<v8::Function> function;
  };
  std::vector<KeptFunction> kept_functions_;
  struct Name {
    const char* text;
    v8::Eternal<v8::String> string;
  };
  std::array<Name, 512> names_{};
  Wrapped* first_wrapped_ = nullptr;
  Litter* first_litter_ = nullptr;
  Litter* litter_ = nullptr;
  bool litter_open_ = false;
  v8::Eternal<v8::ObjectTemplate> anchor_template_;
  v8::Eternal<v8::DictionaryTemplate> iterator_result_;
  static constexpr size_t kBufferGarbageMax = 4u << 20;
  void collect_young();
  static void after_collection(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags flags,
                               void* env);
  size_t buffer_garbage_ = 0;
  double now_ms_ = 0;
  bool at_module_scope_ = true;
  bool has_async_context_ = false;
  v8::Global<v8::Object> bindings_;
  std::array<void*, static_cast<size_t>(Attachment::count)> attachments_{};
  std::array<void (*)(void*), static_cast<size_t>(Attachment::count)> frees_{};
};

// Enters the isolate and its context for a scope. May nest.
class Entered {
 public:
  explicit Entered(Env& env);
  ~Entered();
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;

 private:
  v8::Isolate::Scope isolate_scope_;
  v8::HandleScope handle_scope_;
  v8::Context::Scope context_scope_;
  Env* outer_;
};

}  // namespace skerry::js
