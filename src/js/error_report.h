// An exception as text for people: what was thrown, where, and its stack.
#pragma once

#include <string>

#include "js/env.h"

namespace skerry::js {

struct ErrorReport {
  std::string message;  // "TypeError: x is not a function"
  std::string stack;    // the whole stack text, message first; equal to message where there is none
  std::string file;     // module path, empty if unknown
  int line = 0;         // from 1; 0 if unknown
  int column = 0;       // from 1
  std::string source_line;
};

// Reads properties of the exception, so JavaScript (a getter, a proxy) may run; whatever that
// throws is swallowed.
ErrorReport report_exception(Env& env, v8::Local<v8::Value> exception,
                             v8::Local<v8::Message> message = {});
// What a TryCatch holds.
ErrorReport report_caught(Env& env, v8::TryCatch& caught);

}  // namespace skerry::js
