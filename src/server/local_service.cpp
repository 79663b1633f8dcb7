#include "server/local_service.h"

#include <utility>

#include "types/header_list.h"
#include "types/url.h"
#include "web/fetch/body.h"
#include "web/fetch/byte_channel.h"

namespace skerry::server {

namespace {

// What a caller sends arrives as it is: no headers of a client, no place but what it passes on.
class CallFacts final : public web::RequestFacts {
 public:
  std::string cf_json(const types::RequestHead& head) const override {
    std::string_view text = head.slice(head.cf_offset, head.cf_size);
    return text.empty() ? "null" : std::string(text);
  }
  void adjust_headers(const types::RequestHead&, types::HeaderList&) const override {}
  bool adjusts(std::string_view) const override { return false; }
  std::string_view scheme(const types::RequestHead&) const override { return "http"; }
};

const CallFacts call_facts;

// Bytes from one isolate to another. Both the read and its answer wait for the loop, so that
// neither side's code runs inside the other's turn.
class HandedSource final : public ByteSource, private ByteReader {
 public:
  HandedSource(loop::Loop& loop, std::unique_ptr<ByteSource> below)
      : state_(std::make_shared<State>(loop, std::move(below))) {
    state_->owner = this;
  }
  ~HandedSource() override {
    state_->owner = nullptr;
    // The other end may be JavaScript of an isolate that is not ours to enter now.
    state_->loop.defer([state = state_] { state->below.reset(); });
  }
  void read(ByteReader& reader) override {
    reader_ = &reader;
    state_->loop.defer([state = state_] {
      if (state->owner != nullptr) state->below->read(*state->owner);
    });
  }
  std::optional<uint64_t> length() const override { return state_->below->length(); }

 private:
  struct State {
    State(loop::Loop& the_loop, std::unique_ptr<ByteSource> the_source)
        : loop(the_loop), below(std::move(the_source)) {}
    loop::Loop& loop;
    std::unique_ptr<ByteSource> below;
    HandedSource* owner = nullptr;
  };
  void on_chunk(Bytes chunk) override {
    chunk_ = std::move(chunk);
    tell();
  }
  void on_end() override { tell(); }
  void on_error(Error error) override {
    error_ = std::move(error);
    tell();
  }
  void tell() {
    state_->loop.defer([state = state_] {
      if (state->owner != nullptr) state->owner->give();
    });
  }
  void give() {
    ByteReader* reader = std::exchange(reader_, nullptr);
    if (reader == nullptr) return;
    if (error_) return reader->on_error(error_->clone());
    if (chunk_.empty()) return reader->on_end();
    reader->on_chunk(std::exchange(chunk_, Bytes()));
  }

  std::shared_ptr<State> state_;
  ByteReader* reader_ = nullptr;
  Bytes chunk_;
  std::optional<Error> error_;
};

class CallExchange;

// The caller's end and the callee's: each may go first.
struct Link {
  explicit Link(loop::Loop& the_loop) : loop(the_loop) {}
  loop::Loop& loop;
  web::OutboundObserver* observer = nullptr;  // null once it was told, or has lost interest
  CallExchange* exchange = nullptr;
};

void tell_response(const std::shared_ptr<Link>& link, web::OutboundResponse response) {
  auto held = std::make_shared<web::OutboundResponse>(std::move(response));
  link->loop.defer([link, held] {
    if (auto* observer = std::exchange(link->observer, nullptr))
      observer->on_response(std::move(*held));
  });
}

void tell_error(const std::shared_ptr<Link>& link, Error error) {
  auto held = std::make_shared<Error>(std::move(error));
  link->loop.defer([link, held] {
    if (auto* observer = std::exchange(link->observer, nullptr))
      observer->on_error(std::move(*held));
  });
}

// The body of the response at the caller: dropping it early tells the callee that nobody listens.
class CallBody final : public ByteSource {
 public:
  CallBody(std::shared_ptr<Link> link, std::unique_ptr<ByteSource> below,
           std::optional<uint64_t> length)
      : link_(std::move(link)), below_(link_->loop, std::move(below)), length_(length) {}
  ~CallBody() override;
  void read(ByteReader& reader) override {
    begun_ = true;
    below_.read(reader);
  }
  std::optional<uint64_t> length() const override { return begun_ ? std::nullopt : length_; }

 private:
  std::shared_ptr<Link> link_;
  HandedSource below_;
  std::optional<uint64_t> length_;
  bool begun_ = false;
};

class CallExchange final : public types::Exchange {
 public:
  CallExchange(std::shared_ptr<Link> link, Ref<types::RequestHead> head,
               std::unique_ptr<ByteSource> body)
      : link_(std::move(link)),
        head_(std::move(head)),
        body_(std::move(body)),
        has_body_(body_ != nullptr) {
    link_->exchange = this;
  }
  ~CallExchange() override {
    link_->exchange = nullptr;
    if (!answered_) tell_error(link_, Error(Code::closed, "The service ended without a response."));
  }
  const Ref<types::RequestHead>& head() const override { return head_; }
  bool has_body() const override { return has_body_; }
  std::unique_ptr<ByteSource> take_body() override { return std::move(body_); }

