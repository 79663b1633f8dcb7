// The input side: heads, bodies, refusals, time-outs. The reply side is in http_reply.cpp.
#include "net/http_connection.h"

#include <algorithm>
#include <utility>

#include "net/exchange.h"
#include "net/tls_stream.h"

namespace skerry::net {

namespace {

constexpr size_t kHeadBytesMax = limits::http_header_bytes_max + limits::http_target_bytes_max +
                                 limits::http_request_line_extra_bytes_max;
constexpr size_t kRequestLineBytesMax =
    limits::http_target_bytes_max + limits::http_request_line_extra_bytes_max;

std::string_view as_text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

HttpConnection::HttpConnection(ConnectionShared& shared, std::unique_ptr<loop::Stream> stream,
                               const loop::SocketAddress& peer, const TlsStream* tls)
    : shared_(shared), stream_(std::move(stream)), tls_(tls), peer_(peer) {
  index_ = shared_.connections.size();
  shared_.connections.push_back(this);
}

HttpConnection::~HttpConnection() = default;

void HttpConnection::start() {
  stream_->set_user(this);
  settle();
}

bool HttpConnection::is_idle() const {
  return phase_ == Phase::head && !head_ && read_ahead_.empty() && out_ == nullptr &&
         !stream_->is_writing();
}

void HttpConnection::on_read(std::span<const uint8_t> data) {
  processing_ = true;
  if (read_ahead_.empty()) {
    size_t used = consume(data.data(), data.size());
    if (used < data.size() && !dead_) {
      read_ahead_.assign(reinterpret_cast<const char*>(data.data()) + used, data.size() - used);
      read_ahead_at_ = 0;
    }
  } else {
    read_ahead_.append(reinterpret_cast<const char*>(data.data()), data.size());
    run_read_ahead();
  }
  processing_ = false;
  settle();
}

void HttpConnection::on_read_end() {
  peer_ended_ = true;
  if (phase_ == Phase::upgraded) return settle();
  if (phase_ == Phase::closing) {
    close(Cut::close);
    return;
  }
  if (phase_ == Phase::body && !discard_) {
    refuse(400, "the request body ended before it was complete");
  } else if (phase_ == Phase::body || (phase_ == Phase::head && !stream_->is_writing())) {
    close(Cut::close);
    return;
  }
  settle();
}

void HttpConnection::on_stream_error(Error error) {
  close(Cut::close);
}

// Takes what can be taken now; the rest waits for the reply in flight.
size_t HttpConnection::consume(const uint8_t* data, size_t size) {
  size_t used = 0;
  while (used < size && !dead_) {
    switch (phase_) {
      case Phase::head:
        if (out_ != nullptr && out_->size() >= limits::http_gather_bytes_max) flush();
        // A client that does not read its replies gets no further request served.
        if (dead_ || stream_->is_writing()) return used;
        used += take_head(data + used, size - used);
        break;
      case Phase::body: used += take_body_bytes(data + used, size - used); break;
      case Phase::waiting:
      case Phase::upgraded: return used;
      case Phase::closing: lingered_ += size - used; return size;
    }
  }
  return used;
}

void HttpConnection::run_read_ahead() {
  while (read_ahead_at_ < read_ahead_.size() && !dead_) {
    size_t used = consume(reinterpret_cast<const uint8_t*>(read_ahead_.data()) + read_ahead_at_,
                          read_ahead_.size() - read_ahead_at_);
    if (used == 0) break;
    read_ahead_at_ += used;
  }
  if (read_ahead_at_ == read_ahead_.size()) {
    std::string().swap(read_ahead_);
    read_ahead_at_ = 0;
  } else if (read_ahead_at_ >= limits::http_read_ahead_bytes_max / 2) {
    read_ahead_.erase(0, read_ahead_at_);
    read_ahead_at_ = 0;
  }
}

// RFC 9112 section 2.2: an empty line before a request is skipped. 0 when a request begins here.
size_t HttpConnection::skip_empty_lines(const uint8_t* data, size_t size) {
  size_t at = 0;
  for (; at < size && phase_ == Phase::head; ++at) {
    if (saw_cr_) {
      saw_cr_ = false;
      if (data[at] != '\n') {
        refuse(400, describe(HeadScan::bare_cr));
      } else if (++empty_lines_ > limits::http_leading_empty_lines_max) {
        refuse(400, "too many empty lines before the request");
      }
    } else if (data[at] == '\r') {
      saw_cr_ = true;
    } else if (data[at] == '\n') {
      refuse(400, describe(HeadScan::bare_lf));
    } else {
      break;
    }
  }
  return at;
}

size_t HttpConnection::take_head(const uint8_t* data, size_t size) {
  if (!head_) {
    if (saw_cr_ || data[0] == '\r' || data[0] == '\n') [[unlikely]] {
      size_t skipped = skip_empty_lines(data, size);
      if (skipped > 0) return skipped;
    }
    scanner_.reset();
    HeadScan scan = scanner_.scan(as_text(data, size));
    head_ = types::RequestHead::take();
    if (scan == HeadScan::complete) {
      head_->raw.assign(reinterpret_cast<const char*>(data), scanner_.size());
      size_t used = scanner_.size();
      begin_request(used < size);
      return used;
    }
    head_->raw.assign(reinterpret_cast<const char*>(data), size);
    if (scan != HeadScan::more) {
      refuse(400, describe(scan));
    } else {
      check_partial_head();
    }
    return size;
  }
  size_t had = head_->raw.size();
  head_->raw.append(reinterpret_cast<const char*>(data), size);
  HeadScan scan = scanner_.scan(head_->raw);
  if (scan == HeadScan::complete) {
    size_t used = scanner_.size() - had;
    head_->raw.resize(scanner_.size());
    begin_request(used < size);
    return used;
  }
  if (scan != HeadScan::more) {
    refuse(400, describe(scan));
  } else {
    check_partial_head();
  }
  return size;
}

// What can be refused before the head is complete, so that its sender does not wait for the
// time-out.
void HttpConnection::check_partial_head() {
  std::string_view raw = head_->raw;
  if (!is_token(raw.substr(0, 1))) {
    refuse(400, "the request line does not begin with a method");
  } else if (std::min(scanner_.first_line(), raw.size()) > kRequestLineBytesMax) {
    refuse(414, "the request target is too long");
  } else if (raw.size() > kHeadBytesMax) {
    refuse(431, "the header lines are too long");
  }
}

// `more_follows`: bytes behind the head have arrived with it.
void HttpConnection::begin_request(bool more_follows) {
  empty_lines_ = 0;
  Refusal refusal = shared_.parser.parse(*head_, scanner_.first_line(), &framing_);
  size_t header_bytes = head_->raw.size() - scanner_.first_line();
  if (!refusal && header_bytes > limits::http_header_bytes_max) {
    refusal = {431, "the header lines are too long"};
  }
  if (!refusal && framing_.content_length > shared_.options.body_bytes_max) {
    refusal = {413, "the request body is larger than this server takes"};
  }
  if (refusal) {
    refuse(refusal.status, refusal.reason);
    return;
  }
  std::memcpy(head_->peer_address, peer_.ip, sizeof peer_.ip);
  head_->peer_port = peer_.port;
  if (tls_ != nullptr) head_->tls = tls_->facts();
  keep_alive_ = framing_.keep_alive;
  // RFC 9110 section 10.1.1: not needed any more once body bytes have come.
  if (more_follows) framing_.expects_continue = false;
  in_flight_ = true;
  head_sent_ = false;
  phase_ = Phase::waiting;
  body_done_ = true;
  if (framing_.has_body()) {
    phase_ = Phase::body;
    body_done_ = discard_ = body_taken_ = false;
    body_left_ = framing_.content_length;
    body_bytes_ = body_total_ = discarded_ = 0;
    chunks_ = ChunkDecoder();
  }
  auto exchange = std::make_unique<ExchangeImpl>(this, std::move(head_), framing_.has_body());
  exchange_ = exchange.get();
  shared_.handler.on_request(std::move(exchange));
}

size_t HttpConnection::take_body_bytes(const uint8_t* data, size_t size) {
  window_bytes_ += size;
  size_t used = 0;
  if (!framing_.chunked) {
    used = static_cast<size_t>(std::min<uint64_t>(body_left_, size));
    body_left_ -= used;
    payload(data, used);
    if (body_left_ == 0) body_done_ = true;
  } else {
    while (used < size && phase_ == Phase::body && !dead_ && !chunks_.is_done()) {
      const uint8_t* run = nullptr;
      size_t run_size = 0;
      used += chunks_.step(data + used, size - used, &run, &run_size);
      if (chunks_.is_bad()) {
        refuse(400, "the chunked body is malformed");
        return size;
      }
      payload(run, run_size);
    }
    body_done_ = chunks_.is_done();
  }
  // A body that became too large was refused on the way.
  if (phase_ != Phase::body || dead_) return size;
  if (discard_) {
    discarded_ += used;
    if (!body_done_ && discarded_ > limits::http_discard_bytes_max) {
      keep_alive_ = false;
      start_closing();
      return size;
    }
  }
  if (body_done_) body_finished();
  deliver_body();
  return used;
}

void HttpConnection::payload(const uint8_t* data, size_t size) {
  if (size == 0) return;
  body_bytes_ += size;
  if (body_bytes_ > shared_.options.body_bytes_max) {
    refuse(413, "the request body is larger than this server takes");
    return;
  }
  if (discard_) return;
  if (reader_ != nullptr && body_.size() == 0 && reader_->on_bytes({data, size})) return;
  body_.append(data, size);
}

void HttpConnection::body_finished() {
  if (in_flight_) {
    phase_ = Phase::waiting;
    return;
  }
  // The reply left before the body was complete, and the rest was dropped.
  phase_ = Phase::head;
  discard_ = false;
}

void HttpConnection::deliver_body() {
  while (reader_ != nullptr && !dead_) {
    if (body_.size() > 0) {
      ByteReader* reader = std::exchange(reader_, nullptr);
      reader->on_chunk(body_.release());
    } else if (body_done_) {
      std::exchange(reader_, nullptr)->on_end();
    } else {
      return;
    }
  }
}

std::unique_ptr<ByteSource> HttpConnection::take_body() {
  if (body_taken_ || !in_flight_ || !framing_.has_body() || discard_) return nullptr;
  body_taken_ = true;
  auto source = std::make_unique<BodySource>(this);
  source_ = source.get();
  return source;
}

std::optional<uint64_t> HttpConnection::body_left() const {
  if (framing_.chunked && !body_done_) return std::nullopt;
  return body_left_ + body_.size();
}

void HttpConnection::read_body(ByteReader& reader) {
  reader_ = &reader;
  if (framing_.expects_continue && !head_sent_ && !body_done_) {
    framing_.expects_continue = false;
    if (body_bytes_ == 0) {
      out().append("HTTP/1.1 100 Continue\r\n\r\n");
      if (!processing_) flush();
    }
  }
  deliver_body();
  if (!processing_) settle();
}

void HttpConnection::source_dropped() {
  source_ = nullptr;
  reader_ = nullptr;
  body_.clear();
  discard_ = !body_done_;
  if (!processing_) settle();
}

// Answers on our own account and ends the connection.
void HttpConnection::refuse(uint16_t status, const char* reason) {
  if (dead_ || phase_ == Phase::closing || phase_ == Phase::upgraded) return;
  if (in_flight_ && head_sent_) {
    close(Cut::reset);
    return;
  }
  in_flight_ = false;
  keep_alive_ = false;
  head_ = Ref<types::RequestHead>();
  std::string text = std::to_string(status);
  text += " ";
  text += status_phrase(status);
  text += ": ";
  text += reason;
  text += "\n";
  const HeaderView type[] = {{"content-type", "text/plain;charset=UTF-8"}};
  ResponseHead head;
  head.status = status;
  head.headers = type;
  append_reply_head(out(), head, shared_.date.get(shared_.loop.now_ms()),
                    {ConnectionLine::close, LengthLine::length, text.size()});
  out().append(text);
  start_closing();
  release_request();
  if (!processing_) settle();
}

void HttpConnection::on_timeout() {
  TimerKind kind = std::exchange(timer_kind_, TimerKind::none);
  switch (kind) {
    case TimerKind::none: return;
    case TimerKind::head:
      if (head_) {
        refuse(408, "the request head did not arrive in time");
        settle();
        return;
      }
      break;
    case TimerKind::body:
      if (window_bytes_ >= shared_.options.body_bytes_per_window_min) {
        update_timer();
        return;
      }
      if (!discard_) {
        refuse(408, "the request body arrives too slowly");
        settle();
        return;
      }
      break;
    case TimerKind::write:
      if (stream_->unsent_bytes() < unsent_) {
        update_timer();
        return;
      }
      close(Cut::reset);
      return;
    case TimerKind::idle:
    case TimerKind::half_close:
    case TimerKind::linger: break;
  }
  close(Cut::close);
}

}  // namespace skerry::net
