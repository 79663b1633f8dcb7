// Exceptions that nobody in JavaScript catches: logged with their stack, never thrown further.
#pragma once

#include "js/env.h"

namespace skerry::web {

// https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception
// GAP: no `error` event on the global object yet.
void report_uncaught(js::Env& env, v8::TryCatch& caught);
void report_value(js::Env& env, v8::Local<v8::Value> exception);

}  // namespace skerry::web
