#include "js/convert.h"
#include "node/modules.h"
#include "node/native.h"

namespace skerry::node {

namespace {

void get_global(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.GetIsolate()->GetCurrentContext()->Global());
}

// The export of a builtin under the name of the property.
void get_export(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  js::Env& env = js::Env::from(info.GetIsolate());
  js::Js<v8::Local<v8::Object>> exports =
      env.builtin_exports(js::to_utf8(info.GetIsolate(), info.Data().As<v8::String>()));
  if (!exports) return env.throw_js(exports.error());
  v8::Local<v8::Value> value;
  if ((*exports)->Get(env.context(), name).ToLocal(&value)) info.GetReturnValue().Set(value);
}

void get_module(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  js::Env& env = js::Env::from(info.GetIsolate());
  js::Js<v8::Local<v8::Object>> exports =
      env.builtin_exports(js::to_utf8(info.GetIsolate(), info.Data().As<v8::String>()));
  if (!exports) return env.throw_js(exports.error());
  info.GetReturnValue().Set(*exports);
}

void define_lazy(js::Env& env, const char* name, v8::AccessorNameGetterCallback getter,
                 const char* builtin) {
  env.context()
      ->Global()
      ->SetLazyDataProperty(env.context(), env.name(name), getter,
                            js::from_utf8(env.isolate(), builtin), v8::DontEnum)
      .Check();
}

}  // namespace

void install_globals(js::Env& env) {
  define_lazy(env, "global", get_global, "");
  define_lazy(env, "Buffer", get_export, "node:buffer");
  define_lazy(env, "process", get_module, "node:process");
  define_lazy(env, "setImmediate", get_export, "node:timers");
  define_lazy(env, "clearImmediate", get_export, "node:timers");
}

}  // namespace skerry::node
