// The files of one worker on disk, as modules. Nothing outside its base folder is read.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "bundle/bundler.h"
#include "deploy/worker_config.h"
#include "js/modules.h"
#include "node/modules.h"

namespace skerry::server {

inline constexpr size_t module_bytes_max = 64u << 20;

class WorkerFiles final : public js::ModuleSource {
 public:
  // Modules of `bundle`, if there is one, come before files.
  WorkerFiles(const deploy::WorkerConfig& config, std::shared_ptr<const bundle::Bundle> bundle)
      : config_(config),
        node_(node::compat_of(config.compatibility_flags)),
        bundle_(std::move(bundle)) {}
  Result<js::ModuleFile> load(const std::string& path) override;
  Result<const char*> builtin_module(std::string_view specifier) const override;
  // Whether the worker has loaded a module of this path.
  bool has_module(const std::string& path) const { return loaded_.contains(path); }
  // Where the worker begins.
  const std::string& main() const { return bundle_ ? bundle_->main : config_.main_module; }
  const bundle::Bundle* bundle() const { return bundle_.get(); }
  std::shared_ptr<const bundle::Bundle> shared_bundle() const { return bundle_; }
  // Something was asked for that no file gave as it stands, though a bundler may: a package, a path
  // without its ending, CommonJS.
  bool unresolved() const { return unresolved_; }

 private:
  Result<js::ModuleFile> load_file(const std::string& path, std::string_view name);
  const deploy::WorkerConfig& config_;
  node::Compat node_;
  std::shared_ptr<const bundle::Bundle> bundle_;
  bool unresolved_ = false;
  std::set<std::string> loaded_;
};

// The whole file; errors name it and say why.
Result<std::string> read_file(const std::string& path, size_t bytes_max);
// Replaces the file at once: a reader sees the old or the new content.
Result<> replace_file(const std::string& path, std::string_view content);

}  // namespace skerry::server
