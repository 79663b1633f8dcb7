// WebSocket and WebSocketPair: https://websockets.spec.whatwg.org/#the-websocket-interface with
// what Workers adds, https://developers.cloudflare.com/workers/runtime-apis/websockets/. DEVIATION:
// a socket may be used from any event of its isolate, not only from the one that accepted it, since
// nothing but memory of the process is touched: chat rooms without Durable Objects work as long as
// one isolate serves everybody. Its events run in the event that accepted it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "context/request_context.h"
#include "types/web_socket.h"
#include "web/events/event_target.h"

namespace skerry::web {

class OpenSocket;

class WebSocket final : public EventTarget {
 public:
  static const js::ClassInfo info;
  // One end of a pair; nothing is delivered before accept().
  explicit WebSocket(std::unique_ptr<types::WebSocket> end)
      : EventTarget(info), end_(std::move(end)) {}
  WebSocket() : EventTarget(info) {}

  static js::Js<std::unique_ptr<WebSocket>> construct(js::Env& env, js::UsvString url,
                                                      js::OptionalValue protocols,
                                                      js::Receiver receiver);
  js::Js<> accept(js::Env& env, js::OptionalValue options);
  js::Js<> send(js::Env& env, v8::Local<v8::Value> message);
  js::Js<> close(js::Env& env, js::OptionalValue code, std::optional<js::UsvString> reason);
  int32_t ready_state(js::Env&) const;
  double buffered_amount(js::Env&) const;
  v8::Local<v8::Value> url(js::Env& env) const;
  std::string_view protocol(js::Env&) const { return protocol_; }
  std::string_view extensions(js::Env&) const { return {}; }
  std::string_view binary_type(js::Env&) const { return "arraybuffer"; }
  void set_binary_type(js::Env&, js::UsvString) {}
  template <const char* const* Type>
  v8::Local<v8::Value> get_handler(js::Env& env) const {
    return handler(env, *Type);
  }
  template <const char* const* Type>
  void put_handler(js::Env& env, v8::Local<v8::Value> callback) {
    set_handler(env, *Type, callback);
  }

  // A socket that fetch() opened; the context owns the connection from now on.
  void hold(context::RequestContext& context, js::Env& env, std::unique_ptr<types::WebSocket> end,
            std::string protocol);
  // For the response that carries it. None when it was accepted or used before.
  std::unique_ptr<types::WebSocket> take_end();

 protected:
  void listener_threw(js::Env& env, v8::Local<v8::Value> exception) override;

 private:
  friend class OpenSocket;
  enum class State : uint8_t {
    connecting,  // new WebSocket(): no answer yet
    waiting,     // for accept(), or for a response to carry it
    open,
    closed,  // both ways, or lost
    taken,   // a response carries it
  };
  js::Js<> check_can_send() const;

  State state_ = State::waiting;
  std::unique_ptr<types::WebSocket> end_;  // of a pair, while it waits
  OpenSocket* operation_ = nullptr;
  std::string url_, protocol_;
  bool constructed_ = false;  // by new WebSocket()
  bool close_sent_ = false;   // by close()
  bool close_received_ = false;
  bool half_open_ = false;  // the script answers Close itself
};

class WebSocketPair final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  WebSocketPair() : Wrapped(info) {}
  static js::Js<std::unique_ptr<WebSocketPair>> construct(js::Env& env, js::Receiver receiver);
};

}  // namespace skerry::web
