#include "types/url_parser.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "types/ascii.h"
#include "types/host.h"

namespace skerry::types {
namespace {

bool is_scheme_char(char c) {
  return is_ascii_alphanumeric(c) || c == '+' || c == '-' || c == '.';
}

// https://url.spec.whatwg.org/#start-with-a-windows-drive-letter
bool starts_with_windows_drive_letter(std::string_view text) {
  if (!is_windows_drive_letter(text.substr(0, 2))) return false;
  return text.size() == 2 || std::string_view("/\\?#").find(text[2]) != std::string_view::npos;
}

bool begins_with_normalized_drive(std::string_view path) {
  return path.size() >= 3 && path[0] == '/' && is_ascii_alpha(path[1]) && path[2] == ':' &&
         (path.size() == 3 || path[3] == '/');
}

// Skips one "." or its encoded form; false when there is none.
bool skip_dot(std::string_view& segment) {
  if (segment.starts_with('.')) {
    segment.remove_prefix(1);
    return true;
  }
  if (segment.size() >= 3 && segment[0] == '%' && segment[1] == '2' && (segment[2] | 0x20) == 'e') {
    segment.remove_prefix(3);
    return true;
  }
  return false;
}

// 0 for an ordinary segment, 1 and 2 for https://url.spec.whatwg.org/#single-dot-path-segment and
// double-dot.
int dots_in(std::string_view segment) {
  if (segment.size() > 6 || !skip_dot(segment)) return 0;
  if (segment.empty()) return 1;
  return skip_dot(segment) && segment.empty() ? 2 : 0;
}

// https://url.spec.whatwg.org/#shorten-a-urls-path
void shorten(std::string& path, SchemeType type) {
  if (type == SchemeType::file && path.size() == 3 && begins_with_normalized_drive(path)) return;
  const size_t slash = path.rfind('/');
  path.resize(slash == std::string::npos ? 0 : slash);
}

}  // namespace

SchemeType scheme_type_of(std::string_view scheme) {
  switch (scheme.size()) {
    case 2: return scheme == "ws" ? SchemeType::ws : SchemeType::not_special;
    case 3:
      if (scheme == "wss") return SchemeType::wss;
      return scheme == "ftp" ? SchemeType::ftp : SchemeType::not_special;
    case 4:
      if (scheme == "http") return SchemeType::http;
      return scheme == "file" ? SchemeType::file : SchemeType::not_special;
    case 5: return scheme == "https" ? SchemeType::https : SchemeType::not_special;
    default: return SchemeType::not_special;
  }
}

int32_t default_port_of(SchemeType type) {
  switch (type) {
    case SchemeType::http:
    case SchemeType::ws: return 80;
    case SchemeType::https:
    case SchemeType::wss: return 443;
    case SchemeType::ftp: return 21;
    case SchemeType::file:
    case SchemeType::not_special: return -1;
  }
  return -1;
}

std::string_view without_tabs_and_newlines(std::string_view input, std::string& buffer) {
  if (std::ranges::none_of(input, is_tab_or_newline)) return input;
  buffer.clear();
  buffer.reserve(input.size());
  std::ranges::remove_copy_if(input, std::back_inserter(buffer), is_tab_or_newline);
  return buffer;
}

std::string_view percent_encoded(std::string_view input, PercentSet set, std::string& buffer) {
  if (needs_no_encoding(input, set)) return input;
  buffer.clear();
  append_percent_encoded(buffer, input, set);
  return buffer;
}

size_t find_port_colon(std::string_view text) {
  bool inside_brackets = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':' && !inside_brackets) return i;
    if (text[i] == '[') inside_brackets = true;
    if (text[i] == ']') inside_brackets = false;
  }
  return std::string_view::npos;
}

std::optional<int32_t> parse_port_digits(std::string_view digits) {
  int32_t port = 0;
  for (const char c : digits) {
    port = port * 10 + (c - '0');
    if (port > 65535) return std::nullopt;
  }
  return port;
}

bool is_windows_drive_letter(std::string_view text) {
  return text.size() == 2 && is_ascii_alpha(text[0]) && (text[1] == ':' || text[1] == '|');
}

void append_path_segments(std::string& path, std::string_view text, SchemeType type) {
  const bool special = type != SchemeType::not_special;
  for (;;) {
    const size_t end = special ? text.find_first_of("/\\") : text.find('/');
    const bool last = end == std::string_view::npos;
    const std::string_view segment = text.substr(0, end);
    const int dots = dots_in(segment);
    if (dots == 2) shorten(path, type);
    if (dots != 0) {
      // A path that ends in dots ends in an empty segment.
      if (last) path += '/';
    } else {
      const bool drive =
          type == SchemeType::file && path.empty() && is_windows_drive_letter(segment);
      path += '/';
      append_percent_encoded(path, segment, PercentSet::path);
      if (drive) path.back() = ':';
    }
    if (last) return;
    text.remove_prefix(end + 1);
  }
}

