// The UTF-8 decoder of the Encoding Standard as a resumable loop over a sink; behind types/utf8.h
// and types/encoding.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace skerry::types {

// Returns how many of the bytes at `at` are ASCII, eight at a time where it can.
inline size_t count_ascii(const uint8_t* at, const uint8_t* end) {
  const uint8_t* const begin = at;
  while (end - at >= 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    if ((word & 0x8080808080808080u) != 0) break;
    at += 8;
  }
  while (at < end && *at < 0x80) ++at;
  return static_cast<size_t>(at - begin);
}

// https://encoding.spec.whatwg.org/#utf-8-decoder. The sink has ascii(const uint8_t*, size_t),
// code_point(char32_t) and bool error(); false from the last ends the run.
class Utf8Machine {
 public:
  bool in_sequence() const { return needed_ != 0; }
  void reset() { *this = Utf8Machine(); }

  template <class Sink>
  bool run(const uint8_t* at, const uint8_t* end, Sink& sink) {
    while (at < end) {
      if (needed_ == 0) {
        if (const size_t ascii = count_ascii(at, end); ascii != 0) {
          sink.ascii(at, ascii);
          at += ascii;
          continue;
        }
        if (!begin_sequence(*at++) && !sink.error()) return false;
        continue;
      }
      if (*at < lower_ || *at > upper_) {
        // The byte that breaks a sequence is looked at again as the beginning of another.
        reset();
        if (!sink.error()) return false;
        continue;
      }
      lower_ = 0x80;
      upper_ = 0xbf;
      code_point_ = code_point_ << 6 | (*at++ & 0x3f);
      if (--needed_ == 0) sink.code_point(code_point_);
    }
    return true;
  }
  // The end of the stream: an unfinished sequence is one error.
  template <class Sink>
  bool finish(Sink& sink) {
    if (needed_ == 0) return true;
    reset();
    return sink.error();
  }

 private:
  // False when no sequence begins with this byte.
  bool begin_sequence(uint8_t byte) {
    if (byte >= 0xc2 && byte <= 0xdf) {
      needed_ = 1;
      code_point_ = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      // Over-long forms and surrogates are cut off at the second byte.
      if (byte == 0xe0) lower_ = 0xa0;
      if (byte == 0xed) upper_ = 0x9f;
      needed_ = 2;
      code_point_ = byte & 0xf;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      if (byte == 0xf0) lower_ = 0x90;
      if (byte == 0xf4) upper_ = 0x8f;
      needed_ = 3;
      code_point_ = byte & 0x7;
    } else {
      return false;
    }
    return true;
  }

  char32_t code_point_ = 0;
  uint8_t needed_ = 0;
  uint8_t lower_ = 0x80;
  uint8_t upper_ = 0xbf;
};

}  // namespace skerry::types
