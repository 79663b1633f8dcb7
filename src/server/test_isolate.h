// One isolate for one test file: services, what nobody caught, and turning the loop until something
// holds or never will.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "context/request_context.h"
#include "js/isolate.h"
#include "observe/log.h"
#include "server/test_watchdog.h"

namespace skerry::server {

// What one thread of the runner shares between its files; outlives them.
struct TestThread {
  const js::Surface& surface;
  loop::Loop& loop;
  TestWatchdog& watchdog;
};

class TestIsolate final : public context::ContextOwner, public observe::Log {
 public:
  TestIsolate(TestThread& thread, const std::string& name);
  ~TestIsolate() override;
  TestIsolate(const TestIsolate&) = delete;
  TestIsolate& operator=(const TestIsolate&) = delete;

  js::Env& env() { return isolate_->env(); }
  loop::Loop& loop() { return thread_.loop; }
  Ref<context::RequestContext> event();
  std::vector<std::string> take_console() { return std::move(console_); }

  enum class End : uint8_t {
    done,
    stuck,         // nothing is under way that could bring it on
    late,          // the time is over
    unresponsive,  // JavaScript did not come back and was terminated: the isolate is of no use
    out_of_memory
  };
  // Turns the loop until `done()`, for `time_ms` at most.
  End run_until(context::RequestContext& context, uint64_t time_ms,
                const std::function<bool()>& done);
  // Text for an End other than done.
  static const char* text_of(End end);

  // An exception that nobody caught, or a rejection that nobody handled, inside a turn.
  enum class Uncaught : uint8_t { exception, rejection };
  std::function<void(js::Env&, Uncaught, v8::Local<v8::Value>)> on_uncaught;

 private:
  void after_turn(context::RequestContext&) override;
  void event(observe::Level level, std::string_view worker, std::string_view text) override;
  void console(observe::Level level, std::string_view worker, std::string_view text) override;
  static void promise_rejected(v8::PromiseRejectMessage message);
  void hand_over_uncaught(context::RequestContext& context);
  void turn_loop();

  TestThread& thread_;
  context::Services services_;
  std::unique_ptr<js::Isolate> isolate_;
  std::unique_ptr<TestWatchdog::Watch> watch_;
  std::vector<std::pair<v8::Global<v8::Promise>, v8::Global<v8::Value>>> rejected_;
  std::vector<std::pair<Uncaught, v8::Global<v8::Value>>> uncaught_;
  std::vector<std::string> thrown_;  // what was logged as uncaught
  std::vector<std::string> console_;
  uint64_t events_ = 0;
  int idle_turns_ = 0;
};

}  // namespace skerry::server
