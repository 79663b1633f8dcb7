// V8's page allocator: small requests are carved from one large reservation, so that neighbouring
// pages of one permission share a kernel mapping (2 mappings an isolate, its code range, not 8;
// vm.max_map_count bounds a process). Large ones go to the kernel. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "js/v8.h"

namespace skerry::js {

class ArenaPageAllocator final : public v8::PageAllocator {
 public:
  ArenaPageAllocator();
  ~ArenaPageAllocator() override;

  size_t AllocatePageSize() override { return page_size_; }
  size_t CommitPageSize() override { return page_size_; }
  void SetRandomMmapSeed(int64_t seed) override;
  void* GetRandomMmapAddr() override { return nullptr; }
  void* AllocatePages(void* hint, size_t length, size_t alignment, Permission permissions) override;
  bool FreePages(void* address, size_t length) override;
  bool ReleasePages(void* address, size_t length, size_t new_length) override;
  bool SetPermissions(void* address, size_t length, Permission permissions) override;
  bool RecommitPages(void* address, size_t length, Permission permissions) override;
  bool DiscardSystemPages(void* address, size_t size) override;
  bool DecommitPages(void* address, size_t size) override;
  bool SealPages(void* address, size_t length) override;

 private:
  static constexpr size_t kChunk = 256 * 1024;        // V8's page: what almost every request is
  static constexpr size_t kArenaSize = 256ull << 30;  // address space only
  static constexpr size_t kArenaRequestMax =
      4 * kChunk;  // larger ones are rare and may cost a mapping
  static constexpr size_t kChunks = kArenaSize / kChunk;

  // Reservations that pages are committed in later: an isolate's code range, but also each
  // resizable buffer and each WebAssembly memory of a script. Bounded, since each is a kernel
  // mapping and running out of those ends the process.
  static constexpr size_t kReservationsMax = 16 * 1024;

  bool in_arena(const void* address) const;
  void* take_chunks(size_t count);

  size_t page_size_;
  char* arena_ = nullptr;
  std::mutex mutex_;
  std::vector<uint64_t> used_;  // one bit a chunk
  std::unordered_set<void*> reservations_;
  size_t next_word_ = 0;  // no free chunk below
};

}  // namespace skerry::js
