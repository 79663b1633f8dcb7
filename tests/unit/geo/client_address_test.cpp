#include "geo/client_address.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace skerry::geo {
namespace {

std::string text_of(const Address& address) {
  char text[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, address.data(), text, sizeof text);
  const std::string out = text;
  return out.starts_with("::ffff:") ? out.substr(7) : out;
}

std::string hop(std::string_view text) {
  const auto address = parse_forwarded_hop(text);
  return address ? text_of(*address) : "";
}

// Trusted: 10.0.0.0/8 and fd00::/8.
std::string client(const char* peer, std::vector<std::string_view> values) {
  const auto trusted = [](const Address& address) {
    const std::string text = text_of(address);
    return text.starts_with("10.") || text.starts_with("fd");
  };
  return text_of(client_address(*parse_forwarded_hop(peer), values, trusted));
}

TEST_CASE("one hop") {
  CHECK(hop("1.2.3.4") == "1.2.3.4");
  CHECK(hop(" \t1.2.3.4 ") == "1.2.3.4");
  CHECK(hop("1.2.3.4:8080") == "1.2.3.4");
  CHECK(hop("2001:db8::1") == "2001:db8::1");
  CHECK(hop("[2001:db8::1]") == "2001:db8::1");
  CHECK(hop("[2001:db8::1]:443") == "2001:db8::1");
  CHECK(hop("::ffff:1.2.3.4") == "1.2.3.4");
  for (const char* junk :
       {"",          " ",         "unknown",   "_hidden",        "1.2.3",     "1.2.3.4.5",
        "1.2.3.256", "1.2.3.4:",  "1.2.3.4:x", "1.2.3.4:123456", "[::1",      "[::1]x",
        "[::1]:",    "[1.2.3.4]", "::1%lo",    "\"1.2.3.4\"",    "1.2.3.4 5", "for=1.2.3.4",
        ":::",       "[]",        "]"}) {
    CAPTURE(junk);
    CHECK(hop(junk) == "");
  }
  CHECK(hop(std::string_view("1.2.3.4\0", 8)) == "");
  CHECK(hop(std::string(5000, '1')) == "");
}

TEST_CASE("the peer counts unless it is trusted") {
  CHECK(client("9.9.9.9", {"1.1.1.1"}) == "9.9.9.9");
  CHECK(client("10.0.0.1", {}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {"1.1.1.1"}) == "1.1.1.1");
  CHECK(client("fd00::1", {"2001:db8::7"}) == "2001:db8::7");
}

TEST_CASE("the rightmost untrusted hop is the client") {
  CHECK(client("10.0.0.1", {"6.6.6.6, 1.1.1.1"}) == "1.1.1.1");
  CHECK(client("10.0.0.1", {"6.6.6.6, 1.1.1.1, 10.0.0.2, fd00::3"}) == "1.1.1.1");
  CHECK(client("10.0.0.1", {"6.6.6.6", "1.1.1.1,10.0.0.9", "10.0.0.2"}) == "1.1.1.1");
  CHECK(client("10.0.0.1", {"10.0.0.3, 10.0.0.2"}) == "10.0.0.3");
}

TEST_CASE("junk ends the search") {
  CHECK(client("10.0.0.1", {"1.1.1.1, unknown"}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {"1.1.1.1, x, 10.0.0.2"}) == "10.0.0.2");
  CHECK(client("10.0.0.1", {""}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {","}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {"1.1.1.1,"}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {"9.9.9.9", ",10.0.0.2"}) == "10.0.0.2");
  std::string many = "1.1.1.1";
  for (int i = 0; i < 100'000; ++i) many += ",10.0.0.2";
  CHECK(client("10.0.0.1", {many}) == "10.0.0.2");
}

}  // namespace
}  // namespace skerry::geo
