// Response: https://fetch.spec.whatwg.org/#response-class
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "codec/codec.h"
#include "web/fetch/body.h"
#include "web/fetch/header_data.h"
#include "web/fetch/headers.h"
#include "web/fetch/request.h"

namespace skerry::web {

class WebSocket;

class Response final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  Response() : Wrapped(info) {}

  static js::Js<std::unique_ptr<Response>> construct(js::Env& env, js::OptionalValue body,
                                                     js::OptionalValue init, js::Receiver receiver);
  static js::Js<v8::Local<v8::Value>> error(js::Env& env);
  static js::Js<v8::Local<v8::Value>> redirect(js::Env& env, js::UsvString url,
                                               std::optional<double> status);
  static js::Js<v8::Local<v8::Value>> json(js::Env& env, v8::Local<v8::Value> data,
                                           js::OptionalValue init);

  std::string_view type(js::Env&) const { return is_error_ ? "error" : "default"; }
  std::string_view url(js::Env&) const { return url_; }
  bool redirected(js::Env&) const { return redirected_; }
  int32_t status(js::Env&) const { return status_; }
  bool ok(js::Env&) const { return status_ >= 200 && status_ < 300; }
  js::ByteString status_text(js::Env&) const { return {status_text_}; }
  v8::Local<v8::Value> headers(js::Env& env);
  v8::Local<v8::Value> cf(js::Env& env) const { return slot(env.isolate(), kCf); }
  v8::Local<v8::Value> web_socket(js::Env& env) const;
  js::Js<v8::Local<v8::Value>> clone(js::Env& env);
  js::Js<v8::Local<v8::Value>> body_stream(js::Env& env) { return body_.stream(env, *this); }
  bool body_used(js::Env& env) const { return body_.used(env, *this); }
  js::Js<v8::Local<v8::Promise>> text(js::Env& env) {
    return body_.consume(env, *this, BodyFormat::text);
  }
  js::Js<v8::Local<v8::Promise>> json_body(js::Env& env) {
    return body_.consume(env, *this, BodyFormat::json);
  }
  js::Js<v8::Local<v8::Promise>> bytes(js::Env& env) {
    return body_.consume(env, *this, BodyFormat::bytes);
  }
  js::Js<v8::Local<v8::Promise>> blob(js::Env& env);
  js::Js<v8::Local<v8::Promise>> form_data(js::Env& env);
  js::Js<v8::Local<v8::Promise>> array_buffer(js::Env& env) {
    return body_.consume(env, *this, BodyFormat::array_buffer);
  }

  // For those who send it, or make it from the network.
  uint16_t status_code() const { return status_; }
  const std::string& reason() const { return status_text_; }
  HeaderData& header_data();
  Body& body() { return body_; }
  bool is_network_error() const { return is_error_; }
  CodingMode coding_mode() const { return coding_mode_; }
  // The socket that a response with status 101 carries, or null.
  WebSocket* carried_socket(js::Env& env) const;
  void set_web_socket(js::Env& env, WebSocket& socket);
  void set_from_network(uint16_t status, std::string reason, types::HeaderList headers,
                        std::string url,
                        bool redirected);  // NOLINT: one fact of the response
  // The body from the network: decoded as its headers say, unless `mode` is manual.
  void set_network_body(context::RequestContext& context, std::unique_ptr<ByteSource> body,
                        CodingMode mode);
  // The coding that is put on the body when it is sent; nothing in most responses.
  std::optional<codec::Coding> wanted_coding(std::string_view content_encoding);

 private:
  static constexpr int kHeaders = Body::kStreamSlot + 1;
  static constexpr int kCf = kHeaders + 1;
  static constexpr int kWebSocket = kCf + 1;
  static constexpr int kSlots = kWebSocket + 1;
  js::Js<> read_init(js::Env& env, v8::Local<v8::Value> init);
  js::Js<> read_status(js::Env& env, v8::Local<v8::Value> init);
  js::Js<> read_web_socket(js::Env& env, v8::Local<v8::Value> init);

  uint16_t status_ = 200;
  bool is_error_ = false, redirected_ = false;
  CodingMode coding_mode_ = CodingMode::automatic;
  std::string status_text_;
  std::string url_;
  Ref<HeaderData> headers_;
  Body body_;
};

}  // namespace skerry::web
