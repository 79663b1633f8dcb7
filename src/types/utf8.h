// UTF-8 and its neighbours as whole values: checks, repair and conversions. Streaming decoders are
// in types/encoding.h. https://encoding.spec.whatwg.org/
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace skerry::types {

// How many bytes at the front are ASCII.
size_t ascii_prefix(std::string_view text);
inline bool is_ascii(std::string_view text) {
  return ascii_prefix(text) == text.size();
}

bool is_valid_utf8(std::string_view bytes);
// UTF-8 decode without BOM, as UTF-8 again: each ill-formed part becomes U+FFFD. Costs a check
// where all is well.
std::string to_valid_utf8(std::string bytes);
std::u16string utf8_to_utf16(std::string_view bytes);  // ill-formed parts become U+FFFD

// Lone surrogates become U+FFFD (https://infra.spec.whatwg.org/#javascript-string-convert).
std::string utf16_to_utf8(std::u16string_view text);
size_t utf16_to_utf8_size(std::u16string_view text);
std::string latin1_to_utf8(std::string_view text);

struct EncodedInto {
  size_t read = 0;     // UTF-16 code units taken
  size_t written = 0;  // bytes
};
// Writes whole characters while they fit:
// https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto
EncodedInto encode_utf8_into(std::u16string_view text, std::span<uint8_t> into);

void append_utf8(std::string& out, char32_t code_point);  // a scalar value
void append_utf16(std::u16string& out, char32_t code_point);

// https://infra.spec.whatwg.org/#isomorphic-encode: null if some code unit is above 0xff.
std::optional<std::string> isomorphic_encode(std::u16string_view text);
std::u16string isomorphic_decode(std::string_view bytes);

// Less-than in the order of UTF-16 code units, which is the order of JavaScript strings. Both are
// valid UTF-8.
bool less_in_utf16(std::string_view a, std::string_view b);

}  // namespace skerry::types
