#include "worker/service_worker_event.h"

#include "js/method.h"
#include "worker/execution_context.h"

namespace skerry::worker {

namespace {

void describe(js::ClassTable& table) {
  table.getter<&ServiceWorkerFetchEvent::request>("request", "Request");
  table.method<&ServiceWorkerFetchEvent::respond_with>(
      "respondWith", "(response: Response | Promise<Response>): void");
  table.method<&ServiceWorkerFetchEvent::wait_until>("waitUntil", "(promise: Promise<any>): void");
  table.method<&ServiceWorkerFetchEvent::pass_through_on_exception>("passThroughOnException",
                                                                    "(): void");
}

}  // namespace

const js::ClassInfo ServiceWorkerFetchEvent::info{
    .name = "FetchEvent", .parent = &web::Event::info, .describe = describe, .slots = 4};

void ServiceWorkerFetchEvent::set_parts(js::Env& env, v8::Local<v8::Value> request,
                                        v8::Local<v8::Value> context) {
  set_slot(env.isolate(), kRequest, request);
  set_slot(env.isolate(), kContext, context);
}

// https://w3c.github.io/ServiceWorker/#fetch-event-respondwith
js::Js<> ServiceWorkerFetchEvent::respond_with(js::Env& env, v8::Local<v8::Value> response) {
  if (responded_)
    return js::dom_error("InvalidStateError", "FetchEvent.respondWith() has already been called.");
  responded_ = true;
  set_slot(env.isolate(), kResponse, response);
  stop_immediate_propagation(env);
  return {};
}

js::Js<> ServiceWorkerFetchEvent::wait_until(js::Env& env, v8::Local<v8::Value> promise) {
  return js::unwrap<ExecutionContext>(slot(env.isolate(), kContext))->wait_until(env, promise);
}

void ServiceWorkerFetchEvent::pass_through_on_exception(js::Env& env) {
  js::unwrap<ExecutionContext>(slot(env.isolate(), kContext))->pass_through_on_exception(env);
}

}  // namespace skerry::worker
