// The header list of the Fetch standard (https://fetch.spec.whatwg.org/#concept-header-list) as a
// plain value: names keep the case they came with, compare without it, and values are byte strings.
// No V8, no uv.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::types {

struct Header {
  std::string name;
  std::string value;
};

class HeaderList {
 public:
  const std::vector<Header>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  bool contains(std::string_view name) const;
  // Values of all headers of that name joined with ", "
  // (https://fetch.spec.whatwg.org/#concept-header-list-get).
  std::optional<std::string> get(std::string_view name) const;
  // The first value of that name, or null; no allocation. Valid until the list changes.
  const std::string* find(std::string_view name) const;
  std::vector<std::string> get_set_cookie() const;
  void append(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  void clear() { entries_.clear(); }
  // "Sort and combine": names in lower case, sorted, values joined, except that each set-cookie
  // stands alone.
  std::vector<Header> sorted_and_combined() const;

 private:
  std::vector<Header> entries_;
};

bool is_header_name(std::string_view name);    // token of RFC 9110
bool is_header_value(std::string_view value);  // no NUL, CR, LF; no leading or trailing white space
std::string_view trim_header_value(std::string_view value);
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);

}  // namespace skerry::types
