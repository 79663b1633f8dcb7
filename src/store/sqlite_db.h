// SQLite with our error type: a connection and a statement that close themselves. Belongs to one
// thread at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace skerry::store {

// What went wrong on `db` (the result `code` of its last call) while doing `what`; names the file
// and what to do. SQLITE_FULL and the system's ENOSPC, EDQUOT, EFBIG are Code::full.
Error sqlite_error(sqlite3* db, int code, std::string_view what, std::string_view file);

class SqliteStatement {
 public:
  SqliteStatement() = default;
  static Result<SqliteStatement> prepare(sqlite3* db, std::string_view sql, std::string_view file);

  // The memory must stay until reset().
  void bind_blob(int at, std::string_view bytes);
  void bind_blob(int at, std::span<const uint8_t> bytes);
  void bind_text(int at, std::string_view text);
  void bind_int(int at, int64_t value);

  // SQLITE_ROW, SQLITE_DONE or an error code.
  int step() { return sqlite3_step(statement_.get()); }
  int64_t column_int(int at) { return sqlite3_column_int64(statement_.get(), at); }
  // Valid until the next step() or reset().
  std::string_view column_bytes(int at);

  // Ends the run and forgets what is bound; the error of the run was step()'s answer.
  void reset();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Resets a statement when its use ends, on every path.
class SqliteRun {
 public:
  explicit SqliteRun(SqliteStatement& statement) : statement_(statement) {}
  SqliteRun(const SqliteRun&) = delete;
  SqliteRun& operator=(const SqliteRun&) = delete;
  ~SqliteRun() { statement_.reset(); }
  SqliteStatement* operator->() { return &statement_; }

 private:
  SqliteStatement& statement_;
};

struct SqliteClose {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using SqliteDb = std::unique_ptr<sqlite3, SqliteClose>;

struct SqliteOpenOptions {
  std::string path;
  uint32_t application_id = 0;  // tells our files from others
  int format_version = 1;       // the only one that is understood
  const char* schema = "";      // run once, in a new file
  int64_t pages_max = 0;        // quota of the file; 0: none
  const char* vfs = nullptr;    // null: the system's
};

// Opens or creates a file the way all stores need it: WAL, synchronous=FULL, locked for this
// process alone, its directory entry synced, small files checked for damage, what an earlier
// process left in the WAL made durable. Errors: corrupt, unsupported (not ours, or of a newer
// version), busy (another process has it), full, io. Changes nothing in a file it refuses.
Result<SqliteDb> open_sqlite(const SqliteOpenOptions& options);

Result<> sqlite_exec(sqlite3* db, const char* sql, std::string_view file);

// Makes a new name in `directory` survive a power cut.
Result<> sync_directory(const std::string& directory);

}  // namespace skerry::store
