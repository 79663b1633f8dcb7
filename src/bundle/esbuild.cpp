#include "bundle/esbuild.h"

#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <string>

#include "base/json.h"

namespace skerry::bundle {

namespace {

// https://nodejs.org/api/module.html#modulebuiltinmodules
constexpr auto kNodeBuiltins = std::to_array<std::string_view>({"assert",
                                                                "assert/strict",
                                                                "async_hooks",
                                                                "buffer",
                                                                "child_process",
                                                                "cluster",
                                                                "console",
                                                                "constants",
                                                                "crypto",
                                                                "dgram",
                                                                "diagnostics_channel",
                                                                "dns",
                                                                "dns/promises",
                                                                "domain",
                                                                "events",
                                                                "fs",
                                                                "fs/promises",
                                                                "http",
                                                                "http2",
                                                                "https",
                                                                "inspector",
                                                                "inspector/promises",
                                                                "module",
                                                                "net",
                                                                "os",
                                                                "path",
                                                                "path/posix",
                                                                "path/win32",
                                                                "perf_hooks",
                                                                "process",
                                                                "punycode",
                                                                "querystring",
                                                                "readline",
                                                                "readline/promises",
                                                                "repl",
                                                                "stream",
                                                                "stream/consumers",
                                                                "stream/promises",
                                                                "stream/web",
                                                                "string_decoder",
                                                                "sys",
                                                                "timers",
                                                                "timers/promises",
                                                                "tls",
                                                                "trace_events",
                                                                "tty",
                                                                "url",
                                                                "util",
                                                                "util/types",
                                                                "v8",
                                                                "vm",
                                                                "wasi",
                                                                "worker_threads",
                                                                "zlib"});

bool is_program(const std::string& path) {
  struct stat about{};
  return stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

std::string real_path(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) == nullptr ? std::string() : std::string(buffer);
}

std::string platform_package() {
  utsname about;
  const bool arm = uname(&about) == 0 && std::string_view(about.machine) == "aarch64";
  return arm ? "@esbuild/linux-arm64" : "@esbuild/linux-x64";
}

// The binary that a folder's node_modules holds: the package for this machine, or the one that
// `esbuild` has beside it where packages are linked (pnpm), or what its own bin is.
std::string esbuild_in(const std::string& node_modules) {
  const std::string binary = "/" + platform_package() + "/bin/esbuild";
  if (is_program(node_modules + binary)) return node_modules + binary;
  const std::string package = real_path(node_modules + "/esbuild");
  if (package.empty()) return {};
  const std::string beside = package.substr(0, package.rfind('/')) + binary;
  if (is_program(beside)) return beside;
  if (is_program(package + "/node_modules" + binary)) return package + "/node_modules" + binary;
  // Installed by a script, the bin is the binary; otherwise it is JavaScript for node.
  if (is_program(package + "/bin/esbuild")) return package + "/bin/esbuild";
  return {};
}

std::string search_upwards(std::string folder, std::string_view below) {
  while (!folder.empty()) {
    std::string found = esbuild_in((folder == "/" ? "" : folder) + std::string(below));
    if (!found.empty()) return found;
    if (folder == "/") break;
    const size_t slash = folder.rfind('/');
    folder = slash == 0 || slash == std::string::npos ? "/" : folder.substr(0, slash);
  }
  return {};
}

// The endings that a rule's globs name: "**/*.md" and "*.md" give ".md".
std::string suffix_of(std::string_view glob) {
  if (glob.starts_with("**/")) glob.remove_prefix(3);
  if (!glob.starts_with("*.")) return {};
  glob.remove_prefix(1);
  // Queries are no part of a file's name.
  if (const size_t query = glob.find('?'); query != std::string_view::npos)
    glob = glob.substr(0, query);
  const bool plain = std::ranges::all_of(
      glob, [](char c) { return c != '*' && c != '/' && c != '=' && c != '[' && c != '{'; });
  return plain && glob.size() > 1 ? std::string(glob) : std::string();
}

void add_loaders(const deploy::ModuleRules& rules, std::vector<std::string>& arguments) {
  std::vector<std::string> known = {".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"};
  for (const deploy::ModuleRules::Rule& rule : rules.rules()) {
    for (const std::string& glob : rule.globs) {
      const std::string suffix = suffix_of(glob);
      if (suffix.empty() || std::ranges::find(known, suffix) != known.end()) continue;
      const char* loader = nullptr;
      switch (rule.type) {
        // Kept as modules of their own, so that they are what the rule says.
        case deploy::ModuleType::compiled_wasm:
        case deploy::ModuleType::text:
        case deploy::ModuleType::data: loader = "copy"; break;
        case deploy::ModuleType::json: loader = "json"; break;
        case deploy::ModuleType::es_module:
        case deploy::ModuleType::common_js: loader = "jsx"; break;
      }
      known.push_back(suffix);
      arguments.push_back("--loader:" + suffix + "=" + loader);
    }
  }
  // As wrangler: JSX may stand in any JavaScript file.
  for (const char* suffix : {".js", ".mjs", ".cjs"})
    arguments.push_back(std::string("--loader:") + suffix + "=jsx");
}

bool has_node_compat(const deploy::WorkerConfig& config) {
  return std::ranges::any_of(config.compatibility_flags, [](const std::string& flag) {
    return flag == "nodejs_compat" || flag == "nodejs_compat_v2";
  });
}

}  // namespace

bool is_node_builtin(std::string_view name) {
  return std::ranges::find(kNodeBuiltins, name) != kNodeBuiltins.end();
}

Result<std::string> find_esbuild(const std::string& project_folder,
                                 const std::string& program_folder) {
  if (const char* named = std::getenv("ESBUILD_BINARY_PATH"); named != nullptr && *named != '\0') {
    if (is_program(named)) return std::string(named);
    return fail(Code::not_found, std::string("ESBUILD_BINARY_PATH names \"") + named +
                                     "\", which is no program; unset it or correct it");
  }
  const std::string folder = real_path(project_folder);
  std::string found = search_upwards(folder, "/node_modules");
  if (found.empty()) found = search_upwards(program_folder, "/node_modules");
  if (found.empty()) found = search_upwards(program_folder, "/js-sdk/node_modules");
  if (!found.empty()) return found;
  return fail(
      Code::not_found,
      "TypeScript, JSX and npm packages need esbuild, which is neither in a node_modules of "
      "the project nor beside skerry; install it with: npm install --save-dev esbuild");
}

std::vector<std::string> esbuild_arguments(const EsbuildCall& call,
                                           const deploy::WorkerConfig& config,
                                           const std::string& main_path) {
  const deploy::BundleConfig& bundle = config.bundle;
  std::vector<std::string> all = {
      call.esbuild, main_path, "--bundle", "--format=esm", "--platform=browser", "--target=es2022",
      "--conditions=workerd,worker,browser", "--outdir=" + call.out_folder, "--entry-names=[name]",
      "--asset-names=[name]-[hash]", "--sourcemap=linked",
      // The sources are there to be read when an error is shown.
      "--sources-content=false", "--metafile=" + call.out_folder + "/meta.json",
      "--log-level=warning", "--log-limit=100", "--color=false", "--external:node:*",
      "--external:cloudflare:*", "--external:__STATIC_CONTENT_MANIFEST"};
  if (bundle.keep_names) all.push_back("--keep-names");
  if (bundle.minify) all.push_back("--minify");
  if (!bundle.tsconfig.empty()) all.push_back("--tsconfig=" + real_path(bundle.tsconfig));
  if (!bundle.jsx_factory.empty()) all.push_back("--jsx-factory=" + bundle.jsx_factory);
  if (!bundle.jsx_fragment.empty()) all.push_back("--jsx-fragment=" + bundle.jsx_fragment);
  add_loaders(config.rules, all);
  for (const auto& [name, value] : bundle.define) all.push_back("--define:" + name + "=" + value);
  const bool own_mode = std::ranges::any_of(
      bundle.define, [](const auto& each) { return each.first == "process.env.NODE_ENV"; });
  if (!own_mode) {
    const char* mode = std::getenv("NODE_ENV");
    if (mode == nullptr || *mode == '\0')
      mode = call.purpose == Purpose::development ? "development" : "production";
    all.push_back("--define:process.env.NODE_ENV=" + json_string(mode));
  }
  auto is_aliased = [&](std::string_view name) {
    return std::ranges::any_of(bundle.alias, [&](const auto& each) { return each.first == name; });
  };
  for (const auto& [name, value] : bundle.alias) all.push_back("--alias:" + name + "=" + value);
  if (has_node_compat(config))
    for (std::string_view name : kNodeBuiltins)
      if (!is_aliased(name))
        all.push_back("--alias:" + std::string(name) + "=node:" + std::string(name));
  for (const std::string& name : call.externals) all.push_back("--external:" + name);
  return all;
}

namespace {

// "    src/a.ts:3:18:" after a message.
void read_place(std::string_view line, BuildMessage& message) {
  while (line.starts_with(' ')) line.remove_prefix(1);
  if (!line.ends_with(':')) return;
  line.remove_suffix(1);
  const size_t last = line.rfind(':');
  if (last == std::string_view::npos || last == 0) return;
  const size_t first = line.rfind(':', last - 1);
  if (first == std::string_view::npos || first == 0) return;
  int row = 0, column = 0;
  std::string_view digits = line.substr(first + 1, last - first - 1);
  std::string_view more = line.substr(last + 1);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), row).ptr !=
          digits.data() + digits.size() ||
      std::from_chars(more.data(), more.data() + more.size(), column).ptr !=
          more.data() + more.size())
    return;
  message.file = std::string(line.substr(0, first));
  message.line = row;
  message.column = column + 1;
}

