// What comes out of running test files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace skerry::server {

struct TestResult {
  // not_supported: an optional feature is absent; counts as neither passed nor failed.
  enum class Status : uint8_t { pass, fail, timeout, not_run, not_supported };
  std::string name;
  Status status = Status::pass;
  std::string message = {};
  std::string stack = {};
  bool expected = false;  // fails, as its expectations say

  bool is_bad() const { return status != Status::pass && status != Status::not_supported; }
};

struct FileResult {
  std::vector<TestResult> tests;
  std::vector<std::string> console;  // lines written while it ran, the first ones only
  uint64_t wall_ms = 0;
  bool partial = false;  // only the tests that a filter named
  bool ran = true;       // false: a filter left nothing of it, or it is not for this kind of global

  void fail(std::string name, std::string message, std::string stack = "") {
    tests.push_back({.name = std::move(name),
                     .status = TestResult::Status::fail,
                     .message = std::move(message),
                     .stack = std::move(stack)});
  }
};

// A file to run.
struct TestFile {
  std::string path;   // to open it, and for people
  std::string key;    // in expectations: relative to their file's folder, or to the root
  std::string suite;  // path of the expectations file; empty: all tests must pass
};

inline constexpr const char* harness_name = "(harness)";  // stands for errors outside of any test

}  // namespace skerry::server
