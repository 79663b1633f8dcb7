// EventTarget: https://dom.spec.whatwg.org/#interface-eventtarget. Listeners' callbacks live in a
// JavaScript array in a slot, so that cycles between targets and callbacks can be collected.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "js/convert.h"
#include "js/wrapped.h"

namespace skerry::web {

class Event;
class AbortSignal;

class EventTarget : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  EventTarget() : EventTarget(info) {}
  explicit EventTarget(const js::ClassInfo& derived) : Wrapped(derived) {}

  static js::Js<std::unique_ptr<EventTarget>> construct(js::Env& env);
  js::Js<> add_event_listener(js::Env& env, js::UsvString type, v8::Local<v8::Value> callback,
                              js::OptionalValue options);
  js::Js<> remove_event_listener(js::Env& env, js::UsvString type, v8::Local<v8::Value> callback,
                                 js::OptionalValue options);
  js::Js<bool> dispatch_event(js::Env& env, Event& event);

  // Dispatches an event made here; `event` is wrapped. Exceptions of listeners are reported, never
  // thrown.
  bool dispatch(js::Env& env, Event& event);
  bool has_listeners(std::string_view type) const;
  // The `onxyz` attribute: null, or the callback.
  v8::Local<v8::Value> handler(js::Env& env, std::string_view type) const;
  void set_handler(js::Env& env, const char* type, v8::Local<v8::Value> callback);

 protected:
  // A listener let an exception through; it was reported.
  virtual void listener_threw(js::Env&, v8::Local<v8::Value>) {}
  static constexpr int kCallbacks = 0;
  static constexpr int kSlots = 1;

 private:
  struct Listener {
    std::string type;
    uint32_t callback;  // index in the array of callbacks
    bool capture, once, passive, is_handler;
    uint64_t id;
  };
  v8::Local<v8::Array> callbacks(js::Env& env);
  void remove(js::Env& env, uint64_t id);
  void invoke(js::Env& env, Event& event, const Listener& listener);
  std::vector<Listener> listeners_;
  uint64_t ids_ = 0;
};

// The event target that the global object is (addEventListener without a receiver); made on first
// use.
EventTarget& global_target(js::Env& env);

}  // namespace skerry::web
