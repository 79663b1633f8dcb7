// Source maps: from a place in what runs to the place somebody wrote.
// https://tc39.es/ecma426/
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace skerry::bundle {

// Parsed whole, once; then look-ups are logarithmic. Nothing in a map can abort the process, and
// the time to parse is n log n at most in the length of the text.
class SourceMap {
 public:
  static constexpr size_t segments_max = 5'000'000;  // 100 MB parsed
  static constexpr size_t sections_max = 10'000;

  struct Original {
    std::string_view source;  // as in the map, with its sourceRoot; valid as long as the map
    uint32_t source_index = 0;
    int line = 0;    // from 1
    int column = 0;  // from 1
  };

  // Plain maps and indexed ones (`sections`).
  static Result<SourceMap> parse(std::string_view json);
  // `line` and `column` from 1, as in stacks; the column counts UTF-16 units. Nothing where the map
  // says nothing about the place.
  std::optional<Original> find(int line, int column) const;
  // What the map holds of a source's text, if it does.
  const std::string* content(uint32_t source_index) const;

 private:
  struct Segment {
    uint32_t line, column;  // generated, from 0
    uint32_t source;        // none: the place has no original
    uint32_t original_line, original_column;
  };
  static constexpr uint32_t none = UINT32_MAX;
  friend class MapReader;
  SourceMap() = default;

  std::vector<Segment> segments_;  // ordered by line, column
  std::vector<std::string> sources_;
  std::vector<std::optional<std::string>> contents_;
};

// What a script says about its map: the value of its last "sourceMappingURL" comment, or empty.
// Only the end of the script is read.
std::string_view source_mapping_url(std::string_view script);

// The map in a "data:application/json;base64,…" URL (or percent-encoded).
Result<std::string> decode_data_url(std::string_view url);

}  // namespace skerry::bundle
