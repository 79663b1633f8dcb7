#include "loop/loop.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/check.h"
#include "loop/loop_impl.h"
#include "loop/skip_time.h"

namespace skerry::loop {

Error uv_failure(int status, std::string what) {
  Code code = Code::io;
  switch (status) {
    case UV_ECANCELED: code = Code::cancelled; break;
    case UV_ETIMEDOUT: code = Code::timeout; break;
    case UV_ECONNREFUSED:
    case UV_EACCES:
    case UV_EPERM: code = Code::refused; break;
    case UV_EADDRINUSE:
    case UV_EMFILE:
    case UV_ENFILE: code = Code::busy; break;
    case UV_EOF:
    case UV_EPIPE:
    case UV_ECONNRESET: code = Code::closed; break;
    case UV_ENOENT:
    case UV_EAI_NONAME:
    case UV_EAI_NODATA: code = Code::not_found; break;
    case UV_ENOSPC: code = Code::full; break;
    case UV_EINVAL: code = Code::invalid; break;
    default: break;
  }
  char text[160];
  uv_strerror_r(status, text, sizeof text);
  what += ": ";
  what += text;
  return Error(code, std::move(what));
}

void Loop::Impl::run_ready() {
  size_t ran = 0;
  while (!ready.empty() && ran < kReadyPerTurn) {
    std::swap(ready, running);
    for (Ready& item : running) {
      if (item.frame) {
        item.frame.resume();
      } else {
        item.function();
      }
    }
    ran += running.size();
    running.clear();
  }
  if (ready.empty() == idle_active) {
    idle_active = !idle_active;
    // An active idle handle keeps the next poll from waiting.
    if (idle_active) {
      uv_idle_start(&idle, [](uv_idle_t*) {});
    } else {
      uv_idle_stop(&idle);
    }
  }
}

void Loop::Impl::run_hooks() {
  for (size_t i = 0; i < hooks.size(); ++i) {
    if (hooks[i] != nullptr) hooks[i]->on_turn_end();
  }
  std::erase(hooks, nullptr);
}

void Loop::Impl::run_posted() {
  std::vector<std::move_only_function<void()>> batch;
  {
    std::lock_guard lock(posted_lock);
    batch.swap(posted);
  }
  for (auto& fn : batch) fn();
}

void Loop::Impl::run_timers() {
  armed_for_ms = UINT64_MAX;
  firing = true;
  uint64_t now = now_ms();
  uint64_t limit = timers.next_order();
  TimerHeap::Fired fired;
  // Timers added by these callbacks wait for the next turn, so that a zero delay cannot hold the
  // loop.
  while (timers.take_due(now, limit, &fired)) {
    if (fired.callback != nullptr) {
      fired.callback->on_timer();
    } else {
      auto fn = std::move(fired.function);
      fn();
    }
  }
  arm_timer();
  firing = false;
}

void Loop::Impl::arm_timer() {
  if (timers.empty()) return;
  uint64_t next = timers.next_deadline_ms();
  if (next >= armed_for_ms) return;
  armed_for_ms = next;
  // libuv runs a timer of no delay that is started by a timer at once, again and again: hence at
  // least 1 ms then.
  uint64_t now = now_ms();
  uv_timer_start(
      &timer, [](uv_timer_t* handle) { static_cast<Impl*>(handle->data)->run_timers(); },
      std::max<uint64_t>(next > now ? next - now : 0, firing ? 1 : 0), 0);
}

Loop::Loop(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Loop>> Loop::create() {
  std::signal(SIGPIPE, SIG_IGN);
  auto impl = std::make_unique<Impl>();
  Impl* p = impl.get();
  if (int status = uv_loop_init(&p->uv); status != 0) {
    return fail(uv_failure(status, "make an event loop"));
  }
  int status = uv_async_init(
      &p->uv, &p->wake, [](uv_async_t* handle) { static_cast<Impl*>(handle->data)->run_posted(); });
  if (status != 0) {
    uv_loop_close(&p->uv);
    return fail(uv_failure(status, "make an event loop"));
  }
  p->wake_open = true;
  uv_prepare_init(&p->uv, &p->prepare);
  uv_check_init(&p->uv, &p->check);
  uv_idle_init(&p->uv, &p->idle);
  uv_timer_init(&p->uv, &p->timer);
  p->wake.data = p->prepare.data = p->check.data = p->timer.data = p;
  uv_prepare_start(&p->prepare, [](uv_prepare_t* handle) {
    auto* self = static_cast<Impl*>(handle->data);
    self->run_ready();
    self->run_hooks();
  });
  uv_check_start(&p->check,
                 [](uv_check_t* handle) { static_cast<Impl*>(handle->data)->run_ready(); });
  p->read_buffer = std::make_unique_for_overwrite<char[]>(kReadBufferBytes);
  return std::unique_ptr<Loop>(new Loop(std::move(impl)));
}

Loop::~Loop() {
  Impl* p = impl_.get();
  p->computing.reset();
  {
    std::lock_guard lock(p->posted_lock);
    p->wake_open = false;
  }
  // Deferred clean-up (connections, tasks) still runs; it may defer more, but not for ever.
  for (int round = 0; round < 100 && !p->ready.empty(); ++round) p->run_ready();
  for (uv_handle_t* handle :
       {reinterpret_cast<uv_handle_t*>(&p->wake), reinterpret_cast<uv_handle_t*>(&p->prepare),
        reinterpret_cast<uv_handle_t*>(&p->check), reinterpret_cast<uv_handle_t*>(&p->idle),
        reinterpret_cast<uv_handle_t*>(&p->timer)}) {
    uv_close(handle, nullptr);
  }
  p->stopping = false;
  uv_run(&p->uv, UV_RUN_DEFAULT);
  int status = uv_loop_close(&p->uv);
  SKERRY_CHECK(status == 0);
}

void Loop::run() {
  impl_->stopping = false;
  while (!impl_->stopping) uv_run(&impl_->uv, UV_RUN_DEFAULT);
}

void Loop::stop() {
  impl_->stopping = true;
  uv_stop(&impl_->uv);
}

void Loop::turn(Wait wait) {
  uv_run(&impl_->uv, wait == Wait::yes ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

uint64_t Loop::now_ms() const {
  return impl_->now_ms();
}
void Loop::refresh_now() {
  uv_update_time(&impl_->uv);
}

void skip_time(Loop& loop, uint64_t ms) {
  loop.refresh_now();
  loop.impl().skipped_ms += std::min(ms, loop.now_ms());
}

void Loop::post(std::move_only_function<void()> fn) {
  std::lock_guard lock(impl_->posted_lock);
  if (!impl_->wake_open) return;
  impl_->posted.push_back(std::move(fn));
  if (impl_->posted.size() == 1) uv_async_send(&impl_->wake);
}

void Loop::post_stop() {
  post([this] { stop(); });
}

void Loop::compute(std::move_only_function<void()> work) {
  if (!impl_->computing) impl_->computing = std::make_unique<WorkerThread>("compute");
  impl_->computing->post(std::move(work));
}

void Loop::defer(std::move_only_function<void()> fn) {
  impl_->ready.push_back({{}, std::move(fn)});
}

void Loop::resume_later(std::coroutine_handle<> frame) {
  impl_->ready.push_back({frame, {}});
}

TimerId Loop::add_timer(uint64_t delay_ms, TimerCallback* callback) {
  TimerId id = impl_->timers.add(now_ms() + delay_ms, callback, nullptr);
  impl_->arm_timer();
  return id;
}

TimerId Loop::add_timer(uint64_t delay_ms, std::move_only_function<void()> fn) {
  TimerId id = impl_->timers.add(now_ms() + delay_ms, nullptr, std::move(fn));
  impl_->arm_timer();
  return id;
}

bool Loop::cancel_timer(TimerId id) {
  return impl_->timers.cancel(id);
}

void Loop::add_turn_hook(TurnHook* hook) {
  impl_->hooks.push_back(hook);
}

void Loop::remove_turn_hook(TurnHook* hook) {
  // The list may be being walked: leave a hole, which the walk removes.
  std::replace(impl_->hooks.begin(), impl_->hooks.end(), hook, static_cast<TurnHook*>(nullptr));
}

}  // namespace skerry::loop
