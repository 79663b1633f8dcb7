// One WebSocket on a connection that an HTTP server or client handed over after the opening
// handshake: frames in and out, pings, the closing handshake, time-outs, and bounds on what waits.
// Private to net.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "loop/stream.h"
#include "loop/timeout_wheel.h"
#include "net/out_buffer.h"
#include "net/web_socket_frames.h"
#include "net/web_socket_options.h"
#include "types/web_socket.h"

namespace skerry::net {

class WebSocketConnection;
class WebSocketHandle;

// What the sockets of one server or client share, and who deletes them.
class WebSocketHub {
 public:
  WebSocketHub(loop::Loop& the_loop, loop::TimeoutWheel& the_wheel, WebSocketOptions opts = {})
      : loop(the_loop), wheel(the_wheel), options(opts) {}
  // Cuts what is left; handles become inert, and nobody is told.
  ~WebSocketHub();
  WebSocketHub(const WebSocketHub&) = delete;
  WebSocketHub& operator=(const WebSocketHub&) = delete;

  loop::Loop& loop;
  loop::TimeoutWheel& wheel;
  WebSocketOptions options;
  std::vector<WebSocketConnection*> sockets;
  size_t buffered_total = 0;
  // Told, from the loop, when the last socket is gone.
  std::move_only_function<void()> on_empty;

  // Starts the closing handshake of every socket.
  void close_all(uint16_t code, std::string_view reason);
  void cut_all();
  void random_mask(uint8_t* mask);

 private:
  friend class WebSocketConnection;
  void queue_soon(WebSocketConnection* socket);
  void run_soon();
  std::vector<WebSocketConnection*> soon_;
  std::vector<WebSocketConnection*> graveyard_;
  std::shared_ptr<bool> queued_ = std::make_shared<bool>(false);  // shared with what is deferred
  uint8_t random_[256];
  size_t random_left_ = 0;
};

class WebSocketConnection final : private loop::StreamUser,
                                  private loop::TimeoutEntry,
                                  private FrameSink {
 public:
  // Sends made before attach() wait.
  WebSocketConnection(WebSocketHub& hub, SocketSide side);
  ~WebSocketConnection();
  std::unique_ptr<types::WebSocket> make_handle();
  // Takes over the connection. `rest` arrived behind the handshake; nothing is being written.
  enum class PeerEnd : uint8_t { open, ended };
  void attach(std::unique_ptr<loop::Stream> stream, std::string rest, PeerEnd peer);
  // There will be no connection, or it is gone.
  void lost();

  // For the handle.
  void set_user(types::WebSocketUser* user);
  void set_delivery(types::WebSocket::Delivery delivery);
  void send(types::MessageKind kind, std::span<const uint8_t> data);
  void close(uint16_t code, std::string_view reason);
  void dropped();
  size_t buffered() const;
  void set_buffer_limit(size_t bytes) { buffer_limit_ = bytes; }

 private:
  friend class WebSocketHub;
  enum class TimerKind : uint8_t { none, write, close, linger, ping, pong };

  void on_read(std::span<const uint8_t> data) override;
  void on_read_end() override;
  void on_stream_error(Error error) override;
  void on_write_done() override;
  void on_timeout() override;
  bool on_message(types::MessageKind kind, std::span<const uint8_t> data) override;
  bool on_ping(std::span<const uint8_t> data) override;
  bool on_pong() override;
  bool on_close(uint16_t code, std::string_view reason) override;

  bool wants_input() const;
  void process(const uint8_t* data, size_t size);
  void run_rest();
  void add_frame(Opcode opcode, std::span<const uint8_t> payload);
  void add_close(uint16_t code, std::string_view reason);
  void fail(uint16_t code, const char* text);
  void tell_close(uint16_t code, std::string_view reason, types::CloseCause cause);
  void flush();
  void settle();
  void cut();
  void count_buffered();
  void update_timer();
  void run_soon();

  WebSocketHub& hub_;
  SocketSide side_;
  size_t index_ = 0;  // in hub_.sockets
  WebSocketHandle* handle_ = nullptr;
  types::WebSocketUser* user_ = nullptr;
  std::unique_ptr<loop::Stream> stream_;
  FrameReader reader_;
  std::string rest_;  // arrived, not processed: nobody took it yet
  OutBuffer out_;
  Bytes writing_;
  std::string ping_due_;  // the payload to answer, when there is room
  bool has_ping_due_ = false;
  size_t buffer_limit_;
  size_t counted_ = 0;  // of this socket in hub_.buffered_total
  size_t unsent_ = 0;
  uint64_t last_read_ms_ = 0;
  uint64_t pinged_ms_ = 0;
  TimerKind timer_kind_ = TimerKind::none;
  bool paused_ = false;
  bool processing_ = false;
  bool close_sent_ = false;
  bool close_received_ = false;
  bool told_ = false;  // the user knows that it is over
  bool drain_due_ = false;
  bool shut_ = false;
  bool peer_ended_ = false;
  bool broken_ = false;
  bool dead_ = false;
  bool soon_ = false;
  struct Ending {
    uint16_t code;
    std::string reason;
    types::CloseCause cause;
  };
  std::unique_ptr<Ending> ending_;  // what to tell the user, when nothing of it is on the stack
};

class WebSocketHandle final : public types::WebSocket {
 public:
  explicit WebSocketHandle(WebSocketConnection* the_connection) : connection(the_connection) {}
  ~WebSocketHandle() override {
    if (connection != nullptr) connection->dropped();
  }
  void set_user(types::WebSocketUser* user) override {
    if (connection != nullptr) connection->set_user(user);
  }
  void set_delivery(Delivery delivery) override {
    if (connection != nullptr) connection->set_delivery(delivery);
  }
  void send(types::MessageKind kind, std::span<const uint8_t> data) override {
    if (connection != nullptr) connection->send(kind, data);
  }
  void close(uint16_t code, std::string_view reason) override {
    if (connection != nullptr) connection->close(code, reason);
  }
  size_t buffered() const override { return connection == nullptr ? 0 : connection->buffered(); }
  bool has_outside_peer() const override { return connection != nullptr; }
  void set_buffer_limit(size_t bytes) override {
    if (connection != nullptr) connection->set_buffer_limit(bytes);
  }

  WebSocketConnection* connection;
};

}  // namespace skerry::net
