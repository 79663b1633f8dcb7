#include "worker/fetch_event.h"

#include <array>

#include "codec/coded_source.h"
#include "js/method.h"
#include "types/header_list.h"
#include "web/events/abort_signal.h"
#include "web/fetch/native_sink.h"
#include "web/websocket/web_socket.h"
#include "worker/execution_context.h"
#include "worker/service_worker_event.h"

namespace skerry::worker {

namespace {

constexpr uint64_t kWaitUntilMs = 30'000;

// Written by the connection itself.
bool is_connection_header(std::string_view name) {
  switch (name.size()) {
    case 7: return types::equals_ignoring_case(name, "upgrade");
    case 10:
      return types::equals_ignoring_case(name, "connection") ||
             types::equals_ignoring_case(name, "keep-alive");
    case 14: return types::equals_ignoring_case(name, "content-length");
    case 17: return types::equals_ignoring_case(name, "transfer-encoding");
    default: return false;
  }
}

constexpr const char* kHungText =
    "The Workers runtime canceled this request because it detected that your Worker's code had "
    "hung and would never "
    "generate a response.";

std::string describe_value(js::Env& env, v8::Local<v8::Value> value) {
  if (value->IsUndefined()) return "undefined";
  if (value->IsObject())
    return "an object that is not a Response (" +
           js::to_utf8(env.isolate(), value.As<v8::Object>()->GetConstructorName()) + ")";
  return js::to_utf8(env.isolate(), value->TypeOf(env.isolate()));
}

}  // namespace

FetchEvent::FetchEvent(Worker& worker, std::unique_ptr<types::Exchange> exchange, uint64_t id,
                       std::unique_ptr<WorkerCall> call)
    : worker_(worker),
      exchange_(std::move(exchange)),
      call_(std::move(call)),
      context_(
          make_ref<context::RequestContext>(worker.isolate_->env(), worker.services_, *this, id)),
      started_ms_(worker.services_.loop.now_ms()) {
  record_.id = id;
  context_->cpu_limit_ns = worker.options_.cpu_ms * 1'000'000;
  context_->subrequests_max = worker.options_.subrequests;
  if (call_) context_->hops = call_->hops;
}

FetchEvent::~FetchEvent() {
  worker_.services_.loop.cancel_timer(wait_timer_);
  if (coupler_ != nullptr) coupler_->abandon();
  context_->close();
  // It may be on the stack: a message of its socket may be what ended this.
  if (coupler_ == nullptr) return;
  worker_.services_.loop.defer([coupler = std::move(coupler_)] {});
}

void FetchEvent::start() {
  exchange_->set_observer(this);
  context_->turn([this](js::Env& env) { call_handler(env); });
}

void FetchEvent::call_handler(js::Env& env) {
  v8::Isolate* isolate = env.isolate();
  const web::RequestFacts& facts = call_ ? *call_->facts : *worker_.options_.facts;
  web::Request& request = env.wrap_ref(std::make_unique<web::Request>(exchange_->head(), facts));
  if (exchange_->has_body()) request.body().set_native(*context_, exchange_->take_body());
  v8::Local<v8::Object> request_object = request.object(isolate);
  first_request_ = request_object;
  ExecutionContext& ctx = env.wrap_ref(std::make_unique<ExecutionContext>(*context_));
  v8::Local<v8::Object> execution = ctx.object(isolate);
  if (worker_.default_is_class_ || (call_ && !call_->entrypoint.empty())) [[unlikely]]
    return call_entrypoint(env, request_object, ctx);
  if (call_) ctx.set_props(call_->props);
  if (worker_.fetch_handler_.IsEmpty()) return call_listener(env, request_object, execution);
  v8::TryCatch caught(isolate);
  v8::Local<v8::Value> arguments[] = {request_object, worker_.env_object_.Get(isolate), execution};
  v8::Local<v8::Value> result;
  if (worker_.fetch_handler_.Get(isolate)
          ->Call(env.context(), worker_.handler_receiver_.Get(isolate), 3, arguments)
          .ToLocal(&result)) {
    first_result_ = result;
    return;
  }
  // A termination is judged after the turn, where its cause is known.
  if (!caught.HasTerminated()) fail(Failure::Kind::threw, js::report_caught(env, caught));
}

// A named export, or a class: looked up, and made, for this event.
void FetchEvent::call_entrypoint(js::Env& env, v8::Local<v8::Object> request,
                                 ExecutionContext& ctx) {
  v8::Isolate* isolate = env.isolate();
  if (call_) ctx.set_props(call_->props);
  v8::TryCatch caught(isolate);
  v8::Local<v8::Object> execution = ctx.object(isolate);
  js::Js<Worker::Handler> handler =
      worker_.handler_for(env, call_ ? call_->entrypoint : std::string(), execution);
  if (!handler && handler.error().kind != js::Throw::Kind::pending)
    return fail(Failure::Kind::no_handler,
                js::report_exception(env, env.make_exception(handler.error())));
  v8::Local<v8::Value> arguments[] = {request, worker_.env_object_.Get(isolate), execution};
  v8::Local<v8::Value> result;
  if (handler &&
      handler->fetch->Call(env.context(), handler->receiver, 3, arguments).ToLocal(&result)) {
    first_result_ = result;
    return;
  }
  if (!caught.HasTerminated()) fail(Failure::Kind::threw, js::report_caught(env, caught));
}

void FetchEvent::call_listener(js::Env& env, v8::Local<v8::Object> request,
                               v8::Local<v8::Object> execution) {
  ServiceWorkerFetchEvent& event = env.wrap_ref(std::make_unique<ServiceWorkerFetchEvent>());
  event.set_trusted();
  event.set_parts(env, request, execution);
  web::global_target(env).dispatch(env, event);
  v8::Local<v8::Value> response = event.response(env);
  if (response->IsUndefined()) {
    js::ErrorReport report;
    report.message = report.stack = "No fetch listener called event.respondWith().";
    return fail(Failure::Kind::bad_result, std::move(report));
  }
  first_result_ = response;
}

bool FetchEvent::check_limits() {
  Failure::Kind kind;
  if (worker_.isolate_->out_of_memory())
    kind = Failure::Kind::memory;
  else if (context_->out_of_cpu())
    kind = Failure::Kind::cpu;
  else
    return false;
  worker_.isolate_->v8()->CancelTerminateExecution();
  worker_.condemn_events(kind, this);
  return true;
}

void FetchEvent::after_turn(context::RequestContext&) {
  if (in_check_ || ended_) return;
  in_check_ = true;
  if (!check_limits()) {
    if (!responded_) take_result(worker_.isolate_->env());
    // A stream that feeds the reply but has nothing left to wait for will never end.
    if (responded_ && !body_done_ && (!pump_ || (pumps_script_ && pump_->is_reading())) &&
        !coupler_ && !context_->has_progress() && context_->closed() == false) {
      worker_.services_.log.event(
          observe::Level::warn, worker_.name(),
          "The response's stream has nothing left that could end it; the connection is cut.");
      body_done_ = true;
    }
  }
  first_result_ = {};
  first_request_ = {};
  in_check_ = false;
  maybe_end();
}

void FetchEvent::take_result(js::Env& env) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Value> result =
      first_result_.IsEmpty() ? pending_result_.Get(isolate) : first_result_;
  if (result.IsEmpty()) return;
  if (!result->IsPromise()) return respond(env, result);
  v8::Local<v8::Promise> promise = result.As<v8::Promise>();
  switch (promise->State()) {
    case v8::Promise::kFulfilled: return respond(env, promise->Result());
    case v8::Promise::kRejected: {
      promise->MarkAsHandled();
      return fail(Failure::Kind::threw, js::report_exception(env, promise->Result()));
    }
    case v8::Promise::kPending: break;
  }
  if (!context_->has_progress()) {
    js::ErrorReport report;
    report.message = report.stack = kHungText;
    return fail(Failure::Kind::hung, std::move(report));
  }
  if (!pending_result_.IsEmpty()) return;
  pending_result_.Reset(isolate, result);
  request_.Reset(isolate, first_request_);
}

