#pragma once

#include "js/surface.h"

namespace skerry::worker {

// Adds the classes of events and their contexts to the surface.
void add_worker(js::SurfaceParts& parts);

}  // namespace skerry::worker
