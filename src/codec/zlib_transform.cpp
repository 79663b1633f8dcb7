#include <zlib.h>

#include <algorithm>
#include <climits>

#include "codec/transforms.h"

namespace skerry::codec {

namespace {

constexpr int kLevel = 6;  // zlib's own choice between time and size

// zlib counts in 32 bits: larger spans go in several steps.
uInt bounded(size_t size) {
  return static_cast<uInt>(std::min<size_t>(size, UINT_MAX));
}

int window_bits(Coding coding) {
  switch (coding) {
    case Coding::gzip: return MAX_WBITS + 16;
    case Coding::deflate_raw: return -MAX_WBITS;
    default: return MAX_WBITS;
  }
}

class ZlibDecoder final : public Transform {
 public:
  explicit ZlibDecoder(Coding coding) : coding_(coding), actual_(coding) {}
  ~ZlibDecoder() override {
    if (begun_) inflateEnd(&stream_);
  }

  Result<Step> step(std::span<const uint8_t> in, std::span<uint8_t> out, Flush) override {
    Step done;
    done.ended = ended_;
    while (done.used < in.size() || held_back_) {
      uint8_t first = done.used < in.size() ? in[done.used] : 0;
      if (ended_ && !next_member(first))
        return decompression_failed(coding_, "there are bytes after its end");
      if (Result<> begun = begin(first); !begun) return fail(std::move(begun.error()));
      stream_.next_in = const_cast<Bytef*>(in.data() + done.used);
      stream_.avail_in = bounded(in.size() - done.used);
      stream_.next_out = out.data() + done.made;
      stream_.avail_out = bounded(out.size() - done.made);
      uInt before_in = stream_.avail_in, before_out = stream_.avail_out;
      int status = inflate(&stream_, Z_NO_FLUSH);
      done.used += before_in - stream_.avail_in;
      done.made += before_out - stream_.avail_out;
      // A full output may hide more that inflate() has ready.
      held_back_ = stream_.avail_out == 0 && status == Z_OK;
      done.ended = ended_ = status == Z_STREAM_END;
      if (ended_) held_back_ = false;
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return decompression_failed(coding_, stream_.msg == nullptr ? "" : stream_.msg);
      if (done.made == out.size() || status == Z_BUF_ERROR) break;
    }
    return done;
  }

 private:
  Result<> begin(uint8_t first) {
    if (begun_) return {};
    // The low bits of a zlib header say "deflate"; as the first bits of raw data they would be a
    // stored block with bits set where encoders write none.
    if (coding_ == Coding::deflate_http)
      actual_ = (first & 0x0f) == 8 ? Coding::deflate : Coding::deflate_raw;
    if (inflateInit2(&stream_, window_bits(actual_)) != Z_OK)
      return fail(Code::full, "out of memory");
    begun_ = true;
    return {};
  }
  // RFC 1952 section 2.2: a file is a series of members.
  bool next_member(uint8_t first) {
    if (coding_ != Coding::gzip || first != 0x1f) return false;
    ended_ = false;
    return inflateReset(&stream_) == Z_OK;
  }

  Coding coding_, actual_;
  z_stream stream_{};
  bool begun_ = false, ended_ = false, held_back_ = false;
};

class ZlibEncoder final : public Transform {
 public:
  explicit ZlibEncoder(Coding coding)
      : usable_(deflateInit2(&stream_, kLevel, Z_DEFLATED, window_bits(coding), 8,
                             Z_DEFAULT_STRATEGY) == Z_OK) {}
  ~ZlibEncoder() override {
    if (usable_) deflateEnd(&stream_);
  }
  bool usable() const { return usable_; }

  Result<Step> step(std::span<const uint8_t> in, std::span<uint8_t> out, Flush flush) override {
    Step done;
    if (finished_) return Step{.used = 0, .made = 0, .ended = true};
    while (true) {
      stream_.next_in = const_cast<Bytef*>(in.data() + done.used);
      stream_.avail_in = bounded(in.size() - done.used);
      stream_.next_out = out.data() + done.made;
      stream_.avail_out = bounded(out.size() - done.made);
      uInt before_in = stream_.avail_in, before_out = stream_.avail_out;
      bool last = before_in == in.size() - done.used;
      int how = !last || flush == Flush::none ? Z_NO_FLUSH
                : flush == Flush::finish      ? Z_FINISH
                                              : Z_SYNC_FLUSH;
      int status = deflate(&stream_, how);
      done.used += before_in - stream_.avail_in;
      done.made += before_out - stream_.avail_out;
      if (status == Z_STREAM_ERROR) return fail(Code::corrupt, "compression failed");
      finished_ = status == Z_STREAM_END;
      if (finished_ || (last && stream_.avail_out != 0)) {
        done.ended = finished_ || flush != Flush::finish;
        return done;
      }
      if (done.made == out.size()) return done;
    }
  }

 private:
  z_stream stream_{};
  bool usable_;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<Transform> make_zlib_decoder(Coding coding) {
  return std::make_unique<ZlibDecoder>(coding);
}

std::unique_ptr<Transform> make_zlib_encoder(Coding coding) {
  auto encoder =
      std::make_unique<ZlibEncoder>(coding == Coding::deflate_http ? Coding::deflate : coding);
  if (!encoder->usable()) return nullptr;
  return encoder;
}

}  // namespace skerry::codec
