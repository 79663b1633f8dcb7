#include "deploy/route_table.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

using namespace skerry;
using namespace skerry::deploy;

namespace {
// Atomic: the doctest runner may use threads.
std::atomic<size_t> allocations = 0;
}  // namespace

void* operator new(size_t size) {
  ++allocations;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}

namespace {

RouteTable table_of(std::initializer_list<const char*> patterns) {
  RouteTable table;
  uint32_t worker = 0;
  for (const char* pattern : patterns) {
    Result<RoutePattern> route = parse_route_pattern(pattern);
    if (!route) {
      FAIL_CHECK(route.error().text);
      continue;
    }
    CHECK(table.add(std::move(*route), worker++).has_value());
  }
  return table;
}

// The worker that answers, or -1.
int who(const RouteTable& table, std::string_view host, std::string_view target,
        Scheme scheme = Scheme::https) {
  const auto worker = table.lookup(scheme, host, target);
  return worker ? static_cast<int>(*worker) : -1;
}

std::string error_of(std::string_view pattern) {
  Result<RoutePattern> route = parse_route_pattern(pattern);
  return route ? "no error" : route.error().text;
}

}  // namespace

TEST_CASE("routes: exact host, prefix and exact paths") {
  const RouteTable table =
      table_of({"example.com/*", "example.com/api/*", "example.com/api/users"});
  CHECK(who(table, "example.com", "/") == 0);
  CHECK(who(table, "example.com", "/x?y") == 0);
  CHECK(who(table, "example.com", "/api/") == 1);
  CHECK(who(table, "example.com", "/api/users/7") == 1);
  CHECK(who(table, "example.com", "/api/users") == 2);
  CHECK(who(table, "example.com", "/api") == 0);
  CHECK(who(table, "other.com", "/") == -1);
}

TEST_CASE("routes: a pattern without final star does not match a query") {
  const RouteTable table = table_of({"example.com/a"});
  CHECK(who(table, "example.com", "/a") == 0);
  CHECK(who(table, "example.com", "/a?b=1") == -1);
  CHECK(who(table, "example.com", "/a/") == -1);
}

TEST_CASE("routes: a pattern without path is the root only") {
  const RouteTable table = table_of({"example.com"});
  CHECK(who(table, "example.com", "/") == 0);
  CHECK(who(table, "example.com", "/a") == -1);
}

TEST_CASE("routes: hosts compare lower-case, without port and final dot") {
  const RouteTable table = table_of({"Example.COM/*"});
  CHECK(who(table, "EXAMPLE.com:8787", "/") == 0);
  CHECK(who(table, "example.com.", "/") == 0);
  CHECK(who(table, "example.com.:80", "/") == 0);
  CHECK(who(table, "[::1]:80", "/") == -1);
  CHECK(who(table, "", "/") == -1);
  CHECK(who(table, ":80", "/") == -1);
  CHECK(who(table, "[", "/") == -1);
}

TEST_CASE("routes: wildcard hosts") {
  const RouteTable table = table_of({"*.example.com/*", "*example.com/*", "*.a.example.com/*"});
  CHECK(who(table, "www.example.com", "/") == 0);
  CHECK(who(table, "x.y.example.com", "/") == 0);
  CHECK(who(table, "example.com", "/") == 1);
  CHECK(who(table, "myexample.com", "/") == 1);
  CHECK(who(table, "b.a.example.com", "/") == 2);
  CHECK(who(table, "a.example.com", "/") == 0);
  CHECK(who(table, ".example.com", "/") == 1);
  CHECK(who(table, "com", "/") == -1);
}

TEST_CASE("routes: the more specific host wins, and passes on what it does not match") {
  const RouteTable table =
      table_of({"*/*", "*.example.com/*", "www.example.com/app/*", "*.example.com/app/deep/*"});
  CHECK(who(table, "www.example.com", "/app/x") == 2);
  CHECK(who(table, "www.example.com", "/app/deep/x") == 2);
  CHECK(who(table, "www.example.com", "/other") == 1);
  CHECK(who(table, "api.example.com", "/app/deep/x") == 3);
  CHECK(who(table, "other.org", "/") == 0);
  CHECK(who(table, "127.0.0.1:8787", "/") == 0);
}

TEST_CASE("routes: exact path before prefix, longer before shorter") {
  const RouteTable table = table_of({"a.com/x*", "a.com/x", "a.com/xy*"});
  CHECK(who(table, "a.com", "/x") == 1);
  CHECK(who(table, "a.com", "/xz") == 0);
  CHECK(who(table, "a.com", "/xyz") == 2);
}

