// What every KV implementation does alike: checks of what callers pass, the range a list call
// covers, its cursor.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/kv.h"

namespace skerry::store {

Result<> check_kv_key(std::string_view key);
Result<> check_kv_keys(const std::vector<std::string>& keys);
Result<> check_kv_put(std::string_view key, size_t value_bytes, std::string_view metadata_json);

// Keys with first <= key < end in byte order.
struct KvRange {
  std::string first;
  std::string end;
};
// Errors: invalid for a limit outside 1 to 1000 or a cursor that no list call made.
Result<KvRange> kv_list_range(const KvListOptions& options);

// The cursor that goes on after `last_key`.
std::string kv_cursor(std::string_view last_key);

inline bool kv_expired(int64_t expires_at_s, int64_t now_s) {
  return expires_at_s != 0 && expires_at_s <= now_s;
}

}  // namespace skerry::store
