#include "assets/rules_file.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "base/limits.h"
#include "types/ascii.h"
#include "types/url.h"

namespace skerry::assets {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && types::is_ascii_whitespace(text.front())) text.remove_prefix(1);
  while (!text.empty() && types::is_ascii_whitespace(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && !types::is_ascii_whitespace(text[end])) ++end;
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string shown(std::string_view text) {
  return "\"" + std::string(text.substr(0, 100)) + (text.size() > 100 ? "…\"" : "\"");
}

// Lines that mean something, with their numbers; long ones are named and left out.
class Lines {
 public:
  Lines(std::string_view text, std::string_view file, Warnings& warnings)
      : text_(text), file_(file), warnings_(warnings) {}

  bool next(std::string_view& line) {
    while (!text_.empty()) {
      ++number_;
      size_t end = std::min(text_.find('\n'), text_.size());
      line = trim(text_.substr(0, end));
      text_.remove_prefix(std::min(end + 1, text_.size()));
      if (line.empty() || line.starts_with('#')) continue;
      if (line.size() <= limits::asset_rule_line_bytes_max) return true;
      warn("the line is longer than " + std::to_string(limits::asset_rule_line_bytes_max) +
           " bytes and does not count");
    }
    return false;
  }
  void warn(std::string_view text) { warn_at(number_, text); }
  void warn_at(size_t line, std::string_view text) {
    if (warnings_.size() == kWarningsMax)
      warnings_.push_back(std::string(file_) + ": more lines are wrong; they are not listed");
    if (warnings_.size() > kWarningsMax) return;
    warnings_.push_back(std::string(file_) + ":" + std::to_string(line) + ": " + std::string(text));
  }
  size_t number() const { return number_; }

 private:
  static constexpr size_t kWarningsMax = 100;
  std::string_view text_;
  std::string_view file_;
  Warnings& warnings_;
  size_t number_ = 0;
};

// The path of a URL in its normal form, as the path of a request is.
std::optional<std::string> normal_path(std::string_view path, bool with_query_and_hash) {
  std::optional<types::Url> url = types::parse_url("http://host" + std::string(path));
  if (!url) return std::nullopt;
  std::string out(url->pathname());
  if (with_query_and_hash) out.append(url->search()).append(url->hash());
  return out;
}

enum class Absolute : uint8_t { no, without_port, yes };

struct Location {
  std::string text;   // "/path" or "https://host/path"
  std::string error;  // why there is none
};

Location read_location(std::string_view text, Absolute absolute, bool with_query_and_hash) {
  constexpr std::string_view kHttps = "https://";
  std::string host;
  std::string_view path = text;
  if (text.starts_with(kHttps)) {
    std::string_view rest = text.substr(kHttps.size());
    size_t slash = std::min(rest.find('/'), rest.size());
    if (slash == 0) return {"", shown(text) + " names no host"};
    if (absolute == Absolute::no)
      return {"", shown(text) + " must be a path such as /old, without a host"};
    host = rest.substr(0, slash);
    if (absolute == Absolute::without_port && types::is_ascii_digit(host.back()) &&
        host.contains(':'))
      return {"", shown(text) + " names a port, which does not take part in a match"};
    path = slash == rest.size() ? "/" : rest.substr(slash);
  } else if (!text.starts_with('/')) {
    return {"",
            shown(text) + (absolute == Absolute::no ? " must begin with a slash"
                                                    : " must begin with a slash or with https://")};
  }
  std::optional<std::string> normal = normal_path(path, with_query_and_hash);
  if (!normal) return {"", shown(text) + " is no valid URL"};
  return {host.empty() ? *normal : std::string(kHttps) + host + *normal, ""};
}

}  // namespace

class HeaderRules::Parser {
 public:
  Parser(std::string_view text, Warnings& warnings) : lines_(text, "_headers", warnings) {}

