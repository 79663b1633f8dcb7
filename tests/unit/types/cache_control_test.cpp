#include "types/cache_control.h"

#include <doctest/doctest.h>

namespace skerry::types {

namespace {

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("cache-control: directives of responses") {
  const CacheControl c = parse_cache_control(
      "Public, MAX-AGE=60,s-maxage=\"120\" , must-revalidate,immutable,no-transform, "
      "stale-while-revalidate=5,stale-if-error = 6, proxy-revalidate, must-understand, no-store");
  CHECK(c.is_public);
  CHECK(c.max_age == 60);
  CHECK(c.s_maxage == 120);
  CHECK(c.must_revalidate);
  CHECK(c.proxy_revalidate);
  CHECK(c.must_understand);
  CHECK(c.immutable);
  CHECK(c.no_transform);
  CHECK(c.no_store);
  CHECK(c.stale_while_revalidate == 5);
  CHECK(c.stale_if_error == 6);
  CHECK(!c.no_cache);
  CHECK(!c.is_private);
  CHECK(c.freshness_s(true) == 120);
  CHECK(c.freshness_s(false) == 60);
  CHECK(!parse_cache_control("public").freshness_s(true));
}

TEST_CASE("cache-control: directives of requests") {
  const CacheControl c = parse_cache_control("no-cache, max-stale, min-fresh=10, only-if-cached");
  CHECK(c.no_cache);
  CHECK(c.max_stale == CacheControl::kSecondsMax);
  CHECK(c.min_fresh == 10);
  CHECK(c.only_if_cached);
  CHECK(parse_cache_control("max-stale=7").max_stale == 7);
}

TEST_CASE("cache-control: lists of fields") {
  const CacheControl c =
      parse_cache_control("private=\"Set-Cookie , X-A\", no-cache=\"x-b\", no-cache=x-c");
  CHECK(!c.is_private);
  CHECK(!c.no_cache);
  CHECK(c.private_fields == Names{"set-cookie", "x-a"});
  CHECK(c.no_cache_fields == Names{"x-b", "x-c"});
  CHECK(parse_cache_control("private, private=\"a\"").is_private);
  CHECK(parse_cache_control("no-cache=\"\"").no_cache);
  CHECK(parse_cache_control("no-cache=\"a b\"").no_cache);
  CHECK(parse_cache_control("no-cache=\"a, max-age=5").no_cache);
}

TEST_CASE("cache-control: what is odd is taken carefully") {
  for (const char* bad : {"max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=0x10",
                          "max-age=ten", "max-age=\"\"", "max-age=5 6", "max-age=\"5\"6x"})
    CHECK_MESSAGE(parse_cache_control(bad).max_age == 0, bad);
  CHECK(parse_cache_control("max-age=99999999999999999999999999").max_age ==
        CacheControl::kSecondsMax);
  CHECK(parse_cache_control("max-age=2147483647").max_age == 2147483647);
  CHECK(parse_cache_control("max-age=5, max-age=9").max_age == 5);
  CHECK(parse_cache_control("max-age=x, max-age=9").max_age == 0);
  CHECK(parse_cache_control(",, ,max-age=3,,").max_age == 3);
  CHECK(parse_cache_control("max-age=3;no-store").max_age == 0);
  CHECK(parse_cache_control("x=\"a, no-store\", no-transform").no_transform);
  CHECK(!parse_cache_control("x=\"a, no-store\", no-transform").no_store);
  CHECK(!parse_cache_control("x=\"a\\\", no-store\"").no_store);
  CHECK(!parse_cache_control("no-store-please, xno-store").no_store);
  CHECK(parse_cache_control("no-store=1").no_store);
  CHECK(parse_cache_control("=5, (bad), no-store").no_store);
  CHECK(!parse_cache_control("").max_age);
}

}  // namespace skerry::types
