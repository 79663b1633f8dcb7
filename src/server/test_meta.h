// The META comments at the top of *.any.js files:
// https://web-platform-tests.org/writing-tests/testharness.html#specifying-metadata
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skerry::server {

struct TestMeta {
  std::string title;
  std::vector<std::string> scripts;  // in their order, as written
  bool long_timeout = false;
  bool for_workers = true;  // its `global` names the kind of global that skerry is
};

// Reads up to the first line that is no META comment. Pure.
TestMeta parse_test_meta(std::string_view text);

}  // namespace skerry::server
