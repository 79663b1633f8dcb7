// One namespace as one SQLite file; plain synchronous calls, for the store thread that owns it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/kv.h"
#include "store/kv_rules.h"
#include "store/sqlite_db.h"

namespace skerry::store {

class SqliteKvFile {
 public:
  // Errors: those of open_sqlite.
  static Result<std::unique_ptr<SqliteKvFile>> open(std::string path, int64_t pages_max,
                                                    const char* vfs);

  // Null: not there, or expired at `now_s`.
  Result<KvValuePtr> get(std::string_view key, int64_t now_s);
  Result<KvPage> list(const KvRange& range, size_t limit, int64_t now_s);

  // Writes lie between begin() and commit(). After any failure the transaction is gone (roll back
  // is done here); if usable() is then false the file must be closed and opened again before its
  // next use.
  Result<> begin();
  Result<> put(std::string_view key, const KvValue& value);
  Result<> remove(std::string_view key);
  Result<> commit();

  // Deletes up to `rows_max` expired entries as a transaction of its own; how many went.
  Result<int64_t> sweep(int64_t now_s, int64_t rows_max);

  // False once the system has failed to read, write or sync: what the file holds is unknown.
  bool usable() const { return usable_; }

 private:
  SqliteKvFile() = default;
  Result<> write(SqliteStatement& statement);
  Error failure(int code, std::string_view what);

  std::string path_;
  SqliteDb db_;  // before the statements, which are finalized first
  SqliteStatement begin_, commit_, rollback_, get_, list_, put_, remove_, sweep_;
  bool usable_ = true;
};

}  // namespace skerry::store
