#include "store/kv_cache.h"

#include <bit>
#include <cstring>
#include <utility>
#include <vector>

namespace skerry::store {
namespace {

// What an entry costs besides key and value: itself, its hash node, the value's block.
constexpr size_t entry_overhead_bytes = 256;

void sip_round(uint64_t& a, uint64_t& b, uint64_t& c, uint64_t& d) {
  a += b;
  b = std::rotl(b, 13) ^ a;
  a = std::rotl(a, 32);
  c += d;
  d = std::rotl(d, 16) ^ c;
  a += d;
  d = std::rotl(d, 21) ^ a;
  c += b;
  b = std::rotl(b, 17) ^ c;
  c = std::rotl(c, 32);
}

// SipHash-1-3, https://www.aumasson.jp/siphash/siphash.pdf: one round a word, three at the end.
uint64_t sip_hash(uint64_t key0, uint64_t key1, std::string_view text) {
  uint64_t a = key0 ^ 0x736f6d6570736575U;
  uint64_t b = key1 ^ 0x646f72616e646f6dU;
  uint64_t c = key0 ^ 0x6c7967656e657261U;
  uint64_t d = key1 ^ 0x7465646279746573U;
  const size_t whole = text.size() & ~size_t{7};
  for (size_t at = 0; at < whole; at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    d ^= word;
    sip_round(a, b, c, d);
    a ^= word;
  }
  uint64_t last = static_cast<uint64_t>(text.size()) << 56;
  for (size_t at = whole; at < text.size(); ++at) {
    last |= static_cast<uint64_t>(static_cast<uint8_t>(text[at])) << (8 * (at - whole));
  }
  d ^= last;
  sip_round(a, b, c, d);
  a ^= last;
  c ^= 0xff;
  for (int i = 0; i < 3; ++i) sip_round(a, b, c, d);
  return a ^ b ^ c ^ d;
}

}  // namespace

struct KvCache::Entry {
  std::string key;
  KvValuePtr value;
  Name name;
  Entry* newer = nullptr;
  Entry* older = nullptr;
  size_t bytes = 0;
};

KvCache::KvCache(size_t budget_bytes, std::array<uint64_t, 2> hash_key)
    : hash_key_(hash_key), shard_budget_bytes_(budget_bytes / shard_count) {}

KvCache::~KvCache() = default;

KvCache::Name KvCache::name_of(uint32_t space, std::string_view key) const {
  return {sip_hash(hash_key_[0] ^ space, hash_key_[1], key), space, key};
}

void KvCache::unlink(Shard& shard, Entry* entry) {
  (entry->newer != nullptr ? entry->newer->older : shard.newest) = entry->older;
  (entry->older != nullptr ? entry->older->newer : shard.oldest) = entry->newer;
}

void KvCache::push_newest(Shard& shard, Entry* entry) {
  entry->newer = nullptr;
  entry->older = shard.newest;
  (shard.newest != nullptr ? shard.newest->newer : shard.oldest) = entry;
  shard.newest = entry;
}

void KvCache::drop(Shard& shard, Entry* entry) {
  shard.bytes -= entry->bytes;
  unlink(shard, entry);
  const Name name =
      entry->name;  // its key lies in the entry, which lives until erase is done with it
  shard.entries.erase(shard.entries.find(name));
}

std::optional<KvValuePtr> KvCache::find(uint32_t space, std::string_view key) {
  const Name name = name_of(space, key);
  Shard& shard = shard_of(name);
  std::lock_guard lock(shard.mutex);
  const auto at = shard.entries.find(name);
  if (at == shard.entries.end()) return std::nullopt;
  Entry* entry = at->second.get();
  if (entry != shard.newest) {
    unlink(shard, entry);
    push_newest(shard, entry);
  }
  return entry->value;
}

void KvCache::set(uint32_t space, std::string_view key, KvValuePtr value) {
  const Name name = name_of(space, key);
  Shard& shard = shard_of(name);
  const size_t bytes = entry_overhead_bytes + key.size() +
                       (value ? value->data.size() + value->metadata_json.size() : 0);
  // What falls out is freed after the lock: unmapping a large value takes time.
  std::vector<KvValuePtr> old_values;
  std::lock_guard lock(shard.mutex);
  const auto at = shard.entries.find(name);
  if (bytes > shard_budget_bytes_ / 2) {
    if (at != shard.entries.end()) drop(shard, at->second.get());
    return;
  }
  Entry* entry;
  if (at != shard.entries.end()) {
    entry = at->second.get();
    shard.bytes -= entry->bytes;
    unlink(shard, entry);
    old_values.push_back(std::exchange(entry->value, std::move(value)));
  } else {
    auto made = std::make_unique<Entry>();
    entry = made.get();
    entry->key = key;
    entry->value = std::move(value);
    entry->name = {name.hash, space, entry->key};
    shard.entries.emplace(entry->name, std::move(made));
  }
  entry->bytes = bytes;
  shard.bytes += bytes;
  push_newest(shard, entry);
  while (shard.bytes > shard_budget_bytes_ && shard.oldest != entry) {
    old_values.push_back(std::move(shard.oldest->value));
    drop(shard, shard.oldest);
  }
}

void KvCache::erase(uint32_t space, std::string_view key) {
  const Name name = name_of(space, key);
  Shard& shard = shard_of(name);
  std::lock_guard lock(shard.mutex);
  const auto at = shard.entries.find(name);
  if (at != shard.entries.end()) drop(shard, at->second.get());
}

size_t KvCache::bytes() const {
  size_t sum = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    sum += shard.bytes;
  }
  return sum;
}

}  // namespace skerry::store
