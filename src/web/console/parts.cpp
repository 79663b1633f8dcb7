#include "web/parts.h"
#include "web/console/console.h"

namespace skerry::web {

void add_console(js::SurfaceParts& parts) {
  parts.objects.push_back({"console", nullptr, "Console", describe_console});
}

}  // namespace skerry::web
