// Frames of a WebSocket, free of sockets: a strict reader that is fed bytes and gives whole
// messages, and a writer. No extensions. RFC 6455 section 5. Private to net.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "net/out_buffer.h"
#include "types/utf8_machine.h"
#include "types/web_socket.h"

namespace skerry::net {

// Which end we are: what arrives at a server must be masked, what arrives at a client must not be.
enum class SocketSide : uint8_t { server, client };

// Told what the reader found. False stops the reader behind what was told.
class FrameSink {
 public:
  virtual bool on_message(types::MessageKind kind, std::span<const uint8_t> data) = 0;
  virtual bool on_ping(std::span<const uint8_t> data) = 0;
  virtual bool on_pong() = 0;
  // kCloseNoStatus when the frame had no code.
  virtual bool on_close(uint16_t code, std::string_view reason) = 0;

 protected:
  ~FrameSink() = default;
};

class FrameReader {
 public:
  FrameReader(SocketSide side, size_t message_bytes_max)
      : side_(side), message_bytes_max_(message_bytes_max) {}

  // How many bytes were used: all, unless the sink stopped it or the peer broke a rule. Memory
  // follows what has arrived, never what a header promises.
  size_t feed(const uint8_t* data, size_t size, FrameSink& sink);
  // The close code for what the peer did wrong, or 0. Nothing can be fed after it.
  uint16_t failure() const { return failure_; }
  const char* failure_text() const { return failure_text_; }
  // Bytes of the message that is not complete yet.
  size_t held_bytes() const { return message_.size(); }

 private:
  enum class State : uint8_t { header, payload };
  size_t take_header(const uint8_t* data, size_t size);
  void check_header();
  bool end_frame(FrameSink& sink);
  bool end_message(FrameSink& sink);
  bool end_control(FrameSink& sink);
  bool end_close(FrameSink& sink);
  bool check_text(const uint8_t* data, size_t size, bool last);  // NOLINT: a fact of the bytes
  void fail(uint16_t code, const char* text);

  SocketSide side_;
  size_t message_bytes_max_;
  State state_ = State::header;
  uint8_t header_[14];
  size_t header_size_ = 0;
  uint8_t opcode_ = 0;
  bool fin_ = false;
  bool in_message_ = false;  // a fragment has come, its end has not
  types::MessageKind kind_ = types::MessageKind::text;
  uint64_t payload_left_ = 0;
  uint8_t mask_[4] = {};
  size_t mask_at_ = 0;
  OutBuffer message_;
  uint8_t control_[125];
  size_t control_size_ = 0;
  types::Utf8Machine text_;
  uint16_t failure_ = 0;
  const char* failure_text_ = "";
};

// Writes the header of a complete, unfragmented frame, and the payload: masked with `mask` unless
// that is null.
enum class Opcode : uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};
void append_frame(OutBuffer& out, Opcode opcode, std::span<const uint8_t> payload,
                  const uint8_t* mask);
void append_close_frame(OutBuffer& out, uint16_t code, std::string_view reason,
                        const uint8_t* mask);
// to[i] = from[i] ^ mask[(at + i) % 4]. The ranges may be the same.
void apply_mask(uint8_t* to, const uint8_t* from, size_t size, const uint8_t* mask, size_t at);

}  // namespace skerry::net
