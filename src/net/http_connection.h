// One HTTP/1.1 connection of the server: a plain state machine fed bytes. Requests are answered one
// at a time, in order. What is read ahead, buffered or queued is bounded: at the bound, reading
// stops. Private to net.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "loop/stream.h"
#include "loop/timeout_wheel.h"
#include "net/chunk_decoder.h"
#include "net/head_scan.h"
#include "net/http_server.h"
#include "net/out_buffer.h"
#include "net/reply_head.h"
#include "net/request_parser.h"
#include "net/web_socket_connection.h"

namespace skerry::net {

class HttpConnection;
class TlsStream;
class ExchangeImpl;
class BodySource;
class ReplySink;

// What the connections of one server share.
struct ConnectionShared {
  ConnectionShared(loop::Loop& the_loop, RequestHandler& the_handler, HttpServerOptions opts)
      : loop(the_loop),
        handler(the_handler),
        options(opts),
        wheel(the_loop),
        sockets(loop, wheel, opts.web_socket) {}
  loop::Loop& loop;
  RequestHandler& handler;
  HttpServerOptions options;
  loop::TimeoutWheel wheel;
  WebSocketHub sockets;
  RequestParser parser;
  DateLine date;
  OutBufferPool buffers;
  bool draining = false;
  std::vector<HttpConnection*> connections;
  std::vector<HttpConnection*> soon;  // have something to do before the loop waits
  std::vector<HttpConnection*>
      graveyard;  // closed, to be deleted when nothing of theirs is on the stack
  bool soon_queued = false;
  std::move_only_function<void()> on_empty;

  void queue_soon();
  void run_soon();
};

class HttpConnection final : private loop::StreamUser, private loop::TimeoutEntry {
 public:
  HttpConnection(ConnectionShared& shared, std::unique_ptr<loop::Stream> stream,
                 const loop::SocketAddress& peer, const TlsStream* tls);
  ~HttpConnection();
  void start();
  // No request is in flight and none has begun.
  bool is_idle() const;
  // The reply in flight, if any, is the last.
  void close_after_reply();
  // Ends it now; everybody who waits is told. Deleted later by ConnectionShared.
  enum class Cut : uint8_t { close, reset };
  void close(Cut cut);
  void run_soon();

  // For ExchangeImpl, BodySource and ReplySink of the request in flight.
  bool request_has_body() const { return framing_.has_body(); }
  std::unique_ptr<ByteSource> take_body();
  void respond(const ResponseHead& head, std::span<const uint8_t> body);
  std::unique_ptr<ByteSink> respond_stream(const ResponseHead& head,
                                           std::optional<uint64_t> length);
  std::unique_ptr<types::WebSocket> accept_web_socket(const ResponseHead& head);
  void exchange_dropped();
  void read_body(ByteReader& reader);
  void source_dropped();
  void sink_write(Bytes chunk, ByteWriter& writer);
  bool sink_write_now(std::span<const uint8_t> bytes);
  void sink_end();
  std::optional<uint64_t> body_left() const;

 private:
  friend struct ConnectionShared;
  enum class Phase : uint8_t {
    head,      // reading a request head, or between requests
    body,      // reading a request body
    waiting,   // the request is complete, the reply is not
    upgraded,  // the connection goes to a WebSocket as soon as the head of the reply is out
    closing,   // the last reply is written or being written; input is dropped
  };
  enum class TimerKind : uint8_t { none, head, idle, body, write, half_close, linger };
  enum class SinkKind : uint8_t { fixed, chunked, until_close };

  void on_read(std::span<const uint8_t> data) override;
  void on_read_end() override;
  void on_stream_error(Error error) override;
  void on_write_done() override;
  void on_timeout() override;

  // Input.
  size_t consume(const uint8_t* data, size_t size);
  size_t take_head(const uint8_t* data, size_t size);
  size_t skip_empty_lines(const uint8_t* data, size_t size);
  size_t take_body_bytes(const uint8_t* data, size_t size);
  void check_partial_head();
  void begin_request(bool more_follows);
  void payload(const uint8_t* data, size_t size);
  void body_finished();
  void deliver_body();
  void run_read_ahead();
  void refuse(uint16_t status, const char* reason);

  // Replies.
  bool may_reply(const ResponseHead& head) const;
  ReplyFraming start_reply(const ResponseHead& head);
  void decide_keep_alive();
  void finish_reply();
  void release_request();
  OutBuffer& out();
  void send(std::span<const uint8_t> body, Bytes* owned, std::string_view tail);
  void flush();
  void queue_rest(std::span<const uint8_t> body, Bytes* owned, std::string_view tail,
                  size_t written);
  void write_chunk(Bytes chunk);
  void write_chunk_of(std::span<const uint8_t> bytes, Bytes* owned);
  void tell_sink_ready();
  void mark_soon();

  void hand_over();
  void leave();

  // After every event: write, close, read on or stop, set the timer.
  void settle();
  void start_closing();
  void update_reading();
  void update_timer();
  TimerKind wanted_timer() const;

  ConnectionShared& shared_;
  std::unique_ptr<loop::Stream> stream_;
  const TlsStream* tls_;  // of stream_; null: a plain connection
  loop::SocketAddress peer_;
  size_t index_ = 0;  // in shared_.connections

  Phase phase_ = Phase::head;
  TimerKind timer_kind_ = TimerKind::none;
  bool dead_ = false;
  bool processing_ = false;
  bool peer_ended_ = false;
  bool served_one_ = false;
  bool close_when_flushed_ = false;
  bool shut_ = false;

  // Request.
  HeadScanner scanner_;
  Ref<types::RequestHead> head_;
  RequestFraming framing_;
  bool saw_cr_ = false;
  size_t empty_lines_ = 0;
  std::string read_ahead_;
  size_t read_ahead_at_ = 0;
  ChunkDecoder chunks_;
  uint64_t body_left_ = 0;
  uint64_t body_bytes_ = 0;
  uint64_t body_total_ = 0;
  uint64_t window_bytes_ = 0;
  uint64_t discarded_ = 0;
  size_t lingered_ = 0;
  bool body_done_ = false;
  bool discard_ = false;
  bool body_taken_ = false;
  OutBuffer body_;  // decoded, not yet asked for
  BodySource* source_ = nullptr;
  ByteReader* reader_ = nullptr;

  // Reply.
  ExchangeImpl* exchange_ = nullptr;
  ReplySink* sink_ = nullptr;
  bool in_flight_ = false;
  bool head_sent_ = false;
  bool keep_alive_ = false;
  SinkKind sink_kind_ = SinkKind::fixed;
  uint64_t sink_left_ = 0;
  ByteWriter* writer_ = nullptr;
  Bytes sink_queued_;
  unsigned ready_in_turn_ = 0;
  bool ready_soon_ = false;
  bool soon_ = false;

  WebSocketConnection* upgrade_ = nullptr;
  std::unique_ptr<OutBuffer> out_;
  std::unique_ptr<OutBuffer> writing_;
  Bytes writing_chunk_;
  size_t unsent_ = 0;
};

}  // namespace skerry::net
