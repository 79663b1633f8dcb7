// The parser behind types/url.h; not for other folders.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/percent_encoding.h"
#include "types/url.h"

namespace skerry::types {

// A URL taken apart: normalised pieces as views into whatever holds them.
struct UrlParts {
  std::string_view scheme;
  std::string_view username;
  std::string_view password;
  std::string_view host;  // serialised, without port; meaningful if has_host
  std::string_view path;  // empty, or "/…", or opaque
  std::string_view query;
  std::string_view fragment;
  int32_t port = -1;
  SchemeType type = SchemeType::not_special;
  bool has_host = false;
  bool has_query = false;
  bool has_fragment = false;
  bool opaque_path = false;
};

SchemeType scheme_type_of(std::string_view scheme);
int32_t default_port_of(SchemeType type);  // -1 where there is none

// Copies without tabs and newlines if there are any; else returns the input itself.
std::string_view without_tabs_and_newlines(std::string_view input, std::string& buffer);
// Encodes into `buffer` if there is anything to encode; else returns the input itself.
std::string_view percent_encoded(std::string_view input, PercentSet set, std::string& buffer);
// The ":" before a port: the first one outside brackets, or npos.
size_t find_port_colon(std::string_view text);
// Null when past 65535. `digits` holds nothing else.
std::optional<int32_t> parse_port_digits(std::string_view digits);
bool is_windows_drive_letter(std::string_view text);
// The path state over the whole of `text`, which has no query or fragment: appends to a list of
// segments written as
// "/a/b". https://url.spec.whatwg.org/#path-state
void append_path_segments(std::string& path, std::string_view text, SchemeType type);

// One run of the basic URL parser without state override. Views in its result point into the input,
// the base and this object.
class UrlParser {
 public:
  explicit UrlParser(const Url* base) : base_(base) {}
  // `input` is already trimmed. False on failure.
  bool parse(std::string_view input, Url& url);

 private:
  bool parse_scheme(std::string_view& input);
  bool parse_after_scheme(std::string_view rest);
  bool parse_without_scheme(std::string_view input);
  bool parse_relative(std::string_view rest);
  bool parse_authority(std::string_view rest);
  bool parse_host_and_port(std::string_view text);
  bool parse_file(std::string_view rest);
  bool parse_file_slash(std::string_view rest);
  bool parse_file_host(std::string_view rest);
  bool parse_path_start(std::string_view rest);
  bool parse_path(std::string_view rest);
  bool parse_opaque_path(std::string_view rest);
  bool parse_query_and_fragment(std::string_view rest);
  void shorten_path();
  bool is_slash(char c) const { return c == '/' || (c == '\\' && is_special()); }
  bool is_special() const { return parts_.type != SchemeType::not_special; }

  const Url* base_;
  UrlParts base_parts_;
  UrlParts parts_;
  std::string clean_input_, scheme_, username_, password_, host_, path_, query_, fragment_;
};

}  // namespace skerry::types
