// Limits and time-outs of WebSockets. What each is for: base/limits.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace skerry::net {

struct WebSocketOptions {
  size_t message_bytes_max = limits::web_socket_message_bytes_max;
  size_t buffered_bytes_max = limits::web_socket_buffered_bytes_max;
  size_t buffered_total_bytes_max = limits::web_socket_buffered_total_bytes_max;
  uint64_t close_timeout_ms = limits::web_socket_close_timeout_ms;
  uint64_t write_timeout_ms = limits::http_write_timeout_ms;
  uint64_t ping_ms = limits::web_socket_ping_ms;
  uint64_t pong_ms = limits::web_socket_pong_ms;
};

}  // namespace skerry::net
