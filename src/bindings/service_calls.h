// How many calls to the platform's own services (KV and the like) each event has made. They have a
// bound of their own, apart from that of fetch(): 1,000 an invocation, or the subrequest limit
// where that is higher. https://developers.cloudflare.com/workers/platform/limits/#subrequests
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "context/request_context.h"

namespace skerry::bindings {

inline constexpr uint32_t service_calls_max = 1000;
// Bytes of streams that an isolate's events are putting, not yet given to a store: as much as an
// isolate may hold otherwise. Passed: the put fails with 429.
inline constexpr size_t buffered_bytes_max = 128u << 20;

// One for each isolate, shared by its bindings. Loop thread.
class ServiceCalls {
 public:
  ServiceCalls();
  // Counts one call; at the bound it is refused with the error that JavaScript sees.
  js::Js<> count(context::RequestContext& context);
  size_t buffered_bytes = 0;

 private:
  class Counter;
  using Counters = std::unordered_map<const context::RequestContext*, Counter*>;
  std::shared_ptr<Counters> counters_;
};

}  // namespace skerry::bindings