// https://url.spec.whatwg.org/#concept-basic-url-parser
bool UrlParser::parse(std::string_view input, Url& url) {
  input = without_tabs_and_newlines(input, clean_input_);
  if (base_ != nullptr) base_parts_ = base_->parts();
  const bool ok = parse_scheme(input) ? parse_after_scheme(input) : parse_without_scheme(input);
  return ok && url.assemble(parts_);
}

// Scheme start state and scheme state; takes the scheme and its colon off the input.
bool UrlParser::parse_scheme(std::string_view& input) {
  if (input.empty() || !is_ascii_alpha(input[0])) return false;
  const auto colon = std::ranges::find_if_not(input, is_scheme_char);
  if (colon == input.end() || *colon != ':') return false;
  const size_t size = static_cast<size_t>(colon - input.begin());
  scheme_.resize(size);
  std::transform(input.begin(), colon, scheme_.begin(), to_ascii_lower);
  parts_.scheme = scheme_;
  parts_.type = scheme_type_of(scheme_);
  input.remove_prefix(size + 1);
  return true;
}

// The end of scheme state, special relative or authority state, special authority slashes state,
// special authority ignore slashes state, path or authority state.
bool UrlParser::parse_after_scheme(std::string_view rest) {
  if (parts_.type == SchemeType::file) return parse_file(rest);
  if (is_special()) {
    const bool same_scheme = base_ != nullptr && base_parts_.type == parts_.type;
    if (same_scheme && !rest.starts_with("//")) return parse_relative(rest);
    while (!rest.empty() && is_slash(rest[0])) rest.remove_prefix(1);
    return parse_authority(rest);
  }
  if (rest.starts_with("//")) return parse_authority(rest.substr(2));
  if (rest.starts_with('/')) return parse_path(rest.substr(1));
  return parse_opaque_path(rest);
}

// No scheme state.
bool UrlParser::parse_without_scheme(std::string_view input) {
  if (base_ == nullptr) return false;
  parts_.scheme = base_parts_.scheme;
  parts_.type = base_parts_.type;
  if (base_parts_.opaque_path) {
    if (!input.starts_with('#')) return false;
    parts_ = base_parts_;
    return parse_query_and_fragment(input);
  }
  return parts_.type == SchemeType::file ? parse_file(input) : parse_relative(input);
}

// Relative state and relative slash state.
bool UrlParser::parse_relative(std::string_view rest) {
  if (!rest.empty() && is_slash(rest[0])) {
    rest.remove_prefix(1);
    if (is_special() && !rest.empty() && is_slash(rest[0])) {
      while (!rest.empty() && is_slash(rest[0])) rest.remove_prefix(1);
      return parse_authority(rest);
    }
    if (rest.starts_with('/')) return parse_authority(rest.substr(1));
    parts_ = base_parts_;
    parts_.has_query = parts_.has_fragment = false;
    return parse_path(rest);
  }
  parts_ = base_parts_;
  parts_.has_fragment = false;
  if (rest.empty() || rest[0] == '?' || rest[0] == '#') return parse_query_and_fragment(rest);
  parts_.has_query = false;
  path_ = base_parts_.path;
  shorten_path();
  return parse_path(rest);
}

