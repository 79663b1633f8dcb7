// A small, seeded stand-in for a fuzzer: mutated URLs must not crash, and what parses must parse
// back to itself.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

#include "types/url.h"

using namespace skerry::types;

namespace {

constexpr std::string_view seeds[] = {
    "http://user:pass@example.test:8080/a/b/../c?x=1&y=2#frag",
    "https://b\xc3\xbc"
    "cher.test/caf\xc3\xa9?\xe2\x82\xac#\xf0\x9f\x98\x80",
    "file:///C|/Windows/../x",
    "foo:/.//a/b?c#d",
    "mailto:someone @x ?y",
    "http://[2001:db8::1.2.3.4]:99/",
    "ws://0x7f.0.0.1./%2e%2E/..%2f",
    "blob:https://h/1",
    "//h/p",
    "../..//x?",
};
constexpr std::string_view pieces[] = {
    "/",       "\\",   ":",    "@",    "?",    "#",     "[",        "]",
    "..",      "%2e",  ".",    "%",    "//",   "\t",    "\n",       " ",
    "C:",      "C|",   "xn--", "0x",   "::",   "[::1]", "\0",       "/.",
    "%00",     "\xff", ":80",  "http", "file", "foo:/", "\xc3\xbc", "\xe3\x80\x82",
    "1.2.3.4",
};

template <size_t size>
std::string_view pick(const std::string_view (&from)[size], std::mt19937_64& random) {
  return from[random() % size];
}

std::string mutate(std::string text, std::mt19937_64& random) {
  for (size_t changes = 1 + random() % 5; changes > 0; --changes) {
    const size_t at = text.empty() ? 0 : random() % text.size();
    switch (random() % 4) {
      case 0: text.insert(at, pick(pieces, random)); break;
      case 1: text.erase(at, 1 + random() % 4); break;
      case 2: text.insert(at, 1, static_cast<char>(random())); break;
      default: text.insert(at, pick(seeds, random).substr(random() % 5, random() % 12)); break;
    }
  }
  return text;
}

void check_round_trip(const Url& url) {
  const auto again = parse_url(url.href());
  REQUIRE_MESSAGE(again.has_value(), url.href());
  CHECK(again->href() == url.href());
  CHECK(again->host() == url.host());
  CHECK(again->pathname() == url.pathname());
  CHECK(again->username() == url.username());
  CHECK(again->password() == url.password());
  CHECK(again->search() == url.search());
  CHECK(again->hash() == url.hash());
  CHECK(again->origin() == url.origin());
  for (const char c : url.href()) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) {
      FAIL_CHECK("not printable ASCII: " << url.href());
    }
  }
}

}  // namespace

TEST_CASE("url: 20,000 mutated inputs neither crash nor change when parsed again") {
  constexpr uint64_t seed = 0x5eed0fed6e;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  int parsed = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto base = parse_url(mutate(std::string(pick(seeds, random)), random));
    const auto url =
        parse_url(mutate(std::string(pick(seeds, random)), random), base ? &*base : nullptr);
    if (!url) continue;
    ++parsed;
    check_round_trip(*url);
  }
  CHECK(parsed > 5'000);
}

TEST_CASE("url: setters with mutated values keep the URL sound") {
  constexpr bool (Url::* setters[])(std::string_view) = {
      &Url::set_href,   &Url::set_protocol, &Url::set_username, &Url::set_password,
      &Url::set_host,   &Url::set_hostname, &Url::set_port,     &Url::set_pathname,
      &Url::set_search, &Url::set_hash};
  std::mt19937_64 random(77);
  auto url = parse_url("http://h/");
  for (int i = 0; i < 20'000; ++i) {
    if (i % 16 == 0) {
      if (auto fresh = parse_url(mutate(std::string(pick(seeds, random)), random))) url = fresh;
    }
    const auto setter = setters[random() % (sizeof setters / sizeof *setters)];
    const std::string_view part = pick(seeds, random);
    const size_t from = random() % part.size();
    ((*url).*setter)(mutate(std::string(part.substr(from, random() % 12)), random));
    check_round_trip(*url);
  }
}
