// One end of an open WebSocket, as interfaces between the transport (net), the isolate host
// (worker, web) and the server: nobody here knows sockets or V8. Frames, pings and the limits of
// messages are the transport's business; here whole messages travel. All on one loop thread. RFC
// 6455.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "types/http.h"

namespace skerry::types {

enum class MessageKind : uint8_t { text, binary };

// Close codes with a meaning of their own (RFC 6455 section 7.4.1).
inline constexpr uint16_t kCloseNormal = 1000;
inline constexpr uint16_t kCloseGoingAway = 1001;
inline constexpr uint16_t kCloseProtocolError = 1002;
inline constexpr uint16_t kCloseNoStatus = 1005;  // never sent: the Close frame had no code
inline constexpr uint16_t kCloseAbnormal = 1006;  // never sent: there was no Close frame
inline constexpr uint16_t kCloseInvalidText = 1007;
inline constexpr uint16_t kCloseTooLarge = 1009;
inline constexpr uint16_t kCloseInternalError = 1011;
inline constexpr uint16_t kCloseServiceRestart = 1012;
inline constexpr uint16_t kCloseTryLater = 1013;

enum class CloseCause : uint8_t {
  frame,   // the peer sent a Close frame
  lost,    // the connection ended without one; the code is 1006
  failed,  // we ended it: the peer broke the protocol or a limit; the code says which
};

// Told what arrives. May call or destroy the WebSocket from any of its calls.
class WebSocketUser {
 public:
  // Text is valid UTF-8. The bytes are valid during the call only.
  virtual void on_message(MessageKind kind, std::span<const uint8_t> data) = 0;
  // Nothing arrives after it. A user that has not sent its own Close answers with close().
  virtual void on_close(uint16_t code, std::string_view reason, CloseCause cause) = 0;
  // buffered() has fallen below web_socket_resume_bytes after it was above.
  virtual void on_drained() {}
  // True when what it hands on reaches a peer outside of this isolate, who may answer.
  virtual bool is_outside() const { return false; }

 protected:
  ~WebSocketUser() = default;
};

// Destroying it before close() cuts the connection; after it, the closing handshake ends by itself.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // Delivery begins, with what has arrived already, possibly from inside this call. Null: it stops.
  virtual void set_user(WebSocketUser* user) = 0;
  // Stops delivery for a while: back-pressure. What arrives waits with the peer.
  enum class Delivery : uint8_t { flows, pauses };
  virtual void set_delivery(Delivery delivery) = 0;
  // Text must be valid UTF-8. Does nothing after close() or on_close. When more than
  // web_socket_buffered_bytes_max waits for a peer that does not read, it is closed with 1013.
  virtual void send(MessageKind kind, std::span<const uint8_t> data) = 0;
  // Sends a Close frame once; kCloseNoStatus: one without a code. `reason` is at most 123 bytes.
  virtual void close(uint16_t code, std::string_view reason) = 0;
  // Bytes sent that have not left yet.
  virtual size_t buffered() const = 0;
  // False when nobody outside of this isolate can make a message arrive here.
  virtual bool has_outside_peer() const = 0;
  // Sends whose bytes may wait without 1013: for a peer that gets one long answer at a time.
  virtual void set_buffer_limit(size_t) {}
};

// True when the request asks for a WebSocket: GET, HTTP/1.1, `Upgrade: websocket`.
bool asks_for_web_socket(const RequestHead& head);
// True when a comma-separated list (a header's value) has the token, in any case of letters.
bool has_list_token(std::string_view list, std::string_view token);
// 1000 to 1003, 1007 to 1014, 3000 to 4999: what a Close frame may say.
bool is_close_code(uint16_t code);

// Two ends that are each other's peers, in memory.
struct WebSocketEnds {
  std::unique_ptr<WebSocket> first;
  std::unique_ptr<WebSocket> second;
};
WebSocketEnds make_web_socket_pair();

}  // namespace skerry::types
