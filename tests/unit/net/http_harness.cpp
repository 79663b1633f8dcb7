#include "http_harness.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace skerry::net::testing {

void ReadAll::start(std::unique_ptr<ByteSource> source, Done done) {
  auto* self = new ReadAll;
  self->done_ = std::move(done);
  self->source_ = std::move(source);
  self->source_->read(*self);
}
void ReadAll::on_chunk(Bytes chunk) {
  text_ += chunk.view();
  source_->read(*this);
}
void ReadAll::on_end() {
  finish(std::move(text_));
}
void ReadAll::on_error(Error error) {
  finish(fail(std::move(error)));
}
void ReadAll::finish(Result<std::string> result) {
  auto done = std::move(done_);
  delete this;
  done(std::move(result));
}

void Pump::start(std::unique_ptr<ByteSource> source, std::unique_ptr<ByteSink> sink) {
  auto* self = new Pump;
  self->source_ = std::move(source);
  self->sink_ = std::move(sink);
  self->source_->read(*self);
}
void Pump::on_chunk(Bytes chunk) {
  sink_->write(std::move(chunk), *this);
}
void Pump::on_end() {
  sink_->end();
  delete this;
}
void Pump::on_ready() {
  source_->read(*this);
}
void Pump::on_error(Error error) {
  delete this;
}

void Letters::read(ByteReader& reader) {
  if (left_ == 0) {
    reader.on_end();
    return;
  }
  size_t size = static_cast<size_t>(std::min<uint64_t>(left_, chunk_));
  left_ -= size;
  *given_ += size;
  Bytes bytes = Bytes::allocate(size);
  std::memset(bytes.data(), 'x', size);
  reader.on_chunk(std::move(bytes));
}

void respond_text(Exchange& exchange, uint16_t status, std::string_view text) {
  const HeaderView type[] = {{"content-type", "text/plain"}};
  ResponseHead head;
  head.status = status;
  head.headers = type;
  exchange.respond(head, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

void Handler::answer_held(std::string_view text) {
  auto exchange = std::move(held);
  respond_text(*exchange, 200, text);
}

void Handler::on_request(std::unique_ptr<Exchange> exchange) {
  ++requests;
  std::string target(exchange->head()->target());
  targets.push_back(target);
  if (first && first(exchange)) return;
  exchange->set_observer(this);
  ResponseHead ok;
  auto starts = [&](std::string_view prefix) { return target.starts_with(prefix); };
  if (target == "/echo") {
    auto body = exchange->take_body();
    if (body == nullptr) return respond_text(*exchange, 200, "no body");
    ReadAll::start(std::move(body),
                   [this, owned = std::move(exchange)](Result<std::string> text) mutable {
                     if (text) {
                       respond_text(*owned, 200, *text);
                     } else {
                       errors.push_back(text.error().text);
                     }
                   });
  } else if (target == "/stream-echo") {
    auto body = exchange->take_body();
    auto sink = exchange->respond_stream(ok, std::nullopt);
    Pump::start(std::move(body), std::move(sink));
  } else if (starts("/letters/")) {
    uint64_t total = std::stoull(target.substr(9));
    auto sink = exchange->respond_stream(ok, std::nullopt);
    if (sink != nullptr) {
      Pump::start(std::make_unique<Letters>(total, 60'000, &given), std::move(sink));
    }
  } else if (starts("/sized/")) {
    uint64_t total = std::stoull(target.substr(7));
    auto sink = exchange->respond_stream(ok, total);
    if (sink != nullptr) {
      Pump::start(std::make_unique<Letters>(total, 1000, &given), std::move(sink));
    }
  } else if (target == "/short") {
    auto sink = exchange->respond_stream(ok, 500);
    Pump::start(std::make_unique<Letters>(100, 100, &given), std::move(sink));
  } else if (target == "/long") {
    auto sink = exchange->respond_stream(ok, 50);
    Pump::start(std::make_unique<Letters>(100, 100, &given), std::move(sink));
  } else if (target == "/hold") {
    held = std::move(exchange);
  } else if (target == "/hold-body") {
    held_body = exchange->take_body();
    held = std::move(exchange);
  } else if (target == "/cut") {
    auto sink = exchange->respond_stream(ok, std::nullopt);
  } else if (target == "/drop") {
    exchange.reset();
  } else if (target == "/204") {
    respond_text(*exchange, 204, "");
  } else if (target == "/304") {
    respond_text(*exchange, 304, "");
  } else if (starts("/big/")) {
    respond_text(*exchange, 200, std::string(std::stoull(target.substr(5)), 'b'));
  } else {
    respond_text(*exchange, 200, "Hello");
  }
}

Server::Server(HttpServerOptions options) {
  loop = std::move(*loop::Loop::create());
  http = std::make_unique<HttpServer>(*loop, handler, options);
  Result<> listening = http->listen_tcp("127.0.0.1", 0);
  REQUIRE(listening.has_value());
}

Server::~Server() {
  http.reset();
  handler.held.reset();
  handler.held_body.reset();
  turn(3);
}

bool Server::turn_until(const std::function<bool()>& done) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    loop->turn(loop::Loop::Wait::no);
  }
  return true;
}

void Server::turn(int count) {
  for (int i = 0; i < count; ++i) loop->turn(loop::Loop::Wait::no);
}

Client::Client(Server& server, int receive_buffer) : server_(server) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.http->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int status = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  REQUIRE(status == 0);
  int on = 1;
  setsockopt(fd_, IPPROTO_TCP, 1, &on, sizeof on);
  server_.turn(1);
}

Client::~Client() {
  close();
}

void Client::close(bool reset) {
  if (fd_ < 0) return;
  linger now = {1, 0};
  if (reset) setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd_);
  fd_ = -1;
}

