// Turns the complete bytes of one request head into slices and framing, or a refusal with its
// status. llhttp does the grammar; everything that decides where the body ends is checked here once
// more. RFC 9112 sections 3, 5 and 6.
#pragma once

#include <cstdint>
#include <memory>

#include "types/http.h"

namespace skerry::net {

// Why a request is not served; status 0 means that it is.
struct Refusal {
  uint16_t status = 0;
  const char* reason = "";
  explicit operator bool() const { return status != 0; }
};

struct RequestFraming {
  uint64_t content_length = 0;
  bool has_length = false;
  bool chunked = false;
  bool keep_alive = false;
  bool expects_continue = false;
  bool has_body() const { return chunked || content_length > 0; }
};

// One for all connections of a loop: a head is always parsed in one go.
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // head.raw holds the head through its empty line, already passed by HeadScanner; `first_line` is
  // the size of its request line. Fills everything else of `head` but the peer's address.
  Refusal parse(types::RequestHead& head, size_t first_line, RequestFraming* framing);

 private:
  struct Llhttp;
  std::unique_ptr<Llhttp> llhttp_;
};

// Helpers shared with the client.
bool is_token(std::string_view text);
// uri-host [ ":" port ] of RFC 3986, not empty.
bool is_host(std::string_view text);
// Calls `visit` with each element of a comma-separated list, without white space and without empty
// elements.
template <class Visit>
void for_each_token(std::string_view list, Visit visit) {
  while (!list.empty()) {
    size_t comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (!item.empty()) visit(item);
  }
}
// Digits only, at most 18 of them: no sign, no white space.
bool parse_length(std::string_view text, uint64_t* length);

}  // namespace skerry::net
