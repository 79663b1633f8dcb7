// A descriptor that is read by somebody else, watched for having something to read: a terminal.
#pragma once

#include <functional>
#include <memory>

#include "base/error.h"
#include "loop/loop.h"

namespace skerry::loop {

class ReadableWatch {
 public:
  // Calls `fn` on the loop's thread while there is something to read, or the end of it, until
  // destroyed; `fn` may destroy the watch. The descriptor stays the caller's and becomes
  // non-blocking.
  static Result<std::unique_ptr<ReadableWatch>> start(Loop& loop, int descriptor,
                                                      std::move_only_function<void()> fn);
  ~ReadableWatch();
  ReadableWatch(const ReadableWatch&) = delete;
  ReadableWatch& operator=(const ReadableWatch&) = delete;
  struct Box;

 private:
  explicit ReadableWatch(Box* box) : box_(box) {}
  Box* box_;
};

}  // namespace skerry::loop
