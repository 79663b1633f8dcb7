// An exception as text for people: what was thrown, where, and its stack.
#pragma once

#include <string>
#include <vector>

#include "js/env.h"

namespace skerry::js {

struct ErrorReport {
  std::string message;  // "TypeError: x is not a function"
  // The whole stack text, message first, then those of its causes; equal to message where there is
  // none.
  std::string stack;
  std::string file;  // module path, empty if unknown
  int line = 0;      // from 1; 0 if unknown
  int column = 0;    // from 1
  std::string source_line;
  // Lines around it, for those who show them; filled by whoever knows the sources.
  std::vector<std::string> excerpt;
  int excerpt_line = 0;  // number of the first
};

// Reads properties of the exception, so JavaScript (a getter, a proxy) may run; whatever that
// throws is swallowed.
ErrorReport report_exception(Env& env, v8::Local<v8::Value> exception,
                             v8::Local<v8::Message> message = {});
// What a TryCatch holds.
ErrorReport report_caught(Env& env, v8::TryCatch& caught);

}  // namespace skerry::js
