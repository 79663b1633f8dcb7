#include <zstd.h>

#include "codec/transforms.h"

namespace skerry::codec {

namespace {

constexpr int kLevel = 3;
// RFC 9659: senders keep to windows of 8 MiB in HTTP, so that nobody needs more to decode.
constexpr int kWindowLogMax = 23;

class ZstdDecoder final : public Transform {
 public:
  ZstdDecoder() : state_(ZSTD_createDCtx()) {
    if (state_ != nullptr) ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax, kWindowLogMax);
  }
  ~ZstdDecoder() override { ZSTD_freeDCtx(state_); }
  bool usable() const { return state_ != nullptr; }

  Result<Step> step(std::span<const uint8_t> in, std::span<uint8_t> out, Flush) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    // A frame that ended is complete as long as nothing follows it.
    while (input.pos < input.size || held_back_) {
      size_t before = input.pos, made = output.pos;
      size_t left = ZSTD_decompressStream(state_, &output, &input);
      if (ZSTD_isError(left)) return decompression_failed(Coding::zstd, ZSTD_getErrorName(left));
      ended_ = left == 0;
      held_back_ = output.pos == output.size && !ended_;
      if (output.pos == output.size || (before == input.pos && made == output.pos)) break;
    }
    return Step{.used = input.pos, .made = output.pos, .ended = ended_ && input.pos == input.size};
  }

 private:
  ZSTD_DCtx* state_;
  bool ended_ = false, held_back_ = false;
};

class ZstdEncoder final : public Transform {
 public:
  ZstdEncoder() : state_(ZSTD_createCCtx()) {
    if (state_ != nullptr) ZSTD_CCtx_setParameter(state_, ZSTD_c_compressionLevel, kLevel);
  }
  ~ZstdEncoder() override { ZSTD_freeCCtx(state_); }
  bool usable() const { return state_ != nullptr; }

  Result<Step> step(std::span<const uint8_t> in, std::span<uint8_t> out, Flush flush) override {
    if (finished_) return Step{.used = 0, .made = 0, .ended = true};
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    ZSTD_EndDirective how = flush == Flush::finish ? ZSTD_e_end
                            : flush == Flush::sync ? ZSTD_e_flush
                                                   : ZSTD_e_continue;
    size_t left = 0;
    do {
      left = ZSTD_compressStream2(state_, &output, &input, how);
      if (ZSTD_isError(left)) return fail(Code::corrupt, "compression failed");
    } while (output.pos < output.size &&
             (input.pos < input.size || (left != 0 && flush != Flush::none)));
    Step done{.used = input.pos, .made = output.pos, .ended = false};
    done.ended = input.pos == input.size && (flush == Flush::none || left == 0);
    finished_ = done.ended && flush == Flush::finish;
    return done;
  }

 private:
  ZSTD_CCtx* state_;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<Transform> make_zstd_decoder() {
  auto made = std::make_unique<ZstdDecoder>();
  if (!made->usable()) return nullptr;
  return made;
}

std::unique_ptr<Transform> make_zstd_encoder() {
  auto made = std::make_unique<ZstdEncoder>();
  if (!made->usable()) return nullptr;
  return made;
}

}  // namespace skerry::codec
