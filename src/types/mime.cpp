#include "types/mime.h"

#include <algorithm>
#include <cstddef>

#include "types/ascii.h"
#include "types/header_list.h"

namespace skerry::types {
namespace {

// https://mimesniff.spec.whatwg.org/#http-quoted-string-token-code-point
bool is_quoted_string_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && (is_tab_or_newline(text.back()) || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  return text;
}

// Takes everything up to the first of `stops` off the front.
std::string_view take_until(std::string_view& rest, std::string_view stops) {
  const size_t end = std::min(rest.find_first_of(stops), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

// Takes a quoted string, which `rest` begins with, off the front; gives what it stands for.
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
std::string take_quoted_string(std::string_view& rest) {
  std::string value;
  rest.remove_prefix(1);
  while (!rest.empty()) {
    value += take_until(rest, "\"\\");
    if (rest.empty()) break;
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') break;
    if (rest.empty()) {
      value += '\\';
      break;
    }
    value += rest.front();
    rest.remove_prefix(1);
  }
  return value;
}

// Takes one parameter, with the semicolon before it, off the front. False when the rest holds
// nothing more.
bool take_parameter(std::string_view& rest, std::string& name, std::string& value) {
  rest.remove_prefix(1);
  while (!rest.empty() && (is_tab_or_newline(rest.front()) || rest.front() == ' ')) {
    rest.remove_prefix(1);
  }
  name = lower_case(take_until(rest, ";="));
  value.clear();
  if (rest.starts_with(';')) {
    name.clear();
    return true;
  }
  if (!rest.empty()) rest.remove_prefix(1);
  if (rest.empty()) return false;
  if (rest.front() == '"') {
    value = take_quoted_string(rest);
    take_until(rest, ";");
    return true;
  }
  value = trim_end(take_until(rest, ";"));
  if (value.empty()) name.clear();
  return true;
}

}  // namespace

bool MimeType::is(std::string_view essence) const {
  const size_t slash = essence.find('/');
  return slash != std::string_view::npos && equals_ascii_case(essence.substr(0, slash), type) &&
         equals_ascii_case(essence.substr(slash + 1), subtype);
}

const std::string* MimeType::parameter(std::string_view lower_name) const {
  for (const auto& [name, value] : parameters) {
    if (name == lower_name) return &value;
  }
  return nullptr;
}

std::string MimeType::to_string() const {
  std::string out = essence();
  for (const auto& [name, value] : parameters) {
    out.append(";").append(name).append("=");
    if (is_header_name(value)) {
      out.append(value);
      continue;
    }
    out += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out;
}

// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
std::optional<MimeType> parse_mime_type(std::string_view text) {
  // Parameters past this number are dropped: looking for repeated names takes quadratic time.
  constexpr size_t parameters_max = 256;
  std::string_view rest = trim_header_value(text);
  const std::string_view type = take_until(rest, "/");
  if (!is_header_name(type) || rest.empty()) return std::nullopt;
  rest.remove_prefix(1);
  const std::string_view subtype = trim_end(take_until(rest, ";"));
  if (!is_header_name(subtype)) return std::nullopt;
  MimeType mime{lower_case(type), lower_case(subtype), {}};
  std::string name, value;
  while (!rest.empty() && mime.parameters.size() < parameters_max) {
    if (!take_parameter(rest, name, value)) break;
    if (!is_header_name(name) || !is_quoted_string_text(value)) continue;
    if (mime.parameter(name) == nullptr) mime.parameters.emplace_back(name, value);
  }
  return mime;
}

std::vector<std::string> split_header_value(std::string_view value) {
  std::vector<std::string> values;
  std::string current;
  for (;;) {
    current += take_until(value, "\",");
    if (value.starts_with('"')) {
      const std::string_view from = value;
      take_quoted_string(value);
      current += from.substr(0, from.size() - value.size());
      if (!value.empty()) continue;
    }
    while (!current.empty() && (current.back() == ' ' || current.back() == '\t'))
      current.pop_back();
    current.erase(0, std::min(current.find_first_not_of(" \t"), current.size()));
    values.push_back(std::move(current));
    current.clear();
    if (value.empty()) return values;
    value.remove_prefix(1);
  }
}

std::optional<MimeType> extract_mime_type(std::string_view content_type) {
  std::optional<MimeType> result;
  std::string charset, essence;
  bool has_charset = false;
  for (const std::string& value : split_header_value(content_type)) {
    auto mime = parse_mime_type(value);
    if (!mime || mime->is("*/*")) continue;
    const std::string* own_charset = mime->parameter("charset");
    if (mime->essence() != essence) {
      // Another type: its charset, or none, is the one to hand on.
      essence = mime->essence();
      has_charset = own_charset != nullptr;
      if (has_charset) charset = *own_charset;
    } else if (own_charset == nullptr && has_charset) {
      mime->parameters.emplace_back("charset", charset);
    }
    result = std::move(mime);
  }
  return result;
}

std::string extract_charset(std::string_view content_type) {
  const auto mime = extract_mime_type(content_type);
  const std::string* charset = mime ? mime->parameter("charset") : nullptr;
  return charset == nullptr ? std::string() : *charset;
}

}  // namespace skerry::types
