#include "base/toml.h"

// toml++ turns its assertions into optimiser assumptions under NDEBUG; a hostile file could then
// reach undefined behaviour. Without NDEBUG, and with an assertion that does nothing, they are
// neither that nor an abort.
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_MAX_NESTED_VALUES 128
#define TOML_ENABLE_FORMATTERS 1
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/json.h"

namespace skerry {
namespace {

SourcePosition position_from(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

std::unexpected<Error> fail_at(std::string_view file_name, SourcePosition at, Code code,
                               std::string what) {
  return fail(code, position_prefix(file_name, at) + std::move(what));
}

// toml++ recurses once for each part of a dotted key when it destroys the tree, without a bound of
// its own. So the dots and brackets of each line are counted first, strings and comments left out.
// Multi-line strings are followed across lines; whatever is not well-formed is left for the parser
// to name.
class KeyDepthScan {
 public:
  explicit KeyDepthScan(std::string_view text) : text_(text) {}

  // Offset of the dot that passes the bound, or npos.
  size_t run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
        continue;
      }
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
        continue;
      }
      if (c == '.') {
        if (++dots_ >= toml_key_parts_max) return at_;
      } else if (c == '\n' || c == '=' || c == ',' || c == '{' || c == '[') {
        dots_ = 0;
      }
      ++at_;
    }
    return std::string_view::npos;
  }

 private:
  void skip_string(char quote) {
    const std::string_view rest = text_.substr(at_);
    const bool multi_line = rest.size() >= 3 && rest[1] == quote && rest[2] == quote;
    at_ += multi_line ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && quote == '"') {
        at_ += 2;
        continue;
      }
      if (!multi_line && c == '\n') return;
      if (c == quote) {
        if (!multi_line) {
          ++at_;
          return;
        }
        if (text_.substr(at_, 3) == std::string(3, quote)) {
          at_ += 3;
          // Up to two more quotes may belong to the text, just before the closing three.
          for (int i = 0; i < 2 && at_ < text_.size() && text_[at_] == quote; ++i) ++at_;
          return;
        }
      }
      ++at_;
    }
    at_ = text_.size();
  }

  std::string_view text_;
  size_t at_ = 0;
  unsigned dots_ = 0;
};

class Converter {
 public:
  explicit Converter(std::string_view file_name) : file_name_(file_name) {}

  Result<ConfigValue> convert(const toml::node& node, size_t depth) {
    const SourcePosition at = position_from(node.source());
    if (++values_ > config_values_max) {
      return fail_at(file_name_, at, Code::too_large, "the file holds too many values");
    }
    if (depth > config_depth_max) {
      return fail_at(file_name_, at, Code::too_large,
                     "values are nested deeper than " + std::to_string(config_depth_max));
    }
    if (const toml::table* table = node.as_table()) return convert_table(*table, depth);
    if (const toml::array* array = node.as_array()) return convert_array(*array, depth);
    if (const auto* text = node.as_string()) return ConfigValue::string(text->get(), at);
    if (const auto* flag = node.as_boolean()) return ConfigValue::boolean(flag->get(), at);
    if (const auto* integer = node.as_integer()) {
      return ConfigValue::number(static_cast<double>(integer->get()), true, at);
    }
    if (const auto* real = node.as_floating_point()) {
      if (!std::isfinite(real->get())) {
        return fail_at(file_name_, at, Code::invalid,
                       "inf and nan cannot be used here; write a finite number");
      }
      return ConfigValue::number(real->get(), false, at);
    }
    return ConfigValue::string(date_or_time_text(node), at);
  }

 private:
  static std::string date_or_time_text(const toml::node& node) {
    std::ostringstream out;
    if (const auto* date = node.as_date()) {
      out << date->get();
    } else if (const auto* time = node.as_time()) {
      out << time->get();
    } else if (const auto* date_time = node.as_date_time()) {
      out << date_time->get();
    }
    return out.str();
  }

  Result<ConfigValue> convert_table(const toml::table& table, size_t depth) {
    ConfigValue::Object members;
    members.reserve(table.size());
    for (const auto& [key, node] : table) {
      Result<ConfigValue> value = convert(node, depth + 1);
      if (!value) return fail(std::move(value.error()));
      members.push_back({std::string(key.str()), position_from(key.source()), std::move(*value)});
    }
    // toml++ keeps the keys sorted by name; people expect the order of the file.
    std::sort(members.begin(), members.end(), [](const ConfigMember& a, const ConfigMember& b) {
      if (a.key_at.line != b.key_at.line) return a.key_at.line < b.key_at.line;
      return a.key_at.column < b.key_at.column;
    });
    return ConfigValue::object(std::move(members), position_from(table.source()));
  }

  Result<ConfigValue> convert_array(const toml::array& array, size_t depth) {
    ConfigValue::Array items;
    items.reserve(array.size());
    for (const toml::node& node : array) {
      Result<ConfigValue> value = convert(node, depth + 1);
      if (!value) return fail(std::move(value.error()));
      items.push_back(std::move(*value));
    }
    return ConfigValue::array(std::move(items), position_from(array.source()));
  }

  std::string_view file_name_;
  size_t values_ = 0;
};

}  // namespace

Result<ConfigValue> parse_toml(std::string_view text, std::string_view file_name) {
  if (text.size() > config_bytes_max) {
    return fail_at(file_name, {}, Code::too_large, "the file is larger than 10 MiB");
  }
  if (size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    return fail_at(file_name, position_of(text, bad), Code::invalid,
                   "this byte is not valid UTF-8; save the file as UTF-8");
  }
  if (size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return fail_at(file_name, position_of(text, nul), Code::invalid, "NUL byte in the file");
  }
  if (size_t deep = KeyDepthScan(text).run(); deep != std::string_view::npos) {
    return fail_at(file_name, position_of(text, deep), Code::too_large,
                   "a dotted key has more than " + std::to_string(toml_key_parts_max) + " parts");
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return fail_at(file_name, position_from(error.source()), Code::invalid,
                   std::string(error.description()));
  }
  return Converter(file_name).convert(parsed.table(), 0);
}

}  // namespace skerry
