#include "bundle/source_map.h"

#include <doctest/doctest.h>

#include <chrono>
#include <random>

#include "bundle/stack_map.h"

using namespace skerry;
using namespace skerry::bundle;

namespace {

std::string map_of(std::string_view mappings, std::string_view more = "") {
  return R"({"version": 3, "sources": ["a.ts", "b.ts"], "names": [], "mappings": ")" +
         std::string(mappings) + "\"" + std::string(more) + "}";
}

std::string found(const SourceMap& map, int line, int column) {
  std::optional<SourceMap::Original> original = map.find(line, column);
  if (!original) return "none";
  return std::string(original->source) + ":" + std::to_string(original->line) + ":" +
         std::to_string(original->column);
}

std::string error_of(std::string_view json) {
  Result<SourceMap> map = SourceMap::parse(json);
  return map ? "no error" : map.error().chain();
}

}  // namespace

TEST_CASE("source map: places") {
  // 1:1 → a.ts 1:1; 1:9 → a.ts 3:5 (4 columns and 2 lines on); 3:1 → b.ts 3:5; 3:11 → nothing
  Result<SourceMap> map = SourceMap::parse(map_of("AAAA,QAEI;;ACAA,U"));
  REQUIRE(map);
  CHECK(found(*map, 1, 1) == "a.ts:1:1");
  CHECK(found(*map, 1, 8) == "a.ts:1:1");
  CHECK(found(*map, 1, 9) == "a.ts:3:5");
  CHECK(found(*map, 1, 1000) == "a.ts:3:5");
  CHECK(found(*map, 2, 1) == "none");
  CHECK(found(*map, 3, 1) == "b.ts:3:5");
  CHECK(found(*map, 3, 11) == "none");
  for (int odd : {0, -1, INT32_MIN, INT32_MAX}) {
    CHECK(found(*map, odd, 1) == "none");
    CHECK(found(*map, odd, odd) == "none");
  }
}

TEST_CASE("source map: root, contents, guard") {
  Result<SourceMap> map = SourceMap::parse(
      ")]}'\n" + map_of("AAAA", R"(, "sourceRoot": "src", "sourcesContent": [null, "text"])"));
  REQUIRE(map);
  CHECK(found(*map, 1, 1) == "src/a.ts:1:1");
  CHECK(map->content(0) == nullptr);
  REQUIRE(map->content(1) != nullptr);
  CHECK(*map->content(1) == "text");
  CHECK(map->content(2) == nullptr);
}

TEST_CASE("source map: sections") {
  const std::string json = R"({"version": 3, "sections": [
    {"offset": {"line": 0, "column": 0}, "map": )" +
                           map_of("AAAA") + R"(},
    {"offset": {"line": 0, "column": 10}, "map": {"version": 3, "sources": ["c.ts"], "mappings": "AACA;AACA"}}]})";
  Result<SourceMap> map = SourceMap::parse(json);
  REQUIRE(map);
  CHECK(found(*map, 1, 10) == "a.ts:1:1");
  CHECK(found(*map, 1, 11) == "c.ts:2:1");
  CHECK(found(*map, 2, 1) == "c.ts:3:1");
}

TEST_CASE("source map: what is broken is an error, and never more") {
  CHECK(error_of("") != "no error");
  CHECK(error_of("[]").contains("object"));
  CHECK(error_of("{").contains("source map:1:"));
  CHECK(error_of(R"({"version": 2, "sources": [], "mappings": ""})").contains("version 3"));
  CHECK(error_of(R"({"version": 3, "sources": []})").contains("mappings"));
  CHECK(error_of(R"({"version": 3, "sources": 5, "mappings": ""})").contains("sources"));
  CHECK(error_of(map_of("AAA!")).contains("damaged"));
  CHECK(error_of(map_of("AA")).contains("a segment"));
  CHECK(error_of(map_of("AAAAAA")).contains("damaged"));
  CHECK(error_of(map_of("AAgggggggggggA")).contains("damaged"));
  CHECK(error_of(map_of("D")).contains("a column"));
  CHECK(error_of(map_of("AEAA")).contains("a source"));
  CHECK(error_of(map_of("ADAA")).contains("a source"));
  CHECK(error_of(map_of("AADA")).contains("a place"));
  CHECK(error_of(map_of("g")).contains("damaged"));
  CHECK(error_of(R"({"version": 3, "sections": [{}]})").contains("offset"));
  CHECK(error_of(
            R"({"version": 3, "sections": [{"offset": {"line": 1e300, "column": 0}, "map": {}}]})")
            .contains("offset"));
  CHECK(error_of(R"({"version": 3, "sections": 1})").contains("sections"));
}

