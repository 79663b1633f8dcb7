#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "types/url.h"

using namespace skerry::types;

namespace {

using Setter = bool (Url::*)(std::string_view);

struct SetterCase {
  const char* href;
  Setter setter;
  std::string_view value;
  bool accepted;
  const char* result;
};

void check_case(const SetterCase& c) {
  CAPTURE(c.href);
  CAPTURE(c.value);
  auto url = parse_url(c.href);
  REQUIRE(url.has_value());
  CHECK(((*url).*c.setter)(c.value) == c.accepted);
  CHECK(url->href() == c.result);
  const auto again = parse_url(url->href());
  REQUIRE(again.has_value());
  CHECK(again->href() == url->href());
  CHECK(again->pathname() == url->pathname());
  CHECK(again->host() == url->host());
}

}  // namespace

TEST_CASE("url setters: href and protocol") {
  const SetterCase cases[] = {
      {"http://h/", &Url::set_href, " https://x ", true, "https://x/"},
      {"http://h/", &Url::set_href, "nonsense", false, "http://h/"},
      {"http://h:443/", &Url::set_protocol, "https", true, "https://h/"},
      {"http://h/", &Url::set_protocol, "HTTPS:whatever", true, "https://h/"},
      {"http://h/", &Url::set_protocol, "w\ts", true, "ws://h/"},
      {"http://h/", &Url::set_protocol, "foo", false, "http://h/"},
      {"foo://h/", &Url::set_protocol, "http", false, "foo://h/"},
      {"foo://h/", &Url::set_protocol, "b+a-r.1", true, "b+a-r.1://h/"},
      {"http://h/", &Url::set_protocol, "", false, "http://h/"},
      {"http://h/", &Url::set_protocol, "1x", false, "http://h/"},
      {"http://h/", &Url::set_protocol, "h_t", false, "http://h/"},
      {"http://h/", &Url::set_protocol, " http", false, "http://h/"},
      {"http://u@h/", &Url::set_protocol, "file", false, "http://u@h/"},
      {"http://h:81/", &Url::set_protocol, "file", false, "http://h:81/"},
      {"http://h/", &Url::set_protocol, "file", true, "file://h/"},
      {"file:///x", &Url::set_protocol, "http", false, "file:///x"},
      {"file://h/x", &Url::set_protocol, "http", true, "http://h/x"},
      {"mailto:x", &Url::set_protocol, "tel", true, "tel:x"},
  };
  for (const SetterCase& c : cases) check_case(c);
}

TEST_CASE("url setters: username and password") {
  const SetterCase cases[] = {
      {"http://h/", &Url::set_username, "me", true, "http://me@h/"},
      {"http://h/", &Url::set_password, "s:e c", true, "http://:s%3Ae%20c@h/"},
      {"http://u:p@h/", &Url::set_username, "", true, "http://:p@h/"},
      {"http://u:p@h/", &Url::set_password, "", true, "http://u@h/"},
      {"http://u@h/", &Url::set_username, "", true, "http://h/"},
      {"http://h/", &Url::set_username, "\t\xc3\xbc@", true, "http://%09%C3%BC%40@h/"},
      {"file://h/", &Url::set_username, "me", false, "file://h/"},
      {"foo:x", &Url::set_username, "me", false, "foo:x"},
      {"foo:///x", &Url::set_password, "me", false, "foo:///x"},
      {"foo://h/x", &Url::set_password, "me", true, "foo://:me@h/x"},
  };
  for (const SetterCase& c : cases) check_case(c);
}

