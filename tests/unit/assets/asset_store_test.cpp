#include "assets/asset_store.h"

#include <doctest/doctest.h>

#include "folder.h"

using namespace skerry;
using namespace skerry::assets;

namespace {

struct Reader final : ByteReader {
  void on_chunk(Bytes chunk) override {
    text += chunk.view();
    ++chunks;
    ready = true;
  }
  void on_end() override { ended = ready = true; }
  void on_error(Error) override { failed = ready = true; }
  std::string text;
  int chunks = 0;
  bool ended = false, failed = false, ready = false;
};

struct Env {
  Env() : loop(std::move(*loop::Loop::create())), store(std::make_unique<AssetStore>(*loop)) {}
  ~Env() {
    store->stop();
    loop->turn(loop::Loop::Wait::no);
  }
  ReadFile read(const std::string& file, FileState known = {}, std::string etag = "") {
    std::optional<Result<ReadFile>> result;
    store->read(*Directory::open(folder.path()), file, known, etag,
                [&](Result<ReadFile> read) { result = std::move(read); });
    while (!result) loop->turn(loop::Loop::Wait::yes);
    if (!*result) {
      FAIL_CHECK((*result).error().text);
      return {};
    }
    return std::move(**result);
  }
  std::string all(ByteSource& source, Reader& reader) {
    while (!reader.ended && !reader.failed) {
      reader.ready = false;
      source.read(reader);
      while (!reader.ready) loop->turn(loop::Loop::Wait::yes);
    }
    return reader.text;
  }
  Folder folder;
  std::unique_ptr<loop::Loop> loop;
  std::unique_ptr<AssetStore> store;
};

}  // namespace

TEST_CASE("cache: bounded, and what is used stays") {
  ContentCache cache(1000);
  std::vector<Asset> assets(20);
  for (Asset& asset : assets) {
    cache.put(asset, Bytes::allocate(100));
    if (assets[0].cached != nullptr) assets[0].cached->used = true;
  }
  CHECK(cache.bytes() == 1000);
  CHECK(assets[0].cached != nullptr);
  CHECK(assets[19].cached != nullptr);
  size_t kept = 0;
  for (Asset& asset : assets) kept += asset.cached != nullptr;
  CHECK(kept == 10);
  cache.put(assets[0], Bytes::allocate(50));
  CHECK(cache.bytes() == 950);
  for (Asset& asset : assets) cache.drop(asset);
  CHECK(cache.bytes() == 0);
  for (Asset& asset : assets) CHECK(asset.cached == nullptr);
}

TEST_CASE("store: small files whole, large ones open") {
  Env env;
  env.folder.write("small", "content");
  env.folder.write("empty", "");
  std::string large(limits::asset_cached_file_bytes_max + 1, 'x');
  env.folder.write("large", large);
  ReadFile small = env.read("small");
  CHECK(small.content.view() == "content");
  CHECK(small.etag == "\"ed7002b439e9ac845f22357d822bac14\"");
  CHECK_FALSE(small.open);
  CHECK(env.read("empty").content.empty());
  ReadFile opened = env.read("large");
  CHECK(opened.content.empty());
  REQUIRE(opened.open);
  CHECK(opened.etag.size() == 34);
  // As it was known: nothing is hashed again.
  CHECK(env.read("large", opened.state, "\"mine\"").etag == "\"mine\"");
  CHECK(env.read("large", {1, 2}, "\"mine\"").etag == opened.etag);

  Reader reader;
  auto source = env.store->source(opened.open, 0, large.size());
  CHECK(env.all(*source, reader) == large);
  CHECK(reader.chunks == 3);
  Reader part;
  auto middle = env.store->source(opened.open, large.size() - 5, 5);
  CHECK(env.all(*middle, part) == "xxxxx");
  Reader beyond;
  auto past = env.store->source(opened.open, 0, large.size() + 1);
  env.all(*past, beyond);
  CHECK(beyond.failed);
}

TEST_CASE("store: a source may end while a thread reads for it") {
  Env env;
  env.folder.write("large", std::string(1'000'000, 'x'));
  ReadFile opened = env.read("large");
  Reader reader;
  for (int i = 0; i < 50; ++i) {
    auto source = env.store->source(opened.open, 0, 1'000'000);
    source->read(reader);
  }
  for (int i = 0; i < 100; ++i) env.loop->turn(loop::Loop::Wait::no);
  CHECK(reader.chunks == 0);
}
