#include "server/terminal_log.h"

#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>

#include "base/json.h"
#include "server/source_maps.h"

namespace skerry::server {

namespace {

constexpr size_t kFlushBytes = 32 * 1024;
constexpr uint64_t kFlushMs = 20;

struct LevelLook {
  const char* word;
  const char* color;
};

LevelLook look_of(observe::Level level) {
  switch (level) {
    case observe::Level::debug: return {"debug", "\x1b[2m"};
    case observe::Level::info: return {"info", "\x1b[36m"};
    case observe::Level::warn: return {"warn", "\x1b[33m"};
    case observe::Level::error: return {"error", "\x1b[31m"};
  }
  return {"", ""};
}

// Without printf: each request writes two of these.
void append_ms(std::string& out, double ms) {
  char text[24];
  auto hundredths = static_cast<uint64_t>(ms * 100 + 0.5);
  auto [end, error] = std::to_chars(
      text, text + sizeof text, hundredths >= 1000 ? (hundredths + 50) / 100 : hundredths / 100);
  out.append(text, end);
  if (hundredths < 1000) {
    out += '.';
    out += static_cast<char>('0' + hundredths / 10 % 10);
    out += static_cast<char>('0' + hundredths % 10);
  }
  out += " ms";
}

}  // namespace

TerminalLog::TerminalLog(loop::Loop& loop, Options options) : loop_(loop), options_(options) {
  loop_.add_turn_hook(this);
}

TerminalLog::~TerminalLog() {
  loop_.remove_turn_hook(this);
  loop_.cancel_timer(timer_);
  flush();
}

void TerminalLog::flush() {
  size_t written = 0;
  while (written < buffer_.size()) {
    ssize_t count = write(options_.descriptor, buffer_.data() + written, buffer_.size() - written);
    if (count < 0 && errno == EINTR) continue;
    // A reader that went away, or is too slow on a non-blocking pipe, costs lines and never the
    // server.
    if (count <= 0) break;
    written += static_cast<size_t>(count);
  }
  buffer_.clear();
  urgent_ = false;
}

void TerminalLog::on_turn_end() {
  if (urgent_) flush();
}

namespace {

// "\x1b[…m" at the start of a text; 0 where there is none.
size_t color_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  size_t at = 2;
  while (at < text.size() && at < 32 && (text[at] == ';' || (text[at] >= '0' && text[at] <= '9')))
    ++at;
  return at < text.size() && text[at] == 'm' ? at + 1 : 0;
}

// C1 controls, and what changes the order or the number of lines.
bool is_command(uint32_t point) {
  return point < 0xA0 || point == 0x2028 || point == 0x2029 ||
         (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

// One character that is not plain ASCII; how many bytes it took.
size_t TerminalLog::append_unusual(std::string_view text, std::string_view keep) {
  const auto first = static_cast<uint8_t>(text[0]);
  const size_t length = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char escaped[16];
  if (first < 0x80) {
    if (first == 0x1b && keep.contains('\x1b')) {
      const size_t color = color_length(text);
      buffer_ += text.substr(0, color);
      if (color != 0) return color;
    } else if (keep.contains(text[0])) {
      buffer_ += text[0];
      return 1;
    }
  } else if (length > 1 && text.size() >= length &&
             find_invalid_utf8(text.substr(0, length)) == std::string_view::npos) {
    uint32_t point = length == 2 ? first & 0x1Fu : length == 3 ? first & 0x0Fu : first & 0x07u;
    for (size_t i = 1; i < length; ++i)
      point = point << 6 | (static_cast<uint8_t>(text[i]) & 0x3Fu);
    if (!is_command(point)) {
      buffer_ += text.substr(0, length);
    } else {
      std::snprintf(escaped, sizeof escaped, "\\u%04x", point);
      buffer_ += escaped;
    }
    return length;
  }
  std::snprintf(escaped, sizeof escaped, "\\x%02x", first);
  buffer_ += escaped;
  return 1;
}

void TerminalLog::append_escaped(std::string_view text, std::string_view keep) {
  auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f; };
  size_t at = 0;
  while (at < text.size()) {
    size_t end = at;
    while (end < text.size() && is_plain(text[end])) ++end;
    buffer_ += text.substr(at, end - at);
    at = end;
    if (at < text.size()) at += append_unusual(text.substr(at), keep);
  }
}

void TerminalLog::append_stamp(uint64_t age_ms_max) {
  uint64_t now_ms = loop_.now_ms();
  if (stamp_.empty() || now_ms - stamp_ms_ > age_ms_max) {
    stamp_ms_ = now_ms;
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    tm utc;
    gmtime_r(&now.tv_sec, &utc);
    char text[40];
    size_t size = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(text + size, sizeof text - size, ".%03ldZ", now.tv_nsec / 1000000);
    stamp_ = text;
  }
  buffer_ += stamp_;
}

void TerminalLog::begin(observe::Level level, std::string_view worker) {
  if (options_.timestamps) {
    append_stamp(100);
    buffer_ += ' ';
  }
  if (level != observe::Level::info) {
    LevelLook look = look_of(level);
    if (options_.color) buffer_ += look.color;
    buffer_ += look.word;
    if (options_.color) buffer_ += "\x1b[0m";
    buffer_ += ' ';
  }
  if (!worker.empty()) {
    buffer_ += '[';
    append_escaped(worker, "");
    buffer_ += "] ";
  }
}

void TerminalLog::begin_json(const char* type, observe::Level level, std::string_view worker) {
  buffer_ += "{\"ts\":\"";
  append_stamp(0);
  buffer_ += "\",\"type\":\"";
  buffer_ += type;
  buffer_ += "\",\"level\":\"";
  buffer_ += look_of(level).word;
  buffer_ += '"';
  if (worker.empty()) return;
  buffer_ += ",\"worker\":";
  append_json_string(buffer_, worker);
}

void TerminalLog::end_line(observe::Level level) {
  buffer_ += '\n';
  if (buffer_.size() >= kFlushBytes) return flush();
  // What went wrong is read at once, and is not lost with the process.
  urgent_ |= level >= observe::Level::warn;
  if (scheduled_) return;
  scheduled_ = true;
  timer_ = loop_.add_timer(kFlushMs, [this] {
    scheduled_ = false;
    flush();
  });
}

void TerminalLog::event(observe::Level level, std::string_view worker, std::string_view text) {
  if (level < options_.level) return;
  if (options_.json) {
    begin_json("event", level, worker);
    buffer_ += ",\"message\":";
    append_json_string(buffer_, text);
    buffer_ += '}';
  } else {
    begin(level, worker);
    append_escaped(text, "\n\t");
  }
  end_line(level);
}

void TerminalLog::console(observe::Level level, std::string_view worker, std::string_view text) {
  if (level < options_.level) return;
  if (options_.json) {
    begin_json("console", level, worker);
    buffer_ += ",\"message\":";
    append_json_string(buffer_, text);
    buffer_ += '}';
  } else {
    begin(level, worker);
    append_escaped(text, options_.color ? "\n\t\x1b" : "\n\t");
    // A colour that the worker has left on is not for the next line.
    if (options_.color && text.contains('\x1b')) buffer_ += "\x1b[0m";
  }
  end_line(level);
}

void TerminalLog::request_json(const Request& request) {
  begin_json("request", observe::Level::info, request.worker);
  buffer_ += ",\"id\":\"" + std::to_string(request.id) + "\",\"method\":";
  append_json_string(buffer_, request.method);
  buffer_ += ",\"path\":";
  append_json_string(buffer_, request.target);
  const double cpu_ms = static_cast<double>(request.cpu_ns) / 1e6;
  const double wall_ms = request.wall_ms > 0 ? static_cast<double>(request.wall_ms) : cpu_ms;
  char numbers[96];
  std::snprintf(numbers, sizeof numbers, ",\"status\":%u,\"wall_ms\":%.3f,\"cpu_ms\":%.3f",
                request.status, wall_ms, cpu_ms);
  buffer_ += numbers;
  std::string text = std::string(request.method) + " " + std::string(request.target) + " " +
                     std::to_string(request.status);
  buffer_ += ",\"message\":";
  append_json_string(buffer_, text);
  buffer_ += '}';
}

void TerminalLog::request(const Request& request) {
  if (options_.level > observe::Level::info) return;
  if (options_.json) {
    request_json(request);
    return end_line(observe::Level::info);
  }
  begin(observe::Level::info, request.worker);
  append_escaped(request.method, "");
  buffer_ += ' ';
  append_escaped(request.target, "");
  const uint16_t status = request.status;
  const char number[] = {' ',
                         static_cast<char>('0' + status / 100 % 10),
                         static_cast<char>('0' + status / 10 % 10),
                         static_cast<char>('0' + status % 10),
                         ' ',
                         '\0'};
  if (options_.color)
    buffer_ += status >= 500 ? "\x1b[31m" : status >= 400 ? "\x1b[33m" : "\x1b[32m";
  buffer_ += number;
  if (options_.color) buffer_ += "\x1b[0m";
  const double cpu_ms = static_cast<double>(request.cpu_ns) / 1e6;
  append_ms(buffer_, request.wall_ms > 0 ? static_cast<double>(request.wall_ms) : cpu_ms);
  buffer_ += " (cpu ";
  append_ms(buffer_, cpu_ms);
  buffer_ += ')';
  end_line(observe::Level::info);
}

void NamedLog::event(observe::Level level, std::string_view worker, std::string_view text) {
  const std::string_view name = worker.empty() ? std::string_view(name_) : worker;
  if (bundle::may_hold_stack(text)) return log_.event(level, name, maps_.map_text(text));
  log_.event(level, name, text);
}

void NamedLog::console(observe::Level level, std::string_view, std::string_view text) {
  if (bundle::may_hold_stack(text)) return log_.console(level, name_, maps_.map_text(text));
  log_.console(level, name_, text);
}

}  // namespace skerry::server
