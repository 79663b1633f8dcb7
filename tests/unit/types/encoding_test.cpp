#include "types/encoding.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

#include "types/utf8.h"

using namespace skerry;
using namespace skerry::types;
using namespace std::string_view_literals;

namespace {

std::span<const uint8_t> span_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::u16string decode(Encoding encoding, std::string_view bytes,
                      TextDecoder::Options options = {}) {
  TextDecoder decoder(encoding, options);
  const auto text = decoder.decode(span_of(bytes), TextDecoder::Flush::yes);
  return text ? text->to_utf16() : u"<failed>";
}

// The same bytes in chunks of the given size.
std::u16string decode_chunked(Encoding encoding, std::string_view bytes, size_t chunk) {
  TextDecoder decoder(encoding, {});
  std::u16string out;
  for (size_t at = 0; at < bytes.size(); at += chunk) {
    out += decoder.decode(span_of(bytes.substr(at, chunk)), TextDecoder::Flush::no)->to_utf16();
  }
  return out + decoder.decode({}, TextDecoder::Flush::yes)->to_utf16();
}

struct Utf8Case {
  std::string_view bytes;
  std::u16string_view text;
  bool valid;
};

const Utf8Case utf8_cases[] = {
    {"", u"", true},
    {"plain ASCII that is longer than one word", u"plain ASCII that is longer than one word", true},
    {"a\0b"sv, u"a\0b"sv, true},
    {"\xc3\xa9t\xc3\xa9", u"\u00e9t\u00e9", true},
    {"\xe2\x82\xac", u"\u20ac", true},
    {"\xf0\x9f\x98\x80", u"\U0001f600", true},
    {"\xf4\x8f\xbf\xbf", u"\U0010ffff", true},
    {"\xef\xbf\xbf", u"\uffff", true},
    {"\xed\x9f\xbf\xee\x80\x80", u"\ud7ff\ue000", true},
    {"\x80", u"\ufffd", false},
    {"\xc0\x80", u"\ufffd\ufffd", false},
    {"\xc1\xbf", u"\ufffd\ufffd", false},
    {"\xe0\x80\x80", u"\ufffd\ufffd\ufffd", false},
    {"\xe0\x9f\xbf", u"\ufffd\ufffd\ufffd", false},
    {"\xed\xa0\x80", u"\ufffd\ufffd\ufffd", false},
    {"\xf0\x8f\xbf\xbf", u"\ufffd\ufffd\ufffd\ufffd", false},
    {"\xf4\x90\x80\x80", u"\ufffd\ufffd\ufffd\ufffd", false},
    {"\xf5\x80", u"\ufffd\ufffd", false},
    {"\xff\xfe", u"\ufffd\ufffd", false},
    {"\xe2\x82", u"\ufffd", false},
    {"\xf0\x9f\x98", u"\ufffd", false},
    {"\xe2\x82z", u"\ufffdz", false},
    {"\xe2\xe2\x82\xac", u"\ufffd\u20ac", false},
    {"\xf0\x9f\xf0\x9f\x98\x80", u"\ufffd\U0001f600", false},
    {"a\xc3", u"a\ufffd", false},
};

}  // namespace

TEST_CASE("utf-8: decoding, repair and validity agree") {
  for (const Utf8Case& c : utf8_cases) {
    CAPTURE(c.bytes);
    CHECK(decode(Encoding::utf_8, c.bytes) == c.text);
    CHECK(utf8_to_utf16(c.bytes) == c.text);
    CHECK(is_valid_utf8(c.bytes) == c.valid);
    CHECK(to_valid_utf8(std::string(c.bytes)) == utf16_to_utf8(c.text));
    CHECK((decode(Encoding::utf_8, c.bytes, {.fatal = true}) != u"<failed>") == c.valid);
    for (size_t chunk = 1; chunk < 4; ++chunk) {
      CHECK(decode_chunked(Encoding::utf_8, c.bytes, chunk) == c.text);
    }
  }
}

TEST_CASE("utf-8: every scalar value goes round") {
  std::string all;
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c < 0xd800 || c > 0xdfff) append_utf8(all, c);
  }
  CHECK(is_valid_utf8(all));
  const std::u16string wide = utf8_to_utf16(all);
  CHECK(utf16_to_utf8_size(wide) == all.size());
  CHECK(utf16_to_utf8(wide) == all);
}

