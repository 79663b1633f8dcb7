#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "host.h"
#include "store/memory_kv.h"
#include "store/sqlite_kv.h"

namespace skerry::bindings {

namespace {

// Knows nothing without asking, so that every read is an operation.
class Cold final : public store::KvNamespace {
 public:
  explicit Cold(std::unique_ptr<store::KvNamespace> inner) : inner_(std::move(inner)) {}
  std::optional<store::KvValuePtr> get_cached(std::string_view) override { return std::nullopt; }
  void get(std::string key, store::KvDone<store::KvValuePtr> done) override {
    inner_->get(std::move(key), std::move(done));
  }
  void get_many(std::vector<std::string> keys,
                store::KvDone<std::vector<store::KvValuePtr>> done) override {
    inner_->get_many(std::move(keys), std::move(done));
  }
  void list(store::KvListOptions options, store::KvDone<store::KvPage> done) override {
    inner_->list(std::move(options), std::move(done));
  }
  void put(std::string key, Bytes value, store::KvPutOptions options,
           store::KvDone<void> done) override {
    inner_->put(std::move(key), std::move(value), std::move(options), std::move(done));
  }
  void remove(std::string key, store::KvDone<void> done) override {
    inner_->remove(std::move(key), std::move(done));
  }

 private:
  std::unique_ptr<store::KvNamespace> inner_;
};

// Answers everything with one error.
class Failing final : public store::KvNamespace {
 public:
  Failing(store::Executor& executor, Code code) : executor_(executor), code_(code) {}
  std::optional<store::KvValuePtr> get_cached(std::string_view) override { return std::nullopt; }
  void get(std::string, store::KvDone<store::KvValuePtr> done) override { answer(std::move(done)); }
  void get_many(std::vector<std::string>,
                store::KvDone<std::vector<store::KvValuePtr>> done) override {
    answer(std::move(done));
  }
  void list(store::KvListOptions, store::KvDone<store::KvPage> done) override {
    answer(std::move(done));
  }
  void put(std::string, Bytes, store::KvPutOptions, store::KvDone<void> done) override {
    answer(std::move(done));
  }
  void remove(std::string, store::KvDone<void> done) override { answer(std::move(done)); }

