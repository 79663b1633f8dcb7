// What a developer sees in place of an answer. Everything that comes from a worker or a client is
// escaped; nothing is loaded from elsewhere. Values of headers that are secrets are not shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "js/error_report.h"
#include "types/http.h"

namespace skerry::server {

struct ErrorPage {
  std::string_view worker;
  const std::string& summary;
  int code;
  const js::ErrorReport& report;
  const types::RequestHead& head;
  std::string_view scheme = "http";
  uint64_t generation = 0;  // of what runs: the page loads itself again when it has changed
};

// Below it lies what the pages ask for; kErrorPageState gives the generation as text.
inline constexpr std::string_view kErrorPagePaths = "/cdn-cgi/skerry/";
inline constexpr std::string_view kErrorPageState = "/cdn-cgi/skerry/generation";
// Beside the page: it may run its own script and ask this server, and nothing else.
inline constexpr std::string_view kErrorPagePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src "
    "'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string error_page_html(const ErrorPage& page);
std::string error_page_text(const ErrorPage& page);
// {"error": {"code", "summary", "message", "file", "line", "column", "stack"}}
std::string error_page_json(const ErrorPage& page);

// Whether the value of a header is better not shown.
bool is_secret_header(std::string_view name);

}  // namespace skerry::server
