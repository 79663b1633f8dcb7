// The files of one worker on disk, as modules. Nothing outside its base folder is read.
#pragma once

#include <set>
#include <string>

#include "deploy/worker_config.h"
#include "js/modules.h"
#include "node/modules.h"

namespace skerry::server {

inline constexpr size_t module_bytes_max = 64u << 20;

class WorkerFiles final : public js::ModuleSource {
 public:
  explicit WorkerFiles(const deploy::WorkerConfig& config)
      : config_(config), node_(node::compat_of(config.compatibility_flags)) {}
  Result<js::ModuleFile> load(const std::string& path) override;
  Result<const char*> builtin_module(std::string_view specifier) const override;

 private:
  const deploy::WorkerConfig& config_;
  node::Compat node_;
};

// The whole file; errors name it and say why.
Result<std::string> read_file(const std::string& path, size_t bytes_max);
// Replaces the file at once: a reader sees the old or the new content.
Result<> replace_file(const std::string& path, std::string_view content);

}  // namespace skerry::server
