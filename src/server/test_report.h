// What people and programs are told of a run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "server/test_result.h"

namespace skerry::server {

struct TestTotals {
  size_t passed = 0;  // expected failures are among them
  size_t failed = 0;
  size_t expected_failures = 0;
  size_t not_supported = 0;
};

TestTotals count_tests(const FileResult& result);
// One line with counts, then each unexpected failure with message and stack.
void print_file(const TestFile& file, const FileResult& result);
Result<> write_test_json(const std::string& path, const std::vector<TestFile>& files,
                         const std::vector<FileResult>& results);

}  // namespace skerry::server
