// Content codings and compression formats as transforms of bytes: gzip and deflate (zlib), Brotli,
// Zstandard. Memory is bounded whatever the input: the caller gives room for output, and windows
// past what HTTP asks for are refused. No V8, no uv; a transform belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace skerry::codec {

enum class Coding : uint8_t {
  gzip,          // RFC 1952; several members are one stream
  deflate,       // RFC 1950, which HTTP calls deflate
  deflate_raw,   // RFC 1951
  deflate_http,  // either of the two when decoding: some servers send the wrong one
  brotli,        // RFC 7932
  zstd,          // RFC 8878; several frames are one stream
};

// The coding that a Content-Encoding header names, in any case: gzip, x-gzip, deflate, br, zstd.
// Nothing for identity, unknown ones, and lists of several.
std::optional<Coding> content_coding(std::string_view value);

enum class Flush : uint8_t {
  none,
  sync,    // encoders: everything taken so far can be decoded from what was made
  finish,  // no more input comes
};

struct Step {
  size_t used = 0;     // bytes of the input taken
  size_t made = 0;     // bytes of output written
  bool ended = false;  // decoders: the stream is complete here. Encoders: what the flush asks for
                       // is done.
};

class Transform {
 public:
  virtual ~Transform() = default;
  // Goes on until the input is used up and nothing more can be made of it, or `out` (never empty)
  // is full. Fails with Code::corrupt on input that is not of the coding; text for people.
  virtual Result<Step> step(std::span<const uint8_t> in, std::span<uint8_t> out, Flush flush) = 0;
};

// Null only when memory is short.
std::unique_ptr<Transform> make_decoder(Coding coding);
std::unique_ptr<Transform> make_encoder(Coding coding);

// A whole message encoded. Empty when memory is short.
Bytes encode_all(Coding coding, std::span<const uint8_t> message);

// "Gzip", "Deflate", "Brotli", "Zstandard", for messages.
std::string_view display_name(Coding coding);

}  // namespace skerry::codec
