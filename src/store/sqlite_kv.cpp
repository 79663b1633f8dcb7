#include "store/sqlite_kv.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <unordered_map>
#include <utility>

#include "store/kv_worker.h"

namespace skerry::store {
namespace {

constexpr size_t file_name_bytes_max = 200;  // file systems allow 255, "-journal" joins the name

int64_t system_now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::array<uint64_t, 2> random_hash_key() {
  std::random_device device;
  const auto word = [&device] { return static_cast<uint64_t>(device()) << 32 | device(); };
  return {word(), word()};
}

}  // namespace

std::string kv_file_name(std::string_view namespace_id) {
  constexpr std::string_view hex_digits = "0123456789ABCDEF";
  std::string name;
  for (const char c : namespace_id) {
    const auto byte = static_cast<uint8_t>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    if (plain) {
      name.push_back(c);
    } else {
      name.push_back('%');
      name.push_back(hex_digits[byte >> 4]);
      name.push_back(hex_digits[byte & 15]);
    }
  }
  return (name.empty() ? "%" : name) + ".db";
}

class SqliteKvStore::Core {
 public:
  explicit Core(SqliteKvOptions options)
      : directory_(std::move(options.directory)),
        cache_(options.cache_bytes, random_hash_key()),
        setup_{.now_s = options.now_s ? std::move(options.now_s) : system_now_s,
               .sweep_interval = std::chrono::milliseconds(options.sweep_interval_ms),
               .open_files_max = 0,
               .pages_max = options.pages_max,
               .vfs = options.vfs != nullptr ? options.vfs : "",
               .cache = &cache_,
               .counters = &counters_,
               .next_space = &next_space_} {
    const unsigned threads = std::clamp(options.threads, 1U, 64U);
    setup_.open_files_max = std::max<size_t>(options.open_files_max / threads, 1);
    for (unsigned i = 0; i < threads; ++i) workers_.push_back(std::make_unique<KvWorker>(setup_));
  }

  KvFileState& state_of(const std::string& file_name) {
    std::lock_guard lock(mutex_);
    auto& state = states_[file_name];
    if (!state) {
      state = std::make_unique<KvFileState>(directory_ + "/" + file_name, next_space_.fetch_add(1));
    }
    return *state;
  }
  KvWorker& worker_of(const std::string& file_name) {
    return *workers_[std::hash<std::string>()(file_name) % workers_.size()];
  }
  void stop() {
    for (auto& worker : workers_) worker->stop();
  }
  KvCache& cache() { return cache_; }
  int64_t now_s() const { return setup_.now_s(); }
  const KvWorkerCounters& counters() const { return counters_; }

 private:
  std::string directory_;
  KvCache cache_;
  KvWorkerCounters counters_;
  std::atomic<uint32_t> next_space_{0};
  KvWorkerSetup setup_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<KvFileState>> states_;  // guarded by mutex_
  std::vector<std::unique_ptr<KvWorker>> workers_;  // last: their threads use all of the above
};

class SqliteKvStore::Namespace final : public KvNamespace {
 public:
  Namespace(std::shared_ptr<Core> core, const std::string& file_name, Executor& executor)
      : core_(std::move(core)),
        state_(core_->state_of(file_name)),
        worker_(core_->worker_of(file_name)),
        executor_(executor) {}

  std::optional<KvValuePtr> get_cached(std::string_view key) override {
    auto known = core_->cache().find(state_.space.load(std::memory_order_acquire), key);
    if (known && *known && (*known)->expires_at_s != 0 &&
        kv_expired((*known)->expires_at_s, core_->now_s())) {
      known->reset();
    }
    return known;
  }

  void get(std::string key, KvDone<KvValuePtr> done) override {
    auto checked = check_kv_key(key);
    submit(std::move(checked), {&executor_, KvGetOp{std::move(key), std::move(done)}}, 0);
  }

  void get_many(std::vector<std::string> keys, KvDone<std::vector<KvValuePtr>> done) override {
    auto checked = check_kv_keys(keys);
    submit(std::move(checked), {&executor_, KvGetManyOp{std::move(keys), std::move(done)}}, 0);
  }

  void list(KvListOptions options, KvDone<KvPage> done) override {
    auto range = kv_list_range(options);
    if (!range) {
      return kv_answer<KvPage>(executor_, std::move(done), fail(std::move(range.error())));
    }
    submit({}, {&executor_, KvListOp{std::move(*range), options.limit, std::move(done)}}, 0);
  }

  void put(std::string key, Bytes value, KvPutOptions options, KvDone<void> done) override {
    auto checked = check_kv_put(key, value.size(), options.metadata_json);
    const size_t bytes = value.size();
    auto made = std::make_shared<KvValue>();
    made->data = std::move(value);
    made->metadata_json = std::move(options.metadata_json);
    made->expires_at_s = options.expires_at_s;
    submit(std::move(checked),
           {&executor_, KvWriteOp{std::move(key), std::move(made), std::move(done)}}, bytes);
  }

  void remove(std::string key, KvDone<void> done) override {
    auto checked = check_kv_key(key);
    submit(std::move(checked), {&executor_, KvWriteOp{std::move(key), nullptr, std::move(done)}},
           0);
  }

 private:
  void submit(Result<> checked, KvOp op, size_t bytes) {
    if (!checked) return kv_refuse(std::move(op), checked.error());
    worker_.submit(state_, std::move(op), bytes);
  }

  std::shared_ptr<Core> core_;
  KvFileState& state_;
  KvWorker& worker_;
  Executor& executor_;
};

Result<std::unique_ptr<SqliteKvStore>> SqliteKvStore::create(SqliteKvOptions options) {
  const std::string directory = options.directory;
  if (mkdir(directory.c_str(), 0700) == 0) {
    const size_t slash = directory.find_last_of('/');
    const std::string parent = slash == std::string::npos ? "." : directory.substr(0, slash + 1);
    if (auto synced = sync_directory(parent); !synced) return fail(std::move(synced.error()));
  } else if (errno != EEXIST) {
    return fail(errno == ENOSPC ? Code::full : Code::io,
                "making the KV directory " + directory + ": " + std::strerror(errno));
  }
  struct stat info;
  if (stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return fail(Code::io, directory + " is not a directory: KV files cannot be kept there");
  }
  return std::unique_ptr<SqliteKvStore>(
      new SqliteKvStore(std::make_shared<Core>(std::move(options))));
}

SqliteKvStore::SqliteKvStore(std::shared_ptr<Core> core) : core_(std::move(core)) {}

SqliteKvStore::~SqliteKvStore() {
  core_->stop();
}

Result<std::unique_ptr<KvNamespace>> SqliteKvStore::open(std::string_view namespace_id,
                                                         Executor& executor) {
  const std::string file_name = kv_file_name(namespace_id);
  if (file_name.size() > file_name_bytes_max) {
    return fail(Code::too_large, "a KV namespace id of " + std::to_string(namespace_id.size()) +
                                     " bytes does not fit into a file name: choose a shorter one");
  }
  return std::make_unique<Namespace>(core_, file_name, executor);
}

KvCounters SqliteKvStore::counters() const {
  const KvWorkerCounters& now = core_->counters();
  return {now.transactions.load(), now.writes.load(), now.reads.load(), now.swept.load()};
}

}  // namespace skerry::store
