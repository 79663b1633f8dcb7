// Compatibility dates and flags
// (https://developers.cloudflare.com/workers/configuration/compatibility-dates/): how a worker says
// which behaviour of the platform it was written for. Pure; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::deploy {

struct CompatibilityDate {
  uint16_t year = 0;
  uint8_t month = 0;  // 1 to 12
  uint8_t day = 0;    // 1 to 31
  friend auto operator<=>(CompatibilityDate, CompatibilityDate) = default;

  std::string text() const;  // YYYY-MM-DD
};

// The oldest date Workers accepts; what came before had no dates.
inline constexpr CompatibilityDate compatibility_date_min{2021, 11, 2};

// Exactly YYYY-MM-DD and a day that exists, else nothing.
std::optional<CompatibilityDate> parse_compatibility_date(std::string_view text);

// The UTC day of a time given in seconds since 1970.
CompatibilityDate date_from_unix_seconds(int64_t seconds);

enum class FlagSupport : uint8_t {
  always_on,    // skerry has it: whatever the flags say, or when this one says so
  unsupported,  // Workers knows it, skerry does not have it yet
  unknown,
};

FlagSupport flag_support(std::string_view flag);

// What is to be said about one flag, in words that follow "compatibility flag '…' "; empty if
// nothing.
std::string_view flag_advice(std::string_view flag);

// All flags that flag_support knows, for suggestions.
std::span<const std::string_view> known_flags();

}  // namespace skerry::deploy
