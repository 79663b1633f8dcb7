#include "web/report.h"

#include "context/request_context.h"
#include "js/error_report.h"

namespace skerry::web {

context::Services* services_of(js::Env& env) {
  if (context::RequestContext* running = context::current(env)) return &running->services();
  return static_cast<context::Services*>(env.attachment(js::Env::Attachment::services));
}

namespace {

void log_error(js::Env& env, const js::ErrorReport& report) {
  if (context::Services* services = services_of(env))
    services->log.event(observe::Level::error, "", report.stack);
}

}  // namespace

void report_uncaught(js::Env& env, v8::TryCatch& caught) {
  if (!caught.HasCaught() || caught.HasTerminated()) return;
  const js::ErrorReport report = js::report_caught(env, caught);
  caught.Reset();
  log_error(env, report);
}

void report_value(js::Env& env, v8::Local<v8::Value> exception) {
  log_error(env, js::report_exception(env, exception));
}

}  // namespace skerry::web
