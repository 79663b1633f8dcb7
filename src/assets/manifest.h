// The files of an assets directory, found once: a request is answered only with what is in this
// list, so no path of a client ever reaches the file system.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assets/html_handling.h"
#include "assets/rules_file.h"
#include "base/error.h"

namespace skerry::assets {

// The ways of compression, in the order in which equals are preferred.
enum class Coding : uint8_t { br, zstd, gzip };
inline constexpr size_t coding_count = 3;
std::string_view coding_name(Coding coding);

struct CachedFile;

// What a file was when it was last looked at.
struct FileState {
  uint64_t size = 0;
  int64_t modified_ns = 0;
  bool operator==(const FileState&) const = default;
};

struct Asset {
  std::string path;  // as in a decoded URL: "/docs/index.html"
  std::string file;  // below the directory, links resolved
  std::string content_type;
  FileState state;
  std::array<Asset*, coding_count> encoded{};  // page.html.br and its like
  bool has_encoded = false;
  std::string etag;              // quoted; empty until the content was read
  CachedFile* cached = nullptr;  // of the ContentCache
};

class Manifest final : public AssetFinder {
 public:
  // Walks the directory; blocks on the disk. `_headers`, `_redirects`, `.assetsignore`, what the
  // latter names, and local secrets (.dev.vars, .env) are left out; so are links that lead out of
  // the directory, with a warning. Fails when the directory cannot be read or has too many files.
  static Result<Manifest> read(const std::string& directory, Warnings& warnings);
  Asset* find(std::string_view path) const override;
  size_t size() const { return assets_.size(); }
  const std::vector<std::unique_ptr<Asset>>& assets() const { return assets_; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  class Walk;
  std::vector<std::unique_ptr<Asset>> assets_;
  std::unordered_map<std::string_view, Asset*, Hash, std::equal_to<>> by_path_;
};

// A small text file of the directory, such as _headers; empty when it is not there.
Result<std::string> read_rules_file(const std::string& directory, const char* name);

}  // namespace skerry::assets
