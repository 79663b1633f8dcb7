#include "net/reply_head.h"

#include <time.h>

#include <cstdio>

#include "types/header_list.h"

namespace skerry::net {

namespace {

char* put(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

// Headers that the connection writes itself. A handler's content-length counts only where no body
// is sent.
bool is_ours(std::string_view name, LengthLine kind) {
  switch (name.size()) {
    case 4: return types::equals_ignoring_case(name, "date");
    case 10: return types::equals_ignoring_case(name, "connection");
    case 14:
      return kind != LengthLine::from_handler &&
             types::equals_ignoring_case(name, "content-length");
    case 17: return types::equals_ignoring_case(name, "transfer-encoding");
    default: return false;
  }
}

}  // namespace

std::string_view DateLine::get(uint64_t now_ms) {
  if (now_ms >= valid_until_ms_) [[unlikely]] {
    timespec now = {};
    clock_gettime(CLOCK_REALTIME, &now);
    valid_until_ms_ = now_ms + 1000 - static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
    tm parts = {};
    gmtime_r(&now.tv_sec, &parts);
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    // IMF-fixdate of RFC 9110 section 5.6.7: always these 29 characters.
    int size =
        std::snprintf(text_, sizeof text_, "date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                      kDays[parts.tm_wday], parts.tm_mday, kMonths[parts.tm_mon],
                      (parts.tm_year + 1900) % 10000, parts.tm_hour, parts.tm_min, parts.tm_sec);
    size_ = static_cast<size_t>(size);
  }
  return {text_, size_};
}

std::string_view status_phrase(uint16_t status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 203: return "Non-Authoritative Information";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 300: return "Multiple Choices";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 418: return "I'm a teapot";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 424: return "Failed Dependency";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    case 508: return "Loop Detected";
    case 511: return "Network Authentication Required";
    default: return "";
  }
}

void append_reply_head(OutBuffer& out, const ResponseHead& head, std::string_view date_line,
                       const ReplyFraming& framing) {
  std::string_view phrase = head.reason.empty() ? status_phrase(head.status) : head.reason;
  size_t needed = phrase.size() + date_line.size() + 160;
  for (const HeaderView& h : head.headers) needed += h.name.size() + h.value.size() + 4;
  char* at = out.room(needed);
  at = put(at, "HTTP/1.1 ");
  *at++ = static_cast<char>('0' + head.status / 100 % 10);
  *at++ = static_cast<char>('0' + head.status / 10 % 10);
  *at++ = static_cast<char>('0' + head.status % 10);
  *at++ = ' ';
  at = put(at, phrase);
  at = put(at, "\r\n");
  for (const HeaderView& h : head.headers) {
    if (is_ours(h.name, framing.kind)) continue;
    at = put(at, h.name);
    at = put(at, ": ");
    at = put(at, h.value);
    at = put(at, "\r\n");
  }
  at = put(at, date_line);
  if (framing.kind == LengthLine::length) {
    at = put(at, "content-length: ");
    at = std::to_chars(at, at + 20, framing.length).ptr;
    at = put(at, "\r\n");
  } else if (framing.kind == LengthLine::chunked) {
    at = put(at, "transfer-encoding: chunked\r\n");
  }
  if (framing.connection == ConnectionLine::close) {
    at = put(at, "connection: close\r\n");
  } else if (framing.connection == ConnectionLine::keep_alive) {
    at = put(at, "connection: keep-alive\r\n");
  }
  at = put(at, "\r\n");
  out.wrote(at);
}

}  // namespace skerry::net
