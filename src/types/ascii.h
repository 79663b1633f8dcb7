// Byte classes and case folding for ASCII, without the C library's locale. Small enough to inline
// everywhere. https://infra.spec.whatwg.org/#code-points
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace skerry::types {

constexpr bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_ascii_alpha(char c) {
  return static_cast<unsigned char>((c | 0x20) - 'a') < 26;
}
constexpr bool is_ascii_alphanumeric(char c) {
  return is_ascii_digit(c) || is_ascii_alpha(c);
}
constexpr bool is_ascii_hex(char c) {
  return is_ascii_digit(c) || static_cast<unsigned char>((c | 0x20) - 'a') < 6;
}
constexpr char to_ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
// The value of a hexadecimal digit; meaningless for anything else.
constexpr unsigned hex_value(char c) {
  return is_ascii_digit(c) ? static_cast<unsigned>(c - '0')
                           : static_cast<unsigned>((c | 0x20) - 'a' + 10);
}
constexpr bool is_c0_or_space(char c) {
  return static_cast<unsigned char>(c) <= 0x20;
}
constexpr bool is_tab_or_newline(char c) {
  return c == '\t' || c == '\n' || c == '\r';
}
constexpr bool is_ascii_whitespace(char c) {
  return is_tab_or_newline(c) || c == '\f' || c == ' ';
}

// True when both are equal but for the case of ASCII letters. Length is compared first.
constexpr bool equals_ascii_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const unsigned char difference = static_cast<unsigned char>(a[i] ^ b[i]);
    if (difference == 0) continue;
    if (difference != 0x20 || !is_ascii_alpha(a[i])) return false;
  }
  return true;
}

}  // namespace skerry::types
