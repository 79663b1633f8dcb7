#include "web/fetch/byte_channel.h"

#include <utility>

namespace skerry::web {

namespace {

struct Shared {
  Bytes chunk;
  ByteWriter* writer = nullptr;  // of the chunk that waits
  ByteReader* reader = nullptr;  // that waits for a chunk
  bool ended = false, sink_gone = false, source_gone = false;

  void give() {
    ByteReader* to = std::exchange(reader, nullptr);
    if (!chunk.empty()) {
      ByteWriter* from = std::exchange(writer, nullptr);
      to->on_chunk(std::exchange(chunk, Bytes()));
      if (from != nullptr) from->on_ready();
    } else if (ended) {
      to->on_end();
    } else if (sink_gone) {
      to->on_error(Error(Code::closed, "the stream was cut before its end"));
    } else {
      reader = to;
    }
  }
};

class ChannelSink final : public ByteSink {
 public:
  explicit ChannelSink(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  ~ChannelSink() override {
    shared_->sink_gone = true;
    shared_->writer = nullptr;
    if (shared_->reader != nullptr) shared_->give();
  }
  void write(Bytes chunk, ByteWriter& writer) override {
    if (shared_->source_gone)
      return writer.on_error(Error(Code::closed, "nobody reads this stream any more"));
    shared_->chunk = std::move(chunk);
    shared_->writer = &writer;
    if (shared_->reader != nullptr) shared_->give();
  }
  void end() override {
    shared_->ended = true;
    if (shared_->reader != nullptr) shared_->give();
  }

 private:
  std::shared_ptr<Shared> shared_;
};

class ChannelSource final : public ByteSource {
 public:
  explicit ChannelSource(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  ~ChannelSource() override {
    shared_->source_gone = true;
    shared_->reader = nullptr;
    if (ByteWriter* writer = std::exchange(shared_->writer, nullptr))
      writer->on_error(Error(Code::closed, "nobody reads this stream any more"));
  }
  void read(ByteReader& reader) override {
    std::shared_ptr<Shared> keep = shared_;
    keep->reader = &reader;
    keep->give();
  }

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace

ByteChannel make_byte_channel() {
  auto shared = std::make_shared<Shared>();
  return {std::make_unique<ChannelSink>(shared), std::make_unique<ChannelSource>(shared)};
}

}  // namespace skerry::web
