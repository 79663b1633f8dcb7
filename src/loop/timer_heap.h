// Timers of one loop: a 4-ary heap of (deadline, order) over slots with generations, so that an id
// that has fired or was cancelled never touches a later timer. Plain data, no uv. Equal deadlines
// fire in the order they were added.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace skerry::loop {

class TimerCallback {
 public:
  virtual void on_timer() = 0;

 protected:
  ~TimerCallback() = default;
};

// Names one timer of one loop. A default one names none; cancelling it does nothing.
struct TimerId {
  uint32_t slot = 0;
  uint32_t generation = 0;
  explicit operator bool() const { return generation != 0; }
};

class TimerHeap {
 public:
  struct Fired {
    TimerCallback* callback = nullptr;
    std::move_only_function<void()> function;
  };

  TimerId add(uint64_t deadline_ms, TimerCallback* callback, std::move_only_function<void()> fn);
  // False when it has fired or was cancelled before.
  bool cancel(TimerId id);
  bool empty() const { return heap_.empty(); }
  size_t size() const { return heap_.size(); }
  uint64_t next_deadline_ms() const { return heap_.front().deadline_ms; }
  // Takes the earliest timer with deadline <= now that was added before `order_limit`; false when
  // there is none.
  bool take_due(uint64_t now_ms, uint64_t order_limit, Fired* fired);
  // Timers added from now on have an order of at least this.
  uint64_t next_order() const { return next_order_; }

 private:
  struct Entry {
    uint64_t deadline_ms;
    uint64_t order;
    uint32_t slot;
  };
  struct Slot {
    uint32_t generation = 1;
    uint32_t position = 0;  // in heap_, or the next free slot
    TimerCallback* callback = nullptr;
    std::move_only_function<void()> function;
  };

  static bool before(const Entry& a, const Entry& b) {
    return a.deadline_ms != b.deadline_ms ? a.deadline_ms < b.deadline_ms : a.order < b.order;
  }
  void place(size_t position, const Entry& entry);
  void sift_up(size_t position, Entry entry);
  void sift_down(size_t position, Entry entry);
  void remove_at(size_t position);
  void free_slot(uint32_t slot);

  static constexpr uint32_t kNoSlot = UINT32_MAX;
  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  uint32_t free_head_ = kNoSlot;
  uint64_t next_order_ = 1;
};

}  // namespace skerry::loop
