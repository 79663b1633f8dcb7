// Lines for people, on a descriptor: gathered; warnings and errors are written at the end of the
// loop's turn, others a little later. Control characters in what tenants and peers send are
// escaped, so that a line stays a line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "loop/loop.h"
#include "observe/log.h"

namespace skerry::server {

class SourceMaps;

class TerminalLog final : public observe::Log, private loop::TurnHook {
 public:
  struct Options {
    int descriptor = 2;
    bool color = false;
    bool timestamps = false;
  };
  TerminalLog(loop::Loop& loop, Options options);
  ~TerminalLog() override;

  void event(observe::Level level, std::string_view worker, std::string_view text) override;
  void console(observe::Level level, std::string_view worker, std::string_view text) override;
  // One request: "GET /path 200 1.2 ms cpu 0.3 ms".
  void request(std::string_view worker, std::string_view method, std::string_view target,
               uint16_t status, uint64_t wall_ms, uint64_t cpu_ns);
  void flush();

 private:
  void begin(observe::Level level, std::string_view worker);
  void append_escaped(std::string_view text, std::string_view keep);
  void on_turn_end() override;
  void end_line(observe::Level level);
  loop::Loop& loop_;
  Options options_;
  std::string buffer_;
  bool scheduled_ = false;
  bool urgent_ = false;  // the buffer holds a warning or an error
  loop::TimerId timer_;
  uint64_t stamp_ms_ = 0;
  std::string stamp_;
};

// The log of one worker: puts its name on every line, and maps the stacks in it.
class NamedLog final : public observe::Log {
 public:
  NamedLog(observe::Log& log, std::string name, SourceMaps& maps)
      : log_(log), name_(std::move(name)), maps_(maps) {}
  void event(observe::Level level, std::string_view worker, std::string_view text) override;
  void console(observe::Level level, std::string_view worker, std::string_view text) override;

 private:
  observe::Log& log_;
  std::string name_;
  SourceMaps& maps_;
};

}  // namespace skerry::server
