// The test runner behind `skerry test`: WPT-style *.any.js files
// (https://web-platform-tests.org/writing-tests/testharness.html#multi-global-tests) and modules of
// tests for workers (*_test.mjs, *.test.mjs), each file in an isolate of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace skerry::server {

struct TestOptions {
  // Files and folders; relative to `root` where they do not exist.
  std::vector<std::string> paths = {};
  // The folder of an external checkout, where "/common/a.js" lies; empty: none.
  std::string root = {};
  // Text in the path of a file, or in the name of a module's test.
  std::string filter = {};
  // Gets the results as JSON; empty: none.
  std::string json_file = {};
  // Empty: the nearest expectations.json in a folder above each file.
  std::string expectations = {};
  bool update_expectations = false;
  uint32_t threads = 2;
};

// Runs the files, prints a line for each and `N passed, N failed` (subtests) last. Starts V8 if
// need be. Returns the exit code of the process: 0 (also after an update), 1 when something
// failed, 2 when nothing could be run.
int run_tests(const TestOptions& options);

}  // namespace skerry::server
