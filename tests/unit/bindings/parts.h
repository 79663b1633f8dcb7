// The surface of these tests: Web APIs, bindings, and the assertions that test files import.
#pragma once

#include "bindings/parts.h"
#include "builtins/builtins.h"
#include "web/parts.h"

namespace skerry::bindings {

inline js::SurfaceParts test_parts() {
  js::SurfaceParts parts = web::platform_parts();
  add_bindings(parts);
  bool has_assert = false;
  for (const js::Builtin& builtin : parts.builtins)
    has_assert = has_assert || std::string_view(builtin.name) == "node_assert";
  if (!has_assert) parts.builtins.push_back({"node_assert", builtins::text("node_assert")});
  return parts;
}

}  // namespace skerry::bindings
