#include "types/percent_encoding.h"

#include <cstddef>

#include "types/ascii.h"

namespace skerry::types {

bool needs_no_encoding(std::string_view text, PercentSet set) {
  uint8_t seen = 0;
  for (const char c : text) seen |= internal::percent_table[static_cast<unsigned char>(c)];
  return (seen & static_cast<uint8_t>(set)) == 0;
}

void append_percent_encoded(std::string& out, std::string_view text, PercentSet set) {
  constexpr char digits[] = "0123456789ABCDEF";
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!in_percent_set(text[i], set)) continue;
    out.append(text, copied, i - copied);
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    const char encoded[3] = {'%', digits[byte >> 4], digits[byte & 15]};
    out.append(encoded, 3);
    copied = i + 1;
  }
  out.append(text, copied);
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_ascii_hex(text[i + 1]) &&
        is_ascii_hex(text[i + 2])) {
      out += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace skerry::types
