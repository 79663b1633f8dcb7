#include "net/web_socket_connection.h"

#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace skerry::net {

namespace {

// Frames gathered before they are written, and read-ahead that a user who does not take it may
// leave.
constexpr size_t kGatherBytes = 128 * 1024;
constexpr uint64_t kLingerMs = 2'000;
constexpr const char* kLostText = "WebSocket disconnected without sending Close frame.";

}  // namespace

WebSocketHub::~WebSocketHub() {
  on_empty = nullptr;
  cut_all();
  for (WebSocketConnection* socket : graveyard_) delete socket;
  *queued_ = false;
  queued_.reset();
}

void WebSocketHub::random_mask(uint8_t* mask) {
  if (random_left_ < 4) {
    while (getrandom(random_, sizeof random_, 0) != static_cast<ssize_t>(sizeof random_)) {
    }
    random_left_ = sizeof random_;
  }
  std::memcpy(mask, random_ + (sizeof random_ - random_left_), 4);
  random_left_ -= 4;
}

void WebSocketHub::queue_soon(WebSocketConnection* socket) {
  if (socket != nullptr && !std::exchange(socket->soon_, true)) soon_.push_back(socket);
  if (std::exchange(*queued_, true)) return;
  // The hub may be gone by then: its flag is, too.
  loop.defer([this, queued = std::weak_ptr<bool>(queued_)] {
    if (!queued.expired()) run_soon();
  });
}

void WebSocketHub::run_soon() {
  *queued_ = false;
  std::weak_ptr<bool> alive = queued_;
  for (WebSocketConnection* socket : std::exchange(graveyard_, {})) {
    std::erase(soon_, socket);
    delete socket;
  }
  for (WebSocketConnection* socket : std::exchange(soon_, {})) {
    socket->soon_ = false;
    socket->run_soon();
    if (alive.expired()) return;
  }
  if (sockets.empty() && on_empty) {
    auto tell = std::exchange(on_empty, nullptr);
    tell();
  }
}

void WebSocketHub::close_all(uint16_t code, std::string_view reason) {
  std::vector<WebSocketConnection*> all = sockets;
  for (WebSocketConnection* socket : all)
    if (!socket->dead_) socket->close(code, reason);
}

void WebSocketHub::cut_all() {
  while (!sockets.empty()) {
    WebSocketConnection* socket = sockets.back();
    socket->tell_close(types::kCloseAbnormal, kLostText, types::CloseCause::lost);
    socket->cut();
  }
}

WebSocketConnection::WebSocketConnection(WebSocketHub& hub, SocketSide side)
    : hub_(hub),
      side_(side),
      reader_(side, hub.options.message_bytes_max),
      buffer_limit_(hub.options.buffered_bytes_max) {
  index_ = hub_.sockets.size();
  hub_.sockets.push_back(this);
}

WebSocketConnection::~WebSocketConnection() {
  if (handle_ != nullptr) handle_->connection = nullptr;
}

std::unique_ptr<types::WebSocket> WebSocketConnection::make_handle() {
  auto handle = std::make_unique<WebSocketHandle>(this);
  handle_ = handle.get();
  return handle;
}

void WebSocketConnection::attach(std::unique_ptr<loop::Stream> stream, std::string rest,
                                 PeerEnd peer) {
  if (dead_) return;
  stream_ = std::move(stream);
  stream_->set_user(this);
  last_read_ms_ = hub_.loop.now_ms();
  rest_ = std::move(rest);
  peer_ended_ = peer == PeerEnd::ended;
  hub_.queue_soon(this);
}

void WebSocketConnection::lost() {
  if (dead_) return;
  broken_ = true;
  hub_.queue_soon(this);
}

bool WebSocketConnection::wants_input() const {
  if (dead_ || close_received_ || reader_.failure() != 0) return false;
  // Once we have closed, what comes before the peer's Close frame is read whoever listens.
  return close_sent_ || (user_ != nullptr && !paused_);
}

