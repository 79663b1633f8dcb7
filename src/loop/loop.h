// One event loop of one thread: polling (libuv, hidden), timers, work handed over from other
// threads, and the queue of coroutines that may go on. Everything but post() and post_stop() is for
// the loop's own thread.
#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/error.h"
#include "loop/executor.h"
#include "loop/timer_heap.h"

namespace skerry::loop {

// Called once in every turn of the loop, right before it polls.
class TurnHook {
 public:
  virtual void on_turn_end() = 0;

 protected:
  ~TurnHook() = default;
};

class Loop final : public Executor {
 public:
  // Fails when the process has no descriptors left. Ignores SIGPIPE for the process.
  static Result<std::unique_ptr<Loop>> create();
  // Everything made on this loop must be gone; handles that are still closing are awaited.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Turns until stop().
  void run();
  void stop();
  // One turn; waits for something to happen only if `wait` says so.
  enum class Wait : uint8_t { no, yes };
  void turn(Wait wait);

  // Milliseconds of a monotonic clock, read once a turn. refresh_now() reads it again, after long
  // work.
  uint64_t now_ms() const;
  void refresh_now();

  // Any thread: runs `fn` on the loop's thread, in order. What is still queued when the loop dies
  // is dropped.
  void post(std::move_only_function<void()> fn);
  void post_stop();

  // Runs `work` on a background thread of this loop, one after the other; the thread is made on
  // first use. What it needs to say goes back by post(). The loop's end waits for what is queued.
  void compute(std::move_only_function<void()> work);

  // Runs `fn` once after the current callback and before the loop waits again. Work that keeps
  // deferring more is cut after a few rounds to let I/O in between.
  void defer(std::move_only_function<void()> fn);
  void resume_later(std::coroutine_handle<> frame) override;

  // Fires once, `delay_ms` after now_ms(), never from inside this call. A callback object must
  // outlive its timer.
  TimerId add_timer(uint64_t delay_ms, TimerCallback* callback);
  TimerId add_timer(uint64_t delay_ms, std::move_only_function<void()> fn);
  bool cancel_timer(TimerId id);

  void add_turn_hook(TurnHook* hook);
  void remove_turn_hook(TurnHook* hook);

  // For the files of this folder.
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit Loop(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace skerry::loop
