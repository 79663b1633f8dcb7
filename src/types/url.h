// URLs as the URL Standard has them (https://url.spec.whatwg.org/): a value that holds one
// normalised string, always ASCII, and the offsets of its components, so that every getter but
// origin is a view. Views are valid until the URL changes or dies. Input is UTF-8; bytes that are
// not are percent-encoded where allowed and refused in domains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::types {

// Longer inputs and results are refused: V8 could not hold the href as a string.
inline constexpr size_t url_bytes_max = (size_t{1} << 29) - 32;

enum class SchemeType : uint8_t { not_special, http, https, ws, wss, ftp, file };

struct UrlParts;

class Url {
 public:
  std::string_view href() const { return href_; }
  std::string origin() const;  // "null" when opaque
  std::string_view scheme() const { return slice(0, scheme_end_); }
  std::string_view protocol() const { return slice(0, scheme_end_ + 1); }
  std::string_view username() const;
  std::string_view password() const;
  std::string_view host() const;  // with the port if it is not the default one
  std::string_view hostname() const { return slice(host_start_, host_end_); }
  std::string_view port() const;
  std::string_view pathname() const;
  std::string_view search() const;  // with "?", or empty
  std::string_view hash() const;    // with "#", or empty

  SchemeType scheme_type() const { return type_; }
  bool is_special() const { return type_ != SchemeType::not_special; }
  bool has_opaque_path() const { return opaque_path_; }
  bool has_host() const { return has_host_; }  // false for a null host; true for an empty one
  bool has_credentials() const;
  std::optional<uint16_t> port_number() const;       // null when it is the default one, or absent
  uint16_t port_or_default() const;                  // 0 where the scheme has none
  std::optional<std::string_view> query() const;     // null and empty are told apart
  std::optional<std::string_view> fragment() const;  // likewise
  std::string_view href_without_fragment() const { return slice(0, search_end()); }
  // The same, from a URL that is not needed any more.
  std::string take_href_without_fragment() && {
    href_.resize(search_end());
    return std::move(href_);
  }
  std::string_view path_and_query() const;  // origin-form of an HTTP request target

  // The setters of the URL interface (https://url.spec.whatwg.org/#api). True when the value was
  // accepted, also if it was the old one; false when the standard ignores it. Only a false set_host
  // may have taken effect in part: a bad port does not undo the host.
  bool set_href(std::string_view value);
  bool set_protocol(std::string_view value);
  bool set_username(std::string_view value);
  bool set_password(std::string_view value);
  bool set_host(std::string_view value);
  bool set_hostname(std::string_view value);
  bool set_port(std::string_view value);
  bool set_pathname(std::string_view value);
  bool set_search(std::string_view value);
  bool set_hash(std::string_view value);
  // What URLSearchParams does on a change: the serialised list, or no query at all when it is
  // empty.
  bool set_serialized_query(std::string_view query);

  bool operator==(const Url& other) const { return href_ == other.href_; }

 private:
  friend class UrlParser;
  friend std::optional<Url> parse_url(std::string_view input, const Url* base);
  Url() = default;

  std::string_view slice(uint32_t from, uint32_t to) const {
    return std::string_view(href_.data() + from, to - from);
  }
  uint32_t path_end() const { return query_start_ != absent ? query_start_ : search_end(); }
  uint32_t search_end() const {
    return fragment_start_ != absent ? fragment_start_ : static_cast<uint32_t>(href_.size());
  }
  bool cannot_have_credentials_or_port() const;
  UrlParts parts() const;
  bool assemble(const UrlParts& parts);  // false, and unchanged, when too long
  bool parse_plain(std::string_view input);
  bool set_host_or_hostname(std::string_view value, bool with_port);
  bool set_file_host(std::string_view value);

  static constexpr uint32_t absent = 0xffffffff;

  // scheme ":" ["//" [username [":" password] "@"] host [":" port]] path ["?" query] ["#" fragment]
  std::string href_;
  uint32_t scheme_end_ = 0;    // at ":"
  uint32_t username_end_ = 0;  // the username begins after "//"
  uint32_t host_start_ = 0;
  uint32_t host_end_ = 0;
  uint32_t path_start_ = 0;
  uint32_t query_start_ = absent;     // at "?"
  uint32_t fragment_start_ = absent;  // at "#"
  int32_t port_ = -1;
  SchemeType type_ = SchemeType::not_special;
  bool has_host_ = false;
  bool opaque_path_ = false;
};

// The API URL parser, https://url.spec.whatwg.org/#api-url-parser. Null when the input is not a
// URL.
std::optional<Url> parse_url(std::string_view input, const Url* base = nullptr);
bool can_parse_url(std::string_view input, const Url* base = nullptr);

}  // namespace skerry::types
