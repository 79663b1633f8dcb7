#include "net/client_connection.h"

#include <algorithm>
#include <utility>

#include "net/request_parser.h"
#include "net/tls_client.h"
#include "net/web_socket_handshake.h"

namespace skerry::net {

namespace {

// Headers about the connection, which the client decides.
bool is_of_connection(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "host",    "connection", "content-length", "transfer-encoding", "keep-alive",
      "upgrade", "te",         "trailer",        "proxy-connection",  "expect"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view known) {
    return types::equals_ignoring_case(name, known);
  });
}

void append_host(OutBuffer& out, const ClientRequestHead& head) {
  bool bare_v6 = head.host.find(':') != std::string::npos && !head.host.starts_with('[');
  out.append(bare_v6 ? "host: [" : "host: ");
  out.append(head.host);
  if (bare_v6) out.append("]");
  if (head.port != (head.scheme == ClientScheme::https ? 443 : 80)) {
    out.append(":");
    out.append(std::to_string(head.port));
  }
  out.append("\r\n");
}

}  // namespace

ClientConnection::ClientConnection(ClientShared& shared, ClientOrigin& origin)
    : shared_(shared), origin_(origin) {
  ++origin_.connections;
  shared_.all.push_back(this);
}

void ClientConnection::begin(ClientCall* call) {
  call_ = call;
  call->connection = this;
  request_body_ = std::move(call->body);
  request_sent_ = pump_again_ = got_bytes_ = false;
  interim_ = 0;
  answers_head_ = call->head.method == "HEAD" ? AnswersHead::yes : AnswersHead::no;
  head_.clear();
  scanner_.reset();
  body_.clear();
  body_done_ = false;
  if (connected_) {
    reused_ = true;
    shared_.wheel.clear(*this);
    send_request();
    return;
  }
  shared_.wheel.set(*this, shared_.loop.now_ms() + shared_.options.connect_timeout_ms);
  // While the roots are read, the name is looked up.
  if (origin_.scheme == ClientScheme::https && shared_.options.tls != nullptr)
    shared_.options.tls->prepare();
  if (auto literal = loop::SocketAddress::parse(bare_host(), origin_.port)) {
    connect_to({*literal});
    return;
  }
  auto take = [this](const Result<NameCache::Addresses>& found) {
    if (found) {
      connect_to(interleave_families(*found));
    } else {
      broken(found.error().clone());
    }
  };
  if (const Result<NameCache::Addresses>* known = shared_.names.find(origin_.host)) {
    take(*known);
  } else {
    lookup_ = shared_.names.look_up(origin_.host, take);
  }
}

