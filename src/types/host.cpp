#include "types/host.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <utility>

#include "types/ascii.h"
#include "types/idna.h"
#include "types/percent_encoding.h"

namespace skerry::types {
namespace {

// https://url.spec.whatwg.org/#forbidden-host-code-point
bool is_forbidden_host_byte(char c) {
  switch (c) {
    case '\0':
    case '\t':
    case '\n':
    case '\r':
    case ' ':
    case '#':
    case '/':
    case ':':
    case '<':
    case '>':
    case '?':
    case '@':
    case '[':
    case '\\':
    case ']':
    case '^':
    case '|': return true;
    default: return false;
  }
}

// https://url.spec.whatwg.org/#ipv4-number-parser. Values past 32 bits come out as the largest
// uint64_t.
std::optional<uint64_t> parse_ipv4_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  unsigned radix = 10;
  if (text.size() >= 2 && text[0] == '0') {
    const bool hex = (text[1] | 0x20) == 'x';
    radix = hex ? 16 : 8;
    text.remove_prefix(hex ? 2 : 1);
  }
  uint64_t value = 0;
  for (const char c : text) {
    if (!is_ascii_hex(c)) return std::nullopt;
    const unsigned digit = hex_value(c);
    if (digit >= radix) return std::nullopt;
    value = value * radix + digit;
    // Saturates instead of wrapping, but goes on to look at every digit.
    if (value > std::numeric_limits<uint32_t>::max()) value = uint64_t{1} << 40;
  }
  return value > std::numeric_limits<uint32_t>::max() ? std::numeric_limits<uint64_t>::max()
                                                      : value;
}

// The dotted IPv4 tail of an IPv6 address; writes two pieces.
bool parse_ipv4_tail(std::string_view text, uint16_t* pieces) {
  unsigned seen = 0;
  size_t at = 0;
  uint32_t address = 0;
  while (at < text.size()) {
    if (seen > 0) {
      if (text[at] != '.' || seen == 4) return false;
      ++at;
    }
    if (at == text.size() || !is_ascii_digit(text[at])) return false;
    const size_t start = at;
    unsigned part = 0;
    for (; at < text.size() && is_ascii_digit(text[at]); ++at) {
      if (at > start && text[start] == '0') return false;
      part = part * 10 + static_cast<unsigned>(text[at] - '0');
      if (part > 255) return false;
    }
    address = address << 8 | part;
    ++seen;
  }
  pieces[0] = static_cast<uint16_t>(address >> 16);
  pieces[1] = static_cast<uint16_t>(address);
  return seen == 4;
}

// The longest run of two or more zero pieces, the first among equals; 8 when there is none.
std::pair<size_t, size_t> longest_zero_run(const Ipv6Pieces& pieces) {
  size_t best = 8, best_size = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t size = 0;
    while (i + size < 8 && pieces[i + size] == 0) ++size;
    if (size > best_size) best = i, best_size = size;
    if (size > 0) i += size - 1;
  }
  return {best, best_size};
}

bool append_opaque_host(std::string& out, std::string_view input) {
  if (std::ranges::any_of(input, is_forbidden_host_byte)) return false;
  append_percent_encoded(out, input, PercentSet::c0_control);
  return true;
}

}  // namespace

// https://url.spec.whatwg.org/#concept-host-parser
bool append_parsed_host(std::string& out, std::string_view input, HostKind kind) {
  // 1. Brackets hold an IPv6 address.
  if (input.starts_with('[')) {
    if (input.size() < 2 || !input.ends_with(']')) return false;
    const auto pieces = parse_ipv6_pieces(input.substr(1, input.size() - 2));
    if (!pieces) return false;
    out += '[';
    append_ipv6(out, *pieces);
    out += ']';
    return true;
  }
  // 2. Opaque hosts.
  if (kind == HostKind::opaque) return append_opaque_host(out, input);
  if (input.empty()) return false;
  // 4-6. Percent-decode and convert. Invalid UTF-8 reads as U+FFFD, which no domain may contain.
  const bool encoded = input.find('%') != std::string_view::npos;
  const auto ascii =
      encoded ? domain_to_ascii(percent_decode(input), false) : domain_to_ascii(input, false);
  if (!ascii) return false;
  // 7. A number at the end makes it an IPv4 address or a failure.
  if (ends_in_a_number(*ascii)) {
    const auto address = parse_url_ipv4(*ascii);
    if (!address) return false;
    append_ipv4(out, *address);
    return true;
  }
  out += *ascii;
  return true;
}

