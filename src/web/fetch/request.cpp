#include "web/fetch/request.h"

#include "js/method.h"
#include "types/url.h"
#include "web/events/abort_signal.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& table) {
  table.constructor<&Request::construct>(
      "<CfHostMetadata = unknown, Cf = CfProperties<CfHostMetadata>>"
      "(input: Request | string | URL, init?: RequestInit<Cf>)");
  table.getter<&Request::method>("method", "string");
  table.getter<&Request::url>("url", "string");
  table.getter<&Request::headers>("headers", "Headers");
  table.getter<&Request::empty_text>("destination", "string");
  table.getter<&Request::referrer>("referrer", "string");
  table.getter<&Request::empty_text>("referrerPolicy", "string");
  table.getter<&Request::mode>("mode", "string");
  table.getter<&Request::credentials>("credentials", "string");
  table.getter<&Request::cache>("cache", "string");
  table.getter<&Request::redirect>("redirect", "string");
  table.getter<&Request::integrity>("integrity", "string");
  table.getter<&Request::keepalive>("keepalive", "boolean");
  table.getter<&Request::signal>("signal", "AbortSignal");
  table.getter<&Request::duplex>("duplex", "\"half\"");
  table.getter<&Request::cf>("cf", "Cf | undefined");
  table.method<&Request::clone>("clone", "(): Request<CfHostMetadata, Cf>");
  table.getter<&Request::body_stream>("body", "ReadableStream<Uint8Array> | null");
  table.getter<&Request::body_used>("bodyUsed", "boolean");
  table.promise_method<&Request::array_buffer>("arrayBuffer", "(): Promise<ArrayBuffer>");
  table.promise_method<&Request::blob>("blob", "(): Promise<Blob>");
  table.promise_method<&Request::form_data>("formData", "(): Promise<FormData>");
  table.promise_method<&Request::bytes>("bytes", "(): Promise<Uint8Array>");
  table.promise_method<&Request::json>("json", "(): Promise<any>");
  table.promise_method<&Request::text>("text", "(): Promise<string>");
}

// https://fetch.spec.whatwg.org/#concept-method-normalize
std::string normalized_method(std::string method) {
  std::string upper = method;
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  for (std::string_view known : {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH"})
    if (upper == known) return upper;
  return method;
}

bool is_get_or_head(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

}  // namespace

js::Js<> read_coding_mode(js::Env& env, v8::Local<v8::Value> init, const char* member,
                          CodingMode& into) {
  js::Js<v8::Local<v8::Value>> value = js::member(env, init, member);
  if (!value) return js::pass(value);
  if ((*value)->IsUndefined()) return {};
  js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, *value);
  if (!text) return js::pass(text);
  if (text->value != "automatic" && text->value != "manual")
    return js::type_error(std::string(member) + ": unexpected value: " + text->value +
                          "; it is \"automatic\" or \"manual\"");
  into = text->value == "manual" ? CodingMode::manual : CodingMode::automatic;
  return {};
}

const js::ClassInfo Request::info{
    .name = "Request", .describe = describe, .slots = Request::kSlots};

Request::Request(Ref<types::RequestHead> head, const RequestFacts& facts)
    : Wrapped(info), head_(std::move(head)), facts_(&facts), redirect_(RedirectMode::manual) {}

HeaderData& Request::header_data() {
  if (!headers_) {
    headers_ = head_ ? make_ref<HeaderData>(head_, facts_) : make_ref<HeaderData>();
    headers_->guard = head_ ? HeadersGuard::immutable : HeadersGuard::request;
  }
  return *headers_;
}

// https://fetch.spec.whatwg.org/#dom-request
js::Js<std::unique_ptr<Request>> Request::construct(js::Env& env, v8::Local<v8::Value> input,
                                                    js::OptionalValue init, js::Receiver receiver) {
  // The object gets its JavaScript half first: a body may be a stream, which lives in a slot.
  auto made = std::make_unique<Request>();
  Request& self = *made;
  made.release()->attach(env.isolate(), receiver.object);
  auto failed = [](js::Throw& why) { return std::unexpected<js::Throw>(std::move(why)); };
  bool inherited = false;
  if (!init->IsNullOrUndefined() && !init->IsObject())
    return js::type_error(
        "Failed to construct 'Request': parameter 2 is not of type 'RequestInit'.");
  if (Request* other = js::unwrap<Request>(input)) {
    js::Js<> copied = self.copy_from(env, *other, init);
    if (!copied) return failed(copied.error());
    inherited = !self.body_.is_null();
  } else {
    // 5. No base URL here: only absolute ones.
    js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, input);
    if (!text) return failed(text.error());
    std::optional<types::Url> url = types::parse_url(text->value);
    if (!url) return js::type_error("Invalid URL: " + text->value);
    if (url->has_credentials())
      return js::type_error("Request cannot be constructed from a URL that includes credentials: " +
                            text->value);
    self.url_ = std::string(url->href());
    self.method_ = "GET";
  }
  js::Js<> read = self.read_init(env, init, inherited);
  if (!read) return failed(read.error());
  return std::unique_ptr<Request>();
}

