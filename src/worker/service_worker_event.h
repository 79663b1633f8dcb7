// The event of service-worker syntax, addEventListener("fetch", event => event.respondWith(…)):
// https://w3c.github.io/ServiceWorker/#fetchevent-interface
#pragma once

#include "web/events/event.h"

namespace skerry::worker {

class ServiceWorkerFetchEvent final : public web::Event {
 public:
  static const js::ClassInfo info;
  ServiceWorkerFetchEvent() : Event(info, "fetch") {}
  v8::Local<v8::Value> request(js::Env& env) const { return slot(env.isolate(), kRequest); }
  js::Js<> respond_with(js::Env& env, v8::Local<v8::Value> response);
  js::Js<> wait_until(js::Env& env, v8::Local<v8::Value> promise);
  void pass_through_on_exception(js::Env& env);
  // What respondWith() was given; undefined if it was not called.
  v8::Local<v8::Value> response(js::Env& env) const { return slot(env.isolate(), kResponse); }
  void set_parts(js::Env& env, v8::Local<v8::Value> request, v8::Local<v8::Value> context);

 private:
  static constexpr int kRequest = 1;  // slot 0 is the event's target
  static constexpr int kResponse = 2;
  static constexpr int kContext = 3;
  bool responded_ = false;
};

}  // namespace skerry::worker
