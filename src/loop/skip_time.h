// For a debugger that made the loop stand still.
#pragma once

#include <cstdint>

#include "loop/loop.h"

namespace skerry::loop {

// Nobody is to be late because of it: now_ms() and every timer of the loop go on as if `ms` had not
// passed. The loop's thread.
void skip_time(Loop& loop, uint64_t ms);

}  // namespace skerry::loop
