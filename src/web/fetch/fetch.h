// fetch(): https://fetch.spec.whatwg.org/#fetch-method
#pragma once

#include <memory>

#include "js/convert.h"

namespace skerry::web {

class Outbound;

js::Js<v8::Local<v8::Promise>> fetch(js::Env& env, v8::Local<v8::Value> input,
                                     js::OptionalValue init);
// fetch() of a service binding: the request goes to `service`, which the binding keeps alive,
// whatever its URL. Failures of the service itself reject with an Error of their text.
js::Js<v8::Local<v8::Promise>> fetch_service(js::Env& env, std::shared_ptr<Outbound> service,
                                             v8::Local<v8::Value> input, js::OptionalValue init);

}  // namespace skerry::web
