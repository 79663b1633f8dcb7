#include "web/events/abort_signal.h"

#include <algorithm>
#include <memory>

#include "context/request_context.h"
#include "js/method.h"
#include "web/events/dom_exception.h"
#include "web/events/event.h"

namespace skerry::web {

namespace {

void describe_signal(js::ClassTable& table) {
  table.static_method<&AbortSignal::abort>("abort", "(reason?: any): AbortSignal");
  table.static_method<&AbortSignal::timeout>("timeout", "(milliseconds: number): AbortSignal");
  table.static_method<&AbortSignal::any>("any", "(signals: Iterable<AbortSignal>): AbortSignal");
  table.getter<&AbortSignal::aborted>("aborted", "boolean");
  table.getter<&AbortSignal::reason>("reason", "any");
  table.method<&AbortSignal::throw_if_aborted>("throwIfAborted", "(): void");
  table.accessor<&AbortSignal::onabort, &AbortSignal::set_onabort>(
      "onabort", "((event: Event) => any) | null");
}

void describe_controller(js::ClassTable& table) {
  table.constructor<&AbortController::construct>("()");
  table.getter<&AbortController::signal>("signal", "AbortSignal");
  table.method<&AbortController::abort>("abort", "(reason?: any): void");
}

// A timer that aborts its signal, and holds it until then. A handler may be waiting for just that.
class TimeoutOperation final : public context::Operation {
 public:
  TimeoutOperation(context::RequestContext& context, js::Env& env, AbortSignal& signal,
                   uint64_t delay_ms)
      : Operation(context), signal_(env.isolate(), signal.object(env.isolate())) {
    timer_ = context.services().loop.add_timer(delay_ms, [this] { fire(); });
  }
  ~TimeoutOperation() override { context().services().loop.cancel_timer(timer_); }

 private:
  void fire() {
    Ref<context::RequestContext> context(&this->context());
    v8::Global<v8::Object> held = std::move(signal_);
    delete this;
    context->turn([&held](js::Env& env) {
      AbortSignal* signal = js::unwrap<AbortSignal>(held.Get(env.isolate()));
      signal->signal_abort(
          env, DomException::make(env, "TimeoutError", "The operation was aborted due to timeout"));
    });
  }
  v8::Global<v8::Object> signal_;
  loop::TimerId timer_;
};

}  // namespace

const js::ClassInfo AbortSignal::info{.name = "AbortSignal",
                                      .parent = &EventTarget::info,
                                      .describe = describe_signal,
                                      .slots = AbortSignal::kSlots};
const js::ClassInfo AbortController::info{
    .name = "AbortController", .describe = describe_controller, .slots = 1};

// https://dom.spec.whatwg.org/#dom-abortsignal-abort
js::Js<v8::Local<v8::Value>> AbortSignal::abort(js::Env& env, js::OptionalValue reason) {
  AbortSignal& signal = env.wrap_ref(std::make_unique<AbortSignal>());
  signal.signal_abort(env, reason);
  return signal.object(env.isolate());
}

// https://dom.spec.whatwg.org/#dom-abortsignal-timeout
js::Js<v8::Local<v8::Value>> AbortSignal::timeout(js::Env& env, js::EnforcedUint64 milliseconds) {
  js::Js<context::RequestContext*> context = context::require_current(env, "AbortSignal.timeout()");
  if (!context) return js::pass(context);
  AbortSignal& signal = env.wrap_ref(std::make_unique<AbortSignal>());
  new TimeoutOperation(**context, env, signal, std::min<uint64_t>(milliseconds.value, UINT32_MAX));
  return signal.object(env.isolate());
}

// https://dom.spec.whatwg.org/#create-a-dependent-abort-signal
// DEVIATION: a source holds the signals that follow it until it aborts or is collected; the
// standard holds them weakly.
js::Js<v8::Local<v8::Value>> AbortSignal::any(js::Env& env, v8::Local<v8::Value> given) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  js::Js<std::vector<v8::Local<v8::Value>>> sources = js::to_sequence(env, given);
  if (!sources) return js::pass(sources);
  for (v8::Local<v8::Value> source : *sources)
    if (js::unwrap<AbortSignal>(source) == nullptr)
      return js::type_error(
          "Failed to execute 'any' on 'AbortSignal': an element is not of type 'AbortSignal'.");
  AbortSignal& made = env.wrap_ref(std::make_unique<AbortSignal>());
  for (v8::Local<v8::Value> value : *sources) {
    AbortSignal* source = js::unwrap<AbortSignal>(value);
    if (!source->aborted_) continue;
    made.signal_abort(env, source->reason(env));
    return made.object(isolate);
  }
  // 4. A source that itself follows others is passed over for those: no chains, so that events come
  // in order.
  v8::Local<v8::Array> followed = v8::Array::New(isolate);
  made.set_slot(isolate, kSources, followed);
  for (v8::Local<v8::Value> value : *sources) {
    AbortSignal* source = js::unwrap<AbortSignal>(value);
    v8::Local<v8::Value> further = source->slot(isolate, kSources);
    if (!further->IsArray()) {
      made.follow(env, *source, followed);
      continue;
    }
    for (uint32_t i = 0; i < further.As<v8::Array>()->Length(); ++i) {
      v8::Local<v8::Value> origin;
      if (further.As<v8::Array>()->Get(context, i).ToLocal(&origin))
        made.follow(env, *js::unwrap<AbortSignal>(origin), followed);
    }
  }
  return made.object(isolate);
}

