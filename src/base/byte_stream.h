// Streams of bytes with back-pressure, for one loop thread. A source is pulled, one chunk at a
// time; a sink is pushed and says when it wants more. Plain interfaces: HTTP bodies, stores and
// JavaScript streams meet here without knowing each other.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace skerry {

// Who asked a ByteSource for a chunk. Exactly one of the first three is called for each read(),
// possibly before read() returns. After on_end or on_error the source gives nothing more.
class ByteReader {
 public:
  virtual void on_chunk(Bytes chunk) = 0;  // never empty
  virtual void on_end() = 0;
  virtual void on_error(Error error) = 0;
  // Offered before on_chunk, bytes that stay where they are: a reader that is done with all of them
  // when it returns says true, and its read() stays unanswered. The source may be cancelled in it.
  virtual bool on_bytes(std::span<const uint8_t>) { return false; }

 protected:
  ~ByteReader() = default;
};

// A one-consumer source. Destroying it is cancelling it: the reader is then never called again.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Asks for the next chunk. At most one read is outstanding; `reader` lives until it is answered
  // or the source dies.
  virtual void read(ByteReader& reader) = 0;
  // The number of bytes still to come, where it is known.
  virtual std::optional<uint64_t> length() const { return std::nullopt; }
  // Of a source that decodes another one, from which nothing was read yet: that other one, where
  // its coding has this name (as in Content-Encoding); this source is then empty. Null otherwise.
  virtual std::unique_ptr<ByteSource> take_encoded(std::string_view) { return nullptr; }
};

// Told that a write was taken and more is wanted, or that the sink failed. Possibly called before
// write() returns.
class ByteWriter {
 public:
  virtual void on_ready() = 0;
  virtual void on_error(Error error) = 0;

 protected:
  ~ByteWriter() = default;
};

// A one-producer sink. Destroying it before end() aborts it: the peer sees a cut stream, never a
// clean end.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // At most one write is outstanding; `writer` lives until it is answered or the sink dies.
  virtual void write(Bytes chunk, ByteWriter& writer) = 0;
  // Takes all of `bytes` now, copying only what it must keep, when more may follow at once. False:
  // nothing was taken, use write(). Only while no write is outstanding.
  virtual bool write_now(std::span<const uint8_t>) { return false; }
  // The stream is complete. Nothing is written after it.
  virtual void end() = 0;
};

}  // namespace skerry
