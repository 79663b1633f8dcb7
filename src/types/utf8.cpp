#include "types/utf8.h"

#include <algorithm>

#include "types/utf8_machine.h"

namespace skerry::types {
namespace {

constexpr char32_t replacement = 0xfffd;

const uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

struct CheckSink {
  void ascii(const uint8_t*, size_t) {}
  void code_point(char32_t) {}
  bool error() { return false; }
};

struct Utf8Sink {
  std::string& out;
  void ascii(const uint8_t* at, size_t size) {
    out.append(reinterpret_cast<const char*>(at), size);
  }
  void code_point(char32_t c) { append_utf8(out, c); }
  bool error() {
    append_utf8(out, replacement);
    return true;
  }
};

struct Utf16Sink {
  std::u16string& out;
  void ascii(const uint8_t* at, size_t size) { out.append(at, at + size); }
  void code_point(char32_t c) { append_utf16(out, c); }
  bool error() {
    out += static_cast<char16_t>(replacement);
    return true;
  }
};

template <class Sink>
bool run_over(std::string_view bytes, Sink& sink) {
  Utf8Machine machine;
  return machine.run(bytes_of(bytes), bytes_of(bytes) + bytes.size(), sink) && machine.finish(sink);
}

bool is_lead(char16_t c) {
  return (c & 0xfc00) == 0xd800;
}
bool is_trail(char16_t c) {
  return (c & 0xfc00) == 0xdc00;
}

// Takes one scalar value off the text at `at`.
char32_t next_scalar(std::u16string_view text, size_t& at) {
  const char16_t c = text[at++];
  if ((c & 0xf800) != 0xd800) return c;
  if (is_lead(c) && at < text.size() && is_trail(text[at])) {
    return 0x10000 + (static_cast<char32_t>(c & 0x3ff) << 10 | (text[at++] & 0x3ff));
  }
  return replacement;
}

size_t utf8_size(char32_t c) {
  return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

template <class Byte>
void write_utf8(Byte* to, char32_t c, size_t size) {
  if (size == 1) {
    to[0] = static_cast<Byte>(c);
    return;
  }
  for (size_t i = size - 1; i > 0; --i, c >>= 6) to[i] = static_cast<Byte>(0x80 | (c & 0x3f));
  to[0] = static_cast<Byte>(c | (0xf00u >> size & 0xff));
}

}  // namespace

size_t ascii_prefix(std::string_view text) {
  return count_ascii(bytes_of(text), bytes_of(text) + text.size());
}

bool is_valid_utf8(std::string_view bytes) {
  CheckSink sink;
  return run_over(bytes, sink);
}

std::string to_valid_utf8(std::string bytes) {
  if (is_valid_utf8(bytes)) return bytes;
  std::string repaired;
  repaired.reserve(bytes.size() + 16);
  Utf8Sink sink{repaired};
  run_over(bytes, sink);
  return repaired;
}

std::u16string utf8_to_utf16(std::string_view bytes) {
  std::u16string text;
  text.reserve(bytes.size());
  Utf16Sink sink{text};
  run_over(bytes, sink);
  return text;
}

void append_utf8(std::string& out, char32_t code_point) {
  char buffer[4];
  const size_t size = utf8_size(code_point);
  write_utf8(buffer, code_point, size);
  out.append(buffer, size);
}

void append_utf16(std::u16string& out, char32_t code_point) {
  if (code_point < 0x10000) {
    out += static_cast<char16_t>(code_point);
    return;
  }
  code_point -= 0x10000;
  out += static_cast<char16_t>(0xd800 | code_point >> 10);
  out += static_cast<char16_t>(0xdc00 | (code_point & 0x3ff));
}

size_t utf16_to_utf8_size(std::u16string_view text) {
  size_t size = 0;
  for (size_t at = 0; at < text.size();) size += utf8_size(next_scalar(text, at));
  return size;
}

std::string utf16_to_utf8(std::u16string_view text) {
  std::string out(utf16_to_utf8_size(text), '\0');
  char* to = out.data();
  for (size_t at = 0; at < text.size();) {
    const char32_t c = next_scalar(text, at);
    const size_t size = utf8_size(c);
    write_utf8(to, c, size);
    to += size;
  }
  return out;
}

std::string latin1_to_utf8(std::string_view text) {
  const size_t ascii = ascii_prefix(text);
  std::string out(text.substr(0, ascii));
  if (ascii == text.size()) return out;
  for (const char c : text.substr(ascii)) append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

EncodedInto encode_utf8_into(std::u16string_view text, std::span<uint8_t> into) {
  EncodedInto done;
  while (done.read < text.size()) {
    size_t at = done.read;
    const char32_t c = next_scalar(text, at);
    const size_t size = utf8_size(c);
    if (into.size() - done.written < size) break;
    write_utf8(into.data() + done.written, c, size);
    done.written += size;
    done.read = at;
  }
  return done;
}

std::optional<std::string> isomorphic_encode(std::u16string_view text) {
  if (std::ranges::any_of(text, [](char16_t c) { return c > 0xff; })) return std::nullopt;
  std::string bytes(text.size(), '\0');
  std::ranges::transform(text, bytes.begin(), [](char16_t c) { return static_cast<char>(c); });
  return bytes;
}

std::u16string isomorphic_decode(std::string_view bytes) {
  return std::u16string(bytes_of(bytes), bytes_of(bytes) + bytes.size());
}

bool less_in_utf16(std::string_view a, std::string_view b) {
  const size_t common = std::min(a.size(), b.size());
  const auto [at_a, at_b] =
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(common), b.begin());
  if (at_a == a.begin() + static_cast<ptrdiff_t>(common)) return a.size() < b.size();
  const auto byte_a = static_cast<unsigned char>(*at_a), byte_b = static_cast<unsigned char>(*at_b);
  // U+E000 to U+FFFF sort after what UTF-16 writes as surrogates; everything else sorts like its
  // bytes.
  const bool both_high = byte_a >= 0xee && byte_b >= 0xee;
  if (both_high && (byte_a >= 0xf0) != (byte_b >= 0xf0)) return byte_a >= 0xf0;
  return byte_a < byte_b;
}

}  // namespace skerry::types
