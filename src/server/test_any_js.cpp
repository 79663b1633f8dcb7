// Running *.any.js files: https://web-platform-tests.org/writing-tests/testharness.html.
#include <algorithm>
#include <filesystem>

#include "js/error_report.h"
#include "server/test_files.h"
#include "server/test_meta.h"

namespace skerry::server {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t file_ms_max = 30'000, long_file_ms_max = 120'000;
// A file in which no test ends for so long has its running tests given up, and goes on.
constexpr uint64_t still_ms_max = 10'000;

// What pages and workers of the browsers' test server have and this platform has not: an address,
// and files beside the test that fetch() can read.
constexpr const char* page_globals = R"JS((function (address, read_file) {
  'use strict';
  const native_fetch = globalThis.fetch;
  const { Response, Promise, TypeError, URL, Request } = globalThis;
  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  const location = {};
  for (const part of ['href', 'origin', 'protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'])
    location[part] = new URL(address)[part];
  Object.defineProperty(location, 'toString', { value: () => address });
  define('location', location);
  // idlharness.js finds out by this name which interfaces to expect.
  define('DedicatedWorkerGlobalScope', class {
    static [Symbol.hasInstance](value) { return value === globalThis; }
  });
  define('fetch', function fetch(input, init) {
    if (!(input instanceof Request)) {
      let url;
      try { url = new URL(`${input}`, address); } catch { return native_fetch(input, init); }
      if (url.origin === new URL(address).origin) {
        const bytes = read_file(decodeURIComponent(url.pathname));
        if (bytes !== undefined) return Promise.resolve(new Response(bytes));
        return Promise.reject(new TypeError(`no file ${url.pathname} to fetch`));
      }
    }
    return native_fetch(input, init);
  });
}))JS";

class AnyJs {
 public:
  AnyJs(TestThread& thread, const TestFile& file, const std::string& root)
      : file_(file), isolate_(thread, file.path), context_(isolate_.event()) {
    std::error_code error;
    root_ = root.empty() ? fs::path(file.path).parent_path() : fs::path(root);
    address_path_ = "/" + fs::proximate(file.path, root_, error).generic_string();
    isolate_.on_uncaught = [this](js::Env& env, TestIsolate::Uncaught, v8::Local<v8::Value> value) {
      report(env, value);
    };
  }
  ~AnyJs() {
    context_->close();
    js::Entered entered(isolate_.env());
    harness_.Reset();
    results_.Reset();
  }

  FileResult run(const std::string& text, const TestMeta& meta);

 private:
  void start(js::Env& env, const TestMeta& meta);
  void run_script(const std::string& name, const std::string& text);
  void run_meta_script(const std::string& script);
  void wait_for_results(uint64_t time_ms);
  void read_results(js::Env& env);
  void report(js::Env& env, v8::Local<v8::Value> error);
  js::Js<v8::Local<v8::Value>> call(js::Env& env, const char* function,
                                    v8::Local<v8::Value> argument = {});
  void call_in_turn(const char* function);
  uint32_t completed();
  bool has_results();
  fs::path path_of(std::string_view script) const;
  static void read_file(const v8::FunctionCallbackInfo<v8::Value>& info);

  const TestFile& file_;
  TestIsolate isolate_;
  Ref<context::RequestContext> context_;
  fs::path root_;
  std::string address_path_;
  v8::Global<v8::Object> harness_;
  v8::Global<v8::Promise> results_;
  FileResult result_;
  bool dead_ = false;
};

std::string text_of(js::Env& env, v8::Local<v8::Object> object, const char* name) {
  v8::Local<v8::Value> value;
  v8::Local<v8::String> text;
  if (!object->Get(env.context(), env.name(name)).ToLocal(&value) || value->IsUndefined())
    return "";
  if (!value->ToString(env.context()).ToLocal(&text)) return "";
  return js::to_utf8(env.isolate(), text);
}

TestResult::Status status_of(std::string_view status, std::string_view message) {
  if (status == "PASS") return TestResult::Status::pass;
  if (status == "TIMEOUT") return TestResult::Status::timeout;
  if (status == "NOTRUN")
    return message.starts_with("not supported:") ? TestResult::Status::not_supported
                                                 : TestResult::Status::not_run;
  return TestResult::Status::fail;
}

