#include "types/header_list.h"

#include <doctest/doctest.h>

#include <string>

using namespace skerry::types;

TEST_CASE("header list: lookup ignores case and keeps the first name's case") {
  HeaderList list;
  list.append("Content-Type", "text/plain");
  list.append("X-A", "1");
  list.append("x-a", "2");
  CHECK(list.size() == 3);
  CHECK(list.get("X-a") == "1, 2");
  CHECK(list.entries()[2].name == "X-A");
  REQUIRE(list.find("content-TYPE") != nullptr);
  CHECK(*list.find("content-TYPE") == "text/plain");
  CHECK(list.find("content-typ") == nullptr);
  CHECK(!list.contains("content_type"));
  CHECK(!list.get("none").has_value());
  list.append("empty", "");
  CHECK(list.get("empty") == "");
}

TEST_CASE("header list: set replaces the first in place and drops the others") {
  HeaderList list;
  list.append("a", "1");
  list.append("b", "2");
  list.append("A", "3");
  list.set("A", "9");
  REQUIRE(list.size() == 2);
  CHECK(list.entries()[0].name == "a");
  CHECK(list.entries()[0].value == "9");
  list.set("c", "4");
  CHECK(list.size() == 3);
  list.remove("B");
  CHECK(list.size() == 2);
  CHECK(!list.contains("b"));
  list.clear();
  CHECK(list.empty());
}

TEST_CASE("header list: appending a view into the list itself is safe") {
  HeaderList list;
  list.append("a", std::string(100, 'x'));
  for (int i = 0; i < 20; ++i) list.append(list.entries()[0].name, list.entries()[0].value);
  CHECK(list.size() == 21);
  CHECK(list.entries()[20].value == std::string(100, 'x'));
}

TEST_CASE("header list: sort and combine joins all but set-cookie") {
  HeaderList list;
  list.append("Set-Cookie", "b=2");
  list.append("X", "1");
  list.append("accept", "a");
  list.append("set-cookie", "a=1");
  list.append("x", "2");
  const auto sorted = list.sorted_and_combined();
  REQUIRE(sorted.size() == 4);
  CHECK(sorted[0].name == "accept");
  CHECK(sorted[1].name == "set-cookie");
  CHECK(sorted[1].value == "b=2");
  CHECK(sorted[2].value == "a=1");
  CHECK(sorted[3].name == "x");
  CHECK(sorted[3].value == "1, 2");
  CHECK(list.get_set_cookie().size() == 2);
  CHECK(HeaderList().sorted_and_combined().empty());
}

TEST_CASE("header names and values are checked byte by byte") {
  CHECK(is_header_name("x-Custom_1!#$%&'*+.^`|~"));
  for (const char* bad : {"",   " ",  "a b", "a:", "a\r", "(", ")", "<", "@", ",",    ";",
                          "\\", "\"", "/",   "[",  "]",   "?", "=", "{", "}", "\x7f", "\xc3\xa9"}) {
    CHECK_MESSAGE(!is_header_name(bad), bad);
  }
  CHECK(!is_header_name(std::string_view("a\0b", 3)));
  CHECK(is_header_value(""));
  CHECK(is_header_value("a \t b"));
  CHECK(is_header_value("caf\xc3\xa9\x01\x7f"));
  CHECK(!is_header_value(" a"));
  CHECK(!is_header_value("a\t"));
  CHECK(!is_header_value("a\nb"));
  CHECK(!is_header_value("a\rb"));
  CHECK(!is_header_value(std::string_view("a\0b", 3)));
  CHECK(trim_header_value("\r\n\t a b \n") == "a b");
  CHECK(trim_header_value(" \t ").empty());
}

TEST_CASE("case folding touches ASCII letters only") {
  CHECK(equals_ignoring_case("ABCxyz-1", "abcXYZ-1"));
  CHECK(!equals_ignoring_case("@[", "`{"));
  CHECK(!equals_ignoring_case("\xc3\x89", "\xc3\xa9"));
  CHECK(!equals_ignoring_case("a", "ab"));
  CHECK(lower_case("\xc3\x89 ABZ@[") == "\xc3\x89 abz@[");
}
