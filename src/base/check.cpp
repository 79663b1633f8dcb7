#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace skerry {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "skerry: internal check failed: %s (%s:%d); please report this\n", condition,
               file, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace skerry
