// The whole surface of the skerry binary: what its mksnapshot bakes and what its isolates restore
// must be the same list.
#pragma once

#include "js/surface.h"

namespace skerry::server {

// Web APIs, bindings, and the builtins behind tests, in a fixed order. Pure; any thread.
js::SurfaceParts all_parts();

}  // namespace skerry::server
