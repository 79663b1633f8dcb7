#include "loop/worker_thread.h"

#include <pthread.h>

namespace skerry::loop {

WorkerThread::WorkerThread(const std::string& name) : thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

WorkerThread::~WorkerThread() {
  {
    std::lock_guard lock(lock_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void WorkerThread::post(std::move_only_function<void()> work) {
  {
    std::lock_guard lock(lock_);
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
}

size_t WorkerThread::queued() const {
  std::lock_guard lock(lock_);
  return queue_.size();
}

void WorkerThread::run() {
  for (;;) {
    std::unique_lock lock(lock_);
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
  }
}

}  // namespace skerry::loop
