#include "js/isolate.h"

#include <cstdlib>

#include "base/check.h"
#include "js/platform.h"

namespace skerry::js {

void* BufferAllocator::Allocate(size_t length) {
  if (used_.fetch_add(length, std::memory_order_relaxed) + length > quota_) {
    used_.fetch_sub(length, std::memory_order_relaxed);
    return nullptr;
  }
  void* data = std::calloc(length == 0 ? 1 : length, 1);
  if (data == nullptr) used_.fetch_sub(length, std::memory_order_relaxed);
  return data;
}

void BufferAllocator::Free(void* data, size_t length) {
  used_.fetch_sub(length, std::memory_order_relaxed);
  std::free(data);
}

size_t Isolate::near_heap_limit(void* data, size_t current, size_t) {
  Isolate* self = static_cast<Isolate*>(data);
  // Returning the same limit would abort the process. The headroom lets the script unwind; the
  // isolate is then done.
  if (!self->out_of_memory_) {
    self->out_of_memory_ = true;
    self->isolate_->TerminateExecution();
    return current + self->limits_.headroom_bytes;
  }
  self->isolate_->TerminateExecution();
  return current + self->limits_.headroom_bytes / 4;
}

std::unique_ptr<Isolate> Isolate::create(const Surface& surface, const IsolateLimits& limits) {
  std::unique_ptr<Isolate> made(new Isolate());
  made->limits_ = limits;
  made->allocator_ = std::make_shared<BufferAllocator>(limits.array_buffer_bytes);
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator_shared = made->allocator_;
  params.external_references = surface.external_references();
  params.constraints.ConfigureDefaultsFromHeapSize(0, limits.heap_bytes);
  // Requests leave short-lived garbage: a small young generation keeps it in the cache and memory
  // low.
  params.constraints.set_max_young_generation_size_in_bytes(limits.young_bytes);
  std::span<const char> blob = platform_blob();
  // V8 keeps the pointer to this description, not a copy.
  static v8::StartupData startup{blob.data(), static_cast<int>(blob.size())};
  if (!blob.empty()) params.snapshot_blob = &startup;
  v8::Isolate* isolate = v8::Isolate::New(params);
  SKERRY_CHECK(isolate != nullptr);
  made->isolate_ = isolate;
  made->env_ = std::make_unique<Env>(isolate, surface);
  isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  // A wait would stop the loop for every tenant, and use no CPU that the watchdog could see.
  isolate->SetAllowAtomicsWait(false);
  isolate->SetCaptureStackTraceForUncaughtExceptions(true, 16);
  isolate->AddNearHeapLimitCallback(near_heap_limit, made.get());
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope handle_scope(isolate);
  v8::Local<v8::Context> context = v8::Context::New(isolate);
  SKERRY_CHECK(!context.IsEmpty());
  made->env_->set_context(context);
  // Nobody to share with, and a shared counter would be a clock that is not frozen.
  context->Global()->Delete(context, made->env_->name("SharedArrayBuffer")).Check();
  if (blob.empty()) {
    v8::Context::Scope context_scope(context);
    surface.install(isolate, context);
  }
  return made;
}

void Isolate::use_on_this_thread() {
  // As V8 itself does: below the frame that asks, less than the 1 MiB that every thread has.
  constexpr uintptr_t kStackBytes = 960 * 1024;
  isolate_->SetStackLimit(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - kStackBytes);
}

Isolate::~Isolate() {
  isolate_->CancelTerminateExecution();
  isolate_is_going(isolate_);
  {
    v8::Isolate::Scope scope(isolate_);
    env_.reset();
  }
  isolate_->Dispose();
}

std::string make_platform_blob(const Surface& surface) {
  v8::SnapshotCreator creator(surface.external_references());
  v8::Isolate* isolate = creator.GetIsolate();
  {
    Env env(isolate, surface);
    {
      v8::HandleScope handle_scope(isolate);
      v8::Local<v8::Context> context = v8::Context::New(isolate);
      v8::Context::Scope context_scope(context);
      surface.install(isolate, context);
      creator.SetDefaultContext(context);
    }
  }
  v8::StartupData data = creator.CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kClear);
  std::string blob(data.data, static_cast<size_t>(data.raw_size));
  delete[] data.data;
  return blob;
}

}  // namespace skerry::js
