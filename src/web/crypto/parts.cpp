#include "web/parts.h"

namespace skerry::web {

void add_crypto(js::SurfaceParts&) {}

}  // namespace skerry::web
