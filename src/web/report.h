// What happens to an exception nobody caught, and where a Web API finds the services of its
// isolate.
#pragma once

#include "context/services.h"
#include "js/env.h"

namespace skerry::web {

// The services of the event that runs now, or at module scope those the isolate's creator attached
// (js::Env::Attachment::services). Null when there are none.
context::Services* services_of(js::Env& env);

// https://html.spec.whatwg.org/#report-an-exception: writes what `caught` holds to the log, stack
// included. Never throws, and leaves `caught` reset. A termination is not reported: whoever asked
// for it says why. May run getters of the exception object, so the caller holds no pointer into the
// JavaScript heap across it.
// GAP: no `error` event on the global object yet.
void report_uncaught(js::Env& env, v8::TryCatch& caught);
void report_value(js::Env& env, v8::Local<v8::Value> exception);

}  // namespace skerry::web
