#include "types/http_date.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

using namespace skerry::types;
using namespace std::string_view_literals;

TEST_CASE("http date: the three forms of one moment") {
  CHECK(format_http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(format_http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(format_http_date(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == 784111777);
  CHECK(parse_http_date("Sun Nov 16 08:49:37 1994") == 784975777);
  CHECK(parse_http_date("Saturday, 31-Dec-69 00:00:00 GMT") == 3155673600);
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == 1483228800);
}

TEST_CASE("http date: what is none") {
  for (const std::string_view bad : {""sv,
                                     "Sun"sv,
                                     "Sun, 06 Nov 1994 08:49:37 UTC"sv,
                                     "Xun, 06 Nov 1994 08:49:37 GMT"sv,
                                     "Sun, 06 Nvo 1994 08:49:37 GMT"sv,
                                     "Sun, 06 anF 1994 08:49:37 GMT"sv,
                                     "Sun, 00 Nov 1994 08:49:37 GMT"sv,
                                     "Sun, 31 Nov 1994 08:49:37 GMT"sv,
                                     "Wed, 29 Feb 2023 00:00:00 GMT"sv,
                                     "Sun, 06 Nov 1994 24:00:00 GMT"sv,
                                     "Sun, 06 Nov 1994 08:60:37 GMT"sv,
                                     "Sun, 06 Nov 1994 08:49:61 GMT"sv,
                                     "Sun, -6 Nov 1994 08:49:37 GMT"sv,
                                     "Sun, 06 Nov 1994 08:49:37 GMT "sv,
                                     "Sun, 6 Nov 1994 08:49:37 GMT"sv,
                                     "sun, 06 Nov 1994 08:49:37 GMT"sv,
                                     "Sunday, 06-Nov-94 08:49:37 GM"sv,
                                     "Someday, 06-Nov-94 08:49:37 GMT"sv,
                                     "Sun Nov  6 08:49:37 19x4"sv,
                                     "Sun, 06 Nov 19\0"
                                     "4 08:49:37 GMT"sv}) {
    CAPTURE(bad);
    CHECK(!parse_http_date(bad).has_value());
  }
  CHECK(!parse_http_date(std::string(1 << 20, ',')).has_value());
}

TEST_CASE("http date: moments go round, and far ones are clamped") {
  std::mt19937_64 random(11);
  for (int i = 0; i < 5'000; ++i) {
    const int64_t seconds = static_cast<int64_t>(random() % 315569520000) - 62167219200;
    CHECK(parse_http_date(format_http_date(seconds)) == seconds);
  }
  CHECK(format_http_date(std::numeric_limits<int64_t>::max()) == "Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK(format_http_date(std::numeric_limits<int64_t>::min()) == "Sat, 01 Jan 0000 00:00:00 GMT");
}

TEST_CASE("http date: the cache follows the clock") {
  HttpDateCache cache;
  CHECK(cache.at(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(cache.at(1) == "Thu, 01 Jan 1970 00:00:01 GMT");
  CHECK(cache.at(1).data() == cache.at(1).data());
  CHECK(cache.at(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}
