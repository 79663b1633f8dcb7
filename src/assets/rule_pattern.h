// The left side of a line of _headers or _redirects: a path, or https://host/path, with `:name`
// placeholders and one `*` called splat.
// https://developers.cloudflare.com/workers/static-assets/redirects/
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace skerry::assets {

// What the placeholders stood for, in the order of the pattern.
using Captures = std::vector<std::pair<std::string_view, std::string>>;

class RulePattern {
 public:
  // An error when two placeholders have one name: such a rule could never be applied.
  static Result<RulePattern> parse(std::string_view text);
  // `host` without port; `path` as in the URL. Bounded work: a path that would need more than
  // limits::asset_rule_steps_max comparisons does not match.
  bool matches(std::string_view host, std::string_view path, Captures& captures) const;
  bool is_dynamic() const { return dynamic_; }
  bool has_host() const { return has_host_; }

 private:
  enum class Kind : uint8_t { literal, host_name, path_name, splat };
  struct Part {
    Kind kind;
    std::string text;  // of a literal, or the name
  };
  struct Match;
  static bool match_from(Match& match, size_t part, size_t at);
  static bool match_placeholder(Match& match, const Part& part, size_t index, size_t at);

  std::vector<Part> parts_;
  bool has_host_ = false;
  bool dynamic_ = false;
};

// `text` with every ":name" replaced, one name after the other.
std::string fill_placeholders(std::string text, const Captures& captures);
// Whether a glob whose '*' stands for anything covers the whole path.
bool glob_covers(std::string_view glob, std::string_view path);

}  // namespace skerry::assets