void WebSocketConnection::on_read(std::span<const uint8_t> data) {
  last_read_ms_ = hub_.loop.now_ms();
  if (!rest_.empty()) {
    rest_.append(reinterpret_cast<const char*>(data.data()), data.size());
    run_rest();
  } else {
    process(data.data(), data.size());
  }
  settle();
}

void WebSocketConnection::process(const uint8_t* data, size_t size) {
  if (processing_) {
    rest_.append(reinterpret_cast<const char*>(data), size);
    return;
  }
  processing_ = true;
  size_t used = 0;
  while (used < size && wants_input()) {
    used += reader_.feed(data + used, size - used, *this);
    if (reader_.failure() != 0) fail(reader_.failure(), reader_.failure_text());
  }
  processing_ = false;
  if (used < size && !dead_ && !close_received_ && reader_.failure() == 0)
    rest_.append(reinterpret_cast<const char*>(data) + used, size - used);
}

void WebSocketConnection::run_rest() {
  if (rest_.empty() || processing_ || !wants_input()) return;
  std::string all = std::exchange(rest_, {});
  process(reinterpret_cast<const uint8_t*>(all.data()), all.size());
}

bool WebSocketConnection::on_message(types::MessageKind kind, std::span<const uint8_t> data) {
  // After our own Close nobody listens any more.
  if (user_ != nullptr && !close_sent_) user_->on_message(kind, data);
  return wants_input();
}

// Only the last one is answered when the peer does not take its answers: a flood of pings must not
// become a queue. RFC 6455 section 5.5.3.
bool WebSocketConnection::on_ping(std::span<const uint8_t> data) {
  if (close_sent_) return true;
  ping_due_.assign(reinterpret_cast<const char*>(data.data()), data.size());
  has_ping_due_ = true;
  hub_.queue_soon(this);
  return true;
}

bool WebSocketConnection::on_pong() {
  return true;
}

bool WebSocketConnection::on_close(uint16_t code, std::string_view reason) {
  close_received_ = true;
  if (!close_sent_) add_close(code, reason);
  tell_close(code, reason, types::CloseCause::frame);
  return false;
}

// RFC 6455 section 7.1.7: says why, and does not wait for an answer.
void WebSocketConnection::fail(uint16_t code, const char* text) {
  if (!close_sent_) add_close(code, text);
  close_received_ = true;
  tell_close(code, text, types::CloseCause::failed);
}

void WebSocketConnection::tell_close(uint16_t code, std::string_view reason,
                                     types::CloseCause cause) {
  if (std::exchange(told_, true)) return;
  if (user_ == nullptr) {
    ending_ = std::make_unique<Ending>(code, std::string(reason), cause);
    return;
  }
  user_->on_close(code, reason, cause);
}

void WebSocketConnection::set_user(types::WebSocketUser* user) {
  user_ = user;
  if (user != nullptr) hub_.queue_soon(this);
}

void WebSocketConnection::set_delivery(types::WebSocket::Delivery delivery) {
  paused_ = delivery == types::WebSocket::Delivery::pauses;
  hub_.queue_soon(this);
}

void WebSocketConnection::add_frame(Opcode opcode, std::span<const uint8_t> payload) {
  uint8_t mask[4];
  if (side_ == SocketSide::client) hub_.random_mask(mask);
  append_frame(out_, opcode, payload, side_ == SocketSide::client ? mask : nullptr);
}

void WebSocketConnection::add_close(uint16_t code, std::string_view reason) {
  uint8_t mask[4];
  if (side_ == SocketSide::client) hub_.random_mask(mask);
  append_close_frame(out_, code, reason, side_ == SocketSide::client ? mask : nullptr);
  close_sent_ = true;
  hub_.queue_soon(this);
}

