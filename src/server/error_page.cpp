#include "server/error_page.h"

namespace skerry::server {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string place(const js::ErrorReport& report) {
  if (report.file.empty() || report.line == 0) return {};
  return report.file + ":" + std::to_string(report.line) + ":" + std::to_string(report.column);
}

constexpr std::string_view kStyle =
    "<style>body{font:16px/1.5 "
    "system-ui,sans-serif;margin:0;background:#f6f7f9;color:#1b1f24}main{max-width:56rem;"
    "margin:3rem auto;padding:0 1.5rem}h1{font-size:1.35rem;margin:0 0 "
    ".25rem;color:#b42318;overflow-wrap:anywhere}"
    "p{margin:.25rem 0;color:#57606a}pre{background:#fff;border:1px solid "
    "#d8dee4;border-radius:8px;padding:1rem;"
    "overflow:auto;font:13px/1.5 "
    "ui-monospace,monospace}mark{background:#ffe9e6;color:inherit}@media(prefers-color-scheme:"
    "dark){body{background:#0d1117;color:#e6edf3}pre{background:#161b22;border-color:#30363d}p{"
    "color:#9198a1}h1{color:"
    "#ff7b72}mark{background:#3d1613}}</style>";

}  // namespace

std::string error_page_html(const ErrorPage& page) {
  std::string out =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>" +
      escaped(page.summary) + "</title>";
  out += kStyle;
  out += "<main><h1>" + escaped(page.report.message) + "</h1><p>" + escaped(page.summary) +
         " (error " + std::to_string(page.code) + ")</p>";
  std::string where = place(page.report);
  if (!where.empty()) {
    out += "<p>" + escaped(where) + "</p>";
    if (!page.report.source_line.empty())
      out += "<pre>" + std::to_string(page.report.line) + " | <mark>" +
             escaped(page.report.source_line) + "</mark></pre>";
  }
  out += "<pre>" + escaped(page.report.stack) + "</pre><p>" + escaped(page.head.method_name()) +
         " " + escaped(page.head.target()) + "</p></main></html>\n";
  return out;
}

std::string error_page_text(const ErrorPage& page) {
  std::string out = page.report.stack + "\n";
  std::string where = place(page.report);
  if (!where.empty() && !page.report.stack.contains(where)) out += "    at " + where + "\n";
  if (!page.report.source_line.empty()) out += "\n    " + page.report.source_line + "\n";
  return out + "\nerror code: " + std::to_string(page.code) + " (" + page.summary + ")\n";
}

}  // namespace skerry::server