TEST_CASE("decoded text stays one-byte as long as it can") {
  TextDecoder decoder(Encoding::utf_8, {});
  auto text = decoder.decode(span_of("caf\xc3\xa9"), TextDecoder::Flush::yes);
  REQUIRE(text.has_value());
  CHECK(text->is_one_byte());
  CHECK(text->one_byte() == "caf\xe9");
  CHECK(text->to_utf8() == "caf\xc3\xa9");
  text = decoder.decode(span_of("\xef\xbb\xbfplain"), TextDecoder::Flush::yes);
  REQUIRE(text.has_value());
  CHECK(text->is_one_byte());
  CHECK(text->one_byte() == "plain");
  text = decoder.decode(span_of("caf\xc3\xa9 5 \xe2\x82\xac!"), TextDecoder::Flush::yes);
  REQUIRE(text.has_value());
  CHECK(!text->is_one_byte());
  CHECK(text->two_byte() == u"caf\u00e9 5 \u20ac!");
  CHECK(text->one_byte().empty());
}

TEST_CASE("byte order marks") {
  CHECK(decode(Encoding::utf_8, "\xef\xbb\xbf") == u"");
  CHECK(decode(Encoding::utf_8, "\xef\xbb\xbf\xef\xbb\xbfx") == u"\ufeffx");
  CHECK(decode(Encoding::utf_8, "x\xef\xbb\xbf") == u"x\ufeff");
  CHECK(decode(Encoding::utf_8, "\xef\xbb\xbfx", {.ignore_bom = true}) == u"\ufeffx");
  CHECK(decode(Encoding::utf_16le, "\xff\xfex\0"sv) == u"x");
  CHECK(decode(Encoding::utf_16be, "\xfe\xff\0x"sv) == u"x");
  CHECK(decode(Encoding::utf_16le, "\xfe\xff"sv) == u"\ufffe");
  CHECK(decode(Encoding::utf_16le, "\xff\xfex\0"sv, {.ignore_bom = true}) == u"\ufeffx");
  for (size_t chunk = 1; chunk < 4; ++chunk) {
    CHECK(decode_chunked(Encoding::utf_8, "\xef\xbb\xbf\xef\xbb\xbfx", chunk) == u"\ufeffx");
    CHECK(decode_chunked(Encoding::utf_16le, "\xff\xfe\xff\xfe"sv, chunk) == u"\ufeff");
  }
  TextDecoder decoder(Encoding::utf_8, {});
  for (int i = 0; i < 2; ++i) {
    CHECK(decoder.decode(span_of("\xef\xbb\xbfz"), TextDecoder::Flush::yes)->to_utf8() == "z");
  }
}

TEST_CASE("utf-16: surrogates and odd bytes") {
  CHECK(decode(Encoding::utf_16le, "a\0\xac\x20"sv) == u"a\u20ac");
  CHECK(decode(Encoding::utf_16be, "\0a\x20\xac"sv) == u"a\u20ac");
  CHECK(decode(Encoding::utf_16le, "\x3d\xd8\x00\xde"sv) == u"\U0001f600");
  CHECK(decode(Encoding::utf_16le, "\x3d\xd8"sv) == u"\ufffd");
  CHECK(decode(Encoding::utf_16le, "\x00\xde"sv) == u"\ufffd");
  CHECK(decode(Encoding::utf_16le, "\x3d\xd8\x3d\xd8\x00\xde"sv) == u"\ufffd\U0001f600");
  CHECK(decode(Encoding::utf_16le, "\x3d\xd8x\0"sv) == u"\ufffdx");
  CHECK(decode(Encoding::utf_16le, "a\0b"sv) == u"a\ufffd");
  CHECK(decode(Encoding::utf_16le, "\x3d\xd8z"sv) == u"\ufffd");
  for (const std::string_view bad : {"\x3d\xd8"sv, "\x00\xde"sv, "a"sv, "\x3d\xd8x\0"sv}) {
    CHECK(decode(Encoding::utf_16le, bad, {.fatal = true}) == u"<failed>");
  }
  for (size_t chunk = 1; chunk < 5; ++chunk) {
    CHECK(decode_chunked(Encoding::utf_16le, "x\0\x3d\xd8\x00\xdey\0"sv, chunk) == u"x\U0001f600y");
  }
}

TEST_CASE("windows-1252 gives every byte a meaning") {
  CHECK(decode(Encoding::windows_1252, "\x80\x9f\xa0\xff ok", {.fatal = true}) ==
        u"\u20ac\u0178\u00a0\u00ff ok");
  CHECK(decode(Encoding::windows_1252, "\x81\x8d\x8f\x90\x9d") ==
        u"\u0081\u008d\u008f\u0090\u009d");
  CHECK(decode(Encoding::windows_1252, "\xef\xbb\xbf") == u"\u00ef\u00bb\u00bf");
}

