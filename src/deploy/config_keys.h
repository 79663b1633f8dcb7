// Every key of a wrangler configuration, and what skerry does with it. The source of truth for "is
// ignored", "is not supported yet" and "unknown key".
// https://developers.cloudflare.com/workers/wrangler/configuration/
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace skerry::deploy {

enum class KeySupport : uint8_t {
  honoured,
  harmless,  // means nothing to a local runtime: accounts, dashboards, the bundler's output format
  unsupported,  // Workers knows it, skerry does not yet
};

enum class KeyScope : uint8_t {
  inherited,        // an environment takes it from the top level unless it has its own
  per_environment,  // must be repeated in each environment
  top_only,         // has no place in an environment
};

struct ConfigKey {
  std::string_view name;
  KeySupport support;
  KeyScope scope;
};

std::span<const ConfigKey> config_keys();
const ConfigKey* find_config_key(std::string_view name);

// The known name nearest to `name` by edit distance, or "" when none is near enough to be a slip of
// the pen. Bounded: names longer than 64 bytes have no suggestion.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);
std::string_view nearest_config_key(std::string_view name);

// " (did you mean 'x'?)", or "" for an empty suggestion.
std::string suggestion_text(std::string_view suggestion);

}  // namespace skerry::deploy
