#include "web/parts.h"

namespace skerry::web {

void add_encoding(js::SurfaceParts&) {}

}  // namespace skerry::web
