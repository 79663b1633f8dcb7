// One project under development: read, built where it must be, loaded, and all of that again
// whenever one of its files changes. Builds run on a thread of their own; until one has succeeded,
// the version before it answers. Loop thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "bundle/bundler.h"
#include "loop/file_watch.h"
#include "loop/worker_thread.h"
#include "server/node.h"

namespace skerry::server {

// Where the running binary lies.
std::string program_folder();
deploy::CompatibilityDate today();

struct DevProjectOptions {
  std::string path;         // of a folder, a configuration or a worker's file
  std::string environment;  // "" for the top level
};

class DevProject {
 public:
  DevProject(Node& node, DevProjectOptions options);
  ~DevProject();
  DevProject(const DevProject&) = delete;
  DevProject& operator=(const DevProject&) = delete;

  // Adds the worker to the node and loads it; blocks while it is built. Fails where there is no
  // configuration to begin with; what is wrong with the code is shown by the worker's pages.
  Result<size_t> start();
  // As if everything had changed.
  void reload();
  const std::string& name() const { return name_; }

 private:
  using Built = std::expected<std::shared_ptr<const bundle::Bundle>, bundle::BuildFailure>;
  enum class Steps : uint8_t { bundle, command_and_bundle };

  Result<deploy::LoadedConfig> read() const;
  bool must_build(const deploy::WorkerConfig& config) const;
  Steps steps_for_changes() const;
  static Built build(const bundle::BundleRequest& request, Steps steps, bool bundles,
                     const std::atomic<bool>& cancel);
  bundle::BundleRequest request_for(const deploy::LoadedConfig& loaded) const;
  bool bundles(const deploy::WorkerConfig& config) const;
  void changed(Steps steps);
  void build_soon(deploy::LoadedConfig loaded, Steps steps);
  void built(deploy::LoadedConfig loaded, Built result);
  // Loads what is there; bundles and tries again if that is what was missing.
  void apply(deploy::LoadedConfig loaded, std::shared_ptr<const bundle::Bundle> bundle);
  void show_failure(const js::ErrorReport& report, const char* what);
  void watch_inputs(const bundle::Bundle* bundle);

  Node& node_;
  const DevProjectOptions options_;
  size_t index_ = 0;
  std::string name_;
  std::string folder_;
  deploy::BuildCommand command_;
  std::vector<std::string> config_files_;
  // The worker is no plain graph of modules, which came out when it was loaded.
  bool packages_seen_ = false;
  bool loaded_once_ = false;
  bool building_ = false;
  bool changed_meanwhile_ = false;
  Steps missed_ = Steps::bundle;  // while building
  std::unique_ptr<loop::FileWatch> watch_;
  std::atomic<bool> cancel_ = false;
  std::shared_ptr<DevProject*> link_;  // for what the thread posts: null once this is gone
  std::unique_ptr<loop::WorkerThread> builder_;  // made when first needed
};

}  // namespace skerry::server
