// A thread that runs functions one after the other, and the way to await one from a loop. Work in
// progress is not interrupted; what is still queued when the thread stops is run first.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "loop/loop.h"
#include "loop/task.h"

namespace skerry::loop {

class WorkerThread {
 public:
  // The name is seen in top and gdb; 15 bytes count.
  explicit WorkerThread(const std::string& name);
  // Runs what is queued, then joins.
  ~WorkerThread();
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;
  // Any thread.
  void post(std::move_only_function<void()> work);
  // Waiting and running; a hint for admission.
  size_t queued() const;

 private:
  void run();
  mutable std::mutex lock_;
  std::condition_variable wake_;
  std::deque<std::move_only_function<void()>> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

// co_await run_on(loop, thread, fn): `fn` runs there and its Result comes back here. Cancelling
// does not stop it: the task goes on when it has ended. The loop must outlive the work.
template <class Fn>
class [[nodiscard]] HandOverAwaiter {
 public:
  using Value = std::invoke_result_t<Fn&>;
  static_assert(is_result<Value>, "work on another thread gives a Result");
  HandOverAwaiter(Loop& loop, WorkerThread& thread, Fn fn)
      : loop_(loop), thread_(thread), fn_(std::move(fn)) {}
  bool await_ready() noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) {
    thread_.post([this, frame] {
      value_.emplace(fn_());
      loop_.post([frame] { frame.resume(); });
    });
  }
  Value await_resume() { return std::move(*value_); }

 private:
  Loop& loop_;
  WorkerThread& thread_;
  Fn fn_;
  std::optional<Value> value_;
};

template <class Fn>
HandOverAwaiter<Fn> run_on(Loop& loop, WorkerThread& thread, Fn fn) {
  return HandOverAwaiter<Fn>(loop, thread, std::move(fn));
}

}  // namespace skerry::loop
