#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/json.h"
#include "deploy/worker_config.h"

using namespace skerry;
using namespace skerry::deploy;

namespace {

// A folder of its own for each test, removed at its end.
class Folder {
 public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "skerry-config-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    root_ = pattern;
    std::filesystem::create_directory(root_ + "/app");
  }
  ~Folder() { std::filesystem::remove_all(root_); }

  std::string path(std::string_view name = "") const {
    return name.empty() ? root_ + "/app" : root_ + "/app/" + std::string(name);
  }
  void write(std::string_view name, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
  }

 private:
  std::string root_;
};

constexpr const char* basic = R"({"name":"w","main":"m.js","compatibility_date":"2026-01-01"})";

LoadOptions options(LoadMode mode = LoadMode::dev, std::string environment = "") {
  return {std::move(environment), mode, {2026, 11, 20}};
}

LoadedConfig load(const std::string& path, const LoadOptions& with = options()) {
  Result<LoadedConfig> loaded = load_worker_config(path, with);
  if (!loaded) {
    FAIL_CHECK(loaded.error().text);
    return {};
  }
  return std::move(*loaded);
}

std::string error_of(const std::string& path, const LoadOptions& with = options()) {
  Result<LoadedConfig> loaded = load_worker_config(path, with);
  return loaded ? "no error" : loaded.error().text;
}

std::string secret(const LoadedConfig& loaded, std::string_view name) {
  for (const Variable& variable : loaded.config.secrets) {
    if (variable.name == name) return variable.value;
  }
  return "(none)";
}

}  // namespace

TEST_CASE("load: jsonc before json before toml before an index file") {
  Folder folder;
  folder.write("m.js", "");
  folder.write("index.js", "");
  CHECK(load(folder.path()).config.main_path == folder.path("index.js"));
  folder.write("index.mjs", "");
  CHECK(load(folder.path()).config.main_path == folder.path("index.mjs"));
  CHECK(load(folder.path()).config.name == "app");
  CHECK(load(folder.path()).config_file.empty());
  folder.write("wrangler.toml", "name='from-toml'\nmain='m.js'\ncompatibility_date='2026-01-01'");
  CHECK(load(folder.path()).config.name == "from-toml");
  folder.write("wrangler.json", R"({"name":"from-json","main":"m.js"})");
  CHECK(load(folder.path()).config.name == "from-json");
  folder.write("wrangler.jsonc", R"({/* c */"name":"from-jsonc","main":"m.js",})");
  LoadedConfig loaded = load(folder.path());
  CHECK(loaded.config.name == "from-jsonc");
  CHECK(loaded.config_file == folder.path("wrangler.jsonc"));
  CHECK(loaded.config.main_type == ModuleType::es_module);
}

TEST_CASE("load: a configuration file by its own path, under any name") {
  Folder folder;
  folder.write("m.js", "");
  folder.write("other.jsonc", basic);
  LoadedConfig loaded = load(folder.path("other.jsonc"));
  CHECK(loaded.config.name == "w");
  CHECK(loaded.folder == folder.path());
  CHECK(loaded.diagnostics.empty());
}

TEST_CASE("load: a single file is a worker") {
  Folder folder;
  folder.write("My Worker.mjs", "");
  folder.write("x.wasm", "");
  folder.write("x.txt", "");
  folder.write("x.ts", "");
  LoadedConfig loaded = load(folder.path("My Worker.mjs"));
  CHECK(loaded.config.name == "my-worker");
  CHECK(loaded.config.main_module == "My Worker.mjs");
  CHECK(loaded.config.base_dir == folder.path());
  CHECK(loaded.config.compatibility_date == CompatibilityDate{2026, 11, 20});
  CHECK(load(folder.path("x.wasm")).config.main_type == ModuleType::compiled_wasm);
  CHECK(error_of(folder.path("x.txt")).find("is not a file that can run") != std::string::npos);
  CHECK(load(folder.path("x.ts")).config.main_type == ModuleType::es_module);
  CHECK(load(folder.path("x.ts")).config.bundle.needed);
  CHECK_FALSE(load(folder.path("My Worker.mjs")).config.bundle.needed);
  CHECK(error_of(folder.path("x.wasm"), options(LoadMode::dev, "e")).find("leave out --env") !=
        std::string::npos);
}

