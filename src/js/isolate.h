// One V8 isolate with one context of the platform: made from the platform snapshot, with limits,
// ended in order.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "js/env.h"
#include "js/surface.h"
#include "js/v8.h"

namespace skerry::js {

// The platform snapshot embedded in this binary; empty while it is being made. Defined by the
// generated platform_blob.c, or by platform_blob_none.c in the binary that makes it.
std::span<const char> platform_blob();

struct IsolateLimits {
  size_t heap_bytes = 128u << 20;          // V8's heap
  size_t young_bytes = 6u << 20;           // of which a third is in use at a time
  size_t array_buffer_bytes = 128u << 20;  // backing stores, which lie outside it
  size_t headroom_bytes =
      512u << 20;  // granted past the limit, so that the script ends and not the process:
                   // builtins that double a table ask for much before they look
};

// Counts backing stores against a quota; zeroes what it gives. Exhaustion is a RangeError for the
// script.
class BufferAllocator final : public v8::ArrayBuffer::Allocator {
 public:
  explicit BufferAllocator(size_t quota) : quota_(quota) {}
  void* Allocate(size_t length) override;
  void* AllocateUninitialized(size_t length) override { return Allocate(length); }
  void Free(void* data, size_t length) override;
  size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  size_t quota_;
  std::atomic<size_t> used_{0};
};

class Isolate {
 public:
  static std::unique_ptr<Isolate> create(const Surface& surface, const IsolateLimits& limits);
  ~Isolate();
  Isolate(const Isolate&) = delete;
  Isolate& operator=(const Isolate&) = delete;

  // Before the first use on a thread that did not make it: V8 knows the stack of its maker only.
  // The maker has left all scopes.
  void use_on_this_thread();
  Env& env() { return *env_; }
  v8::Isolate* v8() { return isolate_; }
  // True once the heap limit was hit: the isolate must be disposed after this turn.
  bool out_of_memory() const { return out_of_memory_; }
  size_t array_buffer_bytes() const { return allocator_->used(); }

 private:
  Isolate() = default;
  static size_t near_heap_limit(void* data, size_t current, size_t initial);
  std::shared_ptr<BufferAllocator> allocator_;
  v8::Isolate* isolate_ = nullptr;
  std::unique_ptr<Env> env_;
  IsolateLimits limits_;
  bool out_of_memory_ = false;
};

// Makes the platform snapshot: a context with every name of the surface installed lazily.
std::string make_platform_blob(const Surface& surface);

}  // namespace skerry::js
