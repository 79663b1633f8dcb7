#include "bindings/service_calls.h"

#include <algorithm>

namespace skerry::bindings {

// Lives as long as its event: the context deletes it when it closes.
class ServiceCalls::Counter final : public context::Operation {
 public:
  Counter(context::RequestContext& context, std::shared_ptr<Counters> counters)
      : Operation(context), counters_(std::move(counters)) {
    (*counters_)[&context] = this;
  }
  ~Counter() override { counters_->erase(&context()); }
  bool counts_as_progress() const override { return false; }

  uint32_t calls = 0;

 private:
  std::shared_ptr<Counters> counters_;
};

ServiceCalls::ServiceCalls() : counters_(std::make_shared<Counters>()) {}

js::Js<> ServiceCalls::count(context::RequestContext& context) {
  const auto at = counters_->find(&context);
  Counter* counter = at != counters_->end() ? at->second : new Counter(context, counters_);
  if (counter->calls >= std::max(service_calls_max, context.subrequests_max)) {
    return js::plain_error("Too many API requests by single worker invocation.");
  }
  ++counter->calls;
  return {};
}

}  // namespace skerry::bindings
