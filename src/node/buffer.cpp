// What Buffer (src/builtins/node/buffer.js) does natively: text to bytes and back, comparison,
// search. Offsets were checked by the caller; they are clamped here all the same, since a getter
// may have shrunk the memory in between.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "js/convert.h"
#include "node/native.h"
#include "types/base64.h"
#include "types/utf8.h"

namespace skerry::node {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;
using Span = std::span<uint8_t>;

// As buffer.js numbers them.
enum class Encoding : int { utf8, latin1, ascii, utf16le, hex, base64, base64url };

Span bytes_of(v8::Local<v8::Value> value) {
  return js::buffer_source(value).value_or(Span());
}

size_t size_of(v8::Local<v8::Value> value) {
  if (!value->IsNumber()) return 0;
  const double number = value.As<v8::Number>()->Value();
  if (!(number > 0)) return 0;
  return number < 0x1p53 ? static_cast<size_t>(number) : SIZE_MAX;
}

Encoding encoding_of(v8::Local<v8::Value> value) {
  return static_cast<Encoding>(value.As<v8::Int32>()->Value());
}

Span part(Span whole, size_t start, size_t end) {
  end = std::min(end, whole.size());
  return start >= end ? Span() : whole.subspan(start, end - start);
}

constexpr std::array<int8_t, 256> hex_table() {
  std::array<int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 10; ++i) table[static_cast<size_t>('0' + i)] = static_cast<int8_t>(i);
  for (int i = 0; i < 6; ++i)
    table[static_cast<size_t>('a' + i)] = table[static_cast<size_t>('A' + i)] =
        static_cast<int8_t>(10 + i);
  return table;
}
constexpr std::array<int8_t, 256> kHex = hex_table();

// Both alphabets; -2 ends the text.
constexpr std::array<int8_t, 256> base64_table() {
  std::array<int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 26; ++i) {
    table[static_cast<size_t>('A' + i)] = static_cast<int8_t>(i);
    table[static_cast<size_t>('a' + i)] = static_cast<int8_t>(26 + i);
  }
  for (int i = 0; i < 10; ++i) table[static_cast<size_t>('0' + i)] = static_cast<int8_t>(52 + i);
  table['+'] = table['-'] = 62;
  table['/'] = table['_'] = 63;
  table['='] = -2;
  return table;
}
constexpr std::array<int8_t, 256> kBase64 = base64_table();

// Up to the first pair that is none, as Node does.
template <class Char>
size_t write_hex(std::span<const Char> text, Span into) {
  size_t done = 0;
  for (; done < into.size() && done * 2 + 1 < text.size(); ++done) {
    const Char a = text[done * 2], b = text[done * 2 + 1];
    if (a > 0xff || b > 0xff) break;
    const int high = kHex[a], low = kHex[b];
    if (high < 0 || low < 0) break;
    into[done] = static_cast<uint8_t>(high << 4 | low);
  }
  return done;
}

// What is no digit is skipped, as Node does.
template <class Char>
size_t write_base64(std::span<const Char> text, Span into) {
  size_t done = 0;
  uint32_t held = 0;
  int bits = 0;
  for (const Char c : text) {
    const int digit = c > 0xff ? -1 : kBase64[c];
    if (digit == -2) break;
    if (digit < 0) continue;
    held = held << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    if (done == into.size()) break;
    into[done++] = static_cast<uint8_t>(held >> bits);
  }
  return done;
}

template <class Char>
size_t write_digits(std::span<const Char> text, Encoding encoding, Span into) {
  return encoding == Encoding::hex ? write_hex(text, into) : write_base64(text, into);
}

size_t write_text(v8::Isolate* isolate, v8::Local<v8::String> text, Encoding encoding, Span into) {
  const size_t length = static_cast<size_t>(text->Length());
  switch (encoding) {
    case Encoding::utf8:
      return text->WriteUtf8V2(isolate, reinterpret_cast<char*>(into.data()), into.size(),
                               v8::String::WriteFlags::kReplaceInvalidUtf8);
    case Encoding::latin1:
    case Encoding::ascii: {
      const size_t count = std::min(length, into.size());
      text->WriteOneByteV2(isolate, 0, static_cast<uint32_t>(count), into.data());
      return count;
    }
    case Encoding::utf16le: {
      const size_t count = std::min(length, into.size() / 2);
      // The place may be odd, and V8 writes whole units.
      std::u16string units(count, u'\0');
      text->WriteV2(isolate, 0, static_cast<uint32_t>(count),
                    reinterpret_cast<uint16_t*>(units.data()));
      if (count > 0) std::memcpy(into.data(), units.data(), count * 2);
      return count * 2;
    }
    case Encoding::hex:
    case Encoding::base64:
    case Encoding::base64url: {
      v8::String::ValueView view(isolate, text);
      return view.is_one_byte()
                 ? write_digits<uint8_t>({view.data8(), view.length()}, encoding, into)
                 : write_digits<uint16_t>({view.data16(), view.length()}, encoding, into);
    }
  }
  return 0;
}

