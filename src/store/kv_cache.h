// Values of KV namespaces in memory, with a byte budget over all of them; the least recently used
// go first. Any thread; a hit takes one uncontended lock and no allocation. Why no stale value can
// stay: all reads that fill it and all writes that update it, for one namespace, are made by the
// one store thread that owns the namespace, in the order of its operations. Other threads only
// look.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/kv.h"

namespace skerry::store {

class KvCache {
 public:
  // `hash_key` is random, so that a tenant cannot choose keys that collide.
  KvCache(size_t budget_bytes, std::array<uint64_t, 2> hash_key);
  KvCache(const KvCache&) = delete;
  KvCache& operator=(const KvCache&) = delete;
  ~KvCache();

  // Nothing = not known; null inside = known to be absent. Does not look at expiry.
  std::optional<KvValuePtr> find(uint32_t space, std::string_view key);
  // Values larger than half a shard are not kept: what was known of the key is forgotten.
  void set(uint32_t space, std::string_view key, KvValuePtr value);
  void erase(uint32_t space, std::string_view key);

  // Bytes held, by the same estimate that the budget is kept with.
  size_t bytes() const;

 private:
  static constexpr size_t shard_count = 8;
  struct Entry;
  struct Name {
    uint64_t hash;
    uint32_t space;
    std::string_view key;  // lies in the entry, or in the caller's memory for a look-up
    bool operator==(const Name& other) const {
      return hash == other.hash && space == other.space && key == other.key;
    }
  };
  struct HashOf {
    size_t operator()(const Name& name) const { return name.hash; }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Name, std::unique_ptr<Entry>, HashOf> entries;
    Entry* newest = nullptr;
    Entry* oldest = nullptr;
    size_t bytes = 0;
  };

  Name name_of(uint32_t space, std::string_view key) const;
  Shard& shard_of(const Name& name) { return shards_[name.hash >> 61]; }
  static void unlink(Shard& shard, Entry* entry);
  static void push_newest(Shard& shard, Entry* entry);
  static void drop(Shard& shard, Entry* entry);

  std::array<uint64_t, 2> hash_key_;
  size_t shard_budget_bytes_;
  std::array<Shard, shard_count> shards_;
};

}  // namespace skerry::store
