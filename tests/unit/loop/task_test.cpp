#include "loop/task.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "loop/executor.h"

using namespace skerry;
using namespace skerry::loop;

namespace {

// A leaf that waits until told, and can be cancelled.
struct Gate {
  explicit Gate(Executor& the_executor) : executor(the_executor) {}
  Executor& executor;
  std::coroutine_handle<> waiter;

  void open() {
    if (waiter) executor.resume_later(std::exchange(waiter, {}));
  }
};

struct WaitAt final : private CancelHook {
  explicit WaitAt(Gate& the_gate) : gate(the_gate) {}
  Gate& gate;
  bool cancelled = false;
  bool await_ready() { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    CancelScope* scope = frame.promise().scope();
    if (scope != nullptr && scope->is_cancelled()) {
      cancelled = true;
      return false;
    }
    gate.waiter = frame;
    if (scope != nullptr) scope->add(*this);
    return true;
  }
  Result<> await_resume() {
    leave_scope();
    if (cancelled) return fail(Code::cancelled, "cancelled");
    return {};
  }
  void on_cancel() override {
    cancelled = true;
    gate.open();
  }
};

Task<Result<int>> add_one(Gate& gate, int value) {
  Result<> waited = co_await WaitAt(gate);
  if (!waited) co_return fail(std::move(waited.error()));
  co_return value + 1;
}

Task<void> record(Gate& gate, std::vector<std::string>& log) {
  log.push_back("begin");
  Result<int> value = co_await add_one(gate, 41);
  log.push_back(value ? std::to_string(*value) : "cancelled");
}

Task<Result<std::unique_ptr<int>>> boxed(int value) {
  co_return std::make_unique<int>(value);
}

Task<void> count_down(int depth, int& reached) {
  if (depth > 0) {
    co_await count_down(depth - 1, reached);
  } else {
    ++reached;
  }
}

Task<void> many_in_turn(int count, int& sum) {
  for (int i = 0; i < count; ++i) {
    auto value = co_await boxed(1);
    sum += **value;
  }
}

}  // namespace

TEST_CASE("a task is lazy, and an unstarted one may be dropped") {
  ManualExecutor executor;
  Gate gate(executor);
  std::vector<std::string> log;
  {
    Task<void> task = record(gate, log);
  }
  CHECK(log.empty());
}

TEST_CASE("a set runs a task to its first wait, and a child resumes its parent") {
  ManualExecutor executor;
  Gate gate(executor);
  std::vector<std::string> log;
  TaskSet set;
  set.add(record(gate, log));
  CHECK(log == std::vector<std::string>{"begin"});
  CHECK(set.size() == 1);
  gate.open();
  CHECK(log.size() == 1);
  CHECK(executor.run() == 1);
  CHECK(log == std::vector<std::string>{"begin", "42"});
  CHECK(set.size() == 0);
}

TEST_CASE("closing a set cancels, and is done when the last frame has unwound") {
  ManualExecutor executor;
  Gate first(executor), second(executor);
  std::vector<std::string> log;
  TaskSet set;
  set.add(record(first, log));
  set.add(record(second, log));
  bool closed = false;
  set.close([&] { closed = true; });
  CHECK_FALSE(closed);
  executor.run(1);
  CHECK_FALSE(closed);
  executor.run();
  CHECK(closed);
  CHECK(log == std::vector<std::string>{"begin", "begin", "cancelled", "cancelled"});
}

TEST_CASE("a task added to a closed set starts cancelled") {
  ManualExecutor executor;
  Gate gate(executor);
  std::vector<std::string> log;
  TaskSet set;
  bool closed = false;
  set.close([&] { closed = true; });
  CHECK(closed);
  set.add(record(gate, log));
  CHECK(log == std::vector<std::string>{"begin", "cancelled"});
}

TEST_CASE("a set may be deleted by its own end") {
  ManualExecutor executor;
  Gate gate(executor);
  std::vector<std::string> log;
  auto* set = new TaskSet;
  set->add(record(gate, log));
  bool deleted = false;
  set->close([&] {
    delete set;
    deleted = true;
  });
  executor.run();
  CHECK(deleted);
}

TEST_CASE("awaiting is a transfer, not a call: depth and repetition use no stack") {
  int reached = 0;
  int sum = 0;
  TaskSet set;
  set.add(count_down(20'000, reached));
  set.add(many_in_turn(100'000, sum));
  CHECK(reached == 1);
  CHECK(sum == 100'000);
}