TEST_CASE("load: the current folder has the name of where it stands") {
  Folder folder;
  folder.write("index.mjs", "");
  const std::string before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  CHECK(load(".").config.name == "app");
  CHECK(load("").config.name == "app");
  CHECK(load("./index.mjs").config.name == "index");
  CHECK(load(".").config.main_path == "index.mjs");
  folder.write("wrangler.jsonc", R"({"main":"sub/m.js"})");
  folder.write("sub/m.js", "");
  LoadedConfig loaded = load(".");
  CHECK(loaded.config_file == "wrangler.jsonc");
  CHECK(loaded.config.name == "app");
  CHECK(loaded.config.main_path == "sub/m.js");
  CHECK(loaded.config.base_dir == "sub");
  folder.write("wrangler.jsonc", "{");
  CHECK(error_of(".").starts_with("wrangler.jsonc:1:2: "));
  std::filesystem::current_path(before);
}

TEST_CASE("load: what is missing is named") {
  Folder folder;
  CHECK(error_of(folder.path("nowhere")).find("does not exist; name a folder or a file") !=
        std::string::npos);
  CHECK(error_of(folder.path()).find("no worker here; add a wrangler.jsonc") != std::string::npos);
  CHECK(error_of(std::string("a\0b", 3)).find("does not exist") != std::string::npos);
  folder.write("wrangler.jsonc", "{\"name\":\"w\",\n \"main\":\"gone.js\"}");
  CHECK(error_of(folder.path()) ==
        folder.path("wrangler.jsonc") + ":2:9: main '" + folder.path("gone.js") +
            "' does not exist; build the worker first, or correct the path");
  folder.write("gone.js/x", "");
  CHECK(error_of(folder.path()).find("is not a file") != std::string::npos);
}

TEST_CASE("load: refusals at deploy list every problem, one a line") {
  Folder folder;
  folder.write("m.js", "");
  folder.write("wrangler.jsonc", R"({"name":"w","main":"m.js","compatibility_date":"2026-01-01",
"queues":{"producers":[1]},
"nam":"x"})");
  const std::string file = folder.path("wrangler.jsonc");
  CHECK(error_of(folder.path(), options(LoadMode::deploy)) ==
        file + ":2:1: key 'queues' is not supported yet; remove it to deploy\n" + file +
            ":3:1: unknown key 'nam' (did you mean 'name'?); remove it to deploy");
  CHECK(load(folder.path()).diagnostics.size() == 2);
}

TEST_CASE("load: .dev.vars in dev only, and it stands in for vars") {
  Folder folder;
  folder.write("m.js", "");
  folder.write("wrangler.jsonc", R"({"name":"w","main":"m.js","compatibility_date":"2026-01-01",
    "vars":{"A":"config","B":"config"}})");
  folder.write(".dev.vars", "A=local\nS=\"two\nlines\"\n");
  LoadedConfig loaded = load(folder.path());
  CHECK(secret(loaded, "A") == "local");
  CHECK(secret(loaded, "S") == "two\nlines");
  REQUIRE(loaded.config.vars.size() == 1);
  CHECK(loaded.config.vars[0].name == "B");
  loaded = load(folder.path(), options(LoadMode::deploy));
  CHECK(loaded.config.secrets.empty());
  CHECK(loaded.config.vars.size() == 2);
}

TEST_CASE("load: .dev.vars of the environment replaces the general one") {
  Folder folder;
  folder.write("m.js", "");
  folder.write(
      "wrangler.jsonc",
      R"({"name":"w","main":"m.js","compatibility_date":"2026-01-01","env":{"e":{},"f":{}}})");
  folder.write(".dev.vars", "A=general\nB=general");
  folder.write(".dev.vars.e", "A=env");
  folder.write(".env", "C=env-file");
  LoadedConfig loaded = load(folder.path(), options(LoadMode::dev, "e"));
  CHECK(secret(loaded, "A") == "env");
  CHECK(secret(loaded, "B") == "(none)");
  CHECK(secret(load(folder.path(), options(LoadMode::dev, "f")), "A") == "general");
  CHECK(secret(loaded, "C") == "(none)");
}