// "      3 │ const a: string = ;"
void read_excerpt(std::string_view line, BuildMessage& message) {
  constexpr std::string_view bar = "│ ";
  const size_t at = line.find(bar);
  if (at == std::string_view::npos) return;
  std::string_view before = line.substr(0, at);
  if (before.find_first_of("0123456789") == std::string_view::npos) return;
  message.source_line = std::string(line.substr(at + bar.size()));
}

}  // namespace

std::vector<BuildMessage> parse_messages(std::string_view output) {
  constexpr size_t messages_max = 200;
  std::vector<BuildMessage> messages;
  bool place_read = false;
  while (!output.empty()) {
    const size_t end = std::min(output.find('\n'), output.size());
    const std::string_view line = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    for (const auto& [mark, is_error] :
         {std::pair(std::string_view("[ERROR] "), true), {std::string_view("[WARNING] "), false}}) {
      const size_t at = line.find(mark);
      // Before it stands one sign and a blank.
      if (at == std::string_view::npos || at > 6 || messages.size() >= messages_max) continue;
      messages.push_back(
          {.is_error = is_error, .text = std::string(line.substr(at + mark.size()))});
      place_read = false;
    }
    if (messages.empty()) continue;
    BuildMessage& message = messages.back();
    message.whole += line;
    message.whole += '\n';
    if (!place_read && line.starts_with("    ")) {
      place_read = true;
      read_place(line, message);
    } else if (message.line != 0 && message.source_line.empty()) {
      read_excerpt(line, message);
    }
  }
  for (BuildMessage& message : messages)
    while (message.whole.ends_with('\n')) message.whole.pop_back();
  return messages;
}

