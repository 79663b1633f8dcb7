// The libuv side of Loop, for the files of this folder only.
#pragma once

#include <uv.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "loop/loop.h"
#include "loop/worker_thread.h"

namespace skerry::loop {

// The buffer that all streams of a loop read into: 64 KiB, the most one read takes.
inline constexpr size_t kReadBufferBytes = 64 * 1024;
// Coroutines and deferred functions that run between two polls, at most.
inline constexpr size_t kReadyPerTurn = 2048;

struct Loop::Impl {
  uv_loop_t uv;
  uv_async_t wake;
  uv_prepare_t prepare;
  uv_check_t check;
  uv_idle_t idle;
  uv_timer_t timer;
  bool idle_active = false;
  bool stopping = false;
  bool firing = false;
  uint64_t skipped_ms = 0;
  uint64_t armed_for_ms = UINT64_MAX;
  TimerHeap timers;

  struct Ready {
    std::coroutine_handle<> frame;
    std::move_only_function<void()> function;
  };
  std::vector<Ready> ready;
  std::vector<Ready> running;
  std::vector<TurnHook*> hooks;

  std::mutex posted_lock;
  std::vector<std::move_only_function<void()>> posted;
  bool wake_open = false;

  std::unique_ptr<char[]> read_buffer;
  std::unique_ptr<WorkerThread> computing;  // made on first use

  uint64_t now_ms() const { return uv_now(&uv) - skipped_ms; }
  void run_ready();
  void run_hooks();
  void run_posted();
  void run_timers();
  void arm_timer();
};

// The Error for a negative libuv result, with what was being done: "listen on 127.0.0.1:80:
// permission denied".
Error uv_failure(int status, std::string what);

}  // namespace skerry::loop
