// Moves bytes from a source to a sink, one chunk at a time, without JavaScript.
#pragma once

#include <functional>
#include <memory>

#include "base/byte_stream.h"

namespace skerry::worker {

class Pump final : public ByteReader, public ByteWriter {
 public:
  // `done` is told once whether everything arrived; it must not delete the pump before it returned
  // to the loop.
  Pump(std::unique_ptr<ByteSource> source, std::unique_ptr<ByteSink> sink,
       std::move_only_function<void(bool)> done)
      : source_(std::move(source)), sink_(std::move(sink)), done_(std::move(done)) {}
  void start() { run(); }
  // It waits for the source.
  bool is_reading() const { return reading_; }

  void on_chunk(Bytes chunk) override;
  bool on_bytes(std::span<const uint8_t> bytes) override { return sink_->write_now(bytes); }
  void on_end() override;
  void on_error(Error error) override;
  void on_ready() override;

 private:
  enum class Step : uint8_t { read, write, wait, over };
  void run();
  void finish(bool complete);
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<ByteSink> sink_;
  std::move_only_function<void(bool)> done_;
  Step next_ = Step::read;
  Bytes chunk_;
  bool running_ = false;
  bool reading_ = false;
};

}  // namespace skerry::worker
