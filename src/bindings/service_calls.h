// How many calls to the platform's own services (KV and the like) each event has made. They have a
// bound of their own, apart from that of fetch(): 1,000 an invocation, or the subrequest limit
// where that is higher. https://developers.cloudflare.com/workers/platform/limits/#subrequests
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "context/request_context.h"

namespace skerry::bindings {

inline constexpr uint32_t service_calls_max = 1000;

// One for each isolate, shared by its bindings. Loop thread.
class ServiceCalls {
 public:
  ServiceCalls();
  // Counts one call; at the bound it is refused with the error that JavaScript sees.
  js::Js<> count(context::RequestContext& context);

 private:
  class Counter;
  using Counters = std::unordered_map<const context::RequestContext*, Counter*>;
  std::shared_ptr<Counters> counters_;
};

}  // namespace skerry::bindings
