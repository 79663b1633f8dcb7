#include "store/sqlite_kv_file.h"

#include <utility>

namespace skerry::store {
namespace {

constexpr uint32_t kv_application_id = 0x736b6b76;  // "skkv"
constexpr int kv_format_version = 1;

// The value comes last, so that list never walks the overflow pages of large ones. Keys are blobs:
// byte order.
constexpr const char* kv_schema = R"(
CREATE TABLE kv(
  key BLOB NOT NULL UNIQUE,
  expires_at INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  value BLOB NOT NULL
);
CREATE INDEX kv_expires_at ON kv(expires_at) WHERE expires_at != 0
)";

constexpr std::string_view get_sql = "SELECT expires_at, metadata, value FROM kv WHERE key = ?1";
constexpr std::string_view list_sql =
    "SELECT key, expires_at, metadata FROM kv WHERE key >= ?1 AND key < ?2"
    " AND (expires_at = 0 OR expires_at > ?3) ORDER BY key LIMIT ?4";
constexpr std::string_view put_sql =
    "INSERT INTO kv(key, expires_at, metadata, value) VALUES(?1, ?2, ?3, ?4)"
    " ON CONFLICT(key) DO UPDATE SET expires_at = ?2, metadata = ?3, value = ?4";
constexpr std::string_view sweep_sql =
    "DELETE FROM kv WHERE rowid IN (SELECT rowid FROM kv WHERE expires_at != 0"
    " AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

}  // namespace

Result<std::unique_ptr<SqliteKvFile>> SqliteKvFile::open(std::string path, int64_t pages_max,
                                                         const char* vfs) {
  auto db = open_sqlite({.path = path,
                         .application_id = kv_application_id,
                         .format_version = kv_format_version,
                         .schema = kv_schema,
                         .pages_max = pages_max,
                         .vfs = vfs});
  if (!db) return fail(std::move(db.error()));
  std::unique_ptr<SqliteKvFile> file(new SqliteKvFile);
  file->path_ = std::move(path);
  file->db_ = std::move(*db);
  const std::pair<SqliteStatement*, std::string_view> statements[] = {
      {&file->begin_, "BEGIN IMMEDIATE"}, {&file->commit_, "COMMIT"},
      {&file->rollback_, "ROLLBACK"},     {&file->get_, get_sql},
      {&file->list_, list_sql},           {&file->put_, put_sql},
      {&file->sweep_, sweep_sql},         {&file->remove_, "DELETE FROM kv WHERE key = ?1"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = SqliteStatement::prepare(file->db_.get(), sql, file->path_);
    if (!prepared) return fail(std::move(prepared.error()));
    *statement = std::move(*prepared);
  }
  return file;
}

Error SqliteKvFile::failure(int code, std::string_view what) {
  if ((code & 0xff) == SQLITE_IOERR) usable_ = false;
  return sqlite_error(db_.get(), code, what, path_);
}

Result<KvValuePtr> SqliteKvFile::get(std::string_view key, int64_t now_s) {
  SqliteRun run(get_);
  run->bind_blob(1, key);
  const int code = run->step();
  if (code == SQLITE_DONE) return nullptr;
  if (code != SQLITE_ROW) return fail(failure(code, "reading"));
  auto value = std::make_shared<KvValue>();
  value->expires_at_s = run->column_int(0);
  if (kv_expired(value->expires_at_s, now_s)) return nullptr;
  value->metadata_json = run->column_bytes(1);
  const std::string_view bytes = run->column_bytes(2);
  value->data = Bytes::copy_of(bytes);
  if (value->data.size() != bytes.size()) return fail(Code::busy, "no memory left for a KV value");
  return value;
}

Result<KvPage> SqliteKvFile::list(const KvRange& range, size_t limit, int64_t now_s) {
  KvPage page;
  if (range.first >= range.end) return page;
  SqliteRun run(list_);
  run->bind_blob(1, range.first);
  run->bind_blob(2, range.end);
  run->bind_int(3, now_s);
  run->bind_int(4, static_cast<int64_t>(limit) + 1);  // one more tells whether the list goes on
  for (;;) {
    const int code = run->step();
    if (code == SQLITE_DONE) return page;
    if (code != SQLITE_ROW) return fail(failure(code, "listing"));
    if (page.keys.size() == limit) {
      page.list_complete = false;
      page.cursor = kv_cursor(page.keys.back().name);
      return page;
    }
    page.keys.push_back(
        {std::string(run->column_bytes(0)), std::string(run->column_bytes(2)), run->column_int(1)});
  }
}

Result<> SqliteKvFile::write(SqliteStatement& statement) {
  SqliteRun run(statement);
  const int code = run->step();
  if (code == SQLITE_DONE) return {};
  Error error = failure(code, "writing");
  if (sqlite3_get_autocommit(db_.get()) == 0) {
    run->reset();
    SqliteRun rollback(rollback_);
    if (rollback->step() != SQLITE_DONE) usable_ = false;
  }
  return fail(std::move(error));
}

Result<> SqliteKvFile::begin() {
  return write(begin_);
}
Result<> SqliteKvFile::commit() {
  return write(commit_);
}

Result<> SqliteKvFile::put(std::string_view key, const KvValue& value) {
  put_.bind_blob(1, key);
  put_.bind_int(2, value.expires_at_s);
  put_.bind_text(3, value.metadata_json);
  put_.bind_blob(4, value.data.span());
  return write(put_);
}

Result<> SqliteKvFile::remove(std::string_view key) {
  remove_.bind_blob(1, key);
  return write(remove_);
}

Result<int64_t> SqliteKvFile::sweep(int64_t now_s, int64_t rows_max) {
  sweep_.bind_int(1, now_s);
  sweep_.bind_int(2, rows_max);
  if (auto done = write(sweep_); !done) return fail(std::move(done.error()));
  return sqlite3_changes64(db_.get());
}

}  // namespace skerry::store
