#include "server/source_maps.h"

#include <filesystem>

namespace skerry::server {

namespace {

constexpr size_t kMapBytesMax = 64u << 20;
constexpr size_t kSourceBytesMax = 4u << 20;
constexpr size_t kExcerptLineMax = 400;
constexpr int kExcerptLines = 5;  // before, and after

}  // namespace

void set_excerpt(js::ErrorReport& report, std::string_view text) {
  report.excerpt.clear();
  report.excerpt_line = std::max(1, report.line - kExcerptLines);
  int line = 1;
  for (size_t start = 0; start <= text.size() && line <= report.line + kExcerptLines; ++line) {
    const size_t end = std::min(text.find('\n', start), text.size());
    if (start == text.size() && line != report.line) break;
    if (line >= report.excerpt_line) {
      std::string_view content = text.substr(start, end - start);
      if (content.ends_with('\r')) content.remove_suffix(1);
      if (line == report.line) report.source_line = std::string(content.substr(0, kExcerptLineMax));
      report.excerpt.emplace_back(content.substr(0, kExcerptLineMax));
    }
    start = end + 1;
  }
  // A text that has changed since is no help.
  if (static_cast<int>(report.excerpt.size()) <= report.line - report.excerpt_line)
    report.excerpt.clear();
}

std::string SourceMaps::map_text(std::string_view text) {
  return bundle::map_stack(text, [this](const bundle::Place& place) { return map_place(place); });
}

// An error that was thrown earlier says where only in its stack.
void SourceMaps::find_place(js::ErrorReport& report) const {
  const std::string_view stack = report.stack;
  for (size_t start = 0; start < stack.size();) {
    const size_t end = std::min(stack.find('\n', start), stack.size());
    std::optional<bundle::FramePlace> frame =
        bundle::find_frame_place(stack.substr(start, end - start));
    if (frame && files_.has_module(frame->place.file)) {
      report.file = std::move(frame->place.file);
      report.line = frame->place.line;
      report.column = frame->place.column;
      return;
    }
    start = end + 1;
  }
}

void SourceMaps::map_report(js::ErrorReport& report) {
  if (report.file.empty() || report.line < 1) find_place(report);
  if (bundle::may_hold_stack(report.stack)) report.stack = map_text(report.stack);
  if (report.file.empty() || report.line < 1) return;
  std::optional<bundle::Place> place =
      map_place({report.file, report.line, std::max(1, report.column)});
  if (!place) return;
  report.file = std::move(place->file);
  report.line = place->line;
  report.column = place->column;
  report.source_line.clear();
}

void SourceMaps::add_excerpt(js::ErrorReport& report) const {
  if (report.file.empty() || report.line < 1) return;
  std::string path;
  if (auto known = full_.find(report.file); known != full_.end()) {
    path = known->second;
  } else if (files_.has_module(report.file)) {
    if (const bundle::Bundle* made = files_.bundle()) {
      auto found = made->modules.find(report.file);
      if (found != made->modules.end()) return set_excerpt(report, *found->second.bytes);
    }
    path = config_.base_dir + "/" + report.file;
  } else {
    return;
  }
  Result<std::string> text = read_file(path, kSourceBytesMax);
  if (text) set_excerpt(report, *text);
}

std::optional<bundle::Place> SourceMaps::map_place(const bundle::Place& place) {
  // A worker can print any stack: only modules it has are looked for.
  if (!files_.has_module(place.file)) return std::nullopt;
  const Entry& entry = entry_of(place.file);
  if (!entry.map) return std::nullopt;
  std::optional<bundle::SourceMap::Original> original = entry.map->find(place.line, place.column);
  if (!original) return std::nullopt;
  std::string shown = shown_source(entry, original->source);
  if (!original->source.contains("://")) {
    std::filesystem::path full = std::filesystem::path(entry.folder) / original->source;
    full_.try_emplace(shown, full.lexically_normal().string());
  }
  return bundle::Place{std::move(shown), original->line, original->column};
}

SourceMaps::Entry& SourceMaps::entry_of(const std::string& module) {
  auto [found, is_new] = entries_.try_emplace(module);
  if (is_new) read_map(module, found->second);
  return found->second;
}

void SourceMaps::read_map(const std::string& module, Entry& entry) {
  Result<std::string> json = fail(Code::not_found, "there is none");
  std::string named = module;
  if (const bundle::Bundle* made = files_.bundle(); made != nullptr && made->main == module) {
    if (!made->map) return;
    entry.folder = made->map_folder;
    json = std::string(*made->map);
  } else {
    Result<std::string> script = read_file(config_.base_dir + "/" + module, module_bytes_max);
    if (!script) return;
    const std::string_view url = bundle::source_mapping_url(*script);
    if (url.empty()) return;
    if (url.starts_with("data:")) {
      json = bundle::decode_data_url(url);
    } else if (url.contains("://")) {
      return;
    } else {
      // Never outside the worker's folder.
      const bool relative = url.starts_with("./") || url.starts_with("../");
      named =
          js::Modules::resolve_path(relative ? std::string(url) : "./" + std::string(url), module);
      json = read_file(config_.base_dir + "/" + named, kMapBytesMax);
    }
    const size_t slash = named.rfind('/');
    entry.folder = config_.base_dir;
    if (slash != std::string::npos) entry.folder += "/" + named.substr(0, slash);
  }
  if (json) {
    Result<bundle::SourceMap> map = bundle::SourceMap::parse(*json);
    if (map) {
      entry.map = std::move(*map);
      return;
    }
    json = fail(std::move(map.error()));
  }
  log_.event(observe::Level::warn, config_.name,
             "The source map of \"" + module +
                 "\" cannot be used, so stacks show what runs: " + json.error().chain());
}

// Relative to the project, or to the worker's root.
std::string SourceMaps::shown_source(const Entry& entry, std::string_view source) const {
  if (source.contains("://")) return std::string(source);
  const std::filesystem::path full =
      (std::filesystem::path(entry.folder) / source).lexically_normal();
  const bundle::Bundle* made = files_.bundle();
  const std::string& root = made != nullptr ? made->folder : config_.base_dir;
  const std::filesystem::path base = std::filesystem::path(root).lexically_normal();
  std::string shown = full.lexically_relative(base).string();
  return shown.empty() ? full.string() : shown;
}

}  // namespace skerry::server
