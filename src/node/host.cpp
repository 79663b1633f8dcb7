// What node:process and node:module ask about the worker they run in.
#include "node/modules.h"
#include "node/native.h"

#include "js/convert.h"

namespace skerry::node {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// findModule(specifier): the name of its builtin, or undefined. Whoever runs this has the full
// flag, or could not have imported the module that asks.
void find(const Info& info) {
  if (!info[0]->IsString()) return;
  v8::Isolate* isolate = info.GetIsolate();
  Result<const char*> found =
      find_module(js::to_utf8(isolate, info[0].As<v8::String>()), Compat::full);
  if (found && *found != nullptr) info.GetReturnValue().Set(js::from_utf8(isolate, *found));
}

void names(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::LocalVector<v8::Value> all(isolate);
  for (std::string_view name : module_names()) all.push_back(js::from_utf8(isolate, name));
  info.GetReturnValue().Set(v8::Array::New(isolate, all.data(), all.size()));
}

void bindings(const Info& info) {
  js::Env& env = js::Env::from(info.GetIsolate());
  if (!env.bindings().IsEmpty()) info.GetReturnValue().Set(env.bindings());
}

}  // namespace

void fill_host(js::Env& env, v8::Local<v8::Object> internal) {
  define_function(env, internal, "findModule", find);
  define_function(env, internal, "moduleNames", names);
  define_function(env, internal, "bindings", bindings);
}

}  // namespace skerry::node
