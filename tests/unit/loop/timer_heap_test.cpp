#include "loop/timer_heap.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <vector>

using namespace skerry::loop;

namespace {

std::vector<int> fire_all(TimerHeap& heap, uint64_t now, std::vector<int>& out) {
  TimerHeap::Fired fired;
  while (heap.take_due(now, heap.next_order(), &fired)) fired.function();
  return out;
}

}  // namespace

TEST_CASE("timers fire by deadline, equal ones in the order they were added") {
  TimerHeap heap;
  std::vector<int> out;
  heap.add(30, nullptr, [&] { out.push_back(3); });
  heap.add(10, nullptr, [&] { out.push_back(1); });
  heap.add(20, nullptr, [&] { out.push_back(2); });
  heap.add(10, nullptr, [&] { out.push_back(11); });
  CHECK(heap.next_deadline_ms() == 10);
  CHECK(fire_all(heap, 25, out) == std::vector<int>{1, 11, 2});
  CHECK(heap.size() == 1);
}

TEST_CASE("an id that fired or was cancelled names nothing any more") {
  TimerHeap heap;
  TimerId first = heap.add(1, nullptr, [] {});
  CHECK(heap.cancel(first));
  CHECK_FALSE(heap.cancel(first));
  TimerId second = heap.add(1, nullptr, [] {});
  CHECK(second.slot == first.slot);
  CHECK_FALSE(heap.cancel(first));
  CHECK(heap.size() == 1);
  CHECK_FALSE(heap.cancel(TimerId{}));
}

TEST_CASE("random adds and cancels keep the order") {
  std::mt19937 random(7);
  TimerHeap heap;
  std::multimap<uint64_t, int> expected;
  std::vector<std::pair<TimerId, std::multimap<uint64_t, int>::iterator>> live;
  std::vector<int> out;
  for (int i = 0; i < 5000; ++i) {
    if (!live.empty() && random() % 3 == 0) {
      size_t at = random() % live.size();
      CHECK(heap.cancel(live[at].first));
      expected.erase(live[at].second);
      live[at] = live.back();
      live.pop_back();
    } else {
      uint64_t deadline = random() % 1000;
      TimerId id = heap.add(deadline, nullptr, [&out, i] { out.push_back(i); });
      live.push_back({id, expected.emplace(deadline, i)});
    }
  }
  std::vector<int> wanted;
  for (auto& [deadline, i] : expected) wanted.push_back(i);
  CHECK(fire_all(heap, 1000, out) == wanted);
  CHECK(heap.empty());
}
