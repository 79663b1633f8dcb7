#include "assets/ignore_rules.h"

#include <doctest/doctest.h>

using namespace skerry::assets;

namespace {

bool ignored(const char* lines, const char* path, bool is_folder = false) {
  IgnoreRules rules;
  rules.add_lines(lines);
  return rules.ignores(path, is_folder);
}

}  // namespace

TEST_CASE("ignore: names anywhere, paths from the top") {
  CHECK(ignored("a.txt", "a.txt"));
  CHECK(ignored("a.txt", "x/y/a.txt"));
  CHECK(ignored("/a.txt", "a.txt"));
  CHECK_FALSE(ignored("/a.txt", "x/a.txt"));
  CHECK(ignored("x/a.txt", "x/a.txt"));
  CHECK_FALSE(ignored("x/a.txt", "y/x/a.txt"));
  CHECK(ignored("*.log", "a/b.log"));
  CHECK_FALSE(ignored("*.log", "b.logs"));
}

TEST_CASE("ignore: stars, marks, brackets and backslashes") {
  CHECK(ignored("a?c", "abc"));
  CHECK_FALSE(ignored("a?c", "ac"));
  CHECK(ignored("[a-c]x", "bx"));
  CHECK_FALSE(ignored("[!a-c]x", "bx"));
  CHECK(ignored("[", "["));
  CHECK(ignored("\\#a", "#a"));
  CHECK(ignored("\\!a", "!a"));
  CHECK(ignored("a\\*", "a*"));
  CHECK_FALSE(ignored("a\\*", "ab"));
  CHECK(ignored("**/b", "b"));
  CHECK(ignored("a/**/b", "a/b"));
  CHECK(ignored("a/**/b", "a/x/y/b"));
  CHECK(ignored("a/**", "a/x"));
  CHECK_FALSE(ignored("a/**", "a", true));
  CHECK(ignored("x*y*z", "xaybz"));
}

TEST_CASE("ignore: folders, negation, comments, spaces") {
  CHECK(ignored("d/", "d", true));
  CHECK_FALSE(ignored("d/", "d", false));
  CHECK_FALSE(ignored("*.txt\n!keep.txt", "keep.txt"));
  CHECK(ignored("*.txt\n!keep.txt\nkeep.*", "keep.txt"));
  CHECK_FALSE(ignored("# a\n\n   \r\n", "a"));
  CHECK(ignored("a  \r\nb", "a"));
  CHECK(ignored("a\\ ", "a "));
  CHECK_FALSE(ignored("!", "a"));
  CHECK_FALSE(ignored("/", "a"));
}