TEST_CASE("url setters: host, hostname and port") {
  const SetterCase cases[] = {
      {"http://h/p", &Url::set_host, "X.test:81", true, "http://x.test:81/p"},
      {"http://h:81/p", &Url::set_host, "x", true, "http://x:81/p"},
      {"http://h:81/p", &Url::set_host, "x:80", true, "http://x/p"},
      {"http://h/p", &Url::set_host, "x:99999", false, "http://x/p"},
      {"http://h/p", &Url::set_host, "x:", false, "http://x/p"},
      {"http://h/p", &Url::set_host, "x:8y", true, "http://x:8/p"},
      {"http://h/p", &Url::set_host, "x/y?z", true, "http://x/p"},
      {"http://h/p", &Url::set_host, "x\\y", true, "http://x/p"},
      {"http://h/p", &Url::set_host, "", false, "http://h/p"},
      {"http://h/p", &Url::set_host, "a b", false, "http://h/p"},
      {"http://h/p", &Url::set_host, "[::1]:81", true, "http://[::1]:81/p"},
      {"http://h/p", &Url::set_host, "0x7f.1", true, "http://127.0.0.1/p"},
      {"http://h/p", &Url::set_hostname, "x:81", false, "http://h/p"},
      {"http://h:81/p", &Url::set_hostname, "x", true, "http://x:81/p"},
      {"mailto:x", &Url::set_host, "h", false, "mailto:x"},
      {"foo:/x", &Url::set_host, "h", true, "foo://h/x"},
      {"foo:/.//x", &Url::set_hostname, "h", true, "foo://h//x"},
      {"foo://h/x", &Url::set_host, "", true, "foo:///x"},
      {"foo://u@h/x", &Url::set_host, "", false, "foo://u@h/x"},
      {"foo://h:1/x", &Url::set_hostname, "", false, "foo://h:1/x"},
      {"file://h/x", &Url::set_host, "localhost", true, "file:///x"},
      {"file:///x", &Url::set_hostname, "h", true, "file://h/x"},
      {"file:///x", &Url::set_host, "h:1", false, "file:///x"},
      {"http://h/", &Url::set_port, "8080", true, "http://h:8080/"},
      {"http://h/", &Url::set_port, "8\t0", true, "http://h/"},
      {"http://h:81/", &Url::set_port, "", true, "http://h/"},
      {"http://h:81/", &Url::set_port, "82abc", true, "http://h:82/"},
      {"http://h:81/", &Url::set_port, "abc", false, "http://h:81/"},
      {"http://h:81/", &Url::set_port, "65536", false, "http://h:81/"},
      {"http://h:81/", &Url::set_port, "\n", false, "http://h:81/"},
      {"file://h/", &Url::set_port, "1", false, "file://h/"},
  };
  for (const SetterCase& c : cases) check_case(c);
}

TEST_CASE("url setters: pathname, search and hash") {
  const SetterCase cases[] = {
      {"http://h/p", &Url::set_pathname, "a/../b", true, "http://h/b"},
      {"http://h/p", &Url::set_pathname, "", true, "http://h/"},
      {"http://h/p", &Url::set_pathname, "\\x\\y", true, "http://h/x/y"},
      {"http://h/p", &Url::set_pathname, "/a?b#c", true, "http://h/a%3Fb%23c"},
      {"http://h/p", &Url::set_pathname, "//x", true, "http://h//x"},
      {"foo://h/p", &Url::set_pathname, "", true, "foo://h"},
      {"foo:/p", &Url::set_pathname, "", true, "foo:/"},
      {"foo:/p", &Url::set_pathname, "//x", true, "foo:/.//x"},
      {"foo://h/p", &Url::set_pathname, "\\x", true, "foo://h/\\x"},
      {"foo:p", &Url::set_pathname, "x", false, "foo:p"},
      {"file:///x", &Url::set_pathname, "C|/y", true, "file:///C:/y"},
      {"http://h/p", &Url::set_search, "a=1", true, "http://h/p?a=1"},
      {"http://h/p", &Url::set_search, "??a#b'", true, "http://h/p??a%23b%27"},
      {"http://h/p?q#f", &Url::set_search, "", true, "http://h/p#f"},
      {"http://h/p?q#f", &Url::set_search, "?", true, "http://h/p?#f"},
      {"foo:p?q", &Url::set_search, "'\n", true, "foo:p?'"},
      {"foo:p ?q", &Url::set_search, "", true, "foo:p%20"},
      {"http://h/p", &Url::set_hash, "#a b", true, "http://h/p#a%20b"},
      {"http://h/p#f", &Url::set_hash, "", true, "http://h/p"},
      {"http://h/p#f", &Url::set_hash, "#", true, "http://h/p#"},
      {"http://h/p", &Url::set_hash, "\xc3\xbc`\r", true, "http://h/p#%C3%BC%60"},
      {"http://h/p?x", &Url::set_serialized_query, "", true, "http://h/p"},
      {"http://h/p#f", &Url::set_serialized_query, "a=b+c", true, "http://h/p?a=b+c#f"},
  };
  for (const SetterCase& c : cases) check_case(c);
}

TEST_CASE("url setters: a view into the URL itself may be the value") {
  auto url = parse_url("http://host/path?query#hash");
  REQUIRE(url.has_value());
  CHECK(url->set_hash(url->href()));
  CHECK(url->set_pathname(url->hash()));
  CHECK(url->set_href(url->href()));
  CHECK(url->href() ==
        "http://host/%23http://host/path%3Fquery%23hash?query#http://host/path?query#hash");
}
