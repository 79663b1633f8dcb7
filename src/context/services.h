// What a worker's contexts need from outside, as interfaces: made by the server, or by a test.
// Nothing in web, bindings or worker opens a socket or a file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "loop/loop.h"
#include "observe/log.h"

namespace skerry::web {
class Outbound;  // web/fetch/outbound.h
}

namespace skerry::context {

// Everything outlives the workers that use it.
struct CpuSlot;

struct Services {
  loop::Loop& loop;
  observe::Log& log;
  web::Outbound* outbound = nullptr;  // where fetch() goes; null: fetch() is refused
  std::function<void(std::span<uint8_t>)> fill_random;  // cryptographically strong
  std::function<double()> wall_clock_ms;                // since 1970
  CpuSlot* cpu_slot = nullptr;                          // null: nobody watches
};

}  // namespace skerry::context
