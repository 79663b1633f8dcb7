#include "deploy/compatibility.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace skerry::deploy;

TEST_CASE("dates: only days that exist, only as YYYY-MM-DD") {
  CHECK(parse_compatibility_date("2026-02-28") == CompatibilityDate{2026, 2, 28});
  CHECK(parse_compatibility_date("2024-02-29").has_value());
  for (const char* bad :
       {"2026-02-29", "2100-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32",
        "2026-04-31", "26-01-01", "2026/01/01", "2026-1-1", "2026-01-01T00:00", "", "today",
        "２０２６-01-01", "-026-01-01", "2026-01-0a", "2026--1-01"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_compatibility_date(bad).has_value());
  }
}

TEST_CASE("dates: order and text") {
  CHECK(CompatibilityDate{2026, 1, 31} < CompatibilityDate{2026, 2, 1});
  CHECK(CompatibilityDate{2025, 12, 31} < CompatibilityDate{2026, 1, 1});
  CHECK(CompatibilityDate{2026, 3, 4}.text() == "2026-03-04");
}

TEST_CASE("dates: from a clock") {
  CHECK(date_from_unix_seconds(0) == CompatibilityDate{1970, 1, 1});
  CHECK(date_from_unix_seconds(951782400) == CompatibilityDate{2000, 2, 29});
  CHECK(date_from_unix_seconds(1767225599) == CompatibilityDate{2025, 12, 31});
  CHECK(date_from_unix_seconds(1767225600) == CompatibilityDate{2026, 1, 1});
  CHECK(date_from_unix_seconds(-5) == CompatibilityDate{1970, 1, 1});
  CHECK(date_from_unix_seconds(INT64_MAX) == CompatibilityDate{9999, 12, 31});
}

TEST_CASE("flags: known, unsupported, unknown") {
  CHECK(flag_support("url_standard") == FlagSupport::always_on);
  CHECK(flag_support("nodejs_compat") == FlagSupport::always_on);
  CHECK(flag_support("no_such_flag") == FlagSupport::unknown);
  CHECK(flag_support("") == FlagSupport::unknown);
  CHECK(flag_advice("url_standard").empty());
  CHECK(flag_advice("nodejs_zlib").find("Node") != std::string_view::npos);
  CHECK(flag_advice("url_original") == "is not supported yet; it is ignored");
  CHECK(flag_advice("no_such_flag") == "is unknown; it is ignored");
  CHECK(std::ranges::is_sorted(known_flags()));
}