void AbortSignal::follow(js::Env& env, AbortSignal& source, v8::Local<v8::Array> followed) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Value> followers = source.slot(isolate, kDependents);
  if (!followers->IsArray()) {
    followers = v8::Array::New(isolate);
    source.set_slot(isolate, kDependents, followers);
  }
  v8::Local<v8::Array> list = followers.As<v8::Array>();
  const uint32_t count = list->Length();
  v8::Local<v8::Value> last;
  // Given twice: it is the last one there already, since nothing else runs in between.
  if (count > 0 && list->Get(context, count - 1).ToLocal(&last) && last == object(isolate)) return;
  (void)list->CreateDataProperty(context, count, object(isolate));
  (void)followed->CreateDataProperty(context, followed->Length(), source.object(isolate));
}

js::Js<> AbortSignal::throw_if_aborted(js::Env& env) {
  if (!aborted_) return {};
  env.isolate()->ThrowException(reason(env));
  return js::already_thrown();
}

void AbortSignal::signal_abort(js::Env& env, v8::Local<v8::Value> reason) {
  // 1.
  if (aborted_) return;
  v8::Isolate* isolate = env.isolate();
  v8::HandleScope scope(isolate);
  // 2.
  aborted_ = true;
  if (reason.IsEmpty() || reason->IsUndefined())
    reason = DomException::make(env, "AbortError", "The operation was aborted");
  set_slot(isolate, kReason, reason);
  // 3. Followers take the reason before any algorithm or event runs.
  std::vector<AbortSignal*> signals{this};
  v8::Local<v8::Value> followers = slot(isolate, kDependents);
  if (followers->IsArray()) {
    v8::Local<v8::Array> list = followers.As<v8::Array>();
    for (uint32_t i = 0; i < list->Length(); ++i) {
      v8::Local<v8::Value> value;
      if (!list->Get(env.context(), i).ToLocal(&value)) continue;
      AbortSignal* follower = js::unwrap<AbortSignal>(value);
      if (follower == nullptr || follower->aborted_) continue;
      follower->aborted_ = true;
      follower->set_slot(isolate, kReason, reason);
      signals.push_back(follower);
    }
    set_slot(isolate, kDependents, v8::Undefined(isolate));
  }
  // 5., 6. https://dom.spec.whatwg.org/#run-the-abort-steps
  for (AbortSignal* signal : signals) {
    std::vector<std::pair<uint64_t, Algorithm>> algorithms = std::move(signal->algorithms_);
    signal->algorithms_.clear();
    for (auto& [id, algorithm] : algorithms) algorithm(env);
    if (!signal->has_listeners("abort")) continue;
    Event& event = env.wrap_ref(std::make_unique<Event>("abort"));
    event.set_trusted();
    signal->dispatch(env, event);
  }
}

uint64_t AbortSignal::add_algorithm(Algorithm algorithm) {
  algorithms_.emplace_back(++ids_, std::move(algorithm));
  return ids_;
}

void AbortSignal::remove_algorithm(uint64_t id) {
  std::erase_if(algorithms_, [id](const auto& entry) { return entry.first == id; });
}

void AbortSignal::on_abort_remove_listener(js::Env& env, EventTarget& target, uint64_t id,
                                           void (EventTarget::*remove)(js::Env&, uint64_t)) {
  // Weak: a signal does not keep the targets of its listeners alive.
  auto held = std::make_shared<v8::Global<v8::Object>>(env.isolate(), target.object(env.isolate()));
  held->SetWeak();
  add_algorithm([held, id, remove](js::Env& then) {
    if (held->IsEmpty()) return;
    EventTarget* live = js::unwrap<EventTarget>(held->Get(then.isolate()));
    if (live != nullptr) (live->*remove)(then, id);
  });
}

// https://dom.spec.whatwg.org/#dom-abortcontroller-abortcontroller
js::Js<std::unique_ptr<AbortController>> AbortController::construct(js::Env&) {
  return std::make_unique<AbortController>();
}

void AbortController::attached(js::Env& env) {
  set_slot(env.isolate(), 0, env.wrap(std::make_unique<AbortSignal>()));
}

// https://dom.spec.whatwg.org/#dom-abortcontroller-abort
void AbortController::abort(js::Env& env, js::OptionalValue reason) {
  js::unwrap<AbortSignal>(signal(env))->signal_abort(env, reason);
}

}  // namespace skerry::web
