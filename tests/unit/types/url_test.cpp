#include "types/url.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

using namespace skerry::types;

namespace {

struct ParseCase {
  const char* input;
  const char* base;  // null for none
  const char* href;  // null when the input is refused
};

std::optional<Url> parse_with(std::string_view input, const char* base) {
  if (base == nullptr) return parse_url(input);
  const auto parsed_base = parse_url(base);
  REQUIRE_MESSAGE(parsed_base.has_value(), base);
  return parse_url(input, &*parsed_base);
}

void check_case(const ParseCase& c) {
  CAPTURE(c.input);
  const auto url = parse_with(c.input, c.base);
  if (c.href == nullptr) {
    CHECK_MESSAGE(!url.has_value(), (url ? url->href() : std::string_view()));
    return;
  }
  REQUIRE(url.has_value());
  CHECK(url->href() == c.href);
  const auto again = parse_url(url->href());
  REQUIRE(again.has_value());
  CHECK(again->href() == url->href());
}

const ParseCase absolute_cases[] = {
    // Plain ones, and what makes them less plain.
    {"http://edge.test/", nullptr, "http://edge.test/"},
    {"https://edge.test/a/b.html?x=1&y=2#top", nullptr, "https://edge.test/a/b.html?x=1&y=2#top"},
    {"http://edge.test", nullptr, "http://edge.test/"},
    {"http://edge.test?q", nullptr, "http://edge.test/?q"},
    {"http://edge.test#f", nullptr, "http://edge.test/#f"},
    {"HTTP://Edge.TEST/Path", nullptr, "http://edge.test/Path"},
    {"  http://edge.test/ \x01", nullptr, "http://edge.test/"},
    {"ht\ntp://ed\tge.test/\r", nullptr, "http://edge.test/"},
    {"http:edge.test", nullptr, "http://edge.test/"},
    {"http:/edge.test/x", nullptr, "http://edge.test/x"},
    {"http:\\\\edge.test\\x\\y", nullptr, "http://edge.test/x/y"},
    {"http://////edge.test", nullptr, "http://edge.test/"},
    {"http://edge.test//a//", nullptr, "http://edge.test//a//"},
    {"http://edge.test/?", nullptr, "http://edge.test/?"},
    {"http://edge.test/#", nullptr, "http://edge.test/#"},
    {"http://edge.test/?#", nullptr, "http://edge.test/?#"},
    {"http://edge.test/#a#b?c", nullptr, "http://edge.test/#a#b?c"},
    {"http://a_b.test/", nullptr, "http://a_b.test/"},
    {"http://a.test./", nullptr, "http://a.test./"},
    {"http://a..test/", nullptr, "http://a..test/"},
    {"http://-a-/", nullptr, "http://-a-/"},
    // Ports.
    {"http://edge.test:80/", nullptr, "http://edge.test/"},
    {"https://edge.test:443/", nullptr, "https://edge.test/"},
    {"https://edge.test:80/", nullptr, "https://edge.test:80/"},
    {"http://edge.test:8080/", nullptr, "http://edge.test:8080/"},
    {"http://edge.test:/", nullptr, "http://edge.test/"},
    {"http://edge.test:0/", nullptr, "http://edge.test:0/"},
    {"http://edge.test:00080/", nullptr, "http://edge.test/"},
    {"http://edge.test:0000000000000000000081/", nullptr, "http://edge.test:81/"},
    {"http://edge.test:65535/", nullptr, "http://edge.test:65535/"},
    {"http://edge.test:65536/", nullptr, nullptr},
    {"http://edge.test:99999999999999999999/", nullptr, nullptr},
    {"http://edge.test:8a/", nullptr, nullptr},
    {"http://edge.test:-1/", nullptr, nullptr},
    {"ws://edge.test:80/", nullptr, "ws://edge.test/"},
    {"wss://edge.test:443", nullptr, "wss://edge.test/"},
    {"ftp://edge.test:21/f", nullptr, "ftp://edge.test/f"},
    // Credentials.
    {"http://u@edge.test/", nullptr, "http://u@edge.test/"},
    {"http://u:p@edge.test/", nullptr, "http://u:p@edge.test/"},
    {"http://:p@edge.test/", nullptr, "http://:p@edge.test/"},
    {"http://u:@edge.test/", nullptr, "http://u@edge.test/"},
    {"http://:@edge.test/", nullptr, "http://edge.test/"},
    {"http://@edge.test/", nullptr, "http://edge.test/"},
    {"http://a@b@edge.test/", nullptr, "http://a%40b@edge.test/"},
    {"http://a:b:c@edge.test/", nullptr, "http://a:b%3Ac@edge.test/"},
    {"http://u p:p/w@edge.test/", nullptr, nullptr},
    {"http://u<>:[]@edge.test/", nullptr, "http://u%3C%3E:%5B%5D@edge.test/"},
    {"http://u@/", nullptr, nullptr},
    {"http://u@:80/", nullptr, nullptr},
    // Paths.
    {"http://h/a/./b", nullptr, "http://h/a/b"},
    {"http://h/a/../b", nullptr, "http://h/b"},
    {"http://h/a/b/..", nullptr, "http://h/a/"},
    {"http://h/a/b/.", nullptr, "http://h/a/b/"},
    {"http://h/../../x", nullptr, "http://h/x"},
    {"http://h/a/%2e/b", nullptr, "http://h/a/b"},
    {"http://h/a/%2E%2e/b", nullptr, "http://h/b"},
    {"http://h/a/.%2e", nullptr, "http://h/"},
    {"http://h/a/%2e.", nullptr, "http://h/"},
    {"http://h/a/...", nullptr, "http://h/a/..."},
    {"http://h/.well-known/x", nullptr, "http://h/.well-known/x"},
    {"http://h/a.b/c..", nullptr, "http://h/a.b/c.."},
    {"http://h/%2f%41%zz%", nullptr, "http://h/%2f%41%zz%"},
    {"http://h/ \"<>^`{}|", nullptr, "http://h/%20%22%3C%3E%5E%60%7B%7D|"},
    {"http://h/caf\xc3\xa9", nullptr, "http://h/caf%C3%A9"},
    {"http://h/\xff\xfe", nullptr, "http://h/%FF%FE"},
    {"http://h/a;b=c,d:e@f!$&'()*+~", nullptr, "http://h/a;b=c,d:e@f!$&'()*+~"},
    {"http://h/[x]", nullptr, "http://h/[x]"},
    // Queries and fragments.
    {"http://h/?a b\"<>'`", nullptr, "http://h/?a%20b%22%3C%3E%27`"},
    {"foo://h/?a'b", nullptr, "foo://h/?a'b"},
    {"http://h/?\xe2\x82\xac", nullptr, "http://h/?%E2%82%AC"},
    {"http://h/?a?b/../c\\", nullptr, "http://h/?a?b/../c\\"},
    {"http://h/#a b\"<>`'", nullptr, "http://h/#a%20b%22%3C%3E%60'"},
    {"http://h/#\xf0\x9f\x98\x80", nullptr, "http://h/#%F0%9F%98%80"},
    // Hosts that are addresses.
    {"http://127.0.0.1/", nullptr, "http://127.0.0.1/"},
    {"http://127.0.0.1:8787/x", nullptr, "http://127.0.0.1:8787/x"},
    {"http://127.1/", nullptr, "http://127.0.0.1/"},
    {"http://0x7f.1/", nullptr, "http://127.0.0.1/"},
    {"http://017700000001/", nullptr, "http://127.0.0.1/"},
    {"http://4294967295/", nullptr, "http://255.255.255.255/"},
    {"http://4294967296/", nullptr, nullptr},
    {"http://1.2.3.4./", nullptr, "http://1.2.3.4/"},
    {"http://1.2.3.4../", nullptr, "http://1.2.3.4../"},
    {"http://1.2.3.4.5/", nullptr, nullptr},
    {"http://256.1.1.1/", nullptr, nullptr},
    {"http://1.2.65536/", nullptr, nullptr},
    {"http://1..2/", nullptr, nullptr},
    {"http://09/", nullptr, nullptr},
    {"http://a.09/", nullptr, nullptr},
    {"http://a.0x/", nullptr, nullptr},
    {"http://0x/", nullptr, "http://0.0.0.0/"},
    {"http://1e2/", nullptr, "http://1e2/"},
    {"http://0xfffffffffffffffffffffff/", nullptr, nullptr},
    {"http://%31%32%37.1/", nullptr, "http://127.0.0.1/"},
    {"http://[::1]/", nullptr, "http://[::1]/"},
    {"http://[::]/", nullptr, "http://[::]/"},
    {"http://[1:0:0:2:0:0:0:3]/", nullptr, "http://[1:0:0:2::3]/"},
    {"http://[1:0:2:3:4:5:6:7]/", nullptr, "http://[1:0:2:3:4:5:6:7]/"},
    {"http://[0:0:1:2:3:4:0:0]/", nullptr, "http://[::1:2:3:4:0:0]/"},
    {"http://[2001:DB8::A]:8080/", nullptr, "http://[2001:db8::a]:8080/"},
    {"http://[::ffff:1.2.3.4]/", nullptr, "http://[::ffff:102:304]/"},
    {"http://[1:2:3:4:5:6:7::]/", nullptr, "http://[1:2:3:4:5:6:7:0]/"},
    {"http://[::1:2:3:4:5:6:7]/", nullptr, "http://[0:1:2:3:4:5:6:7]/"},
    {"http://[1:2:3:4:5:6:7:8:9]/", nullptr, nullptr},
    {"http://[1:2:3:4:5:6:7]/", nullptr, nullptr},
    {"http://[1::2::3]/", nullptr, nullptr},
    {"http://[:1]/", nullptr, nullptr},
    {"http://[1:]/", nullptr, nullptr},
    {"http://[12345::]/", nullptr, nullptr},
    {"http://[::1.2.3]/", nullptr, nullptr},
    {"http://[::1.2.3.4.5]/", nullptr, nullptr},
    {"http://[::01.2.3.4]/", nullptr, nullptr},
    {"http://[::1.2.3.256]/", nullptr, nullptr},
    {"http://[1:2:3:4:5:6:7:1.2.3.4]/", nullptr, nullptr},
    {"http://[::1%25eth0]/", nullptr, nullptr},
    {"http://[::1/", nullptr, nullptr},
    {"http://[/", nullptr, nullptr},
    {"http://[]/", nullptr, nullptr},
    {"http://[::1]x/", nullptr, nullptr},
    // Domains.
    {"http://b\xc3\xbc"
     "cher.test/",
     nullptr, "http://xn--bcher-kva.test/"},
    {"http://\xe2\x98\x83.test/", nullptr, "http://xn--n3h.test/"},
    {"http://fa\xc3\x9f.test/", nullptr, "http://xn--fa-hia.test/"},
    {"http://\xef\xbc\xa7\xef\xbd\x8f.test/", nullptr, "http://go.test/"},
    {"http://a\xe3\x80\x82test/", nullptr, "http://a.test/"},
    {"http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1/", nullptr, "http://127.0.0.1/"},
    {"http://%C3%BC.test/", nullptr, "http://xn--tda.test/"},
    {"http://XN--TDA.test/", nullptr, "http://xn--tda.test/"},
    {"http://xn--8i7caa.test/", nullptr, "http://xn--8i7caa.test/"},
    {"http://xn--/", nullptr, "http://xn--/"},
    {"http://\xc3\xbc.xn--8i7caa/", nullptr, nullptr},
    {"http://\xc2\xad/", nullptr, nullptr},
    {"http://\xff.test/", nullptr, nullptr},
    {"http://\xef\xbf\xbd.test/", nullptr, nullptr},
    {"http://a\xe2\x80\x8c"
     "b.test/",
     nullptr, nullptr},
    {"http://a b/", nullptr, nullptr},
    {"http://a%20b/", nullptr, nullptr},
    {"http://a%00b/", nullptr, nullptr},
    {"http://a%/", nullptr, nullptr},
    {"http://a<b/", nullptr, nullptr},
    {"http://a^b/", nullptr, nullptr},
    {"http://a|b/", nullptr, nullptr},
    {"http://a\x7f/", nullptr, nullptr},
    {"http://a!\"$&'()*+,;=`{}~b/", nullptr, "http://a!\"$&'()*+,;=`{}~b/"},
    {"http:///", nullptr, nullptr},
    {"http://", nullptr, nullptr},
    {"https:", nullptr, nullptr},
    {"http://:80/", nullptr, nullptr},
    {"http://?x", nullptr, nullptr},
    // Schemes that are not special.
    {"foo:bar", nullptr, "foo:bar"},
    {"FOO:Bar Baz", nullptr, "foo:Bar Baz"},
    {"foo:", nullptr, "foo:"},
    {"foo:/", nullptr, "foo:/"},
    {"foo:/a/../b", nullptr, "foo:/b"},
    {"foo:/..//x", nullptr, "foo:/.//x"},
    {"foo:/.//x", nullptr, "foo:/.//x"},
    {"foo://", nullptr, "foo://"},
    {"foo:///", nullptr, "foo:///"},
    {"foo://host", nullptr, "foo://host"},
    {"foo://HOST/%41", nullptr, "foo://HOST/%41"},
    {"foo://h\xc3\xbc/", nullptr, "foo://h%C3%BC/"},
    {"foo://1.2/", nullptr, "foo://1.2/"},
    {"foo://h:80/", nullptr, "foo://h:80/"},
    {"foo://u@/", nullptr, nullptr},
    {"foo://:80/", nullptr, nullptr},
    {"foo://a b/", nullptr, nullptr},
    {"foo://a\\b/", nullptr, nullptr},
    {"foo://h\\x", nullptr, nullptr},
    {"foo://h?q#f", nullptr, "foo://h?q#f"},
    {"foo:\\x", nullptr, "foo:\\x"},
    {"foo:a b ", nullptr, "foo:a b"},
    {"foo:a  ?q", nullptr, "foo:a %20?q"},
    {"foo: #f", nullptr, "foo:%20#f"},
    {"data:text/plain,a<b>\xc3\xa9\x7f", nullptr, "data:text/plain,a<b>%C3%A9%7F"},
    {"javascript:alert('\"')", nullptr, "javascript:alert('\"')"},
    {"a+b-c.1:x", nullptr, "a+b-c.1:x"},
    {"1a:x", nullptr, nullptr},
    {"a_b:x", nullptr, nullptr},
    {":x", nullptr, nullptr},
    {"", nullptr, nullptr},
    {"//edge.test/", nullptr, nullptr},
    {"/x", nullptr, nullptr},
    // Files.
    {"file:///a/b", nullptr, "file:///a/b"},
    {"file:a", nullptr, "file:///a"},
    {"file:/a", nullptr, "file:///a"},
    {"file://localhost/a", nullptr, "file:///a"},
    {"file://LOCAL%48ost/a", nullptr, "file:///a"},
    {"file://Host/a", nullptr, "file://host/a"},
    {"file:///C|/x", nullptr, "file:///C:/x"},
    {"file:C|", nullptr, "file:///C:"},
    {"file://C:/x", nullptr, "file:///C:/x"},
    {"file:///C:/../..", nullptr, "file:///C:/"},
    {"file:///C:/a/../../b", nullptr, "file:///C:/b"},
    {"file:///CC|/x", nullptr, "file:///CC|/x"},
    {"file:///x/C|/y", nullptr, "file:///x/C|/y"},
    {"file:\\\\h\\x", nullptr, "file://h/x"},
    {"file://h:80/", nullptr, nullptr},
    {"file://u@h/", nullptr, nullptr},
    {"file:?q", nullptr, "file:///?q"},
    {"file:#f", nullptr, "file:///#f"},
    {"file:////x", nullptr, "file:////x"},
};

const ParseCase relative_cases[] = {
    {"", "http://h/a/b?q#f", "http://h/a/b?q"},
    {"c", "http://h/a/b?q#f", "http://h/a/c"},
    {"?x", "http://h/a/b?q#f", "http://h/a/b?x"},
    {"#x", "http://h/a/b?q#f", "http://h/a/b?q#x"},
    {"/x", "http://u:p@h:81/a/b?q", "http://u:p@h:81/x"},
    {"\\x", "http://h/a", "http://h/x"},
    {"\\\\x\\y", "http://h/a", "http://x/y"},
    {"//x/y", "https://h/a", "https://x/y"},
    {"///x/y", "https://h/a", "https://x/y"},
    {"..", "http://h/a/b/c", "http://h/a/"},
    {"../../../..", "http://h/a/b/c", "http://h/"},
    {"./", "http://h/a/b", "http://h/a/"},
    {".", "http://h/a/b", "http://h/a/"},
    {"http:x", "http://h/a/b", "http://h/a/x"},
    {"http:/x", "http://h/a/b", "http://h/x"},
    {"http:x", "https://h/a/b", "http://x/"},
    {"https://z/", "http://h/", "https://z/"},
    {"a:b", "http://h/", "a:b"},
    {"x", "foo:bar", nullptr},
    {"", "foo:bar", nullptr},
    {"?x", "foo:bar", nullptr},
    {"#x", "foo:bar?q#f", "foo:bar?q#x"},
    {"x", "foo://h", "foo://h/x"},
    {"x", "foo:/a/b", "foo:/a/x"},
    {"//x", "foo:/a", "foo://x"},
    {"\\x", "foo://h/a", "foo://h/\\x"},
    {"..//x", "foo:/a", "foo:/.//x"},
    {"?q", "foo://h", "foo://h?q"},
    {"x", "file:///a/b", "file:///a/x"},
    {"", "file://h/a?q", "file://h/a?q"},
    {"?z", "file://h/a?q", "file://h/a?z"},
    {"#z", "file://h/a?q", "file://h/a?q#z"},
    {"/x", "file:///C:/a", "file:///C:/x"},
    {"/x", "file://h/C:/a", "file://h/C:/x"},
    {"/D:/x", "file:///C:/a", "file:///D:/x"},
    {"D|/x", "file:///C:/a", "file:///D:/x"},
    {"..", "file:///C:/", "file:///C:/"},
    {"//h2/x", "file://h/a", "file://h2/x"},
    {"file:x", "file:///a/b", "file:///a/x"},
    {"file:x", "http://h/", "file:///x"},
};

}  // namespace