void WebSocketConnection::send(types::MessageKind kind, std::span<const uint8_t> data) {
  if (close_sent_ || dead_ || broken_) return;
  size_t waiting = buffered();
  bool crowded = hub_.buffered_total > hub_.options.buffered_total_bytes_max &&
                 waiting > limits::web_socket_buffered_fair_bytes;
  if (waiting > buffer_limit_ || crowded) {
    // What is gathered begins with a whole frame once a write is under way: it can be dropped.
    if (stream_ != nullptr && stream_->is_writing()) out_.release();
    count_buffered();
    static constexpr const char* kText = "The receiver does not take its messages.";
    add_close(types::kCloseTryLater, kText);
    close_received_ = true;  // its answer is not waited for
    if (!std::exchange(told_, true))
      ending_ = std::make_unique<Ending>(types::kCloseTryLater, kText, types::CloseCause::failed);
    return;
  }
  add_frame(kind == types::MessageKind::text ? Opcode::text : Opcode::binary, data);
  if (out_.size() >= kGatherBytes && stream_ != nullptr) flush();
  if (buffered() > limits::web_socket_resume_bytes) drain_due_ = true;
  count_buffered();
  hub_.queue_soon(this);
}

void WebSocketConnection::close(uint16_t code, std::string_view reason) {
  if (close_sent_ || dead_) return;
  add_close(code, reason);
}

void WebSocketConnection::dropped() {
  handle_ = nullptr;
  user_ = nullptr;
  told_ = true;
  ending_.reset();
  if (dead_) return;
  // After our Close the connection ends in order by itself.
  if (!close_sent_) broken_ = true;
  hub_.queue_soon(this);
}

size_t WebSocketConnection::buffered() const {
  size_t queued = stream_ != nullptr && stream_->is_writing() ? stream_->unsent_bytes() : 0;
  return out_.size() + queued;
}

void WebSocketConnection::count_buffered() {
  size_t now = dead_ ? 0 : buffered();
  hub_.buffered_total += now - counted_;
  counted_ = now;
}

void WebSocketConnection::flush() {
  if (dead_ || broken_ || stream_ == nullptr || stream_->is_writing() || out_.size() == 0) return;
  loop::IoSlice slice{out_.data(), out_.size()};
  Result<size_t> written = stream_->try_write({&slice, 1});
  if (!written) {
    broken_ = true;
    hub_.queue_soon(this);
    return;
  }
  if (*written == out_.size()) {
    if (out_.capacity() > kGatherBytes)
      out_.release();
    else
      out_.clear();
    return;
  }
  size_t size = out_.size();
  writing_ = out_.release();
  loop::IoSlice rest{writing_.data() + *written, size - *written};
  if (!stream_->write({&rest, 1})) {
    broken_ = true;
    hub_.queue_soon(this);
  }
}

void WebSocketConnection::on_write_done() {
  writing_ = Bytes();
  // The next write has a time-out of its own.
  if (timer_kind_ == TimerKind::write) timer_kind_ = TimerKind::none;
  settle();
}

void WebSocketConnection::run_soon() {
  if (dead_) return;
  if (user_ != nullptr && ending_ != nullptr) {
    std::unique_ptr<Ending> ending = std::move(ending_);
    user_->on_close(ending->code, ending->reason, ending->cause);
    if (dead_) return;
  }
  if (!broken_ && stream_ != nullptr) run_rest();
  settle();
}

void WebSocketConnection::on_read_end() {
  peer_ended_ = true;
  settle();
}

void WebSocketConnection::on_stream_error(Error) {
  broken_ = true;
  settle();
}

