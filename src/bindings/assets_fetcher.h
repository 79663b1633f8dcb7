// env.ASSETS: the static files of a worker, with fetch().
// https://developers.cloudflare.com/workers/static-assets/binding/
#pragma once

#include <memory>

#include "js/convert.h"
#include "web/fetch/outbound.h"

namespace skerry::bindings {

class AssetsFetcher final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  explicit AssetsFetcher(std::shared_ptr<web::Outbound> files)
      : Wrapped(info), files_(std::move(files)) {}
  // Redirects are given as they are: the caller is a site and not a browser. DEVIATION: workerd
  // follows those that _redirects and HTML handling make, unless the request says manual, as each
  // request of a client does.
  js::Js<v8::Local<v8::Promise>> fetch(js::Env& env, v8::Local<v8::Value> input,
                                       js::OptionalValue init);

 private:
  std::shared_ptr<web::Outbound> files_;
};

}  // namespace skerry::bindings
