#include "worker/watchdog.h"

#include <time.h>

#include <chrono>

#include "js/v8.h"

namespace skerry::worker {

namespace {

constexpr auto kPeriod = std::chrono::milliseconds(5);

uint64_t read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000ull + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  stop_.store(true);
  thread_.join();
}

void Watchdog::watch_this_thread(context::CpuSlot& slot) {
  clockid_t clock{};
  pthread_getcpuclockid(pthread_self(), &clock);
  std::lock_guard lock(mutex_);
  watched_.push_back({&slot, clock});
}

void Watchdog::run() {
  while (!stop_.load(std::memory_order_relaxed)) {
    std::this_thread::sleep_for(kPeriod);
    std::lock_guard lock(mutex_);
    for (Watched& watched : watched_) look(watched);
  }
}

void Watchdog::look(Watched& watched) {
  uint64_t turn = watched.slot->turn.load(std::memory_order_acquire);
  if (turn == 0 || (turn & context::CpuSlot::kFired) != 0) {
    watched.turn = 0;
    return;
  }
  uint64_t now_ns = read_clock(watched.clock);
  // A turn seen for the first time is counted from here: late by one period at most, and free for
  // the loop.
  if (turn != watched.turn) {
    watched.turn = turn;
    watched.since_ns = now_ns;
    return;
  }
  if (now_ns - watched.since_ns < watched.slot->limit_ns.load(std::memory_order_relaxed)) return;
  v8::Isolate* isolate = watched.slot->isolate.load(std::memory_order_relaxed);
  if (!watched.slot->turn.compare_exchange_strong(turn, turn | context::CpuSlot::kFired)) return;
  // The loop waits for `fired` before it lets go of the isolate.
  isolate->TerminateExecution();
  watched.slot->fired.store(true, std::memory_order_release);
}

}  // namespace skerry::worker
