#include "assets/asset_store.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace skerry::assets {

void ContentCache::put(Asset& asset, Bytes bytes) {
  drop(asset);
  bytes_ += bytes.size();
  auto place = files_.insert(hand_, CachedFile{&asset, std::move(bytes)});
  asset.cached = &*place;
  evict();
  // Only a second request shows that it is worth its room.
  place->used = false;
}

void ContentCache::drop(Asset& asset) {
  if (asset.cached == nullptr) return;
  auto found = std::ranges::find(files_, asset.cached, [](CachedFile& each) { return &each; });
  bytes_ -= found->bytes.size();
  if (hand_ == found) ++hand_;
  files_.erase(found);
  asset.cached = nullptr;
}

void ContentCache::evict() {
  while (bytes_ > bytes_max_) {
    if (hand_ == files_.end()) hand_ = files_.begin();
    if (std::exchange(hand_->used, false)) {
      ++hand_;
      continue;
    }
    bytes_ -= hand_->bytes.size();
    hand_->asset->cached = nullptr;
    hand_ = files_.erase(hand_);
  }
}

Result<std::shared_ptr<Directory>> Directory::open(const std::string& path) {
  char resolved[PATH_MAX];
  int fd = realpath(path.c_str(), resolved) == nullptr
               ? -1
               : ::open(resolved, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return fail(errno == ENOENT ? Code::not_found : Code::io,
                "the assets directory " + path + " cannot be opened: " + std::strerror(errno));
  return std::shared_ptr<Directory>(new Directory(fd, resolved));
}

Directory::~Directory() {
  close(fd_);
}

Result<int> Directory::open_file(const std::string& file) const {
  constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW;
  open_how how{};
  how.flags = flags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  int fd = static_cast<int>(syscall(SYS_openat2, fd_, file.c_str(), &how, sizeof how));
  if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
    // An old kernel, or a container that hides the call: look at where the file really is.
    fd = openat(fd_, file.c_str(), flags);
    char link[64], real[PATH_MAX];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = fd < 0 ? -1 : readlink(link, real, sizeof real);
    if (fd >= 0 && (size <= 0 ||
                    !std::string_view(real, static_cast<size_t>(size)).starts_with(path_ + "/"))) {
      close(fd);
      return fail(Code::refused, file + " lies outside of the assets directory");
    }
  }
  if (fd < 0)
    return fail(errno == ENOENT ? Code::not_found : Code::io,
                file + " cannot be opened: " + std::strerror(errno));
  struct stat about{};
  if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) return fd;
  close(fd);
  return fail(Code::invalid, file + " is not a regular file");
}

OpenFile::~OpenFile() {
  close(fd_);
}

namespace {

struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// The first half of SHA-256 as a quoted tag.
class Tagger {
 public:
  Tagger() : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void add(const uint8_t* data, size_t size) { EVP_DigestUpdate(context_.get(), data, size); }
  std::string tag() {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest, &size);
    std::string out = "\"";
    for (size_t i = 0; i < 16; ++i) {
      out += "0123456789abcdef"[digest[i] >> 4];
      out += "0123456789abcdef"[digest[i] & 15];
    }
    return out + "\"";
  }

 private:
  std::unique_ptr<EVP_MD_CTX, DigestFree> context_;
};

