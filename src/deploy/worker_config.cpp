#include "deploy/worker_config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/json.h"
#include "base/toml.h"
#include "deploy/config_reader.h"
#include "deploy/dotenv.h"

namespace skerry::deploy {
namespace {

constexpr std::array<std::string_view, 3> config_names = {"wrangler.jsonc", "wrangler.json",
                                                          "wrangler.toml"};
constexpr std::array<std::string_view, 4> bare_main_names = {"index.mjs", "index.js", "index.ts",
                                                             "index.tsx"};
constexpr size_t error_lines_max = 20;

enum class PathKind : uint8_t { missing, file, folder, other };

PathKind kind_of(const std::string& path) {
  struct stat info = {};
  if (path.find('\0') != std::string::npos || stat(path.c_str(), &info) != 0) {
    return PathKind::missing;
  }
  if (S_ISREG(info.st_mode)) return PathKind::file;
  return S_ISDIR(info.st_mode) ? PathKind::folder : PathKind::other;
}

// A whole regular file of at most `bytes_max`. Anything else (a pipe would block) is refused.
Result<std::string> read_file(const std::string& path, size_t bytes_max) {
  auto failed = [&](const char* what) {
    const int error = errno;
    return fail(error == ENOENT ? Code::not_found : Code::io,
                path + ": cannot " + what + ": " + std::strerror(error));
  };
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return failed("open it");
  struct stat info = {};
  Result<std::string> result = std::string();
  if (fstat(fd, &info) != 0) {
    result = failed("read it");
  } else if (!S_ISREG(info.st_mode)) {
    result = fail(Code::invalid, path + ": this is not a regular file");
  }
  std::array<char, 16384> buffer;
  while (result.has_value()) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) result = failed("read it");
    if (count <= 0) break;
    result->append(buffer.data(), static_cast<size_t>(count));
    if (result->size() > bytes_max) {
      result = fail(Code::too_large, path + ": the file is larger than " +
                                         std::to_string(bytes_max / (1024 * 1024)) + " MiB");
    }
  }
  close(fd);
  return result;
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return text.ends_with(end); });
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::ranges::any_of(
      diagnostics, [](const Diagnostic& line) { return line.severity == Severity::error; });
}

