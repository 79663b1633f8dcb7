// A service binding: another worker of this process, with fetch().
// https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/http/
// GAP: no calls of methods (RPC) and no connect().
#pragma once

#include <memory>

#include "js/convert.h"
#include "web/fetch/outbound.h"

namespace skerry::bindings {

class Fetcher final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  explicit Fetcher(std::shared_ptr<web::Outbound> service)
      : Wrapped(info), service_(std::move(service)) {}
  js::Js<v8::Local<v8::Promise>> fetch(js::Env& env, v8::Local<v8::Value> input,
                                       js::OptionalValue init);

 private:
  std::shared_ptr<web::Outbound> service_;
};

}  // namespace skerry::bindings
