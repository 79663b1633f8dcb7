// One loop's line to the watchdog: which turn runs, in which isolate, and how much CPU it may still
// use. The loop pays two stores a turn; the watchdog thread reads the loop's CPU clock itself.
#pragma once

#include <atomic>
#include <cstdint>

namespace v8 {
class Isolate;
}

namespace skerry::context {

struct CpuSlot {
  static constexpr uint64_t kFired = uint64_t{1} << 63;

  // Loop thread: a turn begins; it may use `limit_ns` of CPU.
  void begin(v8::Isolate* runs, uint64_t limit) {
    isolate.store(runs, std::memory_order_relaxed);
    limit_ns.store(limit, std::memory_order_relaxed);
    turn.store(++turns, std::memory_order_release);
  }
  // Loop thread: the turn is over. True when the watchdog asked it to end; the request has then
  // reached the isolate.
  bool end() {
    if ((turn.exchange(0, std::memory_order_acq_rel) & kFired) == 0) return false;
    while (!fired.load(std::memory_order_acquire)) {
    }
    fired.store(false, std::memory_order_relaxed);
    return true;
  }
  // Loop thread: a debugger has stopped the script. What was counted so far is forgotten: resume()
  // begins anew, with the turn that suspend() gave.
  uint64_t suspend() {
    uint64_t running = turn.exchange(0, std::memory_order_acq_rel);
    if ((running & kFired) != 0) turn.store(running, std::memory_order_release);
    return running;
  }
  void resume(uint64_t running) {
    if (running != 0 && (running & kFired) == 0) turn.store(++turns, std::memory_order_release);
  }

  std::atomic<uint64_t> turn{0};  // 0 between turns; kFired is added by the watchdog
  std::atomic<uint64_t> limit_ns{0};
  std::atomic<v8::Isolate*> isolate{nullptr};
  std::atomic<bool> fired{false};
  uint64_t turns = 0;
};

}  // namespace skerry::context
