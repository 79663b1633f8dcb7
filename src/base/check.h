// Checks for our own bugs: always on, abort the process, name the condition. Never for anything a
// tenant, a peer or a file can cause: one abort here ends every tenant.
#pragma once

namespace skerry {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace skerry

#define SKERRY_CHECK(condition)                               \
  do {                                                        \
    if (!(condition)) [[unlikely]]                            \
      ::skerry::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
