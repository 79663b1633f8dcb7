#include "js/convert.h"
#include "node/modules.h"
#include "node/native.h"

namespace skerry::node {

namespace {

void get_global(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.GetIsolate()->GetCurrentContext()->Global());
}

void define_lazy(js::Env& env, const char* name, v8::AccessorNameGetterCallback getter) {
  env.context()
      ->Global()
      ->SetLazyDataProperty(env.context(), env.name(name), getter, {}, v8::DontEnum)
      .Check();
}

}  // namespace

void install_globals(js::Env& env) {
  define_lazy(env, "global", get_global);
}

}  // namespace skerry::node