std::unexpected<Error> fail_with(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  size_t count = 0;
  for (const Diagnostic& line : diagnostics) {
    if (line.severity != Severity::error) continue;
    if (++count > error_lines_max) continue;
    if (!text.empty()) text += "\n";
    text += line.line();
  }
  if (count > error_lines_max) {
    text += "\nand " + std::to_string(count - error_lines_max) + " more";
  }
  return fail(Code::invalid, std::move(text));
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// The last part of a path, also of one such as "." or "..", which has its name from where the
// process stands.
std::string last_name(const std::string& path) {
  std::error_code failed;
  const std::filesystem::path full = std::filesystem::absolute(path, failed);
  if (failed) return path;
  std::filesystem::path normal = full.lexically_normal();
  if (!normal.has_filename()) normal = normal.parent_path();
  return normal.filename().string();
}

// The module type of main, or why it cannot be one. What is no JavaScript module as it stands is
// one after bundling.
Result<ModuleType> main_type_of(WorkerConfig& config, const std::string& shown) {
  const bool compiled =
      ends_with_any(config.main_path, {".ts", ".tsx", ".jsx", ".mts", ".cts", ".cjs"});
  if (compiled && config.no_bundle) {
    return fail(Code::invalid, "main '" + shown +
                                   "' must be compiled, but 'no_bundle' says not to; remove it, or "
                                   "make a compiled file the main");
  }
  if (compiled) {
    config.bundle.needed = true;
    return ModuleType::es_module;
  }
  const auto type = config.rules.module_type(config.main_module);
  if (!type || *type == ModuleType::text || *type == ModuleType::data ||
      *type == ModuleType::json) {
    return fail(
        Code::invalid,
        "main '" + shown +
            "' is not a file that can run; use a .js, .mjs, .ts, .tsx, .jsx, .cjs or .wasm file");
  }
  return *type;
}

class Loader {
 public:
  explicit Loader(const LoadOptions& options) : options_(options) {}

  Result<LoadedConfig> load_folder(const std::string& folder) {
    for (std::string_view name : config_names) {
      const std::string path = join_path(folder, name);
      loaded_.watch_files.push_back(path);
      if (kind_of(path) != PathKind::missing) return load_config_file(path);
    }
    for (std::string_view name : bare_main_names) {
      const std::string path = join_path(folder, name);
      if (kind_of(path) == PathKind::file) return load_bare(path, folder);
    }
    return fail(
        Code::not_found,
        folder +
            ": no worker here; add a wrangler.jsonc, a wrangler.toml, an index.mjs, an index.js "
            "or an index.ts");
  }

  Result<LoadedConfig> load_config_file(const std::string& path) {
    Result<std::string> text = read_file(path, config_bytes_max);
    if (!text) return fail(std::move(text.error()));
    Result<ConfigValue> root = path.ends_with(".toml")
                                   ? parse_toml(*text, path)
                                   : parse_json(*text, path, JsonDialect::with_comments);
    if (!root) return fail(std::move(root.error()));
    loaded_.config_file = path;
    loaded_.folder = folder_of(path);
    watch(path);
    loaded_.config =
        read_worker_config(*root, path, loaded_.folder, worker_name_from(last_name(loaded_.folder)),
                           options_, loaded_.diagnostics);
    if (has_errors(loaded_.diagnostics)) return fail_with(loaded_.diagnostics);
    SourcePosition at;
    if (const ConfigValue* main = root->find("main")) at = main->at();
    if (const ConfigValue* environments = root->find("env");
        environments != nullptr && !options_.environment.empty()) {
      const ConfigValue* own = environments->find(options_.environment);
      if (own != nullptr && own->find("main") != nullptr) at = own->find("main")->at();
    }
    return finish(at);
  }

  // A single file, or a folder with an index file: everything else has its default.
  Result<LoadedConfig> load_bare(const std::string& main, const std::string& named_after) {
    if (!options_.environment.empty()) {
      return fail(Code::invalid, named_after +
                                     ": there is no configuration, so there is no "
                                     "environment " +
                                     shown_name(options_.environment) + "; leave out --env");
    }
    loaded_.folder = folder_of(main);
    WorkerConfig& config = loaded_.config;
    // A file's name counts without its ending.
    const std::string last = last_name(named_after);
    config.name = worker_name_from(named_after == main ? last.substr(0, last.rfind('.')) : last);
    config.main_path = main;
    config.base_dir = loaded_.folder;
    config.main_module = main.substr(main.rfind('/') + 1);
    config.compatibility_date = options_.today;
    return finish({});
  }

 private:
  void watch(const std::string& path) {
    if (std::ranges::find(loaded_.watch_files, path) == loaded_.watch_files.end()) {
      loaded_.watch_files.push_back(path);
    }
  }

  Result<LoadedConfig> finish(SourcePosition main_at) {
    const std::string prefix =
        loaded_.config_file.empty() ? "" : position_prefix(loaded_.config_file, main_at);
    if (loaded_.config.assets && kind_of(loaded_.config.assets->directory) != PathKind::folder) {
      const std::string& directory = loaded_.config.assets->directory;
      return fail(Code::not_found,
                  position_prefix(loaded_.config_file, loaded_.config.assets_at) +
                      "the assets directory '" + directory +
                      (kind_of(directory) == PathKind::missing
                           ? "' does not exist; build the site first, or correct the path"
                           : "' is not a folder"));
    }
    if (loaded_.config.main_path.empty()) return std::move(loaded_);
    const PathKind kind = kind_of(loaded_.config.main_path);
    // A build command makes it.
    const bool comes = kind == PathKind::missing && !loaded_.config.build.command.empty();
    if (kind != PathKind::file && !comes) {
      return fail(Code::not_found,
                  prefix + "main '" + loaded_.config.main_path +
                      (kind == PathKind::missing ? "' does not exist; build the worker first, or "
                                                   "correct the path"
                                                 : "' is not a file"));
    }
    Result<ModuleType> type = main_type_of(loaded_.config, loaded_.config.main_path);
    if (!type) return fail(type.error().code, prefix + type.error().text);
    loaded_.config.main_type = *type;
    if (options_.mode == LoadMode::dev) {
      if (Result<> secrets = load_secrets(); !secrets) return fail(std::move(secrets.error()));
    }
    return std::move(loaded_);
  }

  // Reads one file if it exists; a later call overrides what an earlier one has set.
  Result<bool> load_secret_file(const std::string& name) {
    const std::string path = join_path(loaded_.folder, name);
    watch(path);
    if (kind_of(path) == PathKind::missing) return false;
    Result<std::string> text = read_file(path, dotenv_bytes_max);
    if (!text) return fail(std::move(text.error()));
    Result<DotenvFile> file = parse_dotenv(*text, path);
    if (!file) return fail(std::move(file.error()));
    for (Diagnostic& line : file->diagnostics) {
      if (loaded_.diagnostics.size() < diagnostics_max) {
        loaded_.diagnostics.push_back(std::move(line));
      }
    }
    for (DotenvEntry& entry : file->entries) {
      if (entry.value.size() > var_bytes_max) {
        return fail(Code::too_large, position_prefix(path, entry.at) + "the value of " +
                                         shown_name(entry.name) + " is larger than " +
                                         std::to_string(var_bytes_max) + " bytes");
      }
      auto same = [&](const Variable& secret) { return secret.name == entry.name; };
      const auto place = std::ranges::find_if(loaded_.config.secrets, same);
      if (place != loaded_.config.secrets.end()) {
        place->value = std::move(entry.value);
        continue;
      }
      if (!is_wanted(entry.name)) continue;
      loaded_.config.secrets.push_back({std::move(entry.name), std::move(entry.value), false});
      if (loaded_.config.secrets.size() > vars_max) {
        return fail(Code::too_large, path + ": more than 128 secrets");
      }
    }
    return true;
  }

  // With secrets.required, only the names it lists are read.
  bool is_wanted(const std::string& name) const {
    const auto& required = loaded_.config.required_secrets;
    return required.empty() || std::ranges::find(required, name) != required.end();
  }

  // https://developers.cloudflare.com/workers/local-development/environment-variables/
  // .dev.vars.<env> stands instead of .dev.vars, and either instead of the .env files, which add
  // up.
  Result<> load_secrets() {
    const std::string& env = options_.environment;
    // The environment is a key of the configuration, which may hold anything; a file name may not.
    const bool env_is_name =
        !env.empty() && env.find('/') == std::string::npos && env.find('\0') == std::string::npos;
    std::vector<std::string> exclusive;
    if (env_is_name) exclusive.push_back(".dev.vars." + env);
    exclusive.push_back(".dev.vars");
    for (const std::string& name : exclusive) {
      Result<bool> found = load_secret_file(name);
      if (!found) return fail(std::move(found.error()));
      if (*found) return check_secrets();
    }
    std::vector<std::string> additive = {".env"};
    if (env_is_name) additive.push_back(".env." + env);
    additive.push_back(".env.local");
    if (env_is_name) additive.push_back(".env." + env + ".local");
    for (const std::string& name : additive) {
      Result<bool> found = load_secret_file(name);
      if (!found) return fail(std::move(found.error()));
    }
    return check_secrets();
  }

  Result<> check_secrets() {
    WorkerConfig& config = loaded_.config;
    for (const std::string& name : config.required_secrets) {
      auto same = [&](const Variable& secret) { return secret.name == name; };
      if (std::ranges::any_of(config.secrets, same)) continue;
      loaded_.diagnostics.push_back(
          {Severity::warning,
           loaded_.config_file,
           {},
           "secret " + shown_name(name) + " is required but not set; add it to .dev.vars"});
    }
    for (const Variable& secret : config.secrets) {
      // A local secret stands in for a var of the same name.
      std::erase_if(config.vars, [&](const Variable& var) { return var.name == secret.name; });
      for (const KvNamespace& kv : config.kv_namespaces) {
        if (kv.binding != secret.name) continue;
        return fail(Code::invalid, loaded_.config_file + ": " + shown_name(secret.name) +
                                       " is both a KV binding and a local secret; rename one");
      }
      for (const ServiceBinding& service : config.services) {
        if (service.binding != secret.name) continue;
        return fail(Code::invalid, loaded_.config_file + ": " + shown_name(secret.name) +
                                       " is both a service binding and a local secret; rename one");
      }
    }
    if (config.vars.size() + config.secrets.size() > vars_max) {
      return fail(Code::too_large,
                  loaded_.config_file + ": vars and secrets together are more than 128");
    }
    return {};
  }

  const LoadOptions& options_;
  LoadedConfig loaded_;
};

}  // namespace