js::Js<> Request::copy_from(js::Env& env, Request& other, v8::Local<v8::Value> init) {
  url_ = other.url_text();
  method_ = other.method_text();
  response_coding_ = other.response_coding_;
  redirect_ = other.head_ ? RedirectMode::follow : other.redirect_;
  cache_ = other.cache_;
  integrity_ = other.integrity_;
  header_data().list() = other.header_data().list();
  if (other.has_signal(env)) set_slot(env.isolate(), kSignal, other.slot(env.isolate(), kSignal));
  copy_cf(env, other);
  // 40. The body moves here, unless init brings another.
  js::Js<v8::Local<v8::Value>> own = js::member(env, init, "body");
  if (!own) return js::pass(own);
  if (!(*own)->IsNullOrUndefined() || other.body_.is_null()) return {};
  return body_.take_over(env, *this, other.body_, other);
}

// `cf` is made when somebody asks; most requests that are sent on never are.
void Request::copy_cf(js::Env& env, const Request& other) {
  v8::Local<v8::Value> known = other.slot(env.isolate(), kCf);
  if (!known->IsUndefined()) return set_slot(env.isolate(), kCf, known);
  cf_head_ = other.head_ ? other.head_ : other.cf_head_;
  cf_facts_ = other.head_ ? other.facts_ : other.cf_facts_;
}

std::string Request::cf_json(js::Env& env) {
  v8::Local<v8::Value> known = slot(env.isolate(), kCf);
  const Ref<types::RequestHead>& head = head_ ? head_ : cf_head_;
  if (known->IsUndefined())
    return head ? (head_ ? facts_ : cf_facts_)->cf_json(*head) : std::string();
  v8::TryCatch caught(env.isolate());
  v8::Local<v8::String> text;
  if (!v8::JSON::Stringify(env.context(), known).ToLocal(&text)) return {};
  return js::to_utf8(env.isolate(), text);
}

