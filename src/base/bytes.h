// An owned run of bytes in memory from malloc, so that it can become a V8 backing store, or a
// database blob, without a copy. Move-only. Not thread-safe, but may be handed from one thread to
// another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace skerry {

class Bytes {
 public:
  Bytes() = default;
  Bytes(Bytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Bytes& operator=(Bytes&& other) noexcept {
    if (this != &other) {
      std::free(data_);
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() { std::free(data_); }

  // Uninitialised memory; empty when the system has none left (check size()).
  static Bytes allocate(size_t size) {
    Bytes bytes;
    if (size == 0) return bytes;
    bytes.data_ = static_cast<uint8_t*>(std::malloc(size));
    bytes.size_ = bytes.data_ == nullptr ? 0 : size;
    return bytes;
  }
  static Bytes copy_of(const void* data, size_t size) {
    Bytes bytes = allocate(size);
    if (bytes.size_ != 0) std::memcpy(bytes.data_, data, bytes.size_);
    return bytes;
  }
  static Bytes copy_of(std::string_view text) { return copy_of(text.data(), text.size()); }
  // Takes memory that came from malloc.
  static Bytes adopt(void* data, size_t size) {
    Bytes bytes;
    bytes.data_ = static_cast<uint8_t*>(data);
    bytes.size_ = size;
    return bytes;
  }

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const uint8_t> span() const { return {data_, size_}; }
  std::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }
  // Gives the memory away; the caller frees it with std::free.
  uint8_t* release() {
    size_ = 0;
    return std::exchange(data_, nullptr);
  }
  // Forgets the bytes past `size`; never grows.
  void truncate(size_t size) {
    if (size < size_) size_ = size;
  }

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace skerry
