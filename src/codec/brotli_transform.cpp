#include <brotli/decode.h>
#include <brotli/encode.h>

#include "codec/transforms.h"

namespace skerry::codec {

namespace {

// Between zlib's speed and Brotli's density, as servers choose it for what they compress at once.
constexpr uint32_t kQuality = 5;
constexpr uint32_t kWindowBits = 19;  // 512 KiB an encoder

class BrotliDecoder final : public Transform {
 public:
  BrotliDecoder() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {}
  ~BrotliDecoder() override { BrotliDecoderDestroyInstance(state_); }
  bool usable() const { return state_ != nullptr; }

  Result<Step> step(std::span<const uint8_t> in, std::span<uint8_t> out, Flush) override {
    if (BrotliDecoderIsFinished(state_)) {
      if (!in.empty()) return decompression_failed(Coding::brotli, "there are bytes after its end");
      return Step{.used = 0, .made = 0, .ended = true};
    }
    size_t in_left = in.size(), out_left = out.size();
    const uint8_t* next_in = in.data();
    uint8_t* next_out = out.data();
    BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state_, &in_left, &next_in, &out_left, &next_out, nullptr);
    if (result == BROTLI_DECODER_RESULT_ERROR)
      return decompression_failed(Coding::brotli,
                                  BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state_)));
    return Step{.used = in.size() - in_left,
                .made = out.size() - out_left,
                .ended = result == BROTLI_DECODER_RESULT_SUCCESS};
  }

 private:
  BrotliDecoderState* state_;
};

class BrotliEncoder final : public Transform {
 public:
  BrotliEncoder() : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
    if (state_ == nullptr) return;
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, kQuality);
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_LGWIN, kWindowBits);
  }
  ~BrotliEncoder() override { BrotliEncoderDestroyInstance(state_); }
  bool usable() const { return state_ != nullptr; }

  Result<Step> step(std::span<const uint8_t> in, std::span<uint8_t> out, Flush flush) override {
    if (BrotliEncoderIsFinished(state_)) return Step{.used = 0, .made = 0, .ended = true};
    size_t in_left = in.size(), out_left = out.size();
    const uint8_t* next_in = in.data();
    uint8_t* next_out = out.data();
    BrotliEncoderOperation how = flush == Flush::finish ? BROTLI_OPERATION_FINISH
                                 : flush == Flush::sync ? BROTLI_OPERATION_FLUSH
                                                        : BROTLI_OPERATION_PROCESS;
    do {
      if (!BrotliEncoderCompressStream(state_, how, &in_left, &next_in, &out_left, &next_out,
                                       nullptr))
        return fail(Code::corrupt, "compression failed");
    } while (out_left != 0 && (in_left != 0 || BrotliEncoderHasMoreOutput(state_)));
    bool all = in_left == 0 && !BrotliEncoderHasMoreOutput(state_);
    return Step{.used = in.size() - in_left,
                .made = out.size() - out_left,
                .ended = all && (flush != Flush::finish || BrotliEncoderIsFinished(state_))};
  }

 private:
  BrotliEncoderState* state_;
};

}  // namespace

std::unique_ptr<Transform> make_brotli_decoder() {
  auto made = std::make_unique<BrotliDecoder>();
  if (!made->usable()) return nullptr;
  return made;
}

std::unique_ptr<Transform> make_brotli_encoder() {
  auto made = std::make_unique<BrotliEncoder>();
  if (!made->usable()) return nullptr;
  return made;
}

}  // namespace skerry::codec
