#include "net/response_parser.h"

#include "base/limits.h"
#include "net/request_parser.h"

namespace skerry::net {

using types::equals_ignoring_case;

namespace {

std::unexpected<Error> bad(const char* why) {
  return fail(Code::corrupt, std::string("the origin's reply is malformed: ") + why);
}

Result<> parse_status_line(std::string_view line, ResponseMessage& message, bool* is_1_0) {
  bool well_formed = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' ' &&
                     (line.size() == 12 || line[12] == ' ');
  for (size_t i = 9; well_formed && i < 12; ++i) well_formed = line[i] >= '0' && line[i] <= '9';
  if (!well_formed || line[7] < '0' || line[7] > '9') return bad("its status line");
  *is_1_0 = line[7] == '0';
  message.status =
      static_cast<uint16_t>((line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0'));
  if (message.status < 100) return bad("its status line");
  if (line.size() > 13) message.reason = line.substr(13);
  return {};
}

// RFC 9112 section 6.3.
Result<> decide_body(ResponseMessage& message, AnswersHead answers_head) {
  bool has_length = false;
  bool bad_length = false;
  int codings = 0;
  bool unknown = false;
  for (const types::Header& header : message.headers.entries()) {
    if (equals_ignoring_case(header.name, "content-length")) {
      for_each_token(header.value, [&](std::string_view item) {
        uint64_t length = 0;
        if (!parse_length(item, &length) || (has_length && length != message.length)) {
          bad_length = true;
        }
        has_length = true;
        message.length = length;
      });
    } else if (equals_ignoring_case(header.name, "transfer-encoding")) {
      for_each_token(header.value, [&](std::string_view coding) {
        ++codings;
        if (!equals_ignoring_case(coding, "chunked")) unknown = true;
      });
    }
  }
  uint16_t status = message.status;
  if (answers_head == AnswersHead::yes || status < 200 || status == 204 || status == 304) return {};
  if (codings > 0) {
    if (has_length) return bad("both content-length and transfer-encoding");
    if (unknown) return fail(Code::unsupported, "the origin uses an unknown transfer coding");
    if (codings > 1) return bad("its transfer-encoding");
    message.body = ResponseMessage::Body::chunked;
  } else if (bad_length) {
    return bad("its content-length");
  } else if (has_length) {
    message.body =
        message.length == 0 ? ResponseMessage::Body::none : ResponseMessage::Body::length;
  } else {
    message.body = ResponseMessage::Body::until_close;
    message.keep_alive = false;
  }
  return {};
}

}  // namespace

Result<ResponseMessage> parse_response(std::string_view head, AnswersHead answers_head) {
  ResponseMessage message;
  bool is_1_0 = false;
  size_t end = head.find("\r\n");
  if (auto ok = parse_status_line(head.substr(0, end), message, &is_1_0); !ok) {
    return fail(std::move(ok.error()));
  }
  bool close = false;
  bool keep = false;
  for (size_t at = end + 2; at + 2 < head.size(); at = end + 2) {
    end = head.find("\r\n", at);
    std::string_view line = head.substr(at, end - at);
    size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      return bad("a header line");
    }
    std::string_view value = types::trim_header_value(line.substr(colon + 1));
    if (equals_ignoring_case(line.substr(0, colon), "connection")) {
      for_each_token(value, [&](std::string_view option) {
        if (equals_ignoring_case(option, "close")) close = true;
        if (equals_ignoring_case(option, "keep-alive")) keep = true;
      });
    }
    message.headers.append(line.substr(0, colon), value);
    if (message.headers.size() > limits::http_header_count_max) {
      return fail(Code::too_large, "the origin's reply has too many header lines");
    }
  }
  message.keep_alive = !close && (!is_1_0 || keep);
  if (auto ok = decide_body(message, answers_head); !ok) return fail(std::move(ok.error()));
  return message;
}

}  // namespace skerry::net
