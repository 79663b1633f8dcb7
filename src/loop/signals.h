// Signals as events of a loop.
#pragma once

#include <functional>
#include <memory>

#include "base/error.h"
#include "loop/loop.h"

namespace skerry::loop {

class SignalWatch {
 public:
  // Calls `fn` on the loop's thread each time `signal_number` arrives, until destroyed.
  static Result<std::unique_ptr<SignalWatch>> start(Loop& loop, int signal_number,
                                                    std::move_only_function<void()> fn);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  struct Box;

 private:
  explicit SignalWatch(Box* box) : box_(box) {}
  Box* box_;
};

}  // namespace skerry::loop
