#include "js/surface.h"

#include <cstring>

#include "base/check.h"
#include "js/class_table.h"
#include "js/class_template.h"
#include "js/env.h"
#include "js/method.h"

namespace skerry::js {

namespace {

using LazyInfo = v8::PropertyCallbackInfo<v8::Value>;

int index_of(const LazyInfo& info) {
  return info.Data().As<v8::Int32>()->Value();
}

void get_class(v8::Local<v8::Name>, const LazyInfo& info) {
  Env& env = Env::from(info.GetIsolate());
  const ClassInfo& which = *env.surface().parts().classes[static_cast<size_t>(index_of(info))];
  info.GetReturnValue().Set(env.class_function(which));
}

void get_function(v8::Local<v8::Name> name, const LazyInfo& info) {
  Env& env = Env::from(info.GetIsolate());
  const GlobalFunction& which =
      env.surface().parts().functions[static_cast<size_t>(index_of(info))];
  v8::Local<v8::Function> function;
  if (!v8::Function::New(env.context(), which.callback, name, which.length,
                         v8::ConstructorBehavior::kThrow)
           .ToLocal(&function))
    return;
  function->SetName(name.As<v8::String>());
  info.GetReturnValue().Set(function);
}

void get_object(v8::Local<v8::Name>, const LazyInfo& info) {
  Env& env = Env::from(info.GetIsolate());
  const GlobalObject& which = env.surface().parts().objects[static_cast<size_t>(index_of(info))];
  Js<v8::Local<v8::Value>> made =
      which.make == nullptr ? make_namespace(env, which) : which.make(env);
  if (!made) return env.throw_js(made.error());
  info.GetReturnValue().Set(*made);
}

void get_export(v8::Local<v8::Name>, const LazyInfo& info) {
  Env& env = Env::from(info.GetIsolate());
  const BuiltinExport& which = env.surface().parts().exports[static_cast<size_t>(index_of(info))];
  Js<v8::Local<v8::Value>> value = env.builtin_export(which.builtin, which.name);
  if (!value) return env.throw_js(value.error());
  info.GetReturnValue().Set(*value);
}

void define_lazy(v8::Isolate* isolate, v8::Local<v8::Context> context, const char* name,
                 v8::AccessorNameGetterCallback getter, size_t index,
                 v8::PropertyAttribute attributes) {
  v8::Local<v8::String> key =
      v8::String::NewFromUtf8(isolate, name, v8::NewStringType::kInternalized).ToLocalChecked();
  context->Global()
      ->SetLazyDataProperty(context, key, getter,
                            v8::Integer::New(isolate, static_cast<int>(index)), attributes)
      .Check();
}

}  // namespace

Surface::Surface(SurfaceParts parts) : parts_(std::move(parts)) {
  for (size_t i = 0; i < parts_.classes.size(); ++i) {
    const ClassInfo& info = *parts_.classes[i];
    SKERRY_CHECK(info.index == UINT16_MAX || info.index == i);
    info.index = static_cast<uint16_t>(i);
  }
  auto add = [this](auto* function) {
    if (function != nullptr) external_references_.push_back(reinterpret_cast<intptr_t>(function));
  };
  add(get_class);
  add(get_function);
  add(get_object);
  add(get_export);
  auto add_table = [&add](void (*describe)(ClassTable&)) {
    ClassTable table;
    describe(table);
    for (const Member& member : table.members()) {
      add(member.callback);
      add(member.setter);
    }
  };
  for (const ClassInfo* info : parts_.classes) add_table(info->describe);
  for (const GlobalObject& object : parts_.objects)
    if (object.describe != nullptr) add_table(object.describe);
  for (const GlobalFunction& function : parts_.functions) add(function.callback);
  for (v8::FunctionCallback callback : parts_.callbacks) add(callback);
  external_references_.push_back(0);
}

const Builtin* Surface::builtin(std::string_view name) const {
  for (const Builtin& builtin : parts_.builtins)
    if (name == builtin.name) return &builtin;
  return nullptr;
}

void Surface::install(v8::Isolate* isolate, v8::Local<v8::Context> context) const {
  for (size_t i = 0; i < parts_.classes.size(); ++i)
    if (parts_.classes[i]->exposed)
      define_lazy(isolate, context, parts_.classes[i]->name, get_class, i, v8::DontEnum);
  for (size_t i = 0; i < parts_.functions.size(); ++i)
    define_lazy(isolate, context, parts_.functions[i].name, get_function, i, v8::None);
  for (size_t i = 0; i < parts_.objects.size(); ++i)
    define_lazy(isolate, context, parts_.objects[i].name, get_object, i,
                std::strcmp(parts_.objects[i].name, "console") == 0 ? v8::DontEnum : v8::None);
  for (size_t i = 0; i < parts_.exports.size(); ++i)
    if (parts_.exports[i].name[0] != '_')
      define_lazy(isolate, context, parts_.exports[i].name, get_export, i, v8::DontEnum);
}

}  // namespace skerry::js
