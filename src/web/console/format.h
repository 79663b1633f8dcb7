// The Formatter of the console: %s %d %i %f %o %O %c %j and %% in the first argument.
#pragma once

#include <string>

#include "js/env.h"

namespace skerry::web {

// https://console.spec.whatwg.org/#formatter, then everything joined by spaces: strings as they
// are, other values as inspect() shows them. Never throws. %j runs the value's toJSON, by its
// meaning; nothing else runs JavaScript.
std::string format_log(js::Env& env, v8::LocalVector<v8::Value>& arguments);

}  // namespace skerry::web
