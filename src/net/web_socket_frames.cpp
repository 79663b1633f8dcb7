#include "net/web_socket_frames.h"

#include <algorithm>
#include <cstring>

#include "types/utf8.h"

namespace skerry::net {

namespace {

constexpr uint8_t kFin = 0x80;
constexpr uint8_t kReserved = 0x70;
constexpr uint8_t kMasked = 0x80;
constexpr size_t kControlMax = 125;
// A message buffer that grew beyond this is given back after its message.
constexpr size_t kKeptBytes = 64 * 1024;

bool is_control(uint8_t opcode) {
  return (opcode & 8) != 0;
}

struct TextCheck {
  void ascii(const uint8_t*, size_t) {}
  void code_point(char32_t) {}
  bool error() { return false; }
};

}  // namespace

void apply_mask(uint8_t* to, const uint8_t* from, size_t size, const uint8_t* mask, size_t at) {
  uint8_t turned[8];
  for (size_t i = 0; i < 8; ++i) turned[i] = mask[(at + i) & 3];
  uint64_t wide;
  std::memcpy(&wide, turned, 8);
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint64_t word;
    std::memcpy(&word, from + i, 8);
    word ^= wide;
    std::memcpy(to + i, &word, 8);
  }
  for (; i < size; ++i) to[i] = from[i] ^ turned[i & 7];
}

void FrameReader::fail(uint16_t code, const char* text) {
  if (failure_ != 0) return;
  failure_ = code;
  failure_text_ = text;
  message_.release();
}

size_t FrameReader::feed(const uint8_t* data, size_t size, FrameSink& sink) {
  size_t used = 0;
  while (used < size && failure_ == 0) {
    if (state_ == State::header) {
      used += take_header(data + used, size - used);
      if (failure_ != 0 || state_ == State::header) continue;
      if (payload_left_ > 0) continue;
      if (!end_frame(sink)) return used;
      continue;
    }
    size_t piece = static_cast<size_t>(std::min<uint64_t>(payload_left_, size - used));
    uint8_t* to;
    if (is_control(opcode_)) {
      to = control_ + control_size_;
      control_size_ += piece;
    } else {
      to = reinterpret_cast<uint8_t*>(message_.room(piece));
      message_.wrote(reinterpret_cast<const char*>(to) + piece);
    }
    if (side_ == SocketSide::server)
      apply_mask(to, data + used, piece, mask_, mask_at_);
    else
      std::memcpy(to, data + used, piece);
    mask_at_ += piece;
    payload_left_ -= piece;
    used += piece;
    if (!is_control(opcode_) && kind_ == types::MessageKind::text &&
        !check_text(to, piece, fin_ && payload_left_ == 0))
      return used;
    if (payload_left_ == 0 && !end_frame(sink)) return used;
  }
  return used;
}

