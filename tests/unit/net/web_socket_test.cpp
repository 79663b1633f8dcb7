// WebSockets of the server, over a raw client, and of the client against our own server.
#include "types/web_socket.h"

#include <optional>

#include "http_harness.h"
#include "net/http_client.h"
#include "net/web_socket_frames.h"

using namespace skerry;
using namespace skerry::net;
using namespace skerry::net::testing;
using types::CloseCause;
using types::MessageKind;

namespace {

constexpr const char* kUpgrade =
    "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

std::string masked(int first, const std::string& payload) {
  const uint8_t mask[] = {1, 2, 3, 4};
  OutBuffer out;
  append_frame(out, Opcode::text,
               {reinterpret_cast<const uint8_t*>(payload.data()), payload.size()}, mask);
  std::string text(out.data(), out.size());
  text[0] = static_cast<char>(first);
  return text;
}

std::span<const uint8_t> span_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Echoes, and does what some messages say.
struct Peer final : types::WebSocketUser {
  void on_message(MessageKind kind, std::span<const uint8_t> data) override {
    std::string text(reinterpret_cast<const char*>(data.data()), data.size());
    messages.push_back(text);
    if (text == "close") return socket->close(4001, "asked");
    if (text == "drop") return socket.reset();
    if (text == "pause") return socket->set_delivery(types::WebSocket::Delivery::pauses);
    if (echoes) socket->send(kind, data);
  }
  void on_close(uint16_t code, std::string_view why, CloseCause how) override {
    ++closes;
    close_code = code;
    reason = why;
    cause = how;
    if (drops_at_close) socket.reset();
  }
  void on_drained() override { ++drained; }
  std::unique_ptr<types::WebSocket> socket;
  std::vector<std::string> messages;
  int closes = 0, drained = 0;
  uint16_t close_code = 0;
  std::string reason;
  CloseCause cause = CloseCause::frame;
  bool echoes = true;
  bool drops_at_close = false;
};

struct Chat {
  explicit Chat(HttpServerOptions options = {}) : server(options) {
    server.handler.first = [this](std::unique_ptr<Exchange>& exchange) {
      if (exchange->head()->target() != "/ws") return false;
      if (late) {
        held = std::move(exchange);
        return true;
      }
      accept(*exchange);
      exchange.reset();
      return true;
    };
  }
  ~Chat() { server.handler.first = nullptr; }
  void accept(Exchange& exchange) {
    const HeaderView headers[] = {{"x-a", "b"},
                                  {"connection", "close"},
                                  {"sec-websocket-accept", "forged"},
                                  {"content-length", "7"}};
    ResponseHead head;
    head.status = 101;
    head.headers = headers;
    peer.socket = exchange.accept_web_socket(head);
    if (peer.socket != nullptr) peer.socket->set_user(&peer);
  }
  Server server;
  Peer peer;
  bool late = false;
  std::unique_ptr<Exchange> held;
};

HttpServerOptions quick() {
  HttpServerOptions options;
  options.header_timeout_ms = options.idle_timeout_ms = 200;
  options.web_socket.close_timeout_ms = 300;
  return options;
}

}  // namespace

