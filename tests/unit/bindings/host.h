// One isolate with KV namespaces as `env`, on a loop of its own: runs the exports of a module that
// have a test(), or a piece of script, each in an event of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bindings/kv.h"
#include "context/request_context.h"
#include "js/isolate.h"
#include "loop/loop.h"
#include "store/kv.h"

namespace skerry::bindings {

class RecordingLog final : public observe::Log {
 public:
  void event(observe::Level, std::string_view, std::string_view text) override {
    events.emplace_back(text);
  }
  void console(observe::Level, std::string_view, std::string_view text) override {
    events.emplace_back(text);
  }
  std::vector<std::string> events;
};

class Host final : public context::ContextOwner {
 public:
  Host();
  ~Host();

  loop::Loop& loop() { return *loop_; }
  store::Executor& executor() { return executor_; }
  RecordingLog& log() { return log_; }
  // As `env[name]` of what is run from then on, and as a global of that name.
  void bind(const char* name, std::shared_ptr<store::KvNamespace> kv);

  struct Report {
    int passed = 0;
    std::vector<std::string> failures;
  };
  Report run_module(const std::string& directory, const std::string& file);
  // The result of an async function body as text, or "Name: message" of what it threw.
  std::string run(const std::string& body, uint32_t subrequests_max = 50);
  // Starts the body and ends its event at once.
  void run_and_close(const std::string& body);
  // Runs the body at module scope.
  std::string run_at_module_scope(const std::string& body);

 private:
  void after_turn(context::RequestContext&) override {}
  Ref<context::RequestContext> event();
  v8::MaybeLocal<v8::Value> evaluate(js::Env& env, const std::string& body);
  std::string settle(context::RequestContext& context, v8::Global<v8::Promise>& promise);

  std::unique_ptr<loop::Loop> loop_;
  store::ExecutorOf<loop::Loop> executor_;
  RecordingLog log_;
  context::Services services_;
  std::unique_ptr<js::Isolate> isolate_;
  std::shared_ptr<ServiceCalls> calls_ = std::make_shared<ServiceCalls>();
  v8::Global<v8::Object> bindings_;
  uint64_t events_ = 0;
};

}  // namespace skerry::bindings
