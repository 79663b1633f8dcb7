#include "net/http_client.h"

#include <optional>

#include "http_harness.h"
#include "loop/listener.h"

using namespace skerry;
using namespace skerry::net;
using namespace skerry::net::testing;

namespace {

// One request and all that became of it.
struct Fetch final : ClientObserver {
  void on_response(ClientResponse r) override {
    ++told;
    response = std::move(r);
    if (!read_body) return;
    if (response->body == nullptr) {
      text = "";
      done = true;
      return;
    }
    ReadAll::start(std::move(response->body), [this](Result<std::string> all) {
      done = true;
      if (all) {
        text = *all;
      } else {
        error = std::move(all.error());
      }
    });
  }
  void on_error(Error e) override {
    ++told;
    done = true;
    error = std::move(e);
  }
  std::optional<ClientResponse> response;
  std::optional<Error> error;
  std::string text;
  std::unique_ptr<ClientRequest> request;
  bool read_body = true;
  bool done = false;
  int told = 0;
};

ClientRequestHead head_for(uint16_t port, const std::string& method, const std::string& target) {
  ClientRequestHead head;
  head.method = method;
  head.host = "127.0.0.1";
  head.port = port;
  head.target = target;
  return head;
}

// An origin that answers each request, as soon as its head is there, with bytes from a script; then
// closes if told.
class ScriptOrigin final : public loop::ListenerUser {
 public:
  ScriptOrigin(loop::Loop& loop, std::vector<std::string> script, bool close_after_each)
      : script_(std::move(script)), close_(close_after_each) {
    listener_ = std::move(*loop::Listener::tcp(loop, "127.0.0.1", 0, loop::SharePort::no, *this));
  }
  void on_accept(std::unique_ptr<loop::Stream> stream, const loop::SocketAddress&) override {
    ++connections;
    peers_.push_back(std::make_unique<Peer>(*this, std::move(stream)));
  }
  uint16_t port() const { return listener_->address().port; }
  void close_all() { peers_.clear(); }
  int connections = 0;
  std::string seen;

