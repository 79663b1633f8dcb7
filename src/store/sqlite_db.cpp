#include "store/sqlite_db.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace skerry::store {
namespace {

constexpr int busy_timeout_open_ms = 2000;  // a process on its way out may still hold the file
constexpr int64_t quick_check_bytes_max =
    1024 * 1024;  // reads the whole file: some ms at this size
constexpr int64_t journal_bytes_max =
    64 * 1024 * 1024;  // the WAL is cut back to this after a burst

bool no_room(int error_number) {
  return error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
}

Error damaged(std::string_view file, std::string_view detail) {
  const std::string name(file);
  return Error(Code::corrupt,
               name + " is damaged (" + std::string(detail) +
                   "). Nothing was deleted: stop skerry, copy " + name + " and " + name +
                   "-wal aside, then put a backup in their place or rescue what is left with "
                   "`sqlite3 COPY .recover`");
}

Result<int64_t> read_number(sqlite3* db, std::string_view sql, std::string_view file) {
  auto statement = SqliteStatement::prepare(db, sql, file);
  if (!statement) return fail(std::move(statement.error()));
  const int code = statement->step();
  if (code != SQLITE_ROW) return fail(sqlite_error(db, code, "opening", file));
  return statement->column_int(0);
}

// Whether the file is a new one; refuses what is not ours before anything in it changes.
Result<bool> check_format(sqlite3* db, const SqliteOpenOptions& options) {
  const auto application = read_number(db, "PRAGMA application_id", options.path);
  if (!application) return fail(application.error().clone());
  const auto version = read_number(db, "PRAGMA user_version", options.path);
  if (!version) return fail(version.error().clone());
  const auto tables = read_number(db, "SELECT count(*) FROM sqlite_schema", options.path);
  if (!tables) return fail(tables.error().clone());
  if (*application == 0 && *version == 0 && *tables == 0) return true;
  if (static_cast<uint32_t>(*application) != options.application_id) {
    return fail(Code::unsupported, options.path +
                                       " is a SQLite file of some other program, or of another "
                                       "part of skerry: move it away");
  }
  if (*version != options.format_version) {
    return fail(Code::unsupported,
                options.path + " has format version " + std::to_string(*version) +
                    ", this skerry understands version " + std::to_string(options.format_version) +
                    " only: run the skerry that wrote it, or move the file away");
  }
  return false;
}

Result<> create_schema(sqlite3* db, const SqliteOpenOptions& options) {
  const std::string sql = std::string("BEGIN IMMEDIATE;") + options.schema +
                          ";PRAGMA application_id=" + std::to_string(options.application_id) +
                          ";PRAGMA user_version=" + std::to_string(options.format_version) +
                          ";COMMIT";
  if (auto done = sqlite_exec(db, sql.c_str(), options.path); !done) return done;
  const size_t slash = options.path.rfind('/');
  return sync_directory(slash == std::string::npos ? "." : options.path.substr(0, slash));
}

Result<> check_for_damage(sqlite3* db, const SqliteOpenOptions& options) {
  struct stat info;
  if (stat(options.path.c_str(), &info) != 0 || info.st_size > quick_check_bytes_max) return {};
  auto statement = SqliteStatement::prepare(db, "PRAGMA quick_check(1)", options.path);
  if (!statement) return fail(std::move(statement.error()));
  const int code = statement->step();
  if (code != SQLITE_ROW) return fail(sqlite_error(db, code, "checking", options.path));
  const std::string_view verdict = statement->column_bytes(0);
  if (verdict == "ok") return {};
  return fail(damaged(options.path, verdict));
}

}  // namespace

Error sqlite_error(sqlite3* db, int code, std::string_view what, std::string_view file) {
  const int system_error = db != nullptr ? sqlite3_system_errno(db) : 0;
  const std::string name(file);
  const int primary = code & 0xff;
  if (primary == SQLITE_FULL ||
      ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && no_room(system_error))) {
    return Error(Code::full,
                 "no room left while " + std::string(what) + " " + name +
                     ": free some disk space or raise the quota; nothing of this was stored");
  }
  std::string detail = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) return damaged(file, detail);
  if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && system_error != 0) {
    detail += std::string(", ") + std::strerror(system_error);
  }
  const std::string text = std::string(what) + " " + name + ": " + detail;
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(Code::busy, name + " is in use by another process: stop that one first");
    case SQLITE_NOMEM: return Error(Code::busy, text);
    case SQLITE_TOOBIG: return Error(Code::too_large, text);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM: return Error(Code::io, text);
    default: return Error(Code::internal, text);
  }
}

