// Who the client is when proxies stand between.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace skerry::geo {

// 16 bytes in network order, IPv4 as ::ffff:a.b.c.d.
using Address = std::array<uint8_t, 16>;

inline constexpr size_t forwarded_hops_max = 64;  // what lies further left is not looked at

// One entry of x-forwarded-for, blanks around it allowed: an IPv4 or IPv6 address, alone or with a
// port, IPv6 then in brackets, as proxies write them. Nothing for "unknown", hidden names and other
// junk.
std::optional<Address> parse_forwarded_hop(std::string_view text);

// Takes the last entry off `list` ("a, b, c") and returns it.
std::string_view take_last_hop(std::string_view& list);

// The peer, unless `is_trusted(peer)`; then the rightmost entry that no trusted proxy stands for.
// `values` are those of all x-forwarded-for fields, in their order. Left of an entry that is no
// address nothing is believed: the client is then the trusted address that passed it on. All
// trusted: the leftmost.
template <class IsTrusted>
Address client_address(const Address& peer, std::span<const std::string_view> values,
                       IsTrusted&& is_trusted) {
  Address known = peer;
  if (!is_trusted(known)) return known;
  size_t hops = 0;
  for (size_t field = values.size(); field > 0; --field) {
    std::string_view list = values[field - 1];
    do {
      if (++hops > forwarded_hops_max) return known;
      const auto hop = parse_forwarded_hop(take_last_hop(list));
      if (!hop) return known;
      known = *hop;
      if (!is_trusted(known)) return known;
    } while (!list.empty());
  }
  return known;
}

}  // namespace skerry::geo
