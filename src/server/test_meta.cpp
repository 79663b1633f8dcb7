#include "server/test_meta.h"

namespace skerry::server {

namespace {

std::string_view trim(std::string_view text) {
  const char* spaces = " \t\r";
  size_t start = text.find_first_not_of(spaces);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(spaces) - start + 1);
}

bool names_worker(std::string_view globals) {
  while (!globals.empty()) {
    size_t comma = std::min(globals.find(','), globals.size());
    std::string_view name = trim(globals.substr(0, comma));
    if (name == "worker" || name == "dedicatedworker") return true;
    globals.remove_prefix(std::min(comma + 1, globals.size()));
  }
  return false;
}

}  // namespace

TestMeta parse_test_meta(std::string_view text) {
  TestMeta meta;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with("//")) break;
    line = trim(line.substr(2));
    size_t equals = line.find('=');
    if (!line.starts_with("META:") || equals == std::string_view::npos) break;
    std::string_view key = trim(line.substr(5, equals - 5));
    std::string_view value = trim(line.substr(equals + 1));
    if (key == "title") meta.title = value;
    if (key == "script") meta.scripts.emplace_back(value);
    if (key == "timeout") meta.long_timeout = value == "long";
    if (key == "global") meta.for_workers = names_worker(value);
  }
  return meta;
}

}  // namespace skerry::server
