#include "loop/signals.h"

#include "loop/loop_impl.h"

namespace skerry::loop {

struct SignalWatch::Box {
  uv_signal_t handle;
  std::move_only_function<void()> fn;
};

Result<std::unique_ptr<SignalWatch>> SignalWatch::start(Loop& loop, int signal_number,
                                                        std::move_only_function<void()> fn) {
  auto* box = new Box;
  box->fn = std::move(fn);
  uv_signal_init(&loop.impl().uv, &box->handle);
  box->handle.data = box;
  auto watch = std::unique_ptr<SignalWatch>(new SignalWatch(box));
  int status = uv_signal_start(
      &box->handle, [](uv_signal_t* handle, int) { static_cast<Box*>(handle->data)->fn(); },
      signal_number);
  if (status != 0) return fail(uv_failure(status, "watch a signal"));
  return watch;
}

SignalWatch::~SignalWatch() {
  uv_close(reinterpret_cast<uv_handle_t*>(&box_->handle),
           [](uv_handle_t* handle) { delete static_cast<Box*>(handle->data); });
}

}  // namespace skerry::loop
