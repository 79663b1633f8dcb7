#include "bundle/esbuild.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace skerry;
using namespace skerry::bundle;

namespace {

bool has(const std::vector<std::string>& list, std::string_view wanted) {
  return std::ranges::find(list, wanted) != list.end();
}

}  // namespace

TEST_CASE("esbuild: messages with place, excerpt and notes") {
  const std::vector<BuildMessage> messages = parse_messages(
      "▲ [WARNING] Duplicate key \"a\" in object literal [duplicate-object-key]\n\n"
      "    src/b.ts:1:101:\n"
      "      1 │ const b = {a:1, a:2};\n"
      "        ╵                 ^\n\n"
      "  The original key \"a\" is here:\n\n"
      "    src/b.ts:1:96:\n"
      "      1 │ other\n\n"
      "✘ [ERROR] Unexpected \";\"\n\n"
      "    src/odd:name.ts:3:18:\n"
      "      3 │ const a: string = ;\n"
      "        ╵                   ^\n\n"
      "1 warning and 1 error\n");
  REQUIRE(messages.size() == 2);
  CHECK_FALSE(messages[0].is_error);
  CHECK(messages[0].line == 1);
  CHECK(messages[0].column == 102);
  CHECK(messages[0].source_line == "const b = {a:1, a:2};");
  CHECK(messages[1].is_error);
  CHECK(messages[1].text == "Unexpected \";\"");
  CHECK(messages[1].file == "src/odd:name.ts");
  CHECK(messages[1].line == 3);
  CHECK(messages[1].column == 19);
  CHECK(messages[1].source_line == "const a: string = ;");
}

TEST_CASE("esbuild: text that is no message does no harm") {
  CHECK(parse_messages("").empty());
  CHECK(parse_messages("panic: x\n\tat 1:2:3:\n").empty());
  const std::vector<BuildMessage> odd = parse_messages(
      "✘ [ERROR] \n    :::\n    99999999999999999999:1:\n    a:1:99999999999999:\n│ ");
  REQUIRE(odd.size() == 1);
  CHECK(odd[0].line == 0);
}

TEST_CASE("esbuild: builtins of Node that nothing provides") {
  auto names = [](std::string_view output) { return unresolved_builtins(parse_messages(output)); };
  CHECK(names("✘ [ERROR] Could not resolve \"fs\"\n✘ [ERROR] Could not resolve \"fs\"\n") ==
        std::vector<std::string>{"fs"});
  CHECK(
      names("✘ [ERROR] Could not resolve \"fs\"\n✘ [ERROR] Could not resolve \"nope\"\n").empty());
  CHECK(names("✘ [ERROR] Unexpected end\n").empty());
}

TEST_CASE("esbuild: the arguments follow the configuration") {
  deploy::WorkerConfig config;
  config.bundle.define = {{"A", "\"1\""}};
  config.bundle.alias = {{"path", "./mine"}};
  config.bundle.minify = true;
  config.bundle.keep_names = false;
  config.compatibility_flags = {"nodejs_compat"};
  config.rules = deploy::ModuleRules({{deploy::ModuleType::text, {"**/*.md", "a/b.odd"}, true}});
  const EsbuildCall call{.esbuild = "/e", .out_folder = "/o"};
  const std::vector<std::string> all = esbuild_arguments(call, config, "/p/src/index.ts");
  CHECK(all[0] == "/e");
  CHECK(all[1] == "/p/src/index.ts");
  for (const char* wanted :
       {"--define:A=\"1\"", "--alias:path=./mine", "--minify", "--alias:fs=node:fs",
        "--loader:.md=copy", "--loader:.wasm=copy", "--loader:.js=jsx", "--format=esm",
        "--outdir=/o", "--metafile=/o/meta.json"}) {
    CAPTURE(wanted);
    CHECK(has(all, wanted));
  }
  CHECK_FALSE(has(all, "--keep-names"));
  CHECK_FALSE(has(all, "--alias:path=node:path"));
}

TEST_CASE("esbuild: the metafile") {
  Result<Metafile> metafile = parse_metafile(R"({"inputs": {"src/a.wasm?module": {"bytes": 1},
    "(disabled):fs": {}, "src/i.ts": {}}, "outputs": {
    "../o/i.js": {"entryPoint": "src/i.ts", "inputs": {"src/i.ts": {}}, "imports": [
      {"path": "node:fs", "kind": "require-call", "external": true},
      {"path": "node:os", "kind": "import-statement", "external": true},
      {"path": "../o/a.wasm", "kind": "import-statement"}]},
    "../o/a.wasm": {"inputs": {"src/a.wasm?module": {}}, "imports": []}}})");
  REQUIRE(metafile);
  CHECK(metafile->inputs == std::vector<std::string>{"src/a.wasm", "src/i.ts"});
  REQUIRE(metafile->outputs.size() == 2);
  CHECK(metafile->outputs[0].entry_point == "src/i.ts");
  CHECK(metafile->outputs[0].required == std::vector<std::string>{"node:fs"});
  CHECK(metafile->outputs[0].imported.size() == 2);
  CHECK_FALSE(parse_metafile("{"));
  CHECK(parse_metafile("[1]")->outputs.empty());
}
