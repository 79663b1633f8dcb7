// Hosts of URLs: https://url.spec.whatwg.org/#host-parsing. Used by the URL parser and by
// types/ip_address.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::types {

using Ipv6Pieces = std::array<uint16_t, 8>;

// Special URLs have domains and addresses; others have opaque hosts.
enum class HostKind : uint8_t { domain, opaque };

// Appends the host in its normal form, IPv6 in brackets; false (and `out` unchanged) when it is
// malformed. An empty input is a failure for a domain and an empty host for an opaque one.
bool append_parsed_host(std::string& out, std::string_view input, HostKind kind);

// Whether the last label says that the host must be an IPv4 address.
bool ends_in_a_number(std::string_view ascii_domain);
// The lax forms of the standard: 1 to 4 parts, octal and hexadecimal too.
std::optional<uint32_t> parse_url_ipv4(std::string_view text);
// Without brackets and zone.
std::optional<Ipv6Pieces> parse_ipv6_pieces(std::string_view text);
void append_ipv4(std::string& out, uint32_t address);
// The form of RFC 5952, without brackets.
void append_ipv6(std::string& out, const Ipv6Pieces& pieces);

}  // namespace skerry::types
