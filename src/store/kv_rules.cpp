#include "store/kv_rules.h"

#include <algorithm>
#include <array>

namespace skerry::store {
namespace {

constexpr std::string_view base64url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int digit_value(char c) {
  const size_t at = base64url_digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// RFC 4648 section 5, without padding. Refuses leftover bits, so that a cursor has one spelling.
bool decode_base64url(std::string_view text, std::string& out) {
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    const int value = digit_value(c);
    if (value < 0) return false;
    bits = (bits << 6 | static_cast<uint32_t>(value)) & 0xffff;
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      out.push_back(static_cast<char>(bits >> bit_count & 0xff));
    }
  }
  return bit_count < 6 && (bits & ((1U << bit_count) - 1)) == 0;
}

}  // namespace

Result<> check_kv_key(std::string_view key) {
  if (key.empty()) return fail(Code::invalid, "a KV key cannot be empty");
  if (key == "." || key == "..") return fail(Code::invalid, "a KV key cannot be \".\" or \"..\"");
  if (key.size() > kv_key_bytes_max) {
    return fail(Code::too_large, "a KV key has at most " + std::to_string(kv_key_bytes_max) +
                                     " bytes, this one has " + std::to_string(key.size()));
  }
  return {};
}

Result<> check_kv_keys(const std::vector<std::string>& keys) {
  if (keys.size() > kv_get_many_keys_max) {
    return fail(Code::too_large, "at most " + std::to_string(kv_get_many_keys_max) +
                                     " KV keys can be read at once, these are " +
                                     std::to_string(keys.size()));
  }
  for (const std::string& key : keys) {
    if (auto checked = check_kv_key(key); !checked) return checked;
  }
  return {};
}

Result<> check_kv_put(std::string_view key, size_t value_bytes, std::string_view metadata_json) {
  if (auto checked = check_kv_key(key); !checked) return checked;
  if (value_bytes > kv_value_bytes_max) {
    return fail(Code::too_large, "a KV value has at most " + std::to_string(kv_value_bytes_max) +
                                     " bytes, this one has " + std::to_string(value_bytes));
  }
  if (metadata_json.size() > kv_metadata_bytes_max) {
    return fail(Code::too_large,
                "KV metadata has at most " + std::to_string(kv_metadata_bytes_max) +
                    " bytes as JSON, this one has " + std::to_string(metadata_json.size()));
  }
  return {};
}

Result<KvRange> kv_list_range(const KvListOptions& options) {
  if (options.limit < 1 || options.limit > kv_list_limit_max) {
    return fail(Code::invalid, "a KV list limit lies between 1 and " +
                                   std::to_string(kv_list_limit_max) + ", this one is " +
                                   std::to_string(options.limit));
  }
  KvRange range;
  range.first = options.prefix;
  // The end is the smallest text above all that begin with the prefix: its last byte that can grow,
  // grown.
  range.end = options.prefix;
  while (!range.end.empty() && static_cast<uint8_t>(range.end.back()) == 0xff) range.end.pop_back();
  if (range.end.empty()) {
    range.end.assign(kv_key_bytes_max + 1, '\xff');
  } else {
    range.end.back() = static_cast<char>(static_cast<uint8_t>(range.end.back()) + 1);
  }
  if (!options.cursor.empty()) {
    std::string last_key;
    if (options.cursor.size() > kv_key_bytes_max * 2 ||
        !decode_base64url(options.cursor, last_key) || last_key.size() > kv_key_bytes_max) {
      return fail(Code::invalid, "this KV list cursor was not made by a list call");
    }
    last_key.push_back('\0');  // the next key in byte order
    range.first = std::max(range.first, last_key);
  }
  return range;
}

std::string kv_cursor(std::string_view last_key) {
  std::string out;
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : last_key) {
    bits = (bits << 8 | static_cast<uint8_t>(c)) & 0xffff;
    bit_count += 8;
    while (bit_count >= 6) {
      bit_count -= 6;
      out.push_back(base64url_digits[bits >> bit_count & 63]);
    }
  }
  if (bit_count > 0) out.push_back(base64url_digits[bits << (6 - bit_count) & 63]);
  return out;
}

}  // namespace skerry::store
