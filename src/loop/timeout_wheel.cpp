#include "loop/timeout_wheel.h"

#include <algorithm>

namespace skerry::loop {

TimeoutWheel::TimeoutWheel(Loop& loop, uint64_t tick_ms)
    : loop_(loop), tick_ms_(tick_ms), current_tick_(loop.now_ms() / tick_ms) {
  for (Anchor& slot : slots_) slot.next_ = slot.previous_ = &slot;
}

TimeoutWheel::~TimeoutWheel() {
  loop_.cancel_timer(timer_);
  for (Anchor& slot : slots_) {
    while (slot.next_ != &slot) slot.next_->unlink();
  }
}

void TimeoutWheel::link(TimeoutEntry& entry) {
  entry.unlink();
  if (!timer_) {
    // Asleep until now: nothing was linked, so the ticks in between need no sweep.
    current_tick_ = loop_.now_ms() / tick_ms_;
    timer_ = loop_.add_timer(tick_ms_, this);
  }
  uint64_t tick = entry.deadline_ms_ / tick_ms_ + 1;
  tick = std::clamp(tick, current_tick_ + 1, current_tick_ + kSlots - 1);
  entry.visit_ms_ = tick * tick_ms_;
  Anchor& slot = slots_[tick % kSlots];
  entry.next_ = &slot;
  entry.previous_ = slot.previous_;
  slot.previous_->next_ = &entry;
  slot.previous_ = &entry;
}

void TimeoutWheel::on_timer() {
  uint64_t now = loop_.now_ms();
  uint64_t last = now / tick_ms_;
  timer_ = loop_.add_timer(tick_ms_, this);
  // After a long pause one round visits every slot.
  uint64_t first = std::max(current_tick_ + 1, last >= kSlots ? last - kSlots + 1 : 0);
  for (uint64_t tick = first; tick <= last; ++tick) {
    current_tick_ = tick;
    Anchor& slot = slots_[tick % kSlots];
    // Entries put back go to later slots, so this ends.
    while (slot.next_ != &slot) {
      TimeoutEntry& entry = *slot.next_;
      if (entry.deadline_ms_ > now) {
        if (entry.deadline_ms_ == UINT64_MAX) {
          entry.unlink();
        } else {
          link(entry);
        }
        continue;
      }
      entry.unlink();
      entry.deadline_ms_ = UINT64_MAX;
      entry.on_timeout();
    }
  }
  bool any = std::any_of(slots_.begin(), slots_.end(),
                         [](const Anchor& slot) { return slot.next_ != &slot; });
  if (!any) {
    loop_.cancel_timer(timer_);
    timer_ = TimerId{};
  }
}

}  // namespace skerry::loop
