// Node's built-in modules: which there are, which of them a worker may import, what each is made
// of. Written against https://nodejs.org/api/ and what workerd does under the same flags.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "js/surface.h"

namespace skerry::node {

// What a worker's compatibility flags ask for.
enum class Compat : uint8_t {
  none,
  async_context,  // nodejs_als: node:async_hooks alone
  full,           // nodejs_compat, nodejs_compat_v2
};
Compat compat_of(std::span<const std::string> compatibility_flags);

// The builtin behind "node:buffer" or "buffer": a literal of static storage. Null when it is no
// module of Node's; an error, when the flags must change first, says which to add.
Result<const char*> find_module(std::string_view specifier, Compat compat);

// All of them, without "node:".
std::vector<std::string_view> module_names();

// Adds the builtins of all modules; none of them costs anything before it is imported.
void add_node(js::SurfaceParts& parts);

// Buffer, process, global, setImmediate and clearImmediate on the global object, each made when
// first touched. Inside the isolate, before the worker's modules run.
void install_globals(js::Env& env);

}  // namespace skerry::node
