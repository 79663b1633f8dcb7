// Memory of coroutine frames: free-lists by size class, one set per thread. A frame dies on the
// thread it was made on.
#pragma once

#include <cstddef>

namespace skerry::loop {

void* take_frame(size_t size);
void return_frame(void* frame, size_t size);

}  // namespace skerry::loop
