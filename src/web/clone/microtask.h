// queueMicrotask: https://html.spec.whatwg.org/#microtask-queuing
#pragma once

#include "js/convert.h"

namespace skerry::web {

// Allowed at module scope too. An exception of the callback is reported.
js::Js<> queue_microtask(js::Env& env, v8::Local<v8::Function> callback);
// What the engine calls; listed for snapshots.
void run_microtask(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace skerry::web
