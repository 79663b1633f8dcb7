#include "web/events/event.h"

#include "js/method.h"

namespace skerry::web {

namespace {

void describe_event(js::ClassTable& table) {
  table.constructor<&Event::construct>("(type: string, init?: EventInit)");
  table.getter<&Event::type>("type", "string");
  table.getter<&Event::target>("target", "EventTarget | null");
  table.getter<&Event::target>("srcElement", "EventTarget | null");
  table.getter<&Event::current_target>("currentTarget", "EventTarget | null");
  table.method<&Event::composed_path>("composedPath", "(): EventTarget[]");
  table.constant("NONE", 0);
  table.constant("CAPTURING_PHASE", 1);
  table.constant("AT_TARGET", 2);
  table.constant("BUBBLING_PHASE", 3);
  table.getter<&Event::event_phase>("eventPhase", "number");
  table.method<&Event::stop_propagation>("stopPropagation", "(): void");
  table.accessor<&Event::cancel_bubble, &Event::set_cancel_bubble>("cancelBubble", "boolean");
  table.method<&Event::stop_immediate_propagation>("stopImmediatePropagation", "(): void");
  table.getter<&Event::bubbles>("bubbles", "boolean");
  table.getter<&Event::cancelable>("cancelable", "boolean");
  table.accessor<&Event::return_value, &Event::set_return_value>("returnValue", "boolean");
  table.method<&Event::prevent_default>("preventDefault", "(): void");
  table.getter<&Event::default_prevented>("defaultPrevented", "boolean");
  table.getter<&Event::composed>("composed", "boolean");
  table.own_getter<&Event::is_trusted>("isTrusted", "boolean");
  table.getter<&Event::time_stamp>("timeStamp", "number");
  table.method<&Event::init_event>("initEvent",
                                   "(type: string, bubbles?: boolean, cancelable?: boolean): void");
}

void describe_custom(js::ClassTable& table) {
  table.constructor<&CustomEvent::construct>("(type: string, init?: EventInit & { detail?: any })");
  table.getter<&CustomEvent::detail>("detail", "any");
}

js::Js<bool> flag(js::Env& env, v8::Local<v8::Value> init, const char* name) {
  js::Js<v8::Local<v8::Value>> value = js::member(env, init, name);
  if (!value) return js::pass(value);
  return (*value)->BooleanValue(env.isolate());
}

}  // namespace

const js::ClassInfo Event::info{.name = "Event", .describe = describe_event, .slots = 1};
const js::ClassInfo CustomEvent::info{
    .name = "CustomEvent", .parent = &Event::info, .describe = describe_custom, .slots = 2};

// https://dom.spec.whatwg.org/#dom-event-event
js::Js<std::unique_ptr<Event>> Event::construct(js::Env& env, js::UsvString type,
                                                js::OptionalValue init) {
  auto event = std::make_unique<Event>(std::move(type.value));
  js::Js<> read = event->read_init(env, init);
  if (!read) return js::pass(read);
  return event;
}

// https://dom.spec.whatwg.org/#inner-event-creation-steps
js::Js<> Event::read_init(js::Env& env, v8::Local<v8::Value> init) {
  js::Js<bool> bubbles = flag(env, init, "bubbles");
  if (!bubbles) return js::pass(bubbles);
  js::Js<bool> cancelable = flag(env, init, "cancelable");
  if (!cancelable) return js::pass(cancelable);
  js::Js<bool> composed = flag(env, init, "composed");
  if (!composed) return js::pass(composed);
  bubbles_ = *bubbles;
  cancelable_ = *cancelable;
  composed_ = *composed;
  return {};
}

v8::Local<v8::Value> Event::or_null(js::Env& env, int which) const {
  v8::Local<v8::Value> value = slot(env.isolate(), which);
  if (value->IsUndefined()) return v8::Null(env.isolate());
  return value;
}

v8::Local<v8::Value> Event::current_target(js::Env& env) const {
  if (!dispatching_) return v8::Null(env.isolate());
  return or_null(env, kTarget);
}

void Event::set_return_value(js::Env& env, bool value) {
  if (!value) prevent_default(env);
}

void Event::set_cancel_bubble(js::Env&, bool value) {
  if (value) stop_propagation_ = true;
}

// https://dom.spec.whatwg.org/#dom-event-composedpath: there is no tree here, so a path is the
// target alone.
v8::Local<v8::Value> Event::composed_path(js::Env& env) const {
  if (!dispatching_) return v8::Array::New(env.isolate(), 0);
  v8::Local<v8::Value> only[] = {slot(env.isolate(), kTarget)};
  return v8::Array::New(env.isolate(), only, 1);
}

// https://dom.spec.whatwg.org/#set-the-canceled-flag
void Event::prevent_default(js::Env&) {
  if (cancelable_ && !in_passive_listener_) canceled_ = true;
}

// https://dom.spec.whatwg.org/#dom-event-initevent
void Event::init_event(js::Env&, js::UsvString type, std::optional<bool> bubbles,
                       std::optional<bool> cancelable) {
  if (dispatching_) return;
  stop_propagation_ = stop_immediate_ = canceled_ = trusted_ = false;
  type_ = std::move(type.value);
  bubbles_ = bubbles.value_or(false);
  cancelable_ = cancelable.value_or(false);
}

// https://dom.spec.whatwg.org/#dom-customevent-customevent
js::Js<std::unique_ptr<CustomEvent>> CustomEvent::construct(js::Env& env, js::UsvString type,
                                                            js::OptionalValue init,
                                                            js::Receiver receiver) {
  auto event = std::make_unique<CustomEvent>(std::move(type.value));
  js::Js<> read = event->read_init(env, init);
  if (!read) return js::pass(read);
  js::Js<v8::Local<v8::Value>> detail = js::member(env, init, "detail");
  if (!detail) return js::pass(detail);
  receiver.object->SetInternalField(1 + kDetail, *detail);
  return event;
}

v8::Local<v8::Value> CustomEvent::detail(js::Env& env) const {
  v8::Local<v8::Value> value = slot(env.isolate(), kDetail);
  if (value->IsUndefined()) return v8::Null(env.isolate());
  return value;
}

}  // namespace skerry::web
