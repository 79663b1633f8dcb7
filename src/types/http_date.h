// Dates of HTTP headers. RFC 9110 section 5.6.7. Seconds since 1970, UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::types {

inline constexpr size_t http_date_size = 29;

// "Sun, 06 Nov 1994 08:49:37 GMT", exactly http_date_size bytes. Years outside 0 to 9999 are
// clamped.
void write_http_date(int64_t unix_seconds, char* to);
std::string format_http_date(int64_t unix_seconds);
// That form, and the two obsolete ones a recipient must accept; two-digit years mean 1970 to 2069.
// Null for anything else, and for days that do not exist.
std::optional<int64_t> parse_http_date(std::string_view text);

// Formats once for each second. Of one thread.
class HttpDateCache {
 public:
  // Valid until the next call.
  std::string_view at(int64_t unix_seconds) {
    if (unix_seconds != seconds_ || !filled_) {
      write_http_date(unix_seconds, text_);
      seconds_ = unix_seconds;
      filled_ = true;
    }
    return {text_, http_date_size};
  }

 private:
  int64_t seconds_ = 0;
  bool filled_ = false;
  char text_[http_date_size] = {};
};

}  // namespace skerry::types
