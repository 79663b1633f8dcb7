// fetch(): https://fetch.spec.whatwg.org/#fetch-method
#pragma once

#include "js/convert.h"

namespace skerry::web {

js::Js<v8::Local<v8::Promise>> fetch(js::Env& env, v8::Local<v8::Value> input,
                                     js::OptionalValue init);

}  // namespace skerry::web
