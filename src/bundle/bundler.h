// Bundles a worker with esbuild: one run of its binary for each build. That costs some 40 ms more
// than its incremental service on 500 modules, but needs nothing private of esbuild, and a run that
// crashes or hangs is over with the run. Blocks: for a thread of its own, or before the loop runs.
#pragma once

#include <atomic>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bundle/esbuild.h"
#include "deploy/worker_config.h"

namespace skerry::bundle {

struct Module {
  deploy::ModuleType type = deploy::ModuleType::es_module;
  std::shared_ptr<const std::string> bytes;
};

// Immutable once made: shared between threads and versions.
struct Bundle {
  std::string main;                                    // its path among the modules
  std::map<std::string, Module, std::less<>> modules;  // by path
  std::shared_ptr<const std::string> map;              // of main; null: none
  std::string map_folder;                              // what the map's sources are relative to
  std::string folder;                                  // of the project, absolute
  std::vector<std::string> inputs;                     // files read, absolute
  std::vector<std::string> warnings;                   // a paragraph each
};

struct BuildFailure {
  std::string message;     // one line
  std::string text;        // all that is known, many lines
  std::string file;        // absolute, or empty
  std::string shown_file;  // relative to the project's folder
  int line = 0;            // from 1
  int column = 0;          // from 1
  std::string source_line;
};

struct BundleRequest {
  deploy::WorkerConfig config;  // its build command is run first
  std::string folder;           // of the project
  std::string program_folder;   // of skerry's own binary
  Purpose purpose = Purpose::development;
};

// Runs the build command if the configuration has one.
std::expected<void, BuildFailure> run_build_command(const BundleRequest& request,
                                                    const std::atomic<bool>& cancel);
std::expected<std::shared_ptr<const Bundle>, BuildFailure> build_bundle(
    const BundleRequest& request, const std::atomic<bool>& cancel);

}  // namespace skerry::bundle