  void respond(const types::ResponseHead& head, std::span<const uint8_t> body) override {
    web::OutboundResponse response = response_of(head);
    if (!body.empty() && may_have_body(head.status))
      response.body = web::source_of_bytes(
          std::string(reinterpret_cast<const char*>(body.data()), body.size()));
    tell_response(link_, std::move(response));
  }
  std::unique_ptr<ByteSink> respond_stream(const types::ResponseHead& head,
                                           std::optional<uint64_t> length) override {
    web::OutboundResponse response = response_of(head);
    std::unique_ptr<ByteSink> sink;
    if (may_have_body(head.status)) {
      web::ByteChannel channel = web::make_byte_channel();
      response.body = std::make_unique<CallBody>(link_, std::move(channel.source), length);
      sink = std::move(channel.sink);
    }
    tell_response(link_, std::move(response));
    return sink;
  }
  bool fail(std::string_view why) override {
    answered_ = true;
    tell_error(link_, Error(Code::cancelled, std::string(why)));
    return true;
  }
  void set_observer(types::ExchangeObserver* observer) override { observer_ = observer; }
  void caller_gone() {
    if (observer_ != nullptr) observer_->on_client_gone();
  }

 private:
  bool may_have_body(uint16_t status) const {
    return head_->method != types::Method::head && status != 101 && status != 204 &&
           status != 205 && status != 304;
  }
  web::OutboundResponse response_of(const types::ResponseHead& head) {
    answered_ = true;
    web::OutboundResponse response;
    response.status = head.status;
    response.status_text = head.reason;
    for (const types::HeaderView& header : head.headers)
      response.headers.append(header.name, header.value);
    return response;
  }

  std::shared_ptr<Link> link_;
  Ref<types::RequestHead> head_;
  std::unique_ptr<ByteSource> body_;
  bool has_body_;
  bool answered_ = false;
  types::ExchangeObserver* observer_ = nullptr;
};

CallBody::~CallBody() {
  if (link_->exchange != nullptr) link_->exchange->caller_gone();
}

class Call final : public web::OutboundCall {
 public:
  explicit Call(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  ~Call() override {
    // After the response this is only its head's end: the body has its own life.
    if (std::exchange(link_->observer, nullptr) == nullptr) return;
    if (link_->exchange != nullptr) link_->exchange->caller_gone();
  }

 private:
  std::shared_ptr<Link> link_;
};

types::Method method_of(std::string_view name) {
  using types::Method;
  constexpr std::pair<std::string_view, Method> known[] = {
      {"GET", Method::get},        {"HEAD", Method::head},  {"POST", Method::post},
      {"PUT", Method::put},        {"DELETE", Method::del}, {"PATCH", Method::patch},
      {"OPTIONS", Method::options}};
  for (const auto& [text, method] : known)
    if (text == name) return method;
  return Method::other;
}

// The head as a connection would have made it, with the whole URL as its target.
Ref<types::RequestHead> head_of(const web::OutboundRequest& request) {
  Ref<types::RequestHead> head = types::RequestHead::take();
  auto add = [&head](std::string_view text, uint32_t& offset, uint32_t& size) {
    offset = static_cast<uint32_t>(head->raw.size());
    size = static_cast<uint32_t>(text.size());
    head->raw += text;
  };
  add(request.method, head->method_offset, head->method_size);
  head->method = method_of(request.method);
  add(request.url, head->target_offset, head->target_size);
  add(request.cf_json, head->cf_offset, head->cf_size);
  if (std::optional<types::Url> url = types::parse_url(request.url))
    add(url->host(), head->host_offset, head->host_size);
  for (const types::Header& header : request.headers.entries()) {
    types::HeaderSlice slice{};
    add(header.name, slice.name_offset, slice.name_size);
    add(header.value, slice.value_offset, slice.value_size);
    head->headers.push_back(slice);
  }
  return head;
}

}  // namespace

LocalService::LocalService(loop::Loop& loop, ServiceDirectory& directory, std::string service,
                           std::string entrypoint, std::string props)
    : loop_(loop),
      directory_(directory),
      service_(std::move(service)),
      entrypoint_(std::move(entrypoint)),
      props_(props.empty() ? nullptr : std::make_shared<const std::string>(std::move(props))) {}

std::unique_ptr<web::OutboundCall> LocalService::start(web::OutboundRequest request,
                                                       std::unique_ptr<ByteSource> body,
                                                       std::optional<uint64_t>,
                                                       web::OutboundObserver& observer) {
  auto link = std::make_shared<Link>(loop_);
  link->observer = &observer;
  auto call = std::make_unique<Call>(link);
  if (request.hops > service_hops_max) {
    tell_error(
        link, Error(Code::too_large, "Too many workers have called each other (more than " +
                                         std::to_string(service_hops_max) +
                                         "): a service binding leads back to where it came from."));
    return call;
  }
  auto worker_call = std::make_shared<worker::WorkerCall>();
  *worker_call = {entrypoint_, props_, request.hops, &call_facts};
  auto handed = std::make_shared<std::unique_ptr<ByteSource>>();
  if (body) *handed = std::make_unique<HandedSource>(loop_, std::move(body));
  // The worker may be loaded by this: outside of the caller's turn.
  loop_.defer([link, head = head_of(request), handed, worker_call, &directory = directory_,
               service = service_] {
    if (link->observer == nullptr) return;
    Result<worker::Worker*> worker = directory.service_worker(service);
    if (!worker) {
      std::exchange(link->observer, nullptr)->on_error(std::move(worker.error()));
      return;
    }
    (*worker)->fetch(std::make_unique<CallExchange>(link, head, std::move(*handed)),
                     std::make_unique<worker::WorkerCall>(std::move(*worker_call)));
  });
  return call;
}

}  // namespace skerry::server
