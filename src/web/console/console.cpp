#include "web/console/console.h"

#include <cstdio>
#include <map>
#include <optional>

#include "context/request_context.h"
#include "js/class_table.h"
#include "js/console_tap.h"
#include "js/method.h"
#include "web/console/format.h"
#include "web/console/inspect.h"
#include "web/console/table.h"
#include "web/report.h"

namespace skerry::web {

namespace {

using observe::Level;

// What a worker's console remembers. Bounded: labels come from the worker.
struct ConsoleState {
  static constexpr size_t kLabelsMax = 1000;
  static constexpr int kIndentationMax = 64;
  int indentation = 0;
  std::map<std::string, uint32_t> counts;
  std::map<std::string, double> timers;

  static ConsoleState& of(js::Env& env) {
    void* found = env.attachment(js::Env::Attachment::console);
    if (found == nullptr) {
      found = new ConsoleState();
      env.attach_owned(js::Env::Attachment::console, found,
                       [](void* state) { delete static_cast<ConsoleState*>(state); });
    }
    return *static_cast<ConsoleState*>(found);
  }
};

// https://console.spec.whatwg.org/#printer
void print(js::Env& env, Level level, std::string text) {
  context::Services* services = services_of(env);
  if (services == nullptr) return;
  void* found = env.attachment(js::Env::Attachment::console);
  const int indentation = found == nullptr ? 0 : static_cast<ConsoleState*>(found)->indentation;
  if (indentation > 0) {
    const std::string spaces(static_cast<size_t>(indentation), ' ');
    text.insert(0, spaces);
    for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
      text.insert(at + 1, spaces);
  }
  services->log.console(level, "", text);
}

// To an inspector, if there is one, as it was called.
void tell_tap(js::Env& env, const char* method, const js::Rest& rest) {
  js::ConsoleTap* tap = js::console_tap(env.isolate());
  if (tap == nullptr) [[likely]]
    return;
  v8::LocalVector<v8::Value> arguments(env.isolate());
  for (int i = 0; i < rest.size(); ++i) arguments.push_back(rest[i]);
  tap->console_called(env, method, {arguments.data(), arguments.size()});
}

// https://console.spec.whatwg.org/#logger
std::string logged(js::Env& env, const js::Rest& rest, int from = 0) {
  v8::LocalVector<v8::Value> arguments(env.isolate());
  for (int i = from; i < rest.size(); ++i) arguments.push_back(rest[i]);
  return format_log(env, arguments);
}

constexpr const char* kDebug = "debug";
constexpr const char* kError = "error";
constexpr const char* kInfo = "info";
constexpr const char* kLog = "log";
constexpr const char* kWarn = "warn";
constexpr const char* kDirXml = "dirxml";

template <Level level, const char* const* Name>
void log_at(js::Env& env, js::Rest rest) {
  tell_tap(env, *Name, rest);
  if (rest.size() == 0 && level != Level::info) return;
  print(env, level, logged(env, rest));
}

// https://console.spec.whatwg.org/#assert
void assert_that(js::Env& env, js::Rest rest) {
  tell_tap(env, "assert", rest);
  if (rest.size() > 0 && rest[0]->BooleanValue(env.isolate())) return;
  v8::LocalVector<v8::Value> arguments(env.isolate());
  std::string prefix = "Assertion failed";
  if (rest.size() > 1) {
    // The prefix joins a format string, and stands before anything else.
    if (rest[1]->IsString()) {
      prefix += ": " + js::to_utf8(env.isolate(), rest[1].As<v8::String>());
      arguments.push_back(js::from_utf8(env.isolate(), prefix));
    } else {
      arguments.push_back(js::from_utf8(env.isolate(), prefix + ":"));
      arguments.push_back(rest[1]);
    }
    for (int i = 2; i < rest.size(); ++i) arguments.push_back(rest[i]);
    prefix = format_log(env, arguments);
  }
  print(env, Level::error, std::move(prefix));
}

// https://console.spec.whatwg.org/#trace
void trace(js::Env& env, js::Rest rest) {
  tell_tap(env, "trace", rest);
  v8::Isolate* isolate = env.isolate();
  std::string text = "Trace";
  if (rest.size() > 0) text += ": " + logged(env, rest);
  v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(isolate, 16);
  for (int i = 0; i < stack->GetFrameCount(); ++i) {
    v8::Local<v8::StackFrame> frame = stack->GetFrame(isolate, static_cast<uint32_t>(i));
    v8::Local<v8::String> function = frame->GetFunctionName();
    v8::Local<v8::String> script = frame->GetScriptNameOrSourceURL();
    std::string place = (script.IsEmpty() ? "<anonymous>" : js::to_utf8(isolate, script)) + ":" +
                        std::to_string(frame->GetLineNumber()) + ":" +
                        std::to_string(frame->GetColumn());
    const bool named = !function.IsEmpty() && function->Length() != 0;
    text += "\n    at " + (named ? js::to_utf8(isolate, function) + " (" + place + ")" : place);
  }
  print(env, Level::info, std::move(text));
}

// https://console.spec.whatwg.org/#dir
void dir(js::Env& env, std::optional<v8::Local<v8::Value>> given,
         std::optional<v8::Local<v8::Value>> options) {
  const v8::Local<v8::Value> undefined = v8::Undefined(env.isolate());
  const v8::Local<v8::Value> value = given.value_or(undefined);
  InspectOptions how;
  v8::TryCatch swallowed(env.isolate());
  js::Js<v8::Local<v8::Value>> depth = js::member(env, options.value_or(undefined), "depth");
  if (depth && (*depth)->IsNumber())
    how.depth = static_cast<int>(std::clamp((*depth).As<v8::Number>()->Value(), 0.0, 64.0));
  else if (depth && (*depth)->IsNull())
    how.depth = 64;
  print(env, Level::info, inspect(env, value, how));
}

// https://console.spec.whatwg.org/#table
void table(js::Env& env, std::optional<v8::Local<v8::Value>> given) {
  const v8::Local<v8::Value> data = given.value_or(v8::Undefined(env.isolate()).As<v8::Value>());
  std::optional<std::string> text = format_table(env, data);
  print(env, Level::info,
        text               ? std::move(*text)
        : data->IsString() ? js::to_utf8(env.isolate(), data.As<v8::String>())
                           : inspect(env, data));
}

std::string label_of(const std::optional<js::UsvString>& label) {
  return label ? label->value.substr(0, 256) : "default";
}

// https://console.spec.whatwg.org/#count
void count(js::Env& env, std::optional<js::UsvString> label) {
  ConsoleState& state = ConsoleState::of(env);
  std::string name = label_of(label);
  if (!state.counts.contains(name) && state.counts.size() >= ConsoleState::kLabelsMax) return;
  const uint32_t number = ++state.counts[name];
  print(env, Level::info, name + ": " + std::to_string(number));
}

// https://console.spec.whatwg.org/#countreset
void count_reset(js::Env& env, std::optional<js::UsvString> label) {
  std::string name = label_of(label);
  if (ConsoleState::of(env).counts.erase(name) == 0)
    print(env, Level::warn, "Count for '" + name + "' does not exist");
}

// https://console.spec.whatwg.org/#time
void time(js::Env& env, std::optional<js::UsvString> label) {
  ConsoleState& state = ConsoleState::of(env);
  std::string name = label_of(label);
  if (state.timers.contains(name))
    return print(env, Level::warn, "Label '" + name + "' already exists for console.time()");
  if (state.timers.size() < ConsoleState::kLabelsMax) state.timers[name] = env.now_ms();
}

void print_timer(js::Env& env, const std::optional<js::UsvString>& label, const std::string& more,
                 const char* what) {
  std::string name = label_of(label);
  auto& timers = ConsoleState::of(env).timers;
  auto found = timers.find(name);
  if (found == timers.end())
    return print(env, Level::warn, "No such label '" + name + "' for console." + what + "()");
  char elapsed[32];
  std::snprintf(elapsed, sizeof elapsed, "%.0fms", env.now_ms() - found->second);
  print(env, Level::info, name + ": " + elapsed + (more.empty() ? "" : " " + more));
}

// https://console.spec.whatwg.org/#timelog
void time_log(js::Env& env, std::optional<js::UsvString> label, js::Rest rest) {
  print_timer(env, label, logged(env, rest), "timeLog");
}

// https://console.spec.whatwg.org/#timeend
void time_end(js::Env& env, std::optional<js::UsvString> label) {
  print_timer(env, label, {}, "timeEnd");
  ConsoleState::of(env).timers.erase(label_of(label));
}

// https://console.spec.whatwg.org/#group
void group(js::Env& env, js::Rest rest) {
  tell_tap(env, "group", rest);
  if (rest.size() > 0) print(env, Level::info, logged(env, rest));
  ConsoleState& state = ConsoleState::of(env);
  if (state.indentation < ConsoleState::kIndentationMax) state.indentation += 2;
}

// https://console.spec.whatwg.org/#groupend
void group_end(js::Env& env) {
  ConsoleState& state = ConsoleState::of(env);
  if (state.indentation > 0) state.indentation -= 2;
}

// https://console.spec.whatwg.org/#clear
void clear(js::Env& env) {
  ConsoleState::of(env).indentation = 0;
}

}  // namespace

void describe_console(js::ClassTable& t) {
  t.static_method<&assert_that>("assert", "(condition?: boolean, ...data: any[]): void");
  t.static_method<&clear>("clear", "(): void");
  t.static_method<&log_at<Level::debug, &kDebug>>("debug", "(...data: any[]): void");
  t.static_method<&log_at<Level::error, &kError>>("error", "(...data: any[]): void");
  t.static_method<&log_at<Level::info, &kInfo>>("info", "(...data: any[]): void");
  t.static_method<&log_at<Level::info, &kLog>>("log", "(...data: any[]): void");
  t.static_method<&table>("table", "(data?: any, properties?: string[]): void");
  t.static_method<&trace>("trace", "(...data: any[]): void");
  t.static_method<&log_at<Level::warn, &kWarn>>("warn", "(...data: any[]): void");
  t.static_method<&dir>("dir", "(item?: any, options?: { depth?: number | null }): void");
  t.static_method<&log_at<Level::info, &kDirXml>>("dirxml", "(...data: any[]): void");
  t.static_method<&count>("count", "(label?: string): void");
  t.static_method<&count_reset>("countReset", "(label?: string): void");
  t.static_method<&group>("group", "(...data: any[]): void");
  t.static_method<&group>("groupCollapsed", "(...data: any[]): void");
  t.static_method<&group_end>("groupEnd", "(): void");
  t.static_method<&time>("time", "(label?: string): void");
  t.static_method<&time_log>("timeLog", "(label?: string, ...data: any[]): void");
  t.static_method<&time_end>("timeEnd", "(label?: string): void");
}

}  // namespace skerry::web
