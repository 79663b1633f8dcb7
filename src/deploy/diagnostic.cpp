#include "deploy/diagnostic.h"

#include "base/json.h"

namespace skerry::deploy {

std::string Diagnostic::line() const {
  return file.empty() ? text : position_prefix(file, at) + text;
}

}  // namespace skerry::deploy
