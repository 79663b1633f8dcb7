// Whoever wants to see calls of `console` as they were made: an inspector. There is none unless
// somebody inspects.
#pragma once

#include <span>

#include "js/env.h"

namespace skerry::js {

class ConsoleTap {
 public:
  // `method` is a literal: "log". Called from inside the script's call.
  virtual void console_called(Env& env, const char* method,
                              std::span<v8::Local<v8::Value>> arguments) = 0;

 protected:
  ~ConsoleTap() = default;
};

// Of an isolate, in its second slot for embedders (the first has the Env).
inline ConsoleTap* console_tap(v8::Isolate* isolate) {
  return static_cast<ConsoleTap*>(isolate->GetData(1));
}
inline void set_console_tap(v8::Isolate* isolate, ConsoleTap* tap) {
  isolate->SetData(1, tap);
}

}  // namespace skerry::js
