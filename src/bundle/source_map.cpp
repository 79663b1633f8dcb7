#include "bundle/source_map.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/json.h"

namespace skerry::bundle {

namespace {

constexpr std::array<int8_t, 256> base64_values = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < digits.size(); ++i)
    values[static_cast<uint8_t>(digits[i])] = static_cast<int8_t>(i);
  return values;
}();

// One base64 VLQ: five bits a digit, the lowest first, the sign in the lowest bit of all.
std::optional<int64_t> read_vlq(std::string_view text, size_t& at) {
  int64_t value = 0;
  for (int shift = 0; at < text.size() && shift <= 30; shift += 5) {
    const int digit = base64_values[static_cast<uint8_t>(text[at])];
    if (digit < 0) return std::nullopt;
    ++at;
    value |= static_cast<int64_t>(digit & 31) << shift;
    if ((digit & 32) != 0) continue;
    return (value & 1) != 0 ? -(value >> 1) : value >> 1;
  }
  return std::nullopt;
}

bool is_place(int64_t value) {
  return value >= 0 && value < INT32_MAX;
}

}  // namespace

class MapReader {
 public:
  explicit MapReader(SourceMap& map) : map_(map) {}

  Result<> read(const ConfigValue& root) {
    if (!root.is_object()) return fail(Code::invalid, "a source map is an object");
    const ConfigValue* sections = root.find("sections");
    if (sections == nullptr) return read_plain(root, 0, 0);
    if (!sections->is_array()) return fail(Code::invalid, "'sections' is no array");
    if (sections->items().size() > SourceMap::sections_max)
      return fail(Code::too_large, "more than 10,000 sections");
    for (const ConfigValue& section : sections->items()) {
      const ConfigValue* offset = section.find("offset");
      const ConfigValue* inner = section.find("map");
      const double line = number(offset, "line"), column = number(offset, "column");
      if (inner == nullptr || !(line >= 0 && line < INT32_MAX) ||
          !(column >= 0 && column < INT32_MAX))
        return fail(Code::invalid, "a section has no usable 'offset' or no 'map'");
      if (Result<> done =
              read_plain(*inner, static_cast<uint32_t>(line), static_cast<uint32_t>(column));
          !done)
        return done;
    }
    return {};
  }

  void finish() {
    auto less = [](const SourceMap::Segment& a, const SourceMap::Segment& b) {
      return a.line != b.line ? a.line < b.line : a.column < b.column;
    };
    if (!std::ranges::is_sorted(map_.segments_, less)) std::ranges::sort(map_.segments_, less);
  }

 private:
  static double number(const ConfigValue* object, std::string_view key) {
    const ConfigValue* value = object == nullptr ? nullptr : object->find(key);
    return value == nullptr || !value->is_number() ? std::nan("") : value->as_number().value;
  }

  Result<> read_plain(const ConfigValue& root, uint32_t line, uint32_t column) {
    if (number(&root, "version") != 3)
      return fail(Code::unsupported, "the source map is not of version 3");
    const ConfigValue* sources = root.find("sources");
    const ConfigValue* mappings = root.find("mappings");
    if (sources == nullptr || !sources->is_array() || mappings == nullptr || !mappings->is_string())
      return fail(Code::invalid, "the source map has no 'sources' or no 'mappings'");
    std::string base;
    if (const ConfigValue* given = root.find("sourceRoot"))
      if (!given->as_string().empty()) base = given->as_string() + "/";
    const ConfigValue* contents = root.find("sourcesContent");
    const size_t first = map_.sources_.size();
    for (size_t i = 0; i < sources->items().size(); ++i) {
      map_.sources_.push_back(base + sources->items()[i].as_string());
      map_.contents_.emplace_back();
      if (contents != nullptr && i < contents->items().size() && contents->items()[i].is_string())
        map_.contents_.back() = contents->items()[i].as_string();
    }
    return read_mappings(mappings->as_string(), line, column, first);
  }