TEST_CASE("routes: schemes") {
  const RouteTable table =
      table_of({"a.com/*", "https://a.com/*", "http://b.com/*", "*://c.com/*"});
  CHECK(who(table, "a.com", "/", Scheme::https) == 1);
  CHECK(who(table, "a.com", "/", Scheme::http) == 0);
  CHECK(who(table, "b.com", "/", Scheme::http) == 2);
  CHECK(who(table, "b.com", "/", Scheme::https) == -1);
  CHECK(who(table, "c.com", "/", Scheme::http) == 3);
}

TEST_CASE("routes: custom domains are whole hosts, and a route on the host goes first") {
  RouteTable table = table_of({"app.example.com/*"});
  REQUIRE(table.add(*parse_custom_domain("app.example.com"), 1).has_value());
  REQUIRE(table.add(*parse_custom_domain("shop.example.com"), 2).has_value());
  CHECK(who(table, "app.example.com", "/a") == 0);
  CHECK(who(table, "shop.example.com", "/any/path?q") == 2);
  CHECK(who(table, "x.shop.example.com", "/") == -1);
  CHECK_FALSE(parse_custom_domain("*.example.com").has_value());
  CHECK_FALSE(parse_custom_domain("example.com/*").has_value());
  CHECK_FALSE(parse_custom_domain("").has_value());
}

TEST_CASE("routes: default hosts and the fallback") {
  RouteTable table;
  REQUIRE(table.add_default_host("my-worker", 3).has_value());
  CHECK(who(table, "my-worker.localhost:8787", "/x") == 3);
  CHECK(who(table, "localhost:8787", "/") == -1);
  table.set_fallback(9);
  CHECK(who(table, "localhost:8787", "/") == 9);
  CHECK(who(table, std::string(5000, 'a'), "/") == 9);
  CHECK(who(table, "my-worker.localhost", "/") == 3);
  CHECK_FALSE(table.add_default_host("no/slash", 1).has_value());
}

TEST_CASE("routes: one pattern cannot lead to two workers") {
  RouteTable table = table_of({"a.com/*"});
  CHECK(table.add(*parse_route_pattern("A.com/*"), 0).has_value());
  CHECK(table.size() == 1);
  Result<> again = table.add(*parse_route_pattern("a.com/*"), 1);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == Code::refused);
  CHECK(table.add(*parse_route_pattern("https://a.com/*"), 1).has_value());
  CHECK(table.add(*parse_route_pattern("http://a.com/*"), 2).has_value());
}

TEST_CASE("routes: malformed patterns say what to write") {
  CHECK(error_of("").find("no host") != std::string::npos);
  CHECK(error_of("/path").find("no host") != std::string::npos);
  CHECK(error_of("a.*.com/").find("may only begin") != std::string::npos);
  CHECK(error_of("a.com/*.jpg").find("may only end") != std::string::npos);
  CHECK(error_of("a.com/?x=*").find("query") != std::string::npos);
  CHECK(error_of("a.com?x").find("query") != std::string::npos);
  CHECK(error_of("a.com:80/").find("port") != std::string::npos);
  CHECK(error_of("ftp://a.com/").find("scheme") != std::string::npos);
  CHECK(error_of("é.com/").find("xn--") != std::string::npos);
  CHECK(error_of("a b.com/").find("character") != std::string::npos);
  CHECK(error_of("a..com/").find("empty label") != std::string::npos);
  CHECK(error_of(".com/").find("empty label") != std::string::npos);
  CHECK(error_of(std::string(300, 'a') + "/").find("253") != std::string::npos);
  CHECK(error_of("a.com/" + std::string(20'000, 'a')).find("16 KiB") != std::string::npos);
}

TEST_CASE("routes: a lookup allocates nothing") {
  RouteTable table = table_of({"*.example.com/*", "example.com/a/*", "*/fallback/*"});
  const size_t before = allocations;
  int found = 0;
  for (int i = 0; i < 1000; ++i) {
    found +=
        table.lookup(Scheme::http, "A.Very.Long.Sub.Domain.Example.com:8080", "/x").has_value();
    found += table.lookup(Scheme::http, "example.com", "/a/b").has_value();
    found += table.lookup(Scheme::http, "nobody.org", "/").has_value();
  }
  CHECK(allocations == before);
  CHECK(found == 2000);
}
