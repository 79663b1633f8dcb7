#include "web/events/event_target.h"

#include <algorithm>

#include "js/method.h"
#include "web/events/abort_signal.h"
#include "web/events/event.h"
#include "web/report.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& table) {
  table.constructor<&EventTarget::construct>("()");
  table.method<&EventTarget::add_event_listener>(
      "addEventListener",
      "(type: string, callback: ((event: any) => void) | { handleEvent(event: any): void } | null, "
      "options?: boolean | "
      "{ capture?: boolean; once?: boolean; passive?: boolean; signal?: AbortSignal }): void");
  table.method<&EventTarget::remove_event_listener>(
      "removeEventListener",
      "(type: string, callback: ((event: any) => void) | { handleEvent(event: any): void } | null, "
      "options?: boolean | "
      "{ capture?: boolean }): void");
  table.method<&EventTarget::dispatch_event>("dispatchEvent", "(event: Event): boolean");
}

struct Options {
  bool capture = false, once = false, passive = false;
  AbortSignal* signal = nullptr;
};

// https://dom.spec.whatwg.org/#concept-flatten-options
js::Js<bool> flatten(js::Env& env, v8::Local<v8::Value> given) {
  if (!given->IsObject()) return given->BooleanValue(env.isolate());
  js::Js<v8::Local<v8::Value>> capture = js::member(env, given, "capture");
  if (!capture) return js::pass(capture);
  return (*capture)->BooleanValue(env.isolate());
}

// https://dom.spec.whatwg.org/#event-flatten-more
js::Js<Options> flatten_more(js::Env& env, v8::Local<v8::Value> given) {
  Options options;
  js::Js<bool> capture = flatten(env, given);
  if (!capture) return js::pass(capture);
  options.capture = *capture;
  if (!given->IsObject()) return options;
  bool* const flags[] = {&options.once, &options.passive};
  const char* const names[] = {"once", "passive"};
  for (int i = 0; i < 2; ++i) {
    js::Js<v8::Local<v8::Value>> value = js::member(env, given, names[i]);
    if (!value) return js::pass(value);
    *flags[i] = (*value)->BooleanValue(env.isolate());
  }
  js::Js<v8::Local<v8::Value>> signal = js::member(env, given, "signal");
  if (!signal) return js::pass(signal);
  if ((*signal)->IsUndefined()) return options;
  options.signal = js::unwrap<AbortSignal>(*signal);
  if (options.signal == nullptr)
    return js::type_error("member signal is not of type 'AbortSignal'.");
  return options;
}

js::Js<> check_callback(v8::Local<v8::Value> callback) {
  if (callback->IsObject() || callback->IsNullOrUndefined()) return {};
  return js::type_error("parameter 2 is not of type 'EventListener'.");
}

}  // namespace

const js::ClassInfo EventTarget::info{
    .name = "EventTarget", .describe = describe, .slots = EventTarget::kSlots};

// https://dom.spec.whatwg.org/#dom-eventtarget-eventtarget
js::Js<std::unique_ptr<EventTarget>> EventTarget::construct(js::Env&) {
  return std::make_unique<EventTarget>();
}

v8::Local<v8::Array> EventTarget::callbacks(js::Env& env) {
  v8::Local<v8::Value> held = slot(env.isolate(), kCallbacks);
  if (held->IsArray()) return held.As<v8::Array>();
  v8::Local<v8::Array> made = v8::Array::New(env.isolate());
  set_slot(env.isolate(), kCallbacks, made);
  return made;
}

// https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener
js::Js<> EventTarget::add_event_listener(js::Env& env, js::UsvString type,
                                         v8::Local<v8::Value> callback, js::OptionalValue given) {
  js::Js<> checked = check_callback(callback);
  if (!checked) return checked;
  js::Js<Options> options = flatten_more(env, given);
  if (!options) return js::pass(options);
  // 2. An aborted signal, or no callback: nothing to add.
  if (options->signal != nullptr && options->signal->is_aborted()) return {};
  if (callback->IsNullOrUndefined()) return {};
  // 4. The same listener is not added twice.
  v8::Local<v8::Array> held = callbacks(env);
  v8::Local<v8::Context> context = env.context();
  for (const Listener& listener : listeners_) {
    if (listener.is_handler || listener.capture != options->capture || listener.type != type.value)
      continue;
    v8::Local<v8::Value> known;
    if (held->Get(context, listener.callback).ToLocal(&known) && known->StrictEquals(callback))
      return {};
  }
  uint32_t at = held->Length();
  if (held->CreateDataProperty(context, at, callback).IsNothing()) return js::already_thrown();
  uint64_t id = ++ids_;
  listeners_.push_back(
      {std::move(type.value), at, options->capture, options->once, options->passive, false, id});
  // 6. The signal removes it again.
  if (options->signal != nullptr)
    options->signal->on_abort_remove_listener(env, *this, id, &EventTarget::remove);
  return {};
}

// https://dom.spec.whatwg.org/#dom-eventtarget-removeeventlistener
js::Js<> EventTarget::remove_event_listener(js::Env& env, js::UsvString type,
                                            v8::Local<v8::Value> callback,
                                            js::OptionalValue given) {
  js::Js<> checked = check_callback(callback);
  if (!checked) return checked;
  js::Js<bool> capture = flatten(env, given);
  if (!capture) return js::pass(capture);
  v8::Local<v8::Array> held = callbacks(env);
  for (const Listener& listener : listeners_) {
    if (listener.is_handler || listener.capture != *capture || listener.type != type.value)
      continue;
    v8::Local<v8::Value> known;
    if (!held->Get(env.context(), listener.callback).ToLocal(&known) ||
        !known->StrictEquals(callback))
      continue;
    remove(env, listener.id);
    break;
  }
  return {};
}