void FetchEvent::respond(js::Env& env, v8::Local<v8::Value> value) {
  web::Response* response = js::unwrap<web::Response>(value);
  std::string wrong;
  if (response == nullptr)
    wrong = "The fetch handler did not return a Response but " + describe_value(env, value) + ".";
  else if (response->is_network_error())
    wrong = "The fetch handler returned Response.error().";
  else if (response->body().used(env, *response) || response->body().locked(env, *response))
    wrong = "The body of the returned Response has already been used or is locked.";
  if (!wrong.empty()) {
    js::ErrorReport report;
    report.message = report.stack = "TypeError: " + wrong;
    return fail(Failure::Kind::bad_result, std::move(report));
  }
  send(env, *response);
}

void FetchEvent::send(js::Env& env, web::Response& response) {
  if (response.status_code() == 101) {
    if (web::WebSocket* socket = response.carried_socket(env))
      return send_web_socket(env, response, *socket);
  }
  responded_ = true;
  context_->answered = true;
  record_.status = response.status_code();
  // Views on the stack: most replies have a handful of headers.
  const std::vector<types::Header>& entries = response.header_data().list().entries();
  std::array<types::HeaderView, 24> few;
  std::vector<types::HeaderView> many;
  types::HeaderView* views = few.data();
  if (entries.size() > few.size()) {
    many.resize(entries.size());
    views = many.data();
  }
  size_t count = 0;
  std::optional<codec::Coding> coding;
  for (const types::Header& header : entries) {
    if (is_connection_header(header.name)) continue;
    if (header.name.size() == 16 && types::equals_ignoring_case(header.name, "content-encoding"))
      coding = response.wanted_coding(header.value);
    views[count++] = {header.name, header.value};
  }
  types::ResponseHead head{response.status_code(), response.reason(), {views, count}};
  web::Body& body = response.body();
  switch (body.kind()) {
    case web::BodyKind::none:
      exchange_->respond(head, {});
      body_done_ = true;
      return;
    case web::BodyKind::bytes: {
      const std::string& bytes = body.bytes();
      body.mark_used();
      if (coding) [[unlikely]] {
        exchange_->respond(
            head, codec::encode_all(*coding,
                                    {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()})
                      .span());
        body_done_ = true;
        return;
      }
      exchange_->respond(head, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
      body_done_ = true;
      return;
    }
    case web::BodyKind::native:
    case web::BodyKind::stream:
      if (coding) return send_coded(env, response, head, *coding);
      return send_stream(env, response, head);
  }
}

// A body that is encoded on its way out, or goes on as it came where nobody has looked into it.
void FetchEvent::send_coded(js::Env& env, web::Response& response, const types::ResponseHead& head,
                            codec::Coding coding) {
  std::unique_ptr<ByteSource> source = response.body().take_native(env, response);
  if (!source) {
    js::Js<std::unique_ptr<ByteSource>> bridged =
        web::source_of_stream(env, *context_, response.slot(env.isolate(), web::Body::kStreamSlot));
    if (!bridged) {
      body_done_ = true;
      return;
    }
    source = std::move(*bridged);
    pumps_script_ = true;
  }
  std::string_view name = response.header_data().list().find("content-encoding")->c_str();
  if (std::unique_ptr<ByteSource> as_it_came = source->take_encoded(name))
    source = std::move(as_it_came);
  else
    source = codec::encode(std::move(source), coding);
  std::unique_ptr<ByteSink> sink = exchange_->respond_stream(head, source->length());
  if (sink == nullptr) {
    body_done_ = true;
    return;
  }
  pump_ =
      std::make_unique<Pump>(std::move(source), std::move(sink), [this](bool) { body_finished(); });
  pump_->start();
  if (pumps_script_) env.isolate()->PerformMicrotaskCheckpoint();
}

// The event goes on until the client's socket is closed.
void FetchEvent::send_web_socket(js::Env&, web::Response& response, web::WebSocket& socket) {
  std::string wrong;
  std::unique_ptr<types::WebSocket> end;
  if (!types::asks_for_web_socket(*exchange_->head()))
    wrong =
        "Worker tried to return a WebSocket in a response to a request which did not contain the "
        "header \"Upgrade: websocket\".";
  else if (end = socket.take_end(); end == nullptr)
    wrong =
        "Can't return a WebSocket in a Response after calling accept(), or in a second Response.";
  if (!wrong.empty()) {
    js::ErrorReport report;
    report.message = report.stack = "TypeError: " + wrong;
    return fail(Failure::Kind::bad_result, std::move(report));
  }
  responded_ = true;
  context_->answered = true;
  record_.status = 101;
  std::vector<types::HeaderView> views;
  for (const types::Header& header : response.header_data().list().entries())
    if (!is_connection_header(header.name)) views.push_back({header.name, header.value});
  std::unique_ptr<types::WebSocket> client = exchange_->accept_web_socket({101, {}, views});
  if (client == nullptr) {
    record_.status = 400;
    body_done_ = true;
    return;
  }
  coupler_ = std::make_unique<SocketCoupler>(std::move(client), std::move(end),
                                             [this] { body_finished(); });
  coupler_->start();
}

void FetchEvent::close_socket() {
  if (coupler_ != nullptr) coupler_->close(types::kCloseServiceRestart, "The worker was replaced.");
}

void FetchEvent::send_stream(js::Env& env, web::Response& response,
                             const types::ResponseHead& head) {
  std::optional<uint64_t> length = response.body().known_length(env, response);
  std::unique_ptr<ByteSink> sink = exchange_->respond_stream(head, length);
  std::unique_ptr<ByteSource> source = response.body().take_native(env, response);
  if (sink == nullptr) {
    body_done_ = true;
    return;
  }
  if (source) {
    pump_ = std::make_unique<Pump>(std::move(source), std::move(sink),
                                   [this](bool) { body_finished(); });
    pump_->start();
    return;
  }
  js::Js<v8::Local<v8::Object>> pumping =
      web::pump_stream(env, *context_, response.slot(env.isolate(), web::Body::kStreamSlot),
                       std::move(sink), [this](bool) { body_done_ = true; });
  if (!pumping) {
    body_done_ = true;
    return;
  }
  if (!body_done_) sink_.Reset(env.isolate(), *pumping);
  env.isolate()->PerformMicrotaskCheckpoint();
}

// Ends of streams are told from inside the connection's or the stream's own code: acting waits for
// the loop.
void FetchEvent::body_finished() {
  body_done_ = true;
  worker_.services_.loop.defer([this, context = context_] {
    if (!context->closed()) maybe_end();
  });
}

int failure_code(Failure::Kind kind) {
  switch (kind) {
    case Failure::Kind::cpu:
    case Failure::Kind::memory: return 1102;
    default: return 1101;
  }
}

namespace {

std::string summary_of(Failure::Kind kind) {
  switch (kind) {
    case Failure::Kind::threw: return "Worker threw exception";
    case Failure::Kind::bad_result: return "Worker returned something that is not a Response";
    case Failure::Kind::hung: return "Worker would never generate a response";
    case Failure::Kind::cpu: return "Worker exceeded its CPU limit";
    case Failure::Kind::memory: return "Worker exceeded its memory limit";
    case Failure::Kind::no_handler: return "Worker has no fetch handler";
  }
  return "Worker failed";
}

}  // namespace

void FetchEvent::fail(Failure::Kind kind, js::ErrorReport report) {
  if (responded_) return;
  responded_ = true;
  body_done_ = true;
  context_->answered = true;
  if (worker_.options_.refine_report) worker_.options_.refine_report(report);
  Failure failure{kind, summary_of(kind), std::move(report)};
  record_.status = kind == Failure::Kind::cpu || kind == Failure::Kind::memory ? 503 : 500;
  worker_.host_.on_failure(worker_.name(), failure);
  worker_.host_.answer_failure(worker_.name(), failure, *exchange_);
}

void FetchEvent::fail_with_worker(Failure::Kind kind) {
  js::ErrorReport report;
  report.message = report.stack = kind == Failure::Kind::cpu
                                      ? "The worker used more CPU than limits.cpu_ms allows (" +
                                            std::to_string(worker_.options_.cpu_ms) +
                                            " ms) and was ended."
                                      : "The worker used more memory than it may and was ended.";
  fail(kind, std::move(report));
  body_done_ = true;
  context_->waiting = 0;
}

void FetchEvent::on_client_gone() {
  worker_.services_.loop.defer([this, context = context_] {
    if (!context->closed()) client_gone();
  });
}

void FetchEvent::client_gone() {
  if (!responded_) record_.status = 499;
  bool was_pending = !responded_;
  responded_ = true;
  context_->answered = true;
  pump_.reset();
  if (!body_done_ && !sink_.IsEmpty()) {
    // The script learns of it: its stream is cancelled. Whatever it then does not end, ends here.
    Ref<context::RequestContext> keep = context_;
    keep->turn([this](js::Env& env) {
      web::NativeSink* sink = js::unwrap<web::NativeSink>(sink_.Get(env.isolate()));
      sink->cut(env);
    });
    if (keep->closed()) return;
  }
  body_done_ = true;
  if (was_pending && !request_.IsEmpty()) {
    context_->turn([this](js::Env& env) {
      web::Request* request = js::unwrap<web::Request>(request_.Get(env.isolate()));
      if (!request->has_signal(env)) return;
      js::unwrap<web::AbortSignal>(request->signal(env))->signal_abort(env, v8::Local<v8::Value>());
    });
    // The turn's end may have ended this event: nothing is touched after it.
    return;
  }
  maybe_end();
}

void FetchEvent::maybe_end() {
  if (ended_ || !responded_ || !body_done_) return;
  if (context_->waiting > 0 && context_->has_progress()) {
    if (wait_timer_) return;
    wait_timer_ = worker_.services_.loop.add_timer(kWaitUntilMs, [this] {
      worker_.services_.log.event(
          observe::Level::warn, worker_.name(),
          "waitUntil() tasks did not complete within 30 seconds and were cancelled.");
      end();
    });
    return;
  }
  end();
}

void FetchEvent::end() {
  ended_ = true;
  if (worker_.host_.wants_records()) {
    record_.cpu_ns = context_->cpu_ns();
    record_.wall_ms = worker_.services_.loop.now_ms() - started_ms_;
    worker_.host_.on_fetch(worker_.name(), *exchange_->head(), record_);
  }
  exchange_->set_observer(nullptr);
  worker_.event_ended(this);  // deletes this
}

}  // namespace skerry::worker
