// The console namespace: lines for people, to the log of the services.
// https://console.spec.whatwg.org/
#pragma once

#include "js/surface.h"

namespace skerry::web {

// Levels: debug → debug; log, info, dir, table, trace, count, groups, timers → info; warn → warn;
// error, assert → error. Counters, timers and group indentation belong to the isolate.
void describe_console(js::ClassTable& table);

}  // namespace skerry::web
