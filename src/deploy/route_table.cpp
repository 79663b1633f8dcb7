#include "deploy/route_table.h"

#include <algorithm>
#include <array>

namespace skerry::deploy {
namespace {

constexpr size_t host_length_max = 253;  // RFC 1035, section 2.3.4, as text
constexpr size_t path_length_max = 16 * 1024;

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

std::string quoted(std::string_view pattern) {
  return "'" + std::string(pattern) + "' ";
}

// The host without its port and final dot. An IPv6 literal keeps its brackets.
std::string_view strip_port(std::string_view host) {
  if (host.starts_with('[')) {
    const size_t close = host.find(']');
    return close == std::string_view::npos ? host : host.substr(0, close + 1);
  }
  if (const size_t colon = host.find(':'); colon != std::string_view::npos) {
    host = host.substr(0, colon);
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

Result<std::string> checked_host(std::string_view host, std::string_view pattern) {
  std::string lower(host);
  for (char& c : lower) c = to_lower(c);
  if (lower.size() > host_length_max) {
    return fail(Code::invalid, quoted(pattern) + "has a host longer than 253 characters");
  }
  for (char c : lower) {
    if (is_host_char(c)) continue;
    if (c == '*') {
      return fail(Code::invalid, quoted(pattern) + "has '*' inside the host; it may only begin it");
    }
    if (c == ':') {
      return fail(Code::invalid, quoted(pattern) + "has a port; routes match any port, remove it");
    }
    if (c == '?' || c == '#') {
      return fail(Code::invalid, quoted(pattern) + "has a query; end the pattern with '*' instead");
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
      return fail(Code::invalid,
                  quoted(pattern) + "has a host that is not ASCII; write it in its xn-- form");
    }
    return fail(Code::invalid, quoted(pattern) + "has a character that no host name can have");
  }
  if (lower.find("..") != std::string::npos) {
    return fail(Code::invalid, quoted(pattern) + "has an empty label in its host");
  }
  if (lower.ends_with('.')) lower.pop_back();
  return lower;
}

}  // namespace

Result<RoutePattern> parse_route_pattern(std::string_view pattern) {
  RoutePattern route;
  std::string_view rest = pattern;
  if (const size_t scheme_end = rest.find("://"); scheme_end != std::string_view::npos) {
    const std::string_view scheme = rest.substr(0, scheme_end);
    if (scheme == "http") {
      route.scheme = Scheme::http;
    } else if (scheme == "https") {
      route.scheme = Scheme::https;
    } else if (scheme != "*") {
      return fail(Code::invalid, quoted(pattern) + "has a scheme other than http and https");
    }
    rest.remove_prefix(scheme_end + 3);
  }
  const size_t slash = rest.find('/');
  std::string_view host = rest.substr(0, slash);
  // Without a path, a final '*' can only be the one that begins the host: "*" is every host, path
  // "/".
  std::string_view path = slash == std::string_view::npos ? "/" : rest.substr(slash);
  if (host.starts_with('*')) {
    route.host_is_suffix = true;
    host.remove_prefix(1);
  } else if (host.empty()) {
    return fail(Code::invalid,
                quoted(pattern) + "has no host; write it like 'example.com/*' or '*/*'");
  }
  Result<std::string> checked = checked_host(host, pattern);
  if (!checked) return fail(std::move(checked.error()));
  if (!route.host_is_suffix && (checked->empty() || checked->starts_with('.'))) {
    return fail(Code::invalid, quoted(pattern) + "has an empty label in its host");
  }
  if (path.ends_with('*')) {
    route.path_is_prefix = true;
    path.remove_suffix(1);
  }
  if (path.find('*') != std::string_view::npos) {
    return fail(Code::invalid, quoted(pattern) + "has '*' inside the path; it may only end it");
  }
  if (path.find_first_of("?#") != std::string_view::npos) {
    return fail(Code::invalid, quoted(pattern) + "has a query; end the pattern with '*' instead");
  }
  if (path.size() > path_length_max) {
    return fail(Code::invalid, "a route's path is longer than 16 KiB");
  }
  route.host = std::move(*checked);
  route.path = path;
  return route;
}

Result<RoutePattern> parse_custom_domain(std::string_view host) {
  if (host.find('*') != std::string_view::npos) {
    return fail(Code::invalid, quoted(host) + "is a custom domain, which cannot have '*'");
  }
  if (host.find('/') != std::string_view::npos) {
    return fail(Code::invalid, quoted(host) + "is a custom domain, which is a host without a path");
  }
  Result<RoutePattern> route = parse_route_pattern(host);
  if (!route) return route;
  route->path_is_prefix = true;
  route->custom_domain = true;
  return route;
}

bool RouteTable::comes_before(const Path& a, const Path& b) {
  if (a.path.size() != b.path.size()) return a.path.size() > b.path.size();
  if (a.is_prefix != b.is_prefix) return !a.is_prefix;
  if (a.scheme.has_value() != b.scheme.has_value()) return a.scheme.has_value();
  if (a.custom_domain != b.custom_domain) return !a.custom_domain;
  if (a.path != b.path) return a.path < b.path;
  return a.scheme.value_or(Scheme::http) < b.scheme.value_or(Scheme::http);
}

Result<> RouteTable::add(RoutePattern pattern, WorkerIndex worker) {
  HostMap& hosts = pattern.host_is_suffix ? suffixes_ : exact_;
  const auto suffix_length = static_cast<uint16_t>(pattern.host.size());
  std::vector<Path>& paths = hosts[pattern.host];
  Path path{std::move(pattern.path), pattern.scheme, pattern.path_is_prefix, pattern.custom_domain,
            worker};
  const auto place = std::ranges::lower_bound(paths, path, comes_before);
  if (place != paths.end() && !comes_before(path, *place)) {
    if (place->worker == worker) return {};
    return fail(Code::refused, "this route already leads to another worker");
  }
  paths.insert(place, std::move(path));
  ++size_;
  if (pattern.host_is_suffix) {
    const auto at = std::ranges::lower_bound(suffix_lengths_, suffix_length, std::greater<>());
    if (at == suffix_lengths_.end() || *at != suffix_length) {
      suffix_lengths_.insert(at, suffix_length);
    }
  }
  return {};
}

Result<> RouteTable::add_default_host(std::string_view worker_name, WorkerIndex worker) {
  Result<RoutePattern> route = parse_custom_domain(std::string(worker_name) + ".localhost");
  if (!route) return fail(std::move(route.error()));
  return add(std::move(*route), worker);
}

const RouteTable::Path* RouteTable::match(const std::vector<Path>& paths, Scheme scheme,
                                          std::string_view target) {
  for (const Path& path : paths) {
    if (path.scheme.has_value() && *path.scheme != scheme) continue;
    if (path.is_prefix ? target.starts_with(path.path) : target == path.path) return &path;
  }
  return nullptr;
}

std::optional<RouteTable::WorkerIndex> RouteTable::lookup(Scheme scheme, std::string_view host,
                                                          std::string_view target) const {
  const std::string_view name = strip_port(host);
  if (size_ == 0 || name.size() > host_length_max) return fallback_;
  std::array<char, host_length_max> buffer;
  std::ranges::transform(name, buffer.begin(), to_lower);
  const std::string_view lower(buffer.data(), name.size());

  if (const auto found = exact_.find(lower); found != exact_.end()) {
    if (const Path* path = match(found->second, scheme, target)) return path->worker;
  }
  for (const uint16_t length : suffix_lengths_) {
    if (length > lower.size()) continue;
    const std::string_view suffix = lower.substr(lower.size() - length);
    // "*.example.com" stands for at least one more label.
    if (suffix.starts_with('.') && length == lower.size()) continue;
    const auto found = suffixes_.find(suffix);
    if (found == suffixes_.end()) continue;
    if (const Path* path = match(found->second, scheme, target)) return path->worker;
  }
  return fallback_;
}

}  // namespace skerry::deploy
