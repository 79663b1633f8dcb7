#include "types/url_search_params.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

#include "types/utf8.h"

using namespace skerry::types;

TEST_CASE("search params: parse and serialise") {
  const struct {
    std::string_view input;
    const char* output;
  } cases[] = {
      {"", ""},
      {"a", "a="},
      {"a=", "a="},
      {"=a", "=a"},
      {"=", "="},
      {"&&a=1&&b=2&", "a=1&b=2"},
      {"a=b=c", "a=b%3Dc"},
      {"a+b=c%20d", "a+b=c+d"},
      {"a%2Bb=%26", "a%2Bb=%26"},
      {"a=%zz%4", "a=%25zz%254"},
      {"?a=1", "%3Fa=1"},
      {"a=*-._~!'()", "a=*-._%7E%21%27%28%29"},
      {"\xc3\xa9=\xe2\x82\xac", "%C3%A9=%E2%82%AC"},
      {"a=%FF%E2%82", "a=%EF%BF%BD%EF%BF%BD"},
      {"a=\xff", "a=%EF%BF%BD"},
      {"%EF%BB%BFa=1", "%EF%BB%BFa=1"},
      {std::string_view("a\0b=c\0", 6), "a%00b=c%00"},
      {"a=1;b=2", "a=1%3Bb%3D2"},
      {"a=\r\n", "a=%0D%0A"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.input);
    const UrlSearchParams params(c.input);
    CHECK(params.to_string() == c.output);
    CHECK(UrlSearchParams(params.to_string()).entries() == params.entries());
  }
}

TEST_CASE("search params: lookups and changes") {
  UrlSearchParams params("a=1&b=2&a=3&c=&a=1");
  CHECK(params.size() == 5);
  REQUIRE(params.get("a") != nullptr);
  CHECK(*params.get("a") == "1");
  CHECK(params.get("A") == nullptr);
  CHECK(params.get_all("a").size() == 3);
  CHECK(params.get_all("x").empty());
  CHECK(params.has("c"));
  CHECK(params.has("c", ""));
  CHECK(!params.has("c", "1"));
  CHECK(params.has("a", "3"));
  params.remove("a", "1");
  CHECK(params.to_string() == "b=2&a=3&c=");
  params.append("a", "4");
  params.set("a", "5");
  CHECK(params.to_string() == "b=2&a=5&c=");
  params.set("d", "6");
  params.remove("b");
  CHECK(params.to_string() == "a=5&c=&d=6");
  params.clear();
  CHECK(params.empty());
}

TEST_CASE("search params: sort is stable and goes by UTF-16 code units") {
  UrlSearchParams params("z=b&a=b&z=a&a=a");
  params.sort();
  CHECK(params.to_string() == "a=b&a=a&z=b&z=a");
  // U+FB03 is one code unit above the surrogates that U+1F308 is made of.
  UrlSearchParams wide("\xef\xac\x83=1&\xf0\x9f\x8c\x88=2&\xc3\xa9=3&e=4&=5");
  wide.sort();
  REQUIRE(wide.size() == 5);
  CHECK(wide.entries()[0].first.empty());
  CHECK(wide.entries()[1].first == "e");
  CHECK(wide.entries()[2].first == "\xc3\xa9");
  CHECK(wide.entries()[3].first == "\xf0\x9f\x8c\x88");
  CHECK(wide.entries()[4].first == "\xef\xac\x83");
}

TEST_CASE("search params: the order agrees with that of UTF-16 strings") {
  std::mt19937_64 random(5);
  constexpr char32_t alphabet[] = {'a',    'b',    0xe9,   0x7ff,   0x800,   0xd7ff,
                                   0xe000, 0xfb03, 0xffff, 0x10000, 0x1f308, 0x10ffff};
  const auto make = [&random] {
    std::u16string text;
    for (size_t i = random() % 4; i > 0; --i) append_utf16(text, alphabet[random() % 12]);
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::u16string a = make(), b = make();
    CHECK(less_in_utf16(utf16_to_utf8(a), utf16_to_utf8(b)) == (a < b));
  }
}

TEST_CASE("search params: large and hostile inputs") {
  CHECK(UrlSearchParams(std::string(1 << 20, '&')).empty());
  CHECK(UrlSearchParams(std::string(1 << 20, '=')).size() == 1);
  CHECK(UrlSearchParams(std::string(1 << 20, '%')).size() == 1);
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "k" + std::to_string(i * 7919 % 100'000) + "=v&";
  UrlSearchParams params(many);
  CHECK(params.size() == 100'000);
  params.sort();
  CHECK(params.entries().front().first == "k0");
  CHECK(params.entries().back().first == "k99999");
  params.remove("k5");
  CHECK(params.size() == 99'999);
}
