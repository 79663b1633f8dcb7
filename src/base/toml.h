// TOML 1.0 (https://toml.io/en/v1.0.0) into the tree that JSON also reads into. Pure; any thread.
#pragma once

#include <string_view>

#include "base/config_value.h"
#include "base/error.h"

namespace skerry {

// Longest dotted key or table header, in parts. Together with the bound on nested values it bounds
// the recursion.
inline constexpr unsigned toml_key_parts_max = 32;

// Reads a whole document; the root is always an object, its keys in the order they were written.
// Dates and times become strings as TOML writes them. Same bounds and message form as parse_json;
// `inf` and `nan` are errors, since JSON cannot carry them.
Result<ConfigValue> parse_toml(std::string_view text, std::string_view file_name);

}  // namespace skerry
