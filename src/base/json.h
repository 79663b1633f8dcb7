// JSON in and out. The reader takes strict JSON (RFC 8259) or JSONC (comments and trailing commas,
// as wrangler reads wrangler.jsonc) into a ConfigValue tree; the writer makes compact JSON for logs
// and for values handed to JavaScript. Pure functions: any thread. No input can abort the process:
// depth, size and the number of values are bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/config_value.h"
#include "base/error.h"

namespace skerry {

inline constexpr size_t config_bytes_max = 10 * 1024 * 1024;  // a larger file is a mistake
inline constexpr size_t config_values_max = 1'000'000;        // about 64 MB as a tree
inline constexpr size_t config_depth_max = 128;               // recursion of readers and writers
inline constexpr size_t config_number_length_max = 1024;      // bytes of one number as written

enum class JsonDialect : uint8_t { strict, with_comments };

// Reads one value that fills the whole text. Errors read "<file>:<line>:<column>: what is wrong":
// Code::too_large past a bound above, Code::invalid otherwise. A leading byte order mark is
// skipped. A key that occurs twice in one object is an error, since readers disagree on which one
// counts.
Result<ConfigValue> parse_json(std::string_view text, std::string_view file_name,
                               JsonDialect dialect = JsonDialect::strict);

// Appends `text` as a JSON string with its quotes. Control characters (C0, DEL, C1), U+2028 and
// U+2029 are escaped, so the result is one line that a terminal shows unharmed; each byte that is
// not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

// Compact JSON, keys in the order of the tree. A number that is not finite becomes null.
void append_json(std::string& out, const ConfigValue& value);
std::string to_json(const ConfigValue& value);

// Offset of the first byte that is not part of well-formed UTF-8 (no surrogates, no overlong
// forms), or std::string_view::npos.
size_t find_invalid_utf8(std::string_view text);

// "<file>:<line>:<column>: ", or "<file>: " for a position that is nowhere.
std::string position_prefix(std::string_view file_name, SourcePosition at);

// The place of a byte offset in a text. Linear in the offset: for error messages.
SourcePosition position_of(std::string_view text, size_t offset);

}  // namespace skerry
