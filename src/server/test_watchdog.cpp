#include "server/test_watchdog.h"

#include <cstdio>
#include <cstdlib>

namespace skerry::server {

using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds last_patience(40);  // after the termination

}  // namespace

TestWatchdog::Watch::Watch(TestWatchdog& watchdog, v8::Isolate* isolate, std::string name,
                           std::chrono::milliseconds patience)
    : watchdog_(watchdog), isolate_(isolate), name_(std::move(name)), patience_(patience) {
  std::lock_guard lock(watchdog_.mutex_);
  deadline_ = Clock::now() + patience_;
  watchdog_.watches_.push_back(this);
}

TestWatchdog::Watch::~Watch() {
  std::lock_guard lock(watchdog_.mutex_);
  watchdog_.watches_.remove(this);
}

void TestWatchdog::Watch::alive() {
  std::lock_guard lock(watchdog_.mutex_);
  deadline_ = Clock::now() + patience_;
}

bool TestWatchdog::Watch::fired() const {
  std::lock_guard lock(watchdog_.mutex_);
  return fired_;
}

TestWatchdog::TestWatchdog() : thread_([this] { look(); }) {}

TestWatchdog::~TestWatchdog() {
  {
    std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void TestWatchdog::look() {
  std::unique_lock lock(mutex_);
  while (!over_) {
    wake_.wait_for(lock, std::chrono::milliseconds(100));
    for (Watch* watch : watches_) {
      if (watch->fired_ && Clock::now() >= watch->deadline_ + last_patience) {
        std::fprintf(stderr, "skerry test: %s cannot be ended: the run is given up\n",
                     watch->name_.c_str());
        std::_Exit(1);
      }
      if (watch->fired_ || Clock::now() < watch->deadline_) continue;
      watch->fired_ = true;
      watch->isolate_->TerminateExecution();
    }
  }
}

}  // namespace skerry::server
