#include "web/parts.h"
#include "web/console/console.h"
#include "web/console/performance.h"

namespace skerry::web {

void add_console(js::SurfaceParts& parts) {
  parts.classes.push_back(&Performance::info);
  parts.classes.push_back(&Navigator::info);
  parts.objects.push_back({"console", nullptr, "Console", describe_console});
  parts.objects.push_back({"performance", make_performance, "Performance"});
  parts.objects.push_back({"navigator", make_navigator, "Navigator"});
  parts.objects.push_back({"self", make_self, "typeof globalThis"});
}

}  // namespace skerry::web
