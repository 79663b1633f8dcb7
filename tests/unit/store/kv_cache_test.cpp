#include "store/kv_cache.h"

#include <doctest/doctest.h>

#include "store/kv_rules.h"
#include "store/sqlite_kv.h"

namespace skerry::store {
namespace {

KvValuePtr value_of(size_t bytes) {
  auto value = std::make_shared<KvValue>();
  value->data = Bytes::copy_of(std::string(bytes, 'v'));
  return value;
}

TEST_CASE("the cache tells unknown, absent and known apart") {
  KvCache cache(1 << 20, {1, 2});
  CHECK(!cache.find(1, "k"));
  cache.set(1, "k", nullptr);
  REQUIRE(cache.find(1, "k"));
  CHECK(*cache.find(1, "k") == nullptr);
  const KvValuePtr value = value_of(10);
  cache.set(1, "k", value);
  CHECK(*cache.find(1, "k") == value);
  CHECK(!cache.find(2, "k"));
  CHECK(!cache.find(1, "kk"));
  cache.erase(1, "k");
  cache.erase(1, "k");
  CHECK(!cache.find(1, "k"));
  CHECK(cache.bytes() == 0);
}

TEST_CASE("the cache keeps its budget and what is used") {
  constexpr size_t budget = 1 << 20;
  KvCache cache(budget, {1, 2});
  for (int i = 0; i < 10'000; ++i) {
    cache.set(1, "key" + std::to_string(i), value_of(1000));
    CHECK(cache.bytes() <= budget);
    CHECK(cache.find(1, "key0"));  // used all the time: stays
  }
  CHECK(cache.bytes() > budget / 2);
  CHECK(!cache.find(1, "key1"));
  CHECK(cache.find(1, "key9999"));
  cache.set(1, "key0",
            value_of(budget / 8));  // too large for a shard: the old value is forgotten too
  CHECK(!cache.find(1, "key0"));
}

TEST_CASE("a cursor leads to the next key and back from text") {
  for (const std::string& key : {std::string("a"), std::string("ab"), std::string("abc"),
                                 std::string("\xff\xfe\0z", 4), std::string(512, 'q')}) {
    const auto range = kv_list_range({.cursor = kv_cursor(key)});
    REQUIRE(range);
    CHECK(range->first == key + std::string(1, '\0'));
  }
  CHECK(kv_cursor("\xfb\xff") == "-_8");
}

TEST_CASE("any namespace id is a file name of its own") {
  CHECK(kv_file_name("abc-DEF_09") == "abc-DEF_09.db");
  CHECK(kv_file_name("../a b") == "%2E%2E%2Fa%20b.db");
  CHECK(kv_file_name("") == "%.db");
  CHECK(kv_file_name("%") == "%25.db");
  CHECK(kv_file_name(std::string("\0\xc3", 2)) == "%00%C3.db");
}

}  // namespace
}  // namespace skerry::store
