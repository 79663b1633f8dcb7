// Asking work to end. Cancelling sets a flag and tells the leaves that wait inside the scope; each
// answers in its own way, at once or when libuv gives its request back, and the frames above unwind
// by early return. Loop thread only.
#pragma once

namespace skerry::loop {

class CancelScope;

// Something that waits and can be asked to stop waiting. Registered while it waits; leaves the
// scope when destroyed.
class CancelHook {
 public:
  CancelHook() = default;
  CancelHook(const CancelHook&) = delete;
  CancelHook& operator=(const CancelHook&) = delete;
  // Called at most once, after the hook was taken off the scope. Must not resume a coroutine: queue
  // it.
  virtual void on_cancel() = 0;
  void leave_scope() {
    if (next_ == nullptr) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }

 protected:
  ~CancelHook() { leave_scope(); }

 private:
  friend class CancelScope;
  CancelHook* next_ = nullptr;
  CancelHook* previous_ = nullptr;
};

class CancelScope {
 public:
  CancelScope() { anchor_.next_ = anchor_.previous_ = &anchor_; }
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;
  ~CancelScope() {
    while (anchor_.next_ != &anchor_) anchor_.next_->leave_scope();
  }

  bool is_cancelled() const { return cancelled_; }
  void cancel() {
    cancelled_ = true;
    while (anchor_.next_ != &anchor_) {
      CancelHook* hook = anchor_.next_;
      hook->leave_scope();
      hook->on_cancel();
    }
  }
  void add(CancelHook& hook) {
    hook.next_ = &anchor_;
    hook.previous_ = anchor_.previous_;
    anchor_.previous_->next_ = &hook;
    anchor_.previous_ = &hook;
  }

 private:
  struct Anchor final : CancelHook {
    void on_cancel() override {}
  };
  Anchor anchor_;
  bool cancelled_ = false;
};

}  // namespace skerry::loop
