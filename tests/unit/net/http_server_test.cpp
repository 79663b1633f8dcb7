#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <random>

#include "http_harness.h"

using namespace skerry;
using namespace skerry::net;
using namespace skerry::net::testing;

namespace {

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kLast = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string get(const std::string& target, const std::string& lines = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

// The body of one chunked reply.
std::string dechunk(std::string_view reply) {
  std::string body;
  size_t at = reply.find("\r\n\r\n") + 4;
  for (;;) {
    size_t end = reply.find("\r\n", at);
    if (end == std::string_view::npos) return body + "<cut>";
    size_t size = std::stoull(std::string(reply.substr(at, end - at)), nullptr, 16);
    if (size == 0) return body;
    body += reply.substr(end + 2, size);
    at = end + 2 + size + 2;
  }
}

}  // namespace

TEST_CASE("a request is answered with date, length and nothing superfluous") {
  Server server;
  Client client(server);
  client.send(kGet);
  REQUIRE(client.read_until("Hello"));
  CHECK(client.received.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ndate: "));
  CHECK(client.received.ends_with(" GMT\r\ncontent-length: 5\r\n\r\nHello"));
  client.send(kLast);
  client.read_to_end();
  CHECK(statuses(client.received) == std::vector<int>{200, 200});
  CHECK(count_of(client.received, "connection: close") == 1);
}

TEST_CASE("every split of the same bytes gives the same replies") {
  std::string script = "\r\n" + kGet +
                       "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" +
                       "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n" +
                       "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + kLast;
  auto without_dates = [](std::string text) {
    for (size_t at; (at = text.find("date: ")) != std::string::npos;) text.erase(at, 37);
    return text;
  };
  Server server;
  Client whole(server);
  whole.send(script);
  std::string expected = without_dates(whole.read_to_end());
  CHECK(count_of(expected, "hello") == 1);
  CHECK(count_of(expected, "abc0123456789") == 1);
  CHECK(count_of(expected, "HTTP/1.1 200") == 5);
  Client bytes(server);
  bytes.send(script, 1);
  CHECK(without_dates(bytes.read_to_end()) == expected);
  for (size_t cut = 1; cut < script.size(); ++cut) {
    Client client(server);
    client.send(script.substr(0, cut));
    client.send(script.substr(cut));
    CHECK(without_dates(client.read_to_end()) == expected);
  }
  std::mt19937 random(5);
  for (int i = 0; i < 50; ++i) {
    Client client(server);
    for (size_t at = 0; at < script.size();) {
      size_t size = std::min<size_t>(1 + random() % 40, script.size() - at);
      client.send(script.substr(at, size));
      at += size;
    }
    CHECK(without_dates(client.read_to_end()) == expected);
  }
}

TEST_CASE("pipelined requests are answered in order, also when one is answered late") {
  Server server;
  Client client(server);
  client.send(get("/1") + get("/hold") + get("/3") + kLast);
  server.turn(5);
  client.take_some();
  CHECK(statuses(client.received) == std::vector<int>{200});
  CHECK(server.handler.targets == std::vector<std::string>{"/1", "/hold"});
  server.handler.answer_held();
  client.read_to_end();
  CHECK(statuses(client.received) == std::vector<int>{200, 200, 200, 200});
  CHECK(client.received.find("late") != std::string::npos);
}

TEST_CASE("a deep pipeline is read no further than the bound while a request is pending") {
  Server server;
  Client client(server);
  std::string many = get("/hold");
  for (int i = 0; i < 20'000; ++i) many += kGet;
  client.send(many.substr(0, 400'000));
  server.turn(50);
  CHECK(server.handler.requests == 1);
  server.handler.answer_held();
  client.send(many.substr(400'000) + kLast);
  client.read_to_end();
  CHECK(server.handler.requests == 20'002);
  CHECK(statuses(client.received).size() == 20'002);
}

TEST_CASE("HEAD, 204 and 304 send no body") {
  Server server;
  Client client(server);
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/204") + get("/304") +
              "HEAD /letters/9 HTTP/1.1\r\nHost: a\r\n\r\n" + kLast);
  client.read_to_end();
  CHECK(count_of(client.received, "Hello") == 1);
  CHECK(count_of(client.received, "content-length: 5\r\n") == 2);
  CHECK(count_of(client.received, "content-length: 0") == 0);
  CHECK(count_of(client.received, "transfer-encoding: chunked") == 1);
  CHECK(count_of(client.received, "HTTP/1.1 ") == 5);
}

TEST_CASE("HTTP/1.0: closes unless asked, no chunks") {
  Server server;
  Client plain(server);
  plain.send("GET / HTTP/1.0\r\n\r\n");
  CHECK(plain.read_to_end().find("connection: close") != std::string::npos);
  Client kept(server);
  kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(kept.read_until("connection: keep-alive"));
  kept.send("GET /letters/100 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  kept.read_to_end();
  CHECK(kept.received.ends_with("\r\n\r\n" + std::string(100, 'x')));
  CHECK_FALSE(kept.was_reset);
}

TEST_CASE("targets: absolute form, asterisk; Host with port and IPv6") {
  Server server;
  for (const std::string& request :
       {std::string("GET http://A.example:80/x HTTP/1.1\r\nHost: a.example\r\n"),
        std::string("OPTIONS * HTTP/1.1\r\nHost: a:8080\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: [::1]:80\r\n"),
        std::string("GET /?q={}|\"^` HTTP/1.1\r\nHost: a_b.example\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY: \xe4\t z \r\n"),
        std::string(
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: close, upgrade\r\n")}) {
    Client client(server);
    client.send(request + "\r\n" + kLast);
    CHECK(statuses(client.read_to_end()).front() == 200);
  }
}

TEST_CASE("bodies: echo with length and chunks, streamed and whole") {
  Server server;
  std::string data(300'000, 'q');
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>('a' + i % 26);
  for (const char* target : {"/echo", "/stream-echo"}) {
    Client sized(server);
    sized.send("POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
               "Content-Length: 300000\r\n\r\n" + data);
    sized.read_to_end();
    Client chunks(server);
    std::string body;
    for (size_t at = 0; at < data.size(); at += 7'001) {
      std::string piece = data.substr(at, 7'001);
      char size[16];
      std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
      body += size + piece + "\r\n";
    }
    chunks.send("POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
                "Transfer-Encoding: Chunked\r\n\r\n" + body + "0\r\n\r\n");
    chunks.read_to_end();
    if (std::string_view(target) == "/echo") {
      CHECK(sized.received.ends_with("\r\n\r\n" + data));
      CHECK(chunks.received.ends_with("\r\n\r\n" + data));
    } else {
      CHECK(dechunk(sized.received) == data);
      CHECK(dechunk(chunks.received) == data);
    }
  }
}

TEST_CASE("100-continue is sent at the first read, not before, and not once bytes are there") {
  Server server;
  Client client(server);
  client.send(
      "POST /hold-body HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  server.turn(5);
  client.take_some();
  CHECK(client.received.empty());
  std::string got;
  ReadAll::start(std::move(server.handler.held_body), [&](auto text) { got = *text; });
  CHECK(client.read_until("HTTP/1.1 100 Continue\r\n\r\n"));
  client.send("hello");
  CHECK(server.turn_until([&] { return got == "hello"; }));
  server.handler.answer_held();
  client.send(kLast);
  client.read_to_end();
  CHECK(count_of(client.received, "100 Continue") == 1);
  CHECK(count_of(client.received, "HTTP/1.1 200") == 2);
  Client eager(server);
  eager.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello" +
      kLast);
  CHECK(statuses(eager.read_to_end()) == std::vector<int>{200, 200});
}

TEST_CASE("a refused expectation: the connection closes, the body is not waited for") {
  Server server;
  Client client(server);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  client.read_to_end();
  CHECK(statuses(client.received) == std::vector<int>{200});
  CHECK(client.received.find("connection: close") != std::string::npos);
}

TEST_CASE("a body nobody takes: a small one is dropped, a large one closes") {
  Server server;
  Client small(server);
  small.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n" +
             std::string(50'000, 'z') + kLast);
  CHECK(statuses(small.read_to_end()) == std::vector<int>{200, 200});
  Client large(server);
  large.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  large.send(std::string(500'000, 'z'));
  CHECK(statuses(large.read_to_end()) == std::vector<int>{200});
  Client endless(server);
  endless.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 200; ++i) endless.send("1000\r\n" + std::string(4096, 'z') + "\r\n");
  endless.read_to_end();
  CHECK(endless.received.starts_with("HTTP/1.1 200"));
}

TEST_CASE("a chunked body past the limit is refused on the way") {
  HttpServerOptions options;
  options.body_bytes_max = 1000;
  Server server(options);
  Client client(server);
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
              std::string(2000, 'z') + "\r\n0\r\n\r\n");
  CHECK(statuses(client.read_to_end()) == std::vector<int>{413});
  CHECK(server.handler.gone == 1);
  CHECK(server.handler.errors.size() == 1);
}

TEST_CASE("a body is read only as fast as it is pulled") {
  Server server;
  Client client(server);
  client.send("POST /hold-body HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n");
  // The kernel's buffers take some megabytes; then the client is stuck.
  std::string block(1 << 20, 'w');
  size_t sent = 0;
  for (int idle = 0; idle < 50 && sent < 50'000'000;) {
    size_t now = client.send_some(block);
    idle = now == 0 ? idle + 1 : 0;
    sent += now;
  }
  CHECK(sent < 20'000'000);
  std::optional<uint64_t> left = server.handler.held_body->length();
  CHECK(left.value_or(0) == 50'000'000);
  server.handler.held_body.reset();
  server.handler.held.reset();
  CHECK(client.read_until("HTTP/1.1 500"));
}

TEST_CASE("a slow reader holds the producer back") {
  Server server;
  Client client(server, 8192);
  client.send(get("/letters/200000000"));
  server.turn(200);
  uint64_t given = server.handler.given;
  CHECK(given < 16u * 1024 * 1024);
  server.turn(200);
  CHECK(server.handler.given == given);
  client.take_some();
  for (int i = 0; i < 300; ++i) {
    client.take_some();
    server.turn(1);
  }
  CHECK(server.handler.given > given);
  client.close();
  CHECK(server.turn_until([&] { return server.http->connection_count() == 0; }));
}

TEST_CASE("large replies arrive whole, chunked, sized and at once") {
  Server server;
  Client client(server);
  client.send(get("/big/3000000") + get("/sized/1000000") +
              get("/letters/2000000", "Connection: close\r\n"));
  client.read_to_end();
  CHECK(count_of(client.received, "HTTP/1.1 200") == 3);
  CHECK(client.received.find("\r\n\r\n" + std::string(3'000'000, 'b') + "HTTP/1.1") !=
        std::string::npos);
  size_t last = client.received.rfind("HTTP/1.1 200");
  CHECK(dechunk(std::string_view(client.received).substr(last)) == std::string(2'000'000, 'x'));
}

TEST_CASE("a reply that fails on the way never ends cleanly") {
  Server server;
  for (const char* target : {"/cut", "/short", "/long"}) {
    CAPTURE(target);
    Client client(server);
    client.send(get(target));
    client.read_to_end();
    CHECK(client.was_reset);
    CHECK(client.received.find("0\r\n\r\n") == std::string::npos);
  }
  Client dropped(server);
  dropped.send(get("/drop") + kLast);
  CHECK(statuses(dropped.read_to_end()) == std::vector<int>{500, 200});
}

TEST_CASE("a client that leaves in the middle is noticed, and late answers do nothing") {
  Server server;
  {
    Client client(server);
    client.send(get("/hold"));
    client.close(true);
  }
  CHECK(server.turn_until([&] { return server.handler.gone == 1; }));
  server.handler.answer_held();
  {
    Client client(server);
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nhal");
    client.close(true);
  }
  CHECK(server.turn_until([&] { return server.handler.errors.size() == 1; }));
  {
    Client client(server);
    client.send(get("/hold"));
    client.half_close();
    server.turn(5);
    server.handler.answer_held("for a half-closed client");
    CHECK(client.read_to_end().ends_with("for a half-closed client"));
  }
  CHECK(server.turn_until([&] { return server.http->connection_count() == 0; }));
}

TEST_CASE("time-outs: slow head, idle, slow body, half-closed client, stuck reader") {
  HttpServerOptions options;
  options.header_timeout_ms = 600;
  options.idle_timeout_ms = 600;
  options.write_timeout_ms = 600;
  options.body_window_ms = 600;
  options.half_close_ms = 600;
  Server server(options);
  Client silent(server), slow_head(server), idle(server), slow_body(server), half(server);
  Client stuck(server, 4096);
  slow_head.send("GET / HT");
  idle.send(kGet);
  slow_body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\nhal");
  stuck.send(get("/letters/100000000"));
  half.send(get("/hold"));
  half.half_close();
  CHECK(silent.read_to_end().empty());
  CHECK(statuses(slow_head.read_to_end()) == std::vector<int>{408});
  CHECK(statuses(slow_body.read_to_end()) == std::vector<int>{408});
  CHECK(statuses(idle.read_to_end()) == std::vector<int>{200});
  CHECK(half.read_to_end().empty());
  CHECK(server.turn_until([&] { return server.http->connection_count() == 0; }));
}

TEST_CASE("drain closes the idle, finishes the running, and forces the rest at the deadline") {
  auto server = std::make_unique<Server>();
  Client idle(*server), running(*server);
  idle.send(kGet);
  running.send(get("/hold"));
  bool done = false;
  server->http->drain(5000, [&] { done = true; });
  CHECK_FALSE(done);
  CHECK(statuses(idle.read_to_end()) == std::vector<int>{200});
  server->turn(5);
  CHECK_FALSE(done);
  server->handler.answer_held();
  CHECK(running.read_to_end().find("connection: close") != std::string::npos);
  running.close();
  CHECK(server->turn_until([&] { return done; }));

  server = std::make_unique<Server>();
  Client stubborn(*server);
  stubborn.send(get("/hold"));
  bool forced = false;
  server->http->drain(50, [&] { forced = true; });
  CHECK(server->turn_until([&] { return forced; }));
  CHECK(server->handler.gone == 1);
  stubborn.close();
}

TEST_CASE("listening: a taken port, IPv6, Unix sockets fresh, stale and in use") {
  Server server;
  Result<> taken = server.http->listen_tcp("127.0.0.1", server.http->port());
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().text.find("taken") != std::string::npos);
  CHECK_FALSE(server.http->listen_tcp("localhost", 0).has_value());
  CHECK(server.http->listen_tcp("::1", 0).has_value());
  std::string path = "/tmp/skerry_unit_net_" + std::to_string(getpid()) + ".sock";
  CHECK(server.http->listen_unix(path).has_value());
  Result<> used = server.http->listen_unix(path);
  REQUIRE_FALSE(used.has_value());
  CHECK(used.error().code == Code::busy);
  std::string stale = path + ".stale";
  int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, stale.c_str(), sizeof name.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
  ::close(fd);
  CHECK(server.http->listen_unix(stale).has_value());
  CHECK_FALSE(server.http->listen_unix(std::string(200, 'x')).has_value());
}