// Reads exactly `size` bytes, or fails.
bool read_at(int fd, uint8_t* to, size_t size, uint64_t offset) {
  for (size_t done = 0; done < size;) {
    ssize_t got = pread(fd, to + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<size_t>(got);
  }
  return true;
}

Result<std::string> tag_of_large(int fd, const FileState& state) {
  if (state.size > limits::asset_hashed_bytes_max)
    return "\"" + std::to_string(state.size) + "-" + std::to_string(state.modified_ns) + "\"";
  Tagger tagger;
  Bytes chunk = Bytes::allocate(limits::asset_chunk_bytes);
  for (uint64_t at = 0; at < state.size; at += chunk.size()) {
    size_t size = static_cast<size_t>(std::min<uint64_t>(chunk.size(), state.size - at));
    if (size == 0 || !read_at(fd, chunk.data(), size, at))
      return fail(Code::io, "the file changed while it was read");
    tagger.add(chunk.data(), size);
  }
  return tagger.tag();
}

Result<ReadFile> read_file(const Directory& directory, const std::string& file, FileState known,
                           std::string etag) {
  Result<int> opened = directory.open_file(file);
  if (!opened) return fail(std::move(opened.error()));
  auto open = std::make_shared<OpenFile>(*opened);
  struct stat about{};
  if (fstat(open->fd(), &about) != 0) return fail(Code::io, file + " cannot be read");
  ReadFile read;
  read.state = {static_cast<uint64_t>(about.st_size),
                int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec};
  bool is_known = !etag.empty() && read.state == known;
  if (read.state.size > limits::asset_cached_file_bytes_max) {
    Result<std::string> tag = is_known ? std::move(etag) : tag_of_large(open->fd(), read.state);
    if (!tag) return fail(std::move(tag.error()));
    read.etag = std::move(*tag);
    read.open = std::move(open);
    return read;
  }
  auto size = static_cast<size_t>(read.state.size);
  read.content = Bytes::allocate(size);
  if (read.content.size() != size || !read_at(open->fd(), read.content.data(), size, 0))
    return fail(Code::io, file + " changed while it was read");
  if (is_known) {
    read.etag = std::move(etag);
  } else {
    Tagger tagger;
    tagger.add(read.content.data(), size);
    read.etag = tagger.tag();
  }
  return read;
}

}  // namespace

AssetStore::AssetStore(loop::Loop& loop) : loop_(loop) {}

AssetStore::~AssetStore() = default;

void AssetStore::stop() {
  first_.reset();
  second_.reset();
}

loop::WorkerThread& AssetStore::next_thread() {
  turn_ = !turn_;
  return turn_ ? *first_ : *second_;
}

void AssetStore::read(std::shared_ptr<Directory> directory, std::string file, FileState known,
                      std::string etag, std::move_only_function<void(Result<ReadFile>)> done) {
  next_thread().post([&loop = loop_, directory = std::move(directory), file = std::move(file),
                      known, etag = std::move(etag), done = std::move(done)]() mutable {
    Result<ReadFile> result = read_file(*directory, file, known, std::move(etag));
    loop.post([result = std::move(result), done = std::move(done)]() mutable {
      done(std::move(result));
    });
  });
}

// Reads one chunk for each read(). What a thread has begun outlives the source through `Shared`.
class AssetStore::FileSource final : public ByteSource {
 public:
  FileSource(loop::Loop& loop, loop::WorkerThread& thread, std::shared_ptr<OpenFile> file,
             uint64_t offset, uint64_t length)
      : loop_(loop),
        thread_(thread),
        file_(std::move(file)),
        offset_(offset),
        left_(length),
        shared_(std::make_shared<Shared>(this)) {}
  ~FileSource() override { shared_->source = nullptr; }
  std::optional<uint64_t> length() const override { return left_; }

  void read(ByteReader& reader) override {
    if (left_ == 0) return reader.on_end();
    reader_ = &reader;
    auto size = static_cast<size_t>(std::min<uint64_t>(left_, limits::asset_chunk_bytes));
    thread_.post([&loop = loop_, shared = shared_, file = file_, at = offset_, size]() mutable {
      Bytes chunk = Bytes::allocate(size);
      if (chunk.size() != size || !read_at(file->fd(), chunk.data(), size, at)) chunk = {};
      loop.post([shared = std::move(shared), chunk = std::move(chunk)]() mutable {
        if (shared->source != nullptr) shared->source->on_read(std::move(chunk));
      });
    });
  }

 private:
  struct Shared {
    explicit Shared(FileSource* owner) : source(owner) {}
    FileSource* source;  // null once it is gone; of the loop's thread
  };

  void on_read(Bytes chunk) {
    ByteReader* reader = std::exchange(reader_, nullptr);
    if (chunk.empty())
      return reader->on_error(Error(Code::io, "the file changed while it was sent"));
    offset_ += chunk.size();
    left_ -= chunk.size();
    reader->on_chunk(std::move(chunk));
  }

  loop::Loop& loop_;
  loop::WorkerThread& thread_;
  std::shared_ptr<OpenFile> file_;
  uint64_t offset_, left_;
  ByteReader* reader_ = nullptr;
  std::shared_ptr<Shared> shared_;
};

std::unique_ptr<ByteSource> AssetStore::source(std::shared_ptr<OpenFile> file, uint64_t offset,
                                               uint64_t length) {
  return std::make_unique<FileSource>(loop_, next_thread(), std::move(file), offset, length);
}

}  // namespace skerry::assets
