#include "assets/site.h"

#include <doctest/doctest.h>

#include <map>

#include "folder.h"

using namespace skerry;
using namespace skerry::assets;

namespace {

struct Headers final : HeaderLookup {
  std::string_view header(std::string_view name) const override {
    auto found = values.find(std::string(name));
    return found == values.end() ? std::string_view() : std::string_view(found->second);
  }
  std::map<std::string, std::string> values;
};

struct Env {
  explicit Env(SiteOptions options = {}) : loop(std::move(*loop::Loop::create())), store(*loop) {
    folder.write("index.html", "home");
    folder.write("page.html", "page");
    folder.write("404.html", "none");
    folder.write("a b.txt", "space");
    folder.write("_redirects", "/old /page 301\n/x/* https://e.example/:splat\n");
    options.directory = folder.path();
    Warnings warnings;
    site = std::move(*Site::open(std::move(options), store, warnings));
    CHECK(warnings.empty());
  }
  ~Env() { store.stop(); }

  // "200 /page.html", "307 /page?q", "worker"
  std::string ask(std::string_view target, std::map<std::string, std::string> with = {},
                  types::Method method = types::Method::get) {
    std::string storage;
    std::optional<TargetParts> parts = split_target(target, storage);
    if (!parts) return "no URL";
    Headers headers;
    headers.values = std::move(with);
    SiteRequest request{method, "http://h:1", "h", parts->path, parts->query, &headers};
    Decision decision;
    if (!site->takes(request, decision)) return "worker";
    std::string status = std::to_string(decision.status) + " ";
    if (decision.kind == Decision::Kind::asset) return status + decision.asset->path;
    return status + decision.location;
  }
  Folder folder;
  std::unique_ptr<loop::Loop> loop;
  AssetStore store;
  std::shared_ptr<Site> site;
};

}  // namespace

TEST_CASE("site: without a worker it has every request") {
  Env env;
  CHECK(env.ask("/") == "200 /index.html");
  CHECK(env.ask("/page") == "200 /page.html");
  CHECK(env.ask("/page.html?q=1") == "307 /page?q=1");
  CHECK(env.ask("/a%20b.txt") == "200 /a b.txt");
  CHECK(env.ask("/%61%20b.txt") == "307 /a%20b.txt");
  CHECK(env.ask("//page") == "307 /page");
  CHECK(env.ask("/./page") == "200 /page.html");
  CHECK(env.ask("/x/../page") == "200 /page.html");
  CHECK(env.ask("http://h/page?") == "200 /page.html");
  CHECK(env.ask("*") == "no URL");
  CHECK(env.ask("http://[") == "no URL");
  CHECK(env.ask("/old?q") == "301 /page?q");
  CHECK(env.ask("/x/y?q") == "302 https://e.example/y?q");
  CHECK(env.ask("/none") == "404 ");
  CHECK(env.ask("/page", {}, types::Method::post) == "405 ");
  CHECK(env.ask("/none", {}, types::Method::post) == "404 ");
}

TEST_CASE("site: files come before the worker, which has the rest") {
  Env env({.has_worker = true});
  CHECK(env.ask("/page") == "200 /page.html");
  CHECK(env.ask("/none") == "worker");
  CHECK(env.ask("/none", {{"sec-fetch-mode", "navigate"}}) == "worker");
  Env pages({.directory = {},
             .not_found_handling = NotFoundHandling::not_found_page,
             .has_worker = true});
  CHECK(pages.ask("/none") == "worker");
  CHECK(pages.ask("/none", {{"sec-fetch-mode", "navigate"}}) == "404 /404.html");
  CHECK(pages.ask("/none", {{"sec-fetch-mode", "cors"}}) == "worker");
  Env old({.directory = {},
           .not_found_handling = NotFoundHandling::not_found_page,
           .has_worker = true,
           .navigation_prefers_assets = false});
  CHECK(old.ask("/none", {{"sec-fetch-mode", "navigate"}}) == "worker");
}

TEST_CASE("site: the worker first") {
  Env all({.has_worker = true, .worker_first = true});
  CHECK(all.ask("/page") == "worker");
  Env some({.directory = {},
            .not_found_handling = NotFoundHandling::not_found_page,
            .has_worker = true,
            .worker_first_globs = {"/p*"},
            .assets_first_globs = {"/page/x"}});
  CHECK(some.ask("/page") == "worker");
  CHECK(some.ask("/page/x") == "404 /404.html");
  CHECK(some.ask("/") == "200 /index.html");
  CHECK(some.ask("/none") == "404 /404.html");
}

TEST_CASE("site: odd targets never abort") {
  Env env;
  for (const char* target :
       {"", "/%", "/%0", "/%00", "/%ff%fe", "/%2f%2f", "/%2e%2e/%2e%2e", "/?", "/#", "/a?b?c#d",
        "https://", "http://h:99999/", "\x01", "/\xff", "///////"})
    CHECK(env.ask(target) != "worker");
  CHECK(env.ask("/" + std::string(100'000, '/')) == "307 /");
}
