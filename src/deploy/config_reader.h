// Turns a configuration tree into a WorkerConfig. Internal to this folder: use worker_config.h.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "deploy/config_keys.h"
#include "deploy/worker_config.h"

namespace skerry::deploy {

// `name` in single quotes, escaped and cut for a message.
std::string shown_name(std::string_view name);

// Joins a folder and a path ("" and "." are the current folder) without touching the disk.
std::string join_path(std::string_view folder, std::string_view path);

class ConfigReader {
 public:
  ConfigReader(const ConfigValue& root, const std::string& file_name, const std::string& folder,
               const std::string& default_name, const LoadOptions& options,
               std::vector<Diagnostic>& diagnostics)
      : root_(root),
        file_name_(file_name),
        folder_(folder),
        default_name_(default_name),
        options_(options),
        diagnostics_(diagnostics) {}

  WorkerConfig read();

 private:
  bool is_deploy() const { return options_.mode == LoadMode::deploy; }
  void add(Severity severity, SourcePosition at, std::string text);
  void error(SourcePosition at, std::string text) { add(Severity::error, at, std::move(text)); }
  void warn(SourcePosition at, std::string text) { add(Severity::warning, at, std::move(text)); }
  // A warning in dev, an error at deploy; the text is followed by what that means.
  void not_honoured(SourcePosition at, std::string text);

  // Finds env.<name>; false when there is no such environment.
  bool select_environment();
  void check_keys();
  void check_key(const ConfigMember& member, bool in_environment);
  // The value that counts for a key, by its scope, or null.
  const ConfigMember* effective(std::string_view key);
  // effective(), if it has the wanted type; an error otherwise.
  const ConfigValue* typed(std::string_view key, ConfigValue::Type type);
  bool has_type(const ConfigValue& value, std::string_view what, ConfigValue::Type type);
  // Reports members of an object that are not in `known`.
  void check_members(const ConfigValue& object, std::string_view where,
                     std::initializer_list<std::string_view> known);

  void read_name();
  void read_main();
  void read_compatibility();
  void read_flags();
  void read_vars();
  void read_secrets();
  void read_kv_namespaces();
  void read_kv_namespace(const ConfigValue& entry);
  void read_services();
  void read_service(const ConfigValue& entry);
  void read_rules();
  std::vector<std::string> read_globs(const ConfigValue& rule);
  void read_routes();
  void read_route(const ConfigValue& entry, std::string_view key);
  void read_assets();
  void read_assets_binding(const ConfigValue& binding);
  void read_worker_first(const ConfigValue& value);
  void read_worker_first_globs(const ConfigValue& list);
  template <class Choices, class Value>
  void read_choice(const ConfigValue& object, std::string_view key, const Choices& choices,
                   Value& value);
  void read_limits();
  std::optional<uint32_t> read_count(const ConfigValue& limits, std::string_view key, uint32_t max);
  bool read_flag(std::string_view key);
  // config_reader_bundle.cpp
  void read_bundle();
  BundleConfig::Pairs read_pairs(std::string_view key);
  std::string read_text(std::string_view key);
  void read_build();
  // Takes a name in `env` for a binding, once.
  bool claim_binding(std::string_view name, SourcePosition at);

  const ConfigValue& root_;
  const std::string& file_name_;
  const std::string& folder_;
  const std::string& default_name_;
  const LoadOptions& options_;
  std::vector<Diagnostic>& diagnostics_;
  const ConfigValue* environment_ = nullptr;  // env.<name>, or null at the top level
  std::map<std::string, SourcePosition, std::less<>> bindings_;
  WorkerConfig config_;
};

}  // namespace skerry::deploy
