#include "worker/parts.h"

#include "worker/execution_context.h"
#include "worker/service_worker_event.h"

namespace skerry::worker {

void add_worker(js::SurfaceParts& parts) {
  parts.classes.insert(parts.classes.end(),
                       {&ExecutionContext::info, &ServiceWorkerFetchEvent::info});
}

}  // namespace skerry::worker