std::vector<std::string> unresolved_builtins(const std::vector<BuildMessage>& messages) {
  constexpr std::string_view begin = "Could not resolve \"";
  std::vector<std::string> names;
  for (const BuildMessage& message : messages) {
    if (!message.is_error) continue;
    if (!message.text.starts_with(begin) || !message.text.ends_with('"')) return {};
    std::string name = message.text.substr(begin.size(), message.text.size() - begin.size() - 1);
    if (!is_node_builtin(name)) return {};
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

namespace {

// Names such as "(disabled):fs" and "<stdin>" are no files.
std::string input_file(const std::string& name) {
  if (name.empty() || name.starts_with('(') || name.starts_with('<') || name.starts_with("data:"))
    return {};
  return name.substr(0, name.find('?'));
}

Metafile::Output read_output(const ConfigMember& member) {
  Metafile::Output output;
  output.path = member.key;
  if (const ConfigValue* entry = member.value.find("entryPoint"))
    output.entry_point = entry->as_string();
  if (const ConfigValue* inputs = member.value.find("inputs"))
    for (const ConfigMember& input : inputs->members()) output.inputs.push_back(input.key);
  const ConfigValue* imports = member.value.find("imports");
  if (imports == nullptr) return output;
  for (const ConfigValue& import : imports->items()) {
    const ConfigValue* path = import.find("path");
    const ConfigValue* external = import.find("external");
    const ConfigValue* kind = import.find("kind");
    if (path == nullptr || external == nullptr || !external->as_boolean()) continue;
    auto add = [&](std::vector<std::string>& list) {
      if (std::ranges::find(list, path->as_string()) == list.end())
        list.push_back(path->as_string());
    };
    add(output.imported);
    if (kind != nullptr && kind->as_string() == "require-call") add(output.required);
  }
  return output;
}

}  // namespace

Result<Metafile> parse_metafile(std::string_view json) {
  Result<ConfigValue> root = parse_json(json, "esbuild's metafile");
  if (!root) return fail(std::move(root.error()));
  Metafile metafile;
  if (const ConfigValue* inputs = root->find("inputs")) {
    for (const ConfigMember& input : inputs->members()) {
      std::string file = input_file(input.key);
      if (!file.empty()) metafile.inputs.push_back(std::move(file));
    }
  }
  if (const ConfigValue* outputs = root->find("outputs"))
    for (const ConfigMember& output : outputs->members())
      metafile.outputs.push_back(read_output(output));
  return metafile;
}

}  // namespace skerry::bundle
