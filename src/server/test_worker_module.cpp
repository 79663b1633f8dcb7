// Running modules of tests for workers, in the form workerd's own tests have.
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "bindings/kv.h"
#include "bindings/parts.h"
#include "deploy/worker_config.h"
#include "js/error_report.h"
#include "js/modules.h"
#include "node/modules.h"
#include "server/test_files.h"
#include "store/memory_kv.h"

namespace skerry::server {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t test_ms_max = 30'000;

// Gives the tests of a module's exports as { name, run }; run() takes `env`.
constexpr const char* collector = R"JS((function (exports) {
  'use strict';
  const handlers = new Set(['test', 'fetch', 'scheduled', 'queue', 'email', 'tail', 'tailStream', 'trace']);
  const tests = [];
  const add = (name, target, method) => tests.push({
    name,
    run: async (env) => {
      const waits = [];
      const ctx = {
        waitUntil(promise) { waits.push(promise); },
        passThroughOnException() {},
        props: {},
      };
      await target[method]({}, env, ctx);
      while (waits.length > 0) await waits.shift();
    },
  });
  for (const name of Object.keys(exports)) {
    const value = exports[name];
    if (value === null || typeof value !== 'object') continue;
    if (typeof value.test === 'function') add(name, value, 'test');
    if (name !== 'default') continue;
    for (const key of Object.keys(value))
      if (typeof value[key] === 'function' && !handlers.has(key)) add(key, value, key);
  }
  return tests;
}))JS";

class FolderSource final : public js::ModuleSource {
 public:
  FolderSource(std::string folder, const deploy::WorkerConfig& config)
      : folder_(std::move(folder)),
        rules_(config.rules),
        node_(node::compat_of(config.compatibility_flags)) {}

  Result<js::ModuleFile> load(const std::string& path) override {
    Result<std::string> text = read_test_file((fs::path(folder_) / path).string());
    if (!text) return fail(std::move(text.error()));
    return js::ModuleFile{type_of(path), std::make_shared<const std::string>(std::move(*text))};
  }
  Result<const char*> builtin_module(std::string_view specifier) const override {
    if (specifier == bindings::workers_module) return bindings::workers_module;
    // Tests assert, whatever flags they run under.
    return node::find_module(specifier, specifier == "node:assert" ? node::Compat::full : node_);
  }

 private:
  js::ModuleType type_of(const std::string& path) const {
    switch (rules_.module_type(path).value_or(deploy::ModuleType::es_module)) {
      case deploy::ModuleType::text: return js::ModuleType::text;
      case deploy::ModuleType::data: return js::ModuleType::data;
      case deploy::ModuleType::json: return js::ModuleType::json;
      case deploy::ModuleType::compiled_wasm: return js::ModuleType::wasm;
      default: return js::ModuleType::esm;
    }
  }

  std::string folder_;
  const deploy::ModuleRules& rules_;
  const node::Compat node_;
};

class TestModule {
 public:
  TestModule(TestThread& thread, const TestFile& file, const std::string& filter)
      : file_(file), filter_(filter), isolate_(thread, file.path), executor_(thread.loop) {
    isolate_.on_uncaught = [this](js::Env& env, TestIsolate::Uncaught kind,
                                  v8::Local<v8::Value> value) { note_uncaught(env, kind, value); };
  }
  ~TestModule() {
    js::Entered entered(isolate_.env());
    tests_.clear();
    env_object_.Reset();
    modules_.reset();
  }
  FileResult run();

 private:
  struct Test {
    std::string name;
    v8::Global<v8::Function> run;
  };
  Result<> read_config();
  void load(js::Env& env);
  void collect(js::Env& env, v8::Local<v8::Object> exports);
  Result<> fill_env(js::Env& env);
  void run_test(Test& test);
  void note_uncaught(js::Env& env, TestIsolate::Uncaught kind, v8::Local<v8::Value> value);
  void take_result(js::Env& env, TestResult& result, v8::Local<v8::Promise> promise);

