#include "web/fetch/response.h"

#include <cmath>

#include "codec/coded_source.h"
#include "js/method.h"
#include "types/url.h"
#include "web/websocket/web_socket.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& table) {
  table.constructor<&Response::construct>("(body?: BodyInit | null, init?: ResponseInit)");
  table.static_method<&Response::error>("error", "(): Response");
  table.static_method<&Response::redirect>("redirect",
                                           "(url: string | URL, status?: number): Response");
  table.static_method<&Response::json>("json", "(data: any, init?: ResponseInit): Response");
  table.getter<&Response::type>("type", "string");
  table.getter<&Response::url>("url", "string");
  table.getter<&Response::redirected>("redirected", "boolean");
  table.getter<&Response::status>("status", "number");
  table.getter<&Response::ok>("ok", "boolean");
  table.getter<&Response::status_text>("statusText", "string");
  table.getter<&Response::headers>("headers", "Headers");
  table.getter<&Response::cf>("cf", "any");
  table.getter<&Response::web_socket>("webSocket", "WebSocket | null");
  table.method<&Response::clone>("clone", "(): Response");
  table.getter<&Response::body_stream>("body", "ReadableStream<Uint8Array> | null");
  table.getter<&Response::body_used>("bodyUsed", "boolean");
  table.promise_method<&Response::array_buffer>("arrayBuffer", "(): Promise<ArrayBuffer>");
  table.promise_method<&Response::blob>("blob", "(): Promise<Blob>");
  table.promise_method<&Response::form_data>("formData", "(): Promise<FormData>");
  table.promise_method<&Response::bytes>("bytes", "(): Promise<Uint8Array>");
  table.promise_method<&Response::json_body>("json", "(): Promise<any>");
  table.promise_method<&Response::text>("text", "(): Promise<string>");
}

// https://fetch.spec.whatwg.org/#null-body-status
bool is_null_body_status(int status) {
  return status == 101 || status == 204 || status == 205 || status == 304;
}

