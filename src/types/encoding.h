// Streaming decoders of the Encoding Standard (https://encoding.spec.whatwg.org/) for the encodings
// skerry has: UTF-8, UTF-16 in both byte orders, and windows-1252, which is what "latin1" and
// "ascii" mean on the web. One thread at a time; no state outside the objects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "types/utf8_machine.h"

namespace skerry::types {

enum class Encoding : uint8_t { utf_8, utf_16le, utf_16be, windows_1252 };

// https://encoding.spec.whatwg.org/#concept-encoding-get: labels in any case, with white space
// around. Fails with unsupported for everything else, be it an encoding skerry lacks or no label at
// all.
Result<Encoding> get_encoding(std::string_view label);
std::string_view encoding_name(Encoding encoding);  // "UTF-8", …

// Decoded text in whichever of V8's two forms fits: one byte for each code unit while all are below
// 0x100, two bytes from the first larger one on.
class DecodedText {
 public:
  bool is_one_byte() const { return two_byte_.empty(); }
  const std::string& one_byte() const { return one_byte_; }     // Latin-1; when is_one_byte()
  const std::u16string& two_byte() const { return two_byte_; }  // else
  size_t size() const { return one_byte_.size() + two_byte_.size(); }  // code units
  bool empty() const { return size() == 0; }
  std::u16string to_utf16() const;
  std::string to_utf8() const;

  void append_ascii(const uint8_t* bytes, size_t size);
  void append_unit(char16_t unit);
  void append(char32_t code_point);

 private:
  friend class TextDecoder;

  // One of the two is always empty.
  std::string one_byte_;
  std::u16string two_byte_;
  bool drop_mark_ = false;  // a byte order mark, if it is the next character, is no text
};

// Feeding chunks: decode() each, then finish(). Both return false on malformed input when fatal,
// and are then in their first state again; else U+FFFD stands for it. A byte order mark is text
// like any other here: TextDecoder drops it.
class Utf8Decoder {
 public:
  explicit Utf8Decoder(bool fatal = false) : fatal_(fatal) {}
  bool decode(std::span<const uint8_t> bytes, DecodedText& out);
  bool finish(DecodedText& out);

 private:
  bool fatal_;
  Utf8Machine machine_;
};

enum class ByteOrder : uint8_t { little, big };

class Utf16Decoder {
 public:
  explicit Utf16Decoder(ByteOrder order, bool fatal = false) : order_(order), fatal_(fatal) {}
  bool decode(std::span<const uint8_t> bytes, DecodedText& out);
  bool finish(DecodedText& out);

 private:
  bool take(char16_t unit, DecodedText& out);
  bool malformed(DecodedText& out);

  ByteOrder order_;
  bool fatal_;
  bool has_byte_ = false;
  uint8_t byte_ = 0;   // the first half of a code unit
  char16_t lead_ = 0;  // a lead surrogate that waits for its trail, or 0
};

// Every byte has a meaning, so there is neither state nor failure.
void decode_windows_1252(std::span<const uint8_t> bytes, DecodedText& out);

// What is behind JavaScript's TextDecoder: https://encoding.spec.whatwg.org/#dom-textdecoder-decode
class TextDecoder {
 public:
  struct Options {
    bool fatal = false;
    bool ignore_bom = false;  // keep a leading byte order mark in the text
  };
  enum class Flush : uint8_t { no, yes };  // no: more of the same stream follows

  TextDecoder(Encoding encoding, Options options);
  // Fails with invalid on malformed input when fatal; the decoder then starts afresh.
  Result<DecodedText> decode(std::span<const uint8_t> bytes, Flush flush);
  Encoding encoding() const { return encoding_; }
  const Options& options() const { return options_; }

 private:
  bool run(std::span<const uint8_t> bytes, Flush flush, DecodedText& out);
  void reset();

  Encoding encoding_;
  Options options_;
  bool at_start_ = true;  // nothing of this stream has come out yet, not even a byte order mark
  Utf8Decoder utf8_;
  Utf16Decoder utf16_;
};

}  // namespace skerry::types
