// Stacks of one version of a worker, mapped back to what somebody wrote. Maps are read and parsed
// when the first stack that needs one is shown; a broken one is reported once and then ignored.
// What JavaScript sees as `error.stack` stays as V8 made it, as in workerd: only what people read
// is mapped. Loop thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/source_map.h"
#include "bundle/stack_map.h"
#include "deploy/worker_config.h"
#include "js/error_report.h"
#include "observe/log.h"
#include "server/worker_files.h"

namespace skerry::server {

class SourceMaps {
 public:
  // All outlive this. `log` is the node's.
  SourceMaps(const deploy::WorkerConfig& config, const WorkerFiles& files, observe::Log& log)
      : config_(config), files_(files), log_(log) {}

  // A line for people that may hold a stack.
  std::string map_text(std::string_view text);
  void map_report(js::ErrorReport& report);
  // Fills the report's excerpt from the source that it names.
  void add_excerpt(js::ErrorReport& report) const;

 private:
  struct Entry {
    std::optional<bundle::SourceMap> map;
    std::string folder;  // what sources are relative to
  };
  std::optional<bundle::Place> map_place(const bundle::Place& place);
  void find_place(js::ErrorReport& report) const;
  Entry& entry_of(const std::string& module);
  void read_map(const std::string& module, Entry& entry);
  std::string shown_source(const Entry& entry, std::string_view source) const;

  const deploy::WorkerConfig& config_;
  const WorkerFiles& files_;
  observe::Log& log_;
  std::map<std::string, Entry> entries_;                  // by module, of those the worker has
  std::map<std::string, std::string, std::less<>> full_;  // shown name → absolute path, or content
};

// Lines of a text around one of them (from 1), into the report.
void set_excerpt(js::ErrorReport& report, std::string_view text);

}  // namespace skerry::server
