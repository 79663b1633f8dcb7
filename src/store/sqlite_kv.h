// KV on SQLite: one file per namespace, each owned by one store thread, which takes all waiting
// writes of a file into one transaction (one sync for many writers) and answers them after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/kv.h"

namespace skerry::store {

struct SqliteKvOptions {
  std::string directory;  // made if missing, its parent must be there
  unsigned threads = 2;
  size_t cache_bytes = 64 * 1024 * 1024;  // over all namespaces
  std::function<int64_t()> now_s = {};    // Unix seconds; empty: the system's clock. Any thread.
  uint32_t sweep_interval_ms = 30'000;    // how often expired entries of open files are looked for
  size_t open_files_max = 256;            // over all threads; the longest unused is closed first
  int64_t pages_max = 0;                  // quota of each file in pages of 4 KiB; 0: none
  const char* vfs = nullptr;              // name of a registered SQLite VFS; null: the system's
};

// Since the store was made.
struct KvCounters {
  uint64_t transactions = 0;  // committed ones with writes of callers
  uint64_t writes = 0;        // puts and removes in them
  uint64_t reads = 0;         // keys looked up in files, not in the cache
  uint64_t swept = 0;         // expired entries deleted
};

class SqliteKvStore final : public KvStore {
 public:
  // Errors: the directory cannot be made or used.
  static Result<std::unique_ptr<SqliteKvStore>> create(SqliteKvOptions options);
  // Finishes what is waiting, closes the files, joins the threads. Later calls on namespaces answer
  // Code::closed.
  ~SqliteKvStore() override;

  // Errors: too_large for an id whose file name would be too long.
  Result<std::unique_ptr<KvNamespace>> open(std::string_view namespace_id,
                                            Executor& executor) override;
  KvCounters counters() const;

 private:
  class Core;
  class Namespace;
  explicit SqliteKvStore(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

// "<id>.db" with every byte but letters, digits, - and _ percent-encoded.
std::string kv_file_name(std::string_view namespace_id);

}  // namespace skerry::store
