// What the KV tests share: an executor run by hand, synchronous calls, folders that go away, a
// clock moved by hand.
#pragma once

#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "store/kv.h"

namespace skerry::store {

class ManualExecutor final : public Executor {
 public:
  void post(std::move_only_function<void()> job) override {
    {
      std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    posted_.notify_one();
  }
  // Runs jobs on the calling thread until `done` is true; false after 60 s.
  template <class Done>
  bool run_until(Done done) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!done()) {
      std::unique_lock lock(mutex_);
      if (!posted_.wait_until(lock, until, [this] { return !jobs_.empty(); })) return false;
      auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::move_only_function<void()>> jobs_;
};

// Starts an operation and waits for its answer.
template <class T, class Start>
Result<T> wait_for(ManualExecutor& executor, Start start) {
  auto answer = std::make_shared<std::optional<Result<T>>>();
  start(KvDone<T>([answer](Result<T> result) { answer->emplace(std::move(result)); }));
  if (!executor.run_until([&] { return answer->has_value(); })) {
    return fail(Code::timeout, "no answer in 60 s");
  }
  return std::move(**answer);
}

inline Result<> put(ManualExecutor& executor, KvNamespace& kv, std::string key,
                    std::string_view value, KvPutOptions options = {}) {
  return wait_for<void>(executor, [&](KvDone<void> done) {
    kv.put(key, Bytes::copy_of(value), options, std::move(done));
  });
}
inline Result<> remove(ManualExecutor& executor, KvNamespace& kv, std::string key) {
  return wait_for<void>(executor, [&](KvDone<void> done) { kv.remove(key, std::move(done)); });
}
inline Result<KvValuePtr> get(ManualExecutor& executor, KvNamespace& kv, std::string key) {
  return wait_for<KvValuePtr>(executor,
                              [&](KvDone<KvValuePtr> done) { kv.get(key, std::move(done)); });
}
inline Result<KvPage> list(ManualExecutor& executor, KvNamespace& kv, KvListOptions options = {}) {
  return wait_for<KvPage>(executor,
                          [&](KvDone<KvPage> done) { kv.list(options, std::move(done)); });
}
// The value as text, or "(none)", or the error's code.
inline std::string text_of(const Result<KvValuePtr>& value) {
  if (!value) return "error " + std::string(code_name(value.error().code));
  return *value ? std::string((*value)->data.view()) : "(none)";
}

class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "skerry-kv-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path = name;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

struct TestClock {
  std::shared_ptr<std::atomic<int64_t>> now_s =
      std::make_shared<std::atomic<int64_t>>(1'800'000'000);
  int64_t operator()() const { return now_s->load(); }
};

}  // namespace skerry::store
