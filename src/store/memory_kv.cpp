#include "store/memory_kv.h"

#include <chrono>
#include <map>
#include <mutex>
#include <utility>

#include "store/kv_rules.h"

namespace skerry::store {
namespace {

struct Table {
  std::mutex mutex;
  std::map<std::string, KvValuePtr, std::less<>> entries;
};

class MemoryKvNamespace final : public KvNamespace {
 public:
  MemoryKvNamespace(std::shared_ptr<Table> table, std::function<int64_t()> now_s,
                    Executor& executor)
      : table_(std::move(table)), now_s_(std::move(now_s)), executor_(executor) {}

  std::optional<KvValuePtr> get_cached(std::string_view key) override {
    std::lock_guard lock(table_->mutex);
    return find(key, now_s_());
  }

  void get(std::string key, KvDone<KvValuePtr> done) override {
    if (auto checked = check_kv_key(key); !checked) {
      return answer<KvValuePtr>(std::move(done), fail(std::move(checked.error())));
    }
    answer<KvValuePtr>(std::move(done), *get_cached(key));
  }

  void get_many(std::vector<std::string> keys, KvDone<std::vector<KvValuePtr>> done) override {
    if (auto checked = check_kv_keys(keys); !checked) {
      return answer<std::vector<KvValuePtr>>(std::move(done), fail(std::move(checked.error())));
    }
    std::vector<KvValuePtr> values;
    {
      std::lock_guard lock(table_->mutex);
      const int64_t now_s = now_s_();
      for (const std::string& key : keys) values.push_back(find(key, now_s));
    }
    answer<std::vector<KvValuePtr>>(std::move(done), std::move(values));
  }

  void list(KvListOptions options, KvDone<KvPage> done) override {
    const auto range = kv_list_range(options);
    if (!range) return answer<KvPage>(std::move(done), fail(range.error().clone()));
    KvPage page;
    {
      std::lock_guard lock(table_->mutex);
      const int64_t now_s = now_s_();
      for (auto at = table_->entries.lower_bound(range->first);
           at != table_->entries.end() && at->first < range->end; ++at) {
        if (kv_expired(at->second->expires_at_s, now_s)) continue;
        if (page.keys.size() == options.limit) {
          page.list_complete = false;
          page.cursor = kv_cursor(page.keys.back().name);
          break;
        }
        page.keys.push_back({at->first, at->second->metadata_json, at->second->expires_at_s});
      }
    }
    answer<KvPage>(std::move(done), std::move(page));
  }

  void put(std::string key, Bytes value, KvPutOptions options, KvDone<void> done) override {
    if (auto checked = check_kv_put(key, value.size(), options.metadata_json); !checked) {
      return answer<void>(std::move(done), std::move(checked));
    }
    auto made = std::make_shared<KvValue>();
    made->data = std::move(value);
    made->metadata_json = std::move(options.metadata_json);
    made->expires_at_s = options.expires_at_s;
    {
      std::lock_guard lock(table_->mutex);
      table_->entries[std::move(key)] = std::move(made);
    }
    answer<void>(std::move(done), {});
  }

  void remove(std::string key, KvDone<void> done) override {
    auto checked = check_kv_key(key);
    if (checked) {
      std::lock_guard lock(table_->mutex);
      table_->entries.erase(key);
    }
    answer<void>(std::move(done), std::move(checked));
  }

 private:
  // With the table locked. Drops what has expired.
  KvValuePtr find(std::string_view key, int64_t now_s) {
    const auto at = table_->entries.find(key);
    if (at == table_->entries.end()) return nullptr;
    if (!kv_expired(at->second->expires_at_s, now_s)) return at->second;
    table_->entries.erase(at);
    return nullptr;
  }

  template <class T>
  void answer(KvDone<T> done, Result<T> result) {
    executor_.post([done = std::move(done), result = std::move(result)]() mutable {
      done(std::move(result));
    });
  }

  std::shared_ptr<Table> table_;
  std::function<int64_t()> now_s_;
  Executor& executor_;
};

}  // namespace

struct MemoryKvStore::Shared {
  std::mutex mutex;
  std::function<int64_t()> now_s;
  std::map<std::string, std::shared_ptr<Table>, std::less<>> tables;
};

MemoryKvStore::MemoryKvStore(std::function<int64_t()> now_s) : shared_(std::make_shared<Shared>()) {
  shared_->now_s = now_s ? std::move(now_s) : [] {
    return static_cast<int64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                    std::chrono::system_clock::now().time_since_epoch())
                                    .count());
  };
}

MemoryKvStore::~MemoryKvStore() = default;

Result<std::unique_ptr<KvNamespace>> MemoryKvStore::open(std::string_view namespace_id,
                                                         Executor& executor) {
  std::lock_guard lock(shared_->mutex);
  auto at = shared_->tables.find(namespace_id);
  if (at == shared_->tables.end()) {
    at = shared_->tables.emplace(std::string(namespace_id), std::make_shared<Table>()).first;
  }
  return std::make_unique<MemoryKvNamespace>(at->second, shared_->now_s, executor);
}

}  // namespace skerry::store
