#include "server/error_page.h"

#include <algorithm>
#include <vector>

#include "base/json.h"
#include "bundle/stack_map.h"
#include "types/ascii.h"

namespace skerry::server {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\0': out += "\xEF\xBF\xBD"; break;
      default: out += c;
    }
  }
  return out;
}

std::string place(const js::ErrorReport& report) {
  if (report.file.empty() || report.line == 0) return {};
  std::string text = report.file + ":" + std::to_string(report.line);
  if (report.column > 0) text += ":" + std::to_string(report.column);
  return text;
}

std::string padded(int number, size_t width) {
  std::string text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

// Columns that a byte of the line stands at, tabs kept: what comes before a caret.
std::string blanks_before(std::string_view line, int column) {
  std::string out;
  size_t count = 1;
  for (char c : line) {
    if (count >= static_cast<size_t>(std::max(column, 1))) break;
    if ((c & 0xC0) == 0x80) continue;
    out += c == '\t' ? '\t' : ' ';
    ++count;
  }
  return out;
}

struct Part {
  std::string_view head;  // the message, perhaps of several lines
  std::vector<std::string_view> frames;
};

// A stack with those of its causes, taken apart.
std::vector<Part> parts_of(std::string_view stack) {
  constexpr std::string_view mark = "[cause]: ";
  std::vector<Part> parts(1);
  size_t head_start = 0;
  for (size_t start = 0; start <= stack.size();) {
    const size_t end = std::min(stack.find('\n', start), stack.size());
    const std::string_view line = stack.substr(start, end - start);
    if (start != 0 && line.starts_with(mark)) {
      parts.emplace_back();
      head_start = start + mark.size();
      parts.back().head = stack.substr(head_start, end - head_start);
    } else if (line.starts_with("    at ")) {
      parts.back().frames.push_back(line.substr(7));
    } else if (parts.back().frames.empty()) {
      parts.back().head = stack.substr(head_start, end - head_start);
    }
    start = end + 1;
  }
  return parts;
}

constexpr std::string_view kStyle = R"(<style>
:root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--line:#e1e5ea;--text:#1c2128;--soft:#636c76;--red:#c4320a;--wash:#fff1ec;--mark:#ffe0d6;--blue:#0a5bd3}
@media(prefers-color-scheme:dark){:root{--back:#0d1117;--card:#151b23;--line:#2b323b;--text:#e6edf3;--soft:#8d96a0;--red:#ff8a70;--wash:#241512;--mark:#4b1f16;--blue:#79b0ff}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);font:15px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
header{display:flex;gap:.75rem;align-items:center;flex-wrap:wrap;color:var(--soft);font-size:.86rem;margin-bottom:1.1rem}
.tag{background:var(--wash);color:var(--red);border:1px solid var(--mark);border-radius:99px;padding:.1rem .7rem;font-weight:600}
button{margin-left:auto;font:inherit;color:var(--text);background:var(--card);border:1px solid var(--line);border-radius:7px;padding:.3rem .8rem;cursor:pointer}
button:hover{border-color:var(--soft)}
h1{font-size:1.45rem;line-height:1.3;margin:0 0 .4rem;overflow-wrap:anywhere;white-space:pre-wrap;font-weight:650}
h2{font-size:.78rem;letter-spacing:.05em;text-transform:uppercase;color:var(--soft);margin:2rem 0 .5rem}
code,pre,.frames,td{font:13px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.where{color:var(--blue);margin:0 0 1rem;overflow-wrap:anywhere}
pre{margin:0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.8rem 0;overflow:auto;tab-size:4}
pre.text{padding:.8rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere}
pre span{display:block;padding:0 1rem 0 0;min-width:max-content}pre i{font-style:normal;color:var(--soft);display:inline-block;width:4.5rem;padding-right:1.2rem;text-align:right;user-select:none}
pre .at{background:var(--mark)}pre .at i{color:var(--red);font-weight:700}pre .caret{color:var(--red);font-weight:700}
.frames{list-style:none;margin:0;padding:.5rem 1rem;background:var(--card);border:1px solid var(--line);border-radius:10px;overflow-wrap:anywhere}
.frames li{padding:.12rem 0}.frames em{font-style:normal;color:var(--soft)}.frames b{font-weight:600}
.cause{margin:1.4rem 0 .5rem;font-weight:600;overflow-wrap:anywhere;white-space:pre-wrap}.cause small{color:var(--soft);font-weight:400}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden;border-spacing:0}
td{padding:.25rem 1rem;vertical-align:top;overflow-wrap:anywhere;border-top:1px solid var(--line)}tr:first-child td{border-top:0}td:first-child{color:var(--soft);white-space:nowrap;width:1%}
.request{font-weight:600;margin:0 0 .6rem;overflow-wrap:anywhere}footer{margin-top:2rem;color:var(--soft);font-size:.82rem}textarea{position:absolute;left:-9999px}
</style>)";

// Copies the page's text; loads the page again once something else runs.
constexpr std::string_view kScript = R"(<script>
(() => {
  const button = document.querySelector('button'), text = document.querySelector('textarea');
  button.addEventListener('click', async () => {
    try { await navigator.clipboard.writeText(text.value); } catch { text.select(); document.execCommand('copy'); }
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  const { generation, again } = document.documentElement.dataset, note = document.querySelector('footer');
  setInterval(async () => {
    if (document.hidden) return;
    let now = '';
    try { now = await (await fetch('/cdn-cgi/skerry/generation', { cache: 'no-store' })).text(); } catch {}
    if (!/^\d+$/.test(now)) note.textContent = 'skerry does not answer.';
    else if (now !== generation && again) location.reload();
    else if (now !== generation) note.textContent = 'There is a new version: send the request again.';
  }, 400);
})();
</script>)";

std::string excerpt_html(const js::ErrorReport& report) {
  std::vector<std::string> lines = report.excerpt;
  int number = report.excerpt_line;
  if (lines.empty()) {
    if (report.source_line.empty() || report.line == 0) return {};
    lines = {report.source_line};
    number = report.line;
  }
  std::string out = "<pre>";
  for (const std::string& line : lines) {
    const bool here = number == report.line;
    out += here ? "<span class=\"at\">" : "<span>";
    out += "<i>" + std::to_string(number) + "</i>" + escaped(line) + "</span>";
    if (here && report.column > 0)
      out += "<span class=\"caret\"><i></i>" + blanks_before(line, report.column) + "^</span>";
    ++number;
  }
  return out + "</pre>";
}

std::string frame_html(std::string_view frame) {
  std::string line = "at " + std::string(frame);
  std::optional<bundle::FramePlace> at = bundle::find_frame_place(line);
  if (!at) return "<li>" + escaped(frame) + "</li>";
  std::string before = line.substr(3, at->begin - 3), after = line.substr(at->end);
  return "<li><b>" + escaped(before) + "</b><em>" +
         escaped(line.substr(at->begin, at->end - at->begin)) + "</em><b>" + escaped(after) +
         "</b></li>";
}

std::string stack_html(const ErrorPage& page) {
  const std::vector<Part> parts = parts_of(page.report.stack);
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    if (i > 0)
      out += "<p class=\"cause\"><small>caused by</small> " + escaped(part.head) + "</p>";
    else if (part.frames.empty() && part.head != page.report.message)
      out += "<h2>Details</h2><pre class=\"text\">" + escaped(part.head) + "</pre>";
    if (part.frames.empty()) continue;
    if (i == 0) out += "<h2>Stack</h2>";
    out += "<ol class=\"frames\">";
    for (std::string_view frame : part.frames) out += frame_html(frame);
    out += "</ol>";
  }
  return out;
}

std::string url_of(const ErrorPage& page) {
  const std::string_view target = page.head.target();
  if (!target.starts_with('/')) return std::string(target);
  return std::string(page.scheme) + "://" + std::string(page.head.host()) + std::string(target);
}

std::string request_html(const ErrorPage& page) {
  std::string out = "<h2>Request</h2><p class=\"request\"><code>" +
                    escaped(page.head.method_name()) + " " + escaped(url_of(page)) +
                    "</code></p><table>";
  for (const types::HeaderSlice& header : page.head.headers) {
    const std::string_view name = page.head.name(header);
    out += "<tr><td>" + escaped(name) + "</td><td>" +
           (is_secret_header(name) ? "<em>hidden</em>" : escaped(page.head.value(header))) +
           "</td></tr>";
  }
  return out + "</table>";
}

}  // namespace

bool is_secret_header(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = types::to_ascii_lower(c);
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"cookie", "auth", "token", "secret", "passw",
                                              "api-key", "apikey", "session", "csrf", "xsrf",
                                              "signature", "jwt", "credential", "access-key"},
      [&](std::string_view part) { return lower.contains(part); });
}

