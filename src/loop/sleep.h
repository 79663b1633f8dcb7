// co_await sleep(loop, ms): an error of code cancelled when the task's scope is cancelled first.
#pragma once

#include <coroutine>
#include <utility>

#include "base/error.h"
#include "loop/loop.h"
#include "loop/task.h"

namespace skerry::loop {

class [[nodiscard]] SleepAwaiter final : private TimerCallback, private CancelHook {
 public:
  SleepAwaiter(Loop& loop, uint64_t delay_ms) : loop_(loop), delay_ms_(delay_ms) {}
  bool await_ready() noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    CancelScope* scope = frame.promise().scope();
    if (scope != nullptr && scope->is_cancelled()) {
      cancelled_ = true;
      return false;
    }
    frame_ = frame;
    timer_ = loop_.add_timer(delay_ms_, this);
    if (scope != nullptr) scope->add(*this);
    return true;
  }
  Result<> await_resume() {
    if (cancelled_) return fail(Code::cancelled, "the sleep was cancelled");
    return {};
  }

 private:
  void on_timer() override {
    leave_scope();
    loop_.resume_later(frame_);
  }
  void on_cancel() override {
    cancelled_ = true;
    loop_.cancel_timer(timer_);
    loop_.resume_later(frame_);
  }
  Loop& loop_;
  uint64_t delay_ms_;
  TimerId timer_;
  std::coroutine_handle<> frame_;
  bool cancelled_ = false;
};

inline SleepAwaiter sleep(Loop& loop, uint64_t delay_ms) {
  return {loop, delay_ms};
}

}  // namespace skerry::loop
