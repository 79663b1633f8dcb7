#include "web/clone/microtask.h"

#include "web/report.h"

namespace skerry::web {

void run_microtask(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  js::Env& env = js::Env::from(isolate);
  v8::TryCatch caught(isolate);
  v8::Local<v8::Value> ignored;
  v8::Local<v8::Function> callback = info.Data().As<v8::Function>();
  if (!callback->Call(env.context(), v8::Undefined(isolate), 0, nullptr).ToLocal(&ignored))
    report_uncaught(env, caught);
  if (caught.HasTerminated()) caught.ReThrow();
}

// https://html.spec.whatwg.org/#dom-queuemicrotask. The callback is the data of a function of ours,
// so that the collector frees it when the queue is dropped.
js::Js<> queue_microtask(js::Env& env, v8::Local<v8::Function> callback) {
  v8::Local<v8::Function> task;
  if (!v8::Function::New(env.context(), run_microtask, callback, 0, v8::ConstructorBehavior::kThrow)
           .ToLocal(&task))
    return js::already_thrown();
  env.isolate()->EnqueueMicrotask(task);
  return {};
}

}  // namespace skerry::web
