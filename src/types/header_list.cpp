#include "types/header_list.h"

#include <algorithm>
#include <array>
#include <compare>
#include <utility>

#include "types/ascii.h"

namespace skerry::types {
namespace {

consteval std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 128; ++c) table[c] = is_ascii_alphanumeric(static_cast<char>(c));
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}

consteval std::array<bool, 256> make_value_table() {
  std::array<bool, 256> table{};
  table.fill(true);
  table[0x00] = table['\r'] = table['\n'] = false;
  return table;
}

constexpr std::array<bool, 256> token_bytes = make_token_table();
constexpr std::array<bool, 256> value_bytes = make_value_table();

bool is_http_whitespace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool all_in(const std::array<bool, 256>& table, std::string_view text) {
  bool ok = true;
  for (const char c : text) ok &= table[static_cast<unsigned char>(c)];
  return ok;
}

}  // namespace

bool HeaderList::contains(std::string_view name) const {
  return find(name) != nullptr;
}

// https://fetch.spec.whatwg.org/#concept-header-list-get
std::optional<std::string> HeaderList::get(std::string_view name) const {
  std::optional<std::string> joined;
  for (const Header& header : entries_) {
    if (!equals_ascii_case(header.name, name)) continue;
    if (joined) {
      joined->append(", ").append(header.value);
    } else {
      joined = header.value;
    }
  }
  return joined;
}

const std::string* HeaderList::find(std::string_view name) const {
  for (const Header& header : entries_) {
    if (equals_ascii_case(header.name, name)) return &header.value;
  }
  return nullptr;
}

// https://fetch.spec.whatwg.org/#dom-headers-getsetcookie
std::vector<std::string> HeaderList::get_set_cookie() const {
  std::vector<std::string> values;
  for (const Header& header : entries_) {
    if (equals_ascii_case(header.name, "set-cookie")) values.push_back(header.value);
  }
  return values;
}

// https://fetch.spec.whatwg.org/#concept-header-list-append
void HeaderList::append(std::string_view name, std::string_view value) {
  // Most lists have a handful: one allocation, not three.
  if (entries_.capacity() == 0) entries_.reserve(4);
  for (const Header& header : entries_) {
    if (!equals_ascii_case(header.name, name)) continue;
    // 1. A name already present decides the case of the new one. Copied first: growing the list
    // moves it.
    std::string first_name = header.name;
    entries_.push_back({std::move(first_name), std::string(value)});
    return;
  }
  entries_.push_back({std::string(name), std::string(value)});
}

// https://fetch.spec.whatwg.org/#concept-header-list-set
void HeaderList::set(std::string_view name, std::string_view value) {
  const auto same = [name](const Header& header) { return equals_ascii_case(header.name, name); };
  const auto first = std::ranges::find_if(entries_, same);
  if (first == entries_.end()) {
    entries_.push_back({std::string(name), std::string(value)});
    return;
  }
  first->value = value;
  entries_.erase(std::remove_if(first + 1, entries_.end(), same), entries_.end());
}

// https://fetch.spec.whatwg.org/#concept-header-list-delete
void HeaderList::remove(std::string_view name) {
  std::erase_if(entries_,
                [name](const Header& header) { return equals_ascii_case(header.name, name); });
}

// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
std::vector<Header> HeaderList::sorted_and_combined() const {
  struct Position {
    std::string name;
    size_t index;
    auto operator<=>(const Position&) const = default;
  };
  std::vector<Position> order;
  order.reserve(entries_.size());
  for (const Header& header : entries_) order.push_back({lower_case(header.name), order.size()});
  // The index breaks ties, so values of one name stay in the order they were appended.
  std::ranges::sort(order);
  std::vector<Header> sorted;
  for (Position& position : order) {
    const std::string& value = entries_[position.index].value;
    if (!sorted.empty() && sorted.back().name == position.name && position.name != "set-cookie") {
      sorted.back().value.append(", ").append(value);
    } else {
      sorted.push_back({std::move(position.name), value});
    }
  }
  return sorted;
}

bool is_header_name(std::string_view name) {
  return !name.empty() && all_in(token_bytes, name);
}

// https://fetch.spec.whatwg.org/#header-value
bool is_header_value(std::string_view value) {
  if (value.empty()) return true;
  if (is_http_whitespace(value.front()) || is_http_whitespace(value.back())) return false;
  return all_in(value_bytes, value);
}

// https://fetch.spec.whatwg.org/#concept-header-value-normalize
std::string_view trim_header_value(std::string_view value) {
  while (!value.empty() && is_http_whitespace(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_http_whitespace(value.back())) value.remove_suffix(1);
  return value;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return equals_ascii_case(a, b);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_ascii_lower(c);
  return lower;
}

}  // namespace skerry::types
