// Which worker answers a request: Workers route patterns
// (https://developers.cloudflare.com/workers/configuration/routing/routes/), custom domains,
// `<name>.localhost`, and one fallback. Built once by `add…`, then read-only: lookups are safe from
// any thread and allocate nothing.
//
// Precedence, most specific first: an exact host, then the longer wildcard suffix; within a host
// the longer path, an exact path before a prefix, a pattern with a scheme before one without, a
// route before a custom domain. A host whose paths do not match passes the request on to the next
// host pattern.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace skerry::deploy {

enum class Scheme : uint8_t { http, https };

// One pattern, taken apart. Hosts are lower case.
struct RoutePattern {
  std::optional<Scheme> scheme;
  bool host_is_suffix =
      false;         // the pattern began with '*': `host` is what must follow, perhaps ""
  std::string host;  // "example.com", or ".example.com" for "*.example.com"
  std::string path;  // begins with '/'
  bool path_is_prefix = false;  // the pattern ended with '*'
  bool custom_domain = false;
};

// Errors say what is wrong with the pattern and how to write it.
Result<RoutePattern> parse_route_pattern(std::string_view pattern);
// A bare host name: no wildcard, no path.
Result<RoutePattern> parse_custom_domain(std::string_view host);

class RouteTable {
 public:
  using WorkerIndex = uint32_t;  // the caller's numbering

  // Code::refused if the same pattern already leads to another worker; adding it twice for one
  // worker is fine.
  Result<> add(RoutePattern pattern, WorkerIndex worker);
  // `<name>.localhost`, every path. `name` as parse_custom_domain takes a label.
  Result<> add_default_host(std::string_view worker_name, WorkerIndex worker);
  // Who answers when nothing matches.
  void set_fallback(std::optional<WorkerIndex> worker) { fallback_ = worker; }

  // `host` is the Host header's value or the authority of the target: any case, with or without
  // port and a final dot. `target` is the path with its query, as received; it is compared byte by
  // byte, and since patterns have no query, only a pattern with a final '*' matches a request that
  // has one.
  std::optional<WorkerIndex> lookup(Scheme scheme, std::string_view host,
                                    std::string_view target) const;

  size_t size() const { return size_; }

 private:
  struct Path {
    std::string path;
    std::optional<Scheme> scheme;
    bool is_prefix;
    bool custom_domain;
    WorkerIndex worker;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  // Per host, its paths with the most specific first.
  using HostMap = std::unordered_map<std::string, std::vector<Path>, Hash, std::equal_to<>>;

  static bool comes_before(const Path& a, const Path& b);
  static const Path* match(const std::vector<Path>& paths, Scheme scheme, std::string_view target);

  HostMap exact_;
  HostMap suffixes_;
  // The distinct lengths of the keys of suffixes_, longest first: a lookup probes one hash for
  // each.
  std::vector<uint16_t> suffix_lengths_;
  std::optional<WorkerIndex> fallback_;
  size_t size_ = 0;
};

}  // namespace skerry::deploy
