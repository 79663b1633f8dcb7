// KV as workers see it: https://developers.cloudflare.com/kv/api/. A read of a key in memory gives
// a promise that is already resolved; everything else is an operation of the current event.
// DEVIATION: every failure is a rejection, also where workerd throws from get() itself.
#pragma once

#include <memory>

#include "bindings/kv_options.h"
#include "bindings/service_calls.h"
#include "context/request_context.h"
#include "js/convert.h"
#include "store/kv.h"

namespace skerry::bindings {

class KvNamespace final : public js::Wrapped {
 public:
  static const js::ClassInfo info;

  // `kv` belongs to the isolate's loop; it may be shared by isolates of that loop, as `calls` by
  // the bindings of one isolate.
  KvNamespace(std::shared_ptr<store::KvNamespace> kv, std::shared_ptr<ServiceCalls> calls)
      : Wrapped(info), kv_(std::move(kv)), calls_(std::move(calls)) {}

  js::Js<v8::Local<v8::Promise>> get(js::Env& env, v8::Local<v8::Value> key, OptionalValue options);
  js::Js<v8::Local<v8::Promise>> get_with_metadata(js::Env& env, v8::Local<v8::Value> key,
                                                   OptionalValue options);
  js::Js<v8::Local<v8::Promise>> list(js::Env& env, OptionalValue options);
  js::Js<v8::Local<v8::Promise>> put(js::Env& env, v8::Local<v8::Value> key,
                                     v8::Local<v8::Value> value, OptionalValue options);
  js::Js<v8::Local<v8::Promise>> remove(js::Env& env, v8::Local<v8::Value> key);

 private:
  struct Form;
  js::Js<v8::Local<v8::Promise>> read(js::Env& env, v8::Local<v8::Value> key,
                                      const OptionalValue& options, Form form);
  js::Js<v8::Local<v8::Promise>> read_many(js::Env& env, v8::Local<v8::Array> keys,
                                           const OptionalValue& options, Form form);
  // The current event, with this call counted.
  js::Js<context::RequestContext*> begin(js::Env& env, const char* what);

  std::shared_ptr<store::KvNamespace> kv_;
  std::shared_ptr<ServiceCalls> calls_;
};

}  // namespace skerry::bindings
