#include "web/fetch/fetch.h"

#include "base/limits.h"
#include "js/method.h"
#include "types/url.h"
#include "web/events/abort_signal.h"
#include "web/fetch/native_sink.h"
#include "web/fetch/outbound.h"
#include "web/fetch/request.h"
#include "web/fetch/response.h"
#include "web/websocket/web_socket.h"

namespace skerry::web {

namespace {

constexpr int kRedirectsMax = 20;  // https://fetch.spec.whatwg.org/#concept-request-redirect-count

bool is_redirect_status(uint16_t status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// What a worker threw, told as text, is thrown again at its caller as the same kind of error.
js::Throw thrown_by_service(std::string text) {
  using Kind = js::Throw::Kind;
  for (auto [name, kind] : {std::pair<std::string_view, Kind>("TypeError: ", Kind::type_error),
                            {"RangeError: ", Kind::range_error},
                            {"SyntaxError: ", Kind::syntax_error},
                            {"Error: ", Kind::error}})
    if (text.starts_with(name)) return {kind, "", text.substr(name.size())};
  return {Kind::error, "", std::move(text)};
}

// One fetch, through its redirects, until the head of the final response. It holds one of the
// invocation's places for connections, or waits for one.
class FetchOperation final : public context::PromiseOperation,
                             public OutboundObserver,
                             public context::ConnectionWaiter {
 public:
  FetchOperation(context::RequestContext& context, js::Env& env, Request& request, std::string url)
      : PromiseOperation(context, env),
        method_(request.method_text()),
        url_(std::move(url)),
        headers_(request.header_data().list()),
        redirect_(request.redirect_mode()),
        coding_(request.response_coding()) {
    if (!request.has_signal(env)) return;
    v8::Local<v8::Value> value = request.signal(env);
    signal_.Reset(env.isolate(), value.As<v8::Object>());
    algorithm_ =
        js::unwrap<AbortSignal>(value)->add_algorithm([this](js::Env& then) { abort(then); });
  }
  ~FetchOperation() override {
    leave_place();
    if (signal_.IsEmpty()) return;
    v8::HandleScope scope(context().env().isolate());
    AbortSignal* signal = js::unwrap<AbortSignal>(signal_.Get(context().env().isolate()));
    if (signal != nullptr) signal->remove_algorithm(algorithm_);
  }

  // Before start(): the request goes to another worker.
  void set_service(std::shared_ptr<Outbound> service, std::string cf_json) {
    service_ = std::move(service);
    cf_json_ = std::move(cf_json);
  }

  void start(std::unique_ptr<ByteSource> body, std::optional<uint64_t> length,
             std::optional<std::string> repeatable) {
    had_body_ = body != nullptr;
    repeatable_ = std::move(repeatable);
    body_ = std::move(body);
    length_ = length;
    // A service takes no connection, and one that calls on must not wait for its caller.
    if (service_ != nullptr) return send();
    if (context().connecting < limits::fetch_connections_max) return connect_now();
    place_ = Place::waiting;
    context().connection_waiters.push_back(this);
  }

  void on_error(Error error) override {
    if (service_ != nullptr) return reject(thrown_by_service(error.chain()));
    fail("Network connection failed: " + error.chain());
  }

  void on_response(OutboundResponse response) override {
    const std::string* location = response.headers.find("location");
    if (is_redirect_status(response.status) && location != nullptr &&
        redirect_ != RedirectMode::manual)
      return follow(response, *location);
    finish(std::move(response));
  }

 private:
  enum class Place : uint8_t { none, waiting, held };

  void connect_now() override {
    place_ = Place::held;
    ++context().connecting;
    send();
  }
  // Whoever waits for a place gets this one, unless the event is over.
  void leave_place() {
    context::RequestContext& event = context();
    Place had = std::exchange(place_, Place::none);
    if (event.closed() || had == Place::none) return;
    if (had == Place::waiting) {
      std::erase(event.connection_waiters, this);
      return;
    }
    --event.connecting;
    if (event.connection_waiters.empty()) return;
    context::ConnectionWaiter* next = event.connection_waiters.front();
    event.connection_waiters.erase(event.connection_waiters.begin());
    next->connect_now();
  }

  void send() {
    Outbound* to = service_ != nullptr ? service_.get() : context().services().outbound;
    OutboundRequest request{method_,           url_, headers_, asks_for_web_socket(), cf_json_,
                            context().hops + 1};
    call_ = to->start(std::move(request), std::move(body_), length_, *this);
  }

  // https://fetch.spec.whatwg.org/#http-redirect-fetch
  void follow(OutboundResponse& response, const std::string& location) {
    if (redirect_ == RedirectMode::error) return fail("Unexpected redirect to " + location);
    std::optional<types::Url> from = types::parse_url(url_);
    std::optional<types::Url> to = types::parse_url(location, &*from);
    if (!to) return fail("Invalid redirect location: " + location);
    if (to->scheme() != "http" && to->scheme() != "https")
      return fail("Redirect to an unsupported scheme: " + location);
    // 7.
    if (++redirects_ > kRedirectsMax)
      return fail("Too many redirects (more than " + std::to_string(kRedirectsMax) +
                  "), the last one from " + url_ + " to " + location);
    if (++context().subrequests > context().subrequests_max)
      return fail(
          "Too many subrequests by single worker invocation (redirects count); the limit is " +
          std::to_string(context().subrequests_max) + " (limits.subrequests).");
    bool same_origin = from->origin() == to->origin();
    // 9.
    if (to->has_credentials() && !same_origin)
      return fail("Redirect to a URL of another origin with credentials in it");
    // 12. A POST becomes a GET, and drops its body with what describes it.
    bool post_to_get = (response.status == 301 || response.status == 302) && method_ == "POST";
    if (post_to_get || (response.status == 303 && method_ != "GET" && method_ != "HEAD")) {
      method_ = "GET";
      repeatable_.reset();
      had_body_ = false;
      for (const char* name : {"content-encoding", "content-language", "content-location",
                               "content-type", "content-length"})
        headers_.remove(name);
    }
    // 9. A body that was a stream cannot be sent again.
    if (had_body_ && !repeatable_)
      return fail("A request with a stream as its body cannot follow a redirect");
    // 13. DEVIATION: cookies and proxy credentials stay behind as well. In a browser no script can
    // set them; here one can, and another origin must not get them.
    if (!same_origin)
      for (const char* name : {"authorization", "cookie", "proxy-authorization"})
        headers_.remove(name);
    url_ = std::string(to->href_without_fragment());
    redirected_ = true;
    body_.reset();
    length_.reset();
    if (repeatable_) {
      body_ = source_of_bytes(*repeatable_);
      length_ = repeatable_->size();
    }
    send();
  }

  // As in Workers: an Upgrade header makes it one, and the response has the socket.
  bool asks_for_web_socket() const {
    const std::string* upgrade = headers_.find("upgrade");
    return upgrade != nullptr && method_ == "GET" && body_ == nullptr &&
           types::has_list_token(*upgrade, "websocket");
  }

  void finish(OutboundResponse response) {
    auto held = std::make_shared<OutboundResponse>(std::move(response));
    std::string url = url_;
    bool redirected = redirected_;
    CodingMode coding = coding_;
    settle([held, url, redirected, coding](js::Env& env, Resolver resolver) {
      Response& made = env.wrap_ref(std::make_unique<Response>());
      made.set_from_network(held->status, std::move(held->status_text), std::move(held->headers),
                            url, redirected);
      if (held->body) made.set_network_body(*context::current(env), std::move(held->body), coding);
      if (held->web_socket) {
        WebSocket& socket = env.wrap_ref(std::make_unique<WebSocket>());
        const std::string* protocol = made.header_data().list().find("sec-websocket-protocol");
        socket.hold(*context::current(env), env, std::move(held->web_socket),
                    protocol == nullptr ? std::string() : *protocol);
        made.set_web_socket(env, socket);
      }
      (void)resolver->Resolve(env.context(), made.object(env.isolate()));
    });
  }

  void fail(std::string text) { reject({js::Throw::Kind::type_error, "", std::move(text)}); }

  void abort(js::Env& env) {
    AbortSignal* signal = js::unwrap<AbortSignal>(signal_.Get(env.isolate()));
    auto reason = std::make_shared<v8::Global<v8::Value>>(env.isolate(), signal->reason(env));
    settle([reason](js::Env& then, Resolver resolver) {
      (void)resolver->Reject(then.context(), reason->Get(then.isolate()));
    });
  }

  bool had_body_ = false;
  Place place_ = Place::none;
  std::shared_ptr<Outbound> service_;  // null: the network
  std::string cf_json_;
  std::unique_ptr<ByteSource> body_;
  std::optional<uint64_t> length_;
  std::string method_, url_;
  types::HeaderList headers_;
  RedirectMode redirect_;
  CodingMode coding_;
  std::unique_ptr<OutboundCall> call_;
  std::optional<std::string> repeatable_;
  v8::Global<v8::Object> signal_;
  uint64_t algorithm_ = 0;
  int redirects_ = 0;
  bool redirected_ = false;
};

// Whether the request may go out, and where to: its URL without the fragment.
js::Js<std::string> check_request(js::Env& env, context::RequestContext& context, Request& request,
                                  const Outbound* to) {
  if (to == nullptr) return js::plain_error("fetch() is not available here");
  if (++context.subrequests > context.subrequests_max)
    return js::plain_error("Too many subrequests by single worker invocation; the limit is " +
                           std::to_string(context.subrequests_max) + " (limits.subrequests).");
  std::optional<types::Url> url = types::parse_url(request.url_text());
  if (!url || (url->scheme() != "http" && url->scheme() != "https"))
    return js::type_error("Fetch API cannot load: " + request.url_text() +
                          ": only http: and https: URLs can be fetched");
  if (request.has_signal(env)) {
    AbortSignal* signal = js::unwrap<AbortSignal>(request.signal(env));
    if (js::Js<> fine = signal->throw_if_aborted(env); !fine) return js::pass(fine);
  }
  return std::string(url->href_without_fragment());
}

// The method steps of fetch(), to the network or to a service.
js::Js<v8::Local<v8::Promise>> fetch_from(js::Env& env, std::shared_ptr<Outbound> service,
                                          v8::Local<v8::Value> input, js::OptionalValue init) {
  js::Js<context::RequestContext*> context = context::require_current(env, "fetch()");
  if (!context) return js::pass(context);
  // 2. A Request is made from the arguments, by its own constructor's rules.
  v8::Local<v8::Value> arguments[] = {input, init};
  v8::Local<v8::Object> object;
  if (!env.class_function(Request::info)->NewInstance(env.context(), 2, arguments).ToLocal(&object))
    return js::already_thrown();
  Request& request = *js::unwrap<Request>(object);
  const Outbound* to = service != nullptr ? service.get() : (*context)->services().outbound;
  js::Js<std::string> url = check_request(env, **context, request, to);
  if (!url) return js::pass(url);
  std::optional<uint64_t> length;
  std::unique_ptr<ByteSource> body;
  std::optional<std::string> repeatable;
  if (request.body().kind() == BodyKind::bytes) {
    repeatable = request.body().bytes();
    length = repeatable->size();
    body = source_of_bytes(*repeatable);
  } else if (!request.body().is_null()) {
    length = request.body().known_length(env, request);
    body = request.body().take_native(env, request);
    if (!body) {
      js::Js<std::unique_ptr<ByteSource>> bridged =
          source_of_stream(env, **context, request.slot(env.isolate(), Body::kStreamSlot));
      if (!bridged) return js::pass(bridged);
      body = std::move(*bridged);
    }
  }
  auto* operation = new FetchOperation(**context, env, request, std::move(*url));
  if (service != nullptr) operation->set_service(std::move(service), request.cf_json(env));
  v8::Local<v8::Promise> promise = operation->promise(env.isolate());
  operation->start(std::move(body), length, std::move(repeatable));
  return promise;
}

}  // namespace

js::Js<v8::Local<v8::Promise>> fetch(js::Env& env, v8::Local<v8::Value> input,
                                     js::OptionalValue init) {
  return fetch_from(env, nullptr, input, init);
}

js::Js<v8::Local<v8::Promise>> fetch_service(js::Env& env, std::shared_ptr<Outbound> service,
                                             v8::Local<v8::Value> input, js::OptionalValue init) {
  return fetch_from(env, std::move(service), input, init);
}

}  // namespace skerry::web
