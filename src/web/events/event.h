// Event: https://dom.spec.whatwg.org/#interface-event
#pragma once

#include <optional>
#include <string>

#include "js/convert.h"
#include "js/wrapped.h"

namespace skerry::web {

class EventTarget;

class Event : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  explicit Event(std::string type) : Event(info, std::move(type)) {}
  Event(const js::ClassInfo& derived, std::string type)
      : Wrapped(derived), type_(std::move(type)) {}

  static js::Js<std::unique_ptr<Event>> construct(js::Env& env, js::UsvString type,
                                                  js::OptionalValue init);
  js::Js<> read_init(js::Env& env, v8::Local<v8::Value> init);

  std::string_view type(js::Env&) const { return type_; }
  v8::Local<v8::Value> target(js::Env& env) const { return or_null(env, kTarget); }
  v8::Local<v8::Value> current_target(js::Env& env) const;
  int32_t event_phase(js::Env&) const { return phase_; }
  bool bubbles(js::Env&) const { return bubbles_; }
  bool cancelable(js::Env&) const { return cancelable_; }
  bool composed(js::Env&) const { return composed_; }
  bool default_prevented(js::Env&) const { return canceled_; }
  bool is_trusted(js::Env&) const { return trusted_; }
  double time_stamp(js::Env&) const { return 0; }
  bool return_value(js::Env&) const { return !canceled_; }
  void set_return_value(js::Env& env, bool value);
  bool cancel_bubble(js::Env&) const { return stop_propagation_; }
  void set_cancel_bubble(js::Env&, bool value);
  v8::Local<v8::Value> composed_path(js::Env& env) const;
  void stop_propagation(js::Env&) { stop_propagation_ = true; }
  void stop_immediate_propagation(js::Env&) { stop_propagation_ = stop_immediate_ = true; }
  void prevent_default(js::Env&);
  void init_event(js::Env& env, js::UsvString type, std::optional<bool> bubbles,
                  std::optional<bool> cancelable);

  void set_trusted() { trusted_ = true; }
  const std::string& type_text() const { return type_; }
  bool canceled() const { return canceled_; }

 protected:
  static constexpr int kTarget = 0;
  static constexpr int kDetail = 1;  // of CustomEvent

 private:
  friend class EventTarget;
  v8::Local<v8::Value> or_null(js::Env& env, int which) const;
  std::string type_;
  int32_t phase_ = 0;
  bool bubbles_ = false, cancelable_ = false, composed_ = false, trusted_ = false;
  bool canceled_ = false, stop_propagation_ = false, stop_immediate_ = false;
  bool dispatching_ = false, in_passive_listener_ = false;
};

// https://dom.spec.whatwg.org/#interface-customevent
class CustomEvent final : public Event {
 public:
  static const js::ClassInfo info;
  explicit CustomEvent(std::string type) : Event(info, std::move(type)) {}
  static js::Js<std::unique_ptr<CustomEvent>> construct(js::Env& env, js::UsvString type,
                                                        js::OptionalValue init,
                                                        js::Receiver receiver);
  v8::Local<v8::Value> detail(js::Env& env) const;
};

}  // namespace skerry::web
