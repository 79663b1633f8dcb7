// One connection of HttpClient: looks up, connects, sends one request at a time, reads its reply.
// Private to net.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "loop/stream.h"
#include "loop/timeout_wheel.h"
#include "net/chunk_decoder.h"
#include "net/head_scan.h"
#include "net/http_client.h"
#include "net/name_cache.h"
#include "net/out_buffer.h"
#include "net/response_parser.h"
#include "net/tls_client.h"
#include "net/tls_stream.h"
#include "net/web_socket_connection.h"

namespace skerry::net {

class ClientConnection;
class ClientCall;
class ClientBody;

struct ClientOrigin {
  ClientScheme scheme = ClientScheme::http;
  std::string host;
  uint16_t port = 0;
  size_t connections = 0;               // busy, connecting and idle
  std::vector<ClientConnection*> idle;  // the longest idle first
  std::deque<ClientCall*> waiting;
};

struct ClientShared {
  ClientShared(loop::Loop& the_loop, HttpClientOptions opts)
      : loop(the_loop),
        options(std::move(opts)),
        wheel(the_loop),
        names(the_loop),
        sockets(loop, wheel, options.web_socket) {}
  loop::Loop& loop;
  HttpClientOptions options;
  loop::TimeoutWheel wheel;
  NameCache names;
  WebSocketHub sockets;
  std::unordered_map<std::string, std::unique_ptr<ClientOrigin>> origins;
  std::vector<ClientConnection*> all;
  // Idle connections of all origins, in the order in which they became so.
  ClientConnection* oldest_idle = nullptr;
  ClientConnection* newest_idle = nullptr;
  size_t idle_count = 0;
  std::vector<ClientCall*> starting;

  void assign(ClientCall* call);
  void serve_waiting(ClientOrigin& origin);
  void park(ClientConnection* connection);
  void unpark(ClientConnection* connection);
  void forget(ClientConnection* connection);
};

class ClientCall final : public ClientRequest {
 public:
  ClientCall(ClientShared* shared, ClientRequestHead the_head, std::unique_ptr<ByteSource> the_body,
             std::optional<uint64_t> the_length, ClientObserver& the_observer);
  ~ClientCall() override;
  bool may_retry() const;
  void fail(Error error);

  ClientShared* shared;  // null once it is answered
  ClientOrigin* origin = nullptr;
  ClientConnection* connection = nullptr;
  ClientRequestHead head;
  std::unique_ptr<ByteSource> body;
  bool had_body;
  std::optional<uint64_t> length;
  ClientObserver& observer;
  bool retried = false;
};

class ClientConnection final : private loop::StreamUser,
                               private loop::TimeoutEntry,
                               private TlsObserver,
                               private TlsWaiter,
                               private ByteReader {
 public:
  ClientConnection(ClientShared& shared, ClientOrigin& origin);
  void begin(ClientCall* call);
  void close();
  ClientOrigin& origin() { return origin_; }
  void call_dropped() { close(); }
  // Forgets the call without telling anybody: the client dies.
  void orphan_call() {
    if (call_ == nullptr) return;
    call_->connection = nullptr;
    call_->shared = nullptr;
    call_ = nullptr;
  }
  void read_body(ByteReader& reader);
  void source_dropped();
  std::optional<uint64_t> body_left() const;

 private:
  friend struct ClientShared;
  enum class State : uint8_t { connecting, head, body, complete, idle, upgraded };

  // Loop side.
  // One address that is tried; several may be at once.
  struct Attempt final : loop::ConnectUser {
    explicit Attempt(ClientConnection& the_owner) : owner(the_owner) {}
    void on_connect(Result<> result) override { owner.on_attempt(*this, std::move(result)); }
    ClientConnection& owner;
    std::unique_ptr<loop::Stream> stream;
  };
  void on_attempt(Attempt& attempt, Result<> result);
  void connect_to(std::vector<loop::SocketAddress> addresses);
  void end_attempts();
  void on_read(std::span<const uint8_t> data) override;
  void on_read_end() override;
  void on_stream_error(Error error) override;
  void on_write_done() override;
  void on_timeout() override;
  void on_tls_open() override;
  void on_tls_ready(const Result<>& result) override;
  // Request body.
  void on_chunk(Bytes chunk) override;
  void on_end() override;
  void on_error(Error error) override;

  std::string bare_host() const;
  void connect_next();
  void connected();
  void send_request();
  void send(Bytes chunk, std::string_view tail);
  void sent();
  void pump();
  void drop_request_body();
  size_t take_head(const uint8_t* data, size_t size);
  void take_message(ResponseMessage message);
  void check_upgrade(ResponseMessage message);
  void hand_over(std::span<const uint8_t> rest);
  void keep_body(const uint8_t* data, size_t size);
  size_t take_body(const uint8_t* data, size_t size);
  void deliver_body();
  void broken(Error error);
  void settle();

  ClientShared& shared_;
  ClientOrigin& origin_;
  ClientConnection* older_idle_ = nullptr;
  ClientConnection* newer_idle_ = nullptr;
  bool parked_ = false;
  std::unique_ptr<NameCache::Waiter> lookup_;
  std::vector<std::unique_ptr<Attempt>> attempts_;
  loop::TimerId attempt_timer_;
  std::vector<loop::SocketAddress> addresses_;
  size_t next_address_ = 0;
  std::optional<Error> refusal_;
  std::unique_ptr<loop::Stream> stream_;
  State state_ = State::connecting;
  bool connected_ = false;
  bool dead_ = false;
  bool processing_ = false;
  bool reused_ = false;
  bool got_bytes_ = false;
  bool keep_alive_ = false;

  ClientCall* call_ = nullptr;
  std::unique_ptr<ByteSource> request_body_;
  bool request_chunked_ = false;
  bool request_sent_ = false;
  bool sending_ = false;  // waits for on_write_done()
  bool pumping_ = false;
  bool pump_again_ = false;
  uint64_t request_left_ = 0;
  OutBuffer out_;
  Bytes chunk_;

  HeadScanner scanner_;
  std::string head_;
  size_t interim_ = 0;
  std::string web_socket_key_;
  std::unique_ptr<ResponseMessage> upgrade_;  // the reply that made this a WebSocket
  AnswersHead answers_head_ = AnswersHead::no;
  ResponseMessage::Body body_kind_ = ResponseMessage::Body::none;
  uint64_t body_left_ = 0;
  ChunkDecoder chunks_;
  OutBuffer body_;
  bool body_done_ = false;
  ClientBody* source_ = nullptr;
  ByteReader* reader_ = nullptr;
};

class ClientBody final : public ByteSource {
 public:
  explicit ClientBody(ClientConnection* the_connection) : connection(the_connection) {}
  ~ClientBody() override {
    if (connection != nullptr) connection->source_dropped();
  }
  void read(ByteReader& reader) override;
  std::optional<uint64_t> length() const override;

  ClientConnection* connection;
  Bytes rest;  // what had arrived when the connection was let go
  std::optional<Error> error;
};

}  // namespace skerry::net
