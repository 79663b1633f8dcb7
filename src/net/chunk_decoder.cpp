#include "net/chunk_decoder.h"

#include <algorithm>
#include <string_view>

#include "base/limits.h"
#include "net/request_parser.h"

namespace skerry::net {

namespace {

int hex_value(uint8_t byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  uint8_t lower = byte | 0x20;
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return -1;
}

bool is_text(uint8_t byte) {
  return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

}  // namespace

size_t ChunkDecoder::step(const uint8_t* data, size_t size, const uint8_t** payload,
                          size_t* payload_size) {
  *payload = nullptr;
  *payload_size = 0;
  size_t at = 0;
  while (at < size && state_ != State::done && state_ != State::bad) {
    if (state_ == State::data) {
      size_t run = static_cast<size_t>(std::min<uint64_t>(left_, size - at));
      *payload = data + at;
      *payload_size = run;
      left_ -= run;
      if (left_ == 0) state_ = State::data_cr;
      return at + run;
    }
    state_ = after(data[at++]);
  }
  return at;
}

ChunkDecoder::State ChunkDecoder::after(uint8_t byte) {
  switch (state_) {
    case State::size_start:
      left_ = 0;
      digits_ = 0;
      return hex_value(byte) < 0 ? State::bad : after_size(byte);
    case State::size:
    case State::extension:
    case State::size_lf: return after_size(byte);
    case State::data_cr: return byte == '\r' ? State::data_lf : State::bad;
    case State::data_lf: return byte == '\n' ? State::size_start : State::bad;
    default: return after_trailer(byte);
  }
}

ChunkDecoder::State ChunkDecoder::after_size(uint8_t byte) {
  if (state_ == State::size_lf) {
    if (byte != '\n') return State::bad;
    return left_ == 0 ? State::line_start : State::data;
  }
  if (byte == '\r') return State::size_lf;
  if (state_ == State::extension) {
    bool room = ++extension_bytes_ <= limits::http_chunk_extension_bytes_max;
    return room && is_text(byte) ? State::extension : State::bad;
  }
  if (int digit = hex_value(byte); digit >= 0) {
    if (++digits_ > limits::http_chunk_size_digits_max) return State::bad;
    left_ = left_ * 16 + static_cast<uint64_t>(digit);
    return State::size;
  }
  return byte == ';' ? State::extension : State::bad;
}

ChunkDecoder::State ChunkDecoder::after_trailer(uint8_t byte) {
  if (++trailer_bytes_ > limits::http_trailer_bytes_max) return State::bad;
  char c = static_cast<char>(byte);
  switch (state_) {
    case State::line_start:
      if (byte == '\r') return State::last_lf;
      return is_token(std::string_view(&c, 1)) ? State::trailer_name : State::bad;
    case State::trailer_name:
      if (byte == ':') return State::trailer_value;
      return is_token(std::string_view(&c, 1)) ? State::trailer_name : State::bad;
    case State::trailer_value:
      if (byte == '\r') return State::trailer_lf;
      return is_text(byte) ? State::trailer_value : State::bad;
    case State::trailer_lf: return byte == '\n' ? State::line_start : State::bad;
    case State::last_lf: return byte == '\n' ? State::done : State::bad;
    default: return State::bad;
  }
}

}  // namespace skerry::net
