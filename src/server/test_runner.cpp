#include "server/test_runner.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "js/platform.h"
#include "server/parts.h"
#include "server/test_expectations.h"
#include "server/test_files.h"
#include "server/test_report.h"

namespace skerry::server {

namespace {

namespace fs = std::filesystem;

constexpr uint32_t threads_max = 16;

bool is_test(const std::string& path) {
  return is_any_js(path) || is_test_module(path);
}

class Run {
 public:
  explicit Run(const TestOptions& options) : options_(options), surface_(all_parts()) {}
  int run();

 private:
  Result<> find(const std::string& given);
  void find_below(const fs::path& folder);
  void add(const fs::path& path);
  Result<> read_expectations();
  void run_files();
  void work(loop::Loop& loop);
  FileResult run_file(TestThread& thread, const TestFile& file);
  void finished(size_t index, FileResult result);
  Result<> write_expectations();

  const TestOptions& options_;
  js::Surface surface_;
  TestWatchdog watchdog_;
  std::vector<TestFile> files_;
  std::vector<FileResult> results_;
  std::map<std::string, Expectations> suites_;  // by path
  std::atomic<size_t> next_{0};
  std::mutex mutex_;  // guards what follows, and results_ while threads run
  std::vector<bool> done_;
  size_t printed_ = 0;
};

// The expectations of the nearest folder above; none above the working folder or a repository.
std::string expectations_above(const fs::path& file) {
  std::error_code error;
  const fs::path stop = fs::current_path(error);
  for (fs::path folder = fs::absolute(file, error).lexically_normal().parent_path();;
       folder = folder.parent_path()) {
    fs::path candidate = folder / "expectations.json";
    if (fs::exists(candidate, error)) return candidate.string();
    if (folder == stop || folder == folder.parent_path() || fs::exists(folder / ".git", error))
      return "";
  }
}

void Run::add(const fs::path& path) {
  TestFile file{
      .path = path.lexically_normal().string(), .key = "", .suite = options_.expectations};
  if (file.suite.empty()) file.suite = expectations_above(path);
  fs::path base = options_.root;
  if (base.empty() && !file.suite.empty()) base = fs::path(file.suite).parent_path();
  std::error_code error;
  file.key =
      fs::proximate(path, base.empty() ? fs::current_path(error) : base, error).generic_string();
  files_.push_back(std::move(file));
}

void Run::find_below(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> found;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool is_folder = at->is_directory(error);
    if (is_folder && (name.starts_with('.') || name == "node_modules"))
      at.disable_recursion_pending();
    if (!is_folder && is_test(name)) found.push_back(at->path());
  }
  std::sort(found.begin(), found.end());
  for (const fs::path& path : found) add(path);
}

Result<> Run::find(const std::string& given) {
  std::error_code error;
  fs::path path = given;
  if (!fs::exists(path, error) && !options_.root.empty()) path = fs::path(options_.root) / given;
  if (!fs::exists(path, error)) return fail(Code::not_found, "there is no " + given);
  if (fs::is_directory(path, error))
    find_below(path);
  else if (is_any_js(path.string()) || path.extension() == ".mjs")
    add(path);
  else
    return fail(Code::invalid, given + " is no test: these end in .any.js, _test.mjs or .test.mjs");
  return {};
}

Result<> Run::read_expectations() {
  for (const TestFile& file : files_) {
    if (file.suite.empty() || suites_.contains(file.suite)) continue;
    Result<Expectations> read = Expectations::read(file.suite);
    if (!read) return fail(std::move(read.error()));
    suites_.emplace(file.suite, std::move(*read));
  }
  return {};
}

FileResult Run::run_file(TestThread& thread, const TestFile& file) {
  FileResult result;
  const bool named = file.path.contains(options_.filter);
  if (!is_any_js(file.path))
    result = run_test_module(thread, file, options_.filter);
  else if (named)
    result = run_any_js(thread, file, options_.root);
  else
    result.ran = false;
  auto suite = suites_.find(file.suite);
  if (suite != suites_.end() && !options_.update_expectations) suite->second.apply(file, result);
  return result;
}

// Results are told in the order of the files, whichever thread was first.
void Run::finished(size_t index, FileResult result) {
  std::lock_guard lock(mutex_);
  results_[index] = std::move(result);
  done_[index] = true;
  for (; printed_ < files_.size() && done_[printed_]; ++printed_)
    print_file(files_[printed_], results_[printed_]);
}

void Run::work(loop::Loop& loop) {
  using Clock = std::chrono::steady_clock;
  TestThread thread{surface_, loop, watchdog_};
  for (size_t i; (i = next_.fetch_add(1)) < files_.size();) {
    const Clock::time_point start = Clock::now();
    FileResult result = run_file(thread, files_[i]);
    result.wall_ms = static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
    finished(i, std::move(result));
  }
}

void Run::run_files() {
  std::vector<std::thread> threads;
  const uint32_t count = std::clamp(options_.threads, 1u, threads_max);
  for (uint32_t i = 0; i < count; ++i) {
    threads.emplace_back([this] {
      Result<std::unique_ptr<loop::Loop>> loop = loop::Loop::create();
      if (loop)
        work(**loop);
      else
        std::fprintf(stderr, "skerry test: %s\n", loop.error().chain().c_str());
    });
  }
  for (std::thread& thread : threads) thread.join();
}

Result<> Run::write_expectations() {
  for (size_t i = 0; i < files_.size(); ++i) {
    auto suite = suites_.find(files_[i].suite);
    if (suite != suites_.end()) suite->second.update(files_[i], results_[i]);
  }
  for (auto& [path, suite] : suites_)
    if (Result<> written = suite.write(); !written) return written;
  return {};
}

int Run::run() {
  auto refuse = [](const Error& error) {
    std::fprintf(stderr, "skerry test: %s\n", error.chain().c_str());
    return 2;
  };
  for (const std::string& path : options_.paths)
    if (Result<> found = find(path); !found) return refuse(found.error());
  if (files_.empty())
    return refuse(
        Error(Code::not_found, "no tests found: names end in .any.js, _test.mjs or .test.mjs"));
  if (Result<> read = read_expectations(); !read) return refuse(read.error());
  results_.resize(files_.size());
  done_.resize(files_.size());
  run_files();
  if (next_ == 0) return 2;
  TestTotals sum;
  for (const FileResult& result : results_) {
    const TestTotals totals = count_tests(result);
    sum.passed += totals.passed;
    sum.failed += totals.failed;
  }
  if (!options_.json_file.empty())
    if (Result<> written = write_test_json(options_.json_file, files_, results_); !written)
      return refuse(written.error());
  if (options_.update_expectations)
    if (Result<> written = write_expectations(); !written) return refuse(written.error());
  const bool any = std::ranges::any_of(results_, &FileResult::ran);
  if (!any && !options_.filter.empty())
    return refuse(Error(Code::not_found, "nothing matches " + options_.filter));
  std::printf("%zu passed, %zu failed\n", sum.passed, sum.failed);
  return sum.failed == 0 || options_.update_expectations ? 0 : 1;
}

}  // namespace

int run_tests(const TestOptions& options) {
  js::start_v8();
  return Run(options).run();
}

}  // namespace skerry::server
