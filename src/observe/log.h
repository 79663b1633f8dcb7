// Where lines for people go. Loop thread; implementations must not block for long.
#pragma once

#include <cstdint>
#include <string_view>

namespace skerry::observe {

enum class Level : uint8_t { debug, info, warn, error };

class Log {
 public:
  virtual ~Log() = default;
  // Something the runtime says: `worker` is empty when it concerns the node.
  virtual void event(Level level, std::string_view worker, std::string_view text) = 0;
  // A line from the worker's console.
  virtual void console(Level level, std::string_view worker, std::string_view text) = 0;
};

// Drops everything.
class NoLog final : public Log {
 public:
  void event(Level, std::string_view, std::string_view) override {}
  void console(Level, std::string_view, std::string_view) override {}
};

}  // namespace skerry::observe
