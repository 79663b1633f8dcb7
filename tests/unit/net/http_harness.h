// A server with a handler of many behaviours, and a raw client socket, on one thread: the client
// turns the loop.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_stream.h"
#include "loop/loop.h"
#include "net/http_server.h"

namespace skerry::net::testing {

// Reads a source to its end.
class ReadAll final : public ByteReader {
 public:
  using Done = std::move_only_function<void(Result<std::string>)>;
  static void start(std::unique_ptr<ByteSource> source, Done done);
  void on_chunk(Bytes chunk) override;
  void on_end() override;
  void on_error(Error error) override;

 private:
  void finish(Result<std::string> result);
  std::unique_ptr<ByteSource> source_;
  std::string text_;
  Done done_;
};

// Copies a source into a sink, and deletes itself at the end.
class Pump final : public ByteReader, public ByteWriter {
 public:
  static void start(std::unique_ptr<ByteSource> source, std::unique_ptr<ByteSink> sink);
  void on_chunk(Bytes chunk) override;
  void on_end() override;
  void on_ready() override;
  void on_error(Error error) override;

 private:
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<ByteSink> sink_;
};

// Gives `total` bytes of one letter in chunks; counts what was asked for.
class Letters final : public ByteSource {
 public:
  Letters(uint64_t total, size_t chunk, uint64_t* given)
      : left_(total), chunk_(chunk), given_(given) {}
  void read(ByteReader& reader) override;

 private:
  uint64_t left_;
  size_t chunk_;
  uint64_t* given_;
};

class Handler final : public RequestHandler, public ExchangeObserver {
 public:
  void on_request(std::unique_ptr<Exchange> exchange) override;
  void on_client_gone() override { ++gone; }
  void answer_held(std::string_view text = "late");

  // Asked before anything else, if set: true when it took the exchange.
  std::function<bool(std::unique_ptr<Exchange>&)> first;
  int requests = 0;
  int gone = 0;
  uint64_t given = 0;
  std::vector<std::string> targets;
  std::vector<std::string> errors;
  std::unique_ptr<Exchange> held;
  std::unique_ptr<ByteSource> held_body;
};

void respond_text(Exchange& exchange, uint16_t status, std::string_view text);

struct Server {
  explicit Server(HttpServerOptions options = {});
  ~Server();
  std::unique_ptr<loop::Loop> loop;
  Handler handler;
  std::unique_ptr<HttpServer> http;
  // Turns the loop until `done`, for five seconds at most.
  bool turn_until(const std::function<bool()>& done);
  void turn(int count);
};

class Client {
 public:
  explicit Client(Server& server, int receive_buffer = 0);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  // All at once, or in pieces of `piece` bytes with a turn of the loop after each.
  void send(std::string_view text, size_t piece = 0);
  // What the socket takes now; turns the loop once.
  size_t send_some(std::string_view text);
  // Everything up to the end of the connection.
  std::string read_to_end();
  // Until what came contains `text`.
  bool read_until(std::string_view text);
  void take_some();
  void half_close();
  void close(bool reset = false);

  std::string received;
  bool ended = false;
  bool was_reset = false;

 private:
  Server& server_;
  int fd_ = -1;
};

// The status codes of the replies in `text`, which must be replies with content-length.
std::vector<int> statuses(std::string_view text);
int count_of(std::string_view text, std::string_view part);

}  // namespace skerry::net::testing
