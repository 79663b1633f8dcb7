#include "types/ip_address.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>

#include "types/ascii.h"
#include "types/host.h"

namespace skerry::types {
namespace {

struct Ipv4Range {
  uint32_t network;
  uint8_t prefix;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry/ and multicast.
constexpr Ipv4Range special_ipv4[] = {
    {0x00000000, 8},   // this network
    {0x0a000000, 8},   // private
    {0x64400000, 10},  // shared address space of carriers
    {0x7f000000, 8},   // loopback
    {0xa9fe0000, 16},  // link-local, cloud metadata among it
    {0xac100000, 12},  // private
    {0xc0000000, 24},  // protocol assignments
    {0xc0000200, 24},  // documentation
    {0xc0586300, 24},  // 6to4 relays
    {0xc0a80000, 16},  // private
    {0xc6120000, 15},  // benchmarks
    {0xc6336400, 24},  // documentation
    {0xcb007100, 24},  // documentation
    {0xe0000000, 4},   // multicast
    {0xf0000000, 4},   // reserved, broadcast
};

struct Ipv6Range {
  uint32_t network;  // the first 32 bits
  uint8_t prefix;    // 1 to 32
};

// https://www.iana.org/assignments/iana-ipv6-special-registry/ and multicast.
constexpr Ipv6Range special_ipv6[] = {
    {0x01000000, 16},  // discard
    {0x20010db8, 32},  // documentation
    {0x3fff0000, 20},  // documentation
    {0x5f000000, 16},  // segment routing
    {0xfc000000, 7},   // unique local
    {0xfe800000, 10},  // link-local
    {0xfec00000, 10},  // site-local
    {0xff000000, 8},   // multicast
};

uint32_t read_32(const IpAddress& address, size_t at) {
  return uint32_t{address[at]} << 24 | uint32_t{address[at + 1]} << 16 |
         uint32_t{address[at + 2]} << 8 | address[at + 3];
}

bool is_special_ipv4(uint32_t address) {
  return std::ranges::any_of(special_ipv4, [address](const Ipv4Range& range) {
    return (address ^ range.network) >> (32 - range.prefix) == 0;
  });
}

bool all_zero(const IpAddress& address, size_t from, size_t to) {
  return std::all_of(address.begin() + from, address.begin() + to,
                     [](uint8_t byte) { return byte == 0; });
}

std::optional<uint32_t> parse_strict_ipv4(std::string_view text) {
  uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    unsigned value = 0;
    size_t digits = 0;
    for (; digits < text.size() && digits < 4 && is_ascii_digit(text[digits]); ++digits) {
      value = value * 10 + static_cast<unsigned>(text[digits] - '0');
    }
    if (digits == 0 || value > 255 || (digits > 1 && text[0] == '0')) return std::nullopt;
    text.remove_prefix(digits);
    address = address << 8 | value;
  }
  if (!text.empty()) return std::nullopt;
  return address;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  IpAddress address{};
  if (const auto ipv4 = parse_strict_ipv4(text)) {
    address[10] = address[11] = 0xff;
    for (size_t i = 0; i < 4; ++i) address[12 + i] = static_cast<uint8_t>(*ipv4 >> (24 - 8 * i));
    return address;
  }
  const auto pieces = parse_ipv6_pieces(text);
  if (!pieces) return std::nullopt;
  for (size_t i = 0; i < 8; ++i) {
    address[2 * i] = static_cast<uint8_t>((*pieces)[i] >> 8);
    address[2 * i + 1] = static_cast<uint8_t>((*pieces)[i]);
  }
  return address;
}

bool is_ipv4(const IpAddress& address) {
  return all_zero(address, 0, 10) && address[10] == 0xff && address[11] == 0xff;
}

std::string format_ip_address(const IpAddress& address) {
  std::string out;
  if (is_ipv4(address)) {
    append_ipv4(out, read_32(address, 12));
    return out;
  }
  Ipv6Pieces pieces;
  for (size_t i = 0; i < 8; ++i) {
    pieces[i] = static_cast<uint16_t>(address[2 * i] << 8 | address[2 * i + 1]);
  }
  append_ipv6(out, pieces);
  return out;
}

bool CidrBlock::contains(const IpAddress& address) const {
  const size_t whole = prefix / 8;
  if (!std::equal(network.begin(), network.begin() + whole, address.begin())) return false;
  const unsigned bits = prefix % 8;
  return bits == 0 || (network[whole] ^ address[whole]) >> (8 - bits) == 0;
}

std::optional<CidrBlock> parse_cidr(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  // Whether the prefix counts IPv4 bits is a matter of how the address was written.
  const bool dotted = text.substr(0, slash).find(':') == std::string_view::npos;
  const unsigned prefix_max = dotted ? 32 : 128;
  unsigned prefix = prefix_max;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc() || end != digits.data() + digits.size() || prefix > prefix_max) {
      return std::nullopt;
    }
  }
  CidrBlock block{*address, static_cast<uint8_t>(prefix + (dotted ? 96 : 0))};
  for (size_t bit = block.prefix; bit < 128; ++bit) {
    block.network[bit / 8] &= static_cast<uint8_t>(~(0x80u >> bit % 8));
  }
  return block;
}

bool is_private_address(const IpAddress& address) {
  const uint32_t first = read_32(address, 0), last = read_32(address, 12);
  if (is_ipv4(address)) return is_special_ipv4(last);
  // Unspecified, loopback, and the IPv4-compatible form nobody routes any more.
  if (all_zero(address, 0, 12)) return true;
  // SIIT, ::ffff:0:a.b.c.d
  if (all_zero(address, 0, 8) && read_32(address, 8) == 0xffff0000) return is_special_ipv4(last);
  // NAT64: the well-known prefix carries an address, the local-use one is local by definition.
  if (first == 0x0064ff9b) return !all_zero(address, 4, 12) || is_special_ipv4(last);
  // 6to4
  if (first >> 16 == 0x2002) return is_special_ipv4(read_32(address, 2));
  // Teredo: the server, and the client with its bits turned over.
  if (first == 0x20010000) {
    return is_special_ipv4(read_32(address, 4)) || is_special_ipv4(~last);
  }
  return std::ranges::any_of(special_ipv6, [first](const Ipv6Range& range) {
    return (first ^ range.network) >> (32 - range.prefix) == 0;
  });
}

}  // namespace skerry::types
