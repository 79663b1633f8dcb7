#include "codec/coded_source.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace skerry;
using namespace skerry::codec;

namespace {

// Gives its chunks; answers at once, or later when told to.
class Chunks final : public ByteSource {
 public:
  explicit Chunks(std::vector<std::string> chunks, std::optional<uint64_t> length = std::nullopt)
      : chunks_(std::move(chunks)), length_(length) {}
  void read(ByteReader& reader) override {
    ++reads;
    waiting_ = &reader;
    if (!later) answer();
  }
  void answer() {
    ByteReader* reader = std::exchange(waiting_, nullptr);
    if (at_ < chunks_.size()) return reader->on_chunk(Bytes::copy_of(chunks_[at_++]));
    if (fails) return reader->on_error(Error(Code::closed, "cut"));
    reader->on_end();
  }
  std::optional<uint64_t> length() const override { return length_; }
  bool later = false, fails = false;
  int reads = 0;

 private:
  std::vector<std::string> chunks_;
  std::optional<uint64_t> length_;
  size_t at_ = 0;
  ByteReader* waiting_ = nullptr;
};

struct Reader : ByteReader {
  void on_chunk(Bytes chunk) override {
    text += chunk.view();
    largest = std::max(largest, chunk.size());
    told = true;
  }
  void on_end() override { told = ended = true; }
  void on_error(Error error) override {
    told = true;
    problem = error.text;
  }
  void all(ByteSource& source) {
    while (!ended && problem.empty()) {
      told = false;
      source.read(*this);
      REQUIRE(told);
    }
  }
  std::string text, problem;
  size_t largest = 0;
  bool ended = false, told = false;
};

std::string gzipped(std::string_view text) {
  return std::string(
      encode_all(Coding::gzip, {reinterpret_cast<const uint8_t*>(text.data()), text.size()})
          .view());
}

std::vector<std::string> cut(const std::string& text, size_t size) {
  std::vector<std::string> parts;
  for (size_t at = 0; at < text.size(); at += size) parts.push_back(text.substr(at, size));
  return parts;
}

}  // namespace

TEST_CASE("decodes chunk by chunk; encoding gives it back") {
  std::string text(200'000, 'a');
  auto source = decode(std::make_unique<Chunks>(cut(gzipped(text), 10)), Coding::gzip, "gzip");
  CHECK(!source->length());
  Reader reader;
  reader.all(*source);
  CHECK(reader.problem == "");
  CHECK((reader.text == text));
  auto back = decode(encode(std::make_unique<Chunks>(cut(text, 30'000)), Coding::zstd),
                     Coding::zstd, "zstd");
  Reader again;
  again.all(*back);
  CHECK((again.text == text));
}

TEST_CASE("a bomb comes out in chunks, and only as it is read") {
  std::string bomb = gzipped(std::string(100'000'000, 0));
  CHECK(bomb.size() < 200'000);
  auto below = std::make_unique<Chunks>(cut(bomb, 1000));
  Chunks& chunks = *below;
  auto source = decode(std::move(below), Coding::gzip, "gzip");
  Reader reader;
  for (int i = 0; i < 10; ++i) source->read(reader);
  CHECK(reader.text.size() <= 10 * 64 * 1024);
  CHECK(reader.largest <= 64 * 1024);
  CHECK(chunks.reads <= 10);
}

TEST_CASE("cut, broken and empty streams") {
  std::string coded = gzipped("some text that is long enough to be cut");
  Reader short_one;
  short_one.all(
      *decode(std::make_unique<Chunks>(cut(coded.substr(0, 20), 7)), Coding::gzip, "gzip"));
  CHECK(short_one.problem.find("prematurely") != std::string::npos);
  Reader broken;
  broken.all(*decode(std::make_unique<Chunks>(std::vector<std::string>{"not gzip"}), Coding::gzip,
                     "gzip"));
  CHECK(broken.problem.find("Gzip decompression failed") == 0);
  Reader empty;
  empty.all(*decode(std::make_unique<Chunks>(std::vector<std::string>()), Coding::gzip, "gzip"));
  CHECK(empty.ended);
  auto failing = std::make_unique<Chunks>(cut(coded, 10));
  failing->fails = true;
  Reader cut_off;
  cut_off.all(*encode(std::move(failing), Coding::gzip));
  CHECK(cut_off.problem == "cut");
}

TEST_CASE("an encoder passes on what a slow source has given so far") {
  auto below = std::make_unique<Chunks>(std::vector<std::string>{"first", "second"});
  Chunks& chunks = *below;
  chunks.later = true;
  auto source = decode(encode(std::move(below), Coding::gzip), Coding::gzip, "gzip");
  Reader reader;
  source->read(reader);
  CHECK(!reader.told);
  chunks.answer();
  CHECK(reader.text == "first");
  source->read(reader);
  chunks.answer();
  CHECK(reader.text == "firstsecond");
  source->read(reader);
  chunks.answer();
  CHECK(reader.ended);
}

TEST_CASE("what was not read yet can be taken as it came") {
  std::string coded = gzipped("text");
  auto source =
      decode(std::make_unique<Chunks>(cut(coded, 100), coded.size()), Coding::gzip, "GZip");
  CHECK(source->take_encoded("br") == nullptr);
  std::unique_ptr<ByteSource> raw = source->take_encoded("gzip");
  REQUIRE(raw != nullptr);
  CHECK(raw->length() == coded.size());
  Reader reader;
  source->read(reader);
  CHECK(reader.ended);
  auto begun = decode(std::make_unique<Chunks>(cut(coded, 100)), Coding::gzip, "gzip");
  Reader first;
  begun->read(first);
  CHECK(begun->take_encoded("gzip") == nullptr);
}
