#include "web/parts.h"

namespace skerry::web {

void add_console(js::SurfaceParts&) {}

}  // namespace skerry::web
