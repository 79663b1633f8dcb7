#include "web/websocket/web_socket.h"

#include <algorithm>
#include <vector>

#include "js/method.h"
#include "types/header_list.h"
#include "types/url.h"
#include "web/events/message_events.h"
#include "web/websocket/open_socket.h"

namespace skerry::web {

namespace {

constexpr const char* kOpen = "open";
constexpr const char* kMessage = "message";
constexpr const char* kClose = "close";
constexpr const char* kError = "error";
constexpr size_t kReasonBytesMax = 123;

template <const char* const* Type>
void handler_attribute(js::ClassTable& t, const char* name, const char* types) {
  t.accessor<&WebSocket::get_handler<Type>, &WebSocket::put_handler<Type>>(name, types);
}

void describe(js::ClassTable& t) {
  t.constructor<&WebSocket::construct>("(url: string | URL, protocols?: string | string[])");
  t.method<&WebSocket::accept>("accept", "(options?: { allowHalfOpen?: boolean }): void");
  t.method<&WebSocket::send>("send", "(message: string | ArrayBuffer | ArrayBufferView): void");
  t.method<&WebSocket::close>("close", "(code?: number, reason?: string): void");
  const char* const prefixes[2][4] = {
      {"READY_STATE_CONNECTING", "READY_STATE_OPEN", "READY_STATE_CLOSING", "READY_STATE_CLOSED"},
      {"CONNECTING", "OPEN", "CLOSING", "CLOSED"}};
  for (auto& names : prefixes)
    for (int32_t i = 0; i < 4; ++i) t.constant(names[i], i);
  t.getter<&WebSocket::ready_state>("readyState", "number");
  t.getter<&WebSocket::buffered_amount>("bufferedAmount", "number");
  t.getter<&WebSocket::url>("url", "string | null");
  t.getter<&WebSocket::protocol>("protocol", "string");
  t.getter<&WebSocket::extensions>("extensions", "string");
  t.accessor<&WebSocket::binary_type, &WebSocket::set_binary_type>("binaryType", "string");
  handler_attribute<&kOpen>(t, "onopen", "((event: Event) => void) | null");
  handler_attribute<&kMessage>(t, "onmessage", "((event: MessageEvent) => void) | null");
  handler_attribute<&kClose>(t, "onclose", "((event: CloseEvent) => void) | null");
  handler_attribute<&kError>(t, "onerror", "((event: ErrorEvent) => void) | null");
}

void describe_pair(js::ClassTable& t) {
  t.constructor<&WebSocketPair::construct>("()");
}

// https://websockets.spec.whatwg.org/#dom-websocket-websocket, 4 to 7, as a text for each failure.
js::Js<std::vector<std::string>> read_protocols(js::Env& env, v8::Local<v8::Value> given) {
  std::vector<std::string> names;
  if (given->IsUndefined()) return names;
  if (given->IsObject()) {
    js::Js<std::vector<v8::Local<v8::Value>>> list = js::to_sequence(env, given);
    if (!list) return js::pass(list);
    for (v8::Local<v8::Value> each : *list) {
      js::Js<js::UsvString> name = js::FromJs<js::UsvString>::get(env, each);
      if (!name) return js::pass(name);
      names.push_back(std::move(name->value));
    }
  } else {
    js::Js<js::UsvString> name = js::FromJs<js::UsvString>::get(env, given);
    if (!name) return js::pass(name);
    names.push_back(std::move(name->value));
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (!types::is_header_name(names[i]))
      return js::dom_error(
          "SyntaxError",
          given->IsObject() ? "WebSocket Constructor: One of the protocol header tokens is invalid."
                            : "WebSocket Constructor: The protocol header token is invalid.");
    if (std::find(names.begin(), names.begin() + static_cast<ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<ptrdiff_t>(i))
      return js::dom_error(
          "SyntaxError",
          "WebSocket Constructor: The protocols header cannot have repeating values.");
  }
  return names;
}

std::unexpected<js::Throw> not_accepted() {
  return js::type_error(
      "You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending "
      "messages.");
}

}  // namespace

const js::ClassInfo WebSocket::info{.name = "WebSocket",
                                    .parent = &EventTarget::info,
                                    .describe = describe,
                                    .slots = EventTarget::kSlots};
const js::ClassInfo WebSocketPair::info{.name = "WebSocketPair", .describe = describe_pair};

// https://websockets.spec.whatwg.org/#dom-websocket-websocket
js::Js<std::unique_ptr<WebSocket>> WebSocket::construct(js::Env& env, js::UsvString url,
                                                        js::OptionalValue protocols,
                                                        js::Receiver receiver) {
  js::Js<context::RequestContext*> context = context::require_current(env, "new WebSocket()");
  if (!context) return js::pass(context);
  std::optional<types::Url> parsed = types::parse_url(url.value);
  if (!parsed) return js::dom_error("SyntaxError", "WebSocket Constructor: The url is invalid.");
  bool secure = parsed->scheme() == "wss";
  if (!secure && parsed->scheme() != "ws")
    return js::dom_error("SyntaxError", "WebSocket Constructor: The url scheme must be ws or wss.");
  if (parsed->href_without_fragment().size() != parsed->href().size())
    return js::dom_error("SyntaxError", "WebSocket Constructor: The url fragment must be empty.");
  js::Js<std::vector<std::string>> names = read_protocols(env, protocols);
  if (!names) return js::pass(names);
  if ((*context)->services().outbound == nullptr)
    return js::plain_error("new WebSocket() is not available here");
  if (++(*context)->subrequests > (*context)->subrequests_max)
    return js::plain_error("Too many subrequests by single worker invocation; the limit is " +
                           std::to_string((*context)->subrequests_max) + " (limits.subrequests).");
  auto made = std::make_unique<WebSocket>();
  WebSocket& self = *made;
  made.release()->attach(env.isolate(), receiver.object);
  self.state_ = State::connecting;
  self.constructed_ = true;
  self.url_ = parsed->href();
  OutboundRequest request;
  request.method = "GET";
  // The scheme of HTTP that leads to the same port (RFC 6455 section 3).
  request.url = (secure ? "https" : "http") + self.url_.substr(secure ? 3 : 2);
  request.web_socket = true;
  std::string offered;
  for (const std::string& name : *names) offered += (offered.empty() ? "" : ", ") + name;
  if (!offered.empty()) request.headers.append("sec-websocket-protocol", offered);
  auto* operation = new OpenSocket(**context, env, self, nullptr);
  operation->connect(std::move(request));
  return std::unique_ptr<WebSocket>();
}

js::Js<> WebSocket::accept(js::Env& env, js::OptionalValue options) {
  if (constructed_)
    return js::type_error(
        "Websockets obtained from the 'new WebSocket()' constructor cannot call accept");
  if (state_ == State::taken)
    return js::type_error("Can't accept() WebSocket that was already used in a response.");
  js::Js<v8::Local<v8::Value>> half_open = js::member(env, options, "allowHalfOpen");
  if (!half_open) return js::pass(half_open);
  if (state_ != State::waiting) return {};
  half_open_ = (*half_open)->BooleanValue(env.isolate());
  if (end_ != nullptr) {
    js::Js<context::RequestContext*> context = context::require_current(env, "accept()");
    if (!context) return js::pass(context);
    new OpenSocket(**context, env, *this, std::move(end_));
  }
  if (operation_ == nullptr) {
    state_ = State::closed;
    return {};
  }
  state_ = State::open;
  operation_->start();
  return {};
}

js::Js<> WebSocket::check_can_send() const {
  if (state_ == State::taken)
    return js::type_error(
        "Can't call WebSocket send() after the WebSocket was used in a response.");
  if (state_ == State::waiting || state_ == State::connecting) return not_accepted();
  if (close_sent_ || (close_received_ && !half_open_))
    return js::type_error("Can't call WebSocket send() after close().");
  return {};
}

// https://websockets.spec.whatwg.org/#dom-websocket-send. A socket whose connection is lost takes
// everything and says nothing.
js::Js<> WebSocket::send(js::Env& env, v8::Local<v8::Value> message) {
  js::Js<> allowed = check_can_send();
  if (!allowed) return allowed;
  if (std::optional<std::span<uint8_t>> bytes = js::buffer_source(message)) {
    if (operation_ != nullptr) operation_->send(types::MessageKind::binary, *bytes);
    return {};
  }
  js::Js<v8::Local<v8::String>> text = js::to_string(env, message);
  if (!text) return js::pass(text);
  std::string utf8 = js::to_utf8(env.isolate(), *text);
  if (operation_ != nullptr)
    operation_->send(types::MessageKind::text,
                     {reinterpret_cast<const uint8_t*>(utf8.data()), utf8.size()});
  return {};
}

// https://websockets.spec.whatwg.org/#dom-websocket-close
// DEVIATION: codes 1000 to 4999 but for those that mean "no Close frame", as in Workers; the
// standard allows 1000 and 3000 to 4999.
js::Js<> WebSocket::close(js::Env& env, js::OptionalValue code,
                          std::optional<js::UsvString> reason) {
  uint16_t number = types::kCloseNoStatus;
  if (!code->IsUndefined()) {
    js::Js<uint16_t> given = js::FromJs<uint16_t>::get(env, code);
    if (!given) return js::pass(given);
    number = *given;
    if (number < 1000 || number >= 5000 || number == 1004 || number == types::kCloseNoStatus ||
        number == types::kCloseAbnormal || number == 1015)
      return js::dom_error("InvalidAccessError",
                           "Invalid WebSocket close code: " + std::to_string(number) + ".");
  } else if (reason) {
    return js::dom_error("InvalidAccessError",
                         "If you specify a WebSocket close reason, you must also specify a code.");
  }
  if (reason && reason->value.size() > kReasonBytesMax)
    return js::dom_error("SyntaxError", "WebSocket close reason must not exceed 123 bytes.");
  if (state_ == State::taken)
    return js::type_error(
        "Can't call WebSocket close() after the WebSocket was used in a response.");
  if (state_ == State::waiting) return not_accepted();
  if (std::exchange(close_sent_, true)) return {};
  if (close_received_) state_ = State::closed;
  if (operation_ == nullptr) return {};
  operation_->close(number, reason ? std::string_view(reason->value) : std::string_view());
  return {};
}

int32_t WebSocket::ready_state(js::Env&) const {
  switch (state_) {
    case State::connecting: return close_sent_ ? 2 : 0;
    case State::closed: return 3;
    default: return close_sent_ || close_received_ ? 2 : 1;
  }
}

double WebSocket::buffered_amount(js::Env&) const {
  return operation_ == nullptr ? 0 : static_cast<double>(operation_->buffered());
}

v8::Local<v8::Value> WebSocket::url(js::Env& env) const {
  if (url_.empty()) return v8::Null(env.isolate());
  return js::from_utf8(env.isolate(), url_);
}

void WebSocket::hold(context::RequestContext& context, js::Env& env,
                     std::unique_ptr<types::WebSocket> end, std::string protocol) {
  protocol_ = std::move(protocol);
  new OpenSocket(context, env, *this, std::move(end));
}

std::unique_ptr<types::WebSocket> WebSocket::take_end() {
  if (state_ != State::waiting) return nullptr;
  std::unique_ptr<types::WebSocket> end = std::move(end_);
  state_ = State::taken;
  if (operation_ != nullptr) end = operation_->release();
  return end;
}

// As in Workers: an exception that a listener lets through ends the connection. It was reported
// already.
void WebSocket::listener_threw(js::Env& env, v8::Local<v8::Value> exception) {
  if (state_ == State::closed || operation_ == nullptr) return;
  state_ = State::closed;
  operation_->cut();
  v8::Local<v8::String> text;
  std::string message = "Uncaught ";
  v8::TryCatch swallowed(env.isolate());
  if (exception->ToDetailString(env.context()).ToLocal(&text))
    message += js::to_utf8(env.isolate(), text);
  ErrorEvent& event = env.wrap_ref(std::make_unique<ErrorEvent>("error"));
  event.set_trusted();
  event.set_error(env, std::move(message), exception);
  dispatch(env, event);
}

// https://developers.cloudflare.com/workers/runtime-apis/websockets/#websocketpair
js::Js<std::unique_ptr<WebSocketPair>> WebSocketPair::construct(js::Env& env,
                                                                js::Receiver receiver) {
  types::WebSocketEnds ends = types::make_web_socket_pair();
  std::unique_ptr<types::WebSocket>* const each[] = {&ends.first, &ends.second};
  for (uint32_t i = 0; i < 2; ++i) {
    v8::Local<v8::Object> socket = env.wrap(std::make_unique<WebSocket>(std::move(*each[i])));
    if (receiver.object->CreateDataProperty(env.context(), i, socket).IsNothing())
      return js::already_thrown();
  }
  return std::make_unique<WebSocketPair>();
}

}  // namespace skerry::web