// A script's path below the file's folder or the root; never above the root.
fs::path AnyJs::path_of(std::string_view script) const {
  fs::path address = script.starts_with('/')
                         ? fs::path(script)
                         : fs::path(address_path_).parent_path() / fs::path(script);
  return root_ / address.lexically_normal().relative_path();
}

void AnyJs::read_file(const v8::FunctionCallbackInfo<v8::Value>& info) {
  auto* self = static_cast<AnyJs*>(info.Data().As<v8::External>()->Value());
  if (info.Length() < 1 || !info[0]->IsString()) return;
  v8::Isolate* isolate = info.GetIsolate();
  const std::string path = js::to_utf8(isolate, info[0].As<v8::String>());
  Result<std::string> text = read_test_file(self->path_of(path).string());
  if (text) info.GetReturnValue().Set(js::to_array_buffer(isolate, Bytes::copy_of(*text)));
}

js::Js<v8::Local<v8::Value>> AnyJs::call(js::Env& env, const char* function,
                                         v8::Local<v8::Value> argument) {
  v8::Local<v8::Value> callee, result;
  v8::Local<v8::Object> harness = harness_.Get(env.isolate());
  if (harness.IsEmpty() || !harness->Get(env.context(), env.name(function)).ToLocal(&callee) ||
      !callee->IsFunction() ||
      !callee.As<v8::Function>()
           ->Call(env.context(), harness, argument.IsEmpty() ? 0 : 1, &argument)
           .ToLocal(&result))
    return js::already_thrown();
  return result;
}

void AnyJs::call_in_turn(const char* function) {
  context_->turn([&](js::Env& env) {
    v8::TryCatch caught(env.isolate());
    (void)call(env, function);
  });
}

void AnyJs::report(js::Env& env, v8::Local<v8::Value> error) {
  v8::TryCatch caught(env.isolate());
  (void)call(env, "report_exception", error);
}

void AnyJs::start(js::Env& env, const TestMeta& meta) {
  v8::Local<v8::Context> context = env.context();
  js::Js<v8::Local<v8::Object>> exports = env.builtin_exports("testharness");
  if (!exports) return;
  harness_.Reset(env.isolate(), *exports);
  if (!call(env, "install", context->Global())) return;
  const std::string title =
      meta.title.empty() ? fs::path(file_.path).stem().stem().string() : meta.title;
  context->Global()
      ->Set(context, env.name("META_TITLE"), js::from_utf8(env.isolate(), title))
      .Check();
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> install;
  v8::Local<v8::Function> reader;
  if (!v8::Script::Compile(context, js::from_utf8(env.isolate(), page_globals)).ToLocal(&script) ||
      !script->Run(context).ToLocal(&install) ||
      !v8::Function::New(context, read_file, v8::External::New(env.isolate(), this))
           .ToLocal(&reader))
    return;
  v8::Local<v8::Value> arguments[] = {
      js::from_utf8(env.isolate(), "http://web-platform.test" + address_path_), reader};
  (void)install.As<v8::Function>()->Call(context, context->Global(), 2, arguments);
}

void AnyJs::run_script(const std::string& name, const std::string& text) {
  context_->turn([&](js::Env& env) {
    v8::TryCatch caught(env.isolate());
    v8::ScriptOrigin origin(js::from_utf8(env.isolate(), name));
    v8::ScriptCompiler::Source source(js::from_utf8(env.isolate(), text), origin);
    v8::Local<v8::Script> script;
    v8::Local<v8::Value> value;
    if (v8::ScriptCompiler::Compile(env.context(), &source).ToLocal(&script) &&
        script->Run(env.context()).ToLocal(&value))
      return;
    if (caught.HasTerminated()) return;
    v8::Local<v8::Value> error = caught.Exception();
    caught.Reset();
    report(env, error);
  });
}

void AnyJs::run_meta_script(const std::string& script) {
  // The browsers' test server gives this file under another name.
  const bool is_parser = script == "/resources/WebIDLParser.js";
  const std::string path =
      path_of(is_parser ? "/resources/webidl2/lib/webidl2.js" : script).string();
  Result<std::string> text = read_test_file(path);
  if (text)
    run_script(path, *text);
  else
    result_.fail(harness_name, "META script: " + text.error().chain());
}

bool AnyJs::has_results() {
  js::Entered entered(isolate_.env());
  return results_.Get(isolate_.env().isolate())->State() != v8::Promise::kPending;
}

