#include "web/parts.h"

namespace skerry::web {

void add_fetch(js::SurfaceParts&) {}

}  // namespace skerry::web
