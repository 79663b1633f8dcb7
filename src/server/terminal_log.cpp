#include "server/terminal_log.h"

#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>

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

void TerminalLog::append_escaped(std::string_view text, std::string_view keep) {
  bool plain = true;
  for (char c : text) plain &= static_cast<uint8_t>(c) >= 0x20 && c != 0x7f;
  if (plain) {
    buffer_ += text;
    return;
  }
  for (char c : text) {
    auto byte = static_cast<uint8_t>(c);
    if ((byte >= 0x20 && byte != 0x7f) || keep.contains(c)) {
      buffer_ += c;
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      buffer_ += escaped;
    }
  }
}

void TerminalLog::begin(observe::Level level, std::string_view worker) {
  if (options_.timestamps) {
    uint64_t now_ms = loop_.now_ms();
    if (stamp_.empty() || now_ms - stamp_ms_ >= 100) {
      stamp_ms_ = now_ms;
      timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      tm utc;
      gmtime_r(&now.tv_sec, &utc);
      char text[40];
      size_t size = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
      std::snprintf(text + size, sizeof text - size, ".%03ldZ ", now.tv_nsec / 1000000);
      stamp_ = text;
    }
    buffer_ += stamp_;
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
  begin(level, worker);
  append_escaped(text, "\n\t");
  end_line(level);
}

void TerminalLog::console(observe::Level level, std::string_view worker, std::string_view text) {
  begin(level, worker);
  append_escaped(text, options_.color ? "\n\t\x1b" : "\n\t");
  end_line(level);
}

void TerminalLog::request(std::string_view worker, std::string_view method, std::string_view target,
                          uint16_t status, uint64_t wall_ms, uint64_t cpu_ns) {
  begin(observe::Level::info, worker);
  append_escaped(method, "");
  buffer_ += ' ';
  append_escaped(target, "");
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
  double cpu_ms = static_cast<double>(cpu_ns) / 1e6;
  append_ms(buffer_, wall_ms > 0 ? static_cast<double>(wall_ms) : cpu_ms);
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
