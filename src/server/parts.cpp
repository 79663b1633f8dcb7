#include "server/parts.h"

#include <string_view>

#include "bindings/parts.h"
#include "builtins/builtins.h"
#include "web/parts.h"
#include "worker/parts.h"

namespace skerry::server {

js::SurfaceParts all_parts() {
  js::SurfaceParts parts = web::platform_parts();
  bindings::add_bindings(parts);
  worker::add_worker(parts);
  for (const char* name : {"testharness", "node_assert"}) {
    bool known = false;
    for (const js::Builtin& builtin : parts.builtins)
      known |= std::string_view(builtin.name) == name;
    if (!known) parts.builtins.push_back({name, builtins::text(name)});
  }
  return parts;
}

}  // namespace skerry::server