TEST_CASE("url: absolute inputs") {
  static_assert(sizeof absolute_cases / sizeof *absolute_cases >= 180);
  for (const ParseCase& c : absolute_cases) check_case(c);
}

TEST_CASE("url: relative inputs") {
  for (const ParseCase& c : relative_cases) check_case(c);
}

TEST_CASE("url: every getter") {
  const auto url = parse_url("https://us%20er:pa:ss@Host.Test:8443/p/a?q=1#frag");
  REQUIRE(url.has_value());
  CHECK(url->origin() == "https://host.test:8443");
  CHECK(url->protocol() == "https:");
  CHECK(url->scheme() == "https");
  CHECK(url->username() == "us%20er");
  CHECK(url->password() == "pa%3Ass");
  CHECK(url->host() == "host.test:8443");
  CHECK(url->hostname() == "host.test");
  CHECK(url->port() == "8443");
  CHECK(url->port_number() == 8443);
  CHECK(url->pathname() == "/p/a");
  CHECK(url->search() == "?q=1");
  CHECK(url->hash() == "#frag");
  CHECK(url->query() == "q=1");
  CHECK(url->fragment() == "frag");
  CHECK(url->path_and_query() == "/p/a?q=1");
  CHECK(url->href_without_fragment() == "https://us%20er:pa%3Ass@host.test:8443/p/a?q=1");
  CHECK(url->has_credentials());
  CHECK(url->is_special());
}

