#include "web/parts.h"

namespace skerry::web {

void add_timers(js::SurfaceParts&) {}

}  // namespace skerry::web
