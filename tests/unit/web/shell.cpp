// A shell over the Web APIs alone, for developing them: runs classic scripts in one context until
// nothing is under way. usage: skerry_shell FILE.js...
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "context/request_context.h"
#include "js/error_report.h"
#include "js/isolate.h"
#include "js/platform.h"
#include "web/parts.h"

namespace {

using namespace skerry;

class StdoutLog final : public observe::Log {
 public:
  void event(observe::Level, std::string_view, std::string_view text) override {
    print("[event] ", text);
  }
  void console(observe::Level, std::string_view, std::string_view text) override {
    print("", text);
  }

 private:
  static void print(const char* prefix, std::string_view text) {
    std::printf("%s%.*s\n", prefix, static_cast<int>(text.size()), text.data());
    std::fflush(stdout);
  }
};

// Ends the loop when nothing is under way. Not by turning it while something is: a turn that fires
// the last timer goes on to wait.
struct StoppingOwner final : context::ContextOwner {
  void after_turn(context::RequestContext& context) override {
    if (runs && !context.has_progress()) context.services().loop.stop();
  }
  bool runs = false;  // stop() before run() would end the loop's own clean-up instead
};

bool run_file(context::RequestContext& context, const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  bool ok = true;
  context.turn([&](js::Env& env) {
    v8::TryCatch caught(env.isolate());
    v8::ScriptOrigin origin(js::from_utf8(env.isolate(), path));
    v8::ScriptCompiler::Source source(js::from_utf8(env.isolate(), text.str()), origin);
    v8::Local<v8::Script> script;
    v8::Local<v8::Value> result;
    ok = v8::ScriptCompiler::Compile(env.context(), &source).ToLocal(&script) &&
         script->Run(env.context()).ToLocal(&result);
    if (!ok) std::printf("%s\n", js::report_caught(env, caught).stack.c_str());
  });
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  js::start_v8();
  js::Surface surface(web::platform_parts());
  auto loop = loop::Loop::create();
  StdoutLog log;
  context::Services services{**loop, log, nullptr,
                             [](std::span<uint8_t> out) {
                               std::random_device device;
                               for (uint8_t& byte : out) byte = static_cast<uint8_t>(device());
                             },
                             js::wall_clock_ms};
  auto isolate = js::Isolate::create(surface, {});
  isolate->env().attach(js::Env::Attachment::services, &services);
  isolate->env().set_at_module_scope(false);
  StoppingOwner owner;
  bool ok = true;
  {
    auto context = make_ref<context::RequestContext>(isolate->env(), services, owner, 1);
    for (int i = 1; i < argc; ++i) ok = run_file(*context, argv[i]) && ok;
    owner.runs = true;
    if (context->has_progress()) (*loop)->run();
    context->close();
  }
  isolate.reset();
  return ok ? 0 : 1;
}
