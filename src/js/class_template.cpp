#include "js/class_template.h"

#include <cstring>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "js/class_table.h"
#include "js/convert.h"
#include "js/method.h"

namespace skerry::js {

namespace {

v8::Local<v8::String> interned(v8::Isolate* isolate, const char* text) {
  return v8::String::NewFromUtf8(isolate, text, v8::NewStringType::kInternalized).ToLocalChecked();
}

void illegal_constructor(const CallInfo& info) {
  info.GetIsolate()->ThrowException(
      v8::Exception::TypeError(interned(info.GetIsolate(), "Illegal constructor")));
}

void add_method(v8::Isolate* isolate, v8::Local<v8::Template> target, const Member& member,
                v8::Local<v8::Signature> signature) {
  v8::Local<v8::String> name = interned(isolate, member.name);
  v8::Local<v8::FunctionTemplate> function = v8::FunctionTemplate::New(
      isolate, member.callback, name, signature, member.length, v8::ConstructorBehavior::kThrow);
  function->SetClassName(name);
  target->Set(name, function);
}

v8::Local<v8::FunctionTemplate> accessor_half(v8::Isolate* isolate, const char* prefix,
                                              const Member& member, v8::FunctionCallback callback,
                                              int length, v8::Local<v8::Signature> signature) {
  v8::Local<v8::FunctionTemplate> half =
      v8::FunctionTemplate::New(isolate, callback, interned(isolate, member.name), signature,
                                length, v8::ConstructorBehavior::kThrow);
  half->SetClassName(interned(isolate, (std::string(prefix) + member.name).c_str()));
  return half;
}

void add_accessor(v8::Isolate* isolate, v8::Local<v8::Template> target, const Member& member,
                  v8::Local<v8::Signature> signature, v8::PropertyAttribute attributes) {
  v8::Local<v8::FunctionTemplate> setter;
  if (member.setter != nullptr)
    setter = accessor_half(isolate, "set ", member, member.setter, 1, signature);
  target->SetAccessorProperty(interned(isolate, member.name),
                              accessor_half(isolate, "get ", member, member.callback, 0, signature),
                              setter, attributes);
}

void add_member(v8::Isolate* isolate, v8::Local<v8::FunctionTemplate> made, const Member& member) {
  v8::Local<v8::Signature> signature = v8::Signature::New(isolate, made);
  v8::Local<v8::ObjectTemplate> prototype = made->PrototypeTemplate();
  switch (member.kind) {
    case Member::Kind::method:
      add_method(isolate, prototype, member,
                 member.returns_promise ? v8::Local<v8::Signature>() : signature);
      break;
    case Member::Kind::static_method: add_method(isolate, made, member, {}); break;
    case Member::Kind::getter: add_accessor(isolate, prototype, member, signature, v8::None); break;
    case Member::Kind::static_getter: add_accessor(isolate, made, member, {}, v8::None); break;
    case Member::Kind::own_getter:
      add_accessor(isolate, made->InstanceTemplate(), member, signature, v8::DontDelete);
      break;
    case Member::Kind::constant: {
      v8::Local<v8::Integer> value = v8::Integer::New(isolate, member.value);
      auto attributes = static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontDelete);
      made->Set(interned(isolate, member.name), value, attributes);
      prototype->Set(interned(isolate, member.name), value, attributes);
      break;
    }
    case Member::Kind::constructor:
    case Member::Kind::alias: break;
  }
}

v8::Local<v8::Name> alias_key(v8::Isolate* isolate, const char* name) {
  if (std::strcmp(name, "@@iterator") == 0) return v8::Symbol::GetIterator(isolate);
  if (std::strcmp(name, "@@asyncIterator") == 0) return v8::Symbol::GetAsyncIterator(isolate);
  return interned(isolate, name);
}

// A template to inherit from whose prototype is an object of the engine.
v8::Local<v8::FunctionTemplate> intrinsic_parent(v8::Isolate* isolate, v8::Intrinsic prototype) {
  v8::Local<v8::FunctionTemplate> parent = v8::FunctionTemplate::New(isolate);
  parent->RemovePrototype();
  parent->SetIntrinsicDataProperty(interned(isolate, "prototype"), prototype);
  return parent;
}

}  // namespace

