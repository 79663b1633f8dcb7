#include "loop/readable_watch.h"

#include "loop/loop_impl.h"

namespace skerry::loop {

struct ReadableWatch::Box {
  uv_poll_t handle;
  std::move_only_function<void()> fn;
};

Result<std::unique_ptr<ReadableWatch>> ReadableWatch::start(Loop& loop, int descriptor,
                                                            std::move_only_function<void()> fn) {
  auto* box = new Box;
  box->fn = std::move(fn);
  // A file cannot be polled; the handle then never came to be.
  if (int status = uv_poll_init(&loop.impl().uv, &box->handle, descriptor); status != 0) {
    delete box;
    return fail(uv_failure(status, "watch a descriptor"));
  }
  box->handle.data = box;
  auto watch = std::unique_ptr<ReadableWatch>(new ReadableWatch(box));
  int status = uv_poll_start(&box->handle, UV_READABLE, [](uv_poll_t* handle, int, int) {
    static_cast<Box*>(handle->data)->fn();
  });
  if (status != 0) return fail(uv_failure(status, "watch a descriptor"));
  return watch;
}

ReadableWatch::~ReadableWatch() {
  uv_close(reinterpret_cast<uv_handle_t*>(&box_->handle),
           [](uv_handle_t* handle) { delete static_cast<Box*>(handle->data); });
}

}  // namespace skerry::loop
