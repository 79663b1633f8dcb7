#include "codec/codec.h"

#include <algorithm>
#include <string>

#include "codec/transforms.h"

namespace skerry::codec {

std::optional<Coding> content_coding(std::string_view value) {
  auto is = [value](std::string_view name) {
    return std::equal(value.begin(), value.end(), name.begin(), name.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  };
  if (is("gzip") || is("x-gzip")) return Coding::gzip;
  if (is("br")) return Coding::brotli;
  if (is("deflate")) return Coding::deflate_http;
  if (is("zstd")) return Coding::zstd;
  return std::nullopt;
}

std::string_view display_name(Coding coding) {
  switch (coding) {
    case Coding::gzip: return "Gzip";
    case Coding::brotli: return "Brotli";
    case Coding::zstd: return "Zstandard";
    default: return "Deflate";
  }
}

std::unexpected<Error> decompression_failed(Coding coding, std::string_view why) {
  std::string text(display_name(coding));
  text += " decompression failed";
  if (!why.empty()) text.append(": ").append(why);
  text += ".";
  return fail(Code::corrupt, std::move(text));
}

std::unique_ptr<Transform> make_decoder(Coding coding) {
  switch (coding) {
    case Coding::brotli: return make_brotli_decoder();
    case Coding::zstd: return make_zstd_decoder();
    default: return make_zlib_decoder(coding);
  }
}

std::unique_ptr<Transform> make_encoder(Coding coding) {
  switch (coding) {
    case Coding::brotli: return make_brotli_encoder();
    case Coding::zstd: return make_zstd_encoder();
    default: return make_zlib_encoder(coding);
  }
}

Bytes encode_all(Coding coding, std::span<const uint8_t> message) {
  std::unique_ptr<Transform> encoder = make_encoder(coding);
  if (encoder == nullptr) return {};
  std::string out;
  uint8_t room[16 * 1024];
  while (true) {
    Result<Step> step = encoder->step(message, room, Flush::finish);
    if (!step) return {};
    out.append(reinterpret_cast<const char*>(room), step->made);
    message = message.subspan(step->used);
    if (step->ended) return Bytes::copy_of(out);
  }
}

}  // namespace skerry::codec
