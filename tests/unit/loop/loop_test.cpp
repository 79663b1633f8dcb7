#include "loop/loop.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "loop/dns.h"
#include "loop/file_watch.h"
#include "loop/signals.h"
#include "loop/sleep.h"
#include "loop/timeout_wheel.h"
#include "loop/worker_thread.h"

using namespace skerry;
using namespace skerry::loop;

namespace {

std::unique_ptr<Loop> make_loop() {
  auto loop = Loop::create();
  REQUIRE(loop.has_value());
  return std::move(*loop);
}

// Turns until `done`, for five seconds at most.
template <class Done>
bool turn_until(Loop& loop, Done done) {
  TimerId guard = loop.add_timer(5000, [] {});
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!done() && std::chrono::steady_clock::now() < end) loop.turn(Loop::Wait::yes);
  loop.cancel_timer(guard);
  return done();
}

Task<void> sleep_twice(Loop& loop, std::vector<int>& log) {
  Result<> first = co_await sleep(loop, 5);
  log.push_back(first ? 1 : -1);
  Result<> second = co_await sleep(loop, 60'000);
  log.push_back(second ? 2 : -2);
}

Task<void> compute(Loop& loop, WorkerThread& thread, std::thread::id* ran_on, int* result) {
  Result<int> value = co_await run_on(loop, thread, [ran_on]() -> Result<int> {
    *ran_on = std::this_thread::get_id();
    return 7;
  });
  *result = *value;
}

}  // namespace

TEST_CASE("timers of a loop fire in order, and one added by a timer waits for the next turn") {
  auto loop = make_loop();
  std::vector<int> log;
  loop->add_timer(20, [&] { log.push_back(2); });
  loop->add_timer(1, [&] {
    log.push_back(1);
    loop->add_timer(0, [&] { log.push_back(11); });
  });
  TimerId dropped = loop->add_timer(5, [&] { log.push_back(-1); });
  CHECK(loop->cancel_timer(dropped));
  loop->add_timer(40, [&] { loop->stop(); });
  loop->run();
  CHECK(log == std::vector<int>{1, 11, 2});
}

TEST_CASE("a timer that adds itself with no delay does not hold the loop") {
  auto loop = make_loop();
  int fired = 0;
  std::function<void()> again = [&] {
    ++fired;
    if (fired < 1000) loop->add_timer(0, [&] { again(); });
  };
  loop->add_timer(0, [&] { again(); });
  bool posted = false;
  loop->add_timer(5, [&] { posted = true; });
  CHECK(turn_until(*loop, [&] { return posted; }));
  CHECK(fired < 1000);
  fired = 1000;
  turn_until(*loop, [&] { return true; });
}

TEST_CASE("what other threads post runs on the loop, in order") {
  auto loop = make_loop();
  std::vector<int> seen;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) loop->post([&seen, i] { seen.push_back(i); });
    loop->post_stop();
  });
  loop->run();
  other.join();
  REQUIRE(seen.size() == 1000);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE("deferred work runs before the loop waits, and endless deferring lets I/O in") {
  auto loop = make_loop();
  int rounds = 0;
  std::function<void()> endless = [&] {
    ++rounds;
    loop->defer([&] { endless(); });
  };
  loop->defer([&] { endless(); });
  bool fired = false;
  loop->add_timer(2, [&] { fired = true; });
  CHECK(turn_until(*loop, [&] { return fired; }));
  CHECK(rounds > 10);
  endless = [] {};
  loop->turn(Loop::Wait::no);
}

TEST_CASE("a sleeping task wakes, and a cancelled sleep ends at once") {
  auto loop = make_loop();
  std::vector<int> log;
  TaskSet set;
  set.add(sleep_twice(*loop, log));
  CHECK(turn_until(*loop, [&] { return log.size() == 1; }));
  bool closed = false;
  set.close([&] { closed = true; });
  CHECK(turn_until(*loop, [&] { return closed; }));
  CHECK(log == std::vector<int>{1, -2});
}

TEST_CASE("work handed to a thread comes back to the loop") {
  auto loop = make_loop();
  std::thread::id ran_on;
  int result = 0;
  TaskSet set;
  {
    WorkerThread thread("unit");
    set.add(compute(*loop, thread, &ran_on, &result));
    CHECK(turn_until(*loop, [&] { return result == 7; }));
  }
  CHECK(ran_on != std::this_thread::get_id());
}

TEST_CASE("the wheel meets deadlines late by a tick at most, also moved ones") {
  struct Entry final : TimeoutEntry {
    Loop* loop = nullptr;
    uint64_t fired_at = 0;
    void on_timeout() override { fired_at = loop->now_ms(); }
  };
  auto loop = make_loop();
  TimeoutWheel wheel(*loop, 10);
  Entry moved, earlier, cleared;
  moved.loop = earlier.loop = cleared.loop = loop.get();
  uint64_t start = loop->now_ms();
  wheel.set(moved, start + 20);
  wheel.set(moved, start + 100);
  wheel.set(earlier, start + 5000);
  wheel.set(earlier, start + 40);
  wheel.set(cleared, start + 30);
  wheel.clear(cleared);
  CHECK(turn_until(*loop, [&] { return moved.fired_at != 0; }));
  CHECK(moved.fired_at >= start + 100);
  CHECK(earlier.fired_at >= start + 40);
  CHECK(earlier.fired_at < moved.fired_at);
  CHECK(cleared.fired_at == 0);
}

TEST_CASE("a signal reaches the loop") {
  auto loop = make_loop();
  int seen = 0;
  auto watch = SignalWatch::start(*loop, SIGUSR1, [&] { ++seen; });
  REQUIRE(watch.has_value());
  kill(getpid(), SIGUSR1);
  CHECK(turn_until(*loop, [&] { return seen == 1; }));
}

TEST_CASE("a watched tree tells changes once a burst, also in folders that came later") {
  char name[] = "/tmp/skerry_watch_XXXXXX";
  std::filesystem::path root = mkdtemp(name);
  auto loop = make_loop();
  int told = 0;
  auto watch = FileWatch::start(*loop, root.string(), 20, [&] { ++told; });
  REQUIRE(watch.has_value());
  std::ofstream(root / "a.js") << "1";
  std::ofstream(root / "b.js") << "2";
  CHECK(turn_until(*loop, [&] { return told == 1; }));
  std::filesystem::create_directory(root / "sub");
  CHECK(turn_until(*loop, [&] { return told == 2; }));
  std::ofstream(root / "sub" / "c.js") << "3";
  CHECK(turn_until(*loop, [&] { return told == 3; }));
  std::filesystem::remove_all(root);
  auto missing = FileWatch::start(*loop, "/nonexistent/folder", 20, [] {});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == Code::not_found);
}

TEST_CASE("names are looked up; literal addresses too; a dropped look-up is silent") {
  auto loop = make_loop();
  std::vector<SocketAddress> found;
  bool told = false;
  auto lookup = DnsLookup::start(*loop, "127.0.0.1", 80, [&](auto result) {
    told = true;
    if (result) found = std::move(*result);
  });
  auto dropped = DnsLookup::start(*loop, "127.0.0.2", 80, [&](auto) { found.clear(); });
  dropped.reset();
  CHECK(turn_until(*loop, [&] { return told; }));
  REQUIRE(found.size() == 1);
  CHECK(found[0].text() == "127.0.0.1:80");
  CHECK(SocketAddress::parse("::1", 8)->text() == "[::1]:8");
  CHECK_FALSE(SocketAddress::parse("localhost", 8).has_value());
}
