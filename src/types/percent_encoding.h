// Percent-encoding of the URL Standard: https://url.spec.whatwg.org/#percent-encoded-bytes. Bytes
// of 0x80 and above are in every set, so the output is always ASCII.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace skerry::types {

// Each set is one bit of the table below.
enum class PercentSet : uint8_t {
  c0_control = 1,
  fragment = 2,
  query = 4,
  special_query = 8,
  path = 16,
  userinfo = 32,
  component = 64,
  form = 128,  // application/x-www-form-urlencoded
};

namespace internal {

consteval std::array<uint8_t, 256> make_percent_table() {
  std::array<uint8_t, 256> table{};
  const auto add = [&table](uint8_t bits, std::string_view bytes) {
    for (const char c : bytes) table[static_cast<unsigned char>(c)] |= bits;
  };
  for (unsigned c = 0; c < 256; ++c) table[c] = c < 0x20 || c > 0x7e ? 0xff : 0;
  constexpr uint8_t form = 128, component = 64 | form, userinfo = 32 | component;
  constexpr uint8_t path = 16 | userinfo, special_query = 8, query = 4 | special_query | path;
  add(2, " \"<>`");
  add(query, " \"#<>");
  add(special_query, "'");
  add(path, "?^`{}");
  add(userinfo, "/:;=@[\\]|");
  add(component, "$%&+,");
  add(form, "!'()~");
  return table;
}

inline constexpr std::array<uint8_t, 256> percent_table = make_percent_table();

}  // namespace internal

inline bool in_percent_set(char c, PercentSet set) {
  return (internal::percent_table[static_cast<unsigned char>(c)] & static_cast<uint8_t>(set)) != 0;
}

// True when encoding would change nothing.
bool needs_no_encoding(std::string_view text, PercentSet set);
void append_percent_encoded(std::string& out, std::string_view text, PercentSet set);
// https://url.spec.whatwg.org/#string-percent-decode: "%" without two hex digits stays as it is.
std::string percent_decode(std::string_view text);

}  // namespace skerry::types
