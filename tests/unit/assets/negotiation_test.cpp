#include "assets/negotiation.h"

#include <doctest/doctest.h>

#include "assets/content_type.h"

using namespace skerry::assets;

TEST_CASE("ranges") {
  auto part = [](std::string_view text, uint64_t size) {
    ByteRange range = parse_range(text, size);
    if (range.kind == ByteRange::Kind::whole) return std::string("whole");
    if (range.kind == ByteRange::Kind::unsatisfiable) return std::string("416");
    return std::to_string(range.offset) + "+" + std::to_string(range.length);
  };
  CHECK(part("bytes=0-0", 10) == "0+1");
  CHECK(part("bytes=9-", 10) == "9+1");
  CHECK(part("bytes=10-", 10) == "416");
  CHECK(part("bytes=-4", 10) == "6+4");
  CHECK(part("bytes=-40", 10) == "0+10");
  CHECK(part("bytes=-0", 10) == "416");
  CHECK(part("bytes=0-", 0) == "416");
  CHECK(part("bytes= 1 - 2 ", 10) == "1+2");
  CHECK(part("bytes=0-18446744073709551615", 10) == "0+10");
  CHECK(part("bytes=18446744073709551615-", 10) == "416");
  for (const char* odd :
       {"", "bytes", "bytes=", "bytes=-", "bytes=2-1", "bytes=a-", "bytes=0-b", "bytes=0-1,2-3",
        "bytes=99999999999999999999-", "items=0-1", "bytes=+1-2"})
    CHECK(part(odd, 10) == "whole");
}

TEST_CASE("entity tags") {
  CHECK(etag_matches("\"a\"", "\"a\""));
  CHECK(etag_matches("W/\"a\"", "\"a\""));
  CHECK(etag_matches("\"b\" , \"a\"", "\"a\""));
  CHECK(etag_matches("*", "\"a\""));
  CHECK_FALSE(etag_matches("a", "\"a\""));
  CHECK_FALSE(etag_matches("", "\"a\""));
  CHECK_FALSE(etag_matches("\"A\"", "\"a\""));
}

TEST_CASE("codings") {
  Asset plain, br, gzip;
  plain.state.size = 100;
  br.state.size = 30;
  gzip.state.size = 40;
  plain.encoded = {&br, nullptr, &gzip};
  plain.has_encoded = true;
  auto chosen = [&](std::string_view text) {
    Asset* file = choose_coding(plain, text).file;
    return file == &br ? "br" : file == &gzip ? "gzip" : "plain";
  };
  CHECK(std::string_view(chosen("")) == "plain");
  CHECK(std::string_view(chosen("gzip, br")) == "br");
  CHECK(std::string_view(chosen("gzip;q=1.0, br;q=0.9")) == "gzip");
  CHECK(std::string_view(chosen("br;q=0")) == "plain");
  CHECK(std::string_view(chosen("*;q=0.1")) == "br");
  CHECK(std::string_view(chosen("br;q=0, *")) == "gzip");
  CHECK(std::string_view(chosen("identity;q=0.5, gzip;q=0.4")) == "plain");
  CHECK(std::string_view(chosen("gzip; Q=0.5")) == "gzip");
  CHECK(std::string_view(chosen("gzip;q=0.001")) == "gzip");
  CHECK(std::string_view(chosen(",;,q=,br")) == "br");
  CHECK(std::string_view(chosen("x-gzip, zstd")) == "plain");
  // No smaller than the plain file: of no use.
  br.state.size = 200;
  CHECK(std::string_view(chosen("br, identity")) == "plain");
}

TEST_CASE("content types") {
  CHECK(content_type_of("a/b.HTML") == "text/html; charset=utf-8");
  CHECK(content_type_of("a.json") == "application/json");
  CHECK(content_type_of("a.b/c") == "");
  CHECK(content_type_of(".html") == "");
  CHECK(content_type_of("a/.html") == "");
  CHECK(content_type_of("a.") == "");
  CHECK(content_type_of("a.tar.gz") == "application/gzip");
  CHECK(content_type_of("a.3gp") == "video/3gpp");
  CHECK(content_type_of("a.zip") == "application/zip");
  CHECK(content_type_of("") == "");
}