  Result<> read_mappings(std::string_view text, uint32_t line, uint32_t first_column,
                         size_t first_source) {
    int64_t column = first_column, source = 0, original_line = 0, original_column = 0;
    for (size_t at = 0; at < text.size();) {
      if (text[at] == ';') {
        if (++line >= INT32_MAX) return fail(Code::too_large, "too many lines");
        column = 0;
        ++at;
        continue;
      }
      if (text[at] == ',') {
        ++at;
        continue;
      }
      int64_t fields[5] = {};
      int count = 0;
      while (at < text.size() && text[at] != ',' && text[at] != ';') {
        std::optional<int64_t> value = read_vlq(text, at);
        if (!value || count == 5)
          return fail(Code::invalid, "the mappings are damaged at byte " + std::to_string(at));
        fields[count++] = *value;
      }
      column += fields[0];
      source += fields[1];
      original_line += fields[2];
      original_column += fields[3];
      if (!is_place(column)) return damaged("a column");
      SourceMap::Segment segment{line, static_cast<uint32_t>(column), SourceMap::none, 0, 0};
      if (count >= 4) {
        const int64_t index = source + static_cast<int64_t>(first_source);
        if (source < 0 || index >= static_cast<int64_t>(map_.sources_.size()))
          return damaged("a source");
        if (!is_place(original_line) || !is_place(original_column)) return damaged("a place");
        segment.source = static_cast<uint32_t>(index);
        segment.original_line = static_cast<uint32_t>(original_line);
        segment.original_column = static_cast<uint32_t>(original_column);
      } else if (count != 1) {
        return damaged("a segment");
      }
      if (map_.segments_.size() >= SourceMap::segments_max)
        return fail(Code::too_large, "more than 5,000,000 segments");
      map_.segments_.push_back(segment);
    }
    return {};
  }

  static std::unexpected<Error> damaged(const char* what) {
    return fail(Code::invalid, std::string("the mappings are damaged: ") + what + " is impossible");
  }

  SourceMap& map_;
};

Result<SourceMap> SourceMap::parse(std::string_view json) {
  // A guard against being loaded as a script.
  if (json.starts_with(")]}")) json.remove_prefix(std::min(json.find('\n'), json.size()));
  Result<ConfigValue> root = parse_json(json, "source map");
  if (!root) return fail(std::move(root.error()));
  SourceMap map;
  MapReader reader(map);
  if (Result<> read = reader.read(*root); !read) return fail(std::move(read.error()));
  reader.finish();
  return map;
}

std::optional<SourceMap::Original> SourceMap::find(int line, int column) const {
  if (line < 1 || column < 1) return std::nullopt;
  const auto row = static_cast<uint32_t>(line - 1), place = static_cast<uint32_t>(column - 1);
  auto after = std::ranges::upper_bound(
      segments_, std::pair(row, place), {},
      [](const Segment& segment) { return std::pair(segment.line, segment.column); });
  if (after == segments_.begin()) return std::nullopt;
  const Segment& segment = *(after - 1);
  if (segment.line != row || segment.source == none) return std::nullopt;
  return Original{sources_[segment.source], segment.source,
                  static_cast<int>(segment.original_line) + 1,
                  static_cast<int>(segment.original_column) + 1};
}

const std::string* SourceMap::content(uint32_t source_index) const {
  if (source_index >= contents_.size() || !contents_[source_index]) return nullptr;
  return &*contents_[source_index];
}

std::string_view source_mapping_url(std::string_view script) {
  constexpr size_t lines_max = 5;
  constexpr std::string_view begin = "//# sourceMappingURL=";
  for (size_t i = 0; i < lines_max && !script.empty(); ++i) {
    const size_t start = script.rfind('\n');
    std::string_view line = start == std::string_view::npos ? script : script.substr(start + 1);
    script = start == std::string_view::npos ? std::string_view() : script.substr(0, start);
    if (!line.starts_with(begin)) continue;
    line.remove_prefix(begin.size());
    return line.substr(0, line.find_first_of(" \t\r"));
  }
  return {};
}

namespace {

Result<std::string> decode_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 3 / 4);
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == '=') break;
    const int digit = base64_values[static_cast<uint8_t>(c)];
    if (digit < 0) return fail(Code::invalid, "the data URL is no base64");
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xFF);
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

Result<std::string> decode_data_url(std::string_view url) {
  const size_t comma = url.find(',');
  if (!url.starts_with("data:") || comma == std::string_view::npos)
    return fail(Code::invalid, "this is no data URL");
  std::string_view type = url.substr(5, comma - 5), body = url.substr(comma + 1);
  if (type.ends_with(";base64")) return decode_base64(body);
  std::string out;
  for (size_t i = 0; i < body.size(); ++i) {
    const int high = body[i] == '%' && i + 2 < body.size() ? hex_digit(body[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(body[i + 2]);
    out += low < 0 ? body[i] : static_cast<char>(high * 16 + low);
    if (low >= 0) i += 2;
  }
  return out;
}

}  // namespace skerry::bundle
