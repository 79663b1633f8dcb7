// Coarse time-outs for many connections: moving a deadline later is one store, so a keep-alive
// connection costs no heap work per request. A wheel of lists, half a second a slot; an entry whose
// slot comes up early is put back. Deadlines are met within one tick late, never early. Loop thread
// only.
#pragma once

#include <array>
#include <cstdint>

#include "loop/loop.h"

namespace skerry::loop {

class TimeoutWheel;

// Derive from this. Destroying it takes it off the wheel.
class TimeoutEntry {
 public:
  TimeoutEntry() = default;
  TimeoutEntry(const TimeoutEntry&) = delete;
  TimeoutEntry& operator=(const TimeoutEntry&) = delete;
  // The deadline has passed; the entry is off the wheel.
  virtual void on_timeout() = 0;
  uint64_t deadline_ms() const { return deadline_ms_; }

 protected:
  ~TimeoutEntry() { unlink(); }

 private:
  friend class TimeoutWheel;
  void unlink() {
    if (next_ == nullptr) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }
  TimeoutEntry* next_ = nullptr;
  TimeoutEntry* previous_ = nullptr;
  uint64_t deadline_ms_ = UINT64_MAX;
  uint64_t visit_ms_ = 0;  // when its slot comes up
};

class TimeoutWheel final : private TimerCallback {
 public:
  explicit TimeoutWheel(Loop& loop, uint64_t tick_ms = 500);
  ~TimeoutWheel();
  TimeoutWheel(const TimeoutWheel&) = delete;
  TimeoutWheel& operator=(const TimeoutWheel&) = delete;

  // At an absolute time of Loop::now_ms().
  void set(TimeoutEntry& entry, uint64_t deadline_ms) {
    entry.deadline_ms_ = deadline_ms;
    if (entry.next_ != nullptr && entry.visit_ms_ <= deadline_ms + tick_ms_) return;
    link(entry);
  }
  // No deadline; the entry may stay linked, and is then ignored.
  void clear(TimeoutEntry& entry) { entry.deadline_ms_ = UINT64_MAX; }

 private:
  struct Anchor final : TimeoutEntry {
    void on_timeout() override {}
  };
  static constexpr size_t kSlots = 256;
  void link(TimeoutEntry& entry);
  void on_timer() override;

  Loop& loop_;
  uint64_t tick_ms_;
  uint64_t current_tick_;  // the last tick that was swept
  std::array<Anchor, kSlots> slots_;
  TimerId timer_;
};

}  // namespace skerry::loop
