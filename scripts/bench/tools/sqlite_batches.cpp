// The ceiling for durable KV writes: the same batches through SQLite's C API alone, with the same
// SQLite.
//   sqlite_batches FILE BATCH SECONDS SIZE     prints one JSON object
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void run(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    std::fprintf(stderr, "sqlite_batches: %s: %s\n", sql, sqlite3_errmsg(db));
    std::exit(1);
  }
}

}  // namespace

int main(int count, char** a) {
  if (count != 5) return 2;
  sqlite3* db = nullptr;
  sqlite3_open(a[1], &db);
  run(db, "pragma journal_mode = wal");
  run(db, "pragma synchronous = full");
  run(db,
      "create table entries (key blob primary key, value blob not null, metadata blob, expires "
      "integer)"
      " without rowid");
  sqlite3_stmt* put = nullptr;
  sqlite3_prepare_v2(db, "insert or replace into entries values (?, ?, null, null)", -1, &put,
                     nullptr);
  std::string value(size_t(atoi(a[4])), 'v');
  int batch = atoi(a[2]);
  long written = 0;
  auto begin = std::chrono::steady_clock::now();
  double seconds = 0;
  while (seconds < atof(a[3])) {
    run(db, "begin immediate");
    for (int i = 0; i < batch; i++) {
      std::string key = "key-" + std::to_string(written++);
      sqlite3_bind_blob(put, 1, key.data(), int(key.size()), SQLITE_TRANSIENT);
      sqlite3_bind_blob(put, 2, value.data(), int(value.size()), SQLITE_STATIC);
      sqlite3_step(put);
      sqlite3_reset(put);
    }
    run(db, "commit");
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  std::printf("{\"per_second\": %.1f, \"batch\": %d}\n", double(written) / seconds, batch);
  sqlite3_finalize(put);
  sqlite3_close(db);
  return 0;
}