std::string ClientConnection::bare_host() const {
  std::string_view host = origin_.host;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

// What may be reached is decided on the addresses that are then connected to: no second look-up
// can lead elsewhere.
void ClientConnection::connect_to(std::vector<loop::SocketAddress> addresses) {
  for (loop::SocketAddress& address : addresses) {
    address.port = origin_.port;
    if (shared_.options.address_filter) {
      if (Result<> allowed = shared_.options.address_filter(address); !allowed) {
        refusal_ = std::move(allowed.error());
        continue;
      }
    }
    addresses_.push_back(address);
  }
  connect_next();
}

// Tries the next address, and the one after it soon beside it: one that is dead, as IPv6 often is,
// must not hold up the others. https://www.rfc-editor.org/rfc/rfc8305#section-5
void ClientConnection::connect_next() {
  shared_.loop.cancel_timer(std::exchange(attempt_timer_, {}));
  while (next_address_ < addresses_.size()) {
    auto attempt = std::make_unique<Attempt>(*this);
    auto stream = loop::Stream::connect(shared_.loop, addresses_[next_address_++], *attempt);
    if (!stream) {
      refusal_ = std::move(stream.error());
      continue;
    }
    attempt->stream = std::move(*stream);
    attempts_.push_back(std::move(attempt));
    if (next_address_ < addresses_.size()) {
      attempt_timer_ =
          shared_.loop.add_timer(limits::http_client_attempt_ms, [this] { connect_next(); });
    }
    return;
  }
  if (!attempts_.empty()) return;
  shared_.names.forget(origin_.host);
  Error why = refusal_ ? std::move(*refusal_) : Error(Code::refused, "no address answered");
  broken(Error(why.code, "connect to " + origin_.host, std::move(why)));
}

void ClientConnection::end_attempts() {
  shared_.loop.cancel_timer(std::exchange(attempt_timer_, {}));
  // One of them may be what calls.
  if (!attempts_.empty())
    shared_.loop.defer([ended = std::make_shared<decltype(attempts_)>(std::move(attempts_))] {});
  attempts_.clear();
}

void ClientConnection::on_attempt(Attempt& attempt, Result<> result) {
  if (dead_ || connected_ || stream_ != nullptr) return;
  if (!result) {
    refusal_ = std::move(result.error());
    auto ended = std::find_if(attempts_.begin(), attempts_.end(),
                              [&](const auto& each) { return each.get() == &attempt; });
    if (ended == attempts_.end()) return;
    shared_.loop.defer([held = std::make_shared<std::unique_ptr<Attempt>>(std::move(*ended))] {});
    attempts_.erase(ended);
    connect_next();
    return;
  }
  stream_ = std::move(attempt.stream);
  end_attempts();
  if (origin_.scheme == ClientScheme::http) {
    stream_->set_user(this);
    connected();
    return;
  }
  TlsClient* tls = shared_.options.tls;
  if (tls == nullptr) {
    broken(Error(Code::unsupported, "https: is not available here"));
  } else if (tls->is_ready()) {
    on_tls_ready({});
  } else {
    tls->wait(*this);
  }
}

void ClientConnection::on_tls_ready(const Result<>& result) {
  if (!result) {
    broken(result.error().clone());
    return;
  }
  Result<> begun = shared_.options.tls->open(*stream_, bare_host(), origin_.port, *this);
  stream_->set_user(this);
  if (!begun) {
    broken(std::move(begun.error()));
    return;
  }
  stream_->start_reading();
}

void ClientConnection::on_tls_open() {
  connected();
}

void ClientConnection::connected() {
  connected_ = true;
  shared_.wheel.clear(*this);
  send_request();
}

void ClientConnection::send_request() {
  const ClientRequestHead& head = call_->head;
  state_ = State::head;
  stream_->start_reading();
  out_.clear();
  out_.append(head.method);
  out_.append(" ");
  out_.append(head.target);
  out_.append(" HTTP/1.1\r\n");
  append_host(out_, head);
  for (const types::Header& header : head.headers.entries()) {
    if (is_of_connection(header.name)) continue;
    if (head.web_socket && is_web_socket_connection_header(header.name)) continue;
    out_.append(header.name);
    out_.append(": ");
    out_.append(header.value);
    out_.append("\r\n");
  }
  if (head.web_socket) {
    web_socket_key_ = make_web_socket_key();
    out_.append(
        "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
        "sec-websocket-key: ");
    out_.append(web_socket_key_);
    out_.append("\r\n");
  }
  request_chunked_ = request_body_ != nullptr && !call_->length;
  if (request_chunked_) {
    out_.append("transfer-encoding: chunked\r\n");
  } else if (request_body_ != nullptr || head.method == "POST" || head.method == "PUT" ||
             head.method == "PATCH") {
    request_left_ = request_body_ == nullptr ? 0 : *call_->length;
    out_.append("content-length: ");
    out_.append(std::to_string(request_left_));
    out_.append("\r\n");
  }
  out_.append("\r\n");
  if (request_body_ == nullptr) request_sent_ = true;
  send(Bytes(), {});
}

// One gathered write of what is in out_, the chunk and the tail; sent() follows when all of it is
// out.
void ClientConnection::send(Bytes chunk, std::string_view tail) {
  size_t total = out_.size() + chunk.size() + tail.size();
  loop::IoSlice slices[3] = {
      {out_.data(), out_.size()}, {chunk.data(), chunk.size()}, {tail.data(), tail.size()}};
  Result<size_t> written = stream_->try_write(slices);
  if (!written) {
    broken(std::move(written.error()));
    return;
  }
  if (*written == total) {
    // TLS may have taken more than the socket.
    sending_ = stream_->is_writing();
    if (!sending_) sent();
    return;
  }
  sending_ = true;
  chunk_ = std::move(chunk);
  slices[1].data = chunk_.data();
  size_t done = *written;
  size_t count = 0;
  loop::IoSlice rest[3];
  for (const loop::IoSlice& slice : slices) {
    size_t skipped = std::min(done, slice.size);
    done -= skipped;
    if (slice.size == skipped) continue;
    rest[count++] = {static_cast<const char*>(slice.data) + skipped, slice.size - skipped};
  }
  if (Result<> queued = stream_->write({rest, count}); !queued) broken(std::move(queued.error()));
}

void ClientConnection::sent() {
  out_.clear();
  chunk_ = Bytes();
  if (!request_sent_ && request_body_ != nullptr) pump();
}

void ClientConnection::on_write_done() {
  if (!std::exchange(sending_, false)) return;
  sent();
  settle();
}

// A source that answers at once must not recurse through its own read().
void ClientConnection::pump() {
  pump_again_ = true;
  if (pumping_) return;
  pumping_ = true;
  while (pump_again_ && !dead_ && request_body_ != nullptr) {
    pump_again_ = false;
    request_body_->read(*this);
  }
  pumping_ = false;
}

void ClientConnection::on_chunk(Bytes chunk) {
  if (dead_) return;
  if (request_chunked_) {
    char* at = out_.room(20);
    at = std::to_chars(at, at + 16, chunk.size(), 16).ptr;
    *at++ = '\r';
    *at++ = '\n';
    out_.wrote(at);
    send(std::move(chunk), "\r\n");
    return;
  }
  if (chunk.size() > request_left_) {
    broken(Error(Code::invalid, "the request body is longer than its length"));
    return;
  }
  request_left_ -= chunk.size();
  send(std::move(chunk), {});
}

void ClientConnection::on_end() {
  if (dead_) return;
  if (!request_chunked_ && request_left_ > 0) {
    broken(Error(Code::invalid, "the request body is shorter than its length"));
    return;
  }
  request_sent_ = true;
  drop_request_body();
  if (request_chunked_) send(Bytes(), "0\r\n\r\n");
  if (!processing_) settle();
}

void ClientConnection::on_error(Error error) {
  if (dead_) return;
  broken(Error(Code::cancelled, "the request body failed", std::move(error)));
}

// Possibly called by the source itself: it dies when nothing of it is on the stack.
void ClientConnection::drop_request_body() {
  if (request_body_ == nullptr) return;
  shared_.loop.defer([body = std::move(request_body_)] {});
}

void ClientConnection::on_read(std::span<const uint8_t> data) {
  got_bytes_ = true;
  processing_ = true;
  size_t used = 0;
  while (used < data.size() && !dead_) {
    if (state_ == State::head) {
      used += take_head(data.data() + used, data.size() - used);
      if (state_ == State::upgraded && !dead_) {
        processing_ = false;
        hand_over(data.subspan(used));
        return;
      }
    } else if (state_ == State::body) {
      used += take_body(data.data() + used, data.size() - used);
    } else {
      // Bytes that answer nothing: whatever they are, they must not become the next reply.
      keep_alive_ = false;
      if (state_ == State::idle) close();
      break;
    }
  }
  processing_ = false;
  settle();
}

size_t ClientConnection::take_head(const uint8_t* data, size_t size) {
  size_t had = head_.size();
  head_.append(reinterpret_cast<const char*>(data), size);
  HeadScan scan = scanner_.scan(head_);
  if (scanner_.size() > limits::http_header_bytes_max) {
    broken(Error(Code::too_large, "the header lines of the origin's reply are too long"));
    return size;
  }
  if (scan == HeadScan::more) return size;
  if (scan != HeadScan::complete) {
    broken(Error(Code::corrupt, std::string("the origin's reply has ") + describe(scan)));
    return size;
  }
  size_t used = scanner_.size() - had;
  head_.resize(scanner_.size());
  auto message = parse_response(head_, answers_head_);
  head_.clear();
  scanner_.reset();
  if (!message) {
    broken(std::move(message.error()));
  } else if (message->status == 101 && call_->head.web_socket) {
    check_upgrade(std::move(*message));
  } else if (message->status == 101) {
    broken(Error(Code::unsupported, "the origin changed the protocol, which was not asked for"));
  } else if (message->status >= 200) {
    take_message(std::move(*message));
  } else if (++interim_ > limits::http_client_interim_max) {
    broken(Error(Code::corrupt, "the origin sends only interim replies"));
  }
  return used;
}

// RFC 6455 section 4.1. What follows the head belongs to the WebSocket.
void ClientConnection::check_upgrade(ResponseMessage message) {
  std::string_view wrong = check_web_socket_reply(message.headers, web_socket_key_);
  if (wrong.empty() && stream_->is_writing()) wrong = "it came before the whole request was sent";
  if (!wrong.empty()) {
    broken(Error(Code::corrupt,
                 "the origin's reply does not open a WebSocket: " + std::string(wrong)));
    return;
  }
  upgrade_ = std::make_unique<ResponseMessage>(std::move(message));
  state_ = State::upgraded;
}

void ClientConnection::hand_over(std::span<const uint8_t> rest) {
  auto* socket = new WebSocketConnection(shared_.sockets, SocketSide::client);
  ClientResponse response;
  response.status = upgrade_->status;
  response.reason = std::move(upgrade_->reason);
  response.headers = std::move(upgrade_->headers);
  response.web_socket = socket->make_handle();
  stream_->stop_reading();
  stream_->set_user(nullptr);
  socket->attach(std::move(stream_),
                 std::string(reinterpret_cast<const char*>(rest.data()), rest.size()),
                 WebSocketConnection::PeerEnd::open);
  ClientCall* call = std::exchange(call_, nullptr);
  call->connection = nullptr;
  call->shared = nullptr;
  close();
  call->observer.on_response(std::move(response));
}

void ClientConnection::take_message(ResponseMessage message) {
  keep_alive_ = message.keep_alive;
  body_kind_ = message.body;
  body_left_ = message.length;
  chunks_ = ChunkDecoder();
  ClientResponse response;
  response.status = message.status;
  response.reason = std::move(message.reason);
  response.headers = std::move(message.headers);
  if (body_kind_ == ResponseMessage::Body::none) {
    state_ = State::complete;
  } else {
    state_ = State::body;
    auto body = std::make_unique<ClientBody>(this);
    source_ = body.get();
    response.body = std::move(body);
  }
  ClientCall* call = std::exchange(call_, nullptr);
  call->connection = nullptr;
  call->shared = nullptr;
  call->observer.on_response(std::move(response));
}

void ClientConnection::keep_body(const uint8_t* data, size_t size) {
  if (size == 0) return;
  if (reader_ != nullptr && body_.size() == 0 && reader_->on_bytes({data, size})) return;
  body_.append(data, size);
}

size_t ClientConnection::take_body(const uint8_t* data, size_t size) {
  size_t used = 0;
  switch (body_kind_) {
    case ResponseMessage::Body::length:
      used = static_cast<size_t>(std::min<uint64_t>(body_left_, size));
      body_left_ -= used;
      keep_body(data, used);
      body_done_ = body_left_ == 0;
      break;
    case ResponseMessage::Body::chunked:
      while (used < size && !dead_ && !chunks_.is_done()) {
        const uint8_t* run = nullptr;
        size_t run_size = 0;
        used += chunks_.step(data + used, size - used, &run, &run_size);
        if (chunks_.is_bad()) {
          broken(Error(Code::corrupt, "the origin's chunked body is malformed"));
          return size;
        }
        keep_body(run, run_size);
      }
      body_done_ = chunks_.is_done();
      break;
    default:
      used = size;
      keep_body(data, size);
      break;
  }
  if (body_done_) state_ = State::complete;
  deliver_body();
  return used;
}

void ClientConnection::deliver_body() {
  while (reader_ != nullptr && !dead_) {
    if (body_.size() > 0) {
      std::exchange(reader_, nullptr)->on_chunk(body_.release());
    } else if (body_done_) {
      std::exchange(reader_, nullptr)->on_end();
    } else {
      return;
    }
  }
}

void ClientConnection::read_body(ByteReader& reader) {
  reader_ = &reader;
  deliver_body();
  if (!processing_) settle();
}

std::optional<uint64_t> ClientConnection::body_left() const {
  if (body_kind_ == ResponseMessage::Body::length || body_done_) return body_left_ + body_.size();
  return std::nullopt;
}

void ClientConnection::source_dropped() {
  source_ = nullptr;
  reader_ = nullptr;
  // Reading on only to drop it would cost more than a new connection.
  if (!body_done_) keep_alive_ = false;
  state_ = State::complete;
  if (!processing_) settle();
}

void ClientConnection::on_read_end() {
  if (state_ == State::body && body_kind_ == ResponseMessage::Body::until_close) {
    body_done_ = true;
    keep_alive_ = false;
    state_ = State::complete;
    deliver_body();
    settle();
    return;
  }
  broken(Error(Code::closed, "the origin closed the connection before its reply was complete"));
}

void ClientConnection::on_stream_error(Error error) {
  broken(std::move(error));
}

void ClientConnection::on_timeout() {
  if (state_ == State::idle) {
    close();
  } else if (!connected_) {
    broken(Error(Code::timeout, "connect to " + origin_.host +
                                    (stream_ != nullptr && origin_.scheme == ClientScheme::https
                                         ? ": no connection, or no TLS handshake, in time"
                                         : ": no answer in time")));
  }
}

// Ends the connection for a reason that those who wait are told.
void ClientConnection::broken(Error error) {
  if (dead_) return;
  ClientCall* call = std::exchange(call_, nullptr);
  bool again = call != nullptr && reused_ && !got_bytes_ && call->may_retry();
  ClientBody* source = source_;
  ByteReader* reader = std::exchange(reader_, nullptr);
  if (source != nullptr) source->error = error.clone();
  close();
  if (call != nullptr) {
    call->connection = nullptr;
    if (again) {
      call->retried = true;
      shared_.assign(call);
    } else {
      call->fail(std::move(error));
    }
  }
  if (reader != nullptr) reader->on_error(std::move(error));
}

void ClientConnection::close() {
  if (dead_) return;
  dead_ = true;
  if (stream_ != nullptr) stream_->set_user(nullptr);
  shared_.wheel.clear(*this);
  lookup_.reset();
  end_attempts();
  if (!connected_ && shared_.options.tls != nullptr) shared_.options.tls->forget(*this);
  stream_.reset();
  call_ = nullptr;
  drop_request_body();
  if (source_ != nullptr) {
    ClientBody* source = std::exchange(source_, nullptr);
    source->connection = nullptr;
    if (body_.size() > 0) source->rest = body_.release();
    if (!body_done_ && !source->error) {
      source->error = Error(Code::closed, "the connection to the origin was closed");
    }
  }
  reader_ = nullptr;
  shared_.forget(this);
  shared_.loop.defer([this] { delete this; });
}

// After every event: let go when the exchange is over, else read on or stop.
void ClientConnection::settle() {
  if (dead_ || processing_ || !connected_) return;
  if (state_ == State::complete) {
    if (source_ != nullptr) {
      ClientBody* source = std::exchange(source_, nullptr);
      source->connection = nullptr;
      if (body_.size() > 0) source->rest = body_.release();
    }
    reader_ = nullptr;
    // A reply before the end of the request leaves a connection that nobody can use.
    bool usable = keep_alive_ && request_sent_ && !stream_->is_writing();
    if (!usable) {
      close();
      return;
    }
    state_ = State::idle;
    shared_.wheel.set(*this, shared_.loop.now_ms() + shared_.options.idle_ms);
    stream_->start_reading();
    shared_.park(this);
    return;
  }
  if (state_ == State::body && reader_ == nullptr && body_.size() > 0) {
    stream_->stop_reading();
  } else {
    stream_->start_reading();
  }
}

void ClientBody::read(ByteReader& reader) {
  if (connection != nullptr) {
    connection->read_body(reader);
  } else if (!rest.empty()) {
    reader.on_chunk(std::move(rest));
  } else if (error) {
    reader.on_error(error->clone());
  } else {
    reader.on_end();
  }
}

std::optional<uint64_t> ClientBody::length() const {
  if (connection != nullptr) return connection->body_left();
  return error ? std::nullopt : std::optional<uint64_t>(rest.size());
}

}  // namespace skerry::net