  const TestFile& file_;
  const std::string& filter_;
  store::MemoryKvStore store_;
  TestIsolate isolate_;
  store::ExecutorOf<loop::Loop> executor_;
  deploy::WorkerConfig config_;
  std::unique_ptr<FolderSource> source_;
  std::unique_ptr<js::Modules> modules_;
  v8::Global<v8::Object> env_object_;
  std::vector<Test> tests_;
  std::string uncaught_;  // of the test that runs
  FileResult result_;
  bool dead_ = false;
};

void fail_with(TestResult& result, const js::ErrorReport& report) {
  result.status = TestResult::Status::fail;
  result.message = report.message;
  result.stack = report.stack;
}

Result<> TestModule::read_config() {
  const std::string folder = fs::path(file_.path).parent_path().string();
  for (const char* name : {"wrangler.jsonc", "wrangler.json", "wrangler.toml"}) {
    const std::string path = (fs::path(folder) / name).string();
    std::error_code error;
    if (!fs::exists(path, error)) continue;
    deploy::LoadOptions options{.environment = "",
                                .mode = deploy::LoadMode::dev,
                                .today = deploy::date_from_unix_seconds(std::time(nullptr))};
    Result<deploy::LoadedConfig> loaded = deploy::load_worker_config(path, options);
    if (!loaded) return fail(std::move(loaded.error()));
    config_ = std::move(loaded->config);
    break;
  }
  source_ = std::make_unique<FolderSource>(folder.empty() ? "." : folder, config_);
  return {};
}

Result<> TestModule::fill_env(js::Env& env) {
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Object> object = v8::Object::New(env.isolate());
  env_object_.Reset(env.isolate(), object);
  auto define = [&](const std::string& name, v8::Local<v8::Value> value) {
    object->CreateDataProperty(context, js::from_utf8(env.isolate(), name), value).Check();
  };
  for (const auto* list : {&config_.vars, &config_.secrets}) {
    for (const deploy::Variable& variable : *list) {
      v8::Local<v8::Value> value = js::from_utf8(env.isolate(), variable.value);
      if (variable.is_json && !v8::JSON::Parse(context, value.As<v8::String>()).ToLocal(&value))
        return fail(Code::invalid, "the variable " + variable.name + " is no JSON");
      define(variable.name, value);
    }
  }
  auto calls = std::make_shared<bindings::ServiceCalls>();
  for (const deploy::KvNamespace& kv : config_.kv_namespaces) {
    Result<std::unique_ptr<store::KvNamespace>> opened = store_.open(kv.id, executor_);
    if (!opened) return fail(std::move(opened.error()));
    define(kv.binding,
           env.wrap(std::make_unique<bindings::KvNamespace>(std::move(*opened), calls)));
  }
  return {};
}

void TestModule::collect(js::Env& env, v8::Local<v8::Object> exports) {
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> function, list;
  v8::Local<v8::Value> arguments[] = {exports};
  if (!v8::Script::Compile(context, js::from_utf8(env.isolate(), collector)).ToLocal(&script) ||
      !script->Run(context).ToLocal(&function) ||
      !function.As<v8::Function>()
           ->Call(context, v8::Undefined(env.isolate()), 1, arguments)
           .ToLocal(&list))
    return;
  for (uint32_t i = 0; i < list.As<v8::Array>()->Length(); ++i) {
    v8::Local<v8::Value> entry, name, run;
    if (!list.As<v8::Array>()->Get(context, i).ToLocal(&entry) ||
        !entry.As<v8::Object>()->Get(context, env.name("name")).ToLocal(&name) ||
        !entry.As<v8::Object>()->Get(context, env.name("run")).ToLocal(&run))
      return;
    tests_.push_back({js::to_utf8(env.isolate(), name.As<v8::String>()),
                      v8::Global<v8::Function>(env.isolate(), run.As<v8::Function>())});
  }
}

