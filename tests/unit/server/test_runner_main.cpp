// The test runner alone, over a snapshot of the binary's surface.
// usage: skerry_tests [--root DIR] [--filter TEXT] [--json FILE] [--expectations FILE] [--threads
// N]
//                     [--update-expectations] PATHS
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "server/test_runner.h"

int main(int argc, char** argv) {
  skerry::server::TestOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (!name.starts_with("--")) {
      options.paths.emplace_back(name);
      continue;
    }
    if (name == "--update-expectations") {
      options.update_expectations = true;
      continue;
    }
    const char* value = i + 1 < argc ? argv[++i] : "";
    if (name == "--root")
      options.root = value;
    else if (name == "--filter")
      options.filter = value;
    else if (name == "--json")
      options.json_file = value;
    else if (name == "--expectations")
      options.expectations = value;
    else if (name == "--threads")
      options.threads = static_cast<uint32_t>(std::atoi(value));
    else
      return 2;
  }
  return skerry::server::run_tests(options);
}
