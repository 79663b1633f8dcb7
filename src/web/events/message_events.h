// Events that carry something: MessageEvent (https://html.spec.whatwg.org/#messageevent),
// CloseEvent (https://websockets.spec.whatwg.org/#the-closeevent-interface), ErrorEvent
// (https://html.spec.whatwg.org/#errorevent).
#pragma once

#include <cstdint>
#include <string>

#include "web/events/event.h"

namespace skerry::web {

class MessageEvent final : public Event {
 public:
  static const js::ClassInfo info;
  explicit MessageEvent(std::string type) : Event(info, std::move(type)) {}
  static js::Js<std::unique_ptr<MessageEvent>> construct(js::Env& env, js::UsvString type,
                                                         js::OptionalValue init,
                                                         js::Receiver receiver);
  v8::Local<v8::Value> data(js::Env& env) const { return slot(env.isolate(), kData); }
  std::string_view origin(js::Env&) const { return origin_; }
  std::string_view last_event_id(js::Env&) const { return last_event_id_; }
  v8::Local<v8::Value> source(js::Env& env) const;
  v8::Local<v8::Value> ports(js::Env& env);
  // After it was wrapped.
  void set_data(js::Env& env, v8::Local<v8::Value> data) { set_slot(env.isolate(), kData, data); }

  static constexpr int kData = 1;  // slot 0 is the event's target
  static constexpr int kSource = 2;
  static constexpr int kPorts = 3;

 private:
  std::string origin_, last_event_id_;
};

class CloseEvent final : public Event {
 public:
  static const js::ClassInfo info;
  explicit CloseEvent(std::string type) : Event(info, std::move(type)) {}
  // NOLINTNEXTLINE: the event's own attributes
  CloseEvent(uint16_t code, std::string reason, bool was_clean)
      : Event(info, "close"), code_(code), reason_(std::move(reason)), was_clean_(was_clean) {}
  static js::Js<std::unique_ptr<CloseEvent>> construct(js::Env& env, js::UsvString type,
                                                       js::OptionalValue init);
  bool was_clean(js::Env&) const { return was_clean_; }
  int32_t code(js::Env&) const { return code_; }
  std::string_view reason(js::Env&) const { return reason_; }

 private:
  uint16_t code_ = 0;
  std::string reason_;
  bool was_clean_ = false;
};

class ErrorEvent final : public Event {
 public:
  static const js::ClassInfo info;
  explicit ErrorEvent(std::string type) : Event(info, std::move(type)) {}
  static js::Js<std::unique_ptr<ErrorEvent>> construct(js::Env& env, js::UsvString type,
                                                       js::OptionalValue init,
                                                       js::Receiver receiver);
  std::string_view message(js::Env&) const { return message_; }
  std::string_view filename(js::Env&) const { return filename_; }
  uint32_t lineno(js::Env&) const { return line_; }
  uint32_t colno(js::Env&) const { return column_; }
  v8::Local<v8::Value> error(js::Env& env) const { return slot(env.isolate(), kError); }
  // After it was wrapped.
  void set_error(js::Env& env, std::string message, v8::Local<v8::Value> error) {
    message_ = std::move(message);
    set_slot(env.isolate(), kError, error);
  }

  static constexpr int kError = 1;

 private:
  std::string message_, filename_;
  uint32_t line_ = 0, column_ = 0;
};

}  // namespace skerry::web
