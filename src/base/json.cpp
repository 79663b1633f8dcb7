#include "base/json.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <unordered_set>

namespace skerry {
namespace {

constexpr size_t shown_key_length_max = 40;
// Up to here a linear search for a repeated key is faster than a hash set.
constexpr size_t linear_key_search_max = 16;

// Length of the well-formed UTF-8 sequence at `at`, or 0 (Unicode 15, table 3-7).
size_t utf8_sequence_length(std::string_view text, size_t at) {
  auto byte = [&](size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  auto is_tail = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return is_tail(1) ? 2 : 0;
  if (lead < 0xF0) {
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    return is_tail(1) && is_tail(2) ? 3 : 0;
  }
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return is_tail(1) && is_tail(2) && is_tail(3) ? 4 : 0;
}

void append_utf8(std::string& out, uint32_t code_point) {
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code_point >> 6)));
    out.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else if (code_point < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code_point >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code_point >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (code_point >> 18)));
    out.push_back(static_cast<char>(0x80 | ((code_point >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((code_point >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  }
}

void append_unicode_escape(std::string& out, unsigned unit) {
  static constexpr char digits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(digits[(unit >> shift) & 0xF]);
}

bool is_digit(int c) {
  return c >= '0' && c <= '9';
}
bool is_word(int c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

// A key as it is shown in a message: quoted, escaped, and cut when it is long.
std::string shown_key(std::string_view key) {
  if (key.size() <= shown_key_length_max) return json_string(key);
  size_t cut = shown_key_length_max;
  while (cut > 0 && (static_cast<unsigned char>(key[cut]) & 0xC0) == 0x80) --cut;
  std::string shown = json_string(key.substr(0, cut));
  shown.insert(shown.size() - 1, "…");
  return shown;
}

// Recursive descent over RFC 8259, section 2 to 7, plus the JSONC additions. After the first error
// every function returns false and the error stays.
class Parser {
 public:
  Parser(std::string_view text, std::string_view file_name, JsonDialect dialect)
      : text_(text), file_name_(file_name), dialect_(dialect) {}

  Result<ConfigValue> run() {
    if (text_.size() > config_bytes_max) {
      return fail(Code::too_large, position_prefix(file_name_, {}) + "the file is larger than " +
                                       std::to_string(config_bytes_max / (1024 * 1024)) + " MiB");
    }
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = line_start_ = 3;
    if (size_t bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
      return fail(Code::invalid, position_prefix(file_name_, position_of(text_, bad)) +
                                     "this byte is not valid UTF-8; save the file as UTF-8");
    }
    ConfigValue value;
    if (!skip_space() || !parse_value(value, 0) || !skip_space()) return fail(std::move(error_));
    if (at_ != text_.size()) {
      report("unexpected " + shown_here() + " after the end of the value");
      return fail(std::move(error_));
    }
    return value;
  }

 private:
  int peek() const { return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : -1; }
  bool allows_comments() const { return dialect_ == JsonDialect::with_comments; }

  SourcePosition here() const {
    return {line_, static_cast<uint32_t>(at_ - line_start_ - continuation_bytes_ + 1)};
  }

  bool report(std::string what) { return report(Code::invalid, here(), std::move(what)); }
  bool report(Code code, SourcePosition at, std::string what) {
    error_ = Error(code, position_prefix(file_name_, at) + std::move(what));
    return false;
  }

  // What stands at the current place, for a message.
  std::string shown_here() const {
    const int c = peek();
    if (c < 0) return "end of the file";
    if (c == 0) return "NUL byte";
    if (is_word(c)) {
      size_t end = at_;
      while (end < text_.size() && end - at_ < 20 && is_word(text_[end])) ++end;
      return "'" + std::string(text_.substr(at_, end - at_)) + "'";
    }
    if (c < 0x20 || c == 0x7F) return "control character " + std::to_string(c);
    return "'" + std::string(text_.substr(at_, utf8_sequence_length(text_, at_))) + "'";
  }

  void advance() {
    const unsigned char c = static_cast<unsigned char>(text_[at_++]);
    if (c == '\n') {
      ++line_;
      line_start_ = at_;
      continuation_bytes_ = 0;
    } else if ((c & 0xC0) == 0x80) {
      ++continuation_bytes_;
    }
  }

  bool skip_comment() {
    const SourcePosition start = here();
    const int kind = at_ + 1 < text_.size() ? text_[at_ + 1] : -1;
    if (kind != '/' && kind != '*') return report("unexpected '/'");
    if (!allows_comments()) return report("comments are not allowed in this file");
    advance();
    advance();
    if (kind == '/') {
      while (at_ < text_.size() && text_[at_] != '\n') advance();
      return true;
    }
    while (at_ < text_.size()) {
      if (text_[at_] == '*' && at_ + 1 < text_.size() && text_[at_ + 1] == '/') {
        advance();
        advance();
        return true;
      }
      advance();
    }
    return report(Code::invalid, start, "this comment is never closed; end it with '*/'");
  }

  bool skip_space() {
    for (;;) {
      const int c = peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        advance();
      } else if (c == '/') {
        if (!skip_comment()) return false;
      } else {
        return true;
      }
    }
  }

  bool parse_value(ConfigValue& out, size_t depth) {
    if (++values_ > config_values_max) {
      return report(Code::too_large, here(),
                    "the file holds more than " + std::to_string(config_values_max) + " values");
    }
    const SourcePosition start = here();
    const int c = peek();
    if (c == '{' || c == '[') {
      if (depth >= config_depth_max) {
        return report(Code::too_large, start,
                      "values are nested deeper than " + std::to_string(config_depth_max));
      }
      return c == '{' ? parse_object(out, depth) : parse_array(out, depth);
    }
    if (c == '"') {
      std::string text;
      if (!parse_string(text)) return false;
      out = ConfigValue::string(std::move(text), start);
      return true;
    }
    if (c == '-' || is_digit(c)) return parse_number(out);
    if (is_word(c)) return parse_word(out);
    if (c == '\'') return report("strings are written in double quotes, not single ones");
    if (c == '+' || c == '.') return report("a number starts with a digit or '-'");
    return report("expected a value, found " + shown_here());
  }

  bool parse_word(ConfigValue& out) {
    const SourcePosition start = here();
    size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "true" || word == "false") {
      out = ConfigValue::boolean(word == "true", start);
    } else if (word == "null") {
      out = ConfigValue::null(start);
    } else {
      return report("expected a value, found " + shown_here() +
                    "; text needs double quotes around it");
    }
    at_ = end;
    return true;
  }

  // RFC 8259, section 6.
  bool parse_number(ConfigValue& out) {
    const SourcePosition start = here();
    size_t end = at_;
    auto digit_at = [&](size_t i) { return i < text_.size() && is_digit(text_[i]); };
    auto skip_digits = [&] {
      while (digit_at(end)) ++end;
    };
    bool was_integer = true;
    if (text_[end] == '-') ++end;
    if (!digit_at(end)) return report("expected a digit after '-'");
    if (text_[end] == '0' && digit_at(end + 1)) return report("a number cannot start with 0");
    skip_digits();
    if (end < text_.size() && text_[end] == '.') {
      was_integer = false;
      if (!digit_at(++end)) return report("expected a digit after the decimal point");
      skip_digits();
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      was_integer = false;
      ++end;
      if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
      if (!digit_at(end)) return report("expected a digit in the exponent");
      skip_digits();
    }
    if (end < text_.size() && is_word(text_[end])) return report("this is not a number");
    if (end - at_ > config_number_length_max) {
      return report(Code::too_large, start, "this number has too many digits");
    }
    // The text is copied for strtod, which needs a NUL; the C locale is never changed by skerry.
    const std::string digits(text_.substr(at_, end - at_));
    const double value = std::strtod(digits.c_str(), nullptr);
    if (!std::isfinite(value)) {
      return report(Code::too_large, start, "this number is too large");
    }
    out = ConfigValue::number(value, was_integer, start);
    at_ = end;
    return true;
  }

  bool parse_hex4(uint32_t& unit) {
    unit = 0;
    for (int i = 0; i < 4; ++i) {
      const int c = peek();
      uint32_t digit = 0;
      if (is_digit(c)) {
        digit = static_cast<uint32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        digit = static_cast<uint32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        digit = static_cast<uint32_t>(c - 'A' + 10);
      } else {
        return report("\\u needs four hexadecimal digits");
      }
      unit = unit * 16 + digit;
      ++at_;
    }
    return true;
  }

  // The part of a \u escape after the 'u'; a pair of surrogates makes one character.
  bool parse_unicode_escape(std::string& out, SourcePosition start) {
    static constexpr const char* lone = "\\u escape of half a surrogate pair; write both halves";
    uint32_t unit = 0;
    if (!parse_hex4(unit)) return false;
    if (unit >= 0xDC00 && unit <= 0xDFFF) return report(Code::invalid, start, lone);
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      if (!text_.substr(at_).starts_with("\\u")) return report(Code::invalid, start, lone);
      at_ += 2;
      uint32_t low = 0;
      if (!parse_hex4(low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return report(Code::invalid, start, lone);
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, unit);
    return true;
  }

  bool parse_escape(std::string& out, SourcePosition string_start) {
    const SourcePosition start = here();
    ++at_;
    const int c = peek();
    if (c < 0) return report(Code::invalid, string_start, "this string is never closed");
    switch (c) {
      case '"':
      case '\\':
      case '/': out.push_back(static_cast<char>(c)); break;
      case 'b': out.push_back('\b'); break;
      case 'f': out.push_back('\f'); break;
      case 'n': out.push_back('\n'); break;
      case 'r': out.push_back('\r'); break;
      case 't': out.push_back('\t'); break;
      case 'u': ++at_; return parse_unicode_escape(out, start);
      default:
        return report(Code::invalid, start, "unknown escape; a backslash is written as \\\\");
    }
    ++at_;
    return true;
  }

  bool parse_string(std::string& out) {
    const SourcePosition start = here();
    ++at_;
    for (;;) {
      const int c = peek();
      if (c < 0 || c == '\n' || c == '\r') {
        return report(Code::invalid, start, "this string is never closed; end it with '\"'");
      }
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c < 0x20) {
        return report(shown_here() + " in a string; write it as an escape such as \\t or \\u0000");
      }
      if (c == '\\') {
        if (!parse_escape(out, start)) return false;
        continue;
      }
      if ((c & 0xC0) == 0x80) ++continuation_bytes_;
      out.push_back(static_cast<char>(c));
      ++at_;
    }
  }

  // After a value inside a container: true with `done` unset when another one follows.
  bool parse_separator(char close, bool& done, const std::string& after) {
    if (!skip_space()) return false;
    const int c = peek();
    if (c == close) {
      advance();
      done = true;
      return true;
    }
    if (c != ',') {
      return report(std::string("expected ',' or '") + close + "' after " + after +
                    (c < 0 ? ", found the end of the file" : ""));
    }
    const SourcePosition comma = here();
    advance();
    if (!skip_space()) return false;
    if (peek() != close) return true;
    if (!allows_comments()) {
      return report(Code::invalid, comma, "a comma after the last value is not allowed");
    }
    advance();
    done = true;
    return true;
  }

  bool parse_array(ConfigValue& out, size_t depth) {
    const SourcePosition start = here();
    advance();
    ConfigValue::Array items;
    if (!skip_space()) return false;
    bool done = peek() == ']';
    if (done) advance();
    while (!done) {
      if (!parse_value(items.emplace_back(), depth + 1)) return false;
      if (!parse_separator(']', done, "the array's value")) return false;
    }
    out = ConfigValue::array(std::move(items), start);
    return true;
  }

  static const ConfigMember* find_repeated(const ConfigValue::Object& members,
                                           std::unordered_set<std::string>& seen,
                                           const std::string& key) {
    if (members.size() < linear_key_search_max) {
      for (const ConfigMember& member : members) {
        if (member.key == key) return &member;
      }
      return nullptr;
    }
    if (seen.empty()) {
      for (const ConfigMember& member : members) seen.insert(member.key);
    }
    if (seen.insert(key).second) return nullptr;
    for (const ConfigMember& member : members) {
      if (member.key == key) return &member;
    }
    return nullptr;
  }

  bool parse_object(ConfigValue& out, size_t depth) {
    const SourcePosition start = here();
    advance();
    ConfigValue::Object members;
    std::unordered_set<std::string> seen;
    if (!skip_space()) return false;
    bool done = peek() == '}';
    if (done) advance();
    while (!done) {
      ConfigMember member;
      member.key_at = here();
      if (peek() != '"') return report_bad_key();
      if (!parse_string(member.key)) return false;
      if (const ConfigMember* first = find_repeated(members, seen, member.key)) {
        return report(Code::invalid, member.key_at,
                      "key " + shown_key(member.key) + " is already set at line " +
                          std::to_string(first->key_at.line) + "; remove one of the two");
      }
      if (!skip_space()) return false;
      if (peek() != ':') return report("expected ':' after the key " + shown_key(member.key));
      advance();
      if (!skip_space() || !parse_value(member.value, depth + 1)) return false;
      const std::string after = separator_follows() ? std::string() : shown_key(member.key);
      members.push_back(std::move(member));
      if (!parse_separator('}', done, "the value of " + after)) return false;
    }
    out = ConfigValue::object(std::move(members), start);
    return true;
  }

  // Spares the message text in the usual case.
  bool separator_follows() const { return peek() == ',' || peek() == '}'; }

  bool report_bad_key() {
    if (peek() == '\'') return report("keys are written in double quotes, not single ones");
    if (is_word(peek())) {
      return report("expected a key in double quotes, found " + shown_here() + " without quotes");
    }
    return report("expected a key in double quotes or '}', found " + shown_here());
  }

  std::string_view text_;
  std::string_view file_name_;
  JsonDialect dialect_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  size_t continuation_bytes_ = 0;  // in the current line, up to at_: the column counts characters
  uint32_t line_ = 1;
  size_t values_ = 0;
  Error error_{Code::internal, "no error"};
};

void append_number(std::string& out, ConfigValue::Number number) {
  if (!std::isfinite(number.value)) {
    out += "null";
    return;
  }
  char digits[40];
  // Integers beyond 2^53 are written as doubles are: their digits would claim a precision they
  // lack.
  // Minus zero has no integer form.
  const bool minus_zero = number.value == 0 && std::signbit(number.value);
  if (number.was_integer && !minus_zero && std::fabs(number.value) < 9007199254740992.0) {
    const auto end =
        std::to_chars(digits, digits + sizeof(digits), static_cast<long long>(number.value));
    out.append(digits, end.ptr);
    return;
  }
  const auto end = std::to_chars(digits, digits + sizeof(digits), number.value);
  out.append(digits, end.ptr);
}

}  // namespace

Result<ConfigValue> parse_json(std::string_view text, std::string_view file_name,
                               JsonDialect dialect) {
  return Parser(text, file_name, dialect).run();
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const size_t length = utf8_sequence_length(text, i);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      ++i;
      continue;
    }
    const std::string_view sequence = text.substr(i, length);
    i += length;
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c));
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || c == 0x7F) {
      append_unicode_escape(out, c);
    } else if (c == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0) {
      append_unicode_escape(out, static_cast<unsigned char>(sequence[1]));
    } else if (sequence == "\xE2\x80\xA8" || sequence == "\xE2\x80\xA9") {
      append_unicode_escape(out, sequence[2] == '\xA8' ? 0x2028 : 0x2029);
    } else {
      out += sequence;
    }
  }
  out.push_back('"');
}

