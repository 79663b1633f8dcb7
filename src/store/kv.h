// KV as bytes: the interface that bindings know. SQLite (sqlite_kv.h) and memory (memory_kv.h)
// stand behind it and pass the same contract test. Limits of the platform:
// https://developers.cloudflare.com/kv/platform/limits/
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "store/executor.h"

namespace skerry::store {

inline constexpr size_t kv_key_bytes_max = 512;
inline constexpr size_t kv_value_bytes_max = 25 * 1024 * 1024;
inline constexpr size_t kv_metadata_bytes_max = 1024;
inline constexpr size_t kv_list_limit_max = 1000;
inline constexpr size_t kv_get_many_keys_max = 100;

// Never changes once made, so cache and callers on any thread share it without a copy.
struct KvValue {
  Bytes data;
  std::string metadata_json;  // empty: none
  int64_t expires_at_s = 0;   // Unix seconds; 0: never
};
using KvValuePtr = std::shared_ptr<const KvValue>;  // null: no such key, or expired

struct KvListOptions {
  std::string prefix = {};
  std::string cursor = {};  // of the page before this one; empty: from the start
  size_t limit = kv_list_limit_max;
};
struct KvListedKey {
  std::string name;
  std::string metadata_json;
  int64_t expires_at_s = 0;
};
struct KvPage {
  std::vector<KvListedKey> keys;  // in byte order
  bool list_complete = true;
  std::string cursor;  // base64url; empty if complete
};
struct KvPutOptions {
  std::string metadata_json = {};
  int64_t expires_at_s = 0;  // absolute; the 60 s minimum is checked above this layer
};

template <class T>
using KvDone = std::move_only_function<void(Result<T>)>;

// One namespace as one caller sees it; use it on that caller's thread. Each `done` runs exactly
// once, on the executor and never inside the call that took it, even if the KvNamespace or the
// store is gone by then. A put or remove is answered when it is durable, in the order given; a read
// answered later by this process sees it, and no read shows what is not durable. Writes of one
// batch fail together; after an error of Code::io the write may still show up. Errors: invalid,
// too_large (limits above), busy (too much is waiting: retry), full, corrupt, unsupported (the file
// is of another version), io, closed (the store has shut down).
class KvNamespace {
 public:
  virtual ~KvNamespace() = default;
  // What memory knows, without waiting: nothing = unknown (call get), null inside = there is no
  // such key. May be older than a put that has not been answered yet.
  virtual std::optional<KvValuePtr> get_cached(std::string_view key) = 0;
  virtual void get(std::string key, KvDone<KvValuePtr> done) = 0;
  // One entry for each key, in their order.
  virtual void get_many(std::vector<std::string> keys, KvDone<std::vector<KvValuePtr>> done) = 0;
  virtual void list(KvListOptions options, KvDone<KvPage> done) = 0;
  virtual void put(std::string key, Bytes value, KvPutOptions options, KvDone<void> done) = 0;
  // Removing what is not there succeeds.
  virtual void remove(std::string key, KvDone<void> done) = 0;
};

class KvStore {
 public:
  virtual ~KvStore() = default;
  // Never waits for the disk: what is wrong with a file is told to the first operation. Any thread.
  virtual Result<std::unique_ptr<KvNamespace>> open(std::string_view namespace_id,
                                                    Executor& executor) = 0;
};

}  // namespace skerry::store
