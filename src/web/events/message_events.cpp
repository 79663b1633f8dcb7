#include "web/events/message_events.h"

#include "js/method.h"

namespace skerry::web {

namespace {

void describe_message(js::ClassTable& t) {
  t.constructor<&MessageEvent::construct>(
      "(type: string, init?: EventInit & { data?: any; origin?: string; lastEventId?: string })");
  t.getter<&MessageEvent::data>("data", "any");
  t.getter<&MessageEvent::origin>("origin", "string");
  t.getter<&MessageEvent::last_event_id>("lastEventId", "string");
  t.getter<&MessageEvent::source>("source", "null");
  t.getter<&MessageEvent::ports>("ports", "readonly any[]");
}

void describe_close(js::ClassTable& t) {
  t.constructor<&CloseEvent::construct>(
      "(type: string, init?: EventInit & { wasClean?: boolean; code?: number; reason?: string })");
  t.getter<&CloseEvent::was_clean>("wasClean", "boolean");
  t.getter<&CloseEvent::code>("code", "number");
  t.getter<&CloseEvent::reason>("reason", "string");
}

void describe_error(js::ClassTable& t) {
  t.constructor<&ErrorEvent::construct>(
      "(type: string, init?: EventInit & { message?: string; filename?: string; lineno?: number; "
      "colno?: number; error?: any })");
  t.getter<&ErrorEvent::message>("message", "string");
  t.getter<&ErrorEvent::filename>("filename", "string");
  t.getter<&ErrorEvent::lineno>("lineno", "number");
  t.getter<&ErrorEvent::colno>("colno", "number");
  t.getter<&ErrorEvent::error>("error", "any");
}

// A member of the event's dictionary, or `otherwise` where it is left out.
template <class T, class Into>
js::Js<> read(js::Env& env, v8::Local<v8::Value> init, const char* name, Into& into) {
  js::Js<v8::Local<v8::Value>> value = js::member(env, init, name);
  if (!value) return js::pass(value);
  if ((*value)->IsUndefined()) return {};
  js::Js<T> converted = js::FromJs<T>::get(env, *value);
  if (!converted) return js::pass(converted);
  if constexpr (std::same_as<T, js::UsvString>)
    into = std::move(converted->value);
  else
    into = *converted;
  return {};
}

}  // namespace

const js::ClassInfo MessageEvent::info{
    .name = "MessageEvent", .parent = &Event::info, .describe = describe_message, .slots = 4};
const js::ClassInfo CloseEvent::info{
    .name = "CloseEvent", .parent = &Event::info, .describe = describe_close, .slots = 1};
const js::ClassInfo ErrorEvent::info{
    .name = "ErrorEvent", .parent = &Event::info, .describe = describe_error, .slots = 2};

// https://html.spec.whatwg.org/#messageevent; data is null unless given.
// GAP: `source` and `ports` have no meaning before there are MessagePorts.
js::Js<std::unique_ptr<MessageEvent>> MessageEvent::construct(js::Env& env, js::UsvString type,
                                                              js::OptionalValue init,
                                                              js::Receiver receiver) {
  auto event = std::make_unique<MessageEvent>(std::move(type.value));
  js::Js<> done = event->read_init(env, init);
  if (done) done = read<js::UsvString>(env, init, "origin", event->origin_);
  if (done) done = read<js::UsvString>(env, init, "lastEventId", event->last_event_id_);
  if (!done) return js::pass(done);
  js::Js<v8::Local<v8::Value>> data = js::member(env, init, "data");
  if (!data) return js::pass(data);
  v8::Local<v8::Value> null = v8::Null(env.isolate());
  receiver.object->SetInternalField(1 + kData, (*data)->IsUndefined() ? null : *data);
  return event;
}

v8::Local<v8::Value> MessageEvent::source(js::Env& env) const {
  return v8::Null(env.isolate());
}

v8::Local<v8::Value> MessageEvent::ports(js::Env& env) {
  v8::Local<v8::Value> known = slot(env.isolate(), kPorts);
  if (known->IsObject()) return known;
  v8::Local<v8::Array> none = v8::Array::New(env.isolate(), 0);
  (void)none->SetIntegrityLevel(env.context(), v8::IntegrityLevel::kFrozen);
  set_slot(env.isolate(), kPorts, none);
  return none;
}

js::Js<std::unique_ptr<CloseEvent>> CloseEvent::construct(js::Env& env, js::UsvString type,
                                                          js::OptionalValue init) {
  auto event = std::make_unique<CloseEvent>(std::move(type.value));
  js::Js<> done = event->read_init(env, init);
  if (done) done = read<bool>(env, init, "wasClean", event->was_clean_);
  if (done) done = read<uint16_t>(env, init, "code", event->code_);
  if (done) done = read<js::UsvString>(env, init, "reason", event->reason_);
  if (!done) return js::pass(done);
  return event;
}

js::Js<std::unique_ptr<ErrorEvent>> ErrorEvent::construct(js::Env& env, js::UsvString type,
                                                          js::OptionalValue init,
                                                          js::Receiver receiver) {
  auto event = std::make_unique<ErrorEvent>(std::move(type.value));
  js::Js<> done = event->read_init(env, init);
  if (done) done = read<js::UsvString>(env, init, "message", event->message_);
  if (done) done = read<js::UsvString>(env, init, "filename", event->filename_);
  if (done) done = read<uint32_t>(env, init, "lineno", event->line_);
  if (done) done = read<uint32_t>(env, init, "colno", event->column_);
  if (!done) return js::pass(done);
  js::Js<v8::Local<v8::Value>> error = js::member(env, init, "error");
  if (!error) return js::pass(error);
  receiver.object->SetInternalField(1 + kError, *error);
  return event;
}

}  // namespace skerry::web
