#include "web/parts.h"

namespace skerry::web {

void add_url(js::SurfaceParts&) {}

}  // namespace skerry::web
