// What the headers of a request ask of an asset: a coding, a part, or only what is new. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "assets/manifest.h"

namespace skerry::assets {

// The file to send: the asset itself, or the compressed one the client likes best and has the
// highest weight; among equals the smallest. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
struct Chosen {
  Asset* file;
  std::optional<Coding> coding;
};
Chosen choose_coding(Asset& asset, std::string_view accept_encoding);

// If-None-Match: weak comparison. https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
bool etag_matches(std::string_view if_none_match, std::string_view etag);

struct ByteRange {
  enum class Kind : uint8_t { whole, part, unsatisfiable } kind = Kind::whole;
  uint64_t offset = 0;
  uint64_t length = 0;
};
// One range of bytes, also from the end; several, or what is malformed, mean the whole file.
// https://www.rfc-editor.org/rfc/rfc9110#section-14.2
ByteRange parse_range(std::string_view range, uint64_t size);

}  // namespace skerry::assets
