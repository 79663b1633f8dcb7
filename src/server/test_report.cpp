#include "server/test_report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "base/json.h"

namespace skerry::server {

namespace {

constexpr size_t shown_failures_max = 50;
constexpr size_t shown_console_lines_max = 20;

const char* status_name(TestResult::Status status) {
  switch (status) {
    case TestResult::Status::pass: return "PASS";
    case TestResult::Status::fail: return "FAIL";
    case TestResult::Status::timeout: return "TIMEOUT";
    case TestResult::Status::not_run: return "NOTRUN";
    case TestResult::Status::not_supported: return "NOTSUPPORTED";
  }
  return "";
}

bool is_failure(const TestResult& test) {
  return test.is_bad() && !test.expected;
}

// Text of a test, line by line, with what a terminal would act on made visible.
void append_lines(std::string& out, const char* indent, std::string_view text) {
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string quoted = json_string(text.substr(0, end));
    std::string line = quoted.substr(1, quoted.size() - 2);
    for (size_t at = 0; (at = line.find("\\\"", at)) != std::string::npos; ++at) line.erase(at, 1);
    out += indent + line + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// The stack without the harness's own frames, which are the same for every failure.
std::string own_frames(std::string_view stack) {
  std::string out;
  while (!stack.empty()) {
    const size_t end = std::min(stack.find('\n'), stack.size());
    const std::string_view line = stack.substr(0, end);
    stack.remove_prefix(std::min(end + 1, stack.size()));
    if (!line.contains("skerry:testharness") && !line.contains("skerry:node_assert"))
      out += std::string(line) + "\n";
  }
  return out;
}

void append_failure(std::string& out, const TestResult& test) {
  append_lines(out, "  ", std::string(status_name(test.status)) + " " + test.name);
  if (!test.stack.empty() && !test.stack.contains(test.message))
    append_lines(out, "      ", test.message);
  append_lines(out, "      ", test.stack.empty() ? test.message : own_frames(test.stack));
}

void append_test_json(std::string& out, const TestResult& test) {
  out += "{\"name\":" + json_string(test.name) + ",\"status\":\"" + status_name(test.status) + "\"";
  if (test.expected) out += ",\"expected\":true";
  if (!test.message.empty()) out += ",\"message\":" + json_string(test.message);
  if (!test.stack.empty()) out += ",\"stack\":" + json_string(test.stack);
  out += "}";
}

}  // namespace

TestTotals count_tests(const FileResult& result) {
  TestTotals totals;
  for (const TestResult& test : result.tests) {
    if (test.status == TestResult::Status::not_supported) {
      ++totals.not_supported;
    } else if (is_failure(test)) {
      ++totals.failed;
    } else {
      ++totals.passed;
      totals.expected_failures += test.expected ? 1 : 0;
    }
  }
  return totals;
}

void print_file(const TestFile& file, const FileResult& result) {
  if (!result.ran) return;
  const TestTotals totals = count_tests(result);
  std::string out = totals.failed == 0 ? "ok    " : "FAIL  ";
  out += file.path + "  " + std::to_string(totals.passed) + " passed";
  if (totals.failed > 0) out += ", " + std::to_string(totals.failed) + " failed";
  if (totals.expected_failures > 0)
    out += ", " + std::to_string(totals.expected_failures) + " of them expected failures";
  if (totals.not_supported > 0)
    out += ", " + std::to_string(totals.not_supported) + " not supported";
  out += "  (" + std::to_string(result.wall_ms) + " ms)\n";
  size_t shown = 0;
  for (const TestResult& test : result.tests) {
    if (!is_failure(test)) continue;
    if (++shown <= shown_failures_max) append_failure(out, test);
  }
  if (shown > shown_failures_max)
    out += "  and " + std::to_string(shown - shown_failures_max) + " more\n";
  if (shown > 0 && !result.console.empty()) {
    out += "  console:\n";
    const size_t lines = std::min(result.console.size(), shown_console_lines_max);
    for (size_t i = 0; i < lines; ++i) append_lines(out, "      ", result.console[i]);
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

Result<> write_test_json(const std::string& path, const std::vector<TestFile>& files,
                         const std::vector<FileResult>& results) {
  TestTotals sum;
  std::string list;
  for (size_t i = 0; i < files.size(); ++i) {
    if (!results[i].ran) continue;
    const TestTotals totals = count_tests(results[i]);
    sum.passed += totals.passed;
    sum.failed += totals.failed;
    if (!list.empty()) list += ",\n";
    list += "{\"file\":" + json_string(files[i].key.empty() ? files[i].path : files[i].key) +
            ",\"ms\":" + std::to_string(results[i].wall_ms) + ",\"tests\":[";
    for (size_t t = 0; t < results[i].tests.size(); ++t) {
      if (t > 0) list += ",";
      append_test_json(list, results[i].tests[t]);
    }
    list += "]}";
  }
  std::ofstream out(path, std::ios::binary);
  out << "{\"passed\":" << sum.passed << ",\"failed\":" << sum.failed << ",\"files\":[\n"
      << list << "\n]}\n";
  out.close();
  if (!out) return fail(Code::io, "cannot write " + path);
  return {};
}

}  // namespace skerry::server
