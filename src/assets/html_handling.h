// Which file a path stands for. Pure: `find` knows the files.
// https://developers.cloudflare.com/workers/static-assets/routing/advanced/html-handling/
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "assets/site_options.h"

namespace skerry::assets {

struct Asset;

struct Intent {
  Asset* asset = nullptr;               // null with `redirect`, or where nothing matches
  uint16_t status = 200;                // 404 for a 404.html
  std::optional<std::string> redirect;  // the path that stands for the file, decoded
};

class AssetFinder {
 public:
  virtual Asset* find(std::string_view path) const = 0;  // null: no such file

 protected:
  ~AssetFinder() = default;
};

// `path` is decoded and begins with a slash.
Intent resolve_path(std::string_view path, HtmlHandling html, NotFoundHandling not_found,
                    const AssetFinder& finder);

}  // namespace skerry::assets
