// Objects of ours: shown by their own C++ getters, whatever the worker did to their prototypes.
#include <cstring>

#include "js/class_table.h"
#include "js/convert.h"
#include "web/console/inspector.h"

namespace skerry::web {

namespace {

// Getters with a cost or an effect beyond the value: they would take a body, or make a signal.
bool is_quiet(const char* name) {
  for (const char* skipped : {"body", "signal", "subtle", "ready", "closed"})
    if (std::strcmp(name, skipped) == 0) return false;
  return true;
}

// Calls a member of a class table on `receiver`; empty if it threw.
v8::MaybeLocal<v8::Value> call_native(v8::Local<v8::Context> context, v8::FunctionCallback callback,
                                      v8::Local<v8::Object> receiver) {
  v8::Local<v8::Function> function;
  if (!v8::Function::New(context, callback, {}, 0, v8::ConstructorBehavior::kThrow)
           .ToLocal(&function))
    return {};
  return function->Call(context, receiver, 0, nullptr);
}

v8::FunctionCallback find_method(const js::ClassInfo& info, const char* name) {
  js::ClassTable table;
  info.describe(table);
  for (const js::Member& member : table.members())
    if (member.kind == js::Member::Kind::method && std::strcmp(member.name, name) == 0)
      return member.callback;
  return nullptr;
}

// Interfaces that iterate over pairs say so in their table.
bool is_pair_list(const js::ClassTable& table) {
  for (const js::Member& member : table.members())
    if (member.kind == js::Member::Kind::alias && std::strcmp(member.name, "@@iterator") == 0 &&
        std::strcmp(member.alias_of, "entries") == 0)
      return true;
  return false;
}

// The pairs of a list, flat, as many as `max`.
v8::Local<v8::Array> pairs_of(js::Env& env, js::Wrapped& list, size_t max) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Array> pairs = v8::Array::New(isolate);
  v8::Local<v8::Value> made;
  v8::FunctionCallback entries = find_method(list.class_info(), "entries");
  if (entries == nullptr || !call_native(context, entries, list.object(isolate)).ToLocal(&made))
    return pairs;
  js::Wrapped* iterator = js::wrapped_of(made);
  v8::FunctionCallback next =
      iterator == nullptr ? nullptr : find_method(iterator->class_info(), "next");
  uint32_t size = 0;
  while (next != nullptr && size < 2 * max + 2) {
    v8::Local<v8::Value> step, value, part;
    if (!call_native(context, next, made.As<v8::Object>()).ToLocal(&step) ||
        !step.As<v8::Object>()->Get(context, env.name("value")).ToLocal(&value) ||
        !value->IsArray())
      break;
    for (uint32_t i = 0; i < 2; ++i)
      if (value.As<v8::Array>()->Get(context, i).ToLocal(&part))
        (void)pairs->CreateDataProperty(context, size++, part);
  }
  return pairs;
}

// The result of a getter that gives text.
std::string getter_text(js::Env& env, const js::ClassInfo& info, const char* name,
                        v8::Local<v8::Object> object) {
  js::ClassTable table;
  info.describe(table);
  for (const js::Member& member : table.members()) {
    v8::Local<v8::Value> result;
    if (member.kind == js::Member::Kind::getter && std::strcmp(member.name, name) == 0 &&
        call_native(env.context(), member.callback, object).ToLocal(&result) && result->IsString())
      return js::to_utf8(env.isolate(), result.As<v8::String>());
  }
  return {};
}

}  // namespace

void Inspector::as_dom_exception(v8::Local<v8::Object> object, const js::ClassInfo& info,
                                 Shape& shape) {
  shape.base = "DOMException [" + getter_text(env_, info, "name", object) +
               "]: " + getter_text(env_, info, "message", object);
  v8::Local<v8::Value> stack = native_getter_result(object, "stack");
  if (!stack->IsString()) return;
  std::string text = text_of(stack.As<v8::String>());
  const size_t frames = text.find("\n    at ");
  if (frames != std::string::npos) shape.base += text.substr(frames);
}

bool Inspector::as_host_object(v8::Local<v8::Object> object, int level, Shape& shape) {
  js::Wrapped* wrapped = js::wrapped_of(object);
  if (wrapped == nullptr) return false;
  v8::TryCatch swallowed(isolate_);
  if (std::strcmp(wrapped->class_info().name, "DOMException") == 0) {
    as_dom_exception(object, wrapped->class_info(), shape);
    return true;
  }
  shape.open = prefix(object, wrapped->class_info().name) + "{";
  std::vector<const js::ClassInfo*> chain;
  for (const js::ClassInfo* info = &wrapped->class_info(); info != nullptr; info = info->parent)
    chain.insert(chain.begin(), info);
  for (const js::ClassInfo* info : chain) {
    js::ClassTable table;
    info->describe(table);
    if (is_pair_list(table)) {
      as_map(pairs_of(env_, *wrapped, entries_max()), level, shape);
      continue;
    }
    for (const js::Member& member : table.members()) {
      if (member.kind != js::Member::Kind::getter && member.kind != js::Member::Kind::own_getter)
        continue;
      if (!is_quiet(member.name)) continue;
      v8::Local<v8::Value> result;
      if (call_native(context_, member.callback, object).ToLocal(&result))
        shape.entries.push_back(std::string(member.name) + ": " + nested(result, level));
    }
  }
  if (swallowed.HasTerminated()) swallowed.ReThrow();
  return true;
}

}  // namespace skerry::web