v8::Local<v8::FunctionTemplate> build_class_template(Env& env, const ClassInfo& info) {
  v8::Isolate* isolate = env.isolate();
  v8::EscapableHandleScope scope(isolate);
  ClassTable table;
  info.describe(table);
  v8::FunctionCallback construct = illegal_constructor;
  int length = 0;
  for (const Member& member : table.members()) {
    if (member.kind != Member::Kind::constructor) continue;
    construct = member.callback;
    length = member.length;
  }
  v8::Local<v8::String> name = interned(isolate, info.name);
  v8::Local<v8::FunctionTemplate> made =
      v8::FunctionTemplate::New(isolate, construct, name, {}, length);
  made->SetClassName(name);
  made->ReadOnlyPrototype();
  if (info.parent != nullptr) made->Inherit(env.class_template(*info.parent));
  if (table.iterator_of != nullptr)
    made->Inherit(intrinsic_parent(isolate, v8::kIteratorPrototype));
  // https://webidl.spec.whatwg.org/#create-an-interface-prototype-object names this one interface.
  if (std::strcmp(info.name, "DOMException") == 0)
    made->Inherit(intrinsic_parent(isolate, v8::kErrorPrototype));
  // The C++ half, the slots, the litter.
  made->InstanceTemplate()->SetInternalFieldCount(2 + info.slots);
  for (const Member& member : table.members()) add_member(isolate, made, member);
  made->PrototypeTemplate()->Set(v8::Symbol::GetToStringTag(isolate), name,
                                 static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontEnum));
  return scope.Escape(made);
}

void finish_class_function(Env& env, const ClassInfo& info, v8::Local<v8::Function> function) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  ClassTable table;
  info.describe(table);
  // https://webidl.spec.whatwg.org/#create-an-interface-object, where templates only link
  // prototypes.
  if (info.parent != nullptr)
    (void)function->SetPrototypeV2(context, env.class_function(*info.parent));
  v8::Local<v8::Value> prototype;
  if (!function->Get(context, env.name("prototype")).ToLocal(&prototype) || !prototype->IsObject())
    return;
  v8::Local<v8::Object> target = prototype.As<v8::Object>();
  if (table.iterator_of != nullptr) target->Delete(context, env.name("constructor")).Check();
  for (const Member& member : table.members()) {
    if (member.kind != Member::Kind::alias) continue;
    v8::Local<v8::Name> key = alias_key(isolate, member.name);
    v8::Local<v8::Value> method;
    if (target->HasRealNamedProperty(context, key).FromMaybe(true)) continue;
    if (!target->Get(context, interned(isolate, member.alias_of)).ToLocal(&method)) return;
    target->DefineOwnProperty(context, key, method, v8::DontEnum).Check();
  }
}

Js<v8::Local<v8::Value>> make_namespace(Env& env, const GlobalObject& which) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Object> made = v8::Object::New(isolate);
  // https://console.spec.whatwg.org/#console-namespace: for historical reasons an empty object
  // stands in between.
  if (std::strcmp(which.name, "console") == 0 &&
      made->SetPrototypeV2(context, v8::Object::New(isolate)).IsNothing())
    return already_thrown();
  ClassTable table;
  which.describe(table);
  for (const Member& member : table.members()) {
    v8::Local<v8::String> name = interned(isolate, member.name);
    v8::Local<v8::Function> function;
    if (!v8::Function::New(context, member.callback, name, member.length,
                           v8::ConstructorBehavior::kThrow)
             .ToLocal(&function))
      return already_thrown();
    function->SetName(name);
    if (made->CreateDataProperty(context, name, function).IsNothing()) return already_thrown();
  }
  if (made->DefineOwnProperty(context, v8::Symbol::GetToStringTag(isolate),
                              interned(isolate, which.name),
                              static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontEnum))
          .IsNothing())
    return already_thrown();
  return scope.Escape(made.As<v8::Value>());
}

