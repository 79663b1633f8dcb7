// Request: https://fetch.spec.whatwg.org/#request-class. An incoming one is lazy: the URL, the
// headers, `cf` and the body are made when a script asks.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "web/fetch/body.h"
#include "web/fetch/header_data.h"
#include "web/fetch/headers.h"

namespace skerry::web {

enum class RedirectMode : uint8_t { follow, error, manual };
// Whether content codings are taken off, and put on, without the script's doing (`encodeBody`,
// `encodeResponseBody`).
enum class CodingMode : uint8_t { automatic, manual };
// Reads such a member of an init object; `into` stays as it is where there is none.
js::Js<> read_coding_mode(js::Env& env, v8::Local<v8::Value> init, const char* member,
                          CodingMode& into);

class Request final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  Request() : Wrapped(info) {}
  // What arrived from a client. `facts` outlives the isolate.
  Request(Ref<types::RequestHead> head, const RequestFacts& facts);

  static js::Js<std::unique_ptr<Request>> construct(js::Env& env, v8::Local<v8::Value> input,
                                                    js::OptionalValue init, js::Receiver receiver);
  v8::Local<v8::Value> method(js::Env& env) const;
  v8::Local<v8::Value> url(js::Env& env);
  v8::Local<v8::Value> headers(js::Env& env);
  v8::Local<v8::Value> cf(js::Env& env);
  v8::Local<v8::Value> signal(js::Env& env);
  std::string_view redirect(js::Env&) const;
  std::string_view empty_text(js::Env&) const { return {}; }
  std::string_view referrer(js::Env&) const { return "about:client"; }
  std::string_view mode(js::Env&) const { return "cors"; }
  std::string_view credentials(js::Env&) const { return "same-origin"; }
  std::string_view cache(js::Env&) const {
    return cache_.empty() ? std::string_view("default") : cache_;
  }
  std::string_view integrity(js::Env&) const { return integrity_; }
  std::string_view duplex(js::Env&) const { return "half"; }
  bool keepalive(js::Env&) const { return false; }
  js::Js<v8::Local<v8::Value>> body_stream(js::Env& env) { return body_.stream(env, *this); }
  bool body_used(js::Env& env) const { return body_.used(env, *this); }
  js::Js<v8::Local<v8::Promise>> text(js::Env& env) {
    return body_.consume(env, *this, BodyFormat::text);
  }
  js::Js<v8::Local<v8::Promise>> json(js::Env& env) {
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
  js::Js<v8::Local<v8::Value>> clone(js::Env& env);

  Body& body() { return body_; }
  HeaderData& header_data();
  std::string url_text();
  std::string method_text() const;
  RedirectMode redirect_mode() const { return redirect_; }
  CodingMode response_coding() const { return response_coding_; }
  // `cf` as JSON, for another worker; empty where there is none.
  std::string cf_json(js::Env& env);
  // Whether a script has asked for the signal; then the client's leaving aborts it.
  bool has_signal(js::Env& env) const;

 private:
  static constexpr int kHeaders = Body::kStreamSlot + 1;
  static constexpr int kUrl = kHeaders + 1;
  static constexpr int kCf = kUrl + 1;
  static constexpr int kSignal = kCf + 1;
  static constexpr int kSlots = kSignal + 1;
  js::Js<> read_init(js::Env& env, v8::Local<v8::Value> init, bool body_inherited);
  js::Js<> read_method(js::Env& env, v8::Local<v8::Value> init);
  js::Js<> read_body(js::Env& env, v8::Local<v8::Value> init, bool body_inherited);
  void copy_cf(js::Env& env, const Request& other);
  js::Js<> copy_from(js::Env& env, Request& other, v8::Local<v8::Value> init);

  Ref<types::RequestHead> head_;     // of an incoming request
  Ref<types::RequestHead> cf_head_;  // of the incoming request that `cf` is to be made from
  const RequestFacts* facts_ = nullptr;
  const RequestFacts* cf_facts_ = nullptr;
  std::string url_;     // of a constructed one
  std::string method_;  // likewise
  std::string cache_, integrity_;
  Ref<HeaderData> headers_;
  RedirectMode redirect_ = RedirectMode::follow;
  CodingMode response_coding_ = CodingMode::automatic;
  Body body_;
};

}  // namespace skerry::web
