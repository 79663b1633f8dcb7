// Ends JavaScript that uses more CPU than it may. One thread for all loops of the process; looks
// every few milliseconds.
#pragma once

#include <pthread.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "context/cpu_slot.h"

namespace skerry::worker {

class Watchdog {
 public:
  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  // Watches the calling thread's turns through `slot`, which outlives this.
  void watch_this_thread(context::CpuSlot& slot);

 private:
  struct Watched {
    context::CpuSlot* slot;
    clockid_t clock;
    uint64_t turn = 0;
    uint64_t since_ns = 0;
  };
  void run();
  void look(Watched& watched);
  std::mutex mutex_;
  std::vector<Watched> watched_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace skerry::worker
