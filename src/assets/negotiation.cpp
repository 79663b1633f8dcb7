#include "assets/negotiation.h"

#include <algorithm>
#include <charconv>

#include "types/ascii.h"

namespace skerry::assets {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the next item of a comma-separated list.
std::string_view next_item(std::string_view& list) {
  size_t end = std::min(list.find(','), list.size());
  std::string_view item = trim(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return item;
}

// "0.5" as 500; what is no weight counts as 1.
int weight_of(std::string_view parameters) {
  size_t at = parameters.find("q=");
  if (at == std::string_view::npos) at = parameters.find("Q=");
  if (at == std::string_view::npos) return 1000;
  std::string_view text = trim(parameters.substr(at + 2));
  if (text.empty() || text[0] != '0') return 1000;
  int weight = 0, unit = 100;
  if (text.size() > 1 && text[1] == '.') {
    for (char c : text.substr(2, 3)) {
      if (!types::is_ascii_digit(c)) break;
      weight += (c - '0') * unit;
      unit /= 10;
    }
  }
  return weight;
}

// A whole number, or nothing.
std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Chosen choose_coding(Asset& asset, std::string_view accept_encoding) {
  Chosen chosen{&asset, std::nullopt};
  if (!asset.has_encoded || accept_encoding.empty()) return chosen;
  std::array<int, coding_count> weights;
  weights.fill(-1);
  int others = 0, identity = -1;
  while (!accept_encoding.empty()) {
    std::string_view item = next_item(accept_encoding);
    size_t semicolon = std::min(item.find(';'), item.size());
    std::string_view name = trim(item.substr(0, semicolon));
    int weight = weight_of(item.substr(semicolon));
    if (name == "*") others = weight;
    if (types::equals_ascii_case(name, "identity")) identity = weight;
    for (size_t i = 0; i < coding_count; ++i) {
      if (types::equals_ascii_case(name, coding_name(static_cast<Coding>(i)))) weights[i] = weight;
    }
  }
  // Without a word about it the plain file is as good as the least that is acceptable.
  int best = identity >= 0 ? identity : 1;
  for (size_t i = 0; i < coding_count; ++i) {
    Asset* file = asset.encoded[i];
    int weight = weights[i] >= 0 ? weights[i] : others;
    if (file == nullptr || weight <= 0 || weight < best) continue;
    if (weight == best && file->state.size >= chosen.file->state.size) continue;
    best = weight;
    chosen = {file, static_cast<Coding>(i)};
  }
  return chosen;
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    std::string_view item = next_item(if_none_match);
    if (item == "*") return true;
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == etag) return true;
  }
  return false;
}

ByteRange parse_range(std::string_view range, uint64_t size) {
  ByteRange whole;
  size_t equals = range.find('=');
  if (equals == std::string_view::npos ||
      !types::equals_ascii_case(trim(range.substr(0, equals)), "bytes"))
    return whole;
  std::string_view spec = trim(range.substr(equals + 1));
  if (spec.contains(',')) return whole;
  size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return whole;
  std::string_view first_text = trim(spec.substr(0, dash)), last_text = trim(spec.substr(dash + 1));
  std::optional<uint64_t> first = number(first_text), last = number(last_text);
  const ByteRange unsatisfiable{ByteRange::Kind::unsatisfiable, 0, 0};
  if (first_text.empty()) {
    if (!last) return whole;
    if (*last == 0 || size == 0) return unsatisfiable;
    uint64_t length = std::min(*last, size);
    return {ByteRange::Kind::part, size - length, length};
  }
  if (!first || (!last_text.empty() && (!last || *last < *first))) return whole;
  if (*first >= size) return unsatisfiable;
  uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {ByteRange::Kind::part, *first, end - *first + 1};
}

}  // namespace skerry::assets
