#include "server/isolate_pool.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace skerry::server {

namespace {

constexpr auto kQuiet = std::chrono::seconds(30);
// The first worker's first answer comes before spare isolates for others.
constexpr auto kFirstPause = std::chrono::milliseconds(20);
// Behind the loop, which serves requests.
constexpr int kNice = 5;

}  // namespace

IsolatePool::~IsolatePool() {
  {
    std::lock_guard lock(lock_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (running_) pthread_join(thread_, nullptr);
}

std::unique_ptr<js::Isolate> IsolatePool::take(size_t more) {
  std::unique_ptr<js::Isolate> taken;
  {
    std::lock_guard lock(lock_);
    taken_ = true;
    if (!ready_.empty()) {
      taken = std::move(ready_.back());
      ready_.pop_back();
    } else if (running_) {
      size_ = std::min(size_ * 2, kReadyMax);
    }
    wanted_ = std::min(size_, more);
  }
  if (running_) {
    wake_.notify_one();
  } else if (more > 0) {
    // Without a thread every worker makes its own isolate, as if the pool were always empty.
    running_ = pthread_create(
                   &thread_, nullptr,
                   [](void* self) -> void* {
                     static_cast<IsolatePool*>(self)->run();
                     return nullptr;
                   },
                   this) == 0;
  }
  if (taken) taken->use_on_this_thread();
  return taken;
}

void IsolatePool::run() {
  pthread_setname_np(pthread_self(), "isolate-pool");
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  std::unique_lock lock(lock_);
  wake_.wait_for(lock, kFirstPause, [this] { return stopping_; });
  while (!stopping_) {
    if (ready_.size() < wanted_) {
      lock.unlock();
      std::unique_ptr<js::Isolate> made = js::Isolate::create(surface_, {});
      lock.lock();
      ready_.push_back(std::move(made));
      continue;
    }
    taken_ = false;
    bool woken = wake_.wait_for(lock, kQuiet, [this] { return stopping_ || taken_; });
    if (woken) continue;
    size_ = std::max<size_t>(size_ / 2, 1);
    wanted_ = std::min(wanted_, size_);
    while (ready_.size() > wanted_) {
      std::unique_ptr<js::Isolate> spare = std::move(ready_.back());
      ready_.pop_back();
      lock.unlock();
      spare.reset();
      lock.lock();
    }
  }
}

}  // namespace skerry::server
