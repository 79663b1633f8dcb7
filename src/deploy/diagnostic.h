// What reading a configuration has to say: warnings to show, errors that refuse it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config_value.h"

namespace skerry::deploy {

enum class Severity : uint8_t { warning, error };

struct Diagnostic {
  Severity severity = Severity::warning;
  std::string file;   // as it is shown to people; may be empty
  SourcePosition at;  // 0:0 when the whole file is meant
  std::string text;   // what is wrong, and what to do

  // "wrangler.jsonc:3:5: key 'queues' is not supported yet; it is ignored"
  std::string line() const;
};

}  // namespace skerry::deploy
