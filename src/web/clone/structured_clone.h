// structuredClone: https://html.spec.whatwg.org/#structured-cloning
#pragma once

#include <optional>

#include "js/convert.h"

namespace skerry::web {

// A deep copy within the isolate; `options.transfer` lists ArrayBuffers that move instead.
// DataCloneError for what cannot be copied: functions, symbols, objects of ours other than
// DOMException. GAP: streams are not transferable.
js::Js<v8::Local<v8::Value>> structured_clone(js::Env& env, v8::Local<v8::Value> value,
                                              std::optional<v8::Local<v8::Value>> options);

}  // namespace skerry::web
