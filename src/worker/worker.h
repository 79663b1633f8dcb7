// One version of a worker in one isolate on one loop: loading, `env`, delivering fetch events,
// failures. The owner replaces a worker that is condemned.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "context/request_context.h"
#include "js/error_report.h"
#include "js/isolate.h"
#include "js/modules.h"
#include "types/exchange.h"
#include "web/fetch/header_data.h"
#include "worker/rejections.h"

namespace skerry::worker {

// What went wrong with an event, for the client and for the log.
struct Failure {
  enum class Kind : uint8_t { threw, bad_result, hung, cpu, memory, no_handler };
  Kind kind;
  std::string summary;     // one line, safe for anybody: no tenant data
  js::ErrorReport report;  // for the owner; empty where nothing was thrown
};
// 1101 threw or never answers, 1102 CPU or memory.
int failure_code(Failure::Kind kind);

struct FetchRecord {
  uint16_t status = 0;
  uint64_t cpu_ns = 0;
  uint64_t wall_ms = 0;
  uint64_t id = 0;  // counts the events of an isolate; 0: no worker was asked
};

// What a worker needs from its owner. Outlives the worker.
class WorkerHost {
 public:
  // Answers the client with the failure.
  virtual void answer_failure(std::string_view worker, const Failure& failure,
                              types::Exchange& exchange) = 0;
  virtual void on_failure(std::string_view worker, const Failure& failure) = 0;
  virtual bool wants_records() const = 0;
  virtual void on_fetch(std::string_view worker, const types::RequestHead& head,
                        const FetchRecord& record) = 0;

 protected:
  ~WorkerHost() = default;
};

// Told of isolates as they come and go: a debugger. The isolate is entered.
class IsolateWatcher {
 public:
  // Before any of the worker's code is compiled.
  virtual void on_isolate(js::Env& env) = 0;
  virtual void on_isolate_end(js::Env& env) = 0;

 protected:
  ~IsolateWatcher() = default;
};

struct WorkerOptions {
  std::string name;
  std::string main;  // path for the module source
  js::IsolateLimits memory;
  // Made ahead with the limits `memory` names, and ready for this thread; null: one is made.
  std::unique_ptr<js::Isolate> isolate;
  uint64_t cpu_ms = 30'000;
  uint64_t startup_cpu_ms = 1'000;
  uint32_t subrequests = 50;
  bool allow_eval = false;  // in handlers; at module scope it is always allowed
  js::ModuleSource* modules = nullptr;
  js::CodeCache* code_cache = nullptr;
  const web::RequestFacts* facts = nullptr;
  IsolateWatcher* watcher = nullptr;  // outlives the worker
  // Adds names to the global object, as compatibility flags want; may be null.
  void (*install_globals)(js::Env&) = nullptr;
  // Adds to what is known of a failure before it is told: places in sources, for instance.
  std::function<void(js::ErrorReport&)> refine_report;
  // Fills `env`; runs once, before the modules.
  std::function<void(js::Env&, v8::Local<v8::Object>)> fill_env;
};

// A call by another worker of this process.
struct WorkerCall {
  std::string entrypoint;                    // an export; empty: the default one
  std::shared_ptr<const std::string> props;  // JSON for ctx.props; may be null
  uint32_t hops = 0;                         // of workers that have called each other
  const web::RequestFacts* facts = nullptr;  // in the place of the worker's own; outlives it
};

class FetchEvent;

class Worker {
 public:
  // Fails with the text of what the module threw, or did not contain.
  static std::expected<std::unique_ptr<Worker>, js::ErrorReport> load(const js::Surface& surface,
                                                                      context::Services& services,
                                                                      WorkerHost& host,
                                                                      WorkerOptions options);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // `call` is null for a request of a client.
  void fetch(std::unique_ptr<types::Exchange> exchange, std::unique_ptr<WorkerCall> call = nullptr);
  const std::string& name() const { return options_.name; }
  // Its isolate hit a limit, or was ended by the watchdog: no new events; delete it when idle().
  bool condemned() const { return condemned_; }
  bool idle() const { return events_ == nullptr; }
  // Called once when a condemned or retired worker has become idle.
  void retire(std::move_only_function<void()> when_idle);
  void store_code_cache();
  // Tells the watcher of the isolate again, after another version came and went.
  void show_isolate();
  size_t source_bytes() const { return modules_ ? modules_->source_bytes() : 0; }

 private:
  friend class FetchEvent;
  Worker(context::Services& services, WorkerHost& host, WorkerOptions options);
  js::Js<> evaluate(js::Env& env);
  js::Js<> find_handlers(js::Env& env, v8::Local<v8::Object> exports);
  // What answers a fetch event: the method and its receiver. An entrypoint that is a class is made
  // anew for each event.
  // https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/rpc/#named-entrypoints
  struct Handler {
    v8::Local<v8::Function> fetch;
    v8::Local<v8::Value> receiver;
  };
  js::Js<Handler> handler_for(js::Env& env, const std::string& entrypoint,
                              v8::Local<v8::Object> execution);
  void event_ended(FetchEvent* event);
  // A limit was hit: all events fail with it, `first` last.
  void condemn_events(Failure::Kind kind, FetchEvent* first);
  void tell_if_idle();

  context::Services& services_;
  WorkerHost& host_;
  WorkerOptions options_;
  std::unique_ptr<js::Isolate> isolate_;
  std::unique_ptr<Rejections> rejections_;
  std::unique_ptr<js::Modules> modules_;
  v8::Global<v8::Function> fetch_handler_;  // `export default { fetch }`
  v8::Global<v8::Value> handler_receiver_;
  v8::Global<v8::Object> env_object_;
  v8::Global<v8::Object> exports_;  // of the main module; empty in service-worker syntax
  bool default_is_class_ = false;
  bool listens_for_fetch_ = false;  // service-worker syntax
  bool condemned_ = false;
  uint64_t next_event_ = 1;
  FetchEvent* events_ = nullptr;  // those under way
  std::move_only_function<void()> when_idle_;
};

}  // namespace skerry::worker
