// IP addresses as 16 bytes in network order, IPv4 as ::ffff:a.b.c.d; and the question whether an
// address is one that a tenant's fetch() must not reach.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::types {

using IpAddress = std::array<uint8_t, 16>;

// Strict: four decimal parts without leading zeros, or IPv6 without brackets and zone.
std::optional<IpAddress> parse_ip_address(std::string_view text);
// Dotted for IPv4 (also when mapped), else the form of RFC 5952.
std::string format_ip_address(const IpAddress& address);
bool is_ipv4(const IpAddress& address);

struct CidrBlock {
  IpAddress network{};  // bits past the prefix are zero
  uint8_t prefix = 0;   // 0 to 128, counted in the 16 bytes: 96 + n for IPv4
  bool contains(const IpAddress& address) const;
};

// "10.0.0.0/8", "fc00::/7"; an address alone is a block of one. Bits past the prefix are cleared.
std::optional<CidrBlock> parse_cidr(std::string_view text);

// True for every address that is not an ordinary one of the public internet: loopback, private,
// link-local, shared (CGNAT), unique local, multicast, unspecified, reserved, for documentation;
// likewise IPv6 addresses that carry such an IPv4 address (mapped, NAT64, 6to4, Teredo).
bool is_private_address(const IpAddress& address);

}  // namespace skerry::types
