#include "deploy/module_rules.h"

#include <array>
#include <utility>

namespace skerry::deploy {
namespace {

constexpr size_t module_type_count = 6;
constexpr std::array<std::string_view, module_type_count> type_names = {
    "ESModule", "CommonJS", "CompiledWasm", "Text", "Data", "JSON"};

std::vector<ModuleRules::Rule> default_rules() {
  return {
      {ModuleType::es_module, {"**/*.js", "**/*.mjs"}, false},
      {ModuleType::common_js, {"**/*.cjs"}, false},
      {ModuleType::compiled_wasm, {"**/*.wasm", "**/*.wasm?module"}, false},
      {ModuleType::text, {"**/*.txt", "**/*.html", "**/*.sql"}, false},
      {ModuleType::data, {"**/*.bin"}, false},
      {ModuleType::json, {"**/*.json"}, false},
  };
}

// A "**" that is a whole segment, at `at`.
bool is_globstar(std::string_view pattern, size_t at) {
  if (!pattern.substr(at).starts_with("**")) return false;
  if (at != 0 && pattern[at - 1] != '/') return false;
  return at + 2 == pattern.size() || pattern[at + 2] == '/';
}

}  // namespace

std::string_view module_type_name(ModuleType type) {
  return type_names[static_cast<size_t>(type)];
}

std::optional<ModuleType> parse_module_type(std::string_view name) {
  for (size_t i = 0; i < type_names.size(); ++i) {
    if (type_names[i] == name) return static_cast<ModuleType>(i);
  }
  return std::nullopt;
}

// Greedy with two places to come back to: the last `*` (within its segment) and the last `**`
// (segment by segment). An earlier place never needs another try, because whatever follows it has
// matched as early as possible.
bool glob_matches(std::string_view pattern, std::string_view path) {
  constexpr size_t none = std::string_view::npos;
  size_t p = 0;
  size_t s = 0;
  size_t star_p = none, star_s = 0;  // after the '*'; where its text ends so far
  size_t deep_p = none, deep_s = 0;  // after the "**/"; the segment it tries next
  for (;;) {
    if (p < pattern.size() && is_globstar(pattern, p)) {
      if (p + 2 == pattern.size()) return true;
      p += 3;
      deep_p = p;
      deep_s = s;
      star_p = none;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '*') {
      while (p < pattern.size() && pattern[p] == '*') ++p;
      star_p = p;
      star_s = s;
      continue;
    }
    if (p == pattern.size() && s == path.size()) return true;
    if (p < pattern.size() && s < path.size() && pattern[p] == path[s]) {
      ++p;
      ++s;
      continue;
    }
    if (star_p != none && star_s < path.size() && path[star_s] != '/') {
      s = ++star_s;
      p = star_p;
      continue;
    }
    if (deep_p == none) return false;
    const size_t slash = path.find('/', deep_s);
    if (slash == none) return false;
    deep_s = s = slash + 1;
    p = deep_p;
    star_p = none;
  }
}

ModuleRules::ModuleRules(std::vector<Rule> rules) {
  const size_t own_count = rules.size();
  for (Rule& rule : default_rules()) rules.push_back(std::move(rule));
  std::array<bool, module_type_count> ended = {};
  for (size_t i = 0; i < rules.size(); ++i) {
    bool& type_ended = ended[static_cast<size_t>(rules[i].type)];
    if (type_ended) {
      if (i < own_count) shadowed_.push_back(i);
      continue;
    }
    type_ended = !rules[i].fallthrough;
    rules_.push_back(std::move(rules[i]));
  }
}

std::optional<ModuleType> ModuleRules::module_type(std::string_view path) const {
  for (const Rule& rule : rules_) {
    for (const std::string& glob : rule.globs) {
      if (glob_matches(glob, path)) return rule.type;
    }
  }
  return std::nullopt;
}

}  // namespace skerry::deploy
