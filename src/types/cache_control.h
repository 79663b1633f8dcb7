// Cache-Control as a request or a response carries it: RFC 9111 section 5.2, RFC 5861, RFC 8246.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::types {

// What was said; what was not is false or absent. Seconds are at most kSecondsMax, which stands for
// everything longer.
struct CacheControl {
  static constexpr uint32_t kSecondsMax = 2147483648u;  // RFC 9111 section 1.2.2

  bool no_store = false, no_transform = false;
  // With field names in `no_cache_fields` or `private_fields` the directive is about these headers
  // alone, and the flag stays false.
  bool no_cache = false, is_private = false, is_public = false;
  bool must_revalidate = false, proxy_revalidate = false, must_understand = false;
  bool immutable = false, only_if_cached = false;
  std::optional<uint32_t> max_age, s_maxage, min_fresh, stale_while_revalidate, stale_if_error;
  std::optional<uint32_t> max_stale;                         // without a value: kSecondsMax
  std::vector<std::string> no_cache_fields, private_fields;  // in lower case

  // Seconds a response stays fresh by what it says here: for a shared cache s-maxage comes first.
  std::optional<uint32_t> freshness_s(bool shared) const {
    return shared && s_maxage ? s_maxage : max_age;
  }
};

// `value`: all Cache-Control lines joined with commas. Never fails: unknown directives and empty
// elements are passed over, and whatever cannot be read is taken in the careful way: seconds that
// are no number count as 0, a broken list of fields as no list. Of several values the first counts.
CacheControl parse_cache_control(std::string_view value);

}  // namespace skerry::types
