#include "types/base64.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "types/ascii.h"

namespace skerry::types {
namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint8_t no_digit = 0xff;

using DigitTable = std::array<uint8_t, 256>;

consteval DigitTable make_digits(std::string_view alphabet) {
  DigitTable table{};
  table.fill(no_digit);
  for (size_t i = 0; i < 64; ++i)
    table[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
  return table;
}

constexpr DigitTable standard_digits = make_digits(standard_alphabet);
constexpr DigitTable url_digits = make_digits(url_alphabet);

// Without padding; the caller adds it.
std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string out;
  out.resize((bytes.size() * 4 + 2) / 3);
  char* to = out.data();
  uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<uint8_t>(c);
    count += 8;
    for (; count >= 6; *to++ = alphabet[bits >> count & 63]) count -= 6;
  }
  if (count > 0) *to = alphabet[bits << (6 - count) & 63];
  return out;
}

// Four digits at a time, then what is left; `text` has no padding.
std::optional<std::string> decode(std::string_view text, const DigitTable& digits) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.resize(text.size() * 3 / 4);
  char* to = out.data();
  uint8_t seen = 0;
  const auto digit = [&text, &digits, &seen](size_t at) -> uint32_t {
    const uint8_t value = digits[static_cast<uint8_t>(text[at])];
    seen |= value;
    return value;
  };
  size_t at = 0;
  for (; at + 4 <= text.size(); at += 4) {
    const uint32_t bits =
        digit(at) << 18 | digit(at + 1) << 12 | digit(at + 2) << 6 | digit(at + 3);
    *to++ = static_cast<char>(bits >> 16);
    *to++ = static_cast<char>(bits >> 8);
    *to++ = static_cast<char>(bits);
  }
  if (at < text.size()) {
    uint32_t bits = digit(at) << 18 | digit(at + 1) << 12;
    const bool three = at + 3 == text.size();
    if (three) bits |= digit(at + 2) << 6;
    *to++ = static_cast<char>(bits >> 16);
    if (three) *to++ = static_cast<char>(bits >> 8);
  }
  // Digits are below 64, so a high bit says that one of them was none.
  if ((seen & 0x80) != 0) return std::nullopt;
  return out;
}

// Padding counts only where it fills up the last group of four.
std::string_view without_padding(std::string_view text) {
  if (text.size() % 4 != 0) return text;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out = encode(bytes, standard_alphabet);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string base64url_encode(std::string_view bytes) {
  return encode(bytes, url_alphabet);
}

// https://infra.spec.whatwg.org/#forgiving-base64-decode
std::optional<std::string> base64_decode(std::string_view text) {
  if (std::ranges::none_of(text, is_ascii_whitespace)) {
    return decode(without_padding(text), standard_digits);
  }
  std::string packed(text);
  std::erase_if(packed, is_ascii_whitespace);
  return decode(without_padding(packed), standard_digits);
}

std::optional<std::string> base64url_decode(std::string_view text) {
  return decode(without_padding(text), url_digits);
}

}  // namespace skerry::types
