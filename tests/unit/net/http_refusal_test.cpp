// Requests that must be refused, written from RFC 9112 and RFC 9110, each with the status it gets.
// Every one is sent at once, byte by byte, and behind a good request.
#include <random>

#include "http_harness.h"

using namespace skerry;
using namespace skerry::net::testing;

namespace {

struct Bad {
  std::string what;
  int status;
  std::string request;
};

std::string get(const std::string& lines) {
  return "GET / HTTP/1.1\r\n" + lines + "\r\n";
}
std::string post(const std::string& lines, const std::string& body = "") {
  return "POST /echo HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n" + body;
}
std::string line(const std::string& request_line) {
  return request_line + "\r\nHost: a\r\n\r\n";
}
std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

std::vector<Bad> request_lines() {
  return {
      {"lower-case method", 501, line("get / HTTP/1.1")},
      {"unknown method", 501, line("FROB / HTTP/1.1")},
      {"overlong method", 501, line(std::string(300, 'A') + " / HTTP/1.1")},
      {"a prefix of a method", 501, line("GE / HTTP/1.1")},
      {"CONNECT", 501, line("CONNECT a:80 HTTP/1.1")},
      {"separator in the method", 400, line("GE(T / HTTP/1.1")},
      {"method is a quoted string", 400, line("\"GET\" / HTTP/1.1")},
      {"no target", 400, line("GET HTTP/1.1")},
      {"empty target", 400, line("GET  HTTP/1.1")},
      {"no version", 400, line("GET /")},
      {"only a method", 400, line("GET")},
      {"leading space", 400, line(" GET / HTTP/1.1")},
      {"leading tab", 400, line("\tGET / HTTP/1.1")},
      {"two spaces before the target", 400, line("GET  / HTTP/1.1")},
      {"two spaces before the version", 400, line("GET /  HTTP/1.1")},
      {"trailing space", 400, line("GET / HTTP/1.1 ")},
      {"tab instead of a space", 400, line("GET\t/ HTTP/1.1")},
      {"space in the target", 400, line("GET /a b HTTP/1.1")},
      {"fragment in the target", 400, line("GET /a#b HTTP/1.1")},
      {"byte above 127 in the target", 400, line("GET /\xc3\xa4 HTTP/1.1")},
      {"DEL in the target", 400, line("GET /\x7f HTTP/1.1")},
      {"relative target", 400, line("GET index.html HTTP/1.1")},
      {"query only", 400, line("GET ?a HTTP/1.1")},
      {"asterisk for GET", 400, line("GET * HTTP/1.1")},
      {"authority form for GET", 400, line("GET a:80 HTTP/1.1")},
      {"target with scheme ftp", 400, line("GET ftp://a/ HTTP/1.1")},
      {"absolute target without a host", 400, line("GET http:/// HTTP/1.1")},
      {"absolute target with user info", 400, line("GET http://u:p@a/ HTTP/1.1")},
      {"absolute target differs from host", 400, line("GET http://b/ HTTP/1.1")},
      {"HTTP/0.9", 505, line("GET / HTTP/0.9")},
      {"HTTP/1.2", 505, line("GET / HTTP/1.2")},
      {"HTTP/2.0", 505, line("GET / HTTP/2.0")},
      {"HTTP/3.0", 505, line("GET / HTTP/3.0")},
      {"HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"lower-case protocol", 400, line("GET / http/1.1")},
      {"another protocol", 400, line("GET / HTTPS/1.1")},
      {"version without a minor digit", 400, line("GET / HTTP/1")},
      {"version of two digits", 400, line("GET / HTTP/1.10")},
      {"version with a comma", 400, line("GET / HTTP/1,1")},
      {"bytes of a TLS handshake", 400, std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10)},
      {"target of 17 KiB", 414, line("GET /" + std::string(17 * 1024, 'a') + " HTTP/1.1")},
      {"endless target", 414, "GET /" + std::string(20 * 1024, 'a')},
      {"many empty lines", 400, "\r\n\r\n\r\n\r\n\r\n\r\n" + get("Host: a\r\n")},
      {"bare LF before the request", 400, "\n" + get("Host: a\r\n")},
      {"bare CR before the request", 400, "\r" + get("Host: a\r\n")},
  };
}

std::vector<Bad> header_lines() {
  std::string many = "Host: a\r\n";
  for (int i = 0; i < 300; ++i) many += "x: y\r\n";
  return {
      {"bare LF after the request line", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"},
      {"bare LF everywhere", 400, "GET / HTTP/1.1\nHost: a\n\n"},
      {"bare LF after a header", 400, get("Host: a\nx: y\r\n")},
      {"bare CR in a value", 400, get("Host: a\r\nx: a\rb\r\n")},
      {"bare CR ends a line", 400, get("Host: a\r\nx: a\ry: b\r\n")},
      {"CR CR LF", 400, get("Host: a\r\nx: a\r\r\n")},
      {"CR before something at the end", 400, "GET / HTTP/1.1\r\nHost: a\r\n\rX"},
      {"folded by a space", 400, get("Host: a\r\nx: a\r\n b\r\n")},
      {"folded by a tab", 400, get("Host: a\r\nx: a\r\n\tb\r\n")},
      {"first line is folded", 400, get(" x: y\r\nHost: a\r\n")},
      {"space before the colon", 400, get("Host: a\r\nx : y\r\n")},
      {"tab before the colon", 400, get("Host: a\r\nx\t: y\r\n")},
      {"space before the colon of host", 400, get("Host : a\r\n")},
      {"no colon", 400, get("Host: a\r\nxy\r\n")},
      {"empty name", 400, get("Host: a\r\n: y\r\n")},
      {"space in a name", 400, get("Host: a\r\nx y: z\r\n")},
      {"slash in a name", 400, get("Host: a\r\nx/y: z\r\n")},
      {"brackets in a name", 400, get("Host: a\r\nx[0]: z\r\n")},
      {"byte above 127 in a name", 400, get("Host: a\r\nx\xe4: z\r\n")},
      {"NUL in a value", 400, get(std::string("Host: a\r\nx: a\0b\r\n", 17))},
      {"NUL in a name", 400, get(std::string("Host: a\r\nx\0: b\r\n", 16))},
      {"escape in a value", 400, get("Host: a\r\nx: \x1b[0m\r\n")},
      {"vertical tab in a value", 400, get("Host: a\r\nx: \x0b\r\n")},
      {"DEL in a value", 400, get("Host: a\r\nx: \x7f\r\n")},
      {"no host", 400, get("x: y\r\n")},
      {"no host, no headers", 400, "GET / HTTP/1.1\r\n\r\n"},
      {"two hosts", 400, get("Host: a\r\nHost: b\r\n")},
      {"the same host twice", 400, get("Host: a\r\nHost: a\r\n")},
      {"empty host", 400, get("Host:\r\n")},
      {"host with a space", 400, get("Host: a b\r\n")},
      {"host with a slash", 400, get("Host: a/b\r\n")},
      {"host with user info", 400, get("Host: u@a\r\n")},
      {"hosts in a list", 400, get("Host: a, b\r\n")},
      {"host with a port of letters", 400, get("Host: a:http\r\n")},
      {"host with a port too high", 400, get("Host: a:65536\r\n")},
      {"host of a port only", 400, get("Host: :80\r\n")},
      {"host with an open bracket", 400, get("Host: [::1\r\n")},
      {"host with a name in brackets", 400, get("Host: [name]\r\n")},
      {"too many lines", 431, get(many)},
      {"one line of 130 KiB", 431, get("Host: a\r\nx: " + std::string(130 * 1024, 'y') + "\r\n")},
      {"endless header", 431, "GET / HTTP/1.1\r\nHost: a\r\nx: " + std::string(160 * 1024, 'y')},
      {"unknown expectation", 417, get("Host: a\r\nExpect: miracles\r\n")},
      {"two expectations", 417, get("Host: a\r\nExpect: 100-continue, x\r\n")},
  };
}

std::vector<Bad> bodies() {
  std::string extension = ";" + std::string(17 * 1024, 'e');
  return {
      {"length and chunked", 400,
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"chunked and length", 400,
       post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
      {"chunked and length 0", 400, post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n")},
      {"two lengths", 400, post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")},
      {"the same length twice", 400, post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
      {"lengths in a list", 400, post("Content-Length: 5, 5\r\n", "hello")},
      {"empty length", 400, post("Content-Length:\r\n")},
      {"negative length", 400, post("Content-Length: -1\r\n")},
      {"length with a plus", 400, post("Content-Length: +5\r\n", "hello")},
      {"hexadecimal length", 400, post("Content-Length: 0x5\r\n", "hello")},
      {"length with a fraction", 400, post("Content-Length: 5.0\r\n", "hello")},
      {"length with a space inside", 400, post("Content-Length: 1 0\r\n", "hello")},
      {"length past 64 bits", 400, post("Content-Length: 18446744073709551621\r\n", "hello")},
      {"length over the limit", 413, post("Content-Length: 104857601\r\n")},
      {"gzip, chunked", 501, post("Transfer-Encoding: gzip, chunked\r\n")},
      {"chunked, gzip", 400, post("Transfer-Encoding: chunked, gzip\r\n")},
      {"identity", 501, post("Transfer-Encoding: identity\r\n")},
      {"a coding that ends in chunked", 501, post("Transfer-Encoding: xchunked\r\n")},
      {"chunked with a parameter", 501, post("Transfer-Encoding: chunked;a=b\r\n")},
      {"chunked in quotes", 501, post("Transfer-Encoding: \"chunked\"\r\n")},
      {"chunked twice in a list", 400, post("Transfer-Encoding: chunked, chunked\r\n")},
      {"chunked on two lines", 400,
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {"empty coding", 400, post("Transfer-Encoding:\r\n")},
      {"chunked in HTTP/1.0", 400,
       "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"space before the colon of the coding", 400, post("Transfer-Encoding : chunked\r\n")},
      {"tab inside the coding", 501, post("Transfer-Encoding: chu\tnked\r\n")},
      {"chunk size of letters", 400, chunked("xyz\r\n")},
      {"empty chunk size", 400, chunked("\r\n")},
      {"negative chunk size", 400, chunked("-5\r\nhello\r\n0\r\n\r\n")},
      {"chunk size with 0x", 400, chunked("0x5\r\nhello\r\n0\r\n\r\n")},
      {"chunk size with a space before", 400, chunked(" 5\r\nhello\r\n0\r\n\r\n")},
      {"chunk size with a space behind", 400, chunked("5 \r\nhello\r\n0\r\n\r\n")},
      {"chunk size of 17 digits", 400, chunked("10000000000000005\r\nhello")},
      {"chunk size of many zeros", 400, chunked(std::string(40, '0') + "5\r\nhello")},
      {"LF after the chunk size", 400, chunked("5\nhello\r\n0\r\n\r\n")},
      {"CR and no LF after the chunk size", 400, chunked("5\rhello\r\n0\r\n\r\n")},
      {"LF in an extension", 400, chunked("5;a\nhello\r\n0\r\n\r\n")},
      {"control byte in an extension", 400, chunked("5;\x01\r\nhello\r\n0\r\n\r\n")},
      {"extensions of 17 KiB", 400, chunked("5" + extension + "\r\nhello\r\n0\r\n\r\n")},
      {"chunk longer than its size", 400, chunked("5\r\nhello!\r\n0\r\n\r\n")},
      {"LF after the chunk", 400, chunked("5\r\nhello\n0\r\n\r\n")},
      {"trailer without a colon", 400, chunked("0\r\nxy\r\n\r\n")},
      {"folded trailer", 400, chunked("0\r\nx: y\r\n z\r\n\r\n")},
      {"LF after a trailer", 400, chunked("0\r\nx: y\n\r\n")},
      {"LF at the end", 400, chunked("0\r\n\n")},
      {"trailers of 17 KiB", 400, chunked("0\r\nx: " + std::string(17 * 1024, 'y') + "\r\n\r\n")},
  };
}

void check_refused(Server& server, const Bad& bad, size_t piece) {
  CAPTURE(bad.what);
  CAPTURE(piece);
  Client client(server);
  client.send(bad.request, piece);
  std::vector<int> got = statuses(client.read_to_end());
  REQUIRE(got.size() == 1);
  CHECK(got[0] == bad.status);
  CHECK(count_of(client.received, "\r\nconnection: close\r\n") == 1);
  CHECK(count_of(client.received, "content-type: text/plain") == 1);
}

void check_all(const std::vector<Bad>& table) {
  Server server;
  for (const Bad& bad : table) {
    check_refused(server, bad, 0);
    check_refused(server, bad, bad.request.size() > 2000 ? 997 : 1);
    CAPTURE(bad.what);
    Client behind(server);
    behind.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\n" + bad.request);
    CHECK(statuses(behind.read_to_end()) == std::vector<int>{200, bad.status});
  }
  // Nothing refused by its head reached the handler, and the server still serves.
  Client client(server);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(statuses(client.read_to_end()) == std::vector<int>{200});
}

}  // namespace

TEST_CASE("malformed request lines are refused") {
  check_all(request_lines());
}
TEST_CASE("malformed header lines are refused") {
  check_all(header_lines());
}
TEST_CASE("ambiguous and malformed bodies are refused") {
  check_all(bodies());
}

TEST_CASE("random bytes never get anything but a refusal or silence") {
  Server server;
  std::mt19937 random(11);
  std::string base = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX: y\r\n\r\nabc";
  for (int i = 0; i < 400; ++i) {
    std::string text = base;
    for (unsigned changes = 1 + random() % 3; changes > 0; --changes) {
      text[random() % text.size()] = static_cast<char>(random() % 256);
    }
    Client client(server);
    client.send(text, 1 + random() % text.size());
    client.half_close();
    client.read_to_end();
    for (int status : statuses(client.received)) CHECK(status >= 200);
  }
}
