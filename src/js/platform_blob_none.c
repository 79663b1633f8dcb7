#include <stddef.h>

// For the binary that makes the platform snapshot.
const char skerry_platform_blob[1] = {0};
const size_t skerry_platform_blob_size = 0;
