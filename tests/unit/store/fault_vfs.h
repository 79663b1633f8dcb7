// A SQLite VFS that passes everything on to the system's, and fails when told to.
#pragma once

#include <atomic>

namespace skerry::store {

struct FaultVfs {
  static constexpr const char* name = "skerry-fault";
  static std::atomic<bool> fail_sync;  // xSync answers SQLITE_IOERR_FSYNC
  static std::atomic<bool>
      fail_write;                 // xWrite answers SQLITE_FULL, as the system's does for ENOSPC
  static std::atomic<int> syncs;  // that were passed on
  static void install();
};

}  // namespace skerry::store
