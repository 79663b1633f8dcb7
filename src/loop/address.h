// An IP address and port as plain bytes, so that no socket header is needed to pass one on.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/error.h"

struct sockaddr;

namespace skerry::loop {

struct SocketAddress {
  uint8_t ip[16] =
      {};  // IPv4 as ::ffff:a.b.c.d; all zero also stands for "no address" (Unix sockets)
  uint16_t port = 0;
  uint32_t scope = 0;  // interface of a link-local IPv6 address

  bool is_v4() const {
    static constexpr uint8_t kPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::memcmp(ip, kPrefix, sizeof kPrefix) == 0;
  }
  // "1.2.3.4:80", "[::1]:80".
  std::string text() const;
  // A literal address without brackets; names are refused.
  static Result<SocketAddress> parse(std::string_view literal, uint16_t port);
  static SocketAddress from(const sockaddr* address);
};

}  // namespace skerry::loop
