#include "web/parts.h"

namespace skerry::web {

void add_streams(js::SurfaceParts&) {}

}  // namespace skerry::web
