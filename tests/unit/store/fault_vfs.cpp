#include "fault_vfs.h"

#include <sqlite3.h>

#include <cstring>

namespace skerry::store {

std::atomic<bool> FaultVfs::fail_sync{false};
std::atomic<bool> FaultVfs::fail_write{false};
std::atomic<int> FaultVfs::syncs{0};

namespace {

struct FaultFile {
  sqlite3_file base;
  sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
sqlite3_file* inner(sqlite3_file* file) {
  return reinterpret_cast<FaultFile*>(file)->inner();
}

sqlite3_vfs* system_vfs() {
  static sqlite3_vfs* const found = sqlite3_vfs_find(nullptr);
  return found;
}

const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = [](sqlite3_file* f) { return inner(f)->pMethods->xClose(inner(f)); },
    .xRead = [](sqlite3_file* f, void* data, int size,
                sqlite3_int64 at) { return inner(f)->pMethods->xRead(inner(f), data, size, at); },
    .xWrite =
        [](sqlite3_file* f, const void* data, int size, sqlite3_int64 at) {
          if (FaultVfs::fail_write) return SQLITE_FULL;
          return inner(f)->pMethods->xWrite(inner(f), data, size, at);
        },
    .xTruncate = [](sqlite3_file* f,
                    sqlite3_int64 size) { return inner(f)->pMethods->xTruncate(inner(f), size); },
    .xSync =
        [](sqlite3_file* f, int flags) {
          if (FaultVfs::fail_sync) return SQLITE_IOERR_FSYNC;
          ++FaultVfs::syncs;
          return inner(f)->pMethods->xSync(inner(f), flags);
        },
    .xFileSize = [](sqlite3_file* f,
                    sqlite3_int64* size) { return inner(f)->pMethods->xFileSize(inner(f), size); },
    .xLock = [](sqlite3_file* f, int level) { return inner(f)->pMethods->xLock(inner(f), level); },
    .xUnlock = [](sqlite3_file* f,
                  int level) { return inner(f)->pMethods->xUnlock(inner(f), level); },
    .xCheckReservedLock =
        [](sqlite3_file* f, int* held) {
          return inner(f)->pMethods->xCheckReservedLock(inner(f), held);
        },
    .xFileControl =
        [](sqlite3_file* f, int what, void* with) {
          return inner(f)->pMethods->xFileControl(inner(f), what, with);
        },
    .xSectorSize = [](sqlite3_file* f) { return inner(f)->pMethods->xSectorSize(inner(f)); },
    .xDeviceCharacteristics =
        [](sqlite3_file* f) { return inner(f)->pMethods->xDeviceCharacteristics(inner(f)); },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  auto* fault = reinterpret_cast<FaultFile*>(file);
  const int code = system_vfs()->xOpen(system_vfs(), name, fault->inner(), flags, flags_out);
  fault->base.pMethods = code == SQLITE_OK ? &methods : nullptr;
  return code;
}

}  // namespace

void FaultVfs::install() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *system_vfs();
    made.zName = name;
    made.pNext = nullptr;
    made.szOsFile += static_cast<int>(sizeof(FaultFile));
    made.xOpen = open_file;
    return made;
  }();
  sqlite3_vfs_register(&vfs, 0);
}

}  // namespace skerry::store
