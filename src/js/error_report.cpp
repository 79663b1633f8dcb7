#include "js/error_report.h"

#include "js/convert.h"

namespace skerry::js {

namespace {

std::string text_of(Env& env, v8::Local<v8::Value> value) {
  v8::Local<v8::String> text;
  if (value->IsSymbol()) {
    if (!value->ToDetailString(env.context()).ToLocal(&text)) return "a symbol";
  } else if (!value->ToString(env.context()).ToLocal(&text)) {
    return "a value that cannot be shown";
  }
  return to_utf8(env.isolate(), text);
}

constexpr int kCausesMax = 8;

// https://tc39.es/ecma262/#sec-installerrorcause, each in the manner of Node.
void append_causes(Env& env, v8::Local<v8::Value> exception, std::string& stack) {
  v8::Isolate* isolate = env.isolate();
  v8::LocalVector<v8::Value> seen(isolate);
  for (int i = 0; i < kCausesMax && exception->IsNativeError(); ++i) {
    seen.push_back(exception);
    v8::Local<v8::Value> cause;
    if (!exception.As<v8::Object>()
             ->HasOwnProperty(env.context(), env.name("cause"))
             .FromMaybe(false) ||
        !exception.As<v8::Object>()->Get(env.context(), env.name("cause")).ToLocal(&cause))
      return;
    for (v8::Local<v8::Value> each : seen)
      if (each->StrictEquals(cause)) return;
    std::string text;
    v8::Local<v8::Value> own;
    if (cause->IsNativeError() &&
        cause.As<v8::Object>()->Get(env.context(), env.name("stack")).ToLocal(&own) &&
        own->IsString())
      text = to_utf8(isolate, own.As<v8::String>());
    stack += "\n[cause]: " + (text.empty() ? text_of(env, cause) : text);
    exception = cause;
  }
}

}  // namespace

ErrorReport report_exception(Env& env, v8::Local<v8::Value> exception,
                             v8::Local<v8::Message> message) {
  v8::Isolate* isolate = env.isolate();
  v8::HandleScope scope(isolate);
  v8::TryCatch swallowed(isolate);
  ErrorReport report;
  if (exception.IsEmpty()) {
    report.message = report.stack = "execution was terminated";
    return report;
  }
  report.message = text_of(env, exception);
  if (!exception->IsNativeError() && !exception->IsObject())
    report.message = "Uncaught " + report.message;
  if (exception->IsObject() && !exception->IsNativeError() && report.message == "[object Object]") {
    v8::Local<v8::String> json;
    if (v8::JSON::Stringify(env.context(), exception).ToLocal(&json))
      report.message = to_utf8(isolate, json);
  }
  report.stack = report.message;
  if (exception->IsObject()) {
    v8::Local<v8::Value> stack;
    if (exception.As<v8::Object>()->Get(env.context(), env.name("stack")).ToLocal(&stack) &&
        stack->IsString()) {
      report.stack = to_utf8(isolate, stack.As<v8::String>());
      // A message changed after the stack was taken is what the person wants to read.
      if (!report.stack.contains(report.message))
        report.stack = report.message + "\n" + report.stack;
    }
    append_causes(env, exception, report.stack);
  }
  if (message.IsEmpty()) message = v8::Exception::CreateMessage(isolate, exception);
  v8::Local<v8::Value> resource = message->GetScriptResourceName();
  if (resource->IsString()) report.file = to_utf8(isolate, resource.As<v8::String>());
  report.line = message->GetLineNumber(env.context()).FromMaybe(0);
  report.column = message->GetStartColumn(env.context()).FromMaybe(-1) + 1;
  v8::Local<v8::String> line;
  if (message->GetSourceLine(env.context()).ToLocal(&line)) {
    report.source_line = to_utf8(isolate, line);
    if (report.source_line.size() > 400) report.source_line.resize(400);
  }
  return report;
}

ErrorReport report_caught(Env& env, v8::TryCatch& caught) {
  if (caught.HasTerminated()) return report_exception(env, {}, {});
  return report_exception(env, caught.Exception(), caught.Message());
}

}  // namespace skerry::js