js::Js<> Request::read_init(js::Env& env, v8::Local<v8::Value> init, bool body_inherited) {
  header_data().guard = HeadersGuard::request;
  if (init->IsNullOrUndefined()) return {};
  // 24. – 25.
  js::Js<> method = read_method(env, init);
  if (!method) return method;
  // 16. – 21.
  js::Js<v8::Local<v8::Value>> redirect = js::member(env, init, "redirect");
  if (!redirect) return js::pass(redirect);
  if (!(*redirect)->IsUndefined()) {
    js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, *redirect);
    if (!text) return js::pass(text);
    if (text->value == "follow")
      redirect_ = RedirectMode::follow;
    else if (text->value == "error")
      redirect_ = RedirectMode::error;
    else if (text->value == "manual")
      redirect_ = RedirectMode::manual;
    else
      return js::type_error(
          "Invalid redirect value, must be one of \"follow\", \"error\" or \"manual\".");
  }
  for (auto [name, field] : {std::pair("cache", &cache_), std::pair("integrity", &integrity_)}) {
    js::Js<v8::Local<v8::Value>> value = js::member(env, init, name);
    if (!value) return js::pass(value);
    if ((*value)->IsUndefined()) continue;
    js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, *value);
    if (!text) return js::pass(text);
    *field = std::move(text->value);
  }
  js::Js<> coding = read_coding_mode(env, init, "encodeResponseBody", response_coding_);
  if (!coding) return coding;
  js::Js<v8::Local<v8::Value>> cf = js::member(env, init, "cf");
  if (!cf) return js::pass(cf);
  if (!(*cf)->IsUndefined()) set_slot(env.isolate(), kCf, *cf);
  // 26. – 30.
  js::Js<v8::Local<v8::Value>> signal = js::member(env, init, "signal");
  if (!signal) return js::pass(signal);
  if (!(*signal)->IsNullOrUndefined()) {
    if (js::unwrap<AbortSignal>(*signal) == nullptr)
      return js::type_error(
          "Failed to construct 'Request': member signal is not of type 'AbortSignal'.");
    set_slot(env.isolate(), kSignal, *signal);
  } else if ((*signal)->IsNull()) {
    set_slot(env.isolate(), kSignal, v8::Undefined(env.isolate()));
  }
  // 33.
  js::Js<v8::Local<v8::Value>> headers = js::member(env, init, "headers");
  if (!headers) return js::pass(headers);
  if (!(*headers)->IsUndefined()) {
    auto fresh = make_ref<HeaderData>();
    fresh->guard = HeadersGuard::request;
    js::Js<> filled = Headers::fill(env, *fresh, *headers);
    if (!filled) return filled;
    headers_ = std::move(fresh);
  }
  return read_body(env, init, body_inherited);
}

js::Js<> Request::read_method(js::Env& env, v8::Local<v8::Value> init) {
  js::Js<v8::Local<v8::Value>> value = js::member(env, init, "method");
  if (!value) return js::pass(value);
  if ((*value)->IsUndefined()) return {};
  js::Js<js::ByteString> text = js::FromJs<js::ByteString>::get(env, *value);
  if (!text) return js::pass(text);
  if (!types::is_header_name(text->value))
    return js::type_error("Invalid HTTP method string: " + text->value);
  std::string method = normalized_method(std::move(text->value));
  // https://fetch.spec.whatwg.org/#forbidden-method
  for (std::string_view forbidden : {"connect", "trace", "track"})
    if (types::equals_ignoring_case(method, forbidden))
      return js::type_error("'" + method + "' HTTP method is unsupported.");
  method_ = std::move(method);
  return {};
}

js::Js<> Request::read_body(js::Env& env, v8::Local<v8::Value> init, bool body_inherited) {
  js::Js<v8::Local<v8::Value>> body = js::member(env, init, "body");
  if (!body) return js::pass(body);
  bool given = !(*body)->IsNullOrUndefined();
  // 34.
  if ((given || body_inherited) && is_get_or_head(method_))
    return js::type_error("Request with a GET or HEAD method cannot have a body.");
  if (!given) return {};
  // 36.
  js::Js<std::string> type = body_.extract(env, *this, *body);
  if (!type) return js::pass(type);
  if (!type->empty() && !header_data().has("content-type"))
    header_data().list().append("content-type", *type);
  return {};
}

v8::Local<v8::Value> Request::method(js::Env& env) const {
  if (!head_) return js::from_latin1(env.isolate(), method_);
  switch (head_->method) {
    case types::Method::get: return env.name("GET");
    case types::Method::head: return env.name("HEAD");
    case types::Method::post: return env.name("POST");
    case types::Method::put: return env.name("PUT");
    case types::Method::del: return env.name("DELETE");
    case types::Method::patch: return env.name("PATCH");
    case types::Method::options: return env.name("OPTIONS");
    default: return js::from_latin1(env.isolate(), head_->method_name());
  }
}

std::string Request::method_text() const {
  return head_ ? std::string(head_->method_name()) : method_;
}

