// _headers and _redirects of an assets directory, line by line. What is wrong with a line never
// stops the others: it is said, and the line does not count.
// https://developers.cloudflare.com/workers/static-assets/headers/
// https://developers.cloudflare.com/workers/static-assets/redirects/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assets/rule_pattern.h"
#include "assets/site_options.h"
#include "types/header_list.h"

namespace skerry::assets {

// "_redirects:3: …" for people.
using Warnings = std::vector<std::string>;

class HeaderRules {
 public:
  static HeaderRules parse(std::string_view text, Warnings& warnings);
  bool empty() const { return rules_.empty(); }
  size_t size() const { return rules_.size(); }
  // Each rule that matches, in order: first what it takes away, then what it sets; a name that an
  // earlier rule has set gets another value.
  void apply(std::string_view host, std::string_view path, types::HeaderList& headers) const;

 private:
  struct Rule {
    RulePattern pattern;
    std::vector<std::pair<std::string, std::string>> set;  // names in lower case
    std::vector<std::string> unset;
  };
  class Parser;
  std::vector<Rule> rules_;
};

// 200 means that the path of `to` answers instead.
struct Redirect {
  uint16_t status = 302;
  std::string to;  // placeholders filled in
};

class RedirectRules {
 public:
  static RedirectRules parse(std::string_view text, HtmlHandling html_handling, Warnings& warnings);
  bool empty() const { return static_.empty() && dynamic_.empty(); }
  size_t size() const { return static_.size() + dynamic_.size(); }
  // The first rule that matches; rules without placeholders come first, by one look-up.
  std::optional<Redirect> find(std::string_view host, std::string_view path) const;

 private:
  struct Target {
    uint16_t status;
    std::string to;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  class Parser;
  std::unordered_map<std::string, Target, Hash, std::equal_to<>> static_;
  std::vector<std::pair<RulePattern, Target>> dynamic_;
};

}  // namespace skerry::assets
