// What SQLite adds to the contract: durability, group commit, faults of the disk, formats.
#include "store/sqlite_kv.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "fault_vfs.h"
#include "kv_fixture.h"

extern char** environ;

namespace skerry::store {
namespace {

struct Opened {
  explicit Opened(SqliteKvOptions options, std::string_view id = "ns") {
    auto made = SqliteKvStore::create(std::move(options));
    REQUIRE(made);
    store = std::move(*made);
    auto opened = store->open(id, executor);
    REQUIRE(opened);
    kv = std::move(*opened);
  }
  ManualExecutor executor;
  std::unique_ptr<SqliteKvStore> store;
  std::unique_ptr<KvNamespace> kv;
};

// Runs SQL on a file nobody else has open, gives the first column of the first row.
std::string sql(const std::string& path, const char* text) {
  sqlite3* db = nullptr;
  std::string out = "failed";
  if (sqlite3_open(path.c_str(), &db) == SQLITE_OK) {
    out.clear();
    const auto row = [](void* to, int, char** values, char**) {
      auto& first = *static_cast<std::string*>(to);
      if (first.empty() && values[0] != nullptr) first = values[0];
      return 0;
    };
    if (sqlite3_exec(db, text, row, &out, nullptr) != SQLITE_OK) out = sqlite3_errmsg(db);
  }
  sqlite3_close(db);
  return out;
}

TEST_CASE("values outlive the store, and the file says what it is") {
  TestFolder folder;
  const std::string directory = folder.path + "/kv";
  {
    Opened o({.directory = directory});
    CHECK(put(o.executor, *o.kv, "k", "v", {.metadata_json = "1", .expires_at_s = 4'000'000'000}));
  }
  CHECK(sql(directory + "/ns.db", "PRAGMA user_version") == "1");
  CHECK(sql(directory + "/ns.db", "PRAGMA journal_mode") == "wal");
  Opened o({.directory = directory});
  CHECK(!o.kv->get_cached("k"));
  const auto value = get(o.executor, *o.kv, "k");
  REQUIRE(value);
  REQUIRE(*value);
  CHECK((*value)->data.view() == "v");
  CHECK((*value)->metadata_json == "1");
  CHECK((*value)->expires_at_s == 4'000'000'000);
  CHECK(o.kv->get_cached("k").value() == *value);
  CHECK(text_of(get(o.executor, *o.kv, "absent")) == "(none)");
  CHECK(o.kv->get_cached("absent").value() == nullptr);
}

TEST_CASE("many puts share few transactions") {
  TestFolder folder;
  Opened o({.directory = folder.path + "/kv"});
  constexpr int count = 4000;
  int done = 0;
  for (int i = 0; i < count; ++i) {
    o.kv->put("key" + std::to_string(i), Bytes::copy_of("value"), {},
              [&](Result<> result) { done += result ? 1 : 0; });
  }
  CHECK(o.executor.run_until([&] { return done == count; }));
  const KvCounters counters = o.store->counters();
  CHECK(counters.writes == count);
  CHECK(counters.transactions >= 4);  // 1,024 writes a transaction at most
  CHECK(counters.transactions <= 40);
}

TEST_CASE("answers come after the store is gone, later calls are refused") {
  TestFolder folder;
  Opened o({.directory = folder.path + "/kv"});
  int done = 0;
  for (int i = 0; i < 100; ++i) {
    o.kv->put("key" + std::to_string(i), Bytes::copy_of("value"), {},
              [&](Result<> result) { done += result ? 1 : 0; });
  }
  o.store.reset();
  CHECK(put(o.executor, *o.kv, "late", "v").error().code == Code::closed);
  CHECK(o.executor.run_until([&] { return done == 100; }));
}

TEST_CASE("expired entries are swept from the file") {
  TestFolder folder;
  TestClock clock;
  Opened o({.directory = folder.path + "/kv", .now_s = clock, .sweep_interval_ms = 10});
  int done = 0;
  for (int i = 0; i < 1000; ++i) {
    o.kv->put("key" + std::to_string(i), Bytes::copy_of("value"),
              {.expires_at_s = i < 900 ? clock() + 60 : 0}, [&](Result<>) { ++done; });
  }
  CHECK(o.executor.run_until([&] { return done == 1000; }));
  clock.now_s->fetch_add(60);
  for (int i = 0; i < 1000 && o.store->counters().swept < 900; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(o.store->counters().swept == 900);
  CHECK(list(o.executor, *o.kv)->keys.size() == 100);
  o.store.reset();
  CHECK(sql(folder.path + "/kv/ns.db", "SELECT count(*) FROM kv") == "100");
}

TEST_CASE("more namespaces than files may be open") {
  TestFolder folder;
  ManualExecutor executor;
  auto store =
      std::move(*SqliteKvStore::create({.directory = folder.path + "/kv", .open_files_max = 4}));
  std::vector<std::unique_ptr<KvNamespace>> all;
  for (int i = 0; i < 20; ++i) all.push_back(std::move(*store->open(std::to_string(i), executor)));
  for (int round = 0; round < 3; ++round) {
    for (auto& kv : all) CHECK(put(executor, *kv, "k", std::to_string(round)));
    for (auto& kv : all) CHECK(text_of(get(executor, *kv, "k")) == std::to_string(round));
  }
}

TEST_CASE("a file that is not ours is refused and left alone") {
  TestFolder folder;
  const std::string directory = folder.path + "/kv";
  {
    Opened o({.directory = directory});
  }
  const std::string path = directory + "/ns.db";
  const auto error = [&] {
    Opened o({.directory = directory});
    const auto value = get(o.executor, *o.kv, "k");
    return value ? Error(Code::internal, "it was opened") : value.error().clone();
  };
  const auto write_file = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  };
  const auto read_file = [&] {
    std::stringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  };

  {
    Opened o({.directory = directory});
    CHECK(put(o.executor, *o.kv, "k", std::string(20'000, 'v')));
  }
  const std::string good = read_file();
  sql(path, "PRAGMA user_version=2");
  CHECK(error().code == Code::unsupported);
  CHECK(error().text.find("version 2") != std::string::npos);
  sql(path, "PRAGMA user_version=1; PRAGMA application_id=7");
  CHECK(error().code == Code::unsupported);
  const std::string foreign = read_file();
  CHECK(error().code == Code::unsupported);
  CHECK(read_file() == foreign);

  write_file(
      "this is a letter, not a database; it goes on for a while, but it is not one at all\n" +
      std::string(5000, '.'));
  CHECK(error().code == Code::corrupt);
  CHECK(error().text.find(path) != std::string::npos);
  CHECK(error().text.find("backup") != std::string::npos);
  CHECK(read_file().starts_with("this is a letter"));

  std::string torn = good;
  for (size_t i = 4096; i < 4096 * 4 && i < torn.size(); ++i) torn[i] = static_cast<char>(i * 7);
  write_file(torn);
  CHECK(error().code == Code::corrupt);
  CHECK(read_file() == torn);

  write_file(good);
  Opened o({.directory = directory});
  CHECK(get(o.executor, *o.kv, "k"));
  // Another store, as another process would be.
  auto other = std::move(*SqliteKvStore::create({.directory = directory}));
  auto kv = std::move(*other->open("ns", o.executor));
  CHECK(get(o.executor, *kv, "k").error().code == Code::busy);
}

TEST_CASE("a directory that cannot be used is one clear error") {
  TestFolder folder;
  CHECK(!SqliteKvStore::create({.directory = folder.path + "/no/such/parent"}));
  std::ofstream(folder.path + "/file") << "x";
  const auto store = SqliteKvStore::create({.directory = folder.path + "/file"});
  REQUIRE(!store);
  CHECK(store.error().text.find("not a directory") != std::string::npos);
  ManualExecutor executor;
  auto made = std::move(*SqliteKvStore::create({.directory = folder.path + "/kv"}));
  CHECK(made->open(std::string(300, 'x'), executor).error().code == Code::too_large);
}

TEST_CASE("a quota that is used up refuses writes, and deleting makes room again") {
  TestFolder folder;
  Opened o({.directory = folder.path + "/kv", .cache_bytes = 0, .pages_max = 64});
  int stored = 0;
  for (; stored < 100; ++stored) {
    const auto done =
        put(o.executor, *o.kv, "key" + std::to_string(stored), std::string(16'000, 'v'));
    if (done) continue;
    CHECK(done.error().code == Code::full);
    break;
  }
  CHECK(stored > 5);
  CHECK(stored < 100);
  CHECK(list(o.executor, *o.kv)->keys.size() == static_cast<size_t>(stored));
  CHECK(text_of(get(o.executor, *o.kv, "key" + std::to_string(stored))) == "(none)");
  CHECK(put(o.executor, *o.kv, "big", std::string(16'000, 'v')).error().code == Code::full);
  CHECK(remove(o.executor, *o.kv, "key0"));
  CHECK(put(o.executor, *o.kv, "big", std::string(16'000, 'v')));
  CHECK(text_of(get(o.executor, *o.kv, "key1")).size() == 16'000);
}

TEST_CASE("a full disk refuses writes until there is room") {
  FaultVfs::install();
  TestFolder folder;
  Opened o({.directory = folder.path + "/kv", .vfs = FaultVfs::name});
  CHECK(put(o.executor, *o.kv, "k", "before"));
  FaultVfs::fail_write = true;
  int full = 0, left = 50;
  for (int i = 0; i < 50; ++i) {
    o.kv->put("k", Bytes::copy_of("lost"), {}, [&](Result<> done) {
      full += !done && done.error().code == Code::full ? 1 : 0;
      --left;
    });
  }
  CHECK(o.executor.run_until([&] { return left == 0; }));
  CHECK(full == 50);
  CHECK(text_of(get(o.executor, *o.kv, "k")) == "before");
  FaultVfs::fail_write = false;
  CHECK(put(o.executor, *o.kv, "k", "after"));
  CHECK(text_of(get(o.executor, *o.kv, "k")) == "after");
}

TEST_CASE("after a failed sync the file is opened again, and nothing unsynced is shown") {
  FaultVfs::install();
  TestFolder folder;
  Opened o({.directory = folder.path + "/kv", .vfs = FaultVfs::name});
  CHECK(put(o.executor, *o.kv, "k", "before"));
  FaultVfs::fail_sync = true;
  std::string read;
  int left = 2;
  o.kv->put("k", Bytes::copy_of("unknown"), {}, [&](Result<> done) {
    CHECK(!done);
    if (!done) CHECK(done.error().code == Code::io);
    --left;
  });
  o.kv->get("k", [&](Result<KvValuePtr> value) {
    read = text_of(value);
    --left;
  });
  CHECK(o.executor.run_until([&] { return left == 0; }));
  CHECK(read != "unknown");
  CHECK(read.starts_with("error"));  // nothing can be said while nothing can be synced
  FaultVfs::fail_sync = false;
  std::string now = "error";
  for (int i = 0; i < 50 && now.starts_with("error"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    now = text_of(get(o.executor, *o.kv, "k"));
  }
  const bool one_or_the_other = now == "before" || now == "unknown";
  CHECK(one_or_the_other);
  CHECK(put(o.executor, *o.kv, "k", "after"));
  CHECK(text_of(get(o.executor, *o.kv, "k")) == "after");
}

TEST_CASE("every acknowledged put was synced") {
  FaultVfs::install();
  TestFolder folder;
  Opened o({.directory = folder.path + "/kv", .vfs = FaultVfs::name});
  CHECK(put(o.executor, *o.kv, "k", "v"));
  for (int i = 0; i < 20; ++i) {
    const int before = FaultVfs::syncs;
    CHECK(put(o.executor, *o.kv, "k", std::to_string(i)));
    CHECK(FaultVfs::syncs > before);
  }
}

// Last acknowledged round of each key; negative: removed.
using Acknowledged = std::map<std::string, long>;

// Starts the writer, kills it after `ms`, adds what it acknowledged.
void run_writer(const std::string& directory, unsigned seed, unsigned ms,
                Acknowledged& acknowledged) {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const std::string seed_text = std::to_string(seed);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execl(SKERRY_KV_CRASH_WRITER, "kv_crash_writer", directory.c_str(), seed_text.c_str(), nullptr);
    _exit(127);
  }
  REQUIRE(child > 0);
  close(ends[1]);
  std::thread killer([child, ms] {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    kill(child, SIGKILL);
  });
  std::string output;
  char buffer[65536];
  for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    output.append(buffer, static_cast<size_t>(got));
  }
  close(ends[0]);
  killer.join();
  int status = 0;
  waitpid(child, &status, 0);
  const bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  CHECK(was_killed);
  std::istringstream lines(output);
  for (std::string key; lines >> key;) {
    long round = 0;
    if (!(lines >> round) || lines.peek() != '\n') break;
    if (key.starts_with("-")) {
      acknowledged[key.substr(1)] = -round;
    } else {
      acknowledged[key] = round;
    }
  }
}

// The file must hold what was acknowledged. Each client had one more write under way, which may be
// there as well: of the keys of one client at most one may differ, and then by exactly that write.
void check_survivors(const std::string& directory, const Acknowledged& acknowledged) {
  Opened o({.directory = directory}, "crash");
  std::map<std::string, long> last_round, differing;
  for (const auto& [key, round] : acknowledged) {
    long& last = last_round[key.substr(0, key.find('_'))];
    last = std::max(last, labs(round));
  }
  for (const auto& [key, round] : acknowledged) {
    CAPTURE(key);
    CAPTURE(round);
    const std::string client = key.substr(0, key.find('_'));
    const auto value = get(o.executor, *o.kv, key);
    REQUIRE(value);
    const std::string text = *value ? std::string((*value)->data.view()) : "";
    const long stored = *value ? atol(text.c_str()) : 0;
    if (stored == std::max(round, 0L)) continue;
    CHECK(++differing[client] == 1);
    if (*value) CHECK(stored == last_round[client] + 1);
  }
  const auto page = list(o.executor, *o.kv);
  REQUIRE(page);
  for (const KvListedKey& key : page->keys) {
    const auto value = get(o.executor, *o.kv, key.name);
    REQUIRE(value);
    const std::string text((*value)->data.view());
    const char want = static_cast<char>('a' + atol(text.c_str()) % 26);
    CHECK(text.find_first_not_of(want, text.find(' ') + 1) == std::string::npos);
  }
}

TEST_CASE("acknowledged writes survive kill -9") {
  const int kills = getenv("SKERRY_LONG") != nullptr ? 1000 : 20;
  const unsigned seed = std::random_device()();
  MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  size_t total = 0;
  for (int i = 0; i < kills; ++i) {
    TestFolder folder;
    const std::string directory = folder.path + "/kv";
    Acknowledged acknowledged;
    run_writer(directory, static_cast<unsigned>(random()), 20 + random() % 150, acknowledged);
    total += acknowledged.size();
    if (!std::filesystem::exists(directory + "/crash.db")) continue;
    check_survivors(directory, acknowledged);
    CHECK(sql(directory + "/crash.db", "PRAGMA integrity_check") == "ok");
  }
  MESSAGE(total << " acknowledged keys after " << kills << " kills");
  CHECK(total > static_cast<size_t>(kills));
}

}  // namespace
}  // namespace skerry::store
