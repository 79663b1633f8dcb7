#include "web/parts.h"
#include "js/method.h"
#include "web/events/abort_signal.h"
#include "web/events/dom_exception.h"
#include "web/events/event.h"

namespace skerry::web {

namespace {

// The global object is an EventTarget too (https://html.spec.whatwg.org/#the-global-object); its
// methods are own properties here, for a receiver of undefined.
js::Js<> add_listener(js::Env& env, js::UsvString type, v8::Local<v8::Value> callback,
                      js::OptionalValue options) {
  return global_target(env).add_event_listener(env, std::move(type), callback, options);
}
js::Js<> remove_listener(js::Env& env, js::UsvString type, v8::Local<v8::Value> callback,
                         js::OptionalValue options) {
  return global_target(env).remove_event_listener(env, std::move(type), callback, options);
}
js::Js<bool> dispatch(js::Env& env, Event& event) {
  return global_target(env).dispatch_event(env, event);
}

}  // namespace

void add_events(js::SurfaceParts& parts) {
  parts.classes.insert(parts.classes.end(),
                       {&DomException::info, &Event::info, &CustomEvent::info, &EventTarget::info,
                        &AbortSignal::info, &AbortController::info});
  parts.functions.push_back(
      {"addEventListener", js::Method<&add_listener>::call_static, 2,
       "(type: string, callback: (event: any) => void, options?: any): void"});
  parts.functions.push_back(
      {"removeEventListener", js::Method<&remove_listener>::call_static, 2,
       "(type: string, callback: (event: any) => void, options?: any): void"});
  parts.functions.push_back(
      {"dispatchEvent", js::Method<&dispatch>::call_static, 1, "(event: Event): boolean"});
  parts.make_dom_exception = DomException::make;
}

}  // namespace skerry::web
