// The bytes of Blobs: immutable and shared, so that slices, files in forms and bodies copy nothing.
// One isolate's; its memory counts against that isolate's quota of array buffers. May outlive the
// isolate.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_stream.h"
#include "js/convert.h"

namespace skerry::web {

class BlobData {
 public:
  uint64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Bytes of memory that add() took, shared ones not counted.
  size_t own_bytes() const { return own_bytes_; }

  // Both fail with a RangeError when the worker's memory is used up, and past
  // limits::blob_bytes_max.
  js::Js<> add(js::Env& env, std::string_view bytes);
  js::Js<> add(js::Env& env, const BlobData& other);
  // The error for that bound.
  static js::Js<> check_size(uint64_t size);
  // A part of it; both ends inside.
  BlobData slice(uint64_t begin, uint64_t end) const;

  void copy_to(uint8_t* out) const;
  std::string to_string() const;
  // An ArrayBuffer of its own; null when memory is used up.
  v8::MaybeLocal<v8::ArrayBuffer> to_array_buffer(v8::Isolate* isolate) const;
  std::unique_ptr<ByteSource> to_source() const;

 private:
  friend class BlobSource;
  struct Piece {
    std::shared_ptr<v8::BackingStore> memory;
    size_t offset = 0, size = 0;
    const uint8_t* data() const { return static_cast<const uint8_t*>(memory->Data()) + offset; }
  };
  std::vector<Piece> pieces_;
  uint64_t size_ = 0;
  size_t own_bytes_ = 0;
};

}  // namespace skerry::web
