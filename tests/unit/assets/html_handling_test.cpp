#include "assets/html_handling.h"

#include <doctest/doctest.h>

#include <map>

#include "assets/manifest.h"

using namespace skerry::assets;

namespace {

class Files final : public AssetFinder {
 public:
  explicit Files(std::initializer_list<const char*> paths) {
    for (const char* path : paths) assets_[path].path = path;
  }
  Asset* find(std::string_view path) const override {
    auto found = assets_.find(std::string(path));
    return found == assets_.end() ? nullptr : const_cast<Asset*>(&found->second);
  }

 private:
  std::map<std::string, Asset> assets_;
};

std::string shown(const Intent& intent) {
  if (intent.redirect) return "-> " + *intent.redirect;
  if (intent.asset == nullptr) return "none";
  return (intent.status == 404 ? "404 " : "") + intent.asset->path;
}

std::string resolve(const Files& files, const char* path, HtmlHandling html,
                    NotFoundHandling missing = NotFoundHandling::none) {
  return shown(resolve_path(path, html, missing, files));
}

}  // namespace

TEST_CASE("html: each mode has one spelling of a page") {
  Files files{"/index.html", "/page.html", "/folder/index.html", "/app.js"};
  auto check = [&](HtmlHandling html, const char* page, const char* slash, const char* ending,
                   const char* folder, const char* folder_slash) {
    CHECK(resolve(files, "/page", html) == page);
    CHECK(resolve(files, "/page/", html) == slash);
    CHECK(resolve(files, "/page.html", html) == ending);
    CHECK(resolve(files, "/folder", html) == folder);
    CHECK(resolve(files, "/folder/", html) == folder_slash);
    CHECK(resolve(files, "/app.js", html) == "/app.js");
  };
  using enum HtmlHandling;
  check(auto_trailing_slash, "/page.html", "-> /page", "-> /page", "-> /folder/",
        "/folder/index.html");
  check(force_trailing_slash, "-> /page/", "/page.html", "-> /page/", "-> /folder/",
        "/folder/index.html");
  check(drop_trailing_slash, "/page.html", "-> /page", "-> /page", "/folder/index.html",
        "-> /folder");
  check(none, "none", "none", "/page.html", "none", "none");
  CHECK(resolve(files, "/", drop_trailing_slash) == "/index.html");
  CHECK(resolve(files, "/index", drop_trailing_slash) == "-> /");
  CHECK(resolve(files, "/", none) == "none");
}

TEST_CASE("html: no redirect to what is another file") {
  Files files{"/a", "/a.html", "/b.html", "/b/index.html"};
  CHECK(resolve(files, "/a.html", HtmlHandling::auto_trailing_slash) == "/a.html");
  CHECK(resolve(files, "/b", HtmlHandling::auto_trailing_slash) == "/b.html");
  CHECK(resolve(files, "/b/", HtmlHandling::auto_trailing_slash) == "/b/index.html");
  CHECK(resolve(files, "/b/index.html", HtmlHandling::drop_trailing_slash) == "/b/index.html");
}

TEST_CASE("html: what answers where nothing matches") {
  Files files{"/index.html", "/404.html", "/d/404.html"};
  using enum NotFoundHandling;
  const HtmlHandling html = HtmlHandling::auto_trailing_slash;
  CHECK(resolve(files, "/x", html) == "none");
  CHECK(resolve(files, "/x/y", html, single_page_application) == "/index.html");
  CHECK(resolve(files, "/x", html, not_found_page) == "404 /404.html");
  CHECK(resolve(files, "/d/e/f", html, not_found_page) == "404 /d/404.html");
  CHECK(resolve(files, "/d", html, not_found_page) == "404 /404.html");
  CHECK(resolve(Files{}, "/d/", html, not_found_page) == "none");
}
