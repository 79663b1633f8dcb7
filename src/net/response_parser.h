// Parses the head of a response that HeadScanner has passed. RFC 9112 sections 4, 5 and 6.3.
// Private to net.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "types/header_list.h"

namespace skerry::net {

struct ResponseMessage {
  uint16_t status = 0;
  std::string reason;
  types::HeaderList headers;
  enum class Body : uint8_t { none, length, chunked, until_close };
  Body body = Body::none;
  uint64_t length = 0;
  bool keep_alive = false;
};

// `head` runs through its empty line; `answers_head`: the request's method was HEAD.
enum class AnswersHead : uint8_t { no, yes };
Result<ResponseMessage> parse_response(std::string_view head, AnswersHead answers_head);

}  // namespace skerry::net
