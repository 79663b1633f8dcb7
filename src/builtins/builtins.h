// JavaScript sources compiled into the binary, named in the manifest beside this file. Static
// storage, ASCII.
#pragma once

#include <span>
#include <string_view>

namespace skerry::builtins {

struct Source {
  const char* name;
  std::string_view text;
};

std::span<const Source> all();
// The text of one; empty when there is no such name.
std::string_view text(std::string_view name);

}  // namespace skerry::builtins
