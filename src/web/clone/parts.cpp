#include "web/parts.h"

namespace skerry::web {

void add_clone(js::SurfaceParts&) {}

}  // namespace skerry::web
