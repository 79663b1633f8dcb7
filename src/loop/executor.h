// Where a coroutine that may go on is queued. The Loop is one; tests use ManualExecutor.
#pragma once

#include <coroutine>
#include <deque>

namespace skerry::loop {

class Executor {
 public:
  // Resumes `frame` later on this executor's thread, never from inside the call. Loop thread only.
  virtual void resume_later(std::coroutine_handle<> frame) = 0;

 protected:
  ~Executor() = default;
};

// Runs what was queued when told to: for tests.
class ManualExecutor final : public Executor {
 public:
  void resume_later(std::coroutine_handle<> frame) override { ready_.push_back(frame); }
  // Resumes at most `count` frames; returns how many ran.
  size_t run(size_t count = 1'000'000) {
    size_t ran = 0;
    while (ran < count && !ready_.empty()) {
      std::coroutine_handle<> frame = ready_.front();
      ready_.pop_front();
      frame.resume();
      ++ran;
    }
    return ran;
  }
  size_t queued() const { return ready_.size(); }

 private:
  std::deque<std::coroutine_handle<>> ready_;
};

}  // namespace skerry::loop
