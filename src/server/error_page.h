// What a developer sees in place of an answer.
#pragma once

#include <string>

#include "js/error_report.h"
#include "types/http.h"

namespace skerry::server {

struct ErrorPage {
  const std::string& summary;
  int code;
  const js::ErrorReport& report;
  const types::RequestHead& head;
};

std::string error_page_html(const ErrorPage& page);
std::string error_page_text(const ErrorPage& page);

}  // namespace skerry::server