TEST_CASE("source map: damaged bytes never abort") {
  std::mt19937 random(7);
  const std::string good = map_of("AAAA,QAEI;;ACAA,U;AAAA,CAAC,GAAG");
  for (int i = 0; i < 3000; ++i) {
    std::string text = good;
    for (int k = 0; k < 3; ++k) text[random() % text.size()] = static_cast<char>(random() % 128);
    Result<SourceMap> map = SourceMap::parse(text);
    if (map) (void)map->find(static_cast<int>(random() % 9), static_cast<int>(random() % 99));
  }
}

TEST_CASE("source map: segments in no order cost no square of time") {
  std::string mappings;
  // Columns 1, 0, 1, 0, …
  for (int i = 0; i < 500'000; ++i) mappings += i % 2 == 0 ? "CAAA," : "DAAA,";
  const auto begin = std::chrono::steady_clock::now();
  Result<SourceMap> map = SourceMap::parse(map_of(mappings));
  REQUIRE(map);
  CHECK(found(*map, 1, 2) == "a.ts:1:1");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("source map: where a script says it is") {
  CHECK(source_mapping_url("x\n//# sourceMappingURL=a.js.map\n") == "a.js.map");
  CHECK(source_mapping_url("//# sourceMappingURL=a.map \r\n\n\n") == "a.map");
  CHECK(source_mapping_url("x // # sourceMappingURL=no") == "");
  CHECK(source_mapping_url("") == "");
  CHECK(*decode_data_url("data:application/json;base64,eyJhIjoxfQ==") == R"({"a":1})");
  CHECK(*decode_data_url("data:application/json;base64,eyJhIjoxMn0") == R"({"a":12})");
  CHECK(*decode_data_url("data:application/json,%7B%22a%22:1%7d%") == R"({"a":1}%)");
  CHECK_FALSE(decode_data_url("data:;base64,?"));
  CHECK_FALSE(decode_data_url("http://x/"));
}

TEST_CASE("stacks: frames are mapped, the rest stays") {
  const PlaceMapper mapper = [](const Place& place) -> std::optional<Place> {
    if (place.file != "index.js") return std::nullopt;
    return Place{"src/a.ts", place.line * 10, place.column + 1};
  };
  CHECK(
      map_stack("Error: at x (index.js:1:2)\n    at f (index.js:3:4)\n    at index.js:5:6\n"
                "    at async g (other.js:7:8)\n    at async index.js:1:1\n    at eval (index.js)\n"
                "  end",
                mapper) ==
      "Error: at x (index.js:1:2)\n    at f (src/a.ts:30:5)\n    at src/a.ts:50:7\n"
      "    at async g (other.js:7:8)\n    at async src/a.ts:10:2\n    at eval (index.js)\n  end");
  CHECK(map_stack("", mapper) == "");
  CHECK(map_stack("\n\n", mapper) == "\n\n");
  CHECK(map_stack("    at (:1:1)\n    at ()\n    at )\n    at :1:1", mapper) ==
        "    at (:1:1)\n    at ()\n    at )\n    at :1:1");
  CHECK(map_stack("    at f (index.js:99999999999:1)", mapper) ==
        "    at f (index.js:99999999999:1)");
}
