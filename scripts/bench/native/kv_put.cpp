// Acknowledged durable KV puts: 64 clients, each with one put under way, through the store, against
// the same number of rows in the same batches with nothing but the SQLite C API. Also what a hot
// get_cached costs. Usage: bench_kv_put [FOLDER [SECONDS]]   The folder lies on the disk to be
// measured. Prints one line of JSON.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "store/sqlite_kv.h"

namespace {

using namespace skerry;
using Clock = std::chrono::steady_clock;

constexpr int client_count = 64;
constexpr int key_count = 20'000;
constexpr int rounds = 5;
const std::string value(256, 'v');

std::string key_of(unsigned number) {
  return "bench/key/" + std::to_string(number % key_count);
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

class Jobs final : public store::Executor {
 public:
  void post(std::move_only_function<void()> job) override {
    {
      std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    posted_.notify_one();
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    posted_.wait(lock, [this] { return !jobs_.empty(); });
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::move_only_function<void()>> jobs_;
};

struct ServiceRun {
  unsigned puts = 0;
  double puts_per_s = 0;
  double puts_per_transaction = 0;
  double p50_ms = 0, p99_ms = 0;
};

ServiceRun run_service(const std::string& folder, double seconds) {
  auto opened = store::SqliteKvStore::create({.directory = folder});
  if (!opened) std::exit((std::fprintf(stderr, "%s\n", opened.error().text.c_str()), 1));
  Jobs jobs;
  auto kv = std::move(*(*opened)->open("bench", jobs));
  std::vector<double> waits_ms;
  const auto begin = Clock::now();
  int under_way = 0;
  unsigned number = 0;
  std::move_only_function<void()> next = [&] {
    if (seconds_since(begin) >= seconds) return;
    ++under_way;
    kv->put(key_of(number++ * 7919), Bytes::copy_of(value), {},
            [&, sent = Clock::now()](Result<> done) {
              if (!done) std::exit((std::fprintf(stderr, "%s\n", done.error().text.c_str()), 1));
              waits_ms.push_back(seconds_since(sent) * 1000);
              --under_way;
              next();
            });
  };
  for (int i = 0; i < client_count; ++i) next();
  while (under_way > 0) jobs.run_one();
  const double elapsed = seconds_since(begin);
  const auto counters = (*opened)->counters();
  std::sort(waits_ms.begin(), waits_ms.end());
  return {.puts = number,
          .puts_per_s = static_cast<double>(waits_ms.size()) / elapsed,
          .puts_per_transaction =
              static_cast<double>(counters.writes) / static_cast<double>(counters.transactions),
          .p50_ms = waits_ms[waits_ms.size() / 2],
          .p99_ms = waits_ms[waits_ms.size() * 99 / 100]};
}

void must(int code, sqlite3* db) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
  std::exit(1);
}

double run_raw(const std::string& folder, unsigned puts, int batch) {
  std::filesystem::create_directories(folder);
  sqlite3* db = nullptr;
  must(sqlite3_open((folder + "/raw.db").c_str(), &db), db);
  must(sqlite3_exec(db,
                    "PRAGMA locking_mode=EXCLUSIVE;PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                    "CREATE TABLE kv(key BLOB NOT NULL UNIQUE, expires_at INTEGER NOT NULL,"
                    " metadata TEXT NOT NULL, value BLOB NOT NULL);"
                    "CREATE INDEX kv_expires_at ON kv(expires_at) WHERE expires_at != 0",
                    nullptr, nullptr, nullptr),
       db);
  sqlite3_stmt *begin_txn, *commit, *put;
  must(sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &begin_txn, nullptr), db);
  must(sqlite3_prepare_v2(db, "COMMIT", -1, &commit, nullptr), db);
  must(sqlite3_prepare_v2(db,
                          "INSERT INTO kv VALUES(?1,0,'',?2) ON CONFLICT(key) DO UPDATE SET"
                          " expires_at=0, metadata='', value=?2",
                          -1, &put, nullptr),
       db);
  const auto run = [&](sqlite3_stmt* statement) {
    must(sqlite3_step(statement), db);
    sqlite3_reset(statement);
  };
  const auto begin = Clock::now();
  unsigned number = 0;
  while (number < puts) {
    run(begin_txn);
    for (int i = 0; i < batch; ++i) {
      const std::string key = key_of(number++ * 7919);
      sqlite3_bind_blob(put, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
      sqlite3_bind_blob(put, 2, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
      run(put);
    }
    run(commit);
  }
  const double rate = number / seconds_since(begin);
  for (sqlite3_stmt* statement : {begin_txn, commit, put}) sqlite3_finalize(statement);
  sqlite3_close(db);
  return rate;
}

double cached_get_ns(const std::string& folder) {
  auto opened = store::SqliteKvStore::create({.directory = folder});
  Jobs jobs;
  auto kv = std::move(*(*opened)->open("bench", jobs));
  bool done = false;
  kv->put("a/usual/key", Bytes::copy_of(value), {}, [&](Result<>) { done = true; });
  while (!done) jobs.run_one();
  constexpr int count = 2'000'000;
  size_t bytes = 0;
  const auto begin = Clock::now();
  for (int i = 0; i < count; ++i) {
    const auto known = kv->get_cached("a/usual/key");
    if (known && *known) bytes += (*known)->data.size();
  }
  const double elapsed = seconds_since(begin);
  return bytes == count * value.size() ? elapsed / count * 1e9 : -1;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "kv_put_bench";
  const double seconds = argc > 2 ? std::atof(argv[2]) : 2;
  std::filesystem::create_directories(folder);
  std::vector<double> puts, same, full, ratios, sizes, p50, p99;
  for (int round = 0; round < rounds; ++round) {
    const auto fresh = [&](const char* name) {
      const std::string path = folder + "/" + name;
      std::filesystem::remove_all(path);
      return path;
    };
    const ServiceRun service = run_service(fresh("service"), seconds);
    const int batch = std::max(1, static_cast<int>(service.puts_per_transaction + 0.5));
    same.push_back(run_raw(fresh("raw"), service.puts, batch));
    full.push_back(run_raw(fresh("raw"), service.puts, client_count));
    puts.push_back(service.puts_per_s);
    ratios.push_back(service.puts_per_s / same.back());
    sizes.push_back(service.puts_per_transaction);
    p50.push_back(service.p50_ms);
    p99.push_back(service.p99_ms);
  }
  std::printf(
      "{\"clients\":%d,\"puts_per_s\":%.0f,\"puts_per_transaction\":%.1f,\"p50_ms\":%.3f,"
      "\"p99_ms\":%.3f,\"raw_same_batches_per_s\":%.0f,\"raw_batches_of_64_per_s\":%.0f,"
      "\"ratio_to_same_batches\":%.2f,\"ratio_to_batches_of_64\":%.2f,\"get_cached_ns\":%.0f}\n",
      client_count, median(puts), median(sizes), median(p50), median(p99), median(same),
      median(full), median(ratios), median(puts) / median(full),
      cached_get_ns(folder + "/service"));
  std::filesystem::remove_all(folder);
}