std::string to_hex(Span bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(bytes.size() * 2, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  return text;
}

v8::MaybeLocal<v8::String> one_byte(v8::Isolate* isolate, std::string_view text) {
  if (text.size() > static_cast<size_t>(v8::String::kMaxLength)) return {};
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(text.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(text.size()));
}

v8::MaybeLocal<v8::String> read_text(v8::Isolate* isolate, Span bytes, Encoding encoding) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  switch (encoding) {
    case Encoding::utf8:
      if (types::is_ascii(text)) return one_byte(isolate, text);
      if (text.size() > size_t{INT32_MAX}) return {};
      return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                     static_cast<int>(text.size()));
    case Encoding::latin1: return one_byte(isolate, text);
    case Encoding::ascii: {
      std::string masked(text);
      for (char& c : masked) c = static_cast<char>(c & 0x7f);
      return one_byte(isolate, masked);
    }
    case Encoding::utf16le: {
      std::u16string units(bytes.size() / 2, u'\0');
      if (units.size() > static_cast<size_t>(v8::String::kMaxLength)) return {};
      if (!units.empty()) std::memcpy(units.data(), bytes.data(), units.size() * 2);
      return v8::String::NewFromTwoByte(isolate, reinterpret_cast<const uint16_t*>(units.data()),
                                        v8::NewStringType::kNormal, static_cast<int>(units.size()));
    }
    case Encoding::hex:
      if (bytes.size() > static_cast<size_t>(v8::String::kMaxLength) / 2) return {};
      return one_byte(isolate, to_hex(bytes));
    case Encoding::base64: return one_byte(isolate, types::base64_encode(text));
    case Encoding::base64url: return one_byte(isolate, types::base64url_encode(text));
  }
  return {};
}

// write(view, text, start, end, encoding): bytes written.
void write(const Info& info) {
  if (!info[1]->IsString()) return;
  const Span into = part(bytes_of(info[0]), size_of(info[2]), size_of(info[3]));
  const size_t written =
      write_text(info.GetIsolate(), info[1].As<v8::String>(), encoding_of(info[4]), into);
  info.GetReturnValue().Set(static_cast<double>(written));
}

// read(view, start, end, encoding): text, or undefined when it would be too long.
void read(const Info& info) {
  const Span from = part(bytes_of(info[0]), size_of(info[1]), size_of(info[2]));
  v8::Local<v8::String> text;
  if (read_text(info.GetIsolate(), from, encoding_of(info[3])).ToLocal(&text))
    info.GetReturnValue().Set(text);
}

void utf8_length(const Info& info) {
  const size_t length = info[0].As<v8::String>()->Utf8LengthV2(info.GetIsolate());
  info.GetReturnValue().Set(static_cast<double>(length));
}

// compare(a, b): -1, 0 or 1.
void compare(const Info& info) {
  const Span a = bytes_of(info[0]), b = bytes_of(info[1]);
  const size_t common = std::min(a.size(), b.size());
  int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  if (order == 0 && a.size() != b.size()) order = a.size() < b.size() ? -1 : 1;
  info.GetReturnValue().Set(order < 0 ? -1 : order > 0 ? 1 : 0);
}

// index_of(view, needle, from, last, step): the first place at or after `from`, or the last one at
// or before it; places are multiples of `step`. -1 when there is none.
void index_of(const Info& info) {
  const Span hay = bytes_of(info[0]), needle = bytes_of(info[1]);
  const bool last = info[3]->IsTrue();
  const size_t step = std::max<size_t>(size_of(info[4]), 1);
  const size_t from = size_of(info[2]) / step * step;
  info.GetReturnValue().Set(-1);
  if (needle.empty() || needle.size() > hay.size()) return;
  const size_t end = hay.size() - needle.size();
  auto here = [&](size_t at) {
    return at % step == 0 && std::memcmp(hay.data() + at, needle.data(), needle.size()) == 0;
  };
  if (last) {
    for (size_t at = std::min(from, end) + 1; at-- > 0;)
      if (here(at)) return info.GetReturnValue().Set(static_cast<double>(at));
    return;
  }
  for (size_t at = from; at <= end; ++at) {
    const void* found = memmem(hay.data() + at, hay.size() - at, needle.data(), needle.size());
    if (found == nullptr) return;
    at = static_cast<size_t>(static_cast<const uint8_t*>(found) - hay.data());
    if (here(at)) return info.GetReturnValue().Set(static_cast<double>(at));
  }
}

void is_utf8(const Info& info) {
  const Span bytes = bytes_of(info[0]);
  info.GetReturnValue().Set(
      types::is_valid_utf8({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

void is_ascii(const Info& info) {
  const Span bytes = bytes_of(info[0]);
  info.GetReturnValue().Set(
      types::is_ascii({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

}  // namespace

void fill_buffer(js::Env& env, v8::Local<v8::Object> internal) {
  define_function(env, internal, "write", write);
  define_function(env, internal, "read", read);
  define_function(env, internal, "utf8Length", utf8_length);
  define_function(env, internal, "compare", compare);
  define_function(env, internal, "indexOf", index_of);
  define_function(env, internal, "isUtf8", is_utf8);
  define_function(env, internal, "isAscii", is_ascii);
}

}  // namespace skerry::node
