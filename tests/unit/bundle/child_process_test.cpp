#include "bundle/child_process.h"

#include <doctest/doctest.h>

#include <thread>

using namespace skerry;
using namespace skerry::bundle;

namespace {

std::atomic<bool> never = false;

Result<ChildResult> shell(const std::string& command, ChildOptions options = {}) {
  options.command = {"/bin/sh", "-c", command};
  return run_child(options, never);
}

}  // namespace

TEST_CASE("child: output, code and signal") {
  Result<ChildResult> ran = shell("echo out; echo err >&2; exit 3");
  REQUIRE(ran);
  CHECK(ran->output == "out\nerr\n");
  CHECK(ran->exit_code == 3);
  CHECK_FALSE(ran->ok());
  ran = shell("kill -9 $$");
  REQUIRE(ran);
  CHECK(ran->signal == 9);
  CHECK_FALSE(ran->ok());
  ran = shell("cat; pwd", {.cwd = "/usr"});
  REQUIRE(ran);
  CHECK(ran->output == "/usr\n");
}

TEST_CASE("child: what cannot start is an error that names it") {
  Result<ChildResult> ran = run_child({.command = {"/nowhere/esbuild"}}, never);
  REQUIRE_FALSE(ran);
  CHECK(ran.error().code == Code::not_found);
  CHECK(ran.error().text.contains("/nowhere/esbuild"));
}

TEST_CASE("child: bounded in time and output") {
  Result<ChildResult> ran = shell("sleep 60", {.time_ms_max = 100});
  REQUIRE_FALSE(ran);
  CHECK(ran.error().code == Code::timeout);
  ran = shell("yes | head -c 1000000", {.output_bytes_max = 1000});
  REQUIRE(ran);
  CHECK(ran->output.size() == 1000);
}

TEST_CASE("child: one that leaves a process behind has ended all the same") {
  Result<ChildResult> ran = shell("echo done; sleep 5 &", {.time_ms_max = 3000});
  REQUIRE(ran);
  CHECK(ran->output == "done\n");
}

TEST_CASE("child: cancelled from another thread") {
  std::atomic<bool> cancel = false;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    cancel = true;
  });
  Result<ChildResult> ran = run_child({.command = {"/bin/sleep", "60"}}, cancel);
  other.join();
  REQUIRE_FALSE(ran);
  CHECK(ran.error().code == Code::cancelled);
}
