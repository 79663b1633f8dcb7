#include "worker/worker.h"

#include "context/cpu_slot.h"
#include "js/method.h"
#include "js/platform.h"
#include "web/events/event_target.h"
#include "worker/fetch_event.h"

namespace skerry::worker {

Worker::Worker(context::Services& services, WorkerHost& host, WorkerOptions options)
    : services_(services), host_(host), options_(std::move(options)) {}

Worker::~Worker() {
  while (events_ != nullptr) event_ended(events_);
  if (!isolate_) return;
  {
    js::Entered entered(isolate_->env());
    if (options_.watcher != nullptr) options_.watcher->on_isolate_end(isolate_->env());
    fetch_handler_.Reset();
    handler_receiver_.Reset();
    env_object_.Reset();
    exports_.Reset();
    modules_.reset();
    rejections_.reset();
  }
  isolate_.reset();
}

std::expected<std::unique_ptr<Worker>, js::ErrorReport> Worker::load(const js::Surface& surface,
                                                                     context::Services& services,
                                                                     WorkerHost& host,
                                                                     WorkerOptions options) {
  std::unique_ptr<Worker> worker(new Worker(services, host, std::move(options)));
  worker->isolate_ = std::move(worker->options_.isolate);
  if (!worker->isolate_) worker->isolate_ = js::Isolate::create(surface, worker->options_.memory);
  js::Env& env = worker->isolate_->env();
  env.attach(js::Env::Attachment::services, &services);
  js::Entered entered(env);
  if (worker->options_.watcher != nullptr) worker->options_.watcher->on_isolate(env);
  worker->rejections_ = std::make_unique<Rejections>(*worker->isolate_, services);
  worker->modules_ =
      std::make_unique<js::Modules>(env, *worker->options_.modules, worker->options_.code_cache);
  v8::TryCatch caught(env.isolate());
  context::CpuSlot* slot = services.cpu_slot;
  if (slot != nullptr) slot->begin(env.isolate(), worker->options_.startup_cpu_ms * 1'000'000);
  js::Js<> evaluated = worker->evaluate(env);
  bool out_of_cpu = slot != nullptr && slot->end();
  if (evaluated && !out_of_cpu && !worker->isolate_->out_of_memory()) return worker;
  js::ErrorReport report;
  if (out_of_cpu) {
    report.message = report.stack = "The worker used more than " +
                                    std::to_string(worker->options_.startup_cpu_ms) +
                                    " ms of CPU at module scope and was ended.";
  } else if (worker->isolate_->out_of_memory()) {
    report.message = report.stack =
        "The worker used more memory than it may at module scope and was ended.";
  } else if (evaluated.error().kind == js::Throw::Kind::pending) {
    report = js::report_caught(env, caught);
  } else {
    report = js::report_exception(env, env.make_exception(evaluated.error()));
    report.stack = report.message;
  }
  env.isolate()->CancelTerminateExecution();
  return std::unexpected(std::move(report));
}

js::Js<> Worker::evaluate(js::Env& env) {
  env.set_at_module_scope(true);
  env.set_now_ms(0);
  // Before the modules: they may import `env`.
  v8::Local<v8::Object> bindings = v8::Object::New(env.isolate());
  if (options_.fill_env) options_.fill_env(env, bindings);
  env_object_.Reset(env.isolate(), bindings);
  env.set_bindings(bindings);
  if (options_.install_globals != nullptr) options_.install_globals(env);
  js::Js<v8::Local<v8::Object>> exports = modules_->run_main(options_.main);
  if (!exports) return js::pass(exports);
  js::Js<> found = find_handlers(env, *exports);
  if (!found) return found;
  env.set_at_module_scope(false);
  if (!options_.allow_eval) {
    env.context()->AllowCodeGenerationFromStrings(false);
    env.context()->SetErrorMessageForCodeGenerationFromStrings(
        env.name("Code generation from strings disallowed for this context"));
  }
  return {};
}

js::Js<> Worker::find_handlers(js::Env& env, v8::Local<v8::Object> exports) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  if (exports.IsEmpty()) {
    // A classic script: its bindings are globals, its handler a listener.
    v8::Local<v8::Object> bindings = env_object_.Get(isolate);
    v8::Local<v8::Array> names;
    if (!bindings->GetOwnPropertyNames(context).ToLocal(&names)) return js::already_thrown();
    for (uint32_t i = 0; i < names->Length(); ++i) {
      v8::Local<v8::Value> key, value;
      if (!names->Get(context, i).ToLocal(&key) || !bindings->Get(context, key).ToLocal(&value))
        continue;
      (void)context->Global()->Set(context, key, value);
    }
    listens_for_fetch_ = web::global_target(env).has_listeners("fetch");
    if (listens_for_fetch_) return {};
    return js::type_error("\"" + options_.main +
                          "\" has neither exports nor a fetch listener. Write `export default { "
                          "fetch(request, env, ctx) "
                          "{ … } }`.");
  }
  exports_.Reset(isolate, exports);
  v8::Local<v8::Value> object, handler;
  if (!exports->Get(context, env.name("default")).ToLocal(&object)) return js::already_thrown();
  if (!object->IsObject())
    return js::type_error(
        "\"" + options_.main +
        "\" has no default export. Write `export default { fetch(request, env, ctx) { … } }`.");
  if (object->IsFunction()) {
    // A class, which has its handlers on the prototype.
    default_is_class_ = true;
    v8::Local<v8::Value> prototype;
    if (!object.As<v8::Object>()->Get(context, env.name("prototype")).ToLocal(&prototype))
      return js::already_thrown();
    if (!prototype->IsObject())
      return js::type_error("The default export of \"" + options_.main +
                            "\" is a function. Write `export default { fetch(request, env, ctx) "
                            "{ … } }`, or a class that extends WorkerEntrypoint.");
    object = prototype;
  }
  if (!object.As<v8::Object>()->Get(context, env.name("fetch")).ToLocal(&handler))
    return js::already_thrown();
  if (!handler->IsFunction())
    return js::type_error("The default export of \"" + options_.main + "\" has no fetch() method.");
  fetch_handler_.Reset(isolate, handler.As<v8::Function>());
  handler_receiver_.Reset(isolate, object);
  return {};
}

