// Writes the smallest MaxMind DB files: one tree node, so one record for the lower and one for the
// upper half of all addresses. https://maxmind.github.io/MaxMind-DB/
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::geo {

inline std::string mmdb_item(unsigned type, size_t size) {
  const unsigned head = type <= 7 ? type << 5 : 0;
  std::string out(1, static_cast<char>(head | (size < 29 ? size : 29)));
  if (type > 7) out.push_back(static_cast<char>(type - 7));
  if (size >= 29) out.push_back(static_cast<char>(size - 29));
  return out;
}
inline std::string mmdb_text(std::string_view text) {
  return mmdb_item(2, text.size()) + std::string(text);
}
inline std::string mmdb_number(unsigned type, uint64_t value) {
  std::string bytes;
  for (; value != 0; value >>= 8) bytes.insert(bytes.begin(), static_cast<char>(value));
  return mmdb_item(type, bytes.size()) + bytes;
}
inline std::string mmdb_uint16(uint64_t value) {
  return mmdb_number(5, value);
}
inline std::string mmdb_uint32(uint64_t value) {
  return mmdb_number(6, value);
}
inline std::string mmdb_double(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  std::string out = mmdb_item(3, 8);
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bits >> shift));
  return out;
}
inline std::string mmdb_bool(int value) {
  return mmdb_item(14, static_cast<size_t>(value));
}
inline std::string mmdb_array(const std::vector<std::string>& items) {
  std::string out = mmdb_item(11, items.size());
  for (const std::string& item : items) out += item;
  return out;
}
inline std::string mmdb_map(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string out = mmdb_item(7, items.size());
  for (const auto& [key, value] : items) out += mmdb_text(key) + value;
  return out;
}

// `lower`: what addresses whose first bit is 0 get; `upper`: the others. Encoded values as above.
inline std::string mmdb_file(unsigned ip_version, const std::string& lower,
                             const std::string& upper) {
  const auto pointer = [](size_t offset) {
    const size_t value = 1 + 16 + offset;  // node count, separator, place in the data
    return std::string{static_cast<char>(value >> 16), static_cast<char>(value >> 8),
                       static_cast<char>(value)};
  };
  return pointer(0) + pointer(lower.size()) + std::string(16, '\0') + lower + upper +
         "\xab\xcd\xefMaxMind.com" +
         mmdb_map({{"binary_format_major_version", mmdb_uint16(2)},
                   {"binary_format_minor_version", mmdb_uint16(0)},
                   {"build_epoch", mmdb_number(9, 1'800'000'000)},
                   {"database_type", mmdb_text("Test")},
                   {"description", mmdb_map({{"en", mmdb_text("Test")}})},
                   {"ip_version", mmdb_uint16(ip_version)},
                   {"languages", mmdb_array({mmdb_text("en")})},
                   {"node_count", mmdb_uint32(1)},
                   {"record_size", mmdb_uint16(24)}});
}

}  // namespace skerry::geo
