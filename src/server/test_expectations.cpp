#include "server/test_expectations.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/json.h"
#include "server/test_files.h"

namespace skerry::server {

Result<Expectations> Expectations::read(const std::string& path) {
  Expectations made;
  made.path_ = path;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return made;
  Result<std::string> text = read_test_file(path);
  if (!text) return fail(std::move(text.error()));
  Result<ConfigValue> tree = parse_json(*text, path);
  if (!tree) return fail(std::move(tree.error()));
  for (const ConfigMember& member : tree->members()) {
    FileExpectation& file = made.files_[member.key];
    if (const ConfigValue* count = member.value.find("subtests"))
      file.subtests = static_cast<size_t>(std::max(count->as_number().value, 0.0));
    if (const ConfigValue* failures = member.value.find("failures"))
      for (const ConfigValue& name : failures->items()) file.failures.push_back(name.as_string());
  }
  return made;
}

Result<> Expectations::write() const {
  std::string text = "{";
  const char* between = "\n";
  for (const auto& [key, file] : files_) {
    text += between;
    between = ",\n";
    text += "  " + json_string(key) + ": {\"subtests\": " + std::to_string(file.subtests);
    if (!file.failures.empty()) text += ", \"failures\": [";
    for (size_t i = 0; i < file.failures.size(); ++i)
      text += (i == 0 ? "\n    " : ",\n    ") + json_string(file.failures[i]);
    text += file.failures.empty() ? "}" : "]}";
  }
  text += "\n}\n";
  std::ofstream out(path_, std::ios::binary);
  out << text;
  out.close();
  if (!out) return fail(Code::io, "cannot write " + path_);
  return {};
}

void Expectations::apply(const TestFile& file, FileResult& result) const {
  auto found = files_.find(file.key);
  if (found == files_.end() || !result.ran) return;
  const FileExpectation& expected = found->second;
  std::multiset<std::string> failures(expected.failures.begin(), expected.failures.end());
  const size_t count = result.tests.size();
  for (TestResult& test : result.tests) {
    auto named = failures.find(test.name);
    if (named == failures.end()) continue;
    failures.erase(named);
    if (test.is_bad()) {
      test.expected = true;
    } else {
      test.status = TestResult::Status::fail;
      test.message = "passes now, but is expected to fail: run with --update-expectations";
    }
  }
  if (result.partial) return;
  for (const std::string& name : failures)
    result.fail(name, "is expected to fail, but did not run");
  if (count < expected.subtests)
    result.fail(harness_name, "has " + std::to_string(count) + " subtests where " +
                                  std::to_string(expected.subtests) + " are expected");
}

void Expectations::update(const TestFile& file, const FileResult& result) {
  if (result.partial || !result.ran) return;
  FileExpectation& expected = files_[file.key];
  expected = {.subtests = result.tests.size(), .failures = {}};
  for (const TestResult& test : result.tests)
    if (test.is_bad()) expected.failures.push_back(test.name);
}

}  // namespace skerry::server
