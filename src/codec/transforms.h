// One file for each library. Private to codec.
#pragma once

#include "codec/codec.h"

namespace skerry::codec {

std::unique_ptr<Transform> make_zlib_decoder(Coding coding);
std::unique_ptr<Transform> make_zlib_encoder(Coding coding);
std::unique_ptr<Transform> make_brotli_decoder();
std::unique_ptr<Transform> make_brotli_encoder();
std::unique_ptr<Transform> make_zstd_decoder();
std::unique_ptr<Transform> make_zstd_encoder();

std::unexpected<Error> decompression_failed(Coding coding, std::string_view why);

}  // namespace skerry::codec
