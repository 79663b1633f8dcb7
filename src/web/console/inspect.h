// Values as text for people, in the manner of Node's util.inspect: what console.log prints.
// Looks only at own data properties and internal state: never runs a getter or a proxy's trap of
// the worker, never throws, and is bounded in depth, entries and size. (An Error's `stack` is read,
// which formats it on first use.)
#pragma once

#include <cstdint>
#include <string>

#include "js/env.h"

namespace skerry::web {

struct InspectOptions {
  int depth = 2;            // how many levels below the value are shown
  int entries_max = 100;    // of one array, map, set
  int chars_max = 10'000;   // of one string
  int total_max = 256'000;  // bytes; past it, entries are left out
  int line_width = 80;      // beyond it, an object takes a line for each entry
};

// UTF-8. Strings are quoted.
std::string inspect(js::Env& env, v8::Local<v8::Value> value, const InspectOptions& options = {});

}  // namespace skerry::web
