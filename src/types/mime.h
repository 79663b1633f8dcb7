// MIME types: https://mimesniff.spec.whatwg.org/#parsing-a-mime-type. Strings are byte strings,
// each byte one code point of U+0000 to U+00FF, as header values are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::types {

struct MimeType {
  std::string type;                                             // in lower case
  std::string subtype;                                          // in lower case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case, each once

  std::string essence() const { return type + "/" + subtype; }
  bool is(std::string_view essence) const;
  const std::string* parameter(std::string_view lower_name) const;  // null when absent
  // https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
  std::string to_string() const;
};

std::optional<MimeType> parse_mime_type(std::string_view text);

// Splits a header value at the commas outside quoted strings.
// https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
std::vector<std::string> split_header_value(std::string_view value);
// From the joined values of Content-Type:
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
std::optional<MimeType> extract_mime_type(std::string_view content_type);
// The charset parameter of that, as given; empty when there is none.
std::string extract_charset(std::string_view content_type);

}  // namespace skerry::types
