#include "types/http_date.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "types/ascii.h"

namespace skerry::types {
namespace {

constexpr std::string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};
// The first second of year 0 and the last of year 9999.
constexpr int64_t seconds_min = -62167219200, seconds_max = 253402300799;

struct Fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

void write_number(char* to, int value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

// A number of exactly that many digits; -1 for anything else.
int read_number(std::string_view text, size_t at, size_t digits) {
  int value = 0;
  for (size_t i = at; i < at + digits; ++i) {
    if (i >= text.size() || !is_ascii_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// 1 to 12; -1 for anything else.
int read_month(std::string_view text, size_t at) {
  const std::string_view name = text.substr(std::min(at, text.size()), 3);
  const size_t found = name.size() == 3 ? month_names.find(name) : std::string_view::npos;
  return found == std::string_view::npos || found % 3 != 0 ? -1 : static_cast<int>(found / 3 + 1);
}

bool read_time(std::string_view text, size_t at, Fields& fields) {
  if (text.size() < at + 8 || text[at + 2] != ':' || text[at + 5] != ':') return false;
  fields.hour = read_number(text, at, 2);
  fields.minute = read_number(text, at + 3, 2);
  fields.second = read_number(text, at + 6, 2);
  return true;
}

std::optional<int64_t> to_seconds(const Fields& f) {
  const std::chrono::year_month_day date{std::chrono::year(f.year),
                                         std::chrono::month(static_cast<unsigned>(f.month)),
                                         std::chrono::day(static_cast<unsigned>(f.day))};
  // 60 is a leap second, which RFC 9110 allows; it counts as the next minute's first.
  const bool time_ok = f.hour >= 0 && f.hour < 24 && f.minute >= 0 && f.minute < 60 &&
                       f.second >= 0 && f.second <= 60;
  if (f.year < 0 || f.month < 1 || f.day < 1 || !date.ok() || !time_ok) return std::nullopt;
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + f.hour * 3600 + f.minute * 60 + f.second;
}

bool begins_with_day(std::string_view text, size_t size) {
  return std::ranges::any_of(day_names, [text, size](std::string_view day) {
    return text.starts_with(day.substr(0, size));
  });
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool read_imf_fixdate(std::string_view text, Fields& f) {
  if (text.size() != http_date_size || !begins_with_day(text, 3) || text.substr(3, 2) != ", " ||
      text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text.substr(25) != " GMT") {
    return false;
  }
  f.day = read_number(text, 5, 2);
  f.month = read_month(text, 8);
  f.year = read_number(text, 12, 4);
  return read_time(text, 17, f);
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
bool read_rfc850_date(std::string_view text, Fields& f) {
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos ||
      std::ranges::find(day_names, text.substr(0, comma)) == std::end(day_names)) {
    return false;
  }
  text.remove_prefix(comma);
  if (text.size() != 24 || text.substr(0, 2) != ", " || text[4] != '-' || text[8] != '-' ||
      text[11] != ' ' || text.substr(20) != " GMT") {
    return false;
  }
  f.day = read_number(text, 2, 2);
  f.month = read_month(text, 5);
  const int year = read_number(text, 9, 2);
  f.year = year < 0 ? -1 : year + (year < 70 ? 2000 : 1900);
  return read_time(text, 12, f);
}

// "Sun Nov  6 08:49:37 1994"
bool read_asctime_date(std::string_view text, Fields& f) {
  if (text.size() != 24 || !begins_with_day(text, 3) || text[3] != ' ' || text[7] != ' ' ||
      text[10] != ' ' || text[19] != ' ') {
    return false;
  }
  f.month = read_month(text, 4);
  f.day = text[8] == ' ' ? read_number(text, 9, 1) : read_number(text, 8, 2);
  f.year = read_number(text, 20, 4);
  return read_time(text, 11, f);
}

}  // namespace

void write_http_date(int64_t unix_seconds, char* to) {
  unix_seconds = std::clamp(unix_seconds, seconds_min, seconds_max);
  const std::chrono::sys_seconds time{std::chrono::seconds(unix_seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const int64_t second_of_day = (time - day).count();
  std::memcpy(to, "Sun, 00 Jan 0000 00:00:00 GMT", http_date_size);
  std::memcpy(to, day_names[std::chrono::weekday(day).c_encoding()].data(), 3);
  write_number(to + 5, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  std::memcpy(to + 8, month_names.data() + 3 * (static_cast<unsigned>(date.month()) - 1), 3);
  write_number(to + 12, static_cast<int>(date.year()), 4);
  write_number(to + 17, static_cast<int>(second_of_day / 3600), 2);
  write_number(to + 20, static_cast<int>(second_of_day / 60 % 60), 2);
  write_number(to + 23, static_cast<int>(second_of_day % 60), 2);
}

std::string format_http_date(int64_t unix_seconds) {
  std::string text(http_date_size, '\0');
  write_http_date(unix_seconds, text.data());
  return text;
}

std::optional<int64_t> parse_http_date(std::string_view text) {
  Fields fields;
  if (read_imf_fixdate(text, fields)) return to_seconds(fields);
  if (read_rfc850_date(text, fields)) return to_seconds(fields);
  if (read_asctime_date(text, fields)) return to_seconds(fields);
  return std::nullopt;
}

}  // namespace skerry::types
