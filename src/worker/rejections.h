// Promises that are rejected while nobody listens: each is told to the worker's log once the turn
// is over, unless somebody listens by then.
// https://html.spec.whatwg.org/#unhandled-promise-rejections GAP: no `unhandledrejection` and
// `rejectionhandled` events on the global object yet.
#pragma once

#include <memory>
#include <vector>

#include "context/services.h"
#include "js/isolate.h"

namespace skerry::worker {

class Rejections {
 public:
  // Watches the isolate from now on. Both outlive this; loop thread.
  Rejections(js::Isolate& isolate, context::Services& services);
  ~Rejections();
  Rejections(const Rejections&) = delete;
  Rejections& operator=(const Rejections&) = delete;

 private:
  static void on_event(v8::PromiseRejectMessage message);
  void rejected(v8::Local<v8::Promise> promise);
  void report();

  js::Isolate& isolate_;
  context::Services& services_;
  std::vector<v8::Global<v8::Promise>> waiting_;  // rejected in this turn
  size_t more_ = 0;                               // past the bound, not kept
  bool reporting_ = false;
  std::shared_ptr<Rejections*> link_;  // for what is deferred: null once this is gone
};

}  // namespace skerry::worker
