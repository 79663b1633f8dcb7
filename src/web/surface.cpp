#include "web/events/abort_signal.h"
#include "web/events/dom_exception.h"
#include "web/parts.h"

namespace skerry::web {

namespace {

// What builtins need beyond the engine, out of reach of scripts that replace globals.
void fill_internal(js::Env& env, v8::Local<v8::Object> internal) {
  v8::Local<v8::Context> context = env.context();
  auto define = [&](const char* name, v8::Local<v8::Value> value) {
    internal->CreateDataProperty(context, env.name(name), value).Check();
  };
  define("AbortController", env.class_function(AbortController::info));
  define("DOMException", env.class_function(DomException::info));
  v8::Local<v8::Value> clone;
  if (context->Global()->Get(context, env.name("structuredClone")).ToLocal(&clone))
    define("structuredClone", clone);
}

}  // namespace

js::SurfaceParts platform_parts() {
  js::SurfaceParts parts;
  parts.fill_internal = fill_internal;
  add_events(parts);
  add_url(parts);
  add_encoding(parts);
  add_clone(parts);
  add_timers(parts);
  add_console(parts);
  add_crypto(parts);
  add_file(parts);
  add_streams(parts);
  add_compression(parts);
  add_fetch(parts);
  add_websocket(parts);
  return parts;
}

}  // namespace skerry::web