// Gathers a header that may come byte by byte; refuses as early as a byte says that it is wrong.
size_t FrameReader::take_header(const uint8_t* data, size_t size) {
  size_t used = 0;
  while (used < size) {
    header_[header_size_++] = data[used++];
    if (header_size_ == 2) {
      check_header();
      if (failure_ != 0) return used;
    }
    if (header_size_ < 2) continue;
    uint8_t short_length = header_[1] & 0x7f;
    size_t length_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
    size_t whole = 2 + length_bytes + (side_ == SocketSide::server ? 4 : 0);
    if (header_size_ < whole) continue;
    uint64_t length = short_length;
    if (length_bytes != 0) {
      length = 0;
      for (size_t i = 0; i < length_bytes; ++i) length = length << 8 | header_[2 + i];
      if (length < (length_bytes == 2 ? 126u : 65'536u)) {
        fail(types::kCloseProtocolError, "a frame's length is not written in its shortest form");
        return used;
      }
    }
    if (!is_control(opcode_) && length > message_bytes_max_ - message_.size()) {
      fail((length >> 63) != 0 ? types::kCloseProtocolError : types::kCloseTooLarge,
           "a message is larger than what is taken here");
      return used;
    }
    if (side_ == SocketSide::server) std::memcpy(mask_, header_ + 2 + length_bytes, 4);
    mask_at_ = 0;
    control_size_ = 0;
    payload_left_ = length;
    header_size_ = 0;
    state_ = State::payload;
    return used;
  }
  return used;
}

void FrameReader::check_header() {
  using types::kCloseProtocolError;
  uint8_t first = header_[0];
  uint8_t length = header_[1] & 0x7f;
  opcode_ = first & 0xf;
  fin_ = (first & kFin) != 0;
  if ((first & kReserved) != 0)
    return fail(kCloseProtocolError, "a reserved bit is set, but no extension was agreed on");
  if (((header_[1] & kMasked) != 0) != (side_ == SocketSide::server))
    return fail(kCloseProtocolError, side_ == SocketSide::server
                                         ? "a frame from the client is not masked"
                                         : "a frame from the server is masked");
  switch (static_cast<Opcode>(opcode_)) {
    case Opcode::text:
    case Opcode::binary:
      if (in_message_)
        return fail(kCloseProtocolError, "a new message begins inside a fragmented one");
      in_message_ = true;
      kind_ = static_cast<Opcode>(opcode_) == Opcode::text ? types::MessageKind::text
                                                           : types::MessageKind::binary;
      message_.clear();
      text_.reset();
      return;
    case Opcode::continuation:
      if (!in_message_) fail(kCloseProtocolError, "a continuation frame continues nothing");
      return;
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (!fin_) return fail(kCloseProtocolError, "a control frame is fragmented");
      if (length > kControlMax)
        fail(kCloseProtocolError, "a control frame is longer than 125 bytes");
      return;
  }
  fail(kCloseProtocolError, "a frame has an opcode that means nothing");
}

bool FrameReader::check_text(const uint8_t* data, size_t size, bool last) {
  TextCheck check;
  if (text_.run(data, data + size, check) && !(last && text_.in_sequence())) return true;
  fail(types::kCloseInvalidText, "a text message is not valid UTF-8");
  return false;
}

bool FrameReader::end_frame(FrameSink& sink) {
  state_ = State::header;
  if (is_control(opcode_)) return end_control(sink);
  if (!fin_) return true;
  // A last fragment without bytes has not been looked at.
  if (kind_ == types::MessageKind::text && !check_text(nullptr, 0, true)) return false;
  return end_message(sink);
}

bool FrameReader::end_message(FrameSink& sink) {
  in_message_ = false;
  bool go_on =
      sink.on_message(kind_, {reinterpret_cast<const uint8_t*>(message_.data()), message_.size()});
  if (message_.capacity() > kKeptBytes) {
    message_.release();
  } else {
    message_.clear();
  }
  return go_on;
}

bool FrameReader::end_control(FrameSink& sink) {
  std::span<const uint8_t> data(control_, control_size_);
  switch (static_cast<Opcode>(opcode_)) {
    case Opcode::ping: return sink.on_ping(data);
    case Opcode::pong: return sink.on_pong();
    default: return end_close(sink);
  }
}

// RFC 6455 section 5.5.1 and 7.4.
bool FrameReader::end_close(FrameSink& sink) {
  if (control_size_ == 0) return sink.on_close(types::kCloseNoStatus, {});
  if (control_size_ == 1) {
    fail(types::kCloseProtocolError, "a Close frame has half a code");
    return false;
  }
  uint16_t code = static_cast<uint16_t>(control_[0] << 8 | control_[1]);
  std::string_view reason(reinterpret_cast<const char*>(control_) + 2, control_size_ - 2);
  if (!types::is_close_code(code)) {
    fail(types::kCloseProtocolError, "a Close frame has a code that must not be sent");
    return false;
  }
  if (!types::is_valid_utf8(reason)) {
    fail(types::kCloseInvalidText, "the reason in a Close frame is not valid UTF-8");
    return false;
  }
  return sink.on_close(code, reason);
}

void append_frame(OutBuffer& out, Opcode opcode, std::span<const uint8_t> payload,
                  const uint8_t* mask) {
  size_t size = payload.size();
  char* at = out.room(14 + size);
  *at++ = static_cast<char>(kFin | static_cast<uint8_t>(opcode));
  uint8_t masked = mask == nullptr ? 0 : kMasked;
  if (size < 126) {
    *at++ = static_cast<char>(masked | size);
  } else {
    int bytes = size < 65'536 ? 2 : 8;
    *at++ = static_cast<char>(masked | (bytes == 2 ? 126 : 127));
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
      *at++ = static_cast<char>(static_cast<uint64_t>(size) >> shift);
  }
  if (mask != nullptr) {
    std::memcpy(at, mask, 4);
    at += 4;
    apply_mask(reinterpret_cast<uint8_t*>(at), payload.data(), size, mask, 0);
  } else if (size > 0) {
    std::memcpy(at, payload.data(), size);
  }
  out.wrote(at + size);
}

void append_close_frame(OutBuffer& out, uint16_t code, std::string_view reason,
                        const uint8_t* mask) {
  uint8_t payload[kControlMax];
  size_t size = 0;
  if (code != types::kCloseNoStatus) {
    payload[0] = static_cast<uint8_t>(code >> 8);
    payload[1] = static_cast<uint8_t>(code);
    size_t text = std::min(reason.size(), kControlMax - 2);
    if (text > 0) std::memcpy(payload + 2, reason.data(), text);
    size = 2 + text;
  }
  append_frame(out, Opcode::close, {payload, size}, mask);
}

}  // namespace skerry::net
