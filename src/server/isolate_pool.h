// Isolates made ahead, on a thread of their own, for workers that are called for the first time: a
// cold request then restores no snapshot. Its size follows the demand: it doubles when it was found
// empty and halves when nobody came for a while. Used by one loop's thread.
#pragma once

#include <pthread.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "js/isolate.h"

namespace skerry::server {

class IsolatePool {
 public:
  // `surface` outlives this. No thread runs before the first take().
  explicit IsolatePool(const js::Surface& surface) : surface_(surface) {}
  // Waits for the isolate that is being made, if any.
  ~IsolatePool();
  IsolatePool(const IsolatePool&) = delete;
  IsolatePool& operator=(const IsolatePool&) = delete;

  // A ready isolate with default limits, for the calling thread; null when there is none. Never
  // waits for one. At most `more` will be asked for after this one, as far as the caller knows.
  std::unique_ptr<js::Isolate> take(size_t more);

 private:
  static constexpr size_t kReadyMax = 32;  // a burst is served while the thread makes more
  void run();

  const js::Surface& surface_;
  std::mutex lock_;
  std::condition_variable wake_;
  std::vector<std::unique_ptr<js::Isolate>> ready_;
  size_t size_ = 1;    // what the demand asks for
  size_t wanted_ = 0;  // how many are to be ready: never more than can be asked for
  bool taken_ = false, stopping_ = false;
  bool running_ = false;
  pthread_t thread_{};
};

}  // namespace skerry::server
