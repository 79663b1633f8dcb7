// Tells when something below a folder, or a file, changes: for reloading in development. Bursts are
// told once, after a quiet moment. Sub-folders that appear later are watched too; `node_modules`
// and folders whose name begins with a dot are not.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "loop/loop.h"

namespace skerry::loop {

class FileWatch {
 public:
  // `fn` is called `quiet_ms` after the last change of a burst, at the latest 4 × that after its
  // first.
  static Result<std::unique_ptr<FileWatch>> start(Loop& loop, const std::string& path,
                                                  uint64_t quiet_ms,
                                                  std::move_only_function<void()> fn);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  // Watches further folders, their own files only, in the place of those named before. One that
  // cannot be watched is left out.
  void also_watch(const std::vector<std::string>& folders);
  // What changed in the burst that is told just now, at most 256 paths: for use inside `fn`.
  const std::vector<std::string>& changed() const;
  struct State;

 private:
  explicit FileWatch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace skerry::loop
