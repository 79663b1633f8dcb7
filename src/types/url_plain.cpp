// The way of nearly all URLs on the request path: http or https, a lower-case ASCII host, nothing
// to normalise.
#include <array>

#include "types/ascii.h"
#include "types/host.h"
#include "types/percent_encoding.h"
#include "types/url_parser.h"

namespace skerry::types {
namespace {

// What may stay as it is, one bit for each component.
constexpr uint8_t plain_host = 1, plain_path = 2, plain_query = 4, plain_fragment = 8;

consteval std::array<uint8_t, 256> make_plain_table() {
  std::array<uint8_t, 256> table{};
  for (unsigned c = 0x21; c < 0x7f; ++c) {
    const uint8_t sets = internal::percent_table[c];
    const auto none_of = [sets](PercentSet set) { return (sets & static_cast<uint8_t>(set)) == 0; };
    if (none_of(PercentSet::path) && c != '\\') table[c] |= plain_path;
    if (none_of(PercentSet::special_query)) table[c] |= plain_query;
    if (none_of(PercentSet::fragment)) table[c] |= plain_fragment;
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) table[c] |= plain_host;
    if (c == '-' || c == '.' || c == '_') table[c] |= plain_host;
  }
  return table;
}

constexpr std::array<uint8_t, 256> plain_bytes = make_plain_table();

size_t skip_plain(std::string_view text, size_t at, uint8_t component) {
  while (at < text.size() && (plain_bytes[static_cast<unsigned char>(text[at])] & component) != 0) {
    ++at;
  }
  return at;
}

// Whether some segment might be a dot segment, spelled out or encoded. May say yes in vain.
bool may_have_dot_segment(std::string_view path) {
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (path[i] == '/' && (path[i + 1] == '.' || path[i + 1] == '%')) return true;
  }
  return false;
}

// A plain IPv4 address is in its normal form already.
bool is_plain_host(std::string_view host) {
  if (host.empty()) return false;
  if (!ends_in_a_number(host)) return true;
  const auto address = parse_url_ipv4(host);
  if (!address) return false;
  std::string normal;
  append_ipv4(normal, *address);
  return normal == host;
}

// Reads the digits after a colon; false where they are none, begin with 0, or say nothing beyond
// the default.
bool read_plain_port(std::string_view input, size_t& at, SchemeType type, int32_t& port) {
  const size_t first = at;
  while (at < input.size() && at - first < 6 && is_ascii_digit(input[at])) ++at;
  const std::string_view digits = input.substr(first, at - first);
  if (digits.empty() || digits[0] == '0') return false;
  const auto number = parse_port_digits(digits);
  if (!number || *number == default_port_of(type)) return false;
  port = *number;
  return true;
}

}  // namespace

// False (and unchanged) sends the input to the full parser; it does not mean that the input is
// wrong.
bool Url::parse_plain(std::string_view input) {
  const bool http = input.starts_with("http://");
  if ((!http && !input.starts_with("https://")) || input.size() > url_bytes_max) return false;
  const uint32_t authority = http ? 7 : 8;
  const SchemeType type = http ? SchemeType::http : SchemeType::https;
  const size_t host_end = skip_plain(input, authority, plain_host);
  if (!is_plain_host(input.substr(authority, host_end - authority))) return false;
  size_t at = host_end;
  int32_t port = -1;
  if (at < input.size() && input[at] == ':' && !read_plain_port(input, ++at, type, port)) {
    return false;
  }
  // An absent path would need its "/"; anything else here is for the full parser too.
  if (at == input.size() || input[at] != '/') return false;
  const size_t path_start = at;
  at = skip_plain(input, at, plain_path);
  if (may_have_dot_segment(input.substr(path_start, at - path_start))) return false;
  uint32_t query_start = absent, fragment_start = absent;
  if (at < input.size() && input[at] == '?') {
    query_start = static_cast<uint32_t>(at);
    at = skip_plain(input, at + 1, plain_query);
  }
  if (at < input.size() && input[at] == '#') {
    fragment_start = static_cast<uint32_t>(at);
    at = skip_plain(input, at + 1, plain_fragment);
  }
  if (at != input.size()) return false;
  href_ = input;
  scheme_end_ = authority - 3;
  username_end_ = host_start_ = authority;
  host_end_ = static_cast<uint32_t>(host_end);
  path_start_ = static_cast<uint32_t>(path_start);
  query_start_ = query_start;
  fragment_start_ = fragment_start;
  port_ = port;
  type_ = type;
  has_host_ = true;
  return true;
}

}  // namespace skerry::types
