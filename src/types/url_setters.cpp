// The setters of the URL interface: https://url.spec.whatwg.org/#api. Each takes the URL apart,
// changes one piece and puts it together again.
#include <algorithm>
#include <utility>

#include "types/ascii.h"
#include "types/host.h"
#include "types/url_parser.h"

namespace skerry::types {
namespace {

std::string_view leading_digits(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, is_ascii_digit);
  return text.substr(0, static_cast<size_t>(end - text.begin()));
}

// Port state with a state override: what follows the digits is ignored.
bool read_port(std::string_view text, SchemeType type, int32_t& port) {
  const std::string_view digits = leading_digits(text);
  const auto number = digits.empty() ? std::nullopt : parse_port_digits(digits);
  if (!number) return false;
  port = *number == default_port_of(type) ? -1 : *number;
  return true;
}

}  // namespace

// https://url.spec.whatwg.org/#dom-url-href
bool Url::set_href(std::string_view value) {
  auto url = parse_url(value);
  if (!url) return false;
  *this = std::move(*url);
  return true;
}

// https://url.spec.whatwg.org/#dom-url-protocol: scheme start and scheme state with a state
// override.
bool Url::set_protocol(std::string_view value) {
  std::string buffer;
  value = without_tabs_and_newlines(value, buffer);
  value = value.substr(0, value.find(':'));
  if (value.empty() || !is_ascii_alpha(value[0])) return false;
  std::string scheme(value);
  for (char& c : scheme) {
    if (!is_ascii_alphanumeric(c) && c != '+' && c != '-' && c != '.') return false;
    c = to_ascii_lower(c);
  }
  const SchemeType type = scheme_type_of(scheme);
  // 1-2. Special stays special. 3-4. A file has neither credentials nor a port, and may have no
  // host.
  if ((type != SchemeType::not_special) != is_special()) return false;
  if (type == SchemeType::file && (has_credentials() || port_ >= 0)) return false;
  if (type_ == SchemeType::file && host_start_ == host_end_) return false;
  UrlParts changed = parts();
  changed.scheme = scheme;
  changed.type = type;
  if (changed.port == default_port_of(type)) changed.port = -1;
  return assemble(changed);
}

// https://url.spec.whatwg.org/#set-the-username
bool Url::set_username(std::string_view value) {
  if (cannot_have_credentials_or_port() || value.size() > url_bytes_max) return false;
  std::string buffer;
  UrlParts changed = parts();
  changed.username = percent_encoded(value, PercentSet::userinfo, buffer);
  return assemble(changed);
}

// https://url.spec.whatwg.org/#set-the-password
bool Url::set_password(std::string_view value) {
  if (cannot_have_credentials_or_port() || value.size() > url_bytes_max) return false;
  std::string buffer;
  UrlParts changed = parts();
  changed.password = percent_encoded(value, PercentSet::userinfo, buffer);
  return assemble(changed);
}

bool Url::set_host(std::string_view value) {
  return set_host_or_hostname(value, true);
}

bool Url::set_hostname(std::string_view value) {
  return set_host_or_hostname(value, false);
}

// https://url.spec.whatwg.org/#dom-url-host and #dom-url-hostname: host state with a state
// override.
bool Url::set_host_or_hostname(std::string_view value, bool with_port) {
  if (opaque_path_ || value.size() > url_bytes_max) return false;
  std::string clean;
  value = without_tabs_and_newlines(value, clean);
  value = value.substr(0, value.find_first_of(is_special() ? "/?#\\" : "/?#"));
  if (type_ == SchemeType::file) return set_file_host(value);
  const size_t colon = find_port_colon(value);
  const std::string_view text = value.substr(0, colon);
  if (colon != std::string_view::npos && (text.empty() || !with_port)) return false;
  if (text.empty() && (is_special() || has_credentials() || port_ >= 0)) return false;
  std::string host;
  if (!append_parsed_host(host, text, is_special() ? HostKind::domain : HostKind::opaque)) {
    return false;
  }
  UrlParts changed = parts();
  changed.host = host;
  changed.has_host = true;
  // The host stays even if the port after it turns out to be wrong.
  const bool port_ok =
      colon == std::string_view::npos || read_port(value.substr(colon + 1), type_, changed.port);
  return assemble(changed) && port_ok;
}

// File host state with a state override.
bool Url::set_file_host(std::string_view value) {
  std::string host;
  if (!value.empty() && !append_parsed_host(host, value, HostKind::domain)) return false;
  if (host == "localhost") host.clear();
  UrlParts changed = parts();
  changed.host = host;
  changed.has_host = true;
  return assemble(changed);
}

// https://url.spec.whatwg.org/#dom-url-port
bool Url::set_port(std::string_view value) {
  if (cannot_have_credentials_or_port() || value.size() > url_bytes_max) return false;
  UrlParts changed = parts();
  std::string clean;
  if (value.empty()) {
    changed.port = -1;
  } else if (!read_port(without_tabs_and_newlines(value, clean), type_, changed.port)) {
    return false;
  }
  return assemble(changed);
}

// https://url.spec.whatwg.org/#dom-url-pathname: path start state with a state override.
bool Url::set_pathname(std::string_view value) {
  if (opaque_path_ || value.size() > url_bytes_max) return false;
  std::string clean, path;
  value = without_tabs_and_newlines(value, clean);
  if (value.empty() && !is_special()) {
    // Only a URL with a host can go without a path.
    if (!has_host_) path = "/";
  } else {
    if (value.starts_with('/') || (is_special() && value.starts_with('\\'))) value.remove_prefix(1);
    append_path_segments(path, value, type_);
  }
  UrlParts changed = parts();
  changed.path = path;
  return assemble(changed);
}

// https://url.spec.whatwg.org/#dom-url-search
bool Url::set_search(std::string_view value) {
  if (value.size() > url_bytes_max) return false;
  UrlParts changed = parts();
  std::string clean, buffer;
  changed.has_query = !value.empty();
  if (value.starts_with('?')) value.remove_prefix(1);
  changed.query =
      percent_encoded(without_tabs_and_newlines(value, clean),
                      is_special() ? PercentSet::special_query : PercentSet::query, buffer);
  return assemble(changed);
}

// https://url.spec.whatwg.org/#dom-url-hash
bool Url::set_hash(std::string_view value) {
  if (value.size() > url_bytes_max) return false;
  UrlParts changed = parts();
  std::string clean, buffer;
  changed.has_fragment = !value.empty();
  if (value.starts_with('#')) value.remove_prefix(1);
  changed.fragment =
      percent_encoded(without_tabs_and_newlines(value, clean), PercentSet::fragment, buffer);
  return assemble(changed);
}

// https://url.spec.whatwg.org/#concept-urlsearchparams-update
bool Url::set_serialized_query(std::string_view query) {
  UrlParts changed = parts();
  changed.query = query;
  changed.has_query = !query.empty();
  return assemble(changed);
}

}  // namespace skerry::types