TEST_CASE("the handshake is answered as RFC 6455 says") {
  Chat chat;
  Client client(chat.server);
  client.send(kUpgrade);
  REQUIRE(client.read_until("\r\n\r\n"));
  CHECK(client.received.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(client.received.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  CHECK(client.received.contains("x-a: b\r\n"));
  CHECK(!client.received.contains("forged"));
  CHECK(!client.received.contains("content-length"));
  client.received.clear();
  client.send(masked(0x81, "Hello"));
  REQUIRE(client.read_until("Hello"));
  CHECK(client.received == std::string("\x81\x05Hello"));
}

TEST_CASE("frames behind the handshake, and in pieces, are not lost") {
  for (size_t piece : {0, 1}) {
    Chat chat;
    Client client(chat.server);
    client.send(kUpgrade + masked(0x81, "early") + masked(0x82, "more"), piece);
    REQUIRE(client.read_until("more"));
    CHECK(chat.peer.messages == std::vector<std::string>{"early", "more"});
  }
  // The same when the handler answers later.
  Chat chat;
  chat.late = true;
  Client client(chat.server);
  client.send(kUpgrade + masked(0x81, "early"));
  REQUIRE(chat.server.turn_until([&] { return chat.held != nullptr; }));
  client.send(masked(0x81, "second"));
  chat.accept(*std::exchange(chat.held, nullptr));
  REQUIRE(client.read_until("second"));
  CHECK(chat.peer.messages == std::vector<std::string>{"early", "second"});
}

TEST_CASE("a request behind another on the connection can become a WebSocket") {
  Chat chat;
  Client client(chat.server);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kUpgrade) + masked(0x81, "hey"));
  REQUIRE(client.read_until("hey"));
  CHECK(client.received.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(client.received.contains("HTTP/1.1 101"));
}

TEST_CASE("bad handshakes get an answer that says why") {
  auto answer = [](std::string request) {
    Chat chat;
    Client client(chat.server);
    client.send(request);
    std::string reply = client.read_to_end();
    CHECK(chat.peer.socket == nullptr);
    return reply;
  };
  auto without = [](std::string_view line) {
    std::string text = kUpgrade;
    size_t at = text.find(line);
    REQUIRE(at != std::string::npos);
    return text.erase(at, text.find("\r\n", at) + 2 - at);
  };
  auto with = [](std::string_view from, std::string_view to) {
    std::string text = kUpgrade;
    size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  CHECK(answer(with("Version: 13", "Version: 8")).starts_with("HTTP/1.1 426 "));
  CHECK(answer(with("Version: 13", "Version: 8")).contains("sec-websocket-version: 13\r\n"));
  CHECK(answer(without("Sec-WebSocket-Version")).starts_with("HTTP/1.1 426 "));
  CHECK(answer(without("Sec-WebSocket-Key")).starts_with("HTTP/1.1 400 "));
  CHECK(answer(with("dGhlIHNhbXBsZSBub25jZQ==", "short")).starts_with("HTTP/1.1 400 "));
  CHECK(answer(with("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQAA"))
            .starts_with("HTTP/1.1 400 "));
  CHECK(answer(with("keep-alive, Upgrade", "keep-alive")).starts_with("HTTP/1.1 400 "));
  CHECK(answer(without("Upgrade: websocket")).starts_with("HTTP/1.1 400 "));
  CHECK(answer(with("GET", "POST")).starts_with("HTTP/1.1 400 "));
  CHECK(answer(with("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\n")).starts_with("HTTP/1.1 400 "));
}

TEST_CASE("the closing handshake, begun by either side") {
  Chat chat;
  Client client(chat.server);
  client.send(kUpgrade);
  REQUIRE(client.read_until("\r\n\r\n"));
  client.received.clear();
  SUBCASE("by the client") {
    client.send(masked(0x88, "\x0b\xb8why") + masked(0x81, "after"));
    CHECK(client.read_to_end() == "\x88\x05\x0b\xb8why");
    CHECK(chat.peer.close_code == 3000);
    CHECK(chat.peer.reason == "why");
    CHECK(chat.peer.cause == CloseCause::frame);
    CHECK(chat.peer.messages.empty());
  }
  SUBCASE("by the client, without a code") {
    client.send(masked(0x88, ""));
    CHECK(client.read_to_end() == std::string("\x88\x00", 2));
    CHECK(chat.peer.close_code == 1005);
  }
  SUBCASE("by the server") {
    client.send(masked(0x81, "close"));
    REQUIRE(client.read_until("asked"));
    CHECK(client.received ==
          "\x88\x07\x0f\xa1"
          "asked");
    client.send(masked(0x81, "ignored") + masked(0x88, "\x0f\xa1"));
    client.read_to_end();
    CHECK(chat.peer.close_code == 4001);
    CHECK(chat.peer.messages == std::vector<std::string>{"close"});
  }
  SUBCASE("the user lets go when told") {
    chat.peer.drops_at_close = true;
    client.send(masked(0x88, "\x03\xe8"));
    CHECK(client.read_to_end() == std::string("\x88\x02\x03\xe8", 4));
    CHECK(!client.was_reset);
  }
  CHECK(chat.peer.closes == 1);
  CHECK(chat.server.turn_until([&] { return chat.server.http->connection_count() == 0; }));
}

TEST_CASE("a peer that never answers Close, leaves, or is dropped") {
  Chat chat(quick());
  Client client(chat.server);
  client.send(kUpgrade);
  REQUIRE(client.read_until("\r\n\r\n"));
  SUBCASE("it never answers") {
    client.send(masked(0x81, "close"));
    client.read_to_end();
    CHECK(chat.peer.close_code == 1006);
  }
  SUBCASE("it leaves") {
    client.close();
    REQUIRE(chat.server.turn_until([&] { return chat.peer.closes > 0; }));
    CHECK(chat.peer.close_code == 1006);
    CHECK(chat.peer.cause == CloseCause::lost);
  }
  SUBCASE("it resets") {
    client.close(true);
    REQUIRE(chat.server.turn_until([&] { return chat.peer.closes > 0; }));
    CHECK(chat.peer.close_code == 1006);
  }
  SUBCASE("the user drops it inside a message") {
    client.send(masked(0x81, "drop") + masked(0x81, "x"));
    client.read_to_end();
    CHECK(chat.peer.closes == 0);
  }
  CHECK(chat.server.turn_until([&] { return chat.server.http->connection_count() == 0; }));
}

TEST_CASE("what breaks the protocol is closed with its code, and told") {
  struct Case {
    std::string input;
    uint16_t code;
  };
  HttpServerOptions options;
  options.web_socket.message_bytes_max = 1000;
  const Case cases[] = {{std::string("\x81\x02hi"), 1002},
                        {masked(0x83, "x"), 1002},
                        {masked(0x81, "\xff"), 1007},
                        {masked(0x82, std::string(1001, 'x')), 1009}};
  for (const Case& each : cases) {
    Chat chat(options);
    Client client(chat.server);
    client.send(kUpgrade);
    REQUIRE(client.read_until("\r\n\r\n"));
    client.received.clear();
    client.send(each.input + masked(0x81, "more"));
    std::string reply = client.read_to_end();
    REQUIRE(reply.size() >= 4);
    CHECK(static_cast<uint8_t>(reply[0]) == 0x88);
    CHECK((static_cast<uint8_t>(reply[2]) << 8 | static_cast<uint8_t>(reply[3])) == each.code);
    CHECK(chat.peer.close_code == each.code);
    CHECK(chat.peer.cause == CloseCause::failed);
    CHECK(chat.peer.messages.empty());
  }
}

TEST_CASE("pings are answered, a flood of them takes no memory") {
  Chat chat;
  Client client(chat.server);
  client.send(kUpgrade);
  REQUIRE(client.read_until("\r\n\r\n"));
  client.received.clear();
  client.send(masked(0x89, "you there"));
  REQUIRE(client.read_until("you there"));
  CHECK(client.received == "\x8a\x09you there");
  std::string flood;
  for (int i = 0; i < 1000; ++i) flood += masked(0x89, std::string(125, 'p'));
  for (int i = 0; i < 100; ++i) client.send_some(flood);
  CHECK(chat.peer.socket->buffered() < 100'000);
}

TEST_CASE("HTTP's time-outs do not end an open socket, silence does after a ping") {
  HttpServerOptions options = quick();
  options.web_socket.ping_ms = 600;
  options.web_socket.pong_ms = 600;
  Chat chat(options);
  Client client(chat.server);
  client.send(kUpgrade);
  REQUIRE(client.read_until("\r\n\r\n"));
  client.received.clear();
  REQUIRE(client.read_until(std::string("\x89\x00", 2)));
  CHECK(chat.peer.closes == 0);
  client.send(masked(0x8a, ""));
  client.received.clear();
  REQUIRE(client.read_until(std::string("\x89\x00", 2)));
  CHECK(chat.peer.closes == 0);
  client.read_to_end();
  CHECK(chat.peer.close_code == 1006);
}

TEST_CASE("a reader that does not read is closed with 1013, and its memory given back") {
  HttpServerOptions options;
  options.web_socket.buffered_bytes_max = 4 << 20;
  Chat chat(options);
  Client client(chat.server, 4096);
  client.send(kUpgrade);
  REQUIRE(client.read_until("\r\n\r\n"));
  client.received.clear();
  std::string big(1 << 20, 'z');
  size_t most = 0;
  for (int i = 0; i < 200 && chat.peer.closes == 0; ++i) {
    chat.peer.socket->send(MessageKind::binary, span_of(big));
    most = std::max(most, chat.peer.socket->buffered());
    chat.server.turn(1);
  }
  CHECK(chat.peer.close_code == 1013);
  CHECK(chat.peer.cause == CloseCause::failed);
  CHECK(most < (6u << 20));
  // What a slow reader then finds ends with the Close frame.
  std::string rest = client.read_to_end();
  CHECK(rest.contains("The receiver does not take its messages."));
}

TEST_CASE("a reader that comes back gets everything, and the sender is told") {
  Chat chat;
  Client client(chat.server, 4096);
  client.send(kUpgrade);
  REQUIRE(client.read_until("\r\n\r\n"));
  client.received.clear();
  std::string big(3 << 20, 'z');
  for (int i = 0; i < 3; ++i) chat.peer.socket->send(MessageKind::binary, span_of(big));
  chat.peer.socket->send(MessageKind::text, span_of("the end"));
  CHECK(chat.peer.socket->buffered() > (1u << 20));
  REQUIRE(client.read_until("the end"));
  CHECK(client.received.size() == 3 * (big.size() + 10) + 2 + 7);
  CHECK(chat.server.turn_until([&] { return chat.peer.drained > 0; }));
}

TEST_CASE("paused delivery holds the peer back") {
  Chat chat;
  chat.peer.echoes = false;
  Client client(chat.server);
  client.send(kUpgrade);
  REQUIRE(client.read_until("\r\n\r\n"));
  client.send(masked(0x81, "pause") + masked(0x81, "later"));
  size_t sent = 0;
  std::string block = masked(0x82, std::string(60'000, 'x'));
  for (int i = 0; i < 2000; ++i) sent += client.send_some(block);
  CHECK(chat.peer.messages.size() == 1);
  CHECK(sent < (32u << 20));
  chat.peer.socket->set_delivery(types::WebSocket::Delivery::flows);
  CHECK(chat.server.turn_until([&] { return chat.peer.messages.size() > 10; }));
  CHECK(chat.peer.messages[1] == "later");
}

TEST_CASE("draining closes sockets with 1001") {
  Chat chat;
  Client client(chat.server);
  client.send(kUpgrade);
  REQUIRE(client.read_until("\r\n\r\n"));
  client.received.clear();
  bool done = false;
  chat.server.http->drain(5000, [&] { done = true; });
  REQUIRE(client.read_until("going away"));
  CHECK(client.received.starts_with(std::string("\x88") + std::string("\x1b\x03\xe9", 3)));
  CHECK(!done);
  client.send(masked(0x88, "\x03\xe9"));
  client.read_to_end();
  CHECK(chat.server.turn_until([&] { return done; }));
  CHECK(chat.peer.close_code == 1001);
}

namespace {

struct Opening final : ClientObserver {
  void on_response(ClientResponse r) override { response = std::move(r); }
  void on_error(Error e) override { error = std::move(e); }
  bool done() const { return response || error; }
  std::optional<ClientResponse> response;
  std::optional<Error> error;
  std::unique_ptr<ClientRequest> request;
};

void open(Opening& opening, HttpClient& http, uint16_t port, const std::string& target) {
  ClientRequestHead head;
  head.method = "GET";
  head.host = "127.0.0.1";
  head.port = port;
  head.target = target;
  head.web_socket = true;
  head.headers.append("sec-websocket-key", "of somebody else");
  opening.request = http.start(std::move(head), nullptr, std::nullopt, opening);
}

}  // namespace

TEST_CASE("the client opens, talks and closes") {
  Chat chat;
  HttpClient http(*chat.server.loop);
  Opening opening;
  open(opening, http, chat.server.http->port(), "/ws");
  REQUIRE(chat.server.turn_until([&] { return opening.done(); }));
  REQUIRE(opening.response);
  CHECK(opening.response->status == 101);
  REQUIRE(opening.response->web_socket != nullptr);
  Peer mine;
  mine.echoes = false;
  mine.socket = std::move(opening.response->web_socket);
  mine.socket->set_user(&mine);
  mine.socket->send(MessageKind::text, span_of("over"));
  std::string big(300'000, 'q');
  mine.socket->send(MessageKind::binary, span_of(big));
  REQUIRE(chat.server.turn_until([&] { return mine.messages.size() == 2; }));
  CHECK(mine.messages[0] == "over");
  CHECK(mine.messages[1] == big);
  mine.socket->close(3333, "done");
  REQUIRE(chat.server.turn_until([&] { return mine.closes > 0 && chat.peer.closes > 0; }));
  CHECK(chat.peer.close_code == 3333);
  CHECK(mine.close_code == 3333);
  CHECK(chat.server.turn_until([&] { return chat.server.http->connection_count() == 0; }));
}

TEST_CASE("an origin that answers otherwise is an ordinary reply") {
  Chat chat;
  HttpClient http(*chat.server.loop);
  Opening opening;
  open(opening, http, chat.server.http->port(), "/hello");
  REQUIRE(chat.server.turn_until([&] { return opening.done(); }));
  REQUIRE(opening.response);
  CHECK(opening.response->status == 200);
  CHECK(opening.response->web_socket == nullptr);
}

TEST_CASE("the client may go while its socket is open") {
  Chat chat;
  Peer mine;
  {
    HttpClient http(*chat.server.loop);
    Opening opening;
    open(opening, http, chat.server.http->port(), "/ws");
    REQUIRE(chat.server.turn_until([&] { return opening.done(); }));
    mine.socket = std::move(opening.response->web_socket);
    mine.socket->set_user(&mine);
  }
  CHECK(chat.server.turn_until([&] { return chat.peer.closes > 0; }));
  mine.socket->send(MessageKind::text, span_of("to nobody"));
  CHECK(mine.socket->buffered() == 0);
}

TEST_CASE("a pair in memory") {
  types::WebSocketEnds ends = types::make_web_socket_pair();
  Peer a, b;
  a.echoes = b.echoes = false;
  a.socket = std::move(ends.first);
  b.socket = std::move(ends.second);
  a.socket->send(MessageKind::text, span_of("early"));
  CHECK(a.socket->buffered() == 5);
  a.socket->set_user(&a);
  b.socket->set_user(&b);
  CHECK(b.messages == std::vector<std::string>{"early"});
  SUBCASE("closes one way, then the other") {
    a.socket->close(3001, "x");
    a.socket->send(MessageKind::text, span_of("no"));
    CHECK(b.close_code == 3001);
    CHECK(a.closes == 0);
    b.socket->send(MessageKind::text, span_of("still"));
    b.socket->close(3002, "y");
    CHECK(a.close_code == 3002);
    CHECK(b.closes == 1);
  }
  SUBCASE("an end that is dropped is 1006 to the other") {
    a.socket.reset();
    CHECK(b.close_code == 1006);
    CHECK(b.cause == CloseCause::lost);
  }
  SUBCASE("the end is dropped inside a message") {
    b.socket->set_delivery(types::WebSocket::Delivery::pauses);
    a.socket->send(MessageKind::text, span_of("drop"));
    a.socket->send(MessageKind::text, span_of("never"));
    b.socket->set_delivery(types::WebSocket::Delivery::flows);
    CHECK(b.messages == std::vector<std::string>{"early", "drop"});
    CHECK(a.close_code == 1006);
  }
  SUBCASE("a receiver that pauses for ever is closed with 1013") {
    b.socket->set_delivery(types::WebSocket::Delivery::pauses);
    std::string big(1 << 20, 'x');
    for (int i = 0; i < 40; ++i) a.socket->send(MessageKind::binary, span_of(big));
    CHECK(a.close_code == 1013);
    CHECK(a.cause == CloseCause::failed);
    b.socket->set_delivery(types::WebSocket::Delivery::flows);
    CHECK(b.close_code == 1013);
  }
}
