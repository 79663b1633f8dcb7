#include "worker/execution_context.h"

#include "js/error_report.h"
#include "js/method.h"

namespace skerry::worker {

namespace {

void describe(js::ClassTable& table) {
  table.method<&ExecutionContext::wait_until>("waitUntil", "(promise: Promise<any>): void");
  table.method<&ExecutionContext::pass_through_on_exception>("passThroughOnException", "(): void");
  table.getter<&ExecutionContext::props>("props", "any");
}

ExecutionContext& context_of(const js::CallInfo& info) {
  return *js::unwrap<ExecutionContext>(info.Data());
}

void on_fulfilled(const js::CallInfo& info) {
  context_of(info).settled(js::Env::from(info.GetIsolate()), v8::Local<v8::Value>());
}

void on_rejected(const js::CallInfo& info) {
  context_of(info).settled(js::Env::from(info.GetIsolate()), info[0]);
}

}  // namespace

const js::ClassInfo ExecutionContext::info{
    .name = "ExecutionContext", .describe = describe, .slots = 1};

js::Js<> ExecutionContext::wait_until(js::Env& env, v8::Local<v8::Value> promise) {
  if (context_->closed())
    return js::plain_error("waitUntil() was called after the event had ended");
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Promise> waited;
  if (promise->IsPromise())
    waited = promise.As<v8::Promise>();
  else
    waited = js::resolved(env, promise);
  v8::Local<v8::Object> self = object(env.isolate());
  v8::Local<v8::Function> fulfilled, rejected;
  if (!v8::Function::New(context, on_fulfilled, self, 1, v8::ConstructorBehavior::kThrow)
           .ToLocal(&fulfilled) ||
      !v8::Function::New(context, on_rejected, self, 1, v8::ConstructorBehavior::kThrow)
           .ToLocal(&rejected))
    return js::already_thrown();
  ++context_->waiting;
  if (waited->Then(context, fulfilled, rejected).IsEmpty()) {
    --context_->waiting;
    return js::already_thrown();
  }
  return {};
}

void ExecutionContext::settled(js::Env& env, v8::Local<v8::Value> rejection) {
  if (context_->waiting > 0) --context_->waiting;
  if (rejection.IsEmpty()) return;
  js::ErrorReport report = js::report_exception(env, rejection);
  context_->services().log.event(observe::Level::error, "",
                                 "A promise given to waitUntil() was rejected: " + report.stack);
}

v8::Local<v8::Value> ExecutionContext::props(js::Env& env) {
  v8::Local<v8::Value> known = slot(env.isolate(), kProps);
  if (known->IsObject()) return known;
  v8::Local<v8::Value> made;
  if (props_ == nullptr ||
      !v8::JSON::Parse(env.context(), js::from_utf8(env.isolate(), *props_)).ToLocal(&made))
    made = v8::Object::New(env.isolate());
  set_slot(env.isolate(), kProps, made);
  return made;
}

}  // namespace skerry::worker