TEST_CASE("load: .env files add up, the most specific wins") {
  Folder folder;
  folder.write("m.js", "");
  folder.write("wrangler.jsonc",
               R"({"name":"w","main":"m.js","compatibility_date":"2026-01-01","env":{"e":{}}})");
  folder.write(".env", "A=1\nB=1\nC=1\nD=1");
  folder.write(".env.e", "B=2\nC=2\nD=2");
  folder.write(".env.local", "C=3\nD=3");
  folder.write(".env.e.local", "D=4");
  LoadedConfig loaded = load(folder.path(), options(LoadMode::dev, "e"));
  CHECK(secret(loaded, "A") == "1");
  CHECK(secret(loaded, "B") == "2");
  CHECK(secret(loaded, "C") == "3");
  CHECK(secret(loaded, "D") == "4");
  loaded = load(folder.path());
  CHECK(secret(loaded, "B") == "1");
  CHECK(secret(loaded, "D") == "3");
}

TEST_CASE("load: secrets.required limits and demands") {
  Folder folder;
  folder.write("m.js", "");
  folder.write("wrangler.jsonc", R"({"name":"w","main":"m.js","compatibility_date":"2026-01-01",
    "secrets":{"required":["A","B"]}})");
  folder.write(".dev.vars", "A=1\nX=1");
  LoadedConfig loaded = load(folder.path());
  CHECK(secret(loaded, "A") == "1");
  CHECK(secret(loaded, "X") == "(none)");
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].text == "secret 'B' is required but not set; add it to .dev.vars");
}

TEST_CASE("load: secrets have limits and cannot hide a binding") {
  Folder folder;
  folder.write("m.js", "");
  folder.write("wrangler.jsonc", R"({"name":"w","main":"m.js","compatibility_date":"2026-01-01",
    "kv_namespaces":[{"binding":"KV","id":"k"}]})");
  folder.write(".dev.vars", "KV=1");
  CHECK(error_of(folder.path()).find("both a KV binding and a local secret") != std::string::npos);
  folder.write(".dev.vars", "A=" + std::string(6000, 'x'));
  CHECK(error_of(folder.path()).find(".dev.vars:1:1: the value of 'A' is larger than 5120") !=
        std::string::npos);
  std::string many;
  for (int i = 0; i < 200; ++i) many += "V" + std::to_string(i) + "=1\n";
  folder.write(".dev.vars", many);
  CHECK(error_of(folder.path()).find("more than 128 secrets") != std::string::npos);
}

TEST_CASE("load: the files to watch include those that do not exist yet") {
  Folder folder;
  folder.write("m.js", "");
  folder.write("wrangler.toml", "name='w'\nmain='m.js'");
  const LoadedConfig loaded = load(folder.path());
  for (const char* name : {"wrangler.jsonc", "wrangler.toml", ".dev.vars", ".env"}) {
    CAPTURE(name);
    CHECK(std::ranges::count(loaded.watch_files, folder.path(name)) == 1);
  }
}

TEST_CASE("hostile: files that are no files, too large, or no text") {
  Folder folder;
  folder.write("m.js", "");
  REQUIRE(mkfifo(folder.path("wrangler.jsonc").c_str(), 0600) == 0);
  CHECK(error_of(folder.path()).find("not a regular file") != std::string::npos);
  CHECK(error_of(folder.path("wrangler.jsonc")).find("neither a folder nor a file") !=
        std::string::npos);
  CHECK(error_of("/dev/zero").find("neither a folder nor a file") != std::string::npos);
  std::filesystem::remove(folder.path("wrangler.jsonc"));
  folder.write("wrangler.jsonc", std::string(config_bytes_max + 1, ' '));
  CHECK(error_of(folder.path()).find("larger than 10 MiB") != std::string::npos);
  folder.write("wrangler.jsonc", "{\"name\":\"\xff\"}");
  CHECK(error_of(folder.path()).find(":1:10: this byte is not valid UTF-8") != std::string::npos);
  folder.write("wrangler.jsonc", std::string(1'000'000, '['));
  CHECK(error_of(folder.path()).find("nested deeper than 128") != std::string::npos);
  folder.write("wrangler.jsonc", "");
  CHECK(error_of(folder.path()).find(":1:1: expected a value, found end of the file") !=
        std::string::npos);
}

TEST_CASE("hostile: an environment's name cannot leave the folder") {
  Folder folder;
  folder.write("m.js", "");
  folder.write("../outside", "STOLEN=1");
  folder.write("wrangler.jsonc", R"({"name":"w","main":"m.js","compatibility_date":"2026-01-01",
    "env":{"/../../outside":{"name":"x"}}})");
  LoadedConfig loaded = load(folder.path(), options(LoadMode::dev, "/../../outside"));
  CHECK(loaded.config.secrets.empty());
  for (const std::string& file : loaded.watch_files)
    CHECK(file.find("outside") == std::string::npos);
}
