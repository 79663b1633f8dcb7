#include "web/timers/timers.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "context/request_context.h"
#include "web/report.h"

namespace skerry::web {

namespace {

class Timer;

// The timers of one isolate by id. Ids are never used twice, so an old one cannot clear a new
// timer.
struct TimerTable {
  int32_t last_id = 0;
  std::unordered_map<int32_t, Timer*> timers;

  static TimerTable& of(js::Env& env) {
    void* found = env.attachment(js::Env::Attachment::timers);
    if (found == nullptr) {
      found = new TimerTable();
      env.attach_owned(js::Env::Attachment::timers, found,
                       [](void* table) { delete static_cast<TimerTable*>(table); });
    }
    return *static_cast<TimerTable*>(found);
  }
  int32_t next_id() {
    do last_id = last_id == INT32_MAX ? 1 : last_id + 1;
    while (timers.contains(last_id));
    return last_id;
  }
  Timer* find(int32_t id) const {
    auto found = timers.find(id);
    return found == timers.end() ? nullptr : found->second;
  }
};

enum class Repeat : uint8_t { no, yes };

class Timer final : public context::Operation, public loop::TimerCallback {
 public:
  Timer(context::RequestContext& context, TimerTable& table, v8::Local<v8::Function> handler,
        const js::Rest& arguments, uint32_t delay_ms, Repeat repeat)
      : Operation(context),
        table_(table),
        id_(table.next_id()),
        delay_ms_(delay_ms),
        repeat_(repeat) {
    v8::Isolate* isolate = context.env().isolate();
    handler_.Reset(isolate, handler);
    if (context.env().has_async_context())
      async_context_.Reset(isolate, isolate->GetContinuationPreservedEmbedderData());
    arguments_.reserve(static_cast<size_t>(arguments.size()));
    for (int i = 0; i < arguments.size(); ++i) arguments_.emplace_back(isolate, arguments[i]);
    table_.timers.emplace(id_, this);
    arm();
  }
  ~Timer() override {
    context().services().loop.cancel_timer(pending_);
    table_.timers.erase(id_);
  }
  int32_t id() const { return id_; }

  void on_timer() override {
    // The handler may clear this timer or end the event: nothing of this is touched after the call,
    // unless the table still has it.
    Ref<context::RequestContext> context(&this->context());
    TimerTable& table = table_;
    const int32_t id = id_;
    const bool repeats = repeat_ == Repeat::yes;
    context->turn([&](js::Env& env) {
      v8::Isolate* isolate = env.isolate();
      v8::Local<v8::Function> handler = handler_.Get(isolate);
      v8::LocalVector<v8::Value> arguments(isolate);
      for (const v8::Global<v8::Value>& kept : arguments_) arguments.push_back(kept.Get(isolate));
      if (!async_context_.IsEmpty())
        isolate->SetContinuationPreservedEmbedderData(async_context_.Get(isolate));
      if (!repeats) delete this;
      call(env, handler, arguments);
      if (!repeats) return;
      if (Timer* still = table.find(id)) still->arm();
    });
  }

 private:
  void arm() {
    loop::Loop& loop = context().services().loop;
    // The loop's time is that of its last poll; a delay counts from now.
    loop.refresh_now();
    pending_ = loop.add_timer(delay_ms_, this);
  }
  static void call(js::Env& env, v8::Local<v8::Function> handler,
                   v8::LocalVector<v8::Value>& arguments) {
    v8::TryCatch caught(env.isolate());
    v8::Local<v8::Context> context = env.context();
    v8::Local<v8::Value> ignored;
    if (!handler
             ->Call(context, context->Global(), static_cast<int>(arguments.size()),
                    arguments.data())
             .ToLocal(&ignored))
      report_uncaught(env, caught);
  }

  TimerTable& table_;
  int32_t id_;
  uint32_t delay_ms_;
  Repeat repeat_;
  loop::TimerId pending_;
  v8::Global<v8::Function> handler_;
  v8::Global<v8::Value> async_context_;  // what the call that set the timer ran in
  std::vector<v8::Global<v8::Value>> arguments_;
};

// https://html.spec.whatwg.org/#timer-initialisation-steps
// DEVIATION: no least delay of 4 ms for nested timers. It protects batteries of browsers; a server
// counts CPU time instead.
js::Js<int32_t> start_timer(js::Env& env, const char* what, v8::Local<v8::Value> handler,
                            std::optional<int32_t> timeout_ms, const js::Rest& arguments,
                            Repeat repeat) {
  if (!handler->IsFunction())
    return js::type_error(std::string("Failed to execute '") + what +
                          "': parameter 1 is not of type 'Function'.");
  js::Js<context::RequestContext*> context =
      context::require_current(env, repeat == Repeat::yes ? "setInterval()" : "setTimeout()");
  if (!context) return js::pass(context);
  // An interval of 0 would keep the loop from ever waiting.
  const int32_t least = repeat == Repeat::yes ? 1 : 0;
  const uint32_t delay_ms = static_cast<uint32_t>(std::max(timeout_ms.value_or(0), least));
  auto* timer = new Timer(**context, TimerTable::of(env), handler.As<v8::Function>(), arguments,
                          delay_ms, repeat);
  return timer->id();  // owned by the context
}

}  // namespace

// https://html.spec.whatwg.org/#dom-settimeout
js::Js<int32_t> set_timeout(js::Env& env, v8::Local<v8::Value> handler,
                            std::optional<int32_t> timeout_ms, js::Rest arguments) {
  return start_timer(env, "setTimeout", handler, timeout_ms, arguments, Repeat::no);
}

// https://html.spec.whatwg.org/#dom-setinterval
js::Js<int32_t> set_interval(js::Env& env, v8::Local<v8::Value> handler,
                             std::optional<int32_t> timeout_ms, js::Rest arguments) {
  return start_timer(env, "setInterval", handler, timeout_ms, arguments, Repeat::yes);
}

// https://html.spec.whatwg.org/#dom-cleartimeout
void clear_timer(js::Env& env, std::optional<int32_t> id) {
  Timer* timer = TimerTable::of(env).find(id.value_or(0));
  if (timer != nullptr && &timer->context() == context::current(env)) delete timer;
}

}  // namespace skerry::web
