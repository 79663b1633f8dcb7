// A byte source that decodes, or encodes, another one as it is read: one chunk of output at a time,
// so that what a few bytes decode to never takes more memory than a chunk.
#pragma once

#include <string>

#include "base/byte_stream.h"
#include "codec/codec.h"

namespace skerry::codec {

enum class Direction : uint8_t { decode, encode };

class CodedSource final : public ByteSource, private ByteReader {
 public:
  // `name` is the coding as a header names it. The transform is made with the first read. An
  // encoder flushes after each chunk of a source without a length: such a source may wait long
  // before its next one.
  CodedSource(std::unique_ptr<ByteSource> below, Coding coding, Direction direction,
              std::string name);
  void read(ByteReader& reader) override;
  std::unique_ptr<ByteSource> take_encoded(std::string_view coding) override;

 private:
  static constexpr size_t kOutMin = 1024;
  static constexpr size_t kOutMax = 64 * 1024;
  void on_chunk(Bytes chunk) override;
  void on_end() override;
  void on_error(Error error) override;
  void run();
  bool give();
  void end();

  std::unique_ptr<ByteSource> below_;
  std::unique_ptr<Transform> transform_;
  Coding coding_;
  Direction direction_;
  Flush flush_;
  std::string name_;
  ByteReader* reader_ = nullptr;
  Bytes chunk_;
  size_t used_ = 0;         // bytes of chunk_ that the transform has taken
  bool more_ = false;       // the transform may hold output for which there was no room
  bool ended_ = false;      // of the transform, as far as it has been fed
  bool began_ = false;      // something was read
  bool got_bytes_ = false;  // from below
  bool below_ended_ = false;
  bool asking_ = false;    // inside below_->read()
  bool answered_ = false;  // that read was answered before it returned
  std::optional<Error> error_;
};

std::unique_ptr<ByteSource> decode(std::unique_ptr<ByteSource> below, Coding coding,
                                   std::string_view name);
std::unique_ptr<ByteSource> encode(std::unique_ptr<ByteSource> below, Coding coding);

}  // namespace skerry::codec