// Authority state.
bool UrlParser::parse_authority(std::string_view rest) {
  const size_t end = std::min(rest.find_first_of(is_special() ? "/?#\\" : "/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  const size_t at_sign = authority.rfind('@');
  if (at_sign != std::string_view::npos) {
    // The first colon parts username and password; every "@" but the last belongs to them and is
    // encoded.
    const std::string_view userinfo = authority.substr(0, at_sign);
    authority.remove_prefix(at_sign + 1);
    if (authority.empty()) return false;
    const size_t colon = userinfo.find(':');
    parts_.username = percent_encoded(userinfo.substr(0, colon), PercentSet::userinfo, username_);
    if (colon != std::string_view::npos) {
      parts_.password =
          percent_encoded(userinfo.substr(colon + 1), PercentSet::userinfo, password_);
    }
  }
  return parse_host_and_port(authority) && parse_path_start(rest.substr(end));
}

// Host state and port state.
bool UrlParser::parse_host_and_port(std::string_view text) {
  const size_t colon = find_port_colon(text);
  const std::string_view host = text.substr(0, colon);
  if (host.empty() && (is_special() || colon != std::string_view::npos)) return false;
  if (!append_parsed_host(host_, host, is_special() ? HostKind::domain : HostKind::opaque)) {
    return false;
  }
  parts_.host = host_;
  parts_.has_host = true;
  if (colon == std::string_view::npos) return true;
  const std::string_view digits = text.substr(colon + 1);
  if (!std::ranges::all_of(digits, is_ascii_digit)) return false;
  if (digits.empty()) return true;
  const auto port = parse_port_digits(digits);
  if (!port) return false;
  parts_.port = *port == default_port_of(parts_.type) ? -1 : *port;
  return true;
}

// File state.
bool UrlParser::parse_file(std::string_view rest) {
  parts_.host = {};
  parts_.has_host = true;
  if (!rest.empty() && is_slash(rest[0])) return parse_file_slash(rest.substr(1));
  if (base_ == nullptr || base_parts_.type != SchemeType::file) return parse_path(rest);
  parts_.host = base_parts_.host;
  parts_.path = base_parts_.path;
  parts_.query = base_parts_.query;
  parts_.has_query = base_parts_.has_query;
  if (rest.empty() || rest[0] == '?' || rest[0] == '#') return parse_query_and_fragment(rest);
  parts_.has_query = false;
  if (!starts_with_windows_drive_letter(rest)) {
    path_ = base_parts_.path;
    shorten_path();
  }
  return parse_path(rest);
}

// File slash state.
bool UrlParser::parse_file_slash(std::string_view rest) {
  if (!rest.empty() && is_slash(rest[0])) return parse_file_host(rest.substr(1));
  if (base_ != nullptr && base_parts_.type == SchemeType::file) {
    parts_.host = base_parts_.host;
    // The base's drive stays unless the input names one.
    if (!starts_with_windows_drive_letter(rest) && begins_with_normalized_drive(base_parts_.path)) {
      path_ = base_parts_.path.substr(0, 3);
    }
  }
  return parse_path(rest);
}

// File host state.
bool UrlParser::parse_file_host(std::string_view rest) {
  const size_t end = std::min(rest.find_first_of("/\\?#"), rest.size());
  const std::string_view host = rest.substr(0, end);
  // What looks like a drive letter is the beginning of the path.
  if (is_windows_drive_letter(host)) return parse_path(rest);
  if (!host.empty()) {
    if (!append_parsed_host(host_, host, HostKind::domain)) return false;
    if (host_ == "localhost") host_.clear();
    parts_.host = host_;
  }
  return parse_path_start(rest.substr(end));
}

// Path start state.
bool UrlParser::parse_path_start(std::string_view rest) {
  if (is_special()) {
    if (!rest.empty() && is_slash(rest[0])) rest.remove_prefix(1);
    return parse_path(rest);
  }
  if (rest.starts_with('/')) return parse_path(rest.substr(1));
  // Authority and path of a URL that is not special can only be parted by "/", "?" or "#".
  return parse_query_and_fragment(rest);
}

// Path state.
bool UrlParser::parse_path(std::string_view rest) {
  const size_t end = std::min(rest.find_first_of("?#"), rest.size());
  append_path_segments(path_, rest.substr(0, end), parts_.type);
  parts_.path = path_;
  return parse_query_and_fragment(rest.substr(end));
}

// Opaque path state.
bool UrlParser::parse_opaque_path(std::string_view rest) {
  const size_t end = std::min(rest.find_first_of("?#"), rest.size());
  std::string_view path = rest.substr(0, end);
  parts_.opaque_path = true;
  // A space right before the query or fragment is encoded, so that dropping those leaves a URL that
  // parses back.
  const bool encode_space = end < rest.size() && path.ends_with(' ');
  if (encode_space) path.remove_suffix(1);
  parts_.path = percent_encoded(path, PercentSet::c0_control, path_);
  if (encode_space) {
    if (path_.empty()) path_ = path;
    path_ += "%20";
    parts_.path = path_;
  }
  return parse_query_and_fragment(rest.substr(end));
}

// Query state and fragment state.
bool UrlParser::parse_query_and_fragment(std::string_view rest) {
  if (rest.starts_with('?')) {
    const size_t end = std::min(rest.find('#'), rest.size());
    const PercentSet set = is_special() ? PercentSet::special_query : PercentSet::query;
    parts_.query = percent_encoded(rest.substr(1, end - 1), set, query_);
    parts_.has_query = true;
    rest.remove_prefix(end);
  }
  if (rest.starts_with('#')) {
    parts_.fragment = percent_encoded(rest.substr(1), PercentSet::fragment, fragment_);
    parts_.has_fragment = true;
  }
  return true;
}

void UrlParser::shorten_path() {
  shorten(path_, parts_.type);
}

}  // namespace skerry::types
