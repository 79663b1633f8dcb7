// The classes behind the bindings of a worker's `env`. None is a property of the global object.
#pragma once

#include "js/surface.h"

namespace skerry::bindings {

// The module that gives workers their base classes and `env`; a builtin of this name.
inline constexpr const char* workers_module = "cloudflare:workers";

// Adds them to the surface, in a fixed order; once, beside web::platform_parts().
void add_bindings(js::SurfaceParts& parts);

}  // namespace skerry::bindings
