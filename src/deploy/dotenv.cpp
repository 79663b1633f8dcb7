#include "deploy/dotenv.h"

#include <unordered_map>

#include "base/json.h"

namespace skerry::deploy {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string with_line_ends(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '\\' && (next == 'n' || next == 'r')) {
      out.push_back(next == 'n' ? '\n' : '\r');
      ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

class Reader {
 public:
  Reader(std::string_view text, std::string_view file_name) : text_(text), file_name_(file_name) {}

  DotenvFile run() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (at_ < text_.size()) read_line();
    return std::move(file_);
  }

 private:
  bool at_line_end() const { return at_ >= text_.size() || text_[at_] == '\n'; }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  // The next line, wherever the current one stands.
  void skip_line() {
    while (!at_line_end()) ++at_;
    if (at_ < text_.size()) ++at_;
    ++line_;
  }
  void warn(std::string what) {
    file_.diagnostics.push_back(
        {Severity::warning, std::string(file_name_), {line_, 1}, std::move(what)});
  }

  std::string_view read_name() {
    const size_t start = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  void read_line() {
    skip_blanks();
    if (at_line_end() || text_[at_] == '#') return skip_line();
    std::string_view name = read_name();
    if (name == "export" && at_ < text_.size() && is_blank(text_[at_])) {
      skip_blanks();
      name = read_name();
    }
    skip_blanks();
    const bool has_separator = !at_line_end() && (text_[at_] == '=' || text_[at_] == ':');
    if (name.empty() || !has_separator) {
      warn("this line is not NAME=value; it is ignored");
      return skip_line();
    }
    ++at_;
    skip_blanks();
    const uint32_t name_line = line_;
    if (!at_line_end() && is_quote(text_[at_]) && read_quoted(name, name_line)) return;
    read_bare(name);
  }

  // False, without having moved, if the quote is never closed or text follows it: then the value is
  // a bare one.
  bool read_quoted(std::string_view name, uint32_t name_line) {
    const char quote = text_[at_];
    const size_t start = at_ + 1;
    size_t end = start;
    while (end < text_.size() && text_[end] != quote) {
      end += text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] == quote ? 2 : 1;
    }
    if (end >= text_.size()) {
      warn("the quote of '" + std::string(name) + "' is never closed; it counts as a character");
      return false;
    }
    size_t after = end + 1;
    while (after < text_.size() && is_blank(text_[after])) ++after;
    if (after < text_.size() && text_[after] != '\n' && text_[after] != '#') {
      warn("text follows the closing quote of '" + std::string(name) +
           "'; the quotes count as characters");
      return false;
    }
    const std::string_view value = text_.substr(start, end - start);
    for (char c : value) line_ += c == '\n' ? 1 : 0;
    add(name, quote == '"' ? with_line_ends(value) : std::string(value), name_line);
    at_ = after;
    skip_line();
    return true;
  }

  void read_bare(std::string_view name) {
    const size_t start = at_;
    while (!at_line_end() && text_[at_] != '#') ++at_;
    add(name, std::string(trimmed(text_.substr(start, at_ - start))), line_);
    skip_line();
  }

  void add(std::string_view name, std::string value, uint32_t line) {
    const auto [place, is_new] = index_.try_emplace(std::string(name), file_.entries.size());
    if (is_new) {
      file_.entries.push_back({std::string(name), std::move(value), {line, 1}});
    } else {
      file_.entries[place->second].value = std::move(value);
    }
  }

  std::string_view text_;
  std::string_view file_name_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  DotenvFile file_;
  std::unordered_map<std::string, size_t> index_;
};

}  // namespace

Result<DotenvFile> parse_dotenv(std::string_view text, std::string_view file_name) {
  if (text.size() > dotenv_bytes_max) {
    return fail(Code::too_large, position_prefix(file_name, {}) + "the file is larger than 1 MiB");
  }
  if (size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    return fail(Code::invalid, position_prefix(file_name, position_of(text, bad)) +
                                   "this byte is not valid UTF-8; save the file as UTF-8");
  }
  if (size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return fail(Code::invalid,
                position_prefix(file_name, position_of(text, nul)) + "NUL byte in the file");
  }
  return Reader(text, file_name).run();
}

}  // namespace skerry::deploy
