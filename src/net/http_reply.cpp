// The reply side of a connection: heads, bodies, writing, and what happens after every event.
#include <algorithm>
#include <utility>

#include "net/exchange.h"
#include "net/http_connection.h"
#include "net/web_socket_handshake.h"

namespace skerry::net {

namespace {

// A chunk up to this size is copied next to its framing instead of getting a system call of its
// own.
constexpr size_t kSmallChunkBytes = 4 * 1024;
// Small chunks gathered before the writer has to wait for the socket.
constexpr size_t kGatheredChunkBytes = 32 * 1024;
// Bodies up to this size are copied behind their head.
constexpr size_t kSmallBodyBytes = 16 * 1024;
// Writes of one stream answered at once in one turn; then others have theirs.
constexpr unsigned kReadyInTurn = 16;

bool has_no_body(uint16_t status) {
  return status == 204 || status == 304;
}

}  // namespace

OutBuffer& HttpConnection::out() {
  if (out_ == nullptr) out_ = shared_.buffers.take();
  return *out_;
}

bool HttpConnection::may_reply(const ResponseHead& head) const {
  return in_flight_ && !head_sent_ && !dead_ && head.status >= 200 && head.status <= 999;
}

// Whether the connection can serve another request after this reply.
void HttpConnection::decide_keep_alive() {
  if (shared_.draining || peer_ended_) keep_alive_ = false;
  if (body_done_) return;
  // A body that nobody will read must be small enough to drop; and a client told to wait for 100
  // may never send it.
  if (framing_.expects_continue) keep_alive_ = false;
  if (!body_taken_ && !framing_.chunked && body_left_ > limits::http_discard_bytes_max) {
    keep_alive_ = false;
  }
}

ReplyFraming HttpConnection::start_reply(const ResponseHead& head) {
  decide_keep_alive();
  head_sent_ = true;
  ReplyFraming framing;
  if (!keep_alive_) {
    framing.connection = ConnectionLine::close;
  } else if (exchange_ != nullptr && exchange_->head()->http_minor == 0) {
    framing.connection = ConnectionLine::keep_alive;
  }
  return framing;
}

void HttpConnection::respond(const ResponseHead& head, std::span<const uint8_t> body) {
  if (!may_reply(head)) {
    if (in_flight_ && !head_sent_) exchange_dropped();
    return;
  }
  ReplyFraming framing = start_reply(head);
  bool is_head = exchange_->head()->method == types::Method::head;
  bool silent = is_head || has_no_body(head.status);
  if (silent && body.empty()) {
    // Nothing is known but what the handler says.
    framing.kind = head.status == 204 ? LengthLine::none : LengthLine::from_handler;
  } else if (head.status != 204) {
    framing.kind = LengthLine::length;
    framing.length = body.size();
  }
  append_reply_head(out(), head, shared_.date.get(shared_.loop.now_ms()), framing);
  if (!silent) {
    if (body.size() <= kSmallBodyBytes) {
      out().append(body.data(), body.size());
    } else {
      send(body, nullptr, {});
    }
  }
  finish_reply();
}

std::unique_ptr<ByteSink> HttpConnection::respond_stream(const ResponseHead& head,
                                                         std::optional<uint64_t> length) {
  if (!may_reply(head)) {
    if (in_flight_ && !head_sent_) exchange_dropped();
    return nullptr;
  }
  const types::RequestHead& request = *exchange_->head();
  bool silent = request.method == types::Method::head || has_no_body(head.status);
  if (!silent && !length && request.http_minor == 0) keep_alive_ = false;
  ReplyFraming framing = start_reply(head);
  sink_kind_ = SinkKind::fixed;
  if (length) {
    framing.kind = LengthLine::length;
    framing.length = sink_left_ = *length;
  } else if (request.http_minor == 0) {
    sink_kind_ = SinkKind::until_close;
  } else {
    framing.kind = LengthLine::chunked;
    sink_kind_ = SinkKind::chunked;
  }
  if (head.status == 204) framing.kind = LengthLine::none;
  if (head.status == 304 && !length) framing.kind = LengthLine::from_handler;
  append_reply_head(out(), head, shared_.date.get(shared_.loop.now_ms()), framing);
  if (silent) {
    finish_reply();
    return nullptr;
  }
  auto sink = std::make_unique<ReplySink>(this);
  sink_ = sink.get();
  mark_soon();
  return sink;
}

// The handler let go of a request without an answer.
void HttpConnection::exchange_dropped() {
  ExchangeImpl* exchange = std::exchange(exchange_, nullptr);
  exchange->connection_ = nullptr;
  exchange->observer_ = nullptr;
  if (!in_flight_) return;
  // A stream of the reply may outlive the exchange.
  if (head_sent_) return;
  bool is_head = exchange->head()->method == types::Method::head;
  static constexpr std::string_view kText = "500 Internal Server Error: no reply was made\n";
  const HeaderView type[] = {{"content-type", "text/plain;charset=UTF-8"}};
  ResponseHead head;
  head.status = 500;
  head.headers = type;
  ReplyFraming framing = start_reply(head);
  framing.kind = LengthLine::length;
  framing.length = kText.size();
  append_reply_head(out(), head, shared_.date.get(shared_.loop.now_ms()), framing);
  if (!is_head) out().append(kText);
  finish_reply();
}

namespace {

// Written by accept_web_socket() itself, or without meaning there.
bool is_of_handshake(std::string_view name) {
  for (std::string_view known :
       {"date", "connection", "upgrade", "content-length", "transfer-encoding"})
    if (types::equals_ignoring_case(name, known)) return true;
  return is_web_socket_connection_header(name);
}

}  // namespace

// RFC 6455 section 4.2.2. The connection leaves this object when the head is written.
std::unique_ptr<types::WebSocket> HttpConnection::accept_web_socket(const ResponseHead& head) {
  if (!in_flight_ || head_sent_ || dead_) return nullptr;
  const types::RequestHead& request = *exchange_->head();
  HandshakeRefusal refusal = check_web_socket_request(request);
  if (refusal.status == 0 && !body_done_) refusal = {400, "the request has a body"};
  if (refusal.status == 0 && shared_.draining) refusal = {503, "the server is going away"};
  if (refusal.status != 0) {
    std::string text = std::string(refusal.reason) + "\n";
    const HeaderView headers[] = {{"content-type", "text/plain;charset=UTF-8"},
                                  {"sec-websocket-version", "13"}};
    keep_alive_ = false;
    respond({refusal.status, {}, {headers, refusal.status == 426 ? 2u : 1u}},
            {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    return nullptr;
  }
  head_sent_ = true;
  OutBuffer& to = out();
  to.append("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n");
  to.append(shared_.date.get(shared_.loop.now_ms()));
  to.append("sec-websocket-accept: ");
  to.append(accept_for_key(request.header("sec-websocket-key")));
  to.append("\r\n");
  for (const HeaderView& header : head.headers) {
    if (is_of_handshake(header.name)) continue;
    to.append(header.name);
    to.append(": ");
    to.append(header.value);
    to.append("\r\n");
  }
  to.append("\r\n");
  in_flight_ = false;
  phase_ = Phase::upgraded;
  upgrade_ = new WebSocketConnection(shared_.sockets, SocketSide::server);
  std::unique_ptr<types::WebSocket> handle = upgrade_->make_handle();
  std::exchange(exchange_, nullptr)->connection_ = nullptr;
  mark_soon();
  return handle;
}

void HttpConnection::hand_over() {
  stream_->stop_reading();
  std::string rest = read_ahead_.substr(read_ahead_at_);
  using PeerEnd = WebSocketConnection::PeerEnd;
  stream_->set_user(nullptr);
  std::exchange(upgrade_, nullptr)
      ->attach(std::move(stream_), std::move(rest), peer_ended_ ? PeerEnd::ended : PeerEnd::open);
  leave();
}

// The reply is complete, though perhaps not written. Makes room for the next request.
void HttpConnection::finish_reply() {
  if (dead_) return;
  in_flight_ = false;
  served_one_ = true;
  if (sink_ != nullptr) std::exchange(sink_, nullptr)->connection_ = nullptr;
  writer_ = nullptr;
  if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->connection_ = nullptr;
  if (body_done_) {
    phase_ = Phase::head;
  } else {
    discard_ = true;
    if (!framing_.chunked && body_left_ > limits::http_discard_bytes_max) keep_alive_ = false;
  }
  if (!keep_alive_) start_closing();
  if (source_ != nullptr || body_.size() > 0) release_request();
  if (processing_) return;
  if (!dead_ && phase_ == Phase::head && !read_ahead_.empty()) {
    processing_ = true;
    run_read_ahead();
    processing_ = false;
  }
  settle();
}

// Lets go of the objects of the request that was in flight, and tells those who wait.
void HttpConnection::release_request() {
  ExchangeImpl* exchange = std::exchange(exchange_, nullptr);
  ReplySink* sink = std::exchange(sink_, nullptr);
  BodySource* source = std::exchange(source_, nullptr);
  ByteReader* reader = std::exchange(reader_, nullptr);
  ByteWriter* writer = std::exchange(writer_, nullptr);
  Releasing left{exchange, source, sink};
  if (sink != nullptr) {
    sink->connection_ = nullptr;
    sink->releasing_ = &left;
  }
  if (source != nullptr) {
    source->connection_ = nullptr;
    source->releasing_ = &left;
    source->complete_ = body_done_;
    if (body_done_ && body_.size() > 0) source->rest_ = body_.release();
  }
  body_.clear();
  if (exchange != nullptr) {
    exchange->connection_ = nullptr;
    exchange->releasing_ = &left;
  }
  // Each of these may destroy any of the others: a reader or writer lives no longer than its source
  // or sink.
  if (left.exchange != nullptr && left.exchange->observer_ != nullptr)
    left.exchange->observer_->on_client_gone();
  if (reader != nullptr && left.source != nullptr) {
    reader->on_error(Error(Code::closed, "the request body ended before it was complete"));
  }
  if (writer != nullptr && left.sink != nullptr)
    writer->on_error(Error(Code::closed, "the client has left"));
  if (left.exchange != nullptr) left.exchange->releasing_ = nullptr;
  if (left.source != nullptr) left.source->releasing_ = nullptr;
  if (left.sink != nullptr) left.sink->releasing_ = nullptr;
}

// Writes what is gathered, then `body`, then `tail`, in one system call; what the socket does not
// take is queued. `body` is copied then, unless `owned` holds it.
void HttpConnection::send(std::span<const uint8_t> body, Bytes* owned, std::string_view tail) {
  size_t gathered = out_ == nullptr ? 0 : out_->size();
  size_t total = gathered + body.size() + tail.size();
  if (dead_ || total == 0) return;
  size_t written = 0;
  if (!stream_->is_writing()) {
    loop::IoSlice slices[3];
    size_t count = 0;
    if (gathered > 0) slices[count++] = {out_->data(), gathered};
    if (!body.empty()) slices[count++] = {body.data(), body.size()};
    if (!tail.empty()) slices[count++] = {tail.data(), tail.size()};
    Result<size_t> result = stream_->try_write({slices, count});
    if (!result) {
      // Not from here: the caller has more to do with this connection.
      out_ = nullptr;
      close(Cut::close);
      return;
    }
    written = *result;
  }
  if (written == total) {
    shared_.buffers.give_back(std::move(out_));
    return;
  }
  queue_rest(body, owned, tail, written);
}

void HttpConnection::queue_rest(std::span<const uint8_t> body, Bytes* owned, std::string_view tail,
                                size_t written) {
  size_t from_out = std::min(written, out_ == nullptr ? 0 : out_->size());
  if (from_out > 0) out_->drop_front(from_out);
  written -= from_out;
  size_t from_body = std::min(written, body.size());
  std::span<const uint8_t> rest = body.subspan(from_body);
  std::string_view rest_tail = tail.substr(written - from_body);
  bool by_reference = owned != nullptr && !stream_->is_writing();
  if (!by_reference) {
    out().append(rest.data(), rest.size());
    out().append(rest_tail);
    rest = {};
    rest_tail = {};
  }
  // Bytes behind a write that is queued already follow when that is done.
  if (stream_->is_writing()) return;
  writing_ = std::move(out_);
  if (by_reference) writing_chunk_ = std::move(*owned);
  loop::IoSlice slices[3];
  size_t count = 0;
  if (writing_ != nullptr && writing_->size() > 0) {
    slices[count++] = {writing_->data(), writing_->size()};
  }
  if (!rest.empty()) slices[count++] = {rest.data(), rest.size()};
  if (!rest_tail.empty()) slices[count++] = {rest_tail.data(), rest_tail.size()};
  if (!stream_->write({slices, count})) close(Cut::close);
}

void HttpConnection::flush() {
  if (out_ != nullptr && !stream_->is_writing()) send({}, nullptr, {});
}

void HttpConnection::on_write_done() {
  shared_.buffers.give_back(std::move(writing_));
  writing_chunk_ = Bytes();
  flush();
  if (dead_) return;
  if (!stream_->is_writing()) {
    if (!sink_queued_.empty()) {
      write_chunk(std::move(sink_queued_));
    } else if (phase_ == Phase::head && !read_ahead_.empty()) {
      processing_ = true;
      run_read_ahead();
      processing_ = false;
    }
  }
  if (!dead_ && !stream_->is_writing() && writer_ != nullptr) {
    std::exchange(writer_, nullptr)->on_ready();
  }
  // A reply that was complete, but not written, when the server began to drain.
  if (shared_.draining && !dead_ && is_idle()) close(Cut::close);
  settle();
}

void HttpConnection::sink_write(Bytes chunk, ByteWriter& writer) {
  if (sink_kind_ == SinkKind::fixed) {
    if (chunk.size() > sink_left_) {
      writer_ = &writer;
      close(Cut::reset);
      return;
    }
    sink_left_ -= chunk.size();
  }
  writer_ = &writer;
  if (chunk.empty()) {
    tell_sink_ready();
    return;
  }
  if (stream_->is_writing()) {
    sink_queued_ = std::move(chunk);
    return;
  }
  write_chunk(std::move(chunk));
  if (dead_) return;
  if (!stream_->is_writing()) {
    tell_sink_ready();
  } else if (!processing_) {
    settle();
  }
}

// As sink_write, for bytes of somebody else: a chunk that the socket takes whole is never copied.
bool HttpConnection::sink_write_now(std::span<const uint8_t> bytes) {
  if (dead_ || stream_->is_writing() || ready_in_turn_ >= kReadyInTurn) return false;
  if (sink_kind_ == SinkKind::fixed) {
    if (bytes.size() > sink_left_) return false;
    sink_left_ -= bytes.size();
  }
  ++ready_in_turn_;
  mark_soon();
  if (bytes.empty()) return true;
  write_chunk_of(bytes, nullptr);
  if (!dead_ && stream_->is_writing() && !processing_) settle();
  return true;
}

void HttpConnection::write_chunk(Bytes chunk) {
  write_chunk_of(chunk.span(), &chunk);
}

void HttpConnection::write_chunk_of(std::span<const uint8_t> bytes, Bytes* owned) {
  std::string_view tail;
  if (sink_kind_ == SinkKind::chunked) {
    char* at = out().room(20);
    at = std::to_chars(at, at + 16, bytes.size(), 16).ptr;
    *at++ = '\r';
    *at++ = '\n';
    out().wrote(at);
    tail = "\r\n";
  }
  if (bytes.size() <= kSmallChunkBytes) {
    out().append(bytes.data(), bytes.size());
    out().append(tail);
    if (out().size() < kGatheredChunkBytes) {
      mark_soon();
    } else {
      flush();
    }
    return;
  }
  send(bytes, owned, tail);
}

// The writer may go on: at once a few times, then after others had their turn.
void HttpConnection::tell_sink_ready() {
  if (++ready_in_turn_ > kReadyInTurn) {
    ready_soon_ = true;
    mark_soon();
    return;
  }
  mark_soon();
  if (writer_ != nullptr) std::exchange(writer_, nullptr)->on_ready();
}

void HttpConnection::sink_end() {
  if (sink_kind_ == SinkKind::fixed && sink_left_ > 0) {
    close(Cut::reset);
    return;
  }
  if (sink_kind_ == SinkKind::chunked) out().append("0\r\n\r\n");
  finish_reply();
}

void HttpConnection::mark_soon() {
  if (soon_) return;
  soon_ = true;
  shared_.soon.push_back(this);
  shared_.queue_soon();
}

void HttpConnection::run_soon() {
  soon_ = false;
  ready_in_turn_ = 0;
  flush();
  if (!dead_ && std::exchange(ready_soon_, false) && writer_ != nullptr) {
    if (!stream_->is_writing()) std::exchange(writer_, nullptr)->on_ready();
  }
  settle();
}

void HttpConnection::close_after_reply() {
  keep_alive_ = false;
  if (is_idle()) close(Cut::close);
}

void HttpConnection::start_closing() {
  phase_ = Phase::closing;
  close_when_flushed_ = true;
  lingered_ = 0;
}

void HttpConnection::settle() {
  if (dead_ || processing_) return;
  flush();
  if (dead_) return;
  if (phase_ == Phase::upgraded && out_ == nullptr && !stream_->is_writing()) {
    hand_over();
    return;
  }
  if (close_when_flushed_ && !shut_ && out_ == nullptr && !stream_->is_writing()) {
    shut_ = true;
    if (peer_ended_) {
      close(Cut::close);
      return;
    }
    stream_->end_writing();
  }
  // After the end of the client's bytes only a request in flight keeps the connection.
  bool nothing_left = peer_ended_ && phase_ == Phase::head && !stream_->is_writing();
  if (nothing_left || (shut_ && lingered_ > limits::http_linger_bytes_max)) {
    close(Cut::close);
    return;
  }
  update_reading();
  update_timer();
}

void HttpConnection::update_reading() {
  bool wanted = false;
  switch (phase_) {
    case Phase::head: wanted = !stream_->is_writing(); break;
    case Phase::body: wanted = discard_ || reader_ != nullptr || body_.size() == 0; break;
    case Phase::waiting: wanted = read_ahead_.size() < limits::http_read_ahead_bytes_max; break;
    case Phase::upgraded: break;
    case Phase::closing: wanted = true; break;
  }
  if (wanted && !peer_ended_) {
    stream_->start_reading();
  } else {
    stream_->stop_reading();
  }
}

HttpConnection::TimerKind HttpConnection::wanted_timer() const {
  if (stream_->is_writing()) return TimerKind::write;
  if (shut_) return TimerKind::linger;
  switch (phase_) {
    case Phase::head: return head_ || !served_one_ ? TimerKind::head : TimerKind::idle;
    case Phase::body: return discard_ || reader_ != nullptr ? TimerKind::body : TimerKind::none;
    case Phase::waiting: return peer_ended_ ? TimerKind::half_close : TimerKind::none;
    case Phase::upgraded: return TimerKind::none;
    case Phase::closing: return TimerKind::linger;
  }
  return TimerKind::none;
}

void HttpConnection::update_timer() {
  TimerKind kind = wanted_timer();
  uint64_t now = shared_.loop.now_ms();
  const HttpServerOptions& options = shared_.options;
  if (kind == TimerKind::idle) {
    // Begins anew after every reply.
    timer_kind_ = kind;
    shared_.wheel.set(*this, now + options.idle_timeout_ms);
    return;
  }
  if (kind == timer_kind_) return;
  timer_kind_ = kind;
  uint64_t delay = 0;
  switch (kind) {
    case TimerKind::none:
    case TimerKind::idle: shared_.wheel.clear(*this); return;
    case TimerKind::head: delay = options.header_timeout_ms; break;
    case TimerKind::body:
      window_bytes_ = 0;
      delay = options.body_window_ms;
      break;
    case TimerKind::write:
      unsent_ = stream_->unsent_bytes();
      delay = options.write_timeout_ms;
      break;
    case TimerKind::half_close: delay = options.half_close_ms; break;
    case TimerKind::linger: delay = limits::http_linger_ms; break;
  }
  shared_.wheel.set(*this, now + delay);
}

}  // namespace skerry::net