TEST_CASE("url: getters where components are missing or empty") {
  const auto opaque = parse_url("mailto:x@y");
  REQUIRE(opaque.has_value());
  CHECK(opaque->has_opaque_path());
  CHECK(!opaque->has_host());
  CHECK(opaque->host().empty());
  CHECK(opaque->username().empty());
  CHECK(opaque->password().empty());
  CHECK(opaque->port().empty());
  CHECK(opaque->pathname() == "x@y");
  CHECK(opaque->origin() == "null");
  CHECK(opaque->port_or_default() == 0);
  const auto empty = parse_url("http://h/?#");
  REQUIRE(empty.has_value());
  CHECK(empty->search().empty());
  CHECK(empty->hash().empty());
  CHECK(empty->query() == "");
  CHECK(empty->fragment() == "");
  CHECK(empty->port_or_default() == 80);
  const auto dotted = parse_url("foo:/.//a");
  REQUIRE(dotted.has_value());
  CHECK(dotted->pathname() == "//a");
  CHECK(dotted->host().empty());
}

TEST_CASE("url: origins") {
  const struct {
    const char* input;
    const char* origin;
  } cases[] = {
      {"http://h:80/x", "http://h"},
      {"wss://h:1/", "wss://h:1"},
      {"ftp://h/", "ftp://h"},
      {"file:///x", "null"},
      {"foo://h/", "null"},
      {"blob:https://h:444/uuid", "https://h:444"},
      {"blob:ftp://h/uuid", "null"},
      {"blob:blob:https://h/", "null"},
      {"blob:", "null"},
      {"data:,x", "null"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.input);
    const auto url = parse_url(c.input);
    REQUIRE(url.has_value());
    CHECK(url->origin() == c.origin);
  }
}

