#include "types/ip_address.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace skerry::types;
using namespace std::string_view_literals;

namespace {

bool is_private(std::string_view text) {
  const auto address = parse_ip_address(text);
  REQUIRE_MESSAGE(address.has_value(), text);
  return is_private_address(*address);
}

bool contains(std::string_view cidr, std::string_view text) {
  const auto block = parse_cidr(cidr);
  REQUIRE_MESSAGE(block.has_value(), cidr);
  return block->contains(*parse_ip_address(text));
}

}  // namespace

TEST_CASE("ip address: parse and format") {
  const char* const cases[][2] = {
      {"1.2.3.4", "1.2.3.4"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"::", "::"},
      {"::1", "::1"},
      {"::ffff:1.2.3.4", "1.2.3.4"},
      {"::FFFF:102:304", "1.2.3.4"},
      {"2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"},
      {"64:ff9b::1.2.3.4", "64:ff9b::102:304"},
  };
  for (const auto& c : cases) {
    CAPTURE(c[0]);
    const auto address = parse_ip_address(c[0]);
    REQUIRE(address.has_value());
    CHECK(format_ip_address(*address) == c[1]);
    CHECK(parse_ip_address(c[1]) == address);
  }
  for (const std::string_view bad : {""sv,
                                     "1"sv,
                                     "1.2.3"sv,
                                     "1.2.3.4.5"sv,
                                     "1.2.3.256"sv,
                                     "01.2.3.4"sv,
                                     "1.2.3.4 "sv,
                                     " 1.2.3.4"sv,
                                     "1.2.3.0x4"sv,
                                     "1..2.3"sv,
                                     "1.2.3."sv,
                                     "1.2.3.4\0"sv,
                                     "[::1]"sv,
                                     "::1%eth0"sv,
                                     ":"sv,
                                     ":::"sv,
                                     "1:2:3:4:5:6:7:8:9"sv,
                                     "g::"sv,
                                     "00001::"sv,
                                     "1.2.3.99999999999"sv}) {
    CAPTURE(bad);
    CHECK(!parse_ip_address(bad).has_value());
  }
  CHECK(!parse_ip_address(std::string(1 << 20, '1')).has_value());
  CHECK(!parse_ip_address(std::string(1 << 20, ':')).has_value());
}

TEST_CASE("ip address: blocks") {
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK(!contains("10.0.0.0/8", "11.0.0.1"));
  CHECK(contains("10.9.8.7/8", "10.0.0.1"));
  CHECK(contains("192.168.4.0/22", "192.168.7.255"));
  CHECK(!contains("192.168.4.0/22", "192.168.8.0"));
  CHECK(contains("1.2.3.4", "1.2.3.4"));
  CHECK(!contains("1.2.3.4", "1.2.3.5"));
  CHECK(contains("0.0.0.0/0", "8.8.8.8"));
  CHECK(!contains("0.0.0.0/0", "2001:db8::1"));
  CHECK(contains("::/0", "8.8.8.8"));
  CHECK(contains("fc00::/7", "fdff::1"));
  CHECK(!contains("fc00::/7", "fe00::1"));
  CHECK(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
  CHECK(contains("2001:db8::1/128", "2001:db8::1"));
  for (const char* bad : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1",
                          "10.0.0.0/8 ", "10.0.0.0/+8", "10.0.0/8", "::/99999999999999"}) {
    CAPTURE(bad);
    CHECK(!parse_cidr(bad).has_value());
  }
}

TEST_CASE("ip address: what a tenant must not reach") {
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.254",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.0.2.1",
                              "192.88.99.1",
                              "192.168.1.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "239.255.255.255",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::127.0.0.1",
                              "::8.8.8.8",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "::ffff:0:10.0.0.1",
                              "64:ff9b::10.0.0.1",
                              "64:ff9b::169.254.169.254",
                              "64:ff9b:1::8.8.8.8",
                              "2002:a00:1::",
                              "2002:7f00:1::1",
                              "2002:a9fe:a9fe::",
                              "2001:0:a00:1::1",
                              "2001:0:808:808:0:0:f5ff:fffe",
                              "fc00::1",
                              "fdff::1",
                              "fe80::1",
                              "febf::1",
                              "fec0::1",
                              "ff02::1",
                              "100::1",
                              "2001:db8::1",
                              "3fff::1",
                              "5f00::1"}) {
    CAPTURE(address);
    CHECK(is_private(address));
  }
  for (const char* address :
       {"1.1.1.1",          "8.8.8.8",         "9.255.255.255",
        "11.0.0.0",         "100.63.255.255",  "100.128.0.0",
        "126.255.255.255",  "128.0.0.1",       "169.253.0.1",
        "172.15.255.255",   "172.32.0.0",      "192.167.255.255",
        "192.169.0.0",      "198.17.0.1",      "198.20.0.0",
        "223.255.255.255",  "::ffff:8.8.8.8",  "::ffff:0:8.8.8.8",
        "64:ff9b::8.8.8.8", "2002:808:808::1", "2606:4700::1111",
        "2a00::1",          "2001:4860::8888", "2001:0:808:808:0:0:f7f7:f7f7"}) {
    CAPTURE(address);
    CHECK(!is_private(address));
  }
}
