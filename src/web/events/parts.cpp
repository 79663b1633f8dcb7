#include "web/parts.h"

namespace skerry::web {

void add_events(js::SurfaceParts&) {}

}  // namespace skerry::web