  std::vector<Rule> run() {
    std::string_view line;
    while (lines_.next(line)) {
      if (line.starts_with('/') || line.substr(0, line.find(' ')).contains("://")) {
        finish_rule();
        if (rules_.size() == limits::asset_header_rules_max) {
          lines_.warn("there are more than " + std::to_string(limits::asset_header_rules_max) +
                      " rules; this and what follows does not count");
          return std::move(rules_);
        }
        begin_rule(line);
      } else if (state_ != State::skipping) {
        read_header(line);
      }
    }
    finish_rule();
    return std::move(rules_);
  }

 private:
  enum class State : uint8_t { outside, inside, skipping };

  void begin_rule(std::string_view line) {
    state_ = State::skipping;
    Location location = read_location(line, Absolute::without_port, false);
    if (!location.error.empty()) return lines_.warn(location.error + "; the rule does not count");
    Result<RulePattern> pattern = RulePattern::parse(location.text);
    if (!pattern) return lines_.warn(pattern.error().text + "; the rule does not count");
    rule_ = {std::move(*pattern), {}, {}};
    rule_line_ = lines_.number();
    state_ = State::inside;
  }

  void finish_rule() {
    if (state_ != State::inside) return;
    state_ = State::outside;
    if (rule_.set.empty() && rule_.unset.empty())
      return lines_.warn_at(rule_line_, "no headers follow this path");
    rules_.push_back(std::move(rule_));
  }

  void read_header(std::string_view line) {
    if (state_ == State::outside)
      return lines_.warn(shown(line) + " stands before any path; begin with a path such as /*");
    size_t colon = line.find(':');
    if (colon == std::string_view::npos && line.starts_with("! ")) {
      rule_.unset.push_back(types::lower_case(trim(line.substr(2))));
      return;
    }
    if (colon == std::string_view::npos)
      return lines_.warn(shown(line) + " is no header; write name: value");
    std::string name = types::lower_case(trim(line.substr(0, colon)));
    std::string_view value = trim(line.substr(colon + 1));
    if (!types::is_header_name(name)) return lines_.warn(shown(name) + " is no name of a header");
    if (value.empty()) return lines_.warn("the header " + shown(name) + " has no value");
    auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(value, [&](char c) { return c != '\t' && is_control(c); }))
      return lines_.warn("the value of " + shown(name) + " has a byte that no header may have");
    for (auto& [known, values] : rule_.set) {
      if (known != name) continue;
      values.append(", ").append(value);
      return;
    }
    rule_.set.emplace_back(std::move(name), value);
  }

  Lines lines_;
  State state_ = State::outside;
  Rule rule_;
  size_t rule_line_ = 0;
  std::vector<Rule> rules_;
};

HeaderRules HeaderRules::parse(std::string_view text, Warnings& warnings) {
  HeaderRules rules;
  rules.rules_ = Parser(text, warnings).run();
  return rules;
}

void HeaderRules::apply(std::string_view host, std::string_view path,
                        types::HeaderList& headers) const {
  std::unordered_set<std::string_view> set_before;
  Captures captures;
  for (const Rule& rule : rules_) {
    if (!rule.pattern.matches(host, path, captures)) continue;
    for (const std::string& name : rule.unset) headers.remove(name);
    for (const auto& [name, value] : rule.set) {
      std::string filled = fill_placeholders(value, captures);
      if (set_before.insert(name).second)
        headers.set(name, filled);
      else
        headers.append(name, filled);
    }
  }
}

class RedirectRules::Parser {
 public:
  Parser(std::string_view text, HtmlHandling html_handling, Warnings& warnings)
      : lines_(text, "_redirects", warnings), html_handling_(html_handling) {}

