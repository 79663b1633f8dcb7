#include "codec/codec.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

using namespace skerry;
using namespace skerry::codec;

namespace {

constexpr Coding kAll[] = {Coding::gzip,         Coding::deflate, Coding::deflate_raw,
                           Coding::deflate_http, Coding::brotli,  Coding::zstd};

std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string encoded(Coding coding, std::string_view text) {
  return std::string(encode_all(coding, bytes_of(text)).view());
}

struct Decoded {
  std::string text;
  bool ended = false;
  std::string error;
};

// Feeds `in_size` bytes at a time into room for `out_size`.
Decoded decode_in_steps(Coding coding, std::string_view input, size_t in_size, size_t out_size) {
  std::unique_ptr<Transform> decoder = make_decoder(coding);
  REQUIRE(decoder != nullptr);
  Decoded result;
  std::string room(out_size, 0);
  bool more = false;
  while (!input.empty() || more) {
    std::string_view part = input.substr(0, in_size);
    Result<Step> step = decoder->step(
        bytes_of(part), {reinterpret_cast<uint8_t*>(room.data()), room.size()}, Flush::none);
    if (!step) {
      result.error = step.error().text;
      return result;
    }
    CHECK(step->made <= out_size);
    result.text.append(room, 0, step->made);
    input.remove_prefix(step->used);
    result.ended = step->ended;
    more = step->made == out_size;
    if (step->used == 0 && step->made == 0 && !input.empty()) {
      result.error = "stuck";
      return result;
    }
  }
  return result;
}

std::string sample(size_t size) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < size) {
    if (random() % 3 == 0)
      text += "the same words again and again ";
    else
      text += static_cast<char>(random());
  }
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("names of codings") {
  CHECK(content_coding("gzip") == Coding::gzip);
  CHECK(content_coding("X-GZIP") == Coding::gzip);
  CHECK(content_coding("Br") == Coding::brotli);
  CHECK(content_coding("deflate") == Coding::deflate_http);
  CHECK(content_coding("zstd") == Coding::zstd);
  for (const char* none : {"", "identity", "gzip, br", "gzi", "gzipp", "compress", "bs"})
    CHECK(!content_coding(none));
}

TEST_CASE("what was encoded decodes, however it is cut") {
  for (Coding coding : kAll) {
    for (size_t size : {0, 1, 100, 70'000}) {
      std::string text = sample(size), coded = encoded(coding, text);
      REQUIRE(!coded.empty());
      for (auto [in, out] : {std::pair<size_t, size_t>{1 << 20, 1 << 20}, {1, 64}, {64, 7}}) {
        CAPTURE(static_cast<int>(coding));
        CAPTURE(size);
        Decoded decoded = decode_in_steps(coding, coded, in, out);
        CHECK(decoded.error == "");
        CHECK(decoded.ended);
        CHECK((decoded.text == text));
      }
    }
  }
}

TEST_CASE("a flush makes everything so far decodable") {
  for (Coding coding : kAll) {
    std::unique_ptr<Transform> encoder = make_encoder(coding), decoder = make_decoder(coding);
    std::string text;
    for (int round = 0; round < 5; ++round) {
      std::string part = sample(1000 + static_cast<size_t>(round)), coded;
      std::span<const uint8_t> left = bytes_of(part);
      uint8_t room[100];
      while (true) {
        Result<Step> step = encoder->step(left, room, Flush::sync);
        REQUIRE(step.has_value());
        coded.append(reinterpret_cast<char*>(room), step->made);
        left = left.subspan(step->used);
        if (step->ended) break;
      }
      std::string out(4000, 0);
      Result<Step> step = decoder->step(
          bytes_of(coded), {reinterpret_cast<uint8_t*>(out.data()), out.size()}, Flush::none);
      REQUIRE(step.has_value());
      CAPTURE(static_cast<int>(coding));
      CHECK((out.substr(0, step->made) == part));
    }
  }
}

TEST_CASE("cut input is not complete, other bytes and bytes after the end are errors") {
  for (Coding coding : kAll) {
    CAPTURE(static_cast<int>(coding));
    std::string coded = encoded(coding, sample(5000));
    Decoded cut =
        decode_in_steps(coding, std::string_view(coded).substr(0, coded.size() / 2), 100, 100);
    CHECK(cut.error == "");
    CHECK(!cut.ended);
    CHECK(decode_in_steps(coding, coded + "junk", 1 << 20, 1 << 20).error != "");
    CHECK(decode_in_steps(coding, "this is text, not a coded stream", 5, 50).error != "");
  }
}

TEST_CASE("several gzip members and several zstd frames are one stream; either kind of deflate") {
  for (Coding coding : {Coding::gzip, Coding::zstd}) {
    Decoded both = decode_in_steps(coding, encoded(coding, "one") + encoded(coding, "two"), 3, 2);
    CHECK(both.text == "onetwo");
    CHECK(both.ended);
  }
  for (Coding coding : {Coding::deflate, Coding::deflate_raw})
    CHECK(decode_in_steps(Coding::deflate_http, encoded(coding, "either"), 1, 9).text == "either");
  CHECK(decode_in_steps(Coding::deflate, encoded(Coding::deflate_raw, "raw"), 9, 9).error != "");
}

TEST_CASE("random bytes are refused or decoded, never more") {
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    Coding coding = kAll[random() % std::size(kAll)];
    std::string input = random() % 2 == 0 ? encoded(coding, sample(300)) : std::string(40, 0);
    for (int i = 0; i < 4; ++i) input[random() % input.size()] = static_cast<char>(random());
    Decoded decoded = decode_in_steps(coding, input, 1 + random() % 50, 1 + random() % 500);
    CHECK(decoded.error != "stuck");
  }
}
