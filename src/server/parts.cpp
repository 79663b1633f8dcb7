#include "server/parts.h"

#include "bindings/parts.h"
#include "builtins/builtins.h"
#include "node/modules.h"
#include "web/parts.h"
#include "worker/parts.h"

namespace skerry::server {

js::SurfaceParts all_parts() {
  js::SurfaceParts parts = web::platform_parts();
  bindings::add_bindings(parts);
  worker::add_worker(parts);
  node::add_node(parts);
  parts.builtins.push_back({"testharness", builtins::text("testharness")});
  return parts;
}

}  // namespace skerry::server