uint32_t AnyJs::completed() {
  uint32_t count = 0;
  context_->turn([&](js::Env& env) {
    v8::TryCatch caught(env.isolate());
    v8::Local<v8::Value> number;
    js::Js<v8::Local<v8::Value>> progress = call(env, "progress");
    if (progress &&
        progress->As<v8::Object>()->Get(env.context(), env.name("completed")).ToLocal(&number))
      count = number->Uint32Value(env.context()).FromMaybe(0);
  });
  return count;
}

// Waits for the file's end in stretches. When nothing has ended in one, the tests that run are
// given up, so that those behind them get their turn.
void AnyJs::wait_for_results(uint64_t time_ms) {
  using End = TestIsolate::End;
  const uint64_t end_ms = isolate_.loop().now_ms() + time_ms;
  for (;;) {
    const uint32_t before = completed();
    const uint64_t now_ms = isolate_.loop().now_ms();
    const uint64_t left_ms = end_ms > now_ms ? end_ms - now_ms : 0;
    const End end = isolate_.run_until(*context_, std::min(left_ms, still_ms_max),
                                       [this] { return has_results(); });
    if (end == End::done) return;
    if (end == End::unresponsive || end == End::out_of_memory) {
      result_.fail(harness_name, TestIsolate::text_of(end));
      dead_ = end == End::out_of_memory;
      if (!dead_) call_in_turn("timeout");
      return;
    }
    if (end == End::late && left_ms <= still_ms_max) break;
    const uint32_t after = completed();
    if (after != before) continue;
    call_in_turn("expire_running");
    if (completed() == after) break;
  }
  call_in_turn("timeout");
}

void AnyJs::read_results(js::Env& env) {
  v8::Local<v8::Promise> promise = results_.Get(env.isolate());
  if (promise->State() != v8::Promise::kFulfilled || !promise->Result()->IsArray()) {
    result_.fail(harness_name, "gave no results");
    return;
  }
  v8::Local<v8::Array> results = promise->Result().As<v8::Array>();
  for (uint32_t i = 0; i < results->Length(); ++i) {
    v8::HandleScope scope(env.isolate());
    v8::Local<v8::Value> entry;
    if (!results->Get(env.context(), i).ToLocal(&entry) || !entry->IsObject()) continue;
    v8::Local<v8::Object> object = entry.As<v8::Object>();
    TestResult made;
    made.name = text_of(env, object, "name");
    made.message = text_of(env, object, "message");
    made.stack = text_of(env, object, "stack");
    made.status = status_of(text_of(env, object, "status"), made.message);
    result_.tests.push_back(std::move(made));
  }
}

FileResult AnyJs::run(const std::string& text, const TestMeta& meta) {
  context_->turn([&](js::Env& env) {
    v8::TryCatch caught(env.isolate());
    start(env, meta);
    if (caught.HasCaught()) result_.fail(harness_name, js::report_caught(env, caught).stack);
  });
  if (!result_.tests.empty()) return std::move(result_);
  for (const std::string& script : meta.scripts)
    if (!script.starts_with("/resources/testharness")) run_meta_script(script);
  run_script(file_.path, text);
  context_->turn([&](js::Env& env) {
    v8::TryCatch caught(env.isolate());
    js::Js<v8::Local<v8::Value>> promise = call(env, "finish");
    if (promise && (*promise)->IsPromise())
      results_.Reset(env.isolate(), promise->As<v8::Promise>());
  });
  if (results_.IsEmpty()) {
    result_.fail(
        harness_name,
        "did not start: " + std::string(TestIsolate::text_of(TestIsolate::End::unresponsive)));
    return std::move(result_);
  }
  wait_for_results(meta.long_timeout ? long_file_ms_max : file_ms_max);
  context_->turn([&](js::Env& env) {
    v8::TryCatch caught(env.isolate());
    if (!dead_) read_results(env);
  });
  result_.console = isolate_.take_console();
  return std::move(result_);
}

}  // namespace

bool is_any_js(std::string_view path) {
  return path.ends_with(".any.js");
}

FileResult run_any_js(TestThread& thread, const TestFile& file, const std::string& root) {
  FileResult result;
  Result<std::string> text = read_test_file(file.path);
  if (!text) {
    result.fail(harness_name, text.error().chain());
    return result;
  }
  const TestMeta meta = parse_test_meta(*text);
  if (!meta.for_workers) {
    result.ran = false;
    return result;
  }
  return AnyJs(thread, file, root).run(*text, meta);
}

}  // namespace skerry::server
