// What holds for every KvStore.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "kv_fixture.h"
#include "store/memory_kv.h"
#include "store/sqlite_kv.h"

namespace skerry::store {
namespace {

struct MemoryFixture {
  TestClock clock;
  ManualExecutor executor;
  std::unique_ptr<KvStore> store = std::make_unique<MemoryKvStore>(clock);
};

struct SqliteFixture {
  TestFolder folder;
  TestClock clock;
  ManualExecutor executor;
  std::unique_ptr<KvStore> store =
      std::move(*SqliteKvStore::create({.directory = folder.path + "/kv", .now_s = clock}));
};

// As good as no cache: every read goes to the file.
struct SqliteUncachedFixture {
  TestFolder folder;
  TestClock clock;
  ManualExecutor executor;
  std::unique_ptr<KvStore> store = std::move(
      *SqliteKvStore::create({.directory = folder.path + "/kv", .cache_bytes = 0, .now_s = clock}));
};

std::unique_ptr<KvNamespace> open(KvStore& store, ManualExecutor& executor, std::string_view id) {
  auto opened = store.open(id, executor);
  REQUIRE(opened);
  return std::move(*opened);
}

std::vector<std::string> names(const KvPage& page) {
  std::vector<std::string> out;
  for (const KvListedKey& key : page.keys) out.push_back(key.name);
  return out;
}

#define ALL_STORES MemoryFixture, SqliteFixture, SqliteUncachedFixture

TEST_CASE_TEMPLATE("a value comes back as it was put", Fixture, ALL_STORES) {
  Fixture f;
  auto kv = open(*f.store, f.executor, "a");
  CHECK(text_of(get(f.executor, *kv, "k")) == "(none)");
  CHECK(put(f.executor, *kv, "k", "one", {.metadata_json = "{\"a\":1}"}));
  auto value = get(f.executor, *kv, "k");
  REQUIRE(value);
  REQUIRE(*value);
  CHECK((*value)->data.view() == "one");
  CHECK((*value)->metadata_json == "{\"a\":1}");
  CHECK((*value)->expires_at_s == 0);
  CHECK(put(f.executor, *kv, "k", "two"));
  CHECK(text_of(get(f.executor, *kv, "k")) == "two");
  CHECK((*get(f.executor, *kv, "k"))->metadata_json.empty());
  CHECK((*value)->data.view() == "one");  // what a caller holds never changes
  CHECK(remove(f.executor, *kv, "k"));
  CHECK(text_of(get(f.executor, *kv, "k")) == "(none)");
  CHECK(remove(f.executor, *kv, "k"));
}

TEST_CASE_TEMPLATE("any bytes make a value and a key", Fixture, ALL_STORES) {
  Fixture f;
  auto kv = open(*f.store, f.executor, "a");
  const std::string odd("\0\xff\n'\"%", 6);
  CHECK(put(f.executor, *kv, odd, odd));
  CHECK(text_of(get(f.executor, *kv, odd)) == odd);
  CHECK(put(f.executor, *kv, "empty", ""));
  CHECK(text_of(get(f.executor, *kv, "empty")) == "");
  const std::string long_key(512, 'k');
  CHECK(put(f.executor, *kv, long_key, "v"));
  CHECK(text_of(get(f.executor, *kv, long_key)) == "v");
  CHECK(text_of(get(f.executor, *kv, std::string("\0", 1))) == "(none)");
}

TEST_CASE_TEMPLATE("namespaces are apart, handles of one are not", Fixture, ALL_STORES) {
  Fixture f;
  auto a = open(*f.store, f.executor, "a");
  auto b = open(*f.store, f.executor, "../a");
  auto a2 = open(*f.store, f.executor, "a");
  CHECK(put(f.executor, *a, "k", "of a"));
  CHECK(put(f.executor, *b, "k", "of b"));
  CHECK(text_of(get(f.executor, *a2, "k")) == "of a");
  CHECK(text_of(get(f.executor, *b, "k")) == "of b");
}

TEST_CASE_TEMPLATE("limits are errors, at once", Fixture, ALL_STORES) {
  Fixture f;
  auto kv = open(*f.store, f.executor, "a");
  CHECK(put(f.executor, *kv, "", "v").error().code == Code::invalid);
  CHECK(put(f.executor, *kv, ".", "v").error().code == Code::invalid);
  CHECK(put(f.executor, *kv, "..", "v").error().code == Code::invalid);
  CHECK(put(f.executor, *kv, std::string(513, 'k'), "v").error().code == Code::too_large);
  CHECK(put(f.executor, *kv, "k", std::string(kv_value_bytes_max + 1, 'v')).error().code ==
        Code::too_large);
  CHECK(put(f.executor, *kv, "k", "v", {.metadata_json = std::string(1025, ' ')}).error().code ==
        Code::too_large);
  CHECK(get(f.executor, *kv, "").error().code == Code::invalid);
  CHECK(remove(f.executor, *kv, std::string(513, 'k')).error().code == Code::too_large);
  CHECK(list(f.executor, *kv, {.limit = 0}).error().code == Code::invalid);
  CHECK(list(f.executor, *kv, {.limit = 1001}).error().code == Code::invalid);
  for (const char* cursor : {"!", "A", "AB", "AAAAA", "====", "a b"}) {
    CAPTURE(cursor);
    CHECK(list(f.executor, *kv, {.cursor = cursor}).error().code == Code::invalid);
  }
  auto many = wait_for<std::vector<KvValuePtr>>(f.executor, [&](auto done) {
    kv->get_many(std::vector<std::string>(101, "k"), std::move(done));
  });
  CHECK(many.error().code == Code::too_large);
  CHECK(text_of(get(f.executor, *kv, "k")) == "(none)");
}

TEST_CASE_TEMPLATE("the largest value fits", Fixture, ALL_STORES) {
  Fixture f;
  auto kv = open(*f.store, f.executor, "a");
  std::string value(kv_value_bytes_max, 'x');
  for (size_t i = 0; i < value.size(); i += 997) value[i] = static_cast<char>(i);
  CHECK(put(f.executor, *kv, "k", value));
  auto read = get(f.executor, *kv, "k");
  REQUIRE(read);
  CHECK((*read)->data.view() == value);
}

TEST_CASE_TEMPLATE("get_many answers in the order asked", Fixture, ALL_STORES) {
  Fixture f;
  auto kv = open(*f.store, f.executor, "a");
  CHECK(put(f.executor, *kv, "a", "1"));
  CHECK(put(f.executor, *kv, "c", "3", {.expires_at_s = f.clock() + 5}));
  const auto many = [&] {
    return wait_for<std::vector<KvValuePtr>>(
        f.executor, [&](auto done) { kv->get_many({"c", "b", "a", "c"}, std::move(done)); });
  };
  auto values = many();
  REQUIRE(values);
  REQUIRE(values->size() == 4);
  CHECK((*values)[0]->data.view() == "3");
  CHECK(!(*values)[1]);
  CHECK((*values)[2]->data.view() == "1");
  CHECK((*values)[3]->data.view() == "3");
  f.clock.now_s->fetch_add(5);
  values = many();
  CHECK(!(*values)[0]);
  CHECK((*values)[2]);
}

TEST_CASE_TEMPLATE("an expired key never shows", Fixture, ALL_STORES) {
  Fixture f;
  auto kv = open(*f.store, f.executor, "a");
  CHECK(put(f.executor, *kv, "k", "v", {.expires_at_s = f.clock() + 60}));
  CHECK(put(f.executor, *kv, "past", "v", {.expires_at_s = f.clock()}));
  CHECK(text_of(get(f.executor, *kv, "past")) == "(none)");
  CHECK((*get(f.executor, *kv, "k"))->expires_at_s == f.clock() + 60);
  f.clock.now_s->fetch_add(59);
  CHECK(text_of(get(f.executor, *kv, "k")) == "v");
  CHECK(names(*list(f.executor, *kv)) == std::vector<std::string>{"k"});
  f.clock.now_s->fetch_add(1);
  const auto cached = kv->get_cached("k");
  const bool cache_shows_it = cached && *cached;
  CHECK(!cache_shows_it);
  CHECK(text_of(get(f.executor, *kv, "k")) == "(none)");
  CHECK(list(f.executor, *kv)->keys.empty());
  CHECK(put(f.executor, *kv, "k", "again"));
  CHECK(text_of(get(f.executor, *kv, "k")) == "again");
}

TEST_CASE_TEMPLATE("list goes in byte order, by prefix, in pages", Fixture, ALL_STORES) {
  Fixture f;
  auto kv = open(*f.store, f.executor, "a");
  std::vector<std::string> keys = {
      "a",  "a/",       "a/1",       "a/\xc3\xa9", "a/\xf0\x9f\x8e\xb8",  "a0", "B",
      "ab", "\xff\xff", "\xff\xffz", "Z",          std::string("a\0b", 3)};
  for (const std::string& key : keys) {
    CHECK(put(f.executor, *kv, key, "v",
              {.metadata_json = "\"" + std::to_string(key.size()) + "\""}));
  }
  CHECK(put(f.executor, *kv, "a/gone", "v", {.expires_at_s = f.clock()}));
  std::sort(keys.begin(), keys.end());
  const auto all = list(f.executor, *kv);
  REQUIRE(all);
  CHECK(names(*all) == keys);
  CHECK(all->list_complete);
  CHECK(all->cursor.empty());
  CHECK(all->keys[0].metadata_json == "\"1\"");
  for (const std::string prefix : {"", "a", "a/", "a/1", "\xff", "\xff\xff", "nothing"}) {
    for (const size_t limit : {1, 2, 3, 12, 1000}) {
      std::vector<std::string> want, got;
      std::copy_if(keys.begin(), keys.end(), std::back_inserter(want),
                   [&](const std::string& key) { return key.starts_with(prefix); });
      KvListOptions options{.prefix = prefix, .limit = limit};
      size_t pages = 0;
      for (;;) {
        const auto page = list(f.executor, *kv, options);
        REQUIRE(page);
        ++pages;
        CHECK(page->keys.size() <= limit);
        for (const KvListedKey& key : page->keys) got.push_back(key.name);
        CHECK(page->cursor.empty() == page->list_complete);
        if (page->list_complete) break;
        options.cursor = page->cursor;
      }
      CHECK(got == want);
      CHECK(pages == std::max<size_t>(1, (want.size() + limit - 1) / limit));
    }
  }
}

TEST_CASE_TEMPLATE("operations take their turn in the order given", Fixture, ALL_STORES) {
  Fixture f;
  auto kv = open(*f.store, f.executor, "a");
  std::string log;
  int left = 7;
  const auto note_get = [&](Result<KvValuePtr> value) {
    log += text_of(value) + " ";
    --left;
  };
  const auto note_write = [&](Result<> done) { left -= done ? 1 : 0; };
  kv->get("k", note_get);
  kv->put("k", Bytes::copy_of("1"), {}, note_write);
  kv->get("k", note_get);
  kv->put("k", Bytes::copy_of("2"), {}, note_write);
  kv->list({}, [&](Result<KvPage> page) {
    log += "[" + std::to_string(page ? page->keys.size() : 99) + "] ";
    --left;
  });
  kv->remove("k", note_write);
  kv->get("k", note_get);
  CHECK(log.empty());  // no answer inside a call
  CHECK(f.executor.run_until([&] { return left == 0; }));
  CHECK(log == "(none) 1 [1] (none) ");
}

TEST_CASE_TEMPLATE("what is remembered agrees with what was acknowledged", Fixture, ALL_STORES) {
  Fixture f;
  auto kv = open(*f.store, f.executor, "a");
  std::mt19937 random(7);
  std::vector<std::string> want(20, "(none)");
  for (int step = 0; step < 300; ++step) {
    const size_t at = random() % want.size();
    const std::string key = "key" + std::to_string(at);
    const auto check_cached = [&] {
      if (const auto known = kv->get_cached(key)) CHECK(text_of(*known) == want[at]);
    };
    check_cached();
    const unsigned what = random() % 4;
    if (what == 0) {
      want[at] = std::to_string(step);
      CHECK(put(f.executor, *kv, key, want[at]));
    } else if (what == 1) {
      want[at] = "(none)";
      CHECK(remove(f.executor, *kv, key));
    } else {
      CHECK(text_of(get(f.executor, *kv, key)) == want[at]);
    }
    check_cached();
  }
}

// Readers and one writer on threads of their own: after the ack of N nobody reads less than N.
TEST_CASE_TEMPLATE("no reader sees an older value than the last acknowledged", Fixture,
                   ALL_STORES) {
  ManualExecutor executors[3];  // outlive the store
  Fixture f;
  std::atomic<int> acknowledged{0};
  std::atomic<bool> stop{false};
  std::atomic<int> stale{0};
  CHECK(put(executors[0], *open(*f.store, executors[0], "a"), "k", "0"));
  const auto read = [&](ManualExecutor& executor) {
    auto kv = std::move(*f.store->open("a", executor));
    while (!stop) {
      const int floor = acknowledged;
      const auto known = kv->get_cached("k");
      const std::string text =
          text_of(known ? Result<KvValuePtr>(*known) : get(executor, *kv, "k"));
      if (atoi(text.c_str()) < floor) ++stale;
    }
  };
  std::thread one([&] { read(executors[1]); }), two([&] { read(executors[2]); });
  auto kv = open(*f.store, f.executor, "a");
  for (int i = 1; i <= 200; ++i) {
    if (put(f.executor, *kv, "k", std::to_string(i))) acknowledged = i;
  }
  stop = true;
  one.join();
  two.join();
  CHECK(acknowledged == 200);
  CHECK(stale == 0);
}

}  // namespace
}  // namespace skerry::store
