// setTimeout, setInterval and their clear functions, each timer tied to the event that set it.
// https://html.spec.whatwg.org/#timers
#pragma once

#include <cstdint>
#include <optional>

#include "js/convert.h"

namespace skerry::web {

// Positive, unique in the isolate, counted up. Refused at module scope. The handler must be a
// function: DEVIATION, a string would be code made at run time, which Workers refuses as well.
js::Js<int32_t> set_timeout(js::Env& env, v8::Local<v8::Value> handler,
                            std::optional<int32_t> timeout_ms, js::Rest arguments);
js::Js<int32_t> set_interval(js::Env& env, v8::Local<v8::Value> handler,
                             std::optional<int32_t> timeout_ms, js::Rest arguments);
// Either clears timers of both kinds. Ids of other events, and what is no id, are ignored.
void clear_timer(js::Env& env, std::optional<int32_t> id);

}  // namespace skerry::web
