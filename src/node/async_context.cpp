#include "js/convert.h"
#include "node/native.h"

namespace skerry::node {

namespace {

void get_context(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.GetIsolate()->GetContinuationPreservedEmbedderData());
}

void set_context(const v8::FunctionCallbackInfo<v8::Value>& info) {
  js::Env::from(info.GetIsolate()).note_async_context();
  info.GetIsolate()->SetContinuationPreservedEmbedderData(info[0]);
}

}  // namespace

void define_function(js::Env& env, v8::Local<v8::Object> target, const char* name,
                     v8::FunctionCallback callback) {
  v8::Local<v8::Function> function;
  if (v8::Function::New(env.context(), callback, {}, 0, v8::ConstructorBehavior::kThrow)
          .ToLocal(&function))
    target->CreateDataProperty(env.context(), env.name(name), function).Check();
}

void fill_async_context(js::Env& env, v8::Local<v8::Object> internal) {
  define_function(env, internal, "getContext", get_context);
  define_function(env, internal, "setContext", set_context);
}

}  // namespace skerry::node
