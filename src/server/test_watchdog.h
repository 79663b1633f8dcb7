// Ends JavaScript that does not come back: one thread that terminates an isolate whose owner has
// not been heard of for too long. Some of V8's own functions never look whether they should end:
// then the whole run is given up, naming the file.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "js/v8.h"

namespace skerry::server {

class TestWatchdog {
 public:
  // Lives as long as its isolate is watched; used on the isolate's thread.
  class Watch {
   public:
    Watch(TestWatchdog& watchdog, v8::Isolate* isolate, std::string name,
          std::chrono::milliseconds patience);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    void alive();
    // The isolate was terminated.
    bool fired() const;

   private:
    friend class TestWatchdog;
    TestWatchdog& watchdog_;
    v8::Isolate* isolate_;
    std::string name_;
    std::chrono::milliseconds patience_;
    std::chrono::steady_clock::time_point deadline_;
    bool fired_ = false;
  };

  TestWatchdog();
  ~TestWatchdog();
  TestWatchdog(const TestWatchdog&) = delete;
  TestWatchdog& operator=(const TestWatchdog&) = delete;

 private:
  void look();
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::list<Watch*> watches_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace skerry::server
