#include "types/cache_control.h"

#include <algorithm>

#include "types/ascii.h"
#include "types/header_list.h"

namespace skerry::types {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

struct Directive {
  std::string_view name;
  std::optional<std::string> value;
};

// https://httpwg.org/specs/rfc9110.html#abnf.extension: lists with empty elements, tokens, quoted
// strings. What does not fit is skipped to the next comma outside quotes.
class DirectiveReader {
 public:
  explicit DirectiveReader(std::string_view text) : text_(text) {}

  bool next(Directive& out) {
    for (;;) {
      while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == ',')) ++at_;
      if (at_ == text_.size()) return false;
      const size_t start = at_;
      while (at_ < text_.size() && text_[at_] != '=' && text_[at_] != ',') ++at_;
      out.name = trimmed(text_.substr(start, at_ - start));
      out.value.reset();
      if (at_ < text_.size() && text_[at_] == '=') {
        ++at_;
        read_value(out);
      }
      if (is_header_name(out.name)) return true;
    }
  }

 private:
  void read_value(Directive& out) {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    std::string value;
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      while (at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        value += text_[at_++];
      }
      if (at_ < text_.size()) ++at_;
    }
    const size_t start = at_;
    while (at_ < text_.size() && text_[at_] != ',') ++at_;
    value += trimmed(text_.substr(start, at_ - start));
    out.value = std::move(value);
  }

  std::string_view text_;
  size_t at_ = 0;
};

uint32_t seconds_of(const std::optional<std::string>& text) {
  if (!text || text->empty()) return 0;
  uint64_t seconds = 0;
  for (char c : *text) {
    if (c < '0' || c > '9') return 0;
    seconds = std::min<uint64_t>(seconds * 10 + static_cast<uint64_t>(c - '0'),
                                 CacheControl::kSecondsMax);
  }
  return static_cast<uint32_t>(seconds);
}

void read_seconds(std::optional<uint32_t>& into, const Directive& directive) {
  if (!into) into = seconds_of(directive.value);
}

// no-cache and private, whole or for some fields.
void read_fields(bool& whole, std::vector<std::string>& fields, const Directive& directive) {
  if (!directive.value) {
    whole = true;
    return;
  }
  std::vector<std::string> found;
  std::string_view rest = *directive.value;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view name = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (name.empty()) continue;
    if (!is_header_name(name)) {
      whole = true;
      return;
    }
    std::string lower(name);
    for (char& c : lower) c = to_ascii_lower(c);
    found.push_back(std::move(lower));
  }
  if (found.empty()) whole = true;
  fields.insert(fields.end(), found.begin(), found.end());
}

}  // namespace

CacheControl parse_cache_control(std::string_view value) {
  struct Flag {
    std::string_view name;
    bool CacheControl::* flag;
  };
  static constexpr Flag kFlags[] = {
      {"no-store", &CacheControl::no_store},
      {"no-transform", &CacheControl::no_transform},
      {"public", &CacheControl::is_public},
      {"must-revalidate", &CacheControl::must_revalidate},
      {"proxy-revalidate", &CacheControl::proxy_revalidate},
      {"must-understand", &CacheControl::must_understand},
      {"immutable", &CacheControl::immutable},
      {"only-if-cached", &CacheControl::only_if_cached},
  };
  struct Seconds {
    std::string_view name;
    std::optional<uint32_t> CacheControl::* seconds;
  };
  static constexpr Seconds kSeconds[] = {
      {"max-age", &CacheControl::max_age},
      {"s-maxage", &CacheControl::s_maxage},
      {"min-fresh", &CacheControl::min_fresh},
      {"stale-while-revalidate", &CacheControl::stale_while_revalidate},
      {"stale-if-error", &CacheControl::stale_if_error},
  };
  CacheControl out;
  DirectiveReader reader(value);
  Directive directive;
  while (reader.next(directive)) {
    auto is = [&](std::string_view name) { return equals_ascii_case(directive.name, name); };
    for (const Flag& known : kFlags)
      if (is(known.name)) out.*known.flag = true;
    for (const Seconds& known : kSeconds)
      if (is(known.name)) read_seconds(out.*known.seconds, directive);
    if (is("no-cache")) {
      read_fields(out.no_cache, out.no_cache_fields, directive);
    } else if (is("private")) {
      read_fields(out.is_private, out.private_fields, directive);
    } else if (is("max-stale") && !out.max_stale) {
      out.max_stale = directive.value ? seconds_of(directive.value) : CacheControl::kSecondsMax;
    }
  }
  return out;
}

}  // namespace skerry::types
