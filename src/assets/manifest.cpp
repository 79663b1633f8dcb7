#include "assets/manifest.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "assets/content_type.h"
#include "assets/ignore_rules.h"
#include "base/limits.h"

namespace skerry::assets {

namespace {

constexpr std::string_view kEndings[coding_count] = {".br", ".zst", ".gz"};

// What is never content, whatever the ignore file says of it.
bool is_private(std::string_view name) {
  return name == ".assetsignore" || name == ".skerry" || name == ".dev.vars" ||
         name.starts_with(".dev.vars.") || name == ".env" || name.starts_with(".env.");
}

FileState state_of(const struct stat& about) {
  return {static_cast<uint64_t>(about.st_size),
          int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec};
}

}  // namespace

std::string_view coding_name(Coding coding) {
  switch (coding) {
    case Coding::br: return "br";
    case Coding::zstd: return "zstd";
    case Coding::gzip: break;
  }
  return "gzip";
}

Result<std::string> read_rules_file(const std::string& directory, const char* name) {
  std::string path = directory + "/" + name;
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    if (errno == ENOENT) return std::string();
    return fail(Code::io, path + " cannot be read: " + std::strerror(errno));
  }
  struct stat about{};
  std::string text;
  Result<std::string> result = std::string();
  if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
    result = fail(Code::invalid, path + " is not a regular file");
  } else if (static_cast<uint64_t>(about.st_size) > limits::asset_rules_file_bytes_max) {
    result = fail(Code::too_large, path + " is larger than 1 MiB");
  } else {
    text.resize(limits::asset_rules_file_bytes_max);
    size_t done = 0;
    ssize_t got = 0;
    while (done < text.size() && (got = ::read(fd, text.data() + done, text.size() - done)) > 0)
      done += static_cast<size_t>(got);
    text.resize(done);
    result = got < 0 ? Result<std::string>(fail(Code::io, path + " cannot be read"))
                     : Result<std::string>(std::move(text));
  }
  close(fd);
  return result;
}

class Manifest::Walk {
 public:
  Walk(const std::string& root, const IgnoreRules& ignore, Warnings& warnings)
      : root_(root), ignore_(ignore), warnings_(warnings) {}

  Result<> folder(const std::string& below, size_t depth) {
    std::string path = below.empty() ? root_ : root_ + "/" + below;
    DIR* dir = opendir(path.c_str());
    if (dir == nullptr) {
      std::string text = "the folder " + path + " cannot be read: " + std::strerror(errno);
      if (below.empty()) return fail(Code::io, std::move(text));
      warnings_.push_back(text + "; its files are not served");
      return {};
    }
    std::vector<std::string> names;
    while (const dirent* entry = readdir(dir)) {
      std::string_view name = entry->d_name;
      if (name != "." && name != ".." && !is_private(name)) names.emplace_back(name);
    }
    closedir(dir);
    std::ranges::sort(names);
    Result<> result;
    for (const std::string& name : names) {
      if (!result) break;
      result = entry(below.empty() ? name : below + "/" + name, depth);
    }
    return result;
  }

  std::vector<std::unique_ptr<Asset>> assets;

 private:
  Result<> entry(const std::string& below, size_t depth) {
    std::string path = root_ + "/" + below;
    struct stat about{};
    if (lstat(path.c_str(), &about) != 0) return {};  // gone since
    if (ignore_.ignores(below, S_ISDIR(about.st_mode))) return {};
    if (S_ISDIR(about.st_mode)) {
      if (depth < limits::asset_depth_max) return folder(below, depth + 1);
      warnings_.push_back("the folder " + path + " lies too deep; its files are not served");
      return {};
    }
    std::string file = below;
    if (S_ISLNK(about.st_mode) && !resolve_link(path, file, about)) return {};
    if (!S_ISREG(about.st_mode)) return {};
    if (assets.size() == limits::asset_files_max)
      return fail(Code::too_large, "the assets directory " + root_ + " has more than " +
                                       std::to_string(limits::asset_files_max) +
                                       " files; name what is not to be served in .assetsignore");
    auto asset = std::make_unique<Asset>();
    asset->path = "/" + below;
    asset->file = std::move(file);
    asset->content_type = content_type_of(below);
    asset->state = state_of(about);
    assets.push_back(std::move(asset));
    return {};
  }

  // A link counts as the file it leads to, if that lies within the directory.
  bool resolve_link(const std::string& path, std::string& file, struct stat& about) {
    char resolved[PATH_MAX];
    if (realpath(path.c_str(), resolved) == nullptr || stat(resolved, &about) != 0) {
      warnings_.push_back("the link " + path + " leads nowhere");
      return false;
    }
    if (S_ISDIR(about.st_mode)) {
      warnings_.push_back("the link " + path + " leads to a folder, which is not followed");
      return false;
    }
    std::string_view target = resolved;
    if (!target.starts_with(root_ + "/")) {
      warnings_.push_back("the link " + path +
                          " leads out of the assets directory and is not served");
      return false;
    }
    file = target.substr(root_.size() + 1);
    return true;
  }

  const std::string& root_;
  const IgnoreRules& ignore_;
  Warnings& warnings_;
};

Result<Manifest> Manifest::read(const std::string& directory, Warnings& warnings) {
  char resolved[PATH_MAX];
  if (realpath(directory.c_str(), resolved) == nullptr)
    return fail(errno == ENOENT ? Code::not_found : Code::io,
                "the assets directory " + directory + " cannot be read: " + std::strerror(errno));
  std::string root = resolved;
  IgnoreRules ignore;
  ignore.add_lines("/_redirects\n/_headers\n");
  Result<std::string> more = read_rules_file(root, ".assetsignore");
  if (!more) return fail(std::move(more.error()));
  ignore.add_lines(*more);
  Walk walk(root, ignore, warnings);
  if (Result<> walked = walk.folder("", 0); !walked) return fail(std::move(walked.error()));
  Manifest manifest;
  manifest.assets_ = std::move(walk.assets);
  manifest.by_path_.reserve(manifest.assets_.size());
  for (const auto& asset : manifest.assets_) manifest.by_path_.emplace(asset->path, asset.get());
  for (const auto& asset : manifest.assets_) {
    for (size_t i = 0; i < coding_count; ++i) {
      asset->encoded[i] = manifest.find(asset->path + std::string(kEndings[i]));
      asset->has_encoded = asset->has_encoded || asset->encoded[i] != nullptr;
    }
  }
  return manifest;
}

Asset* Manifest::find(std::string_view path) const {
  auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : found->second;
}

}  // namespace skerry::assets