TEST_CASE("url: hostile sizes and bytes") {
  const std::string million(1 << 20, 'a');
  CHECK(parse_url("http://h/" + million).has_value());
  CHECK(parse_url("http://" + million + "/").has_value());
  CHECK(parse_url("http://h/?" + std::string(1 << 20, ' ') + "x").has_value());
  CHECK(!parse_url(million).has_value());
  CHECK(!parse_url("http://[" + million + "]/").has_value());
  CHECK(!parse_url("http://" + std::string(1 << 20, '1') + "/").has_value());
  CHECK(!parse_url("http://" + std::string(1 << 20, '[')).has_value());
  CHECK(parse_url("http://" + std::string(1 << 20, '@') + "h/").has_value());
  std::string dots;
  for (int i = 0; i < 200'000; ++i) dots += "/a/..";
  const auto deep = parse_url("http://h" + dots);
  REQUIRE(deep.has_value());
  CHECK(deep->href() == "http://h/");
  std::string umlauts;
  for (int i = 0; i < 500'000; ++i) umlauts += "\xc3\xbc";
  CHECK(!parse_url("http://" + umlauts + "/").has_value());
  CHECK(parse_url("http://h/" + umlauts)->href().size() == 9 + 6 * 500'000);
  using namespace std::string_view_literals;
  CHECK(parse_url("http://h/\0x\0"sv)->href() == "http://h/%00x");
  CHECK(parse_url("http://h/?\0x\0#\0y"sv)->href() == "http://h/?%00x%00#%00y");
  CHECK(!parse_url("http://h\0/"sv).has_value());
  CHECK(!parse_url("foo://h\0/"sv).has_value());
  CHECK(parse_url("\0\0http://h/"sv).has_value());
}
