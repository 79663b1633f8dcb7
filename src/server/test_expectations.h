// Which subtests are known to fail, and how many a file has: a JSON file that names failures only,
// so that a new failure, a failure mended and a test that vanished are all seen.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "server/test_result.h"

namespace skerry::server {

struct FileExpectation {
  size_t subtests = 0;
  std::vector<std::string> failures;
};

class Expectations {
 public:
  // A file that does not exist is empty.
  static Result<Expectations> read(const std::string& path);
  Result<> write() const;

  // Marks failures that are expected, and adds one failure for each thing that is not as expected.
  void apply(const TestFile& file, FileResult& result) const;
  // Makes `result` what is expected of the file.
  void update(const TestFile& file, const FileResult& result);

 private:
  std::string path_;
  std::map<std::string, FileExpectation> files_;
};

}  // namespace skerry::server
