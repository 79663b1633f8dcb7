#include "web/parts.h"

namespace skerry::web {

js::SurfaceParts platform_parts() {
  js::SurfaceParts parts;
  add_events(parts);
  add_url(parts);
  add_encoding(parts);
  add_clone(parts);
  add_timers(parts);
  add_console(parts);
  add_crypto(parts);
  add_streams(parts);
  add_fetch(parts);
  return parts;
}

}  // namespace skerry::web
