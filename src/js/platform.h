// V8, started once a process: frozen flags, our page allocator, a clock that stands still inside a
// handler.
#pragma once

#include <memory>

#include "js/v8.h"

namespace skerry::js {

// Starts V8 for the life of the process. Call once, before any isolate; the main thread need not
// outlive others.
void start_v8();
// Runs the foreground tasks V8 posted for this isolate (GC finishing, Wasm tier-up): non-blocking,
// on the isolate's thread, with the isolate entered. Returns whether anything ran.
bool pump_platform_tasks(v8::Isolate* isolate);
void isolate_is_going(v8::Isolate* isolate);
// The flags every snapshot and code cache depends on.
const char* v8_flags();
// The time outside JavaScript, in ms since 1970.
double wall_clock_ms();

}  // namespace skerry::js
