#include "js/isolate.h"

extern "C" {
extern const char skerry_platform_blob[];
extern const size_t skerry_platform_blob_size;
}

namespace skerry::js {

std::span<const char> platform_blob() {
  return {skerry_platform_blob, skerry_platform_blob_size};
}

}  // namespace skerry::js
