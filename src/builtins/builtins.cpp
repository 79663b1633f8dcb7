#include "builtins/builtins.h"

namespace skerry::builtins {

std::string_view text(std::string_view name) {
  for (const Source& source : all())
    if (name == source.name) return source.text;
  return {};
}

}  // namespace skerry::builtins