void EventTarget::remove(js::Env& env, uint64_t id) {
  auto found = std::find_if(listeners_.begin(), listeners_.end(),
                            [id](const Listener& l) { return l.id == id; });
  if (found == listeners_.end()) return;
  v8::Local<v8::Array> held = callbacks(env);
  (void)held->Set(env.context(), found->callback, v8::Undefined(env.isolate()));
  listeners_.erase(found);
  if (listeners_.empty()) set_slot(env.isolate(), kCallbacks, v8::Array::New(env.isolate()));
}

// https://dom.spec.whatwg.org/#dom-eventtarget-dispatchevent
js::Js<bool> EventTarget::dispatch_event(js::Env& env, Event& event) {
  if (event.dispatching_)
    return js::dom_error("InvalidStateError", "The event is already being dispatched.");
  event.trusted_ = false;
  return dispatch(env, event);
}

bool EventTarget::has_listeners(std::string_view type) const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [type](const Listener& l) { return l.type == type; });
}

// https://dom.spec.whatwg.org/#concept-event-dispatch, for a path of one
bool EventTarget::dispatch(js::Env& env, Event& event) {
  v8::HandleScope scope(env.isolate());
  event.set_slot(env.isolate(), Event::kTarget, object(env.isolate()));
  event.dispatching_ = true;
  event.phase_ = 2;
  // https://dom.spec.whatwg.org/#concept-event-listener-inner-invoke: over a copy, skipping what
  // was removed since.
  std::vector<Listener> copy;
  if (!event.stop_propagation_)
    for (const Listener& listener : listeners_)
      if (listener.type == event.type_) copy.push_back(listener);
  for (const Listener& listener : copy) {
    bool still = std::any_of(listeners_.begin(), listeners_.end(),
                             [&listener](const Listener& l) { return l.id == listener.id; });
    if (!still) continue;
    invoke(env, event, listener);
    if (event.stop_immediate_ || env.isolate()->IsExecutionTerminating()) break;
  }
  event.dispatching_ = event.stop_propagation_ = event.stop_immediate_ = false;
  event.phase_ = 0;
  return !event.canceled_;
}

void EventTarget::invoke(js::Env& env, Event& event, const Listener& listener) {
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Value> callback;
  if (!callbacks(env)->Get(context, listener.callback).ToLocal(&callback)) return;
  if (listener.once) remove(env, listener.id);
  v8::TryCatch caught(env.isolate());
  v8::Local<v8::Value> receiver = object(env.isolate());
  v8::Local<v8::Value> function = callback;
  if (!callback->IsFunction() && callback->IsObject()) {
    receiver = callback;
    if (!callback.As<v8::Object>()->Get(context, env.name("handleEvent")).ToLocal(&function))
      return report_uncaught(env, caught);
  }
  if (!function->IsFunction()) {
    if (!listener.is_handler)
      report_value(env, v8::Exception::TypeError(
                            env.name("an event listener's handleEvent is not a function")));
    return;
  }
  v8::Local<v8::Value> arguments[] = {event.object(env.isolate())};
  event.in_passive_listener_ = listener.passive;
  v8::Local<v8::Value> result;
  bool called = function.As<v8::Function>()->Call(context, receiver, 1, arguments).ToLocal(&result);
  event.in_passive_listener_ = false;
  if (!called) {
    v8::Local<v8::Value> exception = caught.Exception();
    bool terminated = caught.HasTerminated();
    report_uncaught(env, caught);
    if (!terminated && !exception.IsEmpty()) listener_threw(env, exception);
  } else if (listener.is_handler && result->IsFalse())
    event.prevent_default(env);
}

// https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-idl-attributes
v8::Local<v8::Value> EventTarget::handler(js::Env& env, std::string_view type) const {
  for (const Listener& listener : listeners_) {
    if (!listener.is_handler || listener.type != type) continue;
    v8::Local<v8::Value> held = slot(env.isolate(), kCallbacks);
    v8::Local<v8::Value> callback;
    if (held.As<v8::Array>()->Get(env.context(), listener.callback).ToLocal(&callback))
      return callback;
  }
  return v8::Null(env.isolate());
}

void EventTarget::set_handler(js::Env& env, const char* type, v8::Local<v8::Value> callback) {
  v8::Local<v8::Array> held = callbacks(env);
  for (const Listener& listener : listeners_) {
    if (!listener.is_handler || listener.type != type) continue;
    if (callback->IsObject())
      (void)held->Set(env.context(), listener.callback, callback);
    else
      remove(env, listener.id);
    return;
  }
  if (!callback->IsObject()) return;
  uint32_t at = held->Length();
  if (held->CreateDataProperty(env.context(), at, callback).IsNothing()) return;
  listeners_.push_back({type, at, false, false, false, true, ++ids_});
}

EventTarget& global_target(js::Env& env) {
  auto* target = static_cast<EventTarget*>(env.attachment(js::Env::Attachment::events));
  if (target != nullptr) return *target;
  EventTarget& made = env.wrap_ref(std::make_unique<EventTarget>());
  env.attach(js::Env::Attachment::events, &made);
  // Reachable from the global object, so that it lives as long as that.
  v8::Local<v8::Private> key = v8::Private::ForApi(env.isolate(), env.name("skerry:events"));
  env.context()->Global()->SetPrivate(env.context(), key, made.object(env.isolate())).Check();
  return made;
}

}  // namespace skerry::web