std::string join_path(std::string_view folder, std::string_view path) {
  std::filesystem::path joined = std::filesystem::path(folder) / std::filesystem::path(path);
  std::string text = joined.lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text.empty() ? "." : text;
}

WorkerConfig read_worker_config(const ConfigValue& root, const std::string& file_name,
                                const std::string& folder, const std::string& default_name,
                                const LoadOptions& options, std::vector<Diagnostic>& diagnostics) {
  return ConfigReader(root, file_name, folder, default_name, options, diagnostics).read();
}

std::string worker_name_from(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  if (const size_t slash = text.rfind('/'); slash != std::string_view::npos) {
    text.remove_prefix(slash + 1);
  }
  std::string name;
  for (char c : text) {
    if (name.size() == worker_name_length_max) break;
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (allowed) {
      name.push_back(c);
    } else if (!name.empty() && name.back() != '-') {
      name.push_back('-');
    }
  }
  while (name.ends_with('-')) name.pop_back();
  return name.empty() ? "worker" : name;
}

Result<LoadedConfig> load_worker_config(const std::string& path, const LoadOptions& options) {
  const std::string given = path.empty() ? "." : path;
  Loader loader(options);
  switch (kind_of(given)) {
    case PathKind::missing:
      return fail(Code::not_found, shown_name(given) + " does not exist; name a folder or a file");
    case PathKind::folder: return loader.load_folder(given);
    case PathKind::other:
      return fail(Code::invalid, shown_name(given) + " is neither a folder nor a file");
    case PathKind::file: break;
  }
  if (ends_with_any(given, {".jsonc", ".json", ".toml"})) return loader.load_config_file(given);
  const std::string main = join_path("", given);
  return loader.load_bare(main, main);
}

}  // namespace skerry::deploy
