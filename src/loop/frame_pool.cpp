#include "loop/frame_pool.h"

#include <cstdint>
#include <cstdlib>

#include "base/check.h"

namespace skerry::loop {

namespace {

constexpr size_t kClassBytes = 64;
constexpr size_t kClasses = 32;  // frames up to 2 KiB; larger ones come from malloc
constexpr uint32_t kKeptPerClass = 128;

struct FreeFrame {
  FreeFrame* next;
};

struct FramePool {
  FreeFrame* free[kClasses] = {};
  uint32_t count[kClasses] = {};
  bool gone = false;
  ~FramePool() {
    gone = true;
    for (FreeFrame*& head : free) {
      while (head != nullptr) {
        FreeFrame* next = head->next;
        std::free(head);
        head = next;
      }
    }
  }
};
thread_local FramePool pool;

size_t class_of(size_t size) {
  return (size - 1) / kClassBytes;
}

}  // namespace

void* take_frame(size_t size) {
  size_t index = class_of(size);
  if (index < kClasses && pool.free[index] != nullptr) {
    FreeFrame* frame = pool.free[index];
    pool.free[index] = frame->next;
    --pool.count[index];
    return frame;
  }
  void* memory = std::malloc(index < kClasses ? (index + 1) * kClassBytes : size);
  SKERRY_CHECK(memory != nullptr);
  return memory;
}

void return_frame(void* frame, size_t size) {
  size_t index = class_of(size);
  if (index >= kClasses || pool.gone || pool.count[index] >= kKeptPerClass) {
    std::free(frame);
    return;
  }
  auto* head = static_cast<FreeFrame*>(frame);
  head->next = pool.free[index];
  pool.free[index] = head;
  ++pool.count[index];
}

}  // namespace skerry::loop
