// The source map of a bundle as DevTools can use it without this machine's files: every source by
// its file: URL, with its text, in a data: URL.
#pragma once

#include <string>

#include "bundle/bundler.h"

namespace skerry::server {

// Empty when the bundle has no map, or one that cannot be read.
std::string inspector_map_url(const bundle::Bundle& bundle);

}  // namespace skerry::server
