// What one worker is made of, read from wrangler.jsonc, wrangler.json or wrangler.toml, or from a
// bare folder or file. Reading blocks on the disk, so it belongs off the loop. No input aborts;
// every error names file, line and column where it can, what is wrong and what to do.
// https://developers.cloudflare.com/workers/wrangler/configuration/
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assets/site_options.h"
#include "base/config_value.h"
#include "base/error.h"
#include "deploy/compatibility.h"
#include "deploy/diagnostic.h"
#include "deploy/module_rules.h"
#include "deploy/route_table.h"

namespace skerry::deploy {

inline constexpr size_t vars_max = 128;            // vars and secrets together
inline constexpr size_t var_bytes_max = 5 * 1024;  // the text, or the JSON, of one
inline constexpr uint32_t cpu_ms_max = 300'000;    // five minutes, as hosted
inline constexpr uint32_t subrequests_max = 10'000'000;
inline constexpr size_t worker_name_length_max = 63;  // it is a DNS label in <name>.localhost
inline constexpr size_t kv_id_length_max = 128;       // it is part of a file name
inline constexpr size_t routes_max = 1000;
inline constexpr size_t services_max = 100;
inline constexpr size_t props_bytes_max = 64 * 1024;  // the JSON of one binding
inline constexpr size_t path_bytes_max = 4096;        // of main and base_dir
inline constexpr size_t diagnostics_max = 100;  // past this, one line says that there are more

struct Variable {
  std::string name;
  std::string value;     // the text, or JSON when is_json
  bool is_json = false;  // anything but a string in the configuration
};

struct KvNamespace {
  std::string binding;
  std::string id;  // letters, digits, '-', '_', '.'; safe as a file name
};

// A binding to another worker of the same process.
struct ServiceBinding {
  std::string binding;
  std::string service;     // the name of that worker
  std::string entrypoint;  // an export of it; empty: the default one
  std::string props;       // JSON, for ctx.props; empty: none
  SourcePosition at;
};

struct Route {
  std::string text;  // as written
  RoutePattern pattern;
  SourcePosition at;
};

// What the bundler is told, as wrangler's keys say it.
// https://developers.cloudflare.com/workers/wrangler/configuration/#bundling
struct BundleConfig {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Pairs define;
  Pairs alias;
  std::string tsconfig;  // joined with the folder; empty: the one esbuild finds
  std::string jsx_factory;
  std::string jsx_fragment;
  bool keep_names = true;
  bool minify = false;
  // Main is no JavaScript module, or one of the keys above is set. A plain module with npm imports
  // needs bundling too, but says so only when it is loaded.
  bool needed = false;
};

// A build of the project's own, run before each load in dev.
struct BuildCommand {
  std::string command;  // for /bin/sh; empty: none
  std::string cwd;
  std::vector<std::string> watch_dirs;  // files or folders whose change asks for another run
};

struct WorkerLimits {
  std::optional<uint32_t> cpu_ms;       // per invocation
  std::optional<uint32_t> subrequests;  // per invocation
};

struct WorkerConfig {
  std::string name;         // lower case, usable as a DNS label but for '_'
  std::string main_path;    // the file, joined with the folder; empty where there are only assets
  std::string base_dir;     // module names are relative to it; main_path lies below it
  std::string main_module;  // main_path relative to base_dir, with '/'
  ModuleType main_type = ModuleType::es_module;
  CompatibilityDate compatibility_date;
  std::vector<std::string> compatibility_flags;
  std::vector<Variable> vars;
  std::vector<Variable> secrets;              // from .dev.vars or .env, in dev only
  std::vector<std::string> required_secrets;  // secrets.required
  std::vector<KvNamespace> kv_namespaces;
  std::vector<ServiceBinding> services;
  ModuleRules rules;
  std::vector<Route> routes;
  WorkerLimits limits;
  std::optional<assets::SiteOptions> assets;
  SourcePosition assets_at;    // of their directory
  std::string assets_binding;  // "" for none
  BundleConfig bundle;
  BuildCommand build;
  bool no_bundle = false;
  bool find_additional_modules = false;
};

enum class LoadMode : uint8_t {
  dev,     // what is not supported is a warning; local secrets are read
  deploy,  // what is not supported refuses the configuration
};

struct LoadOptions {
  std::string environment;  // "" for the top level
  LoadMode mode = LoadMode::dev;
  CompatibilityDate
      today;  // from the caller's clock; the default date, and dates after it are warned about
};

struct LoadedConfig {
  WorkerConfig config;
  std::vector<Diagnostic> diagnostics;  // warnings only: errors make the load fail
  std::string config_file;              // "" when there is none
  std::string folder;                   // what relative paths are relative to
  // Files that make up the configuration, existing or not: a change of any asks for a new load.
  std::vector<std::string> watch_files;
};

// `path` is a folder, a configuration file (any name ending in .jsonc, .json or .toml), or a single
// worker file (.js, .mjs, .wasm, .ts, .tsx, .jsx, …). In a folder, wrangler.jsonc comes before
// wrangler.json before wrangler.toml before index.mjs, index.js, index.ts and index.tsx. The
// error's text has one line for each thing that is wrong.
Result<LoadedConfig> load_worker_config(const std::string& path, const LoadOptions& options);

// The same from a tree already read, without touching the disk: whether main exists is not checked
// and no secrets are read. `file_name` is for messages, `folder` for paths. On
// return `diagnostics` holds errors too.
WorkerConfig read_worker_config(const ConfigValue& root, const std::string& file_name,
                                const std::string& folder, const std::string& default_name,
                                const LoadOptions& options, std::vector<Diagnostic>& diagnostics);

// A valid worker name made from a folder or file name; "worker" if nothing is left of it.
std::string worker_name_from(std::string_view text);

}  // namespace skerry::deploy
