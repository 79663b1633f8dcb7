// The build-time half of the platform snapshot: writes the blob as C, or the TypeScript
// declarations.
#pragma once

#include "js/surface.h"

namespace skerry::js {

// usage: PROGRAM snapshot OUT.c | PROGRAM types OUT.d.ts. Returns the exit code.
int mksnapshot_main(int argc, char** argv, SurfaceParts parts);

}  // namespace skerry::js