Result<SqliteStatement> SqliteStatement::prepare(sqlite3* db, std::string_view sql,
                                                 std::string_view file) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(db, code, "opening", file));
  SqliteStatement statement;
  statement.statement_.reset(raw);
  return statement;
}

// A failed bind (out of memory) leaves NULL, which the NOT NULL columns then refuse in step().
void SqliteStatement::bind_blob(int at, std::string_view bytes) {
  static_cast<void>(sqlite3_bind_blob64(statement_.get(), at, bytes.empty() ? "" : bytes.data(),
                                        bytes.size(), SQLITE_STATIC));
}
void SqliteStatement::bind_blob(int at, std::span<const uint8_t> bytes) {
  bind_blob(at, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}
void SqliteStatement::bind_text(int at, std::string_view text) {
  static_cast<void>(sqlite3_bind_text64(statement_.get(), at, text.empty() ? "" : text.data(),
                                        text.size(), SQLITE_STATIC, SQLITE_UTF8));
}
void SqliteStatement::bind_int(int at, int64_t value) {
  static_cast<void>(sqlite3_bind_int64(statement_.get(), at, value));
}

std::string_view SqliteStatement::column_bytes(int at) {
  const void* bytes = sqlite3_column_blob(statement_.get(), at);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<size_t>(sqlite3_column_bytes(statement_.get(), at))};
}

void SqliteStatement::reset() {
  static_cast<void>(sqlite3_reset(statement_.get()));
  static_cast<void>(sqlite3_clear_bindings(statement_.get()));
}

Result<> sqlite_exec(sqlite3* db, const char* sql, std::string_view file) {
  const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  auto error = fail(sqlite_error(db, code, "writing", file));
  if (sqlite3_get_autocommit(db) == 0) {
    static_cast<void>(sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr));
  }
  return error;
}

Result<> sync_directory(const std::string& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const int error_number = errno;
  if (fd >= 0) close(fd);
  if (synced) return {};
  return fail(no_room(error_number) ? Code::full : Code::io,
              "syncing the directory " + directory + ": " + std::strerror(error_number));
}

Result<SqliteDb> open_sqlite(const SqliteOpenOptions& options) {
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(
      options.path.c_str(), &raw,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      options.vfs);
  SqliteDb db(raw);
  if (code != SQLITE_OK) return fail(sqlite_error(raw, code, "opening", options.path));
  sqlite3_busy_timeout(raw, busy_timeout_open_ms);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // Exclusive locking before the first access keeps the WAL index in memory: no -shm file.
  if (auto done =
          sqlite_exec(raw, "PRAGMA locking_mode=EXCLUSIVE;PRAGMA cell_size_check=ON", options.path);
      !done) {
    return fail(std::move(done.error()));
  }
  const auto fresh = check_format(raw, options);
  if (!fresh) return fail(fresh.error().clone());
  const std::string settings =
      "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA temp_store=MEMORY;"
      "PRAGMA journal_size_limit=" +
      std::to_string(journal_bytes_max) +
      (options.pages_max > 0 ? ";PRAGMA max_page_count=" + std::to_string(options.pages_max)
                             : std::string());
  if (auto done = sqlite_exec(raw, settings.c_str(), options.path); !done) {
    return fail(std::move(done.error()));
  }
  // After a failed sync the system may take lost pages of the WAL for written ones. Copying the WAL
  // into the file writes them again, so what is read from now on is on the disk.
  auto ready = *fresh ? create_schema(raw, options) : check_for_damage(raw, options);
  if (ready && !*fresh) ready = sqlite_exec(raw, "PRAGMA wal_checkpoint(TRUNCATE)", options.path);
  if (!ready) return fail(std::move(ready.error()));
  return db;
}

}  // namespace skerry::store
