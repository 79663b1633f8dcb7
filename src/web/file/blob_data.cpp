#include "web/file/blob_data.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace skerry::web {

// Copies a chunk at a time, so that sending a large blob takes little memory.
class BlobSource final : public ByteSource {
 public:
  explicit BlobSource(const BlobData& data) : data_(data), left_(data.size()) {}

  void read(ByteReader& reader) override {
    while (piece_ < data_.pieces_.size() && given_ == data_.pieces_[piece_].size) {
      ++piece_;
      given_ = 0;
    }
    if (piece_ == data_.pieces_.size()) return reader.on_end();
    const BlobData::Piece& piece = data_.pieces_[piece_];
    const size_t size = std::min<size_t>(piece.size - given_, kChunk);
    Bytes chunk = Bytes::copy_of(piece.data() + given_, size);
    if (chunk.empty()) return reader.on_error(Error(Code::full, "out of memory"));
    given_ += size;
    left_ -= size;
    reader.on_chunk(std::move(chunk));
  }
  std::optional<uint64_t> length() const override { return left_; }

 private:
  static constexpr size_t kChunk = 64 * 1024;
  BlobData data_;
  uint64_t left_;
  size_t piece_ = 0, given_ = 0;
};

js::Js<> BlobData::check_size(uint64_t size) {
  if (size <= limits::blob_bytes_max) return {};
  return js::range_error("A Blob has at most " + std::to_string(limits::blob_bytes_max) +
                         " bytes.");
}

js::Js<> BlobData::add(js::Env& env, std::string_view bytes) {
  if (bytes.empty()) return {};
  js::Js<> fits = check_size(size_ + bytes.size());
  if (!fits) return fits;
  std::shared_ptr<v8::BackingStore> memory = v8::ArrayBuffer::NewBackingStore(
      env.isolate(), bytes.size(), v8::BackingStoreInitializationMode::kUninitialized,
      v8::BackingStoreOnFailureMode::kReturnNull);
  if (!memory) return js::range_error("The Blob does not fit the memory that is left.");
  std::memcpy(memory->Data(), bytes.data(), bytes.size());
  pieces_.push_back({std::move(memory), 0, bytes.size()});
  size_ += bytes.size();
  own_bytes_ += bytes.size();
  return {};
}

js::Js<> BlobData::add(js::Env& env, const BlobData& other) {
  js::Js<> fits = check_size(size_ + other.size_);
  if (!fits) return fits;
  if (pieces_.size() + other.pieces_.size() > limits::blob_pieces_max) {
    // A list of pieces is memory that nothing counts.
    std::string all = to_string() + other.to_string();
    pieces_.clear();
    size_ = 0;
    own_bytes_ = 0;
    return add(env, all);
  }
  pieces_.insert(pieces_.end(), other.pieces_.begin(), other.pieces_.end());
  size_ += other.size_;
  return {};
}

BlobData BlobData::slice(uint64_t begin, uint64_t end) const {
  BlobData out;
  uint64_t at = 0;
  for (const Piece& piece : pieces_) {
    const uint64_t from = std::max(begin, at), to = std::min(end, at + piece.size);
    if (from < to) {
      const auto size = static_cast<size_t>(to - from);
      out.pieces_.push_back({piece.memory, piece.offset + static_cast<size_t>(from - at), size});
      out.size_ += size;
    }
    at += piece.size;
    if (at >= end) break;
  }
  return out;
}

void BlobData::copy_to(uint8_t* out) const {
  for (const Piece& piece : pieces_) {
    std::memcpy(out, piece.data(), piece.size);
    out += piece.size;
  }
}

std::string BlobData::to_string() const {
  std::string out(static_cast<size_t>(size_), '\0');
  copy_to(reinterpret_cast<uint8_t*>(out.data()));
  return out;
}

v8::MaybeLocal<v8::ArrayBuffer> BlobData::to_array_buffer(v8::Isolate* isolate) const {
  if (size_ == 0) return v8::ArrayBuffer::New(isolate, 0);
  std::unique_ptr<v8::BackingStore> memory = v8::ArrayBuffer::NewBackingStore(
      isolate, static_cast<size_t>(size_), v8::BackingStoreInitializationMode::kUninitialized,
      v8::BackingStoreOnFailureMode::kReturnNull);
  if (!memory) return {};
  copy_to(static_cast<uint8_t*>(memory->Data()));
  return v8::ArrayBuffer::New(isolate, std::move(memory));
}

std::unique_ptr<ByteSource> BlobData::to_source() const {
  return std::make_unique<BlobSource>(*this);
}

}  // namespace skerry::web
