#include "host.h"

#include <fstream>
#include <random>
#include <sstream>

#include "js/error_report.h"
#include "js/modules.h"
#include "js/platform.h"
#include "parts.h"

namespace skerry::bindings {

namespace {

constexpr uint64_t test_ms_max = 30'000;

const js::Surface& surface() {
  static const js::Surface made(test_parts());
  return made;
}

std::unique_ptr<loop::Loop> make_loop() {
  js::start_v8();
  return std::move(*loop::Loop::create());
}

class Files final : public js::ModuleSource {
 public:
  explicit Files(std::string directory) : directory_(std::move(directory)) {}
  Result<js::ModuleFile> load(const std::string& path) override {
    std::ifstream file(directory_ + "/" + path);
    if (!file) return fail(Code::not_found, "no file " + path);
    std::stringstream text;
    text << file.rdbuf();
    return js::ModuleFile{js::ModuleType::esm, std::make_shared<const std::string>(text.str())};
  }
  const char* builtin_module(std::string_view specifier) const override {
    return specifier == "node:assert" ? "node_assert" : nullptr;
  }

 private:
  std::string directory_;
};

std::string text_of(js::Env& env, v8::Local<v8::Value> value) {
  v8::Local<v8::String> text;
  if (value->IsObject() && !value->IsNativeError()) {
    if (v8::JSON::Stringify(env.context(), value).ToLocal(&text))
      return js::to_utf8(env.isolate(), text);
  }
  if (!value->ToString(env.context()).ToLocal(&text)) return "(no text)";
  return js::to_utf8(env.isolate(), text);
}

}  // namespace

Host::Host()
    : loop_(make_loop()),
      executor_(*loop_),
      services_{*loop_, log_, nullptr,
                [](std::span<uint8_t> out) {
                  std::random_device device;
                  for (uint8_t& byte : out) byte = static_cast<uint8_t>(device());
                },
                js::wall_clock_ms},
      isolate_(js::Isolate::create(surface(), {})) {
  isolate_->env().attach(js::Env::Attachment::services, &services_);
  isolate_->env().set_at_module_scope(false);
  js::Entered entered(isolate_->env());
  bindings_.Reset(isolate_->v8(), v8::Object::New(isolate_->v8()));
}

Host::~Host() {
  bindings_.Reset();
  isolate_.reset();
}

void Host::bind(const char* name, std::shared_ptr<store::KvNamespace> kv) {
  js::Env& env = isolate_->env();
  js::Entered entered(env);
  v8::Local<v8::Object> binding = env.wrap(std::make_unique<KvNamespace>(std::move(kv), calls_));
  for (v8::Local<v8::Object> target : {bindings_.Get(env.isolate()), env.context()->Global()})
    target->Set(env.context(), js::from_utf8(env.isolate(), name), binding).Check();
}

Ref<context::RequestContext> Host::event() {
  return make_ref<context::RequestContext>(isolate_->env(), services_, *this, ++events_);
}

// "ok" or the result as text; "Name: message" and the stack when it rejects.
std::string Host::settle(context::RequestContext& context, v8::Global<v8::Promise>& promise) {
  const uint64_t end_ms = loop_->now_ms() + test_ms_max;
  bool pending = true;
  std::string outcome = "timed out";
  while (pending && loop_->now_ms() < end_ms) {
    context.turn([&](js::Env& env) {
      v8::Local<v8::Promise> local = promise.Get(env.isolate());
      pending = local->State() == v8::Promise::kPending;
      if (pending) return;
      outcome = text_of(env, local->Result());
      if (local->State() == v8::Promise::kFulfilled || !local->Result()->IsObject()) return;
      v8::Local<v8::Value> stack;
      v8::Local<v8::Object> error = local->Result().As<v8::Object>();
      if (error->Get(env.context(), env.name("stack")).ToLocal(&stack) && stack->IsString())
        outcome += "\n" + text_of(env, stack);
    });
    if (!pending) break;
    if (!context.has_progress()) return "never settles";
    loop_->turn(loop::Loop::Wait::yes);
  }
  return outcome;
}

v8::MaybeLocal<v8::Value> Host::evaluate(js::Env& env, const std::string& body) {
  v8::Local<v8::Script> script;
  v8::Local<v8::String> source = js::from_utf8(env.isolate(), "(async () => {" + body + "\n})()");
  if (!v8::Script::Compile(env.context(), source).ToLocal(&script)) return {};
  return script->Run(env.context());
}

std::string Host::run(const std::string& body, uint32_t subrequests_max) {
  Ref<context::RequestContext> context = event();
  context->subrequests_max = subrequests_max;
  v8::Global<v8::Promise> promise;
  std::string error;
  context->turn([&](js::Env& env) {
    v8::TryCatch caught(env.isolate());
    v8::Local<v8::Value> result;
    if (evaluate(env, body).ToLocal(&result))
      promise.Reset(env.isolate(), result.As<v8::Promise>());
    else
      error = js::report_caught(env, caught).stack;
  });
  if (promise.IsEmpty()) return error;
  std::string outcome = settle(*context, promise);
  context->close();
  js::Entered entered(isolate_->env());
  promise.Reset();
  return outcome.substr(0, outcome.find('\n'));
}

void Host::run_and_close(const std::string& body) {
  Ref<context::RequestContext> context = event();
  context->turn([&](js::Env& env) { (void)evaluate(env, body); });
  context->close();
}

std::string Host::run_at_module_scope(const std::string& body) {
  js::Env& env = isolate_->env();
  js::Entered entered(env);
  env.set_at_module_scope(true);
  v8::Local<v8::Value> result;
  std::string outcome = "threw";
  if (evaluate(env, body).ToLocal(&result)) {
    env.isolate()->PerformMicrotaskCheckpoint();
    outcome = text_of(env, result.As<v8::Promise>()->Result());
  }
  env.set_at_module_scope(false);
  return outcome;
}

Host::Report Host::run_module(const std::string& directory, const std::string& file) {
  Report report;
  js::Env& env = isolate_->env();
  Files files(directory);
  js::Modules modules(env, files, nullptr);
  std::vector<std::string> names;
  v8::Global<v8::Object> exports;
  {
    js::Entered entered(env);
    v8::TryCatch caught(env.isolate());
    js::Js<v8::Local<v8::Object>> made = modules.run_main(file);
    if (!made) {
      report.failures.push_back(file + ": " + made.error().message +
                                (caught.HasCaught() ? js::report_caught(env, caught).stack : ""));
      return report;
    }
    exports.Reset(env.isolate(), *made);
    v8::Local<v8::Array> keys = (*made)->GetOwnPropertyNames(env.context()).ToLocalChecked();
    for (uint32_t i = 0; i < keys->Length(); ++i)
      names.push_back(text_of(env, keys->Get(env.context(), i).ToLocalChecked()));
  }
  for (const std::string& name : names) {
    Ref<context::RequestContext> context = event();
    v8::Global<v8::Promise> promise;
    std::string outcome;
    context->turn([&](js::Env& in) {
      v8::TryCatch caught(in.isolate());
      v8::Local<v8::Context> v8_context = in.context();
      v8::Local<v8::Value> exported, test, result;
      v8::Local<v8::Value> arguments[] = {v8::Object::New(in.isolate()),
                                          bindings_.Get(in.isolate()),
                                          v8::Object::New(in.isolate())};
      if (exports.Get(in.isolate())
              ->Get(v8_context, js::from_utf8(in.isolate(), name))
              .ToLocal(&exported) &&
          exported->IsObject() &&
          exported.As<v8::Object>()->Get(v8_context, in.name("test")).ToLocal(&test) &&
          test->IsFunction() &&
          test.As<v8::Function>()->Call(v8_context, exported, 3, arguments).ToLocal(&result) &&
          result->IsPromise())
        promise.Reset(in.isolate(), result.As<v8::Promise>());
      else
        outcome = caught.HasCaught() ? js::report_caught(in, caught).stack : "is not a test";
    });
    if (!promise.IsEmpty()) outcome = settle(*context, promise);
    context->close();
    if (outcome == "undefined")
      ++report.passed;
    else
      report.failures.push_back(name + ": " + outcome);
    js::Entered entered(env);
    promise.Reset();
  }
  js::Entered entered(env);
  exports.Reset();
  return report;
}

}  // namespace skerry::bindings
