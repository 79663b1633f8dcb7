// Files of assets directories, for all sites of a node: small ones are kept in memory within a
// bound, large ones are read piece by piece while they are sent. Reading happens on threads of its
// own; everything else belongs to the loop's thread.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "assets/manifest.h"
#include "base/byte_stream.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "loop/loop.h"
#include "loop/worker_thread.h"

namespace skerry::assets {

// A file of a site's directory that was read whole.
struct CachedFile {
  Asset* asset;
  Bytes bytes;
  bool used = true;  // since the hand of the clock came by
};

// Which files stay: second chance, so that a hit costs one store.
class ContentCache {
 public:
  explicit ContentCache(size_t bytes_max) : bytes_max_(bytes_max) {}
  // Sets asset.cached; may take others away.
  void put(Asset& asset, Bytes bytes);
  void drop(Asset& asset);
  size_t bytes() const { return bytes_; }

 private:
  void evict();
  std::list<CachedFile> files_;
  std::list<CachedFile>::iterator hand_ = files_.end();
  size_t bytes_max_;
  size_t bytes_ = 0;
};

// An open directory; files are opened relative to it and never outside of it.
class Directory {
 public:
  static Result<std::shared_ptr<Directory>> open(const std::string& path);
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  // A descriptor of a regular file. Blocks; any thread.
  Result<int> open_file(const std::string& file) const;

 private:
  Directory(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  std::string path_;  // links resolved
};

class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// A file as it was found: its content if it is small, else open for reading.
struct ReadFile {
  FileState state;
  std::string etag;
  Bytes content;
  std::shared_ptr<OpenFile> open;
};

class AssetStore {
 public:
  explicit AssetStore(loop::Loop& loop);
  ~AssetStore();
  // Ends the threads; what they have begun is answered to the loop. Nothing is read after it.
  void stop();
  // Reads a small file, or opens a large one, and makes its ETag, unless it is as `known` and has
  // `etag` already. `done` is called later, on the loop.
  void read(std::shared_ptr<Directory> directory, std::string file, FileState known,
            std::string etag, std::move_only_function<void(Result<ReadFile>)> done);
  // `length` bytes of an open file; an error if the file has become shorter.
  std::unique_ptr<ByteSource> source(std::shared_ptr<OpenFile> file, uint64_t offset,
                                     uint64_t length);
  ContentCache& cache() { return cache_; }

 private:
  class FileSource;
  loop::WorkerThread& next_thread();
  loop::Loop& loop_;
  ContentCache cache_{limits::asset_cache_bytes_max};
  std::unique_ptr<loop::WorkerThread> first_ = std::make_unique<loop::WorkerThread>("asset-0");
  std::unique_ptr<loop::WorkerThread> second_ = std::make_unique<loop::WorkerThread>("asset-1");
  bool turn_ = false;
};

}  // namespace skerry::assets
