#include "types/base64.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

using namespace skerry::types;
using namespace std::string_view_literals;

TEST_CASE("base64: known values in both alphabets") {
  const struct {
    std::string_view bytes, standard, url;
  } cases[] = {
      {"", "", ""},
      {"f", "Zg==", "Zg"},
      {"fo", "Zm8=", "Zm8"},
      {"foo", "Zm9v", "Zm9v"},
      {"foob", "Zm9vYg==", "Zm9vYg"},
      {"\xfb\xff\xfe", "+//+", "-__-"},
      {"\0\0"sv, "AAA=", "AAA"},
  };
  for (const auto& c : cases) {
    CHECK(base64_encode(c.bytes) == c.standard);
    CHECK(base64url_encode(c.bytes) == c.url);
    CHECK(base64_decode(c.standard) == c.bytes);
    CHECK(base64url_decode(c.url) == c.bytes);
  }
}

TEST_CASE("base64: what forgiving means") {
  CHECK(base64_decode(" Z m\t9\nv\r\f") == "foo");
  CHECK(base64_decode("Zg") == "f");
  CHECK(base64_decode("Zg= =") == "f");
  CHECK(base64_decode("Zh") == "f");
  CHECK(base64_decode(" ") == "");
  for (const std::string_view bad :
       {"Z"sv, "Zg="sv, "Zg==="sv, "="sv, "=="sv, "===="sv, "Zm9vY"sv, "Zm8=Zm8="sv, "Z=g="sv,
        "Zm-v"sv, "Zm_v"sv, "Zm9v="sv, "Zm\0v"sv, "Zm9\xff"sv, "\vZm9v"sv, "Zm8==="sv}) {
    CAPTURE(bad);
    CHECK(!base64_decode(bad).has_value());
  }
  CHECK(base64url_decode("Zg==") == "f");
  CHECK(!base64url_decode("Z g").has_value());
  CHECK(!base64url_decode("+//+").has_value());
}

TEST_CASE("base64: random bytes go round, large inputs too") {
  std::mt19937_64 random(3);
  for (size_t size = 0; size < 200; ++size) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(random());
    CHECK(base64_decode(base64_encode(bytes)) == bytes);
    CHECK(base64url_decode(base64url_encode(bytes)) == bytes);
  }
  const std::string million(1 << 20, '\xa5');
  CHECK(base64_decode(base64_encode(million)) == million);
  CHECK(base64_decode(std::string(1 << 20, ' ')) == "");
  CHECK(!base64_decode(std::string(1 << 20, '=')).has_value());
}
