#include "js/platform.h"

#include <time.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <libplatform/libplatform.h>
#pragma clang diagnostic pop

#include "js/env.h"
#include "js/page_allocator.h"

namespace skerry::js {

namespace {

// Everything is V8's default platform but pages and the clock.
class Platform final : public v8::Platform {
 public:
  Platform() : inner_(v8::platform::NewDefaultPlatform(kWorkerThreads)) {}

  v8::PageAllocator* GetPageAllocator() override { return &pages_; }
  void OnCriticalMemoryPressure() override { inner_->OnCriticalMemoryPressure(); }
  int NumberOfWorkerThreads() override { return inner_->NumberOfWorkerThreads(); }
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate,
                                                          v8::TaskPriority priority) override {
    return inner_->GetForegroundTaskRunner(isolate, priority);
  }
  bool IdleTasksEnabled(v8::Isolate* isolate) override { return inner_->IdleTasksEnabled(isolate); }
  double MonotonicallyIncreasingTime() override { return inner_->MonotonicallyIncreasingTime(); }
  double CurrentClockTimeMillis() override {
    const Env* env = Env::running();
    return env != nullptr ? env->now_ms() : wall_clock_ms();
  }
  v8::TracingController* GetTracingController() override { return inner_->GetTracingController(); }
  v8::Platform* inner() { return inner_.get(); }

 protected:
  std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority priority,
                                               std::unique_ptr<v8::JobTask> task,
                                               const v8::SourceLocation& location) override {
    return inner_->CreateJob(priority, std::move(task), location);
  }
  void PostTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                  const v8::SourceLocation& location) override {
    inner_->PostTaskOnWorkerThread(priority, std::move(task), location);
  }
  void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                         double delay_in_seconds,
                                         const v8::SourceLocation& location) override {
    inner_->PostDelayedTaskOnWorkerThread(priority, std::move(task), delay_in_seconds, location);
  }

 private:
  static constexpr int kWorkerThreads =
      2;  // GC helpers and compilers; the loops are our own threads
  ArenaPageAllocator pages_;
  std::unique_ptr<v8::Platform> inner_;
};

Platform* platform = nullptr;

}  // namespace

const char* v8_flags() {
  // --no-turboshaft-loop-unrolling: unrolled loops lose their stack check and cannot be terminated.
  // Not --js-base-64: this version's toBase64() and toHex() forget where a view begins.
  // --no-parallel-scavenge: a young generation of 1 MiB is collected before helpers have woken.
  return "--no-turboshaft-loop-unrolling --no-parallel-scavenge";
}

void start_v8() {
  if (platform != nullptr) return;
  v8::V8::SetFlagsFromString(v8_flags());
  // Lives as long as the process: worker threads may still run while static destructors do.
  platform = new Platform();
  v8::V8::InitializePlatform(platform);
  v8::V8::Initialize();
}

bool pump_platform_tasks(v8::Isolate* isolate) {
  bool any = false;
  while (v8::platform::PumpMessageLoop(platform->inner(), isolate)) any = true;
  return any;
}

void isolate_is_going(v8::Isolate* isolate) {
  v8::platform::NotifyIsolateShutdown(platform->inner(), isolate);
}

double wall_clock_ms() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) * 1000 + static_cast<double>(now.tv_nsec / 1000000);
}

}  // namespace skerry::js