// https://url.spec.whatwg.org/#ends-in-a-number-checker
bool ends_in_a_number(std::string_view ascii_domain) {
  if (ascii_domain.ends_with('.')) ascii_domain.remove_suffix(1);
  const size_t dot = ascii_domain.rfind('.');
  const auto last = dot == std::string_view::npos ? ascii_domain : ascii_domain.substr(dot + 1);
  if (last.empty() || !is_ascii_digit(last[0])) return false;
  return std::ranges::all_of(last, is_ascii_digit) || parse_ipv4_number(last).has_value();
}

// https://url.spec.whatwg.org/#concept-ipv4-parser
std::optional<uint32_t> parse_url_ipv4(std::string_view text) {
  // 1-4. One trailing dot is dropped; at most four parts.
  if (text.ends_with('.')) text.remove_suffix(1);
  uint64_t numbers[4];
  size_t count = 0;
  // 5-6. Each part is a number.
  for (;;) {
    if (count == 4) return std::nullopt;
    const size_t dot = text.find('.');
    const auto number = parse_ipv4_number(text.substr(0, dot));
    if (!number) return std::nullopt;
    numbers[count++] = *number;
    if (dot == std::string_view::npos) break;
    text.remove_prefix(dot + 1);
  }
  // 8-9. All but the last fit a byte; the last fits what is left.
  for (size_t i = 0; i + 1 < count; ++i) {
    if (numbers[i] > 255) return std::nullopt;
  }
  if (numbers[count - 1] >= uint64_t{1} << (8 * (5 - count))) return std::nullopt;
  // 10-13. Sum them up.
  uint64_t address = numbers[count - 1];
  for (size_t i = 0; i + 1 < count; ++i) address += numbers[i] << (8 * (3 - i));
  return static_cast<uint32_t>(address);
}

// https://url.spec.whatwg.org/#concept-ipv6-parser
std::optional<Ipv6Pieces> parse_ipv6_pieces(std::string_view text) {
  Ipv6Pieces pieces{};
  size_t index = 0, compress = 9, at = 0;
  // 5. A leading colon must be a double one.
  if (text.starts_with(':')) {
    if (!text.starts_with("::")) return std::nullopt;
    at = 2;
    compress = ++index;
  }
  // 6. One piece, or the compression mark, at a time.
  while (at < text.size()) {
    if (index == 8) return std::nullopt;
    if (text[at] == ':') {
      if (compress != 9) return std::nullopt;
      ++at;
      compress = ++index;
      continue;
    }
    const size_t start = at;
    unsigned value = 0;
    for (; at < text.size() && at - start < 4 && is_ascii_hex(text[at]); ++at) {
      value = value << 4 | hex_value(text[at]);
    }
    if (at < text.size() && text[at] == '.') {
      if (at == start || index > 6 || !parse_ipv4_tail(text.substr(start), &pieces[index])) {
        return std::nullopt;
      }
      index += 2;
      break;
    }
    if (at < text.size() && (text[at] != ':' || ++at == text.size())) return std::nullopt;
    pieces[index++] = static_cast<uint16_t>(value);
  }
  // 7-8. Move what follows the compression to the end; without one all eight must be there.
  if (compress != 9) {
    std::rotate(pieces.begin() + compress, pieces.begin() + index, pieces.end());
  } else if (index != 8) {
    return std::nullopt;
  }
  return pieces;
}

void append_ipv4(std::string& out, uint32_t address) {
  char buffer[16];
  char* at = buffer;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (shift != 24) *at++ = '.';
    at = std::to_chars(at, buffer + sizeof buffer, address >> shift & 0xff).ptr;
  }
  out.append(buffer, at);
}

// https://url.spec.whatwg.org/#concept-ipv6-serializer
void append_ipv6(std::string& out, const Ipv6Pieces& pieces) {
  const auto [compress, compress_size] = longest_zero_run(pieces);
  for (size_t i = 0; i < 8; ++i) {
    if (i == compress) {
      out += i == 0 ? "::" : ":";
      i += compress_size - 1;
      continue;
    }
    char buffer[4];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, pieces[i], 16).ptr);
    if (i != 7) out += ':';
  }
}

}  // namespace skerry::types
