// Task: a lazy, move-only coroutine that ends in void or a Result. Awaiting one is a symmetric
// transfer. A suspended frame is never destroyed: a Task that was started is awaited to its end, by
// its parent or by the TaskSet that owns it; to end it early, cancel its scope. No detached tasks.
// No V8 handle may be a parameter of one, or live across an await.
#pragma once

#include <coroutine>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "loop/cancel.h"
#include "loop/frame_pool.h"

namespace skerry::loop {

// Specialised to true by the layers that have such types: types that must not be held by a
// suspended coroutine.
template <class T>
inline constexpr bool forbidden_in_task = false;

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<Result<T>> = true;

template <class T = void>
class Task;

// What every Task promise has, for awaitables: the scope it runs under (null: cannot be cancelled).
class TaskPromiseBase {
 public:
  CancelScope* scope() const { return scope_; }
  void set_scope(CancelScope* scope) { scope_ = scope; }
  std::suspend_always initial_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept {
    check_failed("no exceptions in tasks", __FILE__, __LINE__);
  }
  static void* operator new(size_t size) { return take_frame(size); }
  static void operator delete(void* frame, size_t size) { return_frame(frame, size); }

  struct Final {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> frame) noexcept {
      return frame.promise().continuation_;
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {}; }
  void set_continuation(std::coroutine_handle<> frame) { continuation_ = frame; }

 private:
  CancelScope* scope_ = nullptr;
  std::coroutine_handle<> continuation_ = std::noop_coroutine();
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
 public:
  TaskPromise() = default;
  template <class... Args>
  explicit TaskPromise(const Args&...) {
    static_assert((!forbidden_in_task<std::remove_cvref_t<Args>> && ...),
                  "this type must not be a parameter of a Task");
  }
  Task<T> get_return_object();
  template <class U>
    requires std::is_constructible_v<T, U&&>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
 public:
  TaskPromise() = default;
  template <class... Args>
  explicit TaskPromise(const Args&...) {
    static_assert((!forbidden_in_task<std::remove_cvref_t<Args>> && ...),
                  "this type must not be a parameter of a Task");
  }
  Task<void> get_return_object();
  void return_void() {}
  void take() {}
};

template <class T>
class [[nodiscard]] Task {
  static_assert(std::is_void_v<T> || is_result<T>, "a Task gives nothing or a Result");

 public:
  using promise_type = TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task(Task&& other) noexcept
      : frame_(std::exchange(other.frame_, {})), started_(std::exchange(other.started_, false)) {}
  Task& operator=(Task&& other) noexcept {
    Task(std::move(other)).swap(*this);
    return *this;
  }
  ~Task() {
    if (!frame_) return;
    SKERRY_CHECK(!started_ || frame_.done());
    frame_.destroy();
  }

  // co_await: runs it, under the scope of the awaiting task unless it was given one.
  struct Awaiter {
    Task& task;
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent) noexcept {
      promise_type& promise = task.frame_.promise();
      promise.set_continuation(parent);
      if (promise.scope() == nullptr) promise.set_scope(parent.promise().scope());
      task.started_ = true;
      return task.frame_;
    }
    T await_resume() { return task.frame_.promise().take(); }
  };
  Awaiter operator co_await() && noexcept { return Awaiter{*this}; }
  Task with_scope(CancelScope& scope) && {
    frame_.promise().set_scope(&scope);
    return std::move(*this);
  }

 private:
  friend promise_type;
  explicit Task(Handle frame) : frame_(frame) {}
  void swap(Task& other) noexcept {
    std::swap(frame_, other.frame_);
    std::swap(started_, other.started_);
  }
  Handle frame_;
  bool started_ = false;
};

template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

// co_await this_scope(): the CancelScope of the running task, or null.
struct this_scope {
  CancelScope* scope = nullptr;
  bool await_ready() noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) noexcept {
    scope = frame.promise().scope();
    return false;
  }
  CancelScope* await_resume() noexcept { return scope; }
};

// Owns running tasks: of a connection, a request, a server. Must be closed, and be empty, before it
// dies.
class TaskSet {
 public:
  TaskSet() = default;
  TaskSet(const TaskSet&) = delete;
  TaskSet& operator=(const TaskSet&) = delete;
  ~TaskSet() { SKERRY_CHECK(running_ == 0); }

  // Starts the task now: it runs until it first waits. Once the set is closed, the task starts
  // cancelled.
  void add(Task<void> task) {
    ++running_;
    run(this, std::move(task));
  }
  // Cancels what runs; `done` is called once when all have ended, possibly before this returns.
  void close(std::move_only_function<void()> done) {
    done_ = std::move(done);
    scope_.cancel();
    tell_if_empty();
  }
  size_t size() const { return running_; }
  CancelScope& scope() { return scope_; }

 private:
  // The frame around a root task. It begins at once, and frees itself when it ends.
  struct Root {
    struct promise_type {
      explicit promise_type(TaskSet* owner, const Task<void>&) : set(owner) {}
      CancelScope* scope() const { return &set->scope_; }
      Root get_return_object() { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() noexcept {}
      static void* operator new(size_t size) { return take_frame(size); }
      static void operator delete(void* frame, size_t size) { return_frame(frame, size); }
      TaskSet* set;
    };
  };
  static Root run(TaskSet* set, Task<void> task) {
    {
      Task<void> owned = std::move(task);
      co_await std::move(owned);
    }
    // The last thing that is done with the set: `done` may delete it.
    --set->running_;
    set->tell_if_empty();
  }
  void tell_if_empty() {
    if (running_ > 0 || !done_) return;
    auto done = std::exchange(done_, nullptr);
    done();
  }

  CancelScope scope_;
  size_t running_ = 0;
  std::move_only_function<void()> done_;
};

}  // namespace skerry::loop
