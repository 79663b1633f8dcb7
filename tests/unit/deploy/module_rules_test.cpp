#include "deploy/module_rules.h"

#include <doctest/doctest.h>

using namespace skerry::deploy;

TEST_CASE("globs: a star stays within its segment") {
  CHECK(glob_matches("*.js", "a.js"));
  CHECK(glob_matches("*.js", ".js"));
  CHECK_FALSE(glob_matches("*.js", "d/a.js"));
  CHECK_FALSE(glob_matches("*.js", "a.jsx"));
  CHECK(glob_matches("src/*/index.*", "src/a/index.ts"));
  CHECK_FALSE(glob_matches("src/*/index.*", "src/a/b/index.ts"));
  CHECK(glob_matches("a*b*c", "aXbYbZc"));
  CHECK_FALSE(glob_matches("a*b*c", "aXbYbZ"));
  CHECK(glob_matches("*", "x"));
  CHECK_FALSE(glob_matches("*", "x/y"));
  CHECK(glob_matches("x*/y*z", "xa/yz"));
}

TEST_CASE("globs: a double star spans any number of segments") {
  CHECK(glob_matches("**/*.js", "a.js"));
  CHECK(glob_matches("**/*.js", "x/y/z/a.js"));
  CHECK(glob_matches("**", "x/y"));
  CHECK(glob_matches("src/**", "src/a/b"));
  CHECK_FALSE(glob_matches("src/**", "lib/a"));
  CHECK(glob_matches("a/**/b", "a/b"));
  CHECK(glob_matches("a/**/b", "a/x/y/b"));
  CHECK_FALSE(glob_matches("a/**/b", "axb"));
  CHECK(glob_matches("**/a/*/b/**/c", "x/a/1/2/a/3/b/y/c"));
  CHECK_FALSE(glob_matches("**/a/*/b/**/c", "x/a/1/2/b/c"));
  CHECK(glob_matches("**/test/*.js", "test/test/a.js"));
  // Not a whole segment: the same as one star.
  CHECK(glob_matches("a**.js", "abc.js"));
  CHECK_FALSE(glob_matches("a**.js", "a/c.js"));
}

TEST_CASE("globs: other characters stand for themselves") {
  CHECK(glob_matches("**/*.wasm?module", "a.wasm?module"));
  CHECK_FALSE(glob_matches("a?.js", "ab.js"));
  CHECK(glob_matches("[a].js", "[a].js"));
  CHECK_FALSE(glob_matches("{a,b}.js", "a.js"));
  CHECK(glob_matches("", ""));
  CHECK_FALSE(glob_matches("", "a"));
}

TEST_CASE("globs: hostile patterns stay quick") {
  std::string stars;
  for (int i = 0; i < 2000; ++i) stars += "*a";
  CHECK_FALSE(glob_matches(stars + "b", std::string(20'000, 'a')));
  std::string deep;
  std::string path;
  for (int i = 0; i < 500; ++i) deep += "**/a/";
  for (int i = 0; i < 5000; ++i) path += "a/";
  CHECK_FALSE(glob_matches(deep + "b", path));
}

TEST_CASE("default rules") {
  const ModuleRules rules;
  CHECK(rules.module_type("index.js") == ModuleType::es_module);
  CHECK(rules.module_type("lib/x.mjs") == ModuleType::es_module);
  CHECK(rules.module_type("x.cjs") == ModuleType::common_js);
  CHECK(rules.module_type("x.wasm") == ModuleType::compiled_wasm);
  CHECK(rules.module_type("d/x.wasm?module") == ModuleType::compiled_wasm);
  CHECK(rules.module_type("x.txt") == ModuleType::text);
  CHECK(rules.module_type("x.html") == ModuleType::text);
  CHECK(rules.module_type("x.sql") == ModuleType::text);
  CHECK(rules.module_type("x.bin") == ModuleType::data);
  CHECK(rules.module_type("x.json") == ModuleType::json);
  CHECK_FALSE(rules.module_type("x.png").has_value());
  CHECK_FALSE(rules.module_type("x.JS").has_value());
}

TEST_CASE("a rule without fallthrough replaces the default of its type") {
  const ModuleRules rules({{ModuleType::text, {"**/*.md"}, false}});
  CHECK(rules.module_type("a.md") == ModuleType::text);
  CHECK_FALSE(rules.module_type("a.txt").has_value());
  CHECK(rules.module_type("a.bin") == ModuleType::data);
  CHECK(rules.shadowed().empty());
}

TEST_CASE("fallthrough keeps the later rules of the type") {
  const ModuleRules rules({{ModuleType::text, {"**/*.md"}, true}});
  CHECK(rules.module_type("a.md") == ModuleType::text);
  CHECK(rules.module_type("a.txt") == ModuleType::text);
}

TEST_CASE("the first rule that matches decides, and shadowed rules are named") {
  const ModuleRules rules({{ModuleType::data, {"**/*.js"}, true},
                           {ModuleType::text, {"**/*.a"}, false},
                           {ModuleType::text, {"**/*.b"}, false}});
  CHECK(rules.module_type("x.js") == ModuleType::data);
  CHECK_FALSE(rules.module_type("x.b").has_value());
  REQUIRE(rules.shadowed().size() == 1);
  CHECK(rules.shadowed()[0] == 2);
}

TEST_CASE("names of module types") {
  CHECK(parse_module_type("CompiledWasm") == ModuleType::compiled_wasm);
  CHECK_FALSE(parse_module_type("PythonModule").has_value());
  CHECK(module_type_name(ModuleType::es_module) == "ESModule");
}
