// The store thread behind sqlite_kv.h: queues, batches, group commit. Internal to src/store.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "store/kv.h"
#include "store/kv_cache.h"
#include "store/kv_rules.h"
#include "store/sqlite_kv_file.h"

namespace skerry::store {

struct KvWriteOp {
  std::string key;
  KvValuePtr value;  // null: remove
  KvDone<void> done;
};
struct KvGetOp {
  std::string key;
  KvDone<KvValuePtr> done;
};
struct KvGetManyOp {
  std::vector<std::string> keys;
  KvDone<std::vector<KvValuePtr>> done;
};
struct KvListOp {
  KvRange range;
  size_t limit;
  KvDone<KvPage> done;
};
struct KvOp {
  Executor* executor;
  std::variant<KvWriteOp, KvGetOp, KvGetManyOp, KvListOp> what;
};

// Runs `done` with `result` on the executor, later.
template <class T>
void kv_answer(Executor& executor, KvDone<T> done, Result<T> result) {
  executor.post(
      [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
}
// Answers an operation that cannot be done.
void kv_refuse(KvOp op, const Error& error);

// Answers of one batch: one post for each executor, so that a loop wakes once.
class KvOutbox {
 public:
  template <class T>
  void add(Executor& executor, KvDone<T> done, Result<T> result) {
    jobs_for(executor).push_back([done = std::move(done), result = std::move(result)]() mutable {
      done(std::move(result));
    });
  }
  void send();

 private:
  using Job = std::move_only_function<void()>;
  std::vector<Job>& jobs_for(Executor& executor);
  std::vector<std::pair<Executor*, std::vector<Job>>> jobs_;
};

struct KvWorkerCounters {
  std::atomic<uint64_t> transactions{0}, writes{0}, reads{0}, swept{0};
};

// What the workers of one store share; outlives them.
struct KvWorkerSetup {
  std::function<int64_t()> now_s;
  std::chrono::milliseconds sweep_interval;
  size_t open_files_max;  // of each worker
  int64_t pages_max;
  std::string vfs;
  KvCache* cache;
  KvWorkerCounters* counters;
  std::atomic<uint32_t>* next_space;
};

// One namespace. Lives as long as its store.
struct KvFileState {
  KvFileState(std::string file_path, uint32_t first_space)
      : path(std::move(file_path)), space(first_space) {}

  const std::string path;
  std::atomic<uint32_t> space;  // its number in the cache; a new one forgets all that is cached

  // Guarded by the worker's mutex.
  std::deque<KvOp> queue;
  size_t queued_bytes = 0;
  bool scheduled = false;  // in the worker's ready_, or having its turn  // in the worker's ready_,
                           // or being taken from

  // Of the worker's thread.
  std::unique_ptr<SqliteKvFile> file;
  std::optional<Error> open_error;
  std::chrono::steady_clock::time_point open_again_at;
  std::chrono::steady_clock::time_point used_at;
  std::chrono::nanoseconds last_commit_time{0};
  size_t last_commit_writes = 0;
};

class KvWorker {
 public:
  explicit KvWorker(const KvWorkerSetup& setup);
  ~KvWorker() { stop(); }
  KvWorker(const KvWorker&) = delete;
  KvWorker& operator=(const KvWorker&) = delete;

  // Any thread. Answers Code::busy when too much waits for this namespace, Code::closed after
  // stop().
  void submit(KvFileState& state, KvOp op, size_t bytes);
  // Does what is queued, closes the files, ends the thread.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Taken {
    std::vector<KvOp> ops;
    size_t writes = 0;
    size_t bytes = 0;
  };

  void run();
  // With the mutex held: moves operations from the queue to `taken`, up to the bounds of a batch.
  void take(KvFileState& state, Taken& taken, bool writes_only);
  // Adds the writes that came meanwhile; false if there are none.
  bool take_company(KvFileState& state, Taken& taken, Clock::time_point until);
  // With the mutex held.
  void finish_turn(KvFileState& state);
  void process(KvFileState& state, Taken taken);
  bool ensure_open(KvFileState& state);
  void close_file(KvFileState& state);
  // Does reads that no write of the batch comes before, and answers them; what stays is left in
  // `ops`.
  void read_ahead(KvFileState& state, std::vector<KvOp>& ops);
  Result<> write_all(KvFileState& state, Taken& taken, KvOutbox& after_commit);
  void settle_failure(KvFileState& state, std::vector<KvOp> ops, const Error& error);
  void do_read(KvFileState& state, KvOp& op, bool may_cache, KvOutbox& outbox);
  Result<KvValuePtr> read_key(KvFileState& state, const std::string& key, bool may_cache);
  void sweep();

  const KvWorkerSetup& setup_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<KvFileState*> ready_;  // files with something queued, each once; guarded by mutex_
  KvFileState* awaited_ = nullptr;  // whose queue take_company watches; guarded by mutex_
  size_t awaited_ops_ = 0;          // how long it should get; guarded by mutex_
  bool stopping_ = false;           // guarded by mutex_
  std::vector<KvFileState*> open_;  // of the thread
  Clock::time_point next_sweep_;    // of the thread
  std::thread thread_;
};

}  // namespace skerry::store
