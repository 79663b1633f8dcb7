// Writes keys into namespace "crash" of the folder given until it is killed, and prints "<key>
// <round>" for each acknowledged put and "-<key> <round>" for each acknowledged remove: the crash
// test compares them with the file.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "kv_fixture.h"
#include "store/sqlite_kv.h"

namespace skerry::store {
namespace {

// One write(2) a line: whole or not at all, as far as a pipe goes.
void print_line(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) _exit(3);
}

int run(const std::string& directory, unsigned seed) {
  auto store = SqliteKvStore::create({.directory = directory});
  if (!store) return 1;
  ManualExecutor executor;
  auto kv = (*store)->open("crash", executor);
  if (!kv) return 1;
  // 32 clients, each with keys of its own, each waiting for its answer before the next write.
  struct Client {
    unsigned number, round = 0, random;
  };
  std::vector<Client> clients;
  std::move_only_function<void(Client&)> next = [&](Client& client) {
    client.random = client.random * 1664525U + 1013904223U;
    ++client.round;
    const std::string key =
        "k" + std::to_string(client.number) + "_" + std::to_string(client.random >> 24 & 7);
    const bool removes = (client.random >> 20 & 15) == 0;
    auto done = [&, key, removes](Result<> result) {
      if (!result) _exit(2);
      print_line((removes ? "-" : "") + key + " " + std::to_string(client.round) + "\n");
      next(client);
    };
    if (removes) return (*kv)->remove(key, std::move(done));
    std::string value = std::to_string(client.round) + " ";
    value.append(client.random >> 8 & 0xfff, static_cast<char>('a' + client.round % 26));
    (*kv)->put(key, Bytes::copy_of(value), {}, std::move(done));
  };
  for (unsigned i = 0; i < 32; ++i) clients.push_back({.number = i, .random = seed * 977 + i});
  for (Client& client : clients) next(client);
  executor.run_until([] { return false; });
  return 0;
}

}  // namespace
}  // namespace skerry::store

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  return skerry::store::run(argv[1], static_cast<unsigned>(std::atoi(argv[2])));
}