void Client::half_close() {
  ::shutdown(fd_, SHUT_WR);
}

void Client::send(std::string_view text, size_t piece) {
  if (piece == 0) piece = text.size();
  while (!text.empty() && !ended) {
    size_t size = std::min(piece, text.size());
    ssize_t sent = ::send(fd_, text.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
    server_.turn(1);
    if (sent > 0) {
      text.remove_prefix(static_cast<size_t>(sent));
    } else {
      if (errno != EAGAIN) return;
      take_some();
    }
  }
}

size_t Client::send_some(std::string_view text) {
  ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  server_.turn(1);
  return sent > 0 ? static_cast<size_t>(sent) : 0;
}

void Client::take_some() {
  char buffer[65536];
  ssize_t count = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
  if (count > 0) received.append(buffer, static_cast<size_t>(count));
  if (count == 0) ended = true;
  if (count < 0 && errno != EAGAIN) ended = was_reset = true;
}

std::string Client::read_to_end() {
  bool complete = server_.turn_until([this] {
    take_some();
    return ended;
  });
  CHECK_MESSAGE(complete, "the server did not close: ", received.substr(0, 200));
  return received;
}

bool Client::read_until(std::string_view text) {
  return server_.turn_until([&] {
    take_some();
    return received.find(text) != std::string::npos || ended;
  }) && received.find(text) != std::string::npos;
}

std::vector<int> statuses(std::string_view text) {
  std::vector<int> found;
  while (text.starts_with("HTTP/1.1 ")) {
    found.push_back(std::stoi(std::string(text.substr(9, 3))));
    size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) break;
    std::string_view head = text.substr(0, end + 4);
    size_t length = head.find("content-length: ");
    size_t body = 0;
    if (length != std::string_view::npos && found.back() != 304) {
      body = std::stoull(std::string(head.substr(length + 16, 20)));
    }
    text.remove_prefix(std::min(text.size(), end + 4 + body));
  }
  if (!text.empty()) found.push_back(-1);
  return found;
}

int count_of(std::string_view text, std::string_view part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace skerry::net::testing
