// Which kind of module a file is, by the module rules of a wrangler configuration
// (https://developers.cloudflare.com/workers/wrangler/configuration/#bundling). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::deploy {

enum class ModuleType : uint8_t { es_module, common_js, compiled_wasm, text, data, json };

// The names used in configuration files: "ESModule", "CommonJS", "CompiledWasm", "Text", "Data",
// "JSON".
std::string_view module_type_name(ModuleType type);
std::optional<ModuleType> parse_module_type(std::string_view name);

// Globs as wrangler reads them: `*` is any run without '/', a whole segment `**` is any number of
// segments (none too), every other character, `?` and `[` included, stands for itself. Time is at
// most pattern × path, whatever the input.
bool glob_matches(std::string_view pattern, std::string_view path);

class ModuleRules {
 public:
  struct Rule {
    ModuleType type = ModuleType::es_module;
    std::vector<std::string> globs;
    // Unless set, this is the last rule of its type: later ones, the default rule too, do not
    // count.
    bool fallthrough = false;
  };

  // The default rules alone.
  ModuleRules() : ModuleRules(std::vector<Rule>()) {}
  // `rules` in the order of the configuration, followed by the default rules that still count.
  explicit ModuleRules(std::vector<Rule> rules);

  // `path` is relative to the base folder, with '/' and without a leading "./"; a query
  // ("a.wasm?module") is part of it. The first matching rule decides; nothing when none matches.
  std::optional<ModuleType> module_type(std::string_view path) const;

  const std::vector<Rule>& rules() const { return rules_; }
  // Indexes, in the constructor's order, of rules that never count because an earlier one of their
  // type ends the search: worth a warning.
  const std::vector<size_t>& shadowed() const { return shadowed_; }

 private:
  std::vector<Rule> rules_;
  std::vector<size_t> shadowed_;
};

}  // namespace skerry::deploy
