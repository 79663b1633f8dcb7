#include "assets/ignore_rules.h"

#include <algorithm>

namespace skerry::assets {

namespace {

// Whether `c` is in the bracket that begins at `at` (behind the '['); moves `at` behind its end.
// False, and `at` unmoved, where no bracket closes.
bool in_bracket(std::string_view pattern, size_t& at, char c, bool& closed) {
  size_t i = at;
  bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  closed = false;
  for (size_t first = i; i < pattern.size(); ++i) {
    if (pattern[i] == ']' && i > first) {
      closed = true;
      break;
    }
    char low = pattern[i];
    if (low == '\\' && i + 1 < pattern.size()) low = pattern[++i];
    char high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = pattern[i + 2];
      i += 2;
    }
    if (static_cast<unsigned char>(low) <= static_cast<unsigned char>(c) &&
        static_cast<unsigned char>(c) <= static_cast<unsigned char>(high))
      found = true;
  }
  if (closed) at = i + 1;
  return found != negated;
}

// One segment, with '*', '?', brackets and backslashes; only the last star gives back.
bool match_segment(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    bool fits = false;
    size_t next = p;
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      resume = t;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '?') {
      fits = true;
      next = p + 1;
    } else if (p < pattern.size() && pattern[p] == '[') {
      bool closed = false;
      next = p + 1;
      fits = in_bracket(pattern, next, text[t], closed);
      if (!closed) {
        fits = text[t] == '[';
        next = p + 1;
      }
    } else if (p < pattern.size()) {
      if (pattern[p] == '\\' && p + 1 < pattern.size()) ++next;
      fits = pattern[next] == text[t];
      ++next;
    }
    if (fits) {
      p = next;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

void IgnoreRules::add_lines(std::string_view text) {
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    add_line(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void IgnoreRules::add_line(std::string_view line) {
  if (line.starts_with('#')) return;
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  Pattern pattern;
  if (line.starts_with('!')) {
    pattern.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    pattern.folders_only = true;
    line.remove_suffix(1);
  }
  // A slash anywhere but at the end ties the pattern to the top.
  bool anchored = line.contains('/');
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return;
  if (!anchored) pattern.segments.emplace_back("**");
  while (true) {
    size_t slash = line.find('/');
    pattern.segments.emplace_back(line.substr(0, slash));
    if (slash == std::string_view::npos) break;
    line.remove_prefix(slash + 1);
  }
  patterns_.push_back(std::move(pattern));
}

bool IgnoreRules::match_segments(const std::vector<std::string>& segments, size_t segment,
                                 std::string_view path) {
  for (; segment < segments.size(); ++segment) {
    if (segments[segment] == "**") {
      // At the end it stands for everything below, which is at least one segment.
      if (segment + 1 == segments.size()) return !path.empty();
      for (std::string_view rest = path;;) {
        if (match_segments(segments, segment + 1, rest)) return true;
        size_t slash = rest.find('/');
        if (slash == std::string_view::npos) return false;
        rest.remove_prefix(slash + 1);
      }
    }
    if (path.empty()) return false;
    size_t slash = path.find('/');
    if (!match_segment(segments[segment], path.substr(0, slash))) return false;
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return path.empty();
}

bool IgnoreRules::ignores(std::string_view path, bool is_folder) const {
  bool ignored = false;
  for (const Pattern& pattern : patterns_) {
    if (pattern.negated != ignored || (pattern.folders_only && !is_folder)) continue;
    if (match_segments(pattern.segments, 0, path)) ignored = !pattern.negated;
  }
  return ignored;
}

}  // namespace skerry::assets
