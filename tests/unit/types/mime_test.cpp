#include "types/mime.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace skerry::types;
using namespace std::string_view_literals;

TEST_CASE("mime: parse and serialise") {
  const struct {
    std::string_view input;
    std::string_view output;  // empty when the input is refused
  } cases[] = {
      {"text/html", "text/html"},
      {"TEXT/HTML;Charset=UTF-8", "text/html;charset=UTF-8"},
      {" \t\r\ntext/html \n", "text/html"},
      {"text/html ;charset=x", "text/html;charset=x"},
      {"text/html; charset = x", "text/html"},
      {"text/html;charset= x", "text/html;charset=\" x\""},
      {"text/html;charset=x y ", "text/html;charset=\"x y\""},
      {"text/html;;;charset=x;", "text/html;charset=x"},
      {"text/html;a", "text/html"},
      {"text/html;a;b=c", "text/html;b=c"},
      {"text/html;a=", "text/html"},
      {"text/html;a=;b=c", "text/html;b=c"},
      {"text/html;a=\"\"", "text/html;a=\"\""},
      {"text/html;a=\"b", "text/html;a=b"},
      {"text/html;a=\"b\\", "text/html;a=\"b\\\\\""},
      {"text/html;a=\"b\\\"c\\d\"", "text/html;a=\"b\\\"cd\""},
      {"text/html;a=\"b\"junk;c=d", "text/html;a=b;c=d"},
      {"text/html;a=\"b;c=d\"", "text/html;a=\"b;c=d\""},
      {"text/html;a=1;A=2", "text/html;a=1"},
      {"text/html;a b=1;c=2", "text/html;c=2"},
      {"text/html;a=\x01;c=2", "text/html;c=2"},
      {"text/html;a=\xe9", "text/html;a=\"\xe9\""},
      {"text/html;=x", "text/html"},
      {"text/html;a=b=c", "text/html;a=\"b=c\""},
      {"x-a+b.c/!#$%&'*+-.^_`|~", "x-a+b.c/!#$%&'*+-.^_`|~"},
      {"", ""},
      {"/", ""},
      {"text", ""},
      {"text/", ""},
      {"/html", ""},
      {"text/;a=b", ""},
      {"te xt/html", ""},
      {"text /html", ""},
      {"text/ht(ml", ""},
      {"text/html/x", ""},
      {"text/\xe9", ""},
      {"text/h\0ml"sv, ""},
      {"\x0btext/html", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.input);
    const auto mime = parse_mime_type(c.input);
    CHECK(mime.has_value() == !c.output.empty());
    if (!mime) continue;
    CHECK(mime->to_string() == c.output);
    CHECK(parse_mime_type(mime->to_string())->to_string() == c.output);
  }
}

TEST_CASE("mime: questions to a parsed type") {
  const auto mime = parse_mime_type("Application/JSON; Charset=\"utf-8\"");
  REQUIRE(mime.has_value());
  CHECK(mime->essence() == "application/json");
  CHECK(mime->is("application/json"));
  CHECK(mime->is("APPLICATION/json"));
  CHECK(!mime->is("application"));
  CHECK(!mime->is("application/jso"));
  REQUIRE(mime->parameter("charset") != nullptr);
  CHECK(*mime->parameter("charset") == "utf-8");
  CHECK(mime->parameter("x") == nullptr);
}

TEST_CASE("mime: extracting from joined header values") {
  const struct {
    const char* input;
    const char* output;
    const char* charset;
  } cases[] = {
      {"text/plain", "text/plain", ""},
      {"text/plain, text/html", "text/html", ""},
      {"text/plain;charset=a, text/plain", "text/plain;charset=a", "a"},
      {"text/plain;charset=a, text/html", "text/html", ""},
      {"text/plain;charset=a, text/html, text/plain", "text/plain", ""},
      {"text/plain;charset=a, text/plain;charset=b", "text/plain;charset=b", "b"},
      {"text/plain;charset=a, */*, nonsense, text/plain;x=y", "text/plain;x=y;charset=a", "a"},
      {"text/html;x=\"a,b\", ,", "text/html;x=\"a,b\"", ""},
      {"*/*", nullptr, ""},
      {"", nullptr, ""},
      {",,,", nullptr, ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.input);
    const auto mime = extract_mime_type(c.input);
    CHECK(mime.has_value() == (c.output != nullptr));
    if (mime && c.output != nullptr) CHECK(mime->to_string() == c.output);
    CHECK(extract_charset(c.input) == c.charset);
  }
}

TEST_CASE("header values split at commas outside quotes") {
  CHECK(split_header_value("") == std::vector<std::string>{""});
  CHECK(split_header_value("a, b\t,") == std::vector<std::string>{"a", "b", ""});
  CHECK(split_header_value("\"a,\\\",b\", c") == std::vector<std::string>{"\"a,\\\",b\"", "c"});
  CHECK(split_header_value("a\"b,c") == std::vector<std::string>{"a\"b,c"});
  CHECK(split_header_value("x\"a\"y , z") == std::vector<std::string>{"x\"a\"y", "z"});
}

TEST_CASE("mime: large and hostile inputs") {
  const std::string million(1 << 20, 'a');
  CHECK(parse_mime_type("text/" + million).has_value());
  CHECK(parse_mime_type("text/x;a=\"" + std::string(1 << 20, '\\')).has_value());
  std::string many = "text/x";
  for (int i = 0; i < 100'000; ++i) many += ";p" + std::to_string(i) + "=1";
  CHECK(parse_mime_type(many)->parameters.size() == 256);
  CHECK(!extract_mime_type(std::string(1 << 20, ',')).has_value());
  CHECK(!extract_mime_type(std::string(1 << 20, '"')).has_value());
}
