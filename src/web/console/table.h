// console.table: rows of objects as a grid.
#pragma once

#include <optional>
#include <string>

#include "js/env.h"

namespace skerry::web {

// None when `data` is not an object of rows; then it is logged as any other value. Runs no getters
// of the worker. https://console.spec.whatwg.org/#table
std::optional<std::string> format_table(js::Env& env, v8::Local<v8::Value> data);

}  // namespace skerry::web