 private:
  struct Peer final : loop::StreamUser {
    Peer(ScriptOrigin& the_origin, std::unique_ptr<loop::Stream> the_stream)
        : origin(the_origin), stream(std::move(the_stream)) {
      stream->set_user(this);
      stream->start_reading();
    }
    void on_read(std::span<const uint8_t> data) override {
      std::string_view bytes(reinterpret_cast<const char*>(data.data()), data.size());
      origin.seen += bytes;
      if (bytes.find("\r\n\r\n") == std::string_view::npos || origin.at_ == origin.script_.size()) {
        return;
      }
      const std::string& reply = origin.script_[origin.at_++];
      loop::IoSlice slice{reply.data(), reply.size()};
      if (!reply.empty()) (void)stream->try_write({&slice, 1});
      if (origin.close_) stream.reset();
    }
    void on_read_end() override { stream.reset(); }
    void on_stream_error(Error) override { stream.reset(); }
    void on_write_done() override {}
    ScriptOrigin& origin;
    std::unique_ptr<loop::Stream> stream;
  };
  std::vector<std::string> script_;
  size_t at_ = 0;
  bool close_;
  std::unique_ptr<loop::Listener> listener_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

struct World : Server {
  World() : client(std::make_unique<HttpClient>(*loop)) {}
  ~World() { client.reset(); }
  void start(Fetch& fetch, ClientRequestHead head, std::unique_ptr<ByteSource> body = nullptr,
             std::optional<uint64_t> length = std::nullopt) {
    fetch.request = client->start(std::move(head), std::move(body), length, fetch);
  }
  void run(Fetch& fetch, ClientRequestHead head, std::unique_ptr<ByteSource> body = nullptr,
           std::optional<uint64_t> length = std::nullopt) {
    start(fetch, std::move(head), std::move(body), length);
    CHECK(fetch.told == 0);
    CHECK(turn_until([&] { return fetch.done; }));
    CHECK(fetch.told == 1);
  }
  uint16_t port() const { return http->port(); }
  std::unique_ptr<HttpClient> client;
};

}  // namespace

TEST_CASE("requests one after the other use one connection") {
  World world;
  for (int i = 0; i < 5; ++i) {
    Fetch fetch;
    ClientRequestHead head = head_for(world.port(), "GET", "/x?y");
    head.headers.append("X-Test", "1");
    head.headers.append("Host", "ignored");
    world.run(fetch, std::move(head));
    REQUIRE(fetch.response.has_value());
    CHECK(fetch.response->status == 200);
    CHECK(fetch.response->reason == "OK");
    CHECK(fetch.response->headers.get("content-type") == "text/plain");
    CHECK(fetch.text == "Hello");
    CHECK(world.client->idle_count() == 1);
  }
  CHECK(world.http->connection_count() == 1);
}

TEST_CASE("bodies stream both ways, with length and in chunks") {
  World world;
  uint64_t given = 0;
  Fetch sized, chunks, big;
  world.run(sized, head_for(world.port(), "POST", "/stream-echo"),
            std::make_unique<Letters>(1'000'000, 7'777, &given), 1'000'000);
  CHECK(sized.text == std::string(1'000'000, 'x'));
  world.run(chunks, head_for(world.port(), "PUT", "/echo"),
            std::make_unique<Letters>(1'000'000, 70'000, &given));
  CHECK(chunks.text == std::string(1'000'000, 'x'));
  world.run(big, head_for(world.port(), "GET", "/big/5000000"));
  CHECK(big.text.size() == 5'000'000);
  CHECK(world.http->connection_count() == 1);
}

TEST_CASE("a body of the wrong length is an error, not a short request") {
  World world;
  uint64_t given = 0;
  Fetch shorter, longer;
  world.run(shorter, head_for(world.port(), "POST", "/echo"),
            std::make_unique<Letters>(10, 10, &given), 20);
  REQUIRE(shorter.error.has_value());
  world.run(longer, head_for(world.port(), "POST", "/echo"),
            std::make_unique<Letters>(30, 30, &given), 20);
  REQUIRE(longer.error.has_value());
  CHECK(longer.error->code == Code::invalid);
}

TEST_CASE("HEAD, 204 and 304 have no body and keep the connection") {
  World world;
  Fetch head, none, unchanged, last;
  world.run(head, head_for(world.port(), "HEAD", "/"));
  CHECK(head.response->body == nullptr);
  CHECK(head.response->headers.get("content-length") == "5");
  world.run(none, head_for(world.port(), "GET", "/204"));
  CHECK(none.response->status == 204);
  world.run(unchanged, head_for(world.port(), "GET", "/304"));
  world.run(last, head_for(world.port(), "GET", "/"));
  CHECK(last.text == "Hello");
  CHECK(world.http->connection_count() == 1);
}

TEST_CASE("connections to an origin are bounded, the rest waits its turn; all are answered") {
  World world;
  HttpClientOptions options;
  options.per_origin_max = 6;
  world.client = std::make_unique<HttpClient>(*world.loop, options);
  std::vector<std::unique_ptr<Fetch>> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(std::make_unique<Fetch>());
    world.start(*all.back(), head_for(world.port(), "GET", "/letters/1000"));
  }
  bool complete = world.turn_until([&] {
    CHECK(world.http->connection_count() <= 6);
    for (auto& fetch : all) {
      if (!fetch->done) return false;
    }
    return true;
  });
  CHECK(complete);
  for (auto& fetch : all) CHECK(fetch->text.size() == 1000);
}

TEST_CASE("past the connections of all origins, idle ones make room, else the request is refused") {
  World world;
  HttpClientOptions options;
  options.connections_max = 2;
  world.client = std::make_unique<HttpClient>(*world.loop, options);
  auto under = [&](const char* host) {
    ClientRequestHead head = head_for(world.port(), "GET", "/letters/10");
    head.host = host;
    return head;
  };
  for (const char* host : {"127.0.0.1", "localhost", "::ffff:127.0.0.1", "127.0.0.1"}) {
    Fetch fetch;
    world.run(fetch, under(host));
    CHECK(fetch.text.size() == 10);
    CHECK(world.client->idle_count() <= 2);
  }
  Fetch first, second, third;
  world.start(first, under("127.0.0.1"));
  world.start(second, under("localhost"));
  world.start(third, under("::ffff:127.0.0.1"));
  CHECK(world.turn_until([&] { return first.done && second.done && third.done; }));
  CHECK(first.text.size() == 10);
  CHECK(second.text.size() == 10);
  CHECK(!third.response.has_value());
}

TEST_CASE("a response nobody reads holds the origin back; dropping it closes") {
  World world;
  Fetch fetch;
  fetch.read_body = false;
  world.start(fetch, head_for(world.port(), "GET", "/letters/500000000"));
  CHECK(world.turn_until([&] { return fetch.told == 1; }));
  world.turn(300);
  uint64_t given = world.handler.given;
  CHECK(given < 32u * 1024 * 1024);
  world.turn(300);
  CHECK(world.handler.given == given);
  fetch.response->body.reset();
  CHECK(world.turn_until([&] { return world.http->connection_count() == 0; }));
}

TEST_CASE("a destroyed request is cancelled, whether waiting, connecting or under way") {
  World world;
  Fetch under_way, fresh;
  world.start(under_way, head_for(world.port(), "GET", "/hold"));
  CHECK(world.turn_until([&] { return world.handler.requests == 1; }));
  under_way.request.reset();
  world.start(fresh, head_for(world.port(), "GET", "/"));
  fresh.request.reset();
  world.turn(20);
  world.start(fresh, head_for(world.port(), "GET", "/"));
  world.turn(1);
  fresh.request.reset();
  world.turn(20);
  CHECK(under_way.told == 0);
  CHECK(fresh.told == 0);
}

TEST_CASE("a kept connection that was closed is replaced once, for safe requests only") {
  World world;
  const std::string ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
  ScriptOrigin origin(*world.loop, {ok, "", ok, ok}, false);
  Fetch first, second;
  world.run(first, head_for(origin.port(), "GET", "/"));
  CHECK(first.text == "ok");
  // The origin takes the second request and closes without a byte.
  world.start(second, head_for(origin.port(), "GET", "/"));
  world.turn(5);
  origin.close_all();
  CHECK(world.turn_until([&] { return second.done; }));
  CHECK(second.text == "ok");
  CHECK(origin.connections == 2);
  Fetch post;
  ScriptOrigin closing(*world.loop, {ok, ""}, false);
  Fetch warm;
  world.run(warm, head_for(closing.port(), "GET", "/"));
  world.start(post, head_for(closing.port(), "POST", "/"));
  world.turn(5);
  closing.close_all();
  CHECK(world.turn_until([&] { return post.done; }));
  REQUIRE(post.error.has_value());
  CHECK(post.error->code == Code::closed);
}

TEST_CASE("replies of all framings, and interim ones") {
  World world;
  struct Good {
    std::string reply, body;
  };
  for (const Good& good : std::vector<Good>{
           {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc",
            "abc"},
           {"HTTP/1.1 200\r\ncontent-length: 3, 3\r\n\r\nabc", "abc"},
           {"HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n3;q\r\nabc\r\n0\r\nt: u\r\n\r\n",
            "abc"},
           {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"},
           {"HTTP/1.0 404 Not Found\r\n\r\n", ""}}) {
    ScriptOrigin origin(*world.loop, {good.reply}, true);
    Fetch fetch;
    world.run(fetch, head_for(origin.port(), "GET", "/"));
    CHECK_FALSE(fetch.error.has_value());
    CHECK(fetch.text == good.body);
  }
}

TEST_CASE("malformed replies are errors") {
  World world;
  for (const std::string& reply : std::vector<std::string>{
           "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
           "ICY 200 OK\r\n\r\n", "HTTP/1.1 200 OK\nx: y\n\n", "HTTP/1.1 200 OK\r\nx : y\r\n\r\n",
           "HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n", "HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n",
           "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
           "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxx\r\nhello",
           "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 200 OK\r\nx: y\r\n", "",
           "HTTP/1.1 200 OK\r\nx: " + std::string(140 * 1024, 'y') + "\r\n\r\n"}) {
    CAPTURE(reply.substr(0, 80));
    ScriptOrigin origin(*world.loop, {reply}, true);
    Fetch fetch;
    world.run(fetch, head_for(origin.port(), "GET", "/"));
    CHECK(fetch.error.has_value());
  }
}

TEST_CASE("addresses are filtered when they are connected to; bad input is told") {
  World world;
  HttpClientOptions options;
  options.address_filter = [](const loop::SocketAddress& address) -> Result<> {
    if (address.is_v4() && address.ip[12] == 127) return fail(Code::refused, "loopback");
    return {};
  };
  HttpClient guarded(*world.loop, options);
  Fetch refused, by_name;
  refused.request = guarded.start(head_for(world.port(), "GET", "/"), nullptr, {}, refused);
  CHECK(world.turn_until([&] { return refused.done; }));
  CHECK(refused.error->code == Code::refused);
  CHECK(world.handler.requests == 0);
  Fetch nobody, injected, header;
  ClientRequestHead closed_port = head_for(1, "GET", "/");
  world.run(nobody, std::move(closed_port));
  CHECK(nobody.error->code == Code::refused);
  world.run(injected, head_for(world.port(), "GET", "/ HTTP/1.1\r\nx: y"));
  CHECK(injected.error->code == Code::invalid);
  ClientRequestHead bad = head_for(world.port(), "GET", "/");
  bad.headers.append("x", "a\r\nb: c");
  world.run(header, std::move(bad));
  CHECK(header.error->code == Code::invalid);
  Fetch named;
  ClientRequestHead local = head_for(world.port(), "GET", "/");
  local.host = "localhost";
  world.run(named, std::move(local));
  CHECK(named.text == "Hello");
}

TEST_CASE("destroying the client leaves nothing running") {
  World world;
  Fetch a, b;
  world.start(a, head_for(world.port(), "GET", "/hold"));
  CHECK(world.turn_until([&] { return world.handler.requests == 1; }));
  world.start(b, head_for(world.port(), "GET", "/"));
  world.client.reset();
  world.turn(10);
  CHECK(a.told == 0);
  CHECK(b.told == 0);
}