std::string Request::url_text() {
  if (!head_) return url_;
  std::string_view target = head_->target();
  std::string text;
  if (target.starts_with('/') || target == "*") {
    text.reserve(16 + head_->host().size() + target.size());
    text += facts_->scheme(*head_);
    text += "://";
    text += head_->host().empty() ? std::string_view("localhost") : head_->host();
    text += target == "*" ? std::string_view("/") : target;
  } else {
    text = target;
  }
  // The parser normalises what a client may send raw; a target it refuses stays as it came.
  if (std::optional<types::Url> url = types::parse_url(text))
    return std::move(*url).take_href_without_fragment();
  return text;
}

v8::Local<v8::Value> Request::url(js::Env& env) {
  v8::Local<v8::Value> known = slot(env.isolate(), kUrl);
  if (known->IsString()) return known;
  v8::Local<v8::String> made = js::from_utf8(env.isolate(), url_text());
  set_slot(env.isolate(), kUrl, made);
  return made;
}

v8::Local<v8::Value> Request::headers(js::Env& env) {
  v8::Local<v8::Value> known = slot(env.isolate(), kHeaders);
  if (known->IsObject()) return known;
  header_data();
  v8::Local<v8::Object> made = env.wrap(std::make_unique<Headers>(headers_));
  set_slot(env.isolate(), kHeaders, made);
  return made;
}

v8::Local<v8::Value> Request::cf(js::Env& env) {
  v8::Local<v8::Value> known = slot(env.isolate(), kCf);
  if (!known->IsUndefined() || (!head_ && !cf_head_)) return known;
  v8::Local<v8::Value> made;
  std::string text = head_ ? facts_->cf_json(*head_) : cf_facts_->cf_json(*cf_head_);
  v8::TryCatch caught(env.isolate());
  if (!v8::JSON::Parse(env.context(), js::from_utf8(env.isolate(), text)).ToLocal(&made))
    return known;
  set_slot(env.isolate(), kCf, made);
  return made;
}

bool Request::has_signal(js::Env& env) const {
  return slot(env.isolate(), kSignal)->IsObject();
}

v8::Local<v8::Value> Request::signal(js::Env& env) {
  v8::Local<v8::Value> known = slot(env.isolate(), kSignal);
  if (known->IsObject()) return known;
  v8::Local<v8::Object> made = env.wrap(std::make_unique<AbortSignal>());
  set_slot(env.isolate(), kSignal, made);
  return made;
}

std::string_view Request::redirect(js::Env&) const {
  switch (redirect_) {
    case RedirectMode::follow: return "follow";
    case RedirectMode::error: return "error";
    case RedirectMode::manual: return "manual";
  }
  return "follow";
}

// https://fetch.spec.whatwg.org/#dom-request-clone
js::Js<v8::Local<v8::Value>> Request::clone(js::Env& env) {
  Request& copy = env.wrap_ref(std::make_unique<Request>());
  v8::Local<v8::Object> made = copy.object(env.isolate());
  copy.url_ = url_text();
  copy.method_ = method_text();
  copy.redirect_ = redirect_;
  copy.response_coding_ = response_coding_;
  copy.cache_ = cache_;
  copy.integrity_ = integrity_;
  copy.header_data().list() = header_data().list();
  copy.header_data().guard = HeadersGuard::request;
  if (has_signal(env)) copy.set_slot(env.isolate(), kSignal, slot(env.isolate(), kSignal));
  copy.copy_cf(env, *this);
  js::Js<> cloned = body_.clone_to(env, *this, copy.body_, copy);
  if (!cloned) return js::pass(cloned);
  return v8::Local<v8::Value>(made);
}

// https://fetch.spec.whatwg.org/#dom-body-blob
js::Js<v8::Local<v8::Promise>> Request::blob(js::Env& env) {
  return body_.consume(env, *this, BodyFormat::blob,
                       header_data().get("content-type").value_or(std::string()));
}

// https://fetch.spec.whatwg.org/#dom-body-formdata
js::Js<v8::Local<v8::Promise>> Request::form_data(js::Env& env) {
  return body_.consume(env, *this, BodyFormat::form_data,
                       header_data().get("content-type").value_or(std::string()));
}

}  // namespace skerry::web
