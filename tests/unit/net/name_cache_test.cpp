#include "net/name_cache.h"

#include <doctest/doctest.h>

#include "http_harness.h"

using namespace skerry;
using namespace skerry::net;
using namespace skerry::net::testing;

namespace {

loop::SocketAddress address(const char* literal) {
  return *loop::SocketAddress::parse(literal, 0);
}

}  // namespace

TEST_CASE("a name is looked up once for all who ask, and remembered") {
  Server world;
  NameCache cache(*world.loop);
  int told = 0;
  std::vector<std::unique_ptr<NameCache::Waiter>> waiters;
  CHECK(cache.find("localhost") == nullptr);
  for (int i = 0; i < 3; ++i)
    waiters.push_back(cache.look_up("localhost", [&](const Result<NameCache::Addresses>& found) {
      ++told;
      REQUIRE(found.has_value());
      CHECK(!found->empty());
    }));
  // One gives up before the answer, another in it.
  bool wrongly = false;
  waiters.push_back(cache.look_up("localhost", [&](const auto&) { wrongly = true; }));
  waiters.pop_back();
  waiters.push_back(cache.look_up("localhost", [&](const auto&) { waiters.clear(); }));
  waiters.push_back(cache.look_up("localhost", [&](const auto&) { wrongly = true; }));
  CHECK(told == 0);
  CHECK(world.turn_until([&] { return waiters.empty(); }));
  CHECK(told == 3);
  CHECK(!wrongly);
  REQUIRE(cache.find("localhost") != nullptr);
  CHECK(cache.find("localhost")->has_value());
  cache.forget("localhost");
  CHECK(cache.find("localhost") == nullptr);
}

TEST_CASE("a failure is remembered too") {
  Server world;
  NameCache cache(*world.loop);
  bool failed = false;
  auto waiter = cache.look_up("no-such-name.invalid",
                              [&](const auto& found) { failed = !found.has_value(); });
  CHECK(world.turn_until([&] { return failed; }));
  REQUIRE(cache.find("no-such-name.invalid") != nullptr);
  CHECK(!cache.find("no-such-name.invalid")->has_value());
}

TEST_CASE("names kept are bounded") {
  Server world;
  NameCache cache(*world.loop);
  size_t told = 0;
  std::vector<std::unique_ptr<NameCache::Waiter>> waiters;
  constexpr size_t kNames = limits::name_cache_max + 50;
  for (size_t i = 0; i < kNames; ++i) {
    waiters.push_back(
        cache.look_up("127.0." + std::to_string(i / 250) + "." + std::to_string(i % 250),
                      [&](const auto&) { ++told; }));
    if (i % 100 == 0) CHECK(world.turn_until([&] { return told == i + 1; }));
  }
  CHECK(world.turn_until([&] { return told == kNames; }));
}

TEST_CASE("families take turns, the preferred one first") {
  NameCache::Addresses all = interleave_families(
      {address("::1"), address("::2"), address("::3"), address("1.1.1.1"), address("2.2.2.2")});
  std::string order;
  for (const loop::SocketAddress& each : all) order += each.text() + " ";
  CHECK(order == "[::1]:0 1.1.1.1:0 [::2]:0 2.2.2.2:0 [::3]:0 ");
  CHECK(interleave_families({}).empty());
}
