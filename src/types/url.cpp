#include "types/url.h"

#include <charconv>
#include <utility>

#include "types/ascii.h"
#include "types/url_parser.h"

namespace skerry::types {
namespace {

std::string_view trim_c0_and_space(std::string_view text) {
  while (!text.empty() && is_c0_or_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_c0_or_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view Url::username() const {
  return has_host_ ? slice(scheme_end_ + 3, username_end_) : std::string_view();
}

std::string_view Url::password() const {
  if (!has_host_ || username_end_ == host_start_ || href_[username_end_] != ':') return {};
  return slice(username_end_ + 1, host_start_ - 1);
}

std::string_view Url::host() const {
  return has_host_ ? slice(host_start_, path_start_) : std::string_view();
}

std::string_view Url::port() const {
  return port_ < 0 ? std::string_view() : slice(host_end_ + 1, path_start_);
}

std::string_view Url::pathname() const {
  return slice(path_start_, path_end());
}

std::string_view Url::search() const {
  const uint32_t end = search_end();
  if (query_start_ == absent || query_start_ + 1 == end) return {};
  return slice(query_start_, end);
}

std::string_view Url::hash() const {
  if (fragment_start_ == absent || fragment_start_ + 1 == href_.size()) return {};
  return slice(fragment_start_, static_cast<uint32_t>(href_.size()));
}

bool Url::has_credentials() const {
  return has_host_ && host_start_ > scheme_end_ + 3;
}

std::optional<uint16_t> Url::port_number() const {
  if (port_ < 0) return std::nullopt;
  return static_cast<uint16_t>(port_);
}

uint16_t Url::port_or_default() const {
  const int32_t port = port_ < 0 ? default_port_of(type_) : port_;
  return port < 0 ? uint16_t{0} : static_cast<uint16_t>(port);
}

std::optional<std::string_view> Url::query() const {
  if (query_start_ == absent) return std::nullopt;
  return slice(query_start_ + 1, search_end());
}

std::optional<std::string_view> Url::fragment() const {
  if (fragment_start_ == absent) return std::nullopt;
  return slice(fragment_start_ + 1, static_cast<uint32_t>(href_.size()));
}

std::string_view Url::path_and_query() const {
  return slice(path_start_, search_end());
}

// https://url.spec.whatwg.org/#concept-url-origin
std::string Url::origin() const {
  if (is_special() && type_ != SchemeType::file) {
    std::string origin(protocol());
    return origin.append("//").append(host());
  }
  if (scheme() == "blob") {
    const auto inner = parse_url(pathname());
    if (inner && (inner->type_ == SchemeType::http || inner->type_ == SchemeType::https)) {
      return inner->origin();
    }
  }
  return "null";
}

// https://url.spec.whatwg.org/#cannot-have-a-username-password-port
bool Url::cannot_have_credentials_or_port() const {
  return !has_host_ || host_start_ == host_end_ || type_ == SchemeType::file;
}

UrlParts Url::parts() const {
  UrlParts parts;
  parts.scheme = scheme();
  parts.username = username();
  parts.password = password();
  parts.host = hostname();
  parts.path = pathname();
  parts.query = query().value_or(std::string_view());
  parts.fragment = fragment().value_or(std::string_view());
  parts.port = port_;
  parts.type = type_;
  parts.has_host = has_host_;
  parts.has_query = query_start_ != absent;
  parts.has_fragment = fragment_start_ != absent;
  parts.opaque_path = opaque_path_;
  return parts;
}

// https://url.spec.whatwg.org/#concept-url-serializer. The parts may be views into this URL: the
// new string is built beside the old one.
bool Url::assemble(const UrlParts& parts) {
  const size_t size = parts.scheme.size() + parts.username.size() + parts.password.size() +
                      parts.host.size() + parts.path.size() + parts.query.size() +
                      parts.fragment.size() + 16;
  if (size > url_bytes_max) return false;
  Url url;
  std::string& href = url.href_;
  const auto here = [&href] { return static_cast<uint32_t>(href.size()); };
  href.reserve(size);
  href.append(parts.scheme);
  url.scheme_end_ = here();
  href += ':';
  if (parts.has_host) {
    href.append("//").append(parts.username);
    url.username_end_ = here();
    if (!parts.password.empty()) (href += ':').append(parts.password);
    if (!parts.username.empty() || !parts.password.empty()) href += '@';
    url.host_start_ = here();
    href.append(parts.host);
    url.host_end_ = here();
    if (parts.port >= 0) {
      char digits[8];
      href += ':';
      href.append(digits, std::to_chars(digits, digits + sizeof digits, parts.port).ptr);
    }
  } else {
    url.username_end_ = url.host_start_ = url.host_end_ = here();
    // Without a host a path that begins with two slashes would read as an authority.
    if (!parts.opaque_path && parts.path.starts_with("//")) href.append("/.");
  }
  url.path_start_ = here();
  href.append(parts.path);
  if (parts.has_query) {
    url.query_start_ = here();
    (href += '?').append(parts.query);
  }
  if (parts.has_fragment) {
    url.fragment_start_ = here();
    (href += '#').append(parts.fragment);
  }
  url.port_ = parts.port;
  url.type_ = parts.type;
  url.has_host_ = parts.has_host;
  url.opaque_path_ = parts.opaque_path;
  *this = std::move(url);
  return true;
}

std::optional<Url> parse_url(std::string_view input, const Url* base) {
  std::optional<Url> url{Url()};
  if (url->parse_plain(input)) return url;
  if (input.size() > url_bytes_max) return std::nullopt;
  UrlParser parser(base);
  if (!parser.parse(trim_c0_and_space(input), *url)) url.reset();
  return url;
}

bool can_parse_url(std::string_view input, const Url* base) {
  return parse_url(input, base).has_value();
}

}  // namespace skerry::types
