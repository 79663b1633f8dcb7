#include "assets/rules_file.h"

#include <doctest/doctest.h>

#include <chrono>

#include "base/limits.h"

using namespace skerry;
using namespace skerry::assets;

namespace {

Captures matched(std::string_view rule, std::string_view path,
                 std::string_view host = "h.example") {
  Result<RulePattern> pattern = RulePattern::parse(rule);
  REQUIRE(pattern);
  Captures captures;
  if (!pattern->matches(host, path, captures)) return {{"-", "no match"}};
  // The names refer to the pattern, which ends here.
  for (auto& [name, value] : captures) name = name == "splat" ? "splat" : name == "a" ? "a" : "b";
  return captures;
}

std::string headers_text(const HeaderRules& rules, std::string_view path) {
  types::HeaderList list;
  list.append("etag", "1");
  list.append("cache-control", "x");
  rules.apply("h.example", path, list);
  std::string text;
  for (const types::Header& header : list.entries()) text += header.name + "=" + header.value + ";";
  return text;
}

}  // namespace

TEST_CASE("patterns: placeholders and the star") {
  CHECK(matched("/a", "/a").empty());
  CHECK(matched("/a", "/b") == Captures{{"-", "no match"}});
  CHECK(matched("/*", "/x/y") == Captures{{"splat", "x/y"}});
  CHECK(matched("/*", "/") == Captures{{"splat", ""}});
  CHECK(matched("/a/*", "/a") == Captures{{"-", "no match"}});
  CHECK(matched("/:a/x", "/1/x") == Captures{{"a", "1"}});
  CHECK(matched("/:a/x", "//x") == Captures{{"-", "no match"}});
  CHECK(matched("/:a", "/1/2") == Captures{{"-", "no match"}});
  CHECK(matched("/:a-:b", "/1-2-3") == Captures{{"a", "1-2"}, {"b", "3"}});
  CHECK(matched("/:a.html", "/x.html.html") == Captures{{"a", "x.html"}});
  CHECK(matched("/x*.js", "/xy/z.js") == Captures{{"splat", "y/z"}});
  CHECK(matched("/9:5", "/9:5").empty());
}

TEST_CASE("patterns: a host") {
  CHECK(matched("https://h.example/a", "/a").empty());
  CHECK(matched("https://other.example/a", "/a") == Captures{{"-", "no match"}});
  CHECK(matched("https://:a.example/b", "/b") == Captures{{"a", "h"}});
  CHECK(matched("https://:a/b", "/b") == Captures{{"-", "no match"}});
  CHECK(matched("https://*/b", "/b") == Captures{{"splat", "h.example"}});
}

TEST_CASE("patterns: one name stands for one thing") {
  CHECK_FALSE(RulePattern::parse("/:a/:a"));
  CHECK_FALSE(RulePattern::parse("/*/*"));
  CHECK_FALSE(RulePattern::parse("/:splat/*"));
}

TEST_CASE("patterns: a path cannot make a match long") {
  Result<RulePattern> pattern = RulePattern::parse("/:a-:b-:c-:d-:e-:f-:g-:h!");
  REQUIRE(pattern);
  std::string path = "/" + std::string(16'000, '-');
  Captures captures;
  auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(pattern->matches("h", path, captures));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(200));
}

TEST_CASE("globs cover whole paths") {
  CHECK(glob_covers("/api/*", "/api/x/y"));
  CHECK(glob_covers("/api/*", "/api/"));
  CHECK_FALSE(glob_covers("/api/*", "/api"));
  CHECK(glob_covers("/*/x/*", "/a/b/x/c"));
  CHECK_FALSE(glob_covers("/*.js", "/a.jsx"));
  CHECK(glob_covers("*", ""));
}

TEST_CASE("_headers: rules add up, and take away") {
  Warnings warnings;
  HeaderRules rules = HeaderRules::parse(
      "/*\r\n  X-A: one\r\n  X-A: two\n# comment\n\n/b/:name\n  X-A: for :name\n  ! etag\n"
      "/b/*\n  X-A: :splat\n  Cache-Control: y\n",
      warnings);
  CHECK(warnings.empty());
  CHECK(headers_text(rules, "/x") == "etag=1;cache-control=x;x-a=one, two;");
  CHECK(headers_text(rules, "/b/q") == "cache-control=y;x-a=one, two;x-a=for q;x-a=q;");
}

TEST_CASE("_headers: what is wrong is named with its line") {
  Warnings warnings;
  std::string text =
      "x: y\n/a\n/b\n  no colon\n  : v\n  n:\n  sp ace: x\n  bad: a\x01"
      "b\n  X-Ok: 1\n"
      "/two*and*\n  X: 1\nhttps://h:80/\n  X: 1\nhttps:///x\n/ok\n  " +
      std::string(2100, 'x') + "\n  A: b\n";
  HeaderRules rules = HeaderRules::parse(text, warnings);
  CHECK(rules.size() == 2);
  std::string all;
  for (const std::string& line : warnings) all += line.substr(0, line.find(' ')) + " ";
  CHECK(all ==
        "_headers:1: _headers:2: _headers:4: _headers:5: _headers:6: _headers:7: _headers:8: "
        "_headers:10: _headers:12: _headers:14: _headers:16: ");
  std::string many;
  for (int i = 0; i < 150; ++i) many += "/" + std::to_string(i) + "\n  X: 1\n";
  warnings.clear();
  CHECK(HeaderRules::parse(many, warnings).size() == limits::asset_header_rules_max);
  CHECK(warnings.size() == 1);
}

TEST_CASE("_redirects: first match, query and placeholders") {
  Warnings warnings;
  RedirectRules rules = RedirectRules::parse(
      "/a /b\n/p/* /q/:splat?x=:splat#h 301\n/a2 /later 308\n/n/:a/:b https://e.example/:b/:a 303\n"
      "/deep/* /:splat\n",
      HtmlHandling::auto_trailing_slash, warnings);
  CHECK(warnings.empty());
  CHECK(rules.size() == 5);
  REQUIRE(rules.find("h", "/a"));
  CHECK(rules.find("h", "/a")->status == 302);
  CHECK(rules.find("h", "/a")->to == "/b");
  CHECK(rules.find("h", "/p/1/2")->to == "/q/1/2?x=1/2#h");
  CHECK(rules.find("h", "/a2")->status == 308);
  CHECK(rules.find("h", "/n/1/2")->to == "https://e.example/2/1");
  CHECK(rules.find("h", "/deep//evil.example")->to == "/evil.example");
  CHECK(rules.find("h", "/deep/\\evil.example")->to == "/evil.example");
  CHECK_FALSE(rules.find("h", "/none"));
}

TEST_CASE("_redirects: limits") {
  Warnings warnings;
  std::string text;
  for (int i = 0; i < 2002; ++i) text += "/s" + std::to_string(i) + " /t\n";
  for (int i = 0; i < 102; ++i) text += "/d" + std::to_string(i) + "/* /t\n";
  RedirectRules rules = RedirectRules::parse(text, HtmlHandling::none, warnings);
  CHECK(rules.size() == 2100);
  CHECK(warnings.size() == 3);
}