void TestModule::load(js::Env& env) {
  modules_ = std::make_unique<js::Modules>(env, *source_, nullptr);
  v8::TryCatch caught(env.isolate());
  env.set_at_module_scope(true);
  if (Result<> filled = fill_env(env); !filled)
    return result_.fail(harness_name, filled.error().chain());
  env.set_bindings(env_object_.Get(env.isolate()));
  if (node::compat_of(config_.compatibility_flags) == node::Compat::full)
    node::install_globals(env);
  js::Js<v8::Local<v8::Object>> exports =
      modules_->run_main(fs::path(file_.path).filename().string());
  env.set_at_module_scope(false);
  if (!exports && !caught.HasCaught() && !caught.HasTerminated()) {
    result_.fail(harness_name, exports.error().message);
    return;
  }
  if (exports && exports->IsEmpty()) {
    result_.fail(harness_name, "is no module: it has no imports and no exports");
    return;
  }
  if (exports) collect(env, *exports);
  if (caught.HasCaught()) {
    js::ErrorReport report = js::report_caught(env, caught);
    result_.fail(harness_name, report.message, report.stack);
    return;
  }
  if (tests_.empty()) result_.fail(harness_name, "has no tests: no export has a method test()");
}

void TestModule::note_uncaught(js::Env& env, TestIsolate::Uncaught kind,
                               v8::Local<v8::Value> value) {
  // A rejection may be a test's subject; workerd's tests do not fail for one either.
  if (kind == TestIsolate::Uncaught::rejection) return;
  uncaught_ = js::report_exception(env, value).message;
}

void TestModule::take_result(js::Env& env, TestResult& result, v8::Local<v8::Promise> promise) {
  if (promise->State() != v8::Promise::kRejected) return;
  promise->MarkAsHandled();
  fail_with(result, js::report_exception(env, promise->Result()));
}

void TestModule::run_test(Test& test) {
  using End = TestIsolate::End;
  TestResult result{.name = test.name};
  uncaught_.clear();
  Ref<context::RequestContext> context = isolate_.event();
  v8::Global<v8::Promise> promise;
  context->turn([&](js::Env& env) {
    v8::TryCatch caught(env.isolate());
    v8::Local<v8::Value> value;
    v8::Local<v8::Value> arguments[] = {env_object_.Get(env.isolate())};
    if (test.run.Get(env.isolate())
            ->Call(env.context(), v8::Undefined(env.isolate()), 1, arguments)
            .ToLocal(&value))
      promise.Reset(env.isolate(), value.As<v8::Promise>());
  });
  const End end = isolate_.run_until(*context, test_ms_max, [&] {
    js::Entered entered(isolate_.env());
    return !promise.IsEmpty() &&
           promise.Get(isolate_.env().isolate())->State() != v8::Promise::kPending;
  });
  if (end == End::done) {
    context->turn([&](js::Env& env) { take_result(env, result, promise.Get(env.isolate())); });
    if (!result.is_bad() && !uncaught_.empty()) {
      result.status = TestResult::Status::fail;
      result.message = "uncaught: " + uncaught_;
    }
  } else {
    result.status = end == End::late ? TestResult::Status::timeout : TestResult::Status::fail;
    result.message = TestIsolate::text_of(end);
    dead_ = end == End::unresponsive || end == End::out_of_memory;
  }
  context->close();
  js::Entered entered(isolate_.env());
  promise.Reset();
  result_.tests.push_back(std::move(result));
}

FileResult TestModule::run() {
  if (Result<> read = read_config(); !read) {
    result_.fail(harness_name, read.error().chain());
    return std::move(result_);
  }
  {
    js::Entered entered(isolate_.env());
    load(isolate_.env());
  }
  const bool whole_file = filter_.empty() || file_.path.contains(filter_);
  size_t chosen = 0;
  for (Test& test : tests_) {
    if (!whole_file && !test.name.contains(filter_)) continue;
    ++chosen;
    if (!dead_)
      run_test(test);
    else
      result_.tests.push_back(
          {.name = test.name, .status = TestResult::Status::not_run, .message = "not run"});
  }
  result_.partial = chosen != tests_.size();
  result_.ran = whole_file || chosen > 0;
  result_.console = isolate_.take_console();
  return std::move(result_);
}

}  // namespace

bool is_test_module(std::string_view path) {
  return path.ends_with("_test.mjs") || path.ends_with(".test.mjs");
}

FileResult run_test_module(TestThread& thread, const TestFile& file, const std::string& filter) {
  return TestModule(thread, file, filter).run();
}

Result<std::string> read_test_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (!file || fs::is_directory(path, error)) return fail(Code::not_found, "cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace skerry::server