 private:
  template <class T>
  void answer(store::KvDone<T> done) {
    executor_.post([done = std::move(done), code = code_]() mutable {
      done(fail(code, "the disk of first.db"));
    });
  }
  store::Executor& executor_;
  Code code_;
};

void check_runtime_tests(Host& host) {
  int passed = 0;
  for (const char* file : {"kv_test.mjs", "kv_own_test.mjs"}) {
    Host::Report report = host.run_module(SKERRY_KV_TESTS, file);
    for (const std::string& failure : report.failures) MESSAGE(failure);
    CHECK(report.failures.empty());
    passed += report.passed;
  }
  CHECK(passed >= 30);
}

}  // namespace

TEST_CASE("the runtime tests of KV pass on a store in memory") {
  Host host;
  store::MemoryKvStore store;
  for (const char* name : {"KV", "OTHER"})
    host.bind(name, std::move(*store.open(name, host.executor())));
  check_runtime_tests(host);
}

TEST_CASE("they pass when every read has to wait") {
  Host host;
  store::MemoryKvStore store;
  for (const char* name : {"KV", "OTHER"})
    host.bind(name, std::make_shared<Cold>(std::move(*store.open(name, host.executor()))));
  check_runtime_tests(host);
}

TEST_CASE("they pass on SQLite") {
  char folder[] = "/tmp/skerry-kv-XXXXXX";
  REQUIRE(mkdtemp(folder) != nullptr);
  {
    Host host;
    auto store = store::SqliteKvStore::create({.directory = folder});
    REQUIRE(store.has_value());
    for (const char* name : {"KV", "OTHER"})
      host.bind(name, std::move(*(*store)->open(name, host.executor())));
    check_runtime_tests(host);
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("a failure of the store is an error with a status; its details go to the log") {
  struct Case {
    Code code;
    const char* told;
  };
  for (const Case& c :
       {Case{Code::io, "500 Internal Server Error"},
        Case{Code::corrupt, "500 Internal Server Error"}, Case{Code::busy, "429 Too Many Requests"},
        Case{Code::full, "507 Insufficient Storage"},
        Case{Code::closed, "503 Service Unavailable"}}) {
    Host host;
    host.bind("KV", std::make_shared<Failing>(host.executor(), c.code));
    const std::string rest = std::string(" failed: ") + c.told;
    CHECK(host.run("await KV.get('a')") == "Error: KV GET" + rest);
    CHECK(host.run("await KV.get(['a'])") == "Error: KV GET_BULK" + rest);
    CHECK(host.run("await KV.getWithMetadata('a', 'stream')") == "Error: KV GET" + rest);
    CHECK(host.run("await KV.list()") == "Error: KV GET" + rest);
    CHECK(host.run("await KV.put('a', 'v')") == "Error: KV PUT" + rest);
    CHECK(host.run("await KV.delete('a')") == "Error: KV DELETE" + rest);
    REQUIRE(host.log().events.size() == (c.code == Code::busy ? 0 : 6));
    if (c.code == Code::busy) continue;
    CHECK(host.log().events[0].find("first.db") != std::string::npos);
  }
}

TEST_CASE("an answer that comes after its event has ended is dropped") {
  Host host;
  store::MemoryKvStore store;
  host.bind("KV", std::make_shared<Cold>(std::move(*store.open("KV", host.executor()))));
  host.run_and_close(
      "await Promise.all([KV.put('late', 'v'), KV.get('late'), KV.list(), KV.get(['late'])]);"
      "globalThis.went_on = true;");
  CHECK(host.run("return await KV.get('late')") == "v");
  CHECK(host.run("return typeof went_on") == "undefined");
}

TEST_CASE("what a stream has given is freed with its event") {
  Host host;
  store::MemoryKvStore store;
  host.bind("KV", std::move(*store.open("KV", host.executor())));
  const std::string endless =
      "let n = 0; globalThis.stream = new ReadableStream({ pull(c) { if (n++ < 20) c.enqueue(new "
      "Uint8Array(1 << 20)); "
      "else return new Promise(() => {}); } }); await KV.put('a', stream);";
  for (int i = 0; i < 20; ++i) host.run_and_close(endless);
  CHECK(host.run("await KV.put('b', new ReadableStream({ start(c) { c.enqueue(new Uint8Array(5)); "
                 "c.close(); } }));"
                 "return (await KV.get('b', 'arrayBuffer')).byteLength") == "5");
  host.run_and_close(
      "let c; const put = KV.put('c', new ReadableStream({ start(x) { c = x; } })); "
      "globalThis.later = c;");
  CHECK(host.run("later.enqueue(new Uint8Array(3)); await 0; return await KV.get('c')") == "null");
}

TEST_CASE("a getter on then cannot harm the fast path") {
  Host host;
  store::MemoryKvStore store;
  host.bind("KV", std::move(*store.open("KV", host.executor())));
  CHECK(host.run(
            "await KV.put('j', '{}'); Object.defineProperty(Object.prototype, 'then', { "
            "configurable: true, "
            "get() { throw new RangeError('then') } }); try { return await KV.get('j', 'json'); } "
            "finally { delete Object.prototype.then }") == "RangeError: then");
}

TEST_CASE("nothing can be asked at module scope") {
  Host host;
  store::MemoryKvStore store;
  host.bind("KV", std::move(*store.open("KV", host.executor())));
  for (const char* body : {"return KV.get('a')", "return KV.put('a', 'v')", "return KV.list()",
                           "return KV.delete('a')"}) {
    const std::string told = host.run_at_module_scope(body);
    CHECK(told.find("Disallowed operation called within global scope") != std::string::npos);
  }
}

TEST_CASE("the limit of calls follows a higher subrequest limit, and each event has its own") {
  Host host;
  store::MemoryKvStore store;
  host.bind("KV", std::move(*store.open("KV", host.executor())));
  const std::string calls = "for (let i = 0; i < 1500; i++) await KV.get('a'); return 'all';";
  CHECK(host.run(calls) == "Error: Too many API requests by single worker invocation.");
  CHECK(host.run(calls, 2000) == "all");
  CHECK(host.run("return await KV.get('a')") == "null");
}

TEST_CASE("the cost of reading a hot key") {
  Host host;
  store::MemoryKvStore store;
  host.bind("KV", std::move(*store.open("KV", host.executor())));
  host.run("await KV.put('hot', 'x'.repeat(100)); await KV.put('json', '{\"a\":1}');");
  const auto measure = [&](const char* what, const char* call) {
    constexpr int count = 200'000;
    const auto start = std::chrono::steady_clock::now();
    const std::string body =
        "for (let i = 0; i < " + std::to_string(count) + "; i++) await " + call + ";";
    CHECK(host.run(body, 1'000'000'000) == "undefined");
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    std::printf("%s: %.0f ns\n", what, taken.count() / count);
  };
  measure("an await of nothing", "undefined");
  measure("get of 100 bytes as text", "KV.get('hot')");
  measure("get as JSON", "KV.get('json', 'json')");
  measure("getWithMetadata", "KV.getWithMetadata('hot')");
}

}  // namespace skerry::bindings