std::string error_page_html(const ErrorPage& page) {
  std::string out = "<!doctype html><html lang=\"en\" data-generation=\"" +
                    std::to_string(page.generation) + "\"" +
                    (page.head.method == types::Method::get ? " data-again=\"1\"" : "") +
                    "><meta charset=\"utf-8\"><meta name=\"viewport\" "
                    "content=\"width=device-width,initial-scale=1\"><title>" +
                    escaped(page.report.message.substr(0, 200)) + "</title>";
  out += kStyle;
  out += "<main><header><span class=\"tag\">" + escaped(page.summary) + "</span><span>error " +
         std::to_string(page.code) + (page.worker.empty() ? "" : " · worker ") +
         escaped(page.worker) + "</span><button type=\"button\">Copy</button></header><h1>" +
         escaped(page.report.message) + "</h1>";
  const std::string where = place(page.report);
  if (!where.empty()) out += "<p class=\"where\"><code>" + escaped(where) + "</code></p>";
  out += excerpt_html(page.report) + stack_html(page) + request_html(page);
  out +=
      "<footer>This page loads itself again when the worker changes.</footer>"
      "<textarea readonly aria-hidden=\"true\" tabindex=\"-1\">\n" +
      escaped(error_page_text(page)) + "</textarea></main>";
  out += kScript;
  return out + "</html>\n";
}

