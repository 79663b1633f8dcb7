// What the key `assets` of a configuration asks for.
// https://developers.cloudflare.com/workers/wrangler/configuration/#assets
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace skerry::assets {

// Which of /page, /page/ and /page.html stands for a file page.html or page/index.html; the others
// redirect.
enum class HtmlHandling : uint8_t {
  auto_trailing_slash,
  force_trailing_slash,
  drop_trailing_slash,
  none
};

// What answers where nothing matches: nobody, /index.html with 200, or the nearest 404.html above.
enum class NotFoundHandling : uint8_t { none, single_page_application, not_found_page };

struct SiteOptions {
  std::string directory = {};
  HtmlHandling html_handling = HtmlHandling::auto_trailing_slash;
  NotFoundHandling not_found_handling = NotFoundHandling::none;
  bool has_worker = false;  // who gets what no asset matches
  bool worker_first = false;
  // Globs with '*', matched against whole paths; either list makes the routing static.
  std::vector<std::string> worker_first_globs = {};
  std::vector<std::string> assets_first_globs = {};
  // With not_found_handling, a browser's navigation belongs to the assets even where nothing
  // matches.
  bool navigation_prefers_assets = true;
};

}  // namespace skerry::assets
