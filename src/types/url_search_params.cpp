#include "types/url_search_params.h"

#include <algorithm>

#include "types/ascii.h"
#include "types/percent_encoding.h"
#include "types/utf8.h"

namespace skerry::types {
namespace {

std::string decode_form(std::string_view text) {
  if (text.find_first_of("+%") == std::string_view::npos) return to_valid_utf8(std::string(text));
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return to_valid_utf8(percent_decode(spaced));
}

void append_form(std::string& out, std::string_view text) {
  size_t copied = 0;
  for (size_t space = text.find(' '); space != std::string_view::npos;
       space = text.find(' ', copied)) {
    append_percent_encoded(out, text.substr(copied, space - copied), PercentSet::form);
    out += '+';
    copied = space + 1;
  }
  append_percent_encoded(out, text.substr(copied), PercentSet::form);
}

}  // namespace

// https://url.spec.whatwg.org/#concept-urlencoded-parser
UrlSearchParams::UrlSearchParams(std::string_view form) {
  while (!form.empty()) {
    const size_t end = std::min(form.find('&'), form.size());
    const std::string_view pair = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const auto value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    entries_.emplace_back(decode_form(pair.substr(0, equals)), decode_form(value));
  }
}

// https://url.spec.whatwg.org/#concept-urlencoded-serializer
std::string UrlSearchParams::to_string() const {
  std::string out;
  for (const auto& [name, value] : entries_) {
    if (!out.empty()) out += '&';
    append_form(out, name);
    out += '=';
    append_form(out, value);
  }
  return out;
}

void UrlSearchParams::append(std::string_view name, std::string_view value) {
  entries_.emplace_back(name, value);
}

void UrlSearchParams::remove(std::string_view name) {
  std::erase_if(entries_, [name](const Pair& pair) { return pair.first == name; });
}

void UrlSearchParams::remove(std::string_view name, std::string_view value) {
  std::erase_if(entries_, [name, value](const Pair& pair) {
    return pair.first == name && pair.second == value;
  });
}

const std::string* UrlSearchParams::get(std::string_view name) const {
  const auto found = std::ranges::find(entries_, name, &Pair::first);
  return found == entries_.end() ? nullptr : &found->second;
}

std::vector<std::string> UrlSearchParams::get_all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : entries_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

bool UrlSearchParams::has(std::string_view name, std::string_view value) const {
  return std::ranges::any_of(entries_, [name, value](const Pair& pair) {
    return pair.first == name && pair.second == value;
  });
}

// https://url.spec.whatwg.org/#dom-urlsearchparams-set
void UrlSearchParams::set(std::string_view name, std::string_view value) {
  const auto same = [name](const Pair& pair) { return pair.first == name; };
  const auto first = std::ranges::find_if(entries_, same);
  if (first == entries_.end()) {
    append(name, value);
    return;
  }
  first->second = value;
  entries_.erase(std::remove_if(first + 1, entries_.end(), same), entries_.end());
}

// https://url.spec.whatwg.org/#dom-urlsearchparams-sort
void UrlSearchParams::sort() {
  std::vector<size_t> order(entries_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  // The position breaks ties, which makes the sort stable without a second buffer of strings.
  std::ranges::sort(order, [this](size_t a, size_t b) {
    if (entries_[a].first != entries_[b].first) {
      return less_in_utf16(entries_[a].first, entries_[b].first);
    }
    return a < b;
  });
  std::vector<Pair> sorted;
  sorted.reserve(order.size());
  for (const size_t index : order) sorted.push_back(std::move(entries_[index]));
  entries_ = std::move(sorted);
}

}  // namespace skerry::types
