#include "net/request_parser.h"

#include <llhttp.h>

#include <array>
#include <cstring>

#include "base/limits.h"
#include "types/header_list.h"

namespace skerry::net {

using types::equals_ignoring_case;
using types::HeaderSlice;
using types::Method;
using types::RequestHead;

namespace {

constexpr std::array<bool, 256> make_set(std::string_view extra) {
  std::array<bool, 256> set = {};
  for (int c = '0'; c <= '9'; ++c) set[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) set[static_cast<size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) set[static_cast<size_t>(c)] = true;
  for (char c : extra) set[static_cast<unsigned char>(c)] = true;
  return set;
}
constexpr auto kTokenBytes = make_set("!#$%&'*+-.^_`|~");
constexpr auto kHostBytes = make_set("-._~!$&'()*+,;=%");

bool all_in(const std::array<bool, 256>& set, std::string_view text) {
  for (char c : text) {
    if (!set[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

Method to_method(uint8_t llhttp_method) {
  switch (llhttp_method) {
    case HTTP_GET: return Method::get;
    case HTTP_HEAD: return Method::head;
    case HTTP_POST: return Method::post;
    case HTTP_PUT: return Method::put;
    case HTTP_DELETE: return Method::del;
    case HTTP_PATCH: return Method::patch;
    case HTTP_OPTIONS: return Method::options;
    case HTTP_CONNECT: return Method::connect;
    case HTTP_TRACE: return Method::trace;
    default: return Method::other;
  }
}

// What the checks of single header lines add up to.
struct Seen {
  int host = 0;
  int content_length = 0;
  int codings = 0;
  bool transfer_encoding = false;
  bool unknown_coding = false;
  bool bad_length = false;
  bool bad_expectation = false;
  bool connection_close = false;
  bool connection_keep_alive = false;
};

// RFC 9112 section 3.2: the authority of an absolute-form target; empty if there is none.
std::string_view authority_of(std::string_view target) {
  size_t start = target.find("://");
  if (start == std::string_view::npos) return {};
  start += 3;
  size_t end = target.find_first_of("/?", start);
  return target.substr(start, end == std::string_view::npos ? end : end - start);
}

std::string_view without_default_port(std::string_view host, std::string_view port) {
  if (host.size() > port.size() && host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

// RFC 9112 section 3: method SP request-target SP HTTP-version, exactly.
Refusal check_request_line(RequestHead& head, size_t first_line) {
  std::string_view line = head.slice(0, static_cast<uint32_t>(first_line));
  size_t first_space = line.find(' ');
  if (first_space == std::string_view::npos || !is_token(line.substr(0, first_space))) {
    return {400, "the request line does not begin with a method"};
  }
  size_t last_space = line.rfind(' ');
  std::string_view target = first_space == last_space
                                ? std::string_view()
                                : line.substr(first_space + 1, last_space - first_space - 1);
  if (target.empty()) return {400, "the request line must be a method, a target and a version"};
  std::string_view version = line.substr(last_space + 1);
  bool well_formed = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.' &&
                     version[5] >= '0' && version[5] <= '9' && version[7] >= '0' &&
                     version[7] <= '9';
  if (!well_formed) return {400, "the HTTP version is malformed"};
  if (version[5] != '1' || version[7] > '1') return {505, "only HTTP/1.0 and HTTP/1.1 are spoken"};
  head.http_minor = static_cast<uint8_t>(version[7] - '0');
  if (target.size() > limits::http_target_bytes_max) return {414, "the request target is too long"};
  for (char c : target) {
    auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f) {
      return {400, "the request target has a character that must be percent-encoded"};
    }
    if (byte == '#') return {400, "the request target has a fragment"};
  }
  head.method_offset = 0;
  head.method_size = static_cast<uint32_t>(first_space);
  head.target_offset = static_cast<uint32_t>(first_space + 1);
  head.target_size = static_cast<uint32_t>(target.size());
  return {};
}

// RFC 9112 section 3.2: origin-form, absolute-form with http or https, "*" for OPTIONS.
Refusal check_target(const RequestHead& head) {
  std::string_view target = head.target();
  if (head.method == Method::connect) return {501, "CONNECT is not supported"};
  if (target[0] == '/') return {};
  if (target == "*") {
    if (head.method == Method::options) return {};
    return {400, "the target * is for OPTIONS only"};
  }
  size_t colon = target.find("://");
  std::string_view scheme = target.substr(0, colon == std::string_view::npos ? 0 : colon);
  if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) {
    return {400, "the request target must begin with / or be an http URL"};
  }
  if (!is_host(authority_of(target))) return {400, "the request target has no valid host"};
  return {};
}

void look_at_transfer_encoding(std::string_view value, Seen& seen) {
  seen.transfer_encoding = true;
  for_each_token(value, [&](std::string_view coding) {
    ++seen.codings;
    if (!equals_ignoring_case(coding, "chunked")) seen.unknown_coding = true;
  });
}

void look_at(RequestHead& head, const HeaderSlice& h, Seen& seen, RequestFraming* framing) {
  std::string_view name = head.name(h);
  std::string_view value = head.value(h);
  switch (name.size()) {
    case 4:
      if (equals_ignoring_case(name, "host")) {
        ++seen.host;
        head.host_offset = h.value_offset;
        head.host_size = h.value_size;
      }
      break;
    case 6:
      if (equals_ignoring_case(name, "expect")) {
        if (equals_ignoring_case(value, "100-continue")) {
          framing->expects_continue = true;
        } else {
          seen.bad_expectation = true;
        }
      }
      break;
    case 10:
      if (equals_ignoring_case(name, "connection")) {
        for_each_token(value, [&](std::string_view option) {
          if (equals_ignoring_case(option, "close")) seen.connection_close = true;
          if (equals_ignoring_case(option, "keep-alive")) seen.connection_keep_alive = true;
        });
      }
      break;
    case 14:
      if (equals_ignoring_case(name, "content-length")) {
        ++seen.content_length;
        if (!parse_length(value, &framing->content_length)) seen.bad_length = true;
      }
      break;
    case 17:
      if (equals_ignoring_case(name, "transfer-encoding")) look_at_transfer_encoding(value, seen);
      break;
    default: break;
  }
}

// RFC 9112 section 6.3, steps 3 to 6, stricter: whatever two parsers could read differently is
// refused.
Refusal check_framing(const RequestHead& head, const Seen& seen, RequestFraming* framing) {
  if (seen.transfer_encoding && seen.content_length > 0) {
    return {400, "both content-length and transfer-encoding are given"};
  }
  if (seen.transfer_encoding) {
    if (head.http_minor == 0) return {400, "transfer-encoding does not exist in HTTP/1.0"};
    if (seen.unknown_coding) return {501, "only the transfer coding chunked is supported"};
    if (seen.codings != 1) return {400, "transfer-encoding must be chunked, once"};
    framing->chunked = true;
  }
  if (seen.content_length > 1) return {400, "content-length is given more than once"};
  if (seen.bad_length) return {400, "content-length is not a number"};
  framing->has_length = seen.content_length == 1;
  return {};
}

// RFC 9112 section 3.2 and RFC 9110 section 7.2.
Refusal check_host(RequestHead& head, const Seen& seen) {
  if (seen.host > 1) return {400, "more than one host header"};
  if (seen.host == 0 && head.http_minor >= 1) return {400, "the host header is missing"};
  if (seen.host == 1 && !is_host(head.host())) return {400, "the host header is not a valid host"};
  if (head.target()[0] == '/' || head.target() == "*") return {};
  std::string_view target = head.target();
  std::string_view authority = authority_of(target);
  std::string_view port = equals_ignoring_case(target.substr(0, 5), "https") ? ":443" : ":80";
  if (seen.host == 1 && !equals_ignoring_case(without_default_port(authority, port),
                                              without_default_port(head.host(), port))) {
    return {400, "the host header differs from the host of the target"};
  }
  head.host_offset = static_cast<uint32_t>(authority.data() - head.raw.data());
  head.host_size = static_cast<uint32_t>(authority.size());
  return {};
}

// All that is known from the header lines; after an error of llhttp they may be incomplete.
Refusal check_headers(RequestHead& head, RequestFraming* framing) {
  if (head.headers.size() > limits::http_header_count_max) return {431, "too many header lines"};
  Seen seen;
  for (const HeaderSlice& h : head.headers) {
    // llhttp 8.1 lets an empty name, and spaces in one or before its colon, through.
    if (!is_token(head.name(h))) return {400, "a header name is malformed"};
    look_at(head, h, seen, framing);
  }
  if (Refusal refusal = check_framing(head, seen, framing)) return refusal;
  if (Refusal refusal = check_host(head, seen)) return refusal;
  if (head.http_minor >= 1) {
    if (seen.bad_expectation) return {417, "only the expectation 100-continue is known"};
  } else {
    framing->expects_continue = false;
  }
  framing->keep_alive =
      !seen.connection_close && (head.http_minor >= 1 || seen.connection_keep_alive);
  return {};
}

}  // namespace

struct RequestParser::Llhttp {
  llhttp_t parser;
  llhttp_settings_t settings;
  RequestHead* head = nullptr;

  static int on_field(llhttp_t* parser, const char* at, size_t size) {
    auto* head = static_cast<Llhttp*>(parser->data)->head;
    auto offset = static_cast<uint32_t>(at - head->raw.data());
    auto bytes = static_cast<uint32_t>(size);
    head->headers.push_back({offset, bytes, offset + bytes, 0});
    return head->headers.size() > limits::http_header_count_max ? -1 : 0;
  }

  static int on_value(llhttp_t* parser, const char* at, size_t size) {
    auto* head = static_cast<Llhttp*>(parser->data)->head;
    while (size > 0 && (at[size - 1] == ' ' || at[size - 1] == '\t')) --size;
    HeaderSlice& last = head->headers.back();
    last.value_offset = static_cast<uint32_t>(at - head->raw.data());
    last.value_size = static_cast<uint32_t>(size);
    return 0;
  }

  // The body is not llhttp's business: its length is decided in check_framing, its chunks by
  // ChunkDecoder.
  static int on_headers_complete(llhttp_t* parser) {
    parser->upgrade = 0;
    return 1;
  }
};

RequestParser::RequestParser() : llhttp_(std::make_unique<Llhttp>()) {
  llhttp_settings_init(&llhttp_->settings);
  llhttp_->settings.on_header_field = Llhttp::on_field;
  llhttp_->settings.on_header_value = Llhttp::on_value;
  llhttp_->settings.on_headers_complete = Llhttp::on_headers_complete;
  llhttp_init(&llhttp_->parser, HTTP_REQUEST, &llhttp_->settings);
  llhttp_->parser.data = llhttp_.get();
}

RequestParser::~RequestParser() = default;

Refusal RequestParser::parse(RequestHead& head, size_t first_line, RequestFraming* framing) {
  *framing = RequestFraming();
  if (Refusal refusal = check_request_line(head, first_line)) return refusal;
  llhttp_->head = &head;
  llhttp_t& parser = llhttp_->parser;
  llhttp_reset(&parser);
  llhttp_errno_t error = llhttp_execute(&parser, head.raw.data(), head.raw.size());
  head.method = to_method(parser.method);
  if (error == HPE_INVALID_METHOD) return {501, "the method is not known"};
  if (head.headers.size() > limits::http_header_count_max) return {431, "too many header lines"};
  if (error == HPE_OK || error == HPE_INVALID_TRANSFER_ENCODING ||
      error == HPE_UNEXPECTED_CONTENT_LENGTH || error == HPE_INVALID_CONTENT_LENGTH) {
    if (Refusal refusal = check_target(head)) return refusal;
    if (Refusal refusal = check_headers(head, framing)) return refusal;
  }
  if (error == HPE_PAUSED_H2_UPGRADE) return {505, "HTTP/2 is not spoken here"};
  if (error == HPE_INVALID_VERSION) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken"};
  if (error == HPE_INVALID_HEADER_TOKEN) return {400, "a header line is malformed"};
  if (error != HPE_OK) return {400, "the request is malformed"};
  return {};
}

bool is_token(std::string_view text) {
  return !text.empty() && all_in(kTokenBytes, text);
}

bool is_host(std::string_view text) {
  std::string_view host = text;
  if (text.starts_with('[')) {
    size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    for (char c : text.substr(1, end - 1)) {
      bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!hex && c != ':' && c != '.') return false;
    }
    host = text.substr(end + 1);
    if (host.empty()) return true;
    if (host[0] != ':') return false;
  } else {
    size_t colon = text.find(':');
    if (!all_in(kHostBytes, text.substr(0, colon)) || colon == 0) return false;
    if (colon == std::string_view::npos) return !text.empty();
    host = text.substr(colon);
  }
  // RFC 3986 section 3.2.3: the port may be empty.
  std::string_view port = host.substr(1);
  if (port.size() > 5) return false;
  uint32_t number = 0;
  for (char c : port) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  return number <= 65535;
}

bool parse_length(std::string_view text, uint64_t* length) {
  if (text.empty() || text.size() > 18) return false;
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  *length = value;
  return true;
}

}  // namespace skerry::net
