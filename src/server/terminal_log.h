// Lines for people, or JSON for programs, on a descriptor: gathered; warnings and errors are
// written at the end of the loop's turn, others a little later. Control characters in what tenants
// and peers send are escaped, so that a line stays a line.
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
    bool json = false;                             // an object on each line, for programs
    observe::Level level = observe::Level::debug;  // what is below it is left out
  };
  TerminalLog(loop::Loop& loop, Options options);
  ~TerminalLog() override;

  void event(observe::Level level, std::string_view worker, std::string_view text) override;
  void console(observe::Level level, std::string_view worker, std::string_view text) override;
  struct Request {
    std::string_view worker, method, target;
    uint64_t id = 0;  // counts the requests of an isolate
    uint16_t status = 0;
    uint64_t wall_ms = 0, cpu_ns = 0;
  };
  // One request: "GET /path 200 1.2 ms (cpu 0.3 ms)". Its level is info.
  void request(const Request& request);
  void flush();

 private:
  void begin(observe::Level level, std::string_view worker);
  // What a terminal could take for a command is escaped; `keep` names control characters that stay,
  // an escape among them only where it sets a colour.
  void append_escaped(std::string_view text, std::string_view keep);
  size_t append_unusual(std::string_view text, std::string_view keep);
  void append_stamp(uint64_t age_ms_max);
  void begin_json(const char* type, observe::Level level, std::string_view worker);
  void request_json(const Request& request);
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
