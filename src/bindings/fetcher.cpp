#include "bindings/fetcher.h"

#include "js/method.h"
#include "web/fetch/fetch.h"

namespace skerry::bindings {

namespace {

void describe(js::ClassTable& table) {
  table.promise_method<&Fetcher::fetch>(
      "fetch", "(input: Request | string | URL, init?: RequestInit): Promise<Response>");
}

}  // namespace

const js::ClassInfo Fetcher::info{.name = "Fetcher", .describe = describe, .exposed = false};

js::Js<v8::Local<v8::Promise>> Fetcher::fetch(js::Env& env, v8::Local<v8::Value> input,
                                              js::OptionalValue init) {
  return web::fetch_service(env, service_, input, init);
}

}  // namespace skerry::bindings