namespace {

// Compiled code of large builtins, made by the first isolate that loads one and used by those that
// follow: parsing costs more than all else. Of the process, as the sources are, which lie in the
// binary. Any thread.
class BuiltinCode {
 public:
  static BuiltinCode& shared() {
    static BuiltinCode code;
    return code;
  }
  // Empty when there is none; what is given stays.
  std::span<const uint8_t> find(std::string_view source) {
    std::lock_guard lock(mutex_);
    auto found = kept_.find(source.data());
    return found == kept_.end() ? std::span<const uint8_t>() : found->second;
  }
  void keep(std::string_view source, std::span<const uint8_t> code) {
    std::lock_guard lock(mutex_);
    kept_.try_emplace(source.data(), code.begin(), code.end());
  }

 private:
  std::mutex mutex_;
  std::unordered_map<const char*, std::vector<uint8_t>> kept_;
};

// Smaller sources are parsed in less time than their code takes to read back.
constexpr size_t kCachedSourceBytes = 8 * 1024;

// How one builtin reaches another; scripts of a worker never hold this function.
void require_builtin(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Env& env = Env::from(info.GetIsolate());
  if (!info[0]->IsString()) return;
  Js<v8::Local<v8::Object>> exports =
      env.builtin_exports(to_utf8(info.GetIsolate(), info[0].As<v8::String>()));
  if (!exports) return env.throw_js(exports.error());
  info.GetReturnValue().Set(*exports);
}

}  // namespace

Js<v8::Local<v8::Object>> load_builtin(Env& env, const Builtin& builtin) {
  v8::Isolate* isolate = env.isolate();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Context> context = env.context();
  // The source stays where the linker put it. The resource is shared by all isolates and never
  // freed.
  class Resource final : public v8::String::ExternalOneByteStringResource {
   public:
    explicit Resource(std::string_view text) : text_(text) {}
    const char* data() const override { return text_.data(); }
    size_t length() const override { return text_.size(); }

   private:
    std::string_view text_;
  };
  v8::Local<v8::String> source;
  if (!v8::String::NewExternalOneByte(isolate, new Resource(builtin.source)).ToLocal(&source))
    return already_thrown();
  std::string origin_name = "skerry:" + std::string(builtin.name);
  v8::ScriptOrigin origin(from_utf8(isolate, origin_name));
  const std::span<const uint8_t> known = BuiltinCode::shared().find(builtin.source);
  auto* cached = known.empty() ? nullptr
                               : new v8::ScriptCompiler::CachedData(known.data(),
                                                                    static_cast<int>(known.size()));
  v8::ScriptCompiler::Source script_source(source, origin, cached);
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> function;
  if (!v8::ScriptCompiler::Compile(context, &script_source,
                                   cached != nullptr ? v8::ScriptCompiler::kConsumeCodeCache
                                                     : v8::ScriptCompiler::kNoCompileOptions)
           .ToLocal(&script) ||
      !script->Run(context).ToLocal(&function))
    return already_thrown();
  if (!function->IsFunction()) return plain_error("builtin " + origin_name + " is not a function");
  v8::Local<v8::Object> internal = v8::Object::New(isolate);
  if (env.surface().parts().fill_internal != nullptr)
    env.surface().parts().fill_internal(env, internal);
  v8::Local<v8::Function> require;
  if (!v8::Function::New(context, require_builtin, {}, 1, v8::ConstructorBehavior::kThrow)
           .ToLocal(&require))
    return already_thrown();
  internal->CreateDataProperty(context, env.name("require"), require).Check();
  if (builtin.fill != nullptr) builtin.fill(env, internal);
  v8::Local<v8::Value> arguments[] = {internal, from_utf8(isolate, builtin.name)};
  v8::Local<v8::Value> exports;
  if (!function.As<v8::Function>()
           ->Call(context, v8::Undefined(isolate), 2, arguments)
           .ToLocal(&exports))
    return already_thrown();
  if (!exports->IsObject()) return plain_error("builtin " + origin_name + " returned no exports");
  // Now the code has what running it needed, and no more.
  if (cached == nullptr && builtin.source.size() >= kCachedSourceBytes) {
    std::unique_ptr<v8::ScriptCompiler::CachedData> made(
        v8::ScriptCompiler::CreateCodeCache(script->GetUnboundScript()));
    if (made != nullptr)
      BuiltinCode::shared().keep(builtin.source, {made->data, static_cast<size_t>(made->length)});
  }
  return scope.Escape(exports.As<v8::Object>());
}

}  // namespace skerry::js
