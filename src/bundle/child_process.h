// Runs another program to its end and gives what it printed. Blocks, so it belongs on a thread of
// its own, or before the loop runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace skerry::bundle {

struct ChildOptions {
  std::vector<std::string> command = {};  // the program's path, then its arguments
  std::string cwd = {};                   // empty: where this process stands
  uint64_t time_ms_max = 60'000;          // then it is killed
  size_t output_bytes_max = 4u << 20;
};

struct ChildResult {
  int exit_code = 0;   // meaningless if a signal ended it
  int signal = 0;      // 0: it ended by itself
  std::string output;  // of stdout and stderr, as they came; cut at the bound
  bool ok() const { return exit_code == 0 && signal == 0; }
};

// Fails if the program cannot be started, takes too long, or `cancel` becomes true: it and what it
// started are then killed. Its standard input is empty.
Result<ChildResult> run_child(const ChildOptions& options, const std::atomic<bool>& cancel);

}  // namespace skerry::bundle
