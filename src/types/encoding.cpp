#include "types/encoding.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "types/ascii.h"
#include "types/utf8.h"

namespace skerry::types {
namespace {

constexpr char16_t replacement = 0xfffd;
constexpr char16_t byte_order_mark = 0xfeff;

struct Label {
  std::string_view label;
  Encoding encoding;
};

// https://encoding.spec.whatwg.org/#names-and-labels, sorted for binary search.
constexpr Label labels[] = {
    {"ansi_x3.4-1968", Encoding::windows_1252},
    {"ascii", Encoding::windows_1252},
    {"cp1252", Encoding::windows_1252},
    {"cp819", Encoding::windows_1252},
    {"csisolatin1", Encoding::windows_1252},
    {"csunicode", Encoding::utf_16le},
    {"ibm819", Encoding::windows_1252},
    {"iso-10646-ucs-2", Encoding::utf_16le},
    {"iso-8859-1", Encoding::windows_1252},
    {"iso-ir-100", Encoding::windows_1252},
    {"iso8859-1", Encoding::windows_1252},
    {"iso88591", Encoding::windows_1252},
    {"iso_8859-1", Encoding::windows_1252},
    {"iso_8859-1:1987", Encoding::windows_1252},
    {"l1", Encoding::windows_1252},
    {"latin1", Encoding::windows_1252},
    {"ucs-2", Encoding::utf_16le},
    {"unicode", Encoding::utf_16le},
    {"unicode-1-1-utf-8", Encoding::utf_8},
    {"unicode11utf8", Encoding::utf_8},
    {"unicode20utf8", Encoding::utf_8},
    {"unicodefeff", Encoding::utf_16le},
    {"unicodefffe", Encoding::utf_16be},
    {"us-ascii", Encoding::windows_1252},
    {"utf-16", Encoding::utf_16le},
    {"utf-16be", Encoding::utf_16be},
    {"utf-16le", Encoding::utf_16le},
    {"utf-8", Encoding::utf_8},
    {"utf8", Encoding::utf_8},
    {"windows-1252", Encoding::windows_1252},
    {"x-cp1252", Encoding::windows_1252},
    {"x-unicode20utf8", Encoding::utf_8},
};
static_assert(std::ranges::is_sorted(labels, {}, &Label::label));

// https://encoding.spec.whatwg.org/index-windows-1252.txt: bytes 0x80 to 0x9f; the rest stands for
// itself.
constexpr char16_t windows_1252_c1[32] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

struct TextSink {
  DecodedText& out;
  bool fatal;
  void ascii(const uint8_t* at, size_t size) { out.append_ascii(at, size); }
  void code_point(char32_t c) { out.append(c); }
  bool error() {
    if (!fatal) out.append_unit(replacement);
    return !fatal;
  }
};

bool is_surrogate(char16_t unit) {
  return (unit & 0xf800) == 0xd800;
}
bool is_lead(char16_t unit) {
  return (unit & 0xfc00) == 0xd800;
}

}  // namespace

Result<Encoding> get_encoding(std::string_view label) {
  while (!label.empty() && is_ascii_whitespace(label.front())) label.remove_prefix(1);
  while (!label.empty() && is_ascii_whitespace(label.back())) label.remove_suffix(1);
  constexpr size_t label_size_max = 32;
  if (label.size() <= label_size_max) {
    char lower[label_size_max];
    std::ranges::transform(label, lower, to_ascii_lower);
    const std::string_view key(lower, label.size());
    const auto found = std::ranges::lower_bound(labels, key, {}, &Label::label);
    if (found != std::end(labels) && found->label == key) return found->encoding;
  }
  return fail(Code::unsupported, "encoding not supported");
}

std::string_view encoding_name(Encoding encoding) {
  switch (encoding) {
    case Encoding::utf_8: return "UTF-8";
    case Encoding::utf_16le: return "UTF-16LE";
    case Encoding::utf_16be: return "UTF-16BE";
    case Encoding::windows_1252: return "windows-1252";
  }
  return "";
}

void DecodedText::append_ascii(const uint8_t* bytes, size_t size) {
  if (is_one_byte()) {
    one_byte_.append(reinterpret_cast<const char*>(bytes), size);
  } else {
    two_byte_.append(bytes, bytes + size);
  }
}

void DecodedText::append_unit(char16_t unit) {
  if (is_one_byte()) {
    if (unit <= 0xff) {
      one_byte_ += static_cast<char>(unit);
      return;
    }
    if (unit == byte_order_mark && drop_mark_ && empty()) {
      drop_mark_ = false;
      return;
    }
    two_byte_ = isomorphic_decode(one_byte_);
    std::string().swap(one_byte_);
  }
  two_byte_ += unit;
}

void DecodedText::append(char32_t code_point) {
  if (code_point < 0x10000) {
    append_unit(static_cast<char16_t>(code_point));
    return;
  }
  append_unit(static_cast<char16_t>(0xd7c0 + (code_point >> 10)));
  append_unit(static_cast<char16_t>(0xdc00 | (code_point & 0x3ff)));
}

std::u16string DecodedText::to_utf16() const {
  return is_one_byte() ? isomorphic_decode(one_byte_) : two_byte_;
}

std::string DecodedText::to_utf8() const {
  return is_one_byte() ? latin1_to_utf8(one_byte_) : utf16_to_utf8(two_byte_);
}

bool Utf8Decoder::decode(std::span<const uint8_t> bytes, DecodedText& out) {
  TextSink sink{out, fatal_};
  if (machine_.run(bytes.data(), bytes.data() + bytes.size(), sink)) return true;
  machine_.reset();
  return false;
}

bool Utf8Decoder::finish(DecodedText& out) {
  TextSink sink{out, fatal_};
  return machine_.finish(sink);
}

bool Utf16Decoder::malformed(DecodedText& out) {
  lead_ = 0;
  if (fatal_) {
    has_byte_ = false;
    return false;
  }
  out.append_unit(replacement);
  return true;
}

// https://encoding.spec.whatwg.org/#shared-utf-16-decoder, from step 5 on.
bool Utf16Decoder::take(char16_t unit, DecodedText& out) {
  if (lead_ != 0) {
    // 5. A lead surrogate is waiting: only a trail makes a character of it.
    if (is_surrogate(unit) && !is_lead(unit)) {
      out.append_unit(std::exchange(lead_, char16_t{0}));
      out.append_unit(unit);
      return true;
    }
    if (!malformed(out)) return false;
  }
  // 6-7. A lead waits for its trail; a trail alone is an error.
  if (is_lead(unit)) {
    lead_ = unit;
    return true;
  }
  if (is_surrogate(unit)) return malformed(out);
  out.append_unit(unit);
  return true;
}

bool Utf16Decoder::decode(std::span<const uint8_t> bytes, DecodedText& out) {
  for (const uint8_t byte : bytes) {
    if (!has_byte_) {
      byte_ = byte;
      has_byte_ = true;
      continue;
    }
    has_byte_ = false;
    const unsigned high = order_ == ByteOrder::big ? byte_ : byte;
    const unsigned low = order_ == ByteOrder::big ? byte : byte_;
    if (!take(static_cast<char16_t>(high << 8 | low), out)) return false;
  }
  return true;
}

bool Utf16Decoder::finish(DecodedText& out) {
  if (!has_byte_ && lead_ == 0) return true;
  has_byte_ = false;
  return malformed(out);
}

void decode_windows_1252(std::span<const uint8_t> bytes, DecodedText& out) {
  const uint8_t* at = bytes.data();
  const uint8_t* const end = at + bytes.size();
  while (at < end) {
    if (const size_t ascii = count_ascii(at, end); ascii != 0) {
      out.append_ascii(at, ascii);
      at += ascii;
      continue;
    }
    const uint8_t byte = *at++;
    out.append_unit(byte < 0xa0 ? windows_1252_c1[byte - 0x80] : byte);
  }
}

TextDecoder::TextDecoder(Encoding encoding, Options options)
    : encoding_(encoding),
      options_(options),
      utf8_(options.fatal),
      utf16_(encoding == Encoding::utf_16be ? ByteOrder::big : ByteOrder::little, options.fatal) {}

void TextDecoder::reset() {
  *this = TextDecoder(encoding_, options_);
}

bool TextDecoder::run(std::span<const uint8_t> bytes, Flush flush, DecodedText& out) {
  switch (encoding_) {
    case Encoding::utf_8:
      return utf8_.decode(bytes, out) && (flush == Flush::no || utf8_.finish(out));
    case Encoding::utf_16le:
    case Encoding::utf_16be:
      return utf16_.decode(bytes, out) && (flush == Flush::no || utf16_.finish(out));
    case Encoding::windows_1252: decode_windows_1252(bytes, out); return true;
  }
  return false;
}

// https://encoding.spec.whatwg.org/#dom-textdecoder-decode
Result<DecodedText> TextDecoder::decode(std::span<const uint8_t> bytes, Flush flush) {
  DecodedText text;
  text.drop_mark_ = at_start_ && !options_.ignore_bom;
  const bool ok = run(bytes, flush, text);
  at_start_ = text.drop_mark_ && text.empty();
  if (!ok || flush == Flush::yes) reset();
  if (!ok) return fail(Code::invalid, "The encoded data was not valid");
  return text;
}

}  // namespace skerry::types
