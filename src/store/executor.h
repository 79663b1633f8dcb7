// Where completions of a store run: the caller's own thread, seen from outside as one function.
#pragma once

#include <functional>
#include <utility>

namespace skerry::store {

// post() may be called from any thread and returns at once; the job runs once, later, on the thread
// that the executor stands for, jobs of one thread in the order they were posted. An executor
// outlives every operation that was started with it.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(std::move_only_function<void()> job) = 0;
};

// Makes an Executor of anything with `void post(std::move_only_function<void()>)`, such as a loop.
// Keeps a reference: `target` outlives it.
template <class Target>
class ExecutorOf final : public Executor {
 public:
  explicit ExecutorOf(Target& target) : target_(target) {}
  void post(std::move_only_function<void()> job) override { target_.post(std::move(job)); }

 private:
  Target& target_;
};

}  // namespace skerry::store
