#include "geo/client_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace skerry::geo {
namespace {

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Address> parse_address(int family, std::string_view text) {
  char copy[INET6_ADDRSTRLEN + 1];
  if (text.size() >= sizeof copy || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  Address address{};
  if (family == AF_INET) {
    address[10] = address[11] = 0xff;
    if (inet_pton(AF_INET, copy, address.data() + 12) != 1) return std::nullopt;
  } else if (inet_pton(AF_INET6, copy, address.data()) != 1) {
    return std::nullopt;
  }
  return address;
}

}  // namespace

std::optional<Address> parse_forwarded_hop(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && (rest[0] != ':' || !is_port(rest.substr(1)))) return std::nullopt;
    return parse_address(AF_INET6, text.substr(1, close - 1));
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return parse_address(AF_INET, text);
  if (text.find(':', colon + 1) == std::string_view::npos) {
    if (!is_port(text.substr(colon + 1))) return std::nullopt;
    return parse_address(AF_INET, text.substr(0, colon));
  }
  return parse_address(AF_INET6, text);
}

std::string_view take_last_hop(std::string_view& list) {
  const size_t comma = list.rfind(',');
  const std::string_view last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  // "a," has an empty last entry and "a" left; ",a" has "a" and then one more, empty: keep it as a
  // blank.
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  if (comma == 0) list = " ";
  return last;
}

}  // namespace skerry::geo
