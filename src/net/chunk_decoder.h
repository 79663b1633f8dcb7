// Decodes the chunked transfer coding, strictly: lines end in CRLF, extensions and trailers are
// bounded and dropped. RFC 9112 section 7.1. A plain state machine fed bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry::net {

class ChunkDecoder {
 public:
  // One step: takes bytes from `data` up to the end of a run of payload. Sets `*payload` and
  // `*payload_size` to what of `data` is payload (possibly none) and returns how many bytes were
  // taken. Call until everything is taken, or is_done() or is_bad().
  size_t step(const uint8_t* data, size_t size, const uint8_t** payload, size_t* payload_size);
  bool is_done() const { return state_ == State::done; }
  bool is_bad() const { return state_ == State::bad; }

 private:
  enum class State : uint8_t {
    size_start,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    line_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    last_lf,
    done,
    bad,
  };
  State after(uint8_t byte);
  State after_size(uint8_t byte);
  State after_trailer(uint8_t byte);

  State state_ = State::size_start;
  uint8_t digits_ = 0;
  uint64_t left_ = 0;  // of the current chunk
  size_t extension_bytes_ = 0;
  size_t trailer_bytes_ = 0;
};

}  // namespace skerry::net
