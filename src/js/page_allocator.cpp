#include "js/page_allocator.h"

#include <sys/mman.h>
#include <unistd.h>

#include <bit>

namespace skerry::js {

namespace {

int protection_of(v8::PageAllocator::Permission permission) {
  using Permission = v8::PageAllocator::Permission;
  switch (permission) {
    case Permission::kRead: return PROT_READ;
    case Permission::kReadWrite: return PROT_READ | PROT_WRITE;
    case Permission::kReadWriteExecute: return PROT_READ | PROT_WRITE | PROT_EXEC;
    case Permission::kReadExecute: return PROT_READ | PROT_EXEC;
    case Permission::kNoAccess:
    case Permission::kNoAccessWillJitLater: break;
  }
  return PROT_NONE;
}

constexpr int kMapFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

}  // namespace

ArenaPageAllocator::ArenaPageAllocator() : page_size_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
  // A reservation that fails (a container with a small address-space limit) leaves plain mappings
  // for everything.
  void* reserved = mmap(nullptr, kArenaSize + kChunk, PROT_NONE, kMapFlags, -1, 0);
  if (reserved == MAP_FAILED) return;
  uintptr_t start = (reinterpret_cast<uintptr_t>(reserved) + kChunk - 1) / kChunk * kChunk;
  arena_ = reinterpret_cast<char*>(start);
  used_.resize(kChunks / 64);
}

ArenaPageAllocator::~ArenaPageAllocator() {
  if (arena_ != nullptr) munmap(arena_, kArenaSize);
}

void ArenaPageAllocator::SetRandomMmapSeed(int64_t) {}

bool ArenaPageAllocator::in_arena(const void* address) const {
  const char* at = static_cast<const char*>(address);
  return arena_ != nullptr && at >= arena_ && at < arena_ + kArenaSize;
}

void* ArenaPageAllocator::take_chunks(size_t count) {
  std::lock_guard lock(mutex_);
  // First fit, within one word: runs are at most four chunks long.
  const uint64_t run = (uint64_t{1} << count) - 1;
  for (size_t word = next_word_; word < used_.size(); ++word) {
    if (used_[word] == ~uint64_t{0}) {
      if (word == next_word_) ++next_word_;
      continue;
    }
    for (size_t bit = static_cast<size_t>(std::countr_one(used_[word])); bit + count <= 64; ++bit) {
      if ((used_[word] & (run << bit)) != 0) continue;
      used_[word] |= run << bit;
      return arena_ + (word * 64 + bit) * kChunk;
    }
  }
  return nullptr;
}

void* ArenaPageAllocator::AllocatePages(void* hint, size_t length, size_t alignment,
                                        Permission permissions) {
  if (hint == nullptr && arena_ != nullptr && length <= kArenaRequestMax && alignment <= kChunk) {
    size_t count = (length + kChunk - 1) / kChunk;
    void* taken = take_chunks(count);
    if (taken != nullptr) {
      // Whole chunks get the permission: a rest that has another would be a mapping of its own.
      int protection = protection_of(permissions);
      if (protection == PROT_NONE || mprotect(taken, count * kChunk, protection) == 0) return taken;
      FreePages(taken, length);
      return nullptr;
    }
  }
  bool reservation = permissions == kNoAccess || permissions == kNoAccessWillJitLater;
  if (reservation) {
    std::lock_guard lock(mutex_);
    if (reservations_.size() >= kReservationsMax) return nullptr;
  }
  size_t padded = alignment > page_size_ ? length + alignment - page_size_ : length;
  void* mapped = mmap(hint, padded, protection_of(permissions), kMapFlags, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  uintptr_t start = reinterpret_cast<uintptr_t>(mapped);
  uintptr_t aligned = (start + alignment - 1) / alignment * alignment;
  if (aligned != start) munmap(mapped, aligned - start);
  uintptr_t end = start + padded;
  if (end != aligned + length)
    munmap(reinterpret_cast<void*>(aligned + length), end - aligned - length);
  if (reservation) {
    std::lock_guard lock(mutex_);
    reservations_.insert(reinterpret_cast<void*>(aligned));
  }
  return reinterpret_cast<void*>(aligned);
}

bool ArenaPageAllocator::FreePages(void* address, size_t length) {
  if (!in_arena(address)) {
    std::lock_guard lock(mutex_);
    reservations_.erase(address);
    return munmap(address, length) == 0;
  }
  // A fresh mapping gives the memory back and forgets permissions, in one call, and merges with its
  // neighbours.
  size_t count = (length + kChunk - 1) / kChunk;
  if (mmap(address, count * kChunk, PROT_NONE, kMapFlags | MAP_FIXED, -1, 0) == MAP_FAILED)
    return false;
  std::lock_guard lock(mutex_);
  size_t first = static_cast<size_t>(static_cast<char*>(address) - arena_) / kChunk;
  for (size_t i = first; i < first + count; ++i) used_[i / 64] &= ~(uint64_t{1} << (i % 64));
  next_word_ = std::min(next_word_, first / 64);
  return true;
}

bool ArenaPageAllocator::ReleasePages(void* address, size_t length, size_t new_length) {
  char* tail = static_cast<char*>(address) + new_length;
  if (!in_arena(address)) return munmap(tail, length - new_length) == 0;
  // Whole chunks go back. The rest of a partial one loses its memory but not its permission, so
  // that it stays in the mapping of its neighbours: V8 shrinks two pages of every isolate.
  size_t keep = (new_length + kChunk - 1) / kChunk;
  size_t had = (length + kChunk - 1) / kChunk;
  char* whole = static_cast<char*>(address) + keep * kChunk;
  if (tail < whole && madvise(tail, static_cast<size_t>(whole - tail), MADV_DONTNEED) != 0)
    return false;
  if (had > keep &&
      mmap(whole, (had - keep) * kChunk, PROT_NONE, kMapFlags | MAP_FIXED, -1, 0) == MAP_FAILED)
    return false;
  std::lock_guard lock(mutex_);
  size_t first = static_cast<size_t>(static_cast<char*>(address) - arena_) / kChunk;
  for (size_t i = first + keep; i < first + had; ++i) used_[i / 64] &= ~(uint64_t{1} << (i % 64));
  next_word_ = std::min(next_word_, (first + keep) / 64);
  return true;
}

bool ArenaPageAllocator::SetPermissions(void* address, size_t length, Permission permissions) {
  return mprotect(address, length, protection_of(permissions)) == 0;
}

bool ArenaPageAllocator::RecommitPages(void* address, size_t length, Permission permissions) {
  return SetPermissions(address, length, permissions);
}

bool ArenaPageAllocator::DiscardSystemPages(void* address, size_t size) {
  return madvise(address, size, MADV_DONTNEED) == 0;
}

bool ArenaPageAllocator::DecommitPages(void* address, size_t size) {
  return mmap(address, size, PROT_NONE, kMapFlags | MAP_FIXED, -1, 0) != MAP_FAILED;
}

bool ArenaPageAllocator::SealPages(void*, size_t) {
  return false;
}

}  // namespace skerry::js