js::Js<Worker::Handler> Worker::handler_for(js::Env& env, const std::string& entrypoint,
                                            v8::Local<v8::Object> execution) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  const std::string shown = entrypoint.empty() ? "default" : entrypoint;
  v8::Local<v8::Value> exported, fetch;
  bool exists = false;
  if (!exports_.IsEmpty()) {
    v8::Local<v8::Object> exports = exports_.Get(isolate);
    v8::Local<v8::String> name = js::from_utf8(isolate, shown);
    exists = exports->HasOwnProperty(context, name).FromMaybe(false);
    if (exists && !exports->Get(context, name).ToLocal(&exported)) return js::already_thrown();
  }
  if (!exists || !exported->IsObject())
    return js::type_error("The worker \"" + options_.name + "\" has no entrypoint \"" + shown +
                          "\": its main module exports no such class or object.");
  if (exported->IsFunction()) {
    v8::Local<v8::Value> arguments[] = {execution, env_object_.Get(isolate)};
    v8::Local<v8::Object> made;
    if (!exported.As<v8::Function>()->IsConstructor())
      return js::type_error("The entrypoint \"" + shown + "\" of the worker \"" + options_.name +
                            "\" is a function, not a class or an object with fetch().");
    if (!exported.As<v8::Function>()->NewInstance(context, 2, arguments).ToLocal(&made))
      return js::already_thrown();
    exported = made;
  }
  if (!exported.As<v8::Object>()->Get(context, env.name("fetch")).ToLocal(&fetch))
    return js::already_thrown();
  if (!fetch->IsFunction())
    return js::type_error("The entrypoint \"" + shown + "\" of the worker \"" + options_.name +
                          "\" has no fetch() method.");
  return Handler{fetch.As<v8::Function>(), exported};
}

void Worker::fetch(std::unique_ptr<types::Exchange> exchange, std::unique_ptr<WorkerCall> call) {
  auto* event = new FetchEvent(*this, std::move(exchange), next_event_++, std::move(call));
  event->next_ = events_;
  if (events_ != nullptr) events_->previous_ = event;
  events_ = event;
  event->start();
}

void Worker::event_ended(FetchEvent* event) {
  if (event->next_ != nullptr) event->next_->previous_ = event->previous_;
  if (event->previous_ != nullptr)
    event->previous_->next_ = event->next_;
  else
    events_ = event->next_;
  delete event;
  tell_if_idle();
}

void Worker::tell_if_idle() {
  if (events_ == nullptr && when_idle_) services_.loop.defer(std::exchange(when_idle_, nullptr));
}

void Worker::condemn_events(Failure::Kind kind, FetchEvent* first) {
  condemned_ = true;
  for (FetchEvent* event = events_; event != nullptr;) {
    FetchEvent* next = event->next_;
    event->fail_with_worker(kind);
    if (event != first) event->end();
    event = next;
  }
}

void Worker::retire(std::move_only_function<void()> when_idle) {
  when_idle_ = std::move(when_idle);
  // Nobody reconnects to the new version while the old one keeps its sockets.
  for (FetchEvent* event = events_; event != nullptr;) {
    FetchEvent* next = event->next_;
    event->close_socket();
    event = next;
  }
  tell_if_idle();
}

void Worker::show_isolate() {
  if (options_.watcher == nullptr || condemned_) return;
  js::Entered entered(isolate_->env());
  options_.watcher->on_isolate(isolate_->env());
}

void Worker::store_code_cache() {
  if (condemned_) return;
  js::Entered entered(isolate_->env());
  modules_->store_code_cache();
}

}  // namespace skerry::worker
