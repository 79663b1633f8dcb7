// What skerry knows of esbuild: where it is, how it is called, and how to read what it says. Only
// its command line and its metafile are used, which are the same over many versions.
// https://esbuild.github.io/api/
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "deploy/worker_config.h"

namespace skerry::bundle {

// The native binary: of the project, looked for upwards from its folder as node does, else beside
// skerry itself (`program_folder`, and js-sdk above it). ESBUILD_BINARY_PATH comes before both. The
// error says what to install.
Result<std::string> find_esbuild(const std::string& project_folder,
                                 const std::string& program_folder);

enum class Purpose : uint8_t { development, production };

struct EsbuildCall {
  std::string esbuild;
  std::string out_folder;
  Purpose purpose = Purpose::development;
  std::vector<std::string> externals = {};  // packages that are left as imports
};
// The program and its arguments, with the options that wrangler sets. To be run in the project's
// folder; main_path must be absolute or relative to that.
std::vector<std::string> esbuild_arguments(const EsbuildCall& call,
                                           const deploy::WorkerConfig& config,
                                           const std::string& main_path);

// One thing that esbuild complains about.
struct BuildMessage {
  bool is_error = true;
  std::string text;       // "Expected ";" but found "x""
  std::string file = {};  // relative to the project's folder; empty: no place is known
  int line = 0;           // from 1
  int column = 0;         // from 1
  std::string source_line = {};
  std::string whole = {};  // as esbuild wrote it, with excerpt and notes
};
// Never fails: what is no message is left out.
std::vector<BuildMessage> parse_messages(std::string_view output);

// Packages named by "Could not resolve "x"" messages, if those are all errors there are and each is
// a module of Node; empty otherwise.
std::vector<std::string> unresolved_builtins(const std::vector<BuildMessage>& messages);

struct Metafile {
  struct Output {
    std::string path;                   // relative to the project's folder
    std::vector<std::string> inputs;    // as below
    std::string entry_point;            // not empty for the bundle itself
    std::vector<std::string> required;  // external modules that require() asks for
    std::vector<std::string> imported;  // external modules, all
  };
  std::vector<std::string> inputs;  // relative to the project's folder, files only
  std::vector<Output> outputs;
};
Result<Metafile> parse_metafile(std::string_view json);

// "fs", "fs/promises", …: without "node:".
bool is_node_builtin(std::string_view name);

}  // namespace skerry::bundle