  RedirectRules run() {
    std::string_view line;
    while (!full_ && lines_.next(line)) {
      // A comment may follow the rule.
      for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
        if (!types::is_ascii_whitespace(line[at - 1])) continue;
        line = trim(line.substr(0, at));
        break;
      }
      read(words(line));
    }
    return std::move(rules_);
  }

 private:
  void read(const std::vector<std::string_view>& parts) {
    if (parts.size() < 2 || parts.size() > 3)
      return lines_.warn("a rule is: from, to, and perhaps a status; this line has " +
                         std::to_string(parts.size()) + " words");
    Location from = read_location(parts[0], Absolute::no, false);
    if (!from.error.empty()) return lines_.warn(from.error);
    Result<RulePattern> pattern = RulePattern::parse(from.text);
    if (!pattern) return lines_.warn(pattern.error().text);
    // Once there is a pattern, order decides, so all that follows is matched in order.
    bool dynamic = pattern->is_dynamic() || seen_dynamic_;
    if (!count(dynamic)) return;
    Location to = read_location(parts[1], Absolute::yes, true);
    if (!to.error.empty()) return lines_.warn(to.error);
    uint16_t status = 302;
    if (parts.size() == 3) {
      auto [end, error] =
          std::from_chars(parts[2].data(), parts[2].data() + parts[2].size(), status);
      constexpr uint16_t kAllowed[] = {200, 301, 302, 303, 307, 308};
      if (error != std::errc() || end != parts[2].data() + parts[2].size() ||
          std::ranges::find(kAllowed, status) == std::end(kAllowed))
        return lines_.warn("the status must be 200, 301, 302, 303, 307 or 308, not " +
                           shown(parts[2]));
    }
    bool relative = to.text.starts_with('/');
    if (relative && loops(from.text, to.text))
      return lines_.warn("this rule would lead to itself for ever; it does not count");
    if (!seen_.insert(from.text).second)
      return lines_.warn("there is a rule for " + shown(from.text) + " already");
    if (status == 200 && !relative)
      return lines_.warn("with status 200 the target must be a path, not " + shown(to.text));
    if (dynamic)
      rules_.dynamic_.emplace_back(std::move(*pattern), Target{status, std::move(to.text)});
    else
      rules_.static_.emplace(std::move(from.text), Target{status, std::move(to.text)});
  }

  bool count(bool dynamic) {
    if (!dynamic) {
      if (++static_count_ <= limits::asset_static_redirects_max) return true;
      lines_.warn("there are more than " + std::to_string(limits::asset_static_redirects_max) +
                  " rules without placeholders; this one does not count");
      return false;
    }
    seen_dynamic_ = true;
    if (++dynamic_count_ <= limits::asset_dynamic_redirects_max) return true;
    lines_.warn("there are more than " + std::to_string(limits::asset_dynamic_redirects_max) +
                " rules with placeholders; this and what follows does not count");
    full_ = true;
    return false;
  }

  // HTML handling redirects /index and /index.html to the folder, where such a rule begins again.
  bool loops(std::string_view from, std::string_view to) const {
    if (!to.ends_with("/index") && !to.ends_with("/index.html")) return false;
    return from.ends_with("/*") || (from.ends_with('/') && html_handling_ != HtmlHandling::none);
  }

  Lines lines_;
  HtmlHandling html_handling_;
  RedirectRules rules_;
  std::unordered_set<std::string> seen_;
  size_t static_count_ = 0, dynamic_count_ = 0;
  bool seen_dynamic_ = false, full_ = false;
};

RedirectRules RedirectRules::parse(std::string_view text, HtmlHandling html_handling,
                                   Warnings& warnings) {
  return Parser(text, html_handling, warnings).run();
}

std::optional<Redirect> RedirectRules::find(std::string_view host, std::string_view path) const {
  if (auto found = static_.find(path); found != static_.end())
    return Redirect{found->second.status, found->second.to};
  Captures captures;
  for (const auto& [pattern, target] : dynamic_) {
    if (!pattern.matches(host, path, captures)) continue;
    Redirect redirect{target.status, fill_placeholders(target.to, captures)};
    // What stood for a placeholder may bring slashes along; a path that begins with two would name
    // another host.
    if (redirect.to.starts_with('/')) {
      size_t end = std::min(redirect.to.find_first_of("?#"), redirect.to.size());
      std::string path_part;
      for (char c : std::string_view(redirect.to).substr(0, end)) {
        char slash = c == '\\' ? '/' : c;
        if (slash != '/' || !path_part.ends_with('/')) path_part += slash;
      }
      redirect.to = path_part + redirect.to.substr(end);
    }
    return redirect;
  }
  return std::nullopt;
}

}  // namespace skerry::assets
