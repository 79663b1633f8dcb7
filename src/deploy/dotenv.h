// `.dev.vars` and `.env` files, as the npm package dotenv reads them, since that is what wrangler
// uses. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "deploy/diagnostic.h"

namespace skerry::deploy {

inline constexpr size_t dotenv_bytes_max = 1024 * 1024;

struct DotenvEntry {
  std::string name;
  std::string value;
  SourcePosition at;
};

struct DotenvFile {
  std::vector<DotenvEntry> entries;  // in the order of the file; of a repeated name only the last
  std::vector<Diagnostic> diagnostics;  // warnings for lines that mean nothing
};

// `NAME=value`, with or without `export `. A value in '…', "…" or `…` may span lines; in double
// quotes \n and \r are line ends and every other backslash stays. A bare value ends at '#'. Errors:
// not UTF-8, a NUL byte, too large. Messages never show values: they are secrets.
Result<DotenvFile> parse_dotenv(std::string_view text, std::string_view file_name);

}  // namespace skerry::deploy
