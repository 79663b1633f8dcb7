#include "assets/manifest.h"

#include <doctest/doctest.h>

#include "assets/asset_store.h"
#include "folder.h"

#include <unistd.h>

using namespace skerry;
using namespace skerry::assets;

namespace {

std::string paths(const Manifest& manifest) {
  std::string text;
  for (const auto& asset : manifest.assets()) text += asset->path + " ";
  return text;
}

}  // namespace

TEST_CASE("manifest: what is content and what is not") {
  Folder folder;
  for (const char* name : {"index.html", "a/b.txt", "_headers", "_redirects", "a/_headers", ".env",
                           ".well-known/x", "a/.dev.vars", "n/skip.txt", "n/keep.txt"})
    folder.write(name, "x");
  folder.write(".assetsignore", "skip.txt\n");
  folder.link("index.html", "inside");
  folder.link("/etc/passwd", "outside");
  folder.link("a", "folder");
  Warnings warnings;
  Result<Manifest> manifest = Manifest::read(folder.path(), warnings);
  REQUIRE(manifest);
  CHECK(paths(*manifest) == "/.well-known/x /a/_headers /a/b.txt /index.html /inside /n/keep.txt ");
  CHECK(warnings.size() == 2);
  CHECK(manifest->find("/inside")->file == "index.html");
  CHECK(manifest->find("/a/b.txt")->state.size == 1);
  CHECK(manifest->find("/a") == nullptr);
  CHECK_FALSE(Manifest::read(folder.path() + "/none", warnings));
  CHECK_FALSE(Manifest::read(folder.path() + "/index.html", warnings));
}

TEST_CASE("manifest: compressed files belong to the plain one") {
  Folder folder;
  for (const char* name : {"a.js", "a.js.br", "a.js.gz", "b.js.br"}) folder.write(name, "x");
  Warnings warnings;
  Result<Manifest> manifest = Manifest::read(folder.path(), warnings);
  REQUIRE(manifest);
  const Asset& asset = *manifest->find("/a.js");
  CHECK(asset.has_encoded);
  CHECK(asset.encoded[0] == manifest->find("/a.js.br"));
  CHECK(asset.encoded[1] == nullptr);
  CHECK(asset.encoded[2] == manifest->find("/a.js.gz"));
  CHECK_FALSE(manifest->find("/b.js.br")->has_encoded);
}

TEST_CASE("directory: files are opened within it only") {
  Folder folder;
  folder.write("in/a.txt", "x");
  folder.link("/etc/passwd", "link");
  folder.link("in", "folder");
  Result<std::shared_ptr<Directory>> directory = Directory::open(folder.path() + "/in/..");
  REQUIRE(directory);
  Result<int> file = (*directory)->open_file("in/a.txt");
  REQUIRE(file);
  close(*file);
  for (const char* odd : {"link", "folder/a.txt", "../../etc/passwd", "/etc/passwd", "in", "none"})
    CHECK_FALSE((*directory)->open_file(odd));
}