TEST_CASE("a fatal decoder starts afresh after an error") {
  TextDecoder decoder(Encoding::utf_8, {.fatal = true});
  CHECK(decoder.decode(span_of("\xe2\x82"), TextDecoder::Flush::no).has_value());
  CHECK(!decoder.decode({}, TextDecoder::Flush::yes).has_value());
  CHECK(decoder.decode(span_of("\xe2\x82"), TextDecoder::Flush::no).has_value());
  CHECK(!decoder.decode(span_of("z"), TextDecoder::Flush::no).has_value());
  CHECK(decoder.decode(span_of("\xac"), TextDecoder::Flush::yes).error().code == Code::invalid);
  CHECK(decoder.decode(span_of("fine"), TextDecoder::Flush::yes)->to_utf8() == "fine");
}

TEST_CASE("labels") {
  CHECK(get_encoding("utf-8") == Encoding::utf_8);
  CHECK(get_encoding(" \t\r\n\fUTF8 ") == Encoding::utf_8);
  CHECK(get_encoding("unicode-1-1-utf-8") == Encoding::utf_8);
  CHECK(get_encoding("Latin1") == Encoding::windows_1252);
  CHECK(get_encoding("ISO_8859-1:1987") == Encoding::windows_1252);
  CHECK(get_encoding("us-ascii") == Encoding::windows_1252);
  CHECK(get_encoding("utf-16") == Encoding::utf_16le);
  CHECK(get_encoding("unicodeFFFE") == Encoding::utf_16be);
  for (const std::string_view bad :
       {""sv, " "sv, "utf-7"sv, "shift_jis"sv, "\vutf-8"sv, "utf-8\0"sv, "\xc2\xa0utf-8"sv,
        "utf\xe2\x80\x91"
        "8"sv}) {
    const auto encoding = get_encoding(bad);
    REQUIRE(!encoding.has_value());
    CHECK(encoding.error().code == Code::unsupported);
  }
  CHECK(!get_encoding(std::string(1 << 20, 'u')).has_value());
  CHECK(encoding_name(Encoding::utf_16be) == "UTF-16BE");
}

TEST_CASE("UTF-16 to UTF-8 replaces lone surrogates") {
  const char16_t lone[] = {u'a', 0xd800, u'b', 0xdc00, 0xd800, 0xd83d, 0xde00, 0xdbff};
  CHECK(utf16_to_utf8({lone, 8}) ==
        "a\xef\xbf\xbd"
        "b\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x98\x80\xef\xbf\xbd");
  CHECK(latin1_to_utf8("a\xe9\xff\x80") == "a\xc3\xa9\xc3\xbf\xc2\x80");
}

TEST_CASE("encode into a buffer writes whole characters only") {
  const std::u16string_view text = u"a\u00e9\u20ac\U0001f600z";
  const size_t sizes[][2] = {{0, 0}, {1, 1}, {1, 1}, {2, 3},  {2, 3},  {2, 3}, {3, 6},
                             {3, 6}, {3, 6}, {3, 6}, {5, 10}, {6, 11}, {6, 11}};
  for (size_t room = 0; room < 13; ++room) {
    uint8_t buffer[16];
    const EncodedInto done = encode_utf8_into(text, {buffer, room});
    CHECK(done.read == sizes[room][0]);
    CHECK(done.written == sizes[room][1]);
  }
}

TEST_CASE("isomorphic conversions") {
  CHECK(isomorphic_encode(u"a\u00ff\0"sv) == "a\xff\0"sv);
  CHECK(!isomorphic_encode(u"\u0100").has_value());
  CHECK(isomorphic_decode("a\xff\0"sv) == u"a\u00ff\0"sv);
}

TEST_CASE("utf-8: random bytes decode the same in any chunking") {
  std::mt19937_64 random(9);
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes;
    for (size_t n = random() % 40; n > 0; --n) {
      constexpr uint8_t picks[] = {'a', 0x80, 0xbf, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4};
      bytes += static_cast<char>(random() % 2 ? picks[random() % 11] : random());
    }
    const std::u16string whole = decode(Encoding::utf_8, bytes, {});
    CHECK(decode_chunked(Encoding::utf_8, bytes, 1 + random() % 5) == whole);
    CHECK(is_valid_utf8(to_valid_utf8(bytes)));
  }
}

TEST_CASE("encoding: a megabyte of anything") {
  const std::string high(1 << 20, '\xff'), ascii(1 << 20, 'x');
  CHECK(decode(Encoding::utf_8, high).size() == 1 << 20);
  CHECK(decode(Encoding::utf_8, ascii).size() == 1 << 20);
  CHECK(decode(Encoding::utf_16le, high).size() == 1 << 19);
  CHECK(decode(Encoding::windows_1252, high).size() == 1 << 20);
  CHECK(to_valid_utf8(high).size() == 3 << 20);
}
