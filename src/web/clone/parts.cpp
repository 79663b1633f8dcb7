#include "web/parts.h"
#include "js/method.h"
#include "web/clone/microtask.h"
#include "web/clone/structured_clone.h"

namespace skerry::web {

void add_clone(js::SurfaceParts& parts) {
  parts.functions.push_back({"structuredClone", js::Method<&structured_clone>::call_static, 1,
                             "<T>(value: T, options?: { transfer?: ArrayBuffer[] }): T"});
  parts.functions.push_back({"queueMicrotask", js::Method<&queue_microtask>::call_static, 1,
                             "(callback: () => void): void"});
  parts.callbacks.push_back(run_microtask);
}

}  // namespace skerry::web
