#include "js/env.h"

#include <cstring>

#include "js/class_template.h"
#include "js/convert.h"

namespace skerry::js {

namespace {
thread_local Env* running_env = nullptr;
}

Env::Env(v8::Isolate* isolate, const Surface& surface) : isolate_(isolate), surface_(surface) {
  isolate->SetData(0, this);
  isolate->AddGCEpilogueCallback(after_collection, this);
  templates_.resize(surface.parts().classes.size());
  instance_templates_.resize(surface.parts().classes.size());
}

Env::~Env() {
  while (first_litter_ != nullptr) delete first_litter_;
  while (first_wrapped_ != nullptr) delete first_wrapped_;
  for (size_t i = 0; i < frees_.size(); ++i)
    if (frees_[i] != nullptr) frees_[i](attachments_[i]);
  isolate_->RemoveGCEpilogueCallback(after_collection, this);
  isolate_->SetData(0, nullptr);
}

Env* Env::running() {
  return running_env;
}

v8::Local<v8::FunctionTemplate> Env::class_template(const ClassInfo& info) {
  v8::Eternal<v8::FunctionTemplate>& cached = templates_[info.index];
  if (cached.IsEmpty()) [[unlikely]] {
    v8::Local<v8::FunctionTemplate> made = build_class_template(*this, info);
    cached.Set(isolate_, made);
    instance_templates_[info.index].Set(isolate_, made->InstanceTemplate());
    return made;
  }
  return cached.Get(isolate_);
}

v8::Local<v8::Function> Env::class_function(const ClassInfo& info) {
  v8::Local<v8::Context> context = this->context();
  v8::Local<v8::Function> function = class_template(info)->GetFunction(context).ToLocalChecked();
  finish_class_function(*this, info, function);
  return function;
}

namespace {

// NewInstance fails only when the isolate is being terminated; the object is then made once the
// flag is off.
v8::Local<v8::Object> new_instance(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                   v8::Local<v8::ObjectTemplate> of) {
  v8::Local<v8::Object> object;
  if (of->NewInstance(context).ToLocal(&object)) [[likely]]
    return object;
  isolate->CancelTerminateExecution();
  object = of->NewInstance(context).ToLocalChecked();
  isolate->TerminateExecution();
  return object;
}

}  // namespace

v8::Local<v8::Object> Env::instantiate(const ClassInfo& info) {
  v8::Eternal<v8::ObjectTemplate>& cached = instance_templates_[info.index];
  if (cached.IsEmpty()) [[unlikely]]
    class_function(info);
  return new_instance(isolate_, context(), cached.Get(isolate_));
}

v8::Local<v8::Object> Env::new_anchor() {
  if (anchor_template_.IsEmpty()) [[unlikely]] {
    v8::Local<v8::ObjectTemplate> made = v8::ObjectTemplate::New(isolate_);
    made->SetInternalFieldCount(Litter::kSize);
    anchor_template_.Set(isolate_, made);
  }
  return new_instance(isolate_, context(), anchor_template_.Get(isolate_));
}

v8::Local<v8::String> Env::name(const char* text) {
  // Keyed by address: callers pass literals. Two literals with one text take two places, which
  // costs nothing.
  size_t at = (reinterpret_cast<uintptr_t>(text) * 0x9E3779B97F4A7C15ull >> 40) % names_.size();
  for (size_t probe = 0; probe < 8; ++probe) {
    Name& entry = names_[(at + probe) % names_.size()];
    if (entry.text == text) return entry.string.Get(isolate_);
    if (entry.text == nullptr) {
      v8::Local<v8::String> made =
          v8::String::NewFromUtf8(isolate_, text, v8::NewStringType::kInternalized)
              .ToLocalChecked();
      entry.text = text;
      entry.string.Set(isolate_, made);
      return made;
    }
  }
  return v8::String::NewFromUtf8(isolate_, text, v8::NewStringType::kInternalized).ToLocalChecked();
}

v8::Local<v8::Object> Env::iterator_result(v8::Local<v8::Value> value, bool done) {
  if (iterator_result_.IsEmpty()) {
    constexpr std::string_view kNames[] = {"value", "done"};
    iterator_result_.Set(isolate_, v8::DictionaryTemplate::New(
                                       isolate_, v8::MemorySpan<const std::string_view>(kNames)));
  }
  v8::MaybeLocal<v8::Value> values[] = {value, v8::Boolean::New(isolate_, done).As<v8::Value>()};
  return iterator_result_.Get(isolate_)->NewInstance(
      context(), v8::MemorySpan<v8::MaybeLocal<v8::Value>>(values));
}

v8::Local<v8::Value> Env::make_exception(const Throw& thrown) {
  v8::Local<v8::String> text = from_utf8(isolate_, thrown.message);
  switch (thrown.kind) {
    case Throw::Kind::type_error: return v8::Exception::TypeError(text);
    case Throw::Kind::range_error: return v8::Exception::RangeError(text);
    case Throw::Kind::syntax_error: return v8::Exception::SyntaxError(text);
    case Throw::Kind::dom_exception:
      return surface_.parts().make_dom_exception(*this, thrown.dom_name, thrown.message);
    case Throw::Kind::error:
    case Throw::Kind::pending: break;
  }
  return v8::Exception::Error(text);
}

void Env::throw_js(const Throw& thrown) {
  if (thrown.kind == Throw::Kind::pending) return;
  isolate_->ThrowException(make_exception(thrown));
}

void Env::after_collection(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* env) {
  static_cast<Env*>(env)->buffer_garbage_ = 0;
}

// There is no call for a collection of the young generation alone, but filling what is left of it
// leads to one.
void Env::collect_young() {
  constexpr int kPiece = 64 * 1024;
  static const std::string filler(kPiece, ' ');
  for (int i = 0; i < 256 && buffer_garbage_ > kBufferGarbageMax; ++i) {
    v8::HandleScope scope(isolate_);
    (void)v8::String::NewFromOneByte(isolate_, reinterpret_cast<const uint8_t*>(filler.data()),
                                     v8::NewStringType::kNormal, kPiece);
  }
  buffer_garbage_ = 0;
}

Js<v8::Local<v8::Object>> Env::builtin_exports(std::string_view name) {
  const Builtin* builtin = surface_.builtin(name);
  for (LoadedBuiltin& loaded : builtins_)
    if (loaded.builtin == builtin) return loaded.exports.Get(isolate_);
  if (builtin == nullptr) return plain_error("no builtin called " + std::string(name));
  Js<v8::Local<v8::Object>> exports = load_builtin(*this, *builtin);
  if (!exports) return exports;
  builtins_.push_back({builtin, v8::Global<v8::Object>(isolate_, *exports)});
  return exports;
}

Js<v8::Local<v8::Value>> Env::builtin_export(std::string_view builtin, const char* key) {
  Js<v8::Local<v8::Object>> exports = builtin_exports(builtin);
  if (!exports) return pass(exports);
  v8::Local<v8::Value> value;
  if (!(*exports)->Get(context(), name(key)).ToLocal(&value)) return already_thrown();
  return value;
}

Js<v8::Local<v8::Function>> Env::builtin_function(std::string_view builtin, const char* object,
                                                  const char* name_text) {
  for (const KeptFunction& kept : kept_functions_)
    if (kept.name == name_text) return kept.function.Get(isolate_);
  Js<v8::Local<v8::Value>> holder = builtin_export(builtin, object);
  if (!holder) return pass(holder);
  v8::Local<v8::Value> function;
  if (!(*holder).As<v8::Object>()->Get(context(), name(name_text)).ToLocal(&function))
    return already_thrown();
  if (!function->IsFunction())
    return plain_error(std::string("builtin function ") + name_text + " is missing");
  kept_functions_.push_back(
      {name_text, v8::Global<v8::Function>(isolate_, function.As<v8::Function>())});
  return function.As<v8::Function>();
}

Entered::Entered(Env& env)
    : isolate_scope_(env.isolate()),
      handle_scope_(env.isolate()),
      context_scope_(env.context()),
      outer_(std::exchange(running_env, &env)) {}

Entered::~Entered() {
  running_env = outer_;
}

}  // namespace skerry::js
