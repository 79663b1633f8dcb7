// TLS through the server and the client of this folder, on one loop; what other implementations
// make of it is in tests/system/test_tls.py.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <optional>

#include "http_harness.h"
#include "loop/listener.h"
#include "net/http_client.h"
#include "net/tls_client.h"
#include "net/tls_server.h"
#include "observe/log.h"
#include "types/web_socket.h"

using namespace skerry;
using namespace skerry::net;
using namespace skerry::net::testing;

namespace {

struct Folder {
  Folder() {
    char name[] = "/tmp/skerry-tls-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
  }
  ~Folder() {
    for (const std::string& file : made) unlink(file.c_str());
    rmdir(path.c_str());
  }
  TlsCertificate certificate(const std::string& name, const std::vector<std::string>& hosts) {
    TlsCertificate files{path + "/" + name + ".pem", path + "/" + name + ".key"};
    made.push_back(files.certificate_path);
    made.push_back(files.key_path);
    REQUIRE(make_self_signed(files, hosts).has_value());
    return files;
  }
  std::string path;
  std::vector<std::string> made;
};

struct Lines final : observe::Log {
  void event(observe::Level, std::string_view, std::string_view line) override { text += line; }
  void console(observe::Level, std::string_view, std::string_view) override {}
  std::string text;
};

struct Fetch final : ClientObserver {
  void on_response(ClientResponse r) override {
    ++told;
    response = std::move(r);
    if (response->body == nullptr) {
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
  bool done = false;
  int told = 0;
};

struct World : Server {
  explicit World(HttpServerOptions options = {}) : Server(options) {
    files = folder.certificate("a", {"localhost", "127.0.0.1"});
    start_tls({files});
    start_client({files.certificate_path});
  }
  ~World() {
    client.reset();
    http.reset();
    turn(3);
  }
  void start_tls(std::vector<TlsCertificate> certificates) {
    auto made = TlsServer::create(std::move(certificates), [this] { return now_s; });
    REQUIRE(made.has_value());
    tls = std::move(*made);
    REQUIRE(http->listen_tls("127.0.0.1", 0, *tls).has_value());
  }
  void start_client(std::vector<std::string> roots) {
    client.reset();
    auto made = TlsClient::create(*loop, log, {std::move(roots), optional_ca});
    REQUIRE(made.has_value());
    tls_client = std::move(*made);
    HttpClientOptions options;
    options.tls = tls_client.get();
    options.connect_timeout_ms = connect_timeout_ms;
    client = std::make_unique<HttpClient>(*loop, std::move(options));
  }
  ClientRequestHead head(const std::string& method, const std::string& target,
                         const std::string& host = "127.0.0.1") {
    ClientRequestHead made;
    made.method = method;
    made.scheme = ClientScheme::https;
    made.host = host;
    made.port = port == 0 ? http->port() : port;
    made.target = target;
    return made;
  }
  void run(Fetch& fetch, ClientRequestHead request, std::unique_ptr<ByteSource> body = nullptr,
           std::optional<uint64_t> length = std::nullopt) {
    fetch.request = client->start(std::move(request), std::move(body), length, fetch);
    CHECK(fetch.told == 0);
    CHECK(turn_until([&] { return fetch.done; }));
    CHECK(fetch.told == 1);
  }
  std::string failure(ClientRequestHead request) {
    Fetch fetch;
    run(fetch, std::move(request));
    REQUIRE(fetch.error.has_value());
    return fetch.error->chain();
  }
  std::string optional_ca;
  Lines log;
  Folder folder;
  TlsCertificate files;
  uint64_t now_s = 1000;
  uint64_t connect_timeout_ms = 5000;
  uint16_t port = 0;
  std::unique_ptr<TlsServer> tls;
  std::unique_ptr<TlsClient> tls_client;
  std::unique_ptr<HttpClient> client;
};

// Accepts, says `greeting` to the first bytes that come (or nothing), and keeps quiet.
class Peer final : public loop::ListenerUser, public loop::StreamUser {
 public:
  Peer(loop::Loop& loop, std::string greeting, bool close)
      : greeting_(std::move(greeting)), close_(close) {
    listener_ = std::move(*loop::Listener::tcp(loop, "127.0.0.1", 0, loop::SharePort::no, *this));
  }
  void on_accept(std::unique_ptr<loop::Stream> stream, const loop::SocketAddress&) override {
    stream_ = std::move(stream);
    stream_->set_user(this);
    stream_->start_reading();
  }
  void on_read(std::span<const uint8_t>) override {
    loop::IoSlice slice{greeting_.data(), greeting_.size()};
    if (!greeting_.empty()) (void)stream_->try_write({&slice, 1});
    if (close_) stream_->reset();
    if (close_) stream_.reset();
  }
  void on_read_end() override { stream_.reset(); }
  void on_stream_error(Error) override { stream_.reset(); }
  void on_write_done() override {}
  uint16_t port() const { return listener_->address().port; }

 private:
  std::string greeting_;
  bool close_;
  std::unique_ptr<loop::Listener> listener_;
  std::unique_ptr<loop::Stream> stream_;
};

}  // namespace

TEST_CASE("requests over TLS share a kept connection") {
  World world;
  for (int i = 0; i < 3; ++i) {
    Fetch fetch;
    world.run(fetch, world.head("GET", "/x"));
    REQUIRE(fetch.response.has_value());
    CHECK(fetch.response->status == 200);
    CHECK(fetch.text == "Hello");
  }
  CHECK(world.client->idle_count() == 1);
  CHECK(world.http->connection_count() == 1);
}

TEST_CASE("bodies of many records stream both ways over TLS") {
  World world;
  uint64_t given = 0;
  for (size_t chunk : {size_t{777}, size_t{16 * 1024}, size_t{16 * 1024 + 1}, size_t{300'000}}) {
    Fetch sized, chunked;
    world.run(sized, world.head("POST", "/stream-echo"),
              std::make_unique<Letters>(2'000'000, chunk, &given), 2'000'000);
    CHECK(sized.text == std::string(2'000'000, 'x'));
    world.run(chunked, world.head("PUT", "/echo"),
              std::make_unique<Letters>(2'000'000, chunk, &given));
    CHECK(chunked.text == std::string(2'000'000, 'x'));
  }
}

TEST_CASE("a certificate is checked for its host and its root") {
  std::unique_ptr<TlsServer> first;
  World world;
  std::string self_signed = "the certificate of 127.0.0.1 is self-signed";
  world.start_client({});
  CHECK(world.failure(world.head("GET", "/")).starts_with(self_signed));
  CHECK(world.log.text.find("issuer O = skerry dev") != std::string::npos);
  CHECK(world.log.text.find("names localhost") != std::string::npos);
  TlsCertificate other = world.folder.certificate("other", {"example.test"});
  world.start_client({other.certificate_path});
  CHECK(world.failure(world.head("GET", "/")).starts_with(self_signed));
  first = std::move(world.tls);
  world.start_tls({other});
  CHECK(world.failure(world.head("GET", "/")).starts_with("the certificate is not for 127.0.0.1"));
}

TEST_CASE("an optional file of roots may be unusable, and is used when it is not") {
  World world;
  world.optional_ca = "/nowhere/roots.pem";
  world.start_client({world.files.certificate_path});
  Fetch first, second;
  world.run(first, world.head("GET", "/x"));
  CHECK(first.text == "Hello");
  CHECK(world.log.text.find("/nowhere/roots.pem") != std::string::npos);
  world.optional_ca = world.files.certificate_path;
  world.start_client({});
  world.run(second, world.head("GET", "/x"));
  CHECK(second.text == "Hello");
  // Requests that wait for the roots may be dropped, and the client too.
  world.start_client({});
  Fetch dropped, left;
  dropped.request = world.client->start(world.head("GET", "/x"), nullptr, std::nullopt, dropped);
  left.request = world.client->start(world.head("GET", "/x"), nullptr, std::nullopt, left);
  world.turn(3);
  dropped.request.reset();
  world.turn(1);
  world.client.reset();
  world.tls_client.reset();
  world.turn(3);
  CHECK(dropped.told + left.told == 0);
  left.request.reset();
}

TEST_CASE("what answers a TLS handshake otherwise is told apart") {
  World world;
  SUBCASE("plain HTTP") {
    Peer peer(*world.loop, "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", false);
    world.port = peer.port();
    CHECK(world.failure(world.head("GET", "/"))
              .starts_with("the port of 127.0.0.1 does not speak TLS"));
  }
  SUBCASE("a reset") {
    Peer peer(*world.loop, "", true);
    world.port = peer.port();
    CHECK(world.failure(world.head("GET", "/")).find("during the TLS handshake") !=
          std::string::npos);
  }
  SUBCASE("an alert") {
    Peer peer(*world.loop, std::string("\x15\x03\x03\x00\x02\x02\x28", 7), false);
    world.port = peer.port();
    CHECK(world.failure(world.head("GET", "/"))
              .starts_with("the TLS handshake with 127.0.0.1 failed"));
  }
  SUBCASE("silence") {
    Peer peer(*world.loop, "", false);
    world.connect_timeout_ms = 300;
    world.start_client({world.files.certificate_path});
    world.port = peer.port();
    CHECK(world.failure(world.head("GET", "/")).find("in time") != std::string::npos);
  }
  world.turn(3);
}

TEST_CASE("the TLS port survives what is not TLS") {
  World world;
  // A TLS record of a handshake that never ends, one that is cut, one of an unknown kind.
  const std::string inputs[] = {std::string("\x16\x03\x01\x40\x00", 5) + std::string(3000, '\x01'),
                                std::string("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10),
                                std::string(300, '\0'), std::string("\x80\x2e\x01\x03\x01", 5),
                                std::string("\x15\x03\x03\x00\x02\x02\x28", 7)};
  for (const std::string& input : inputs) {
    for (size_t piece : {size_t{0}, size_t{1}}) {
      Client client(world);
      client.send(input, piece);
      client.half_close();
      client.read_to_end();
      CHECK(client.ended);
    }
  }
  Client plain(world);
  plain.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  CHECK(plain.read_to_end().find("400 Bad Request: this port speaks TLS") != std::string::npos);
  CHECK(world.turn_until([&] { return world.http->connection_count() == 0; }));
  CHECK(world.handler.requests == 0);
  Fetch fetch;
  world.run(fetch, world.head("GET", "/x"));
  CHECK(fetch.text == "Hello");
}

TEST_CASE("a handshake that stalls is cut") {
  HttpServerOptions options;
  options.header_timeout_ms = 300;
  World world(options);
  Client client(world);
  client.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  client.read_to_end();
  CHECK(client.ended);
  CHECK(world.http->connection_count() == 0);
}

TEST_CASE("certificates are read again, and a broken one changes nothing") {
  World world;
  CHECK_FALSE(world.tls->has_changed());
  std::string old_key;
  {
    std::ifstream in(world.files.key_path);
    old_key.assign(std::istreambuf_iterator<char>(in), {});
    std::ofstream(world.files.key_path) << "nonsense";
  }
  CHECK(world.tls->has_changed());
  Result<> read = world.tls->reload();
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().chain().find("no private key") != std::string::npos);
  CHECK_FALSE(world.tls->has_changed());
  Fetch before;
  world.run(before, world.head("GET", "/x"));
  CHECK(before.text == "Hello");
  std::ofstream(world.files.key_path) << old_key;
  CHECK(world.tls->reload().has_value());
  world.start_client({world.files.certificate_path});
  Fetch after;
  world.run(after, world.head("GET", "/x"));
  CHECK(after.text == "Hello");
}

TEST_CASE("a key of another certificate is refused by name") {
  Folder folder;
  TlsCertificate a = folder.certificate("a", {"localhost"});
  TlsCertificate b = folder.certificate("b", {"localhost"});
  auto made = TlsServer::create({{a.certificate_path, b.key_path}}, [] { return uint64_t{0}; });
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().chain().find("does not belong to the certificate") != std::string::npos);
  made = TlsServer::create({{"/nowhere/cert.pem", a.key_path}}, [] { return uint64_t{0}; });
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().chain().find("/nowhere/cert.pem") != std::string::npos);
}

TEST_CASE("a slow reader over TLS holds the sender back") {
  World world;
  uint64_t given = 0;
  Fetch fetch;
  fetch.request =
      world.client->start(world.head("POST", "/stream-echo"),
                          std::make_unique<Letters>(64'000'000, 64'000, &given), 64'000'000, fetch);
  // The handler echoes; the response's body is read to the end, so all of it must come round.
  CHECK(world.turn_until([&] { return fetch.done; }));
  CHECK(fetch.text.size() == 64'000'000);
}

TEST_CASE("a WebSocket goes over TLS, with messages of many records") {
  struct Peer final : types::WebSocketUser {
    void on_message(types::MessageKind kind, std::span<const uint8_t> data) override {
      received.assign(reinterpret_cast<const char*>(data.data()), data.size());
      if (echoes) socket->send(kind, data);
    }
    void on_close(uint16_t code, std::string_view, types::CloseCause) override { closed = code; }
    void on_drained() override {}
    std::unique_ptr<types::WebSocket> socket;
    std::string received;
    uint16_t closed = 0;
    bool echoes = false;
  };
  Peer theirs, mine;
  theirs.echoes = true;
  World world;
  world.handler.first = [&theirs](std::unique_ptr<Exchange>& exchange) {
    ResponseHead head;
    head.status = 101;
    theirs.socket = exchange->accept_web_socket(head);
    theirs.socket->set_user(&theirs);
    exchange.reset();
    return true;
  };
  Fetch fetch;
  ClientRequestHead head = world.head("GET", "/ws");
  head.web_socket = true;
  world.run(fetch, std::move(head));
  REQUIRE(fetch.response.has_value());
  REQUIRE(fetch.response->web_socket != nullptr);
  mine.socket = std::move(fetch.response->web_socket);
  mine.socket->set_user(&mine);
  for (size_t size : {size_t{5}, size_t{70'000}, size_t{900'000}}) {
    std::string text(size, 'a');
    mine.socket->send(types::MessageKind::text,
                      {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    CHECK(world.turn_until([&] { return mine.received.size() == size; }));
    CHECK(mine.received == text);
  }
  mine.socket->close(4000, "done");
  CHECK(world.turn_until([&] { return mine.closed == 4000 && theirs.closed == 4000; }));
  mine.socket.reset();
  theirs.socket.reset();
  world.handler.first = nullptr;
}

namespace {

// Between client and server: hands on what comes, and damages, cuts or doubles one byte of each
// connection.
class Saboteur final : public loop::ListenerUser, public loop::ConnectUser {
 public:
  Saboteur(loop::Loop& loop, uint16_t to, uint32_t seed) : loop_(loop), to_(to), seed_(seed) {
    listener_ = std::move(*loop::Listener::tcp(loop, "127.0.0.1", 0, loop::SharePort::no, *this));
  }
  uint16_t port() const { return listener_->address().port; }
  void close() {
    front_.stream.reset();
    back_.stream.reset();
    listener_.reset();
  }

 private:
  struct Side final : loop::StreamUser {
    void on_read(std::span<const uint8_t> data) override { owner->pass(*this, data); }
    void on_read_end() override { owner->end(*this); }
    void on_stream_error(Error) override { owner->end(*this); }
    void on_write_done() override {}
    Saboteur* owner = nullptr;
    std::unique_ptr<loop::Stream> stream;
  };

  uint32_t random(uint32_t below) {
    seed_ = seed_ * 1664525 + 1013904223;
    return (seed_ >> 8) % below;
  }
  void on_accept(std::unique_ptr<loop::Stream> stream, const loop::SocketAddress&) override {
    front_.stream = std::move(stream);
    target_ = random(4000);
    passed_ = 0;
    auto back = loop::Stream::connect(loop_, *loop::SocketAddress::parse("127.0.0.1", to_), *this);
    REQUIRE(back.has_value());
    back_.stream = std::move(*back);
  }
  void on_connect(Result<> result) override {
    for (Side* side : {&front_, &back_}) {
      side->owner = this;
      if (side->stream == nullptr) return;
      side->stream->set_user(side);
      side->stream->start_reading();
    }
  }
  void pass(Side& from, std::span<const uint8_t> data) {
    std::string bytes(reinterpret_cast<const char*>(data.data()), data.size());
    bool here = passed_ <= target_ && target_ < passed_ + bytes.size();
    size_t at = target_ - passed_;
    passed_ += bytes.size();
    Side& to = &from == &front_ ? back_ : front_;
    bool cuts = false;
    if (here) {
      switch (random(4)) {
        case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random(8))); break;
        case 1: bytes.insert(at, 1, bytes[at]); break;
        case 2: bytes.erase(at, 1); break;
        default: bytes.resize(at); cuts = true;
      }
    }
    loop::IoSlice slice{bytes.data(), bytes.size()};
    if (!bytes.empty() && to.stream != nullptr) (void)to.stream->try_write({&slice, 1});
    if (cuts) {
      front_.stream.reset();
      back_.stream.reset();
    }
  }
  void end(Side& from) {
    (&from == &front_ ? back_ : front_).stream.reset();
    from.stream.reset();
  }

  loop::Loop& loop_;
  uint16_t to_;
  uint32_t seed_;
  std::unique_ptr<loop::Listener> listener_;
  Side front_, back_;
  size_t target_ = 0;
  size_t passed_ = 0;
};

}  // namespace

TEST_CASE("a damaged byte anywhere ends in an error, never in another reply") {
  int good = 0;
  int bad = 0;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    HttpServerOptions options;
    options.header_timeout_ms = 500;
    World world(options);
    world.connect_timeout_ms = 500;
    world.start_client({world.files.certificate_path});
    Saboteur saboteur(*world.loop, world.http->port(), seed * 7919);
    world.port = saboteur.port();
    Fetch fetch;
    fetch.request = world.client->start(world.head("GET", "/x"), nullptr, std::nullopt, fetch);
    // A reply may be waited for that a lost byte keeps away: there the caller gives up.
    for (int turn = 0; turn < 30 && !fetch.done; ++turn)
      world.turn_until([&, begin = world.loop->now_ms()] {
        return fetch.done || world.loop->now_ms() > begin + 10;
      });
    if (fetch.done && !fetch.error) {
      ++good;
      CHECK(fetch.text == "Hello");
    } else {
      ++bad;
    }
    fetch.request.reset();
    saboteur.close();
  }
  CHECK(bad > 10);
  CHECK(good + bad == 40);
}