// https://httpwg.org/specs/rfc9112.html#rule.reason.phrase
bool is_reason_phrase(std::string_view text) {
  for (char c : text)
    if ((static_cast<uint8_t>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
  return true;
}

}  // namespace

const js::ClassInfo Response::info{
    .name = "Response", .describe = describe, .slots = Response::kSlots};

HeaderData& Response::header_data() {
  if (!headers_) headers_ = make_ref<HeaderData>();
  return *headers_;
}

// https://fetch.spec.whatwg.org/#dom-response
js::Js<std::unique_ptr<Response>> Response::construct(js::Env& env, js::OptionalValue body,
                                                      js::OptionalValue init,
                                                      js::Receiver receiver) {
  // The object gets its JavaScript half first: a body may be a stream, which lives in a slot.
  auto made = std::make_unique<Response>();
  Response& self = *made;
  made.release()->attach(env.isolate(), receiver.object);
  auto failed = [](js::Throw& why) { return std::unexpected<js::Throw>(std::move(why)); };
  if (!init->IsNullOrUndefined()) {
    js::Js<> read = self.read_init(env, init);
    if (!read) return failed(read.error());
  }
  if (body->IsNullOrUndefined()) {
    js::Js<> read = self.read_web_socket(env, init);
    if (!read) return failed(read.error());
    return std::unique_ptr<Response>();
  }
  // https://fetch.spec.whatwg.org/#initialize-a-response 6.
  if (is_null_body_status(self.status_))
    return js::type_error(
        "Response with null body status (101, 204, 205, or 304) cannot have a body.");
  js::Js<std::string> type = self.body_.extract(env, self, body);
  if (!type) return failed(type.error());
  if (!type->empty() && !self.header_data().has("content-type"))
    self.header_data().list().append("content-type", *type);
  return std::unique_ptr<Response>();
}

js::Js<> Response::read_status(js::Env& env, v8::Local<v8::Value> init) {
  js::Js<v8::Local<v8::Value>> status = js::member(env, init, "status");
  if (!status) return js::pass(status);
  if (!(*status)->IsUndefined()) {
    js::Js<double> number = js::FromJs<double>::get(env, *status);
    if (!number) return js::pass(number);
    if (!(*number >= 200 && *number <= 599) && *number != 101)
      return js::range_error(
          "Responses may only be constructed with status codes in the range 200 to 599, "
          "inclusive.");
    status_ = static_cast<uint16_t>(*number);
  }
  js::Js<v8::Local<v8::Value>> text = js::member(env, init, "statusText");
  if (!text) return js::pass(text);
  if ((*text)->IsUndefined()) return {};
  js::Js<js::ByteString> reason = js::FromJs<js::ByteString>::get(env, *text);
  if (!reason) return js::pass(reason);
  if (!is_reason_phrase(reason->value)) return js::type_error("Invalid statusText");
  status_text_ = std::move(reason->value);
  return {};
}

// https://developers.cloudflare.com/workers/runtime-apis/websockets/: `webSocket` and status 101
// need each other. Only looked for where there is no body.
js::Js<> Response::read_web_socket(js::Env& env, v8::Local<v8::Value> init) {
  WebSocket* socket = nullptr;
  if (const Response* other = js::unwrap<Response>(init)) {
    socket = other->carried_socket(env);
  } else {
    js::Js<v8::Local<v8::Value>> given = js::member(env, init, "webSocket");
    if (!given) return js::pass(given);
    socket = js::unwrap<WebSocket>(*given);
    if (socket == nullptr && !(*given)->IsNullOrUndefined())
      return js::type_error(
          "Incorrect type for the 'webSocket' field on 'ResponseInit': the provided value is not "
          "of type 'WebSocket'.");
  }
  if (socket != nullptr && status_ != 101)
    return js::range_error("Responses with a WebSocket must have status code 101.");
  if (socket == nullptr && status_ == 101)
    return js::range_error(
        "Responses may only be constructed with status codes in the range 200 to 599, "
        "inclusive.");
  if (socket != nullptr) set_web_socket(env, *socket);
  return {};
}

v8::Local<v8::Value> Response::web_socket(js::Env& env) const {
  v8::Local<v8::Value> held = slot(env.isolate(), kWebSocket);
  return held->IsObject() ? held : v8::Null(env.isolate()).As<v8::Value>();
}

WebSocket* Response::carried_socket(js::Env& env) const {
  if (status_ != 101) return nullptr;
  return js::unwrap<WebSocket>(slot(env.isolate(), kWebSocket));
}

void Response::set_web_socket(js::Env& env, WebSocket& socket) {
  set_slot(env.isolate(), kWebSocket, socket.object(env.isolate()));
}

// https://fetch.spec.whatwg.org/#initialize-a-response
js::Js<> Response::read_init(js::Env& env, v8::Local<v8::Value> init) {
  if (!init->IsObject())
    return js::type_error(
        "Failed to construct 'Response': parameter 2 is not of type 'ResponseInit'.");
  if (Response* other = js::unwrap<Response>(init)) {
    // The usual way to change a response: `new Response(body, response)`, without a look-up for
    // each member.
    status_ = other->status_;
    status_text_ = other->status_text_;
    coding_mode_ = other->coding_mode_;
    header_data().list() = other->header_data().list();
    header_data().body_was_decoded = other->header_data().body_was_decoded;
    return {};
  }
  js::Js<> status = read_status(env, init);
  if (!status) return status;
  js::Js<v8::Local<v8::Value>> headers = js::member(env, init, "headers");
  if (!headers) return js::pass(headers);
  if (!(*headers)->IsNullOrUndefined()) {
    js::Js<> filled = Headers::fill(env, header_data(), *headers);
    if (!filled) return filled;
  }
  js::Js<> coding = read_coding_mode(env, init, "encodeBody", coding_mode_);
  if (!coding) return coding;
  js::Js<v8::Local<v8::Value>> cf = js::member(env, init, "cf");
  if (!cf) return js::pass(cf);
  if (!(*cf)->IsUndefined()) set_slot(env.isolate(), kCf, *cf);
  return {};
}

// https://fetch.spec.whatwg.org/#dom-response-error
js::Js<v8::Local<v8::Value>> Response::error(js::Env& env) {
  Response& made = env.wrap_ref(std::make_unique<Response>());
  made.is_error_ = true;
  made.status_ = 0;
  made.header_data().guard = HeadersGuard::immutable;
  return v8::Local<v8::Value>(made.object(env.isolate()));
}

// https://fetch.spec.whatwg.org/#dom-response-redirect
js::Js<v8::Local<v8::Value>> Response::redirect(js::Env& env, js::UsvString url,
                                                std::optional<double> status) {
  std::optional<types::Url> parsed = types::parse_url(url.value);
  if (!parsed) return js::type_error("Unable to parse URL: " + url.value);
  int code = static_cast<int>(status.value_or(302));
  if (code != 301 && code != 302 && code != 303 && code != 307 && code != 308)
    return js::range_error(std::to_string(code) + " is not a redirect status code.");
  Response& made = env.wrap_ref(std::make_unique<Response>());
  made.status_ = static_cast<uint16_t>(code);
  made.header_data().list().append("location", parsed->href());
  made.header_data().guard = HeadersGuard::immutable;
  return v8::Local<v8::Value>(made.object(env.isolate()));
}

// https://fetch.spec.whatwg.org/#dom-response-json
js::Js<v8::Local<v8::Value>> Response::json(js::Env& env, v8::Local<v8::Value> data,
                                            js::OptionalValue init) {
  v8::Local<v8::String> text;
  if (!v8::JSON::Stringify(env.context(), data).ToLocal(&text)) return js::already_thrown();
  // JSON.stringify gives undefined for functions and symbols, which V8 hands over as this text.
  if (data->IsUndefined() || data->IsFunction() || data->IsSymbol())
    return js::type_error("The data is not JSON serializable");
  Response& made = env.wrap_ref(std::make_unique<Response>());
  v8::Local<v8::Object> object = made.object(env.isolate());
  if (!init->IsNullOrUndefined()) {
    js::Js<> read = made.read_init(env, init);
    if (!read) return js::pass(read);
  }
  if (is_null_body_status(made.status_))
    return js::type_error(
        "Response with null body status (101, 204, 205, or 304) cannot have a body.");
  made.body_.set_bytes(js::to_utf8(env.isolate(), text));
  if (!made.header_data().has("content-type"))
    made.header_data().list().append("content-type", "application/json");
  return v8::Local<v8::Value>(object);
}

v8::Local<v8::Value> Response::headers(js::Env& env) {
  v8::Local<v8::Value> known = slot(env.isolate(), kHeaders);
  if (known->IsObject()) return known;
  header_data();
  v8::Local<v8::Object> made = env.wrap(std::make_unique<Headers>(headers_));
  set_slot(env.isolate(), kHeaders, made);
  return made;
}

// https://fetch.spec.whatwg.org/#dom-response-clone
js::Js<v8::Local<v8::Value>> Response::clone(js::Env& env) {
  if (carried_socket(env) != nullptr)
    return js::type_error("Cannot clone a response to a WebSocket handshake.");
  Response& copy = env.wrap_ref(std::make_unique<Response>());
  v8::Local<v8::Object> made = copy.object(env.isolate());
  copy.status_ = status_;
  copy.status_text_ = status_text_;
  copy.url_ = url_;
  copy.redirected_ = redirected_;
  copy.is_error_ = is_error_;
  copy.coding_mode_ = coding_mode_;
  copy.header_data().body_was_decoded = header_data().body_was_decoded;
  copy.header_data().list() = header_data().list();
  copy.header_data().guard = header_data().guard;
  copy.set_slot(env.isolate(), kCf, slot(env.isolate(), kCf));
  js::Js<> cloned = body_.clone_to(env, *this, copy.body_, copy);
  if (!cloned) return js::pass(cloned);
  return v8::Local<v8::Value>(made);
}

void Response::set_from_network(uint16_t status, std::string reason, types::HeaderList headers,
                                std::string url, bool redirected) {
  status_ = status;
  status_text_ = std::move(reason);
  header_data().list() = std::move(headers);
  header_data().guard = HeadersGuard::immutable;
  url_ = std::move(url);
  redirected_ = redirected;
}

// https://fetch.spec.whatwg.org/#handle-content-codings
void Response::set_network_body(context::RequestContext& context, std::unique_ptr<ByteSource> body,
                                CodingMode mode) {
  coding_mode_ = mode;
  const std::string* name = header_data().list().find("content-encoding");
  if (name != nullptr && mode == CodingMode::automatic) {
    // Several codings, in one header or more, stay: nobody sends them.
    if (std::optional<codec::Coding> coding = codec::content_coding(*name)) {
      body = codec::decode(std::move(body), *coding, *name);
      header_data().body_was_decoded = true;
    }
  }
  body_.set_native(context, std::move(body));
}

// gzip and Brotli are put on for every response that names them; the other codings only where they
// were taken off, since workers that send those encode by themselves.
std::optional<codec::Coding> Response::wanted_coding(std::string_view content_encoding) {
  if (coding_mode_ == CodingMode::manual) return std::nullopt;
  if (content_encoding == "gzip" || content_encoding == "br" || header_data().body_was_decoded)
    return codec::content_coding(content_encoding);
  return std::nullopt;
}

// https://fetch.spec.whatwg.org/#dom-body-blob
js::Js<v8::Local<v8::Promise>> Response::blob(js::Env& env) {
  return body_.consume(env, *this, BodyFormat::blob,
                       header_data().get("content-type").value_or(std::string()));
}

// https://fetch.spec.whatwg.org/#dom-body-formdata
js::Js<v8::Local<v8::Promise>> Response::form_data(js::Env& env) {
  return body_.consume(env, *this, BodyFormat::form_data,
                       header_data().get("content-type").value_or(std::string()));
}

}  // namespace skerry::web