// After every event: write, end, read on or stop, set the timer.
void WebSocketConnection::settle() {
  if (dead_ || processing_) return;
  if (stream_ == nullptr && !broken_) return;
  if (!broken_) {
    if (has_ping_due_ && !stream_->is_writing()) {
      has_ping_due_ = false;
      if (!close_sent_)
        add_frame(Opcode::pong,
                  {reinterpret_cast<const uint8_t*>(ping_due_.data()), ping_due_.size()});
    }
    flush();
  }
  count_buffered();
  bool ended_early = peer_ended_ && rest_.empty() && !(close_sent_ && close_received_);
  if (broken_ || ended_early) {
    tell_close(types::kCloseAbnormal, kLostText, types::CloseCause::lost);
    cut();
    return;
  }
  if (std::exchange(drain_due_, false)) {
    if (buffered() > limits::web_socket_resume_bytes)
      drain_due_ = true;
    else if (user_ != nullptr)
      user_->on_drained();
    if (dead_) return;
  }
  bool flushed = out_.size() == 0 && !stream_->is_writing();
  if (close_sent_ && close_received_ && flushed) {
    if (peer_ended_) {
      cut();
      return;
    }
    // RFC 6455 section 7.1.1: the server ends the connection first.
    if (!shut_ && side_ == SocketSide::server) stream_->end_writing();
    shut_ = true;
  }
  // A finished socket reads on, only to see the peer's end.
  if ((wants_input() && rest_.empty()) || shut_)
    stream_->start_reading();
  else
    stream_->stop_reading();
  update_timer();
}

void WebSocketConnection::cut() {
  if (dead_) return;
  dead_ = true;
  count_buffered();
  WebSocketConnection* last = hub_.sockets.back();
  last->index_ = index_;
  hub_.sockets[index_] = last;
  hub_.sockets.pop_back();
  hub_.graveyard_.push_back(this);
  hub_.queue_soon(nullptr);
  hub_.wheel.clear(*this);
  if (handle_ != nullptr) std::exchange(handle_, nullptr)->connection = nullptr;
  if (stream_ != nullptr) stream_->set_user(nullptr);
  stream_.reset();
}

void WebSocketConnection::update_timer() {
  TimerKind kind = TimerKind::none;
  if (stream_->is_writing())
    kind = TimerKind::write;
  else if (shut_)
    kind = TimerKind::linger;
  else if (close_sent_)
    kind = TimerKind::close;
  else if (stream_->is_reading())
    kind = timer_kind_ == TimerKind::pong ? TimerKind::pong : TimerKind::ping;
  if (kind == timer_kind_) return;
  timer_kind_ = kind;
  uint64_t now = hub_.loop.now_ms();
  const WebSocketOptions& options = hub_.options;
  switch (kind) {
    case TimerKind::none: hub_.wheel.clear(*this); return;
    case TimerKind::write:
      unsent_ = stream_->unsent_bytes();
      return hub_.wheel.set(*this, now + options.write_timeout_ms);
    case TimerKind::close: return hub_.wheel.set(*this, now + options.close_timeout_ms);
    case TimerKind::linger: return hub_.wheel.set(*this, now + kLingerMs);
    case TimerKind::ping: return hub_.wheel.set(*this, now + options.ping_ms);
    case TimerKind::pong: return hub_.wheel.set(*this, now + options.pong_ms);
  }
}

void WebSocketConnection::on_timeout() {
  if (dead_ || stream_ == nullptr) return;
  TimerKind kind = std::exchange(timer_kind_, TimerKind::none);
  uint64_t now = hub_.loop.now_ms();
  switch (kind) {
    case TimerKind::none: return;
    case TimerKind::write:
      if (stream_->unsent_bytes() >= unsent_) broken_ = true;
      break;
    case TimerKind::close:
    case TimerKind::linger: broken_ = true; break;
    case TimerKind::ping:
      if (now - last_read_ms_ >= hub_.options.ping_ms) {
        add_frame(Opcode::ping, {});
        pinged_ms_ = now;
        timer_kind_ = TimerKind::pong;
        hub_.wheel.set(*this, now + hub_.options.pong_ms);
      } else {
        timer_kind_ = TimerKind::ping;
        hub_.wheel.set(*this, last_read_ms_ + hub_.options.ping_ms);
      }
      break;
    case TimerKind::pong:
      if (last_read_ms_ < pinged_ms_) broken_ = true;
      break;
  }
  settle();
}

}  // namespace skerry::net
