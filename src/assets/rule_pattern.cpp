#include "assets/rule_pattern.h"

#include <algorithm>

#include "base/limits.h"
#include "types/ascii.h"

namespace skerry::assets {

namespace {

constexpr std::string_view kHttps = "https://";

bool is_word(char c) {
  return types::is_ascii_alphanumeric(c) || c == '_';
}

// The length of the name that begins at `at`, or 0.
size_t name_length(std::string_view text, size_t at) {
  if (at >= text.size() || !types::is_ascii_alpha(text[at])) return 0;
  size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  return end - at;
}

}  // namespace

struct RulePattern::Match {
  const std::vector<Part>& parts;
  std::string_view text;
  Captures& captures;
  size_t steps = 0;
};

Result<RulePattern> RulePattern::parse(std::string_view text) {
  RulePattern pattern;
  pattern.has_host_ = text.starts_with(kHttps);
  size_t host_end =
      pattern.has_host_ ? std::min(text.find('/', kHttps.size()), text.size()) : size_t{0};
  std::string literal;
  auto flush = [&] {
    if (!literal.empty()) pattern.parts_.push_back({Kind::literal, std::move(literal)});
    literal.clear();
  };
  std::vector<std::string_view> names;
  for (size_t at = 0; at < text.size();) {
    std::string_view name;
    Kind kind = Kind::splat;
    if (text[at] == '*') {
      name = "splat";
      ++at;
    } else if (size_t length = text[at] == ':' ? name_length(text, at + 1) : 0; length > 0) {
      name = text.substr(at + 1, length);
      kind = at < host_end ? Kind::host_name : Kind::path_name;
      at += 1 + length;
    } else {
      literal += text[at++];
      continue;
    }
    flush();
    if (std::ranges::find(names, name) != names.end())
      return fail(Code::invalid, name == "splat"
                                     ? "only one * is possible, and it is called :splat"
                                     : "the placeholder :" + std::string(name) + " is used twice");
    names.push_back(name);
    pattern.parts_.push_back({kind, std::string(name)});
    pattern.dynamic_ = true;
  }
  flush();
  return pattern;
}

// A placeholder takes as much as it can first, and gives back until the rest matches.
bool RulePattern::match_placeholder(Match& match, const Part& part, size_t index, size_t at) {
  size_t end = at;
  if (part.kind == Kind::splat) {
    end = match.text.size();
  } else {
    std::string_view stops = part.kind == Kind::host_name ? "/." : "/";
    end = std::min(match.text.find_first_of(stops, at), match.text.size());
  }
  size_t least = part.kind == Kind::splat ? at : at + 1;
  for (size_t to = end + 1; to > least;) {
    --to;
    if (++match.steps > limits::asset_rule_steps_max) return false;
    match.captures.emplace_back(part.text, match.text.substr(at, to - at));
    if (match_from(match, index + 1, to)) return true;
    match.captures.pop_back();
    // The last part must reach the end, and its longest take does if any does.
    if (index + 1 == match.parts.size()) return false;
  }
  return false;
}

bool RulePattern::match_from(Match& match, size_t index, size_t at) {
  for (; index < match.parts.size(); ++index) {
    const Part& part = match.parts[index];
    if (part.kind != Kind::literal) return match_placeholder(match, part, index, at);
    if (!match.text.substr(at).starts_with(part.text)) return false;
    at += part.text.size();
  }
  return at == match.text.size();
}

bool RulePattern::matches(std::string_view host, std::string_view path, Captures& captures) const {
  captures.clear();
  std::string absolute;
  Match match{parts_, path, captures};
  if (has_host_) {
    absolute = std::string(kHttps) + std::string(host) + std::string(path);
    match.text = absolute;
  }
  return match_from(match, 0, 0);
}

std::string fill_placeholders(std::string text, const Captures& captures) {
  for (const auto& [name, value] : captures) {
    std::string wanted = ":" + std::string(name);
    for (size_t at = text.find(wanted); at != std::string::npos;
         at = text.find(wanted, at + value.size()))
      text.replace(at, wanted.size(), value);
  }
  return text;
}

bool glob_covers(std::string_view glob, std::string_view path) {
  size_t star = std::string_view::npos, resume = 0, g = 0, p = 0;
  while (p < path.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = p;
    } else if (g < glob.size() && glob[g] == path[p]) {
      ++g;
      ++p;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      p = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace skerry::assets