std::string json_string(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_json_string(out, text);
  return out;
}

void append_json(std::string& out, const ConfigValue& value) {
  switch (value.type()) {
    case ConfigValue::Type::null: out += "null"; break;
    case ConfigValue::Type::boolean: out += value.as_boolean() ? "true" : "false"; break;
    case ConfigValue::Type::number: append_number(out, value.as_number()); break;
    case ConfigValue::Type::string: append_json_string(out, value.as_string()); break;
    case ConfigValue::Type::array: {
      out.push_back('[');
      for (const ConfigValue& item : value.items()) {
        if (&item != &value.items().front()) out.push_back(',');
        append_json(out, item);
      }
      out.push_back(']');
      break;
    }
    case ConfigValue::Type::object: {
      out.push_back('{');
      for (const ConfigMember& member : value.members()) {
        if (&member != &value.members().front()) out.push_back(',');
        append_json_string(out, member.key);
        out.push_back(':');
        append_json(out, member.value);
      }
      out.push_back('}');
      break;
    }
  }
}

std::string to_json(const ConfigValue& value) {
  std::string out;
  append_json(out, value);
  return out;
}

size_t find_invalid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = utf8_sequence_length(text, i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

std::string position_prefix(std::string_view file_name, SourcePosition at) {
  std::string prefix(file_name);
  if (at.line != 0) {
    prefix += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  }
  return prefix + ": ";
}

SourcePosition position_of(std::string_view text, size_t offset) {
  SourcePosition at{1, 1};
  for (size_t i = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; i < offset && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++at.line;
      at.column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ++at.column;
    }
  }
  return at;
}

}  // namespace skerry
