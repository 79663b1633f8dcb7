// Bytes on their way out: grows by doubling, keeps its memory when emptied. From a small pool of
// its loop, so that an idle connection holds none.
#pragma once

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"

namespace skerry::net {

class OutBuffer {
 public:
  OutBuffer() = default;
  ~OutBuffer() { std::free(data_); }
  OutBuffer(const OutBuffer&) = delete;
  OutBuffer& operator=(const OutBuffer&) = delete;

  const char* data() const { return data_ + start_; }
  size_t size() const { return end_ - start_; }
  size_t capacity() const { return capacity_; }
  void clear() { start_ = end_ = 0; }
  void drop_front(size_t count) { start_ += count; }
  // Room for `count` more bytes; write there, then call wrote() with the end of what was written.
  char* room(size_t count) {
    if (capacity_ - end_ < count) grow(count);
    return data_ + end_;
  }
  void wrote(const char* end) { end_ = static_cast<size_t>(end - data_); }
  void append(const void* bytes, size_t count) {
    if (count == 0) return;
    std::memcpy(room(count), bytes, count);
    end_ += count;
  }
  void append(std::string_view text) { append(text.data(), text.size()); }
  // Everything as a block of its own; the buffer is then empty and without memory. Nothing may have
  // been dropped.
  Bytes release() {
    Bytes bytes = Bytes::adopt(data_, end_);
    data_ = nullptr;
    start_ = end_ = capacity_ = 0;
    return bytes;
  }

 private:
  void grow(size_t count) {
    size_t wanted = capacity_ < 4096 ? 4096 : capacity_ * 2;
    while (wanted - end_ < count) wanted *= 2;
    data_ = static_cast<char*>(std::realloc(data_, wanted));
    SKERRY_CHECK(data_ != nullptr);
    capacity_ = wanted;
  }
  char* data_ = nullptr;
  size_t start_ = 0;
  size_t end_ = 0;
  size_t capacity_ = 0;
};

class OutBufferPool {
 public:
  std::unique_ptr<OutBuffer> take() {
    if (free_.empty()) return std::make_unique<OutBuffer>();
    auto buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void give_back(std::unique_ptr<OutBuffer> buffer) {
    constexpr size_t kept_bytes_max = 128 * 1024;
    constexpr size_t kept_max = 32;
    if (buffer == nullptr || buffer->capacity() > kept_bytes_max || free_.size() >= kept_max) {
      return;
    }
    buffer->clear();
    free_.push_back(std::move(buffer));
  }

 private:
  std::vector<std::unique_ptr<OutBuffer>> free_;
};

}  // namespace skerry::net