std::string error_page_text(const ErrorPage& page) {
  const js::ErrorReport& report = page.report;
  std::string out = report.stack + "\n";
  const std::string where = place(report);
  if (!where.empty() && !report.stack.contains(report.file + ":" + std::to_string(report.line)))
    out += "    at " + where + "\n";
  if (!report.excerpt.empty()) {
    const size_t width =
        std::to_string(report.excerpt_line + static_cast<int>(report.excerpt.size()) - 1).size();
    out += "\n";
    int number = report.excerpt_line;
    for (const std::string& line : report.excerpt) {
      out += (number == report.line ? " > " : "   ") + padded(number, width) + " | " + line + "\n";
      if (number == report.line && report.column > 0)
        out += std::string(width + 3, ' ') + " | " + blanks_before(line, report.column) + "^\n";
      ++number;
    }
  } else if (!report.source_line.empty() && !report.stack.contains(report.source_line)) {
    out += "\n    " + report.source_line + "\n";
  }
  return out + "\nerror code: " + std::to_string(page.code) + " (" + page.summary + ")\n";
}

std::string error_page_json(const ErrorPage& page) {
  const js::ErrorReport& report = page.report;
  std::string out = "{\"error\":{\"code\":" + std::to_string(page.code) +
                    ",\"summary\":" + json_string(page.summary) +
                    ",\"message\":" + json_string(report.message);
  if (!report.file.empty() && report.line > 0)
    out += ",\"file\":" + json_string(report.file) + ",\"line\":" + std::to_string(report.line) +
           ",\"column\":" + std::to_string(report.column);
  return out + ",\"stack\":" + json_string(report.stack) + "}}\n";
}

}  // namespace skerry::server
