// The list behind URLSearchParams and application/x-www-form-urlencoded bodies: name-value pairs in
// order. https://url.spec.whatwg.org/#interface-urlsearchparams. Names and values are valid UTF-8;
// callers turn lone surrogates into U+FFFD before they come here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::types {

class UrlSearchParams {
 public:
  using Pair = std::pair<std::string, std::string>;

  UrlSearchParams() = default;
  // Parses; a leading "?" is part of the first name here, as the standard has it: the constructor
  // of the class in JavaScript takes it off. Ill-formed UTF-8 becomes U+FFFD.
  explicit UrlSearchParams(std::string_view form);

  const std::vector<Pair>& entries() const { return entries_; }
  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  std::string to_string() const;

  void append(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  void remove(std::string_view name, std::string_view value);
  const std::string* get(
      std::string_view name) const;  // null when absent; valid until the list changes
  std::vector<std::string> get_all(std::string_view name) const;
  bool has(std::string_view name) const { return get(name) != nullptr; }
  bool has(std::string_view name, std::string_view value) const;
  void set(std::string_view name, std::string_view value);
  void sort();  // by name in UTF-16 code units; equal names keep their order
  void clear() { entries_.clear(); }

 private:
  std::vector<Pair> entries_;
};

}  // namespace skerry::types
