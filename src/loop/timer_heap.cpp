#include "loop/timer_heap.h"

#include <algorithm>
#include <utility>

namespace skerry::loop {

TimerId TimerHeap::add(uint64_t deadline_ms, TimerCallback* callback,
                       std::move_only_function<void()> fn) {
  uint32_t slot = free_head_;
  if (slot == kNoSlot) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    free_head_ = slots_[slot].position;
  }
  slots_[slot].callback = callback;
  slots_[slot].function = std::move(fn);
  heap_.push_back({});
  sift_up(heap_.size() - 1, Entry{deadline_ms, next_order_++, slot});
  return TimerId{slot, slots_[slot].generation};
}

bool TimerHeap::cancel(TimerId id) {
  if (!id || id.slot >= slots_.size() || slots_[id.slot].generation != id.generation) return false;
  remove_at(slots_[id.slot].position);
  // The function may own something whose destructor comes back here: take it out first.
  std::move_only_function<void()> dropped = std::move(slots_[id.slot].function);
  free_slot(id.slot);
  return true;
}

bool TimerHeap::take_due(uint64_t now_ms, uint64_t order_limit, Fired* fired) {
  if (heap_.empty()) return false;
  const Entry& top = heap_.front();
  if (top.deadline_ms > now_ms || top.order >= order_limit) return false;
  uint32_t slot = top.slot;
  fired->callback = slots_[slot].callback;
  fired->function = std::move(slots_[slot].function);
  remove_at(0);
  free_slot(slot);
  return true;
}

void TimerHeap::place(size_t position, const Entry& entry) {
  heap_[position] = entry;
  slots_[entry.slot].position = static_cast<uint32_t>(position);
}

void TimerHeap::sift_up(size_t position, Entry entry) {
  while (position > 0) {
    size_t parent = (position - 1) / 4;
    if (!before(entry, heap_[parent])) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, entry);
}

void TimerHeap::sift_down(size_t position, Entry entry) {
  for (;;) {
    size_t first = position * 4 + 1;
    if (first >= heap_.size()) break;
    size_t last = std::min(first + 4, heap_.size());
    size_t least = first;
    for (size_t child = first + 1; child < last; ++child) {
      if (before(heap_[child], heap_[least])) least = child;
    }
    if (!before(heap_[least], entry)) break;
    place(position, heap_[least]);
    position = least;
  }
  place(position, entry);
}

void TimerHeap::remove_at(size_t position) {
  Entry last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  if (position > 0 && before(last, heap_[(position - 1) / 4])) {
    sift_up(position, last);
  } else {
    sift_down(position, last);
  }
}

void TimerHeap::free_slot(uint32_t slot) {
  Slot& freed = slots_[slot];
  if (++freed.generation == 0) freed.generation = 1;
  freed.callback = nullptr;
  freed.function = nullptr;
  freed.position = free_head_;
  free_head_ = slot;
}

}  // namespace skerry::loop
