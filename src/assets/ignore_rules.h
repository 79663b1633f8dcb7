// .assetsignore: patterns in the manner of .gitignore. https://git-scm.com/docs/gitignore
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skerry::assets {

class IgnoreRules {
 public:
  // Blank lines and comments are skipped; a later line counts more than an earlier one.
  void add_lines(std::string_view text);
  // `path` without a leading slash. The files below an ignored folder are never asked about.
  bool ignores(std::string_view path, bool is_folder) const;

 private:
  struct Pattern {
    std::vector<std::string> segments;  // "**" spans any number
    bool negated = false;
    bool folders_only = false;
  };
  void add_line(std::string_view line);
  static bool match_segments(const std::vector<std::string>& segments, size_t segment,
                             std::string_view path);
  std::vector<Pattern> patterns_;
};

}  // namespace skerry::assets
