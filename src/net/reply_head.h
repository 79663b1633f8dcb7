// Writes the head of a reply. RFC 9112 section 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/http_server.h"
#include "net/out_buffer.h"

namespace skerry::net {

// The date header line, made once a second.
class DateLine {
 public:
  // "date: Tue, 15 Nov 1994 08:12:31 GMT\r\n"; `now_ms` is the loop's clock.
  std::string_view get(uint64_t now_ms);

 private:
  uint64_t valid_until_ms_ = 0;
  char text_[48] = {};
  size_t size_ = 0;
};

enum class ConnectionLine : uint8_t { none, close, keep_alive };
enum class LengthLine : uint8_t { none, length, chunked, from_handler };

struct ReplyFraming {
  ConnectionLine connection = ConnectionLine::none;
  LengthLine kind = LengthLine::none;
  uint64_t length = 0;
};

// The standard phrase of a status; "" if there is none.
std::string_view status_phrase(uint16_t status);

void append_reply_head(OutBuffer& out, const ResponseHead& head, std::string_view date_line,
                       const ReplyFraming& framing);

}  // namespace skerry::net
