#include "deploy/worker_config.h"

#include <doctest/doctest.h>

#include "base/json.h"
#include "base/toml.h"
#include "deploy/config_keys.h"

using namespace skerry;
using namespace skerry::deploy;

namespace {

struct Read {
  WorkerConfig config;
  std::vector<Diagnostic> diagnostics;

  std::string all() const {
    std::string text;
    for (const Diagnostic& line : diagnostics) {
      text += (line.severity == Severity::error ? "E " : "W ") + line.line() + "\n";
    }
    return text;
  }
  bool has(std::string_view part) const { return all().find(part) != std::string::npos; }
};

Read read_tree(const Result<ConfigValue>& root, LoadMode mode, std::string environment) {
  Read result;
  if (!root) {
    FAIL_CHECK(root.error().text);
    return result;
  }
  LoadOptions options{std::move(environment), mode, {2026, 11, 20}};
  result.config = read_worker_config(*root, "w", "proj", "proj", options, result.diagnostics);
  return result;
}

Read read(std::string_view text, LoadMode mode = LoadMode::dev, std::string environment = "") {
  return read_tree(parse_json(text, "w", JsonDialect::with_comments), mode, std::move(environment));
}

// `members` inside an otherwise complete configuration, on its second line.
Read with(std::string_view members, LoadMode mode = LoadMode::dev, std::string environment = "") {
  return read("{\"name\":\"n\",\"main\":\"m.js\",\"compatibility_date\":\"2026-01-01\",\n" +
                  std::string(members) + "}",
              mode, std::move(environment));
}

std::string deploy_errors(std::string_view members) {
  return with(members, LoadMode::deploy).all();
}

}  // namespace

TEST_CASE("config: a complete one has nothing to say") {
  Read r = with(R"("vars":{"A":"x"}, "compatibility_flags":["url_standard"], "no_bundle":true)",
                LoadMode::deploy);
  CHECK(r.all() == "");
  CHECK(r.config.name == "n");
  CHECK(r.config.main_path == "proj/m.js");
  CHECK(r.config.base_dir == "proj");
  CHECK(r.config.main_module == "m.js");
  CHECK(r.config.compatibility_date == CompatibilityDate{2026, 1, 1});
  CHECK(r.config.compatibility_flags == std::vector<std::string>{"url_standard"});
  CHECK(r.config.no_bundle);
  CHECK_FALSE(r.config.find_additional_modules);
}

TEST_CASE("config: toml reads the same") {
  Read r = read_tree(parse_toml("name='n'\nmain='src/m.js'\ncompatibility_date='2026-01-01'\n"
                                "kv_namespaces=[{binding='KV', id='abc'}]\n[vars]\nA='x'\nN=5\n"
                                "[limits]\ncpu_ms=50\n",
                                "w"),
                     LoadMode::deploy, "");
  CHECK(r.all() == "");
  CHECK(r.config.main_path == "proj/src/m.js");
  CHECK(r.config.base_dir == "proj/src");
  REQUIRE(r.config.vars.size() == 2);
  CHECK(r.config.vars[1].value == "5");
  CHECK(r.config.vars[1].is_json);
  CHECK(r.config.limits.cpu_ms == 50);
}

TEST_CASE("config: every type mismatch names place, wanted and found") {
  CHECK(with("\"vars\": []").has("E w:2:9: 'vars' must be an object, not an array"));
  CHECK(with("\"kv_namespaces\": {}").has("E w:2:18: 'kv_namespaces' must be an array"));
  CHECK(with("\"kv_namespaces\": [1]").has("must be an object, not a number"));
  CHECK(with("\"rules\": 1").has("E w:2:10: 'rules' must be an array, not a number"));
  CHECK(with("\"limits\": true").has("'limits' must be an object, not true or false"));
  CHECK(with("\"no_bundle\": \"yes\"").has("'no_bundle' must be true or false, not a string"));
  CHECK(with("\"compatibility_flags\": [1]").has("must be a string, not a number"));
  CHECK(with("\"routes\": \"x\"").has("'routes' must be an array"));
  CHECK(with("\"env\": []").has("'env' must be an object"));
  CHECK(read("[]").has("E w:1:1: a configuration is an object"));
  CHECK(read("{\"name\": 5}").has("E w:1:10: 'name' must be a string, not a number"));
  CHECK(read("{\"main\": null}").has("'main' must be a string, not null"));
  CHECK(read("{\"compatibility_date\": 20260101}").has("must be a string, not a number"));
}

TEST_CASE("config: unsupported keys are warnings in dev and refusals at deploy") {
  const char* text = R"("queues": {"producers": [{"queue": "q"}]})";
  CHECK(with(text).all() == "W w:2:1: key 'queues' is not supported yet; it is ignored\n");
  CHECK(deploy_errors(text) == "E w:2:1: key 'queues' is not supported yet; remove it to deploy\n");
  for (const char* key : {"durable_objects", "r2_buckets", "d1_databases", "workflows", "triggers",
                          "ai", "site", "migrations"}) {
    CAPTURE(key);
    CHECK(deploy_errors("\"" + std::string(key) + "\": {\"x\": 1}").find("not supported yet") !=
          std::string::npos);
  }
}

TEST_CASE("config: an unsupported key that asks for nothing is no problem") {
  CHECK(deploy_errors(
            R"("queues": {"producers": []}, "assets": null, "triggers": {"crons": []})") == "");
  CHECK(deploy_errors(R"("d1_databases": [], "logpush": true)") == "");
}

TEST_CASE("config: assets") {
  Read r = with(R"("compatibility_flags": ["assets_navigation_has_no_effect"], "assets":
    {"directory": "./dist", "binding": "FILES", "html_handling": "drop-trailing-slash",
     "not_found_handling": "404-page", "run_worker_first": ["/api/*", "!/api/docs"]})",
                LoadMode::deploy);
  CHECK(r.all() == "");
  REQUIRE(r.config.assets);
  const assets::SiteOptions& site = *r.config.assets;
  CHECK(site.directory == "proj/dist");
  CHECK(site.html_handling == assets::HtmlHandling::drop_trailing_slash);
  CHECK(site.not_found_handling == assets::NotFoundHandling::not_found_page);
  CHECK(site.has_worker);
  CHECK_FALSE(site.worker_first);
  CHECK(site.worker_first_globs == std::vector<std::string>{"/api/*"});
  CHECK(site.assets_first_globs == std::vector<std::string>{"/api/docs"});
  CHECK_FALSE(site.navigation_prefers_assets);
  CHECK(r.config.assets_binding == "FILES");

  r = read(R"({"name": "n", "compatibility_date": "2025-03-31", "assets": {"directory": "d"}})");
  CHECK(r.all() == "");
  CHECK(r.config.main_path == "");
  CHECK_FALSE(r.config.assets->has_worker);
  CHECK_FALSE(r.config.assets->navigation_prefers_assets);

  CHECK(with(R"("assets": {})").has("'assets' has no 'directory'"));
  CHECK(with(R"("assets": {"directory": 5})").has("'assets.directory' must be a string"));
  CHECK(with(R"("assets": {"directory": "d", "html_handling": "x"})").has("must be one of auto-"));
  CHECK(
      with(R"("assets": {"directory": "d", "run_worker_first": ["/a*", "/ab"]})").has("includes"));
  CHECK(with(R"("assets": {"directory": "d", "run_worker_first": ["/a", "/a"]})").has("twice"));
  CHECK(with(R"("assets": "dist")").has("'assets' must be an object"));
}

TEST_CASE("config: what the bundler is told") {
  auto outcome =
      with(R"("define": {"A": "1", "B.c": "\"x\""}, "alias": {"a": "./b"}, "minify": true,
                            "tsconfig": "tsconfig.worker.json", "jsx_factory": "h", "keep_names": false)");
  CHECK(outcome.all() == "");
  const BundleConfig& bundle = outcome.config.bundle;
  CHECK(bundle.needed);
  CHECK(bundle.define == BundleConfig::Pairs{{"A", "1"}, {"B.c", "\"x\""}});
  CHECK(bundle.alias == BundleConfig::Pairs{{"a", "./b"}});
  CHECK((bundle.minify && !bundle.keep_names && bundle.jsx_factory == "h"));
  CHECK(bundle.tsconfig.ends_with("tsconfig.worker.json"));
  CHECK_FALSE(with(R"("keep_names": true)").config.bundle.needed);
  CHECK_FALSE(with(R"("minify": true, "no_bundle": true)").config.bundle.needed);
  CHECK(with(R"("define": {"A": 1})").has("'define.A' must be a string, not a number"));
  CHECK(with(R"("define": {"A=B": "1"})").has("'A=B' in 'define' cannot be used"));
  CHECK(with(R"("define": {"A": "1\u0000"})").has("cannot be used"));
  CHECK(with(R"("build": {"command": "make", "watch_dir": ["a", "b"], "cwd": "x"})")
            .config.build.watch_dirs.size() == 2);
  CHECK(
      deploy_errors(R"("build": {"command": "make"})").starts_with("W w:2:1: 'build' runs in dev"));
}

TEST_CASE("config: service bindings") {
  Read r = with(
      "\"services\": [{\"binding\": \"A\", \"service\": \"other\"}, {\"binding\": \"B\", "
      "\"service\": \"x\", \"entrypoint\": \"E\", \"props\": {\"n\": [1, \"t\"]}}]");
  CHECK(r.all() == "");
  REQUIRE(r.config.services.size() == 2);
  CHECK(r.config.services[0].service == "other");
  CHECK(r.config.services[0].props == "");
  CHECK(r.config.services[1].entrypoint == "E");
  CHECK(r.config.services[1].props == "{\"n\":[1,\"t\"]}");
  CHECK(with("\"services\": [{\"binding\": \"A\"}]").has("has no 'service'"));
  CHECK(with("\"services\": [{\"service\": \"x\"}]").has("has no 'binding'"));
  CHECK(with("\"services\": [{\"binding\": \"A\", \"service\": \"\"}]").has("must not be empty"));
  CHECK(with("\"services\": [{\"binding\": \"A\", \"service\": \"x\", \"props\": 1}]")
            .has("'props' must be an object"));
  CHECK(with("\"services\": [{\"binding\": \"A\", \"service\": \"x\", \"remote\": true}]")
            .has("remote is not possible"));
  CHECK(with("\"services\": [{\"binding\": \"A\", \"service\": \"x\"}], "
             "\"kv_namespaces\": [{\"binding\": \"A\", \"id\": \"k\"}]")
            .has("'A'"));
}

TEST_CASE("config: unknown keys get a suggestion") {
  CHECK(with("\"kv_namespace\": []").all() ==
        "W w:2:1: unknown key 'kv_namespace' (did you mean 'kv_namespaces'?); it is ignored\n");
  CHECK(deploy_errors("\"qqqqqq\": 1") == "E w:2:1: unknown key 'qqqqqq'; remove it to deploy\n");
  CHECK(with("\"compatibilityDate\": 1").has("did you mean 'compatibility_date'?"));
  CHECK(with("\"" + std::string(5000, 'k') + "\": 1").all().size() < 200);
  CHECK(with("\"a\\u001b[31m\": 1").has("'a\\u001b[31m'"));
}

TEST_CASE("config: harmless keys pass in silence, also at deploy") {
  CHECK(
      deploy_errors(
          R"("$schema":"x","account_id":"x","send_metrics":false,"workers_dev":true,"dev":{"port":1},
            "observability":{"enabled":true},"logpush":true,"preview_urls":true,"keep_vars":true,
            "upload_source_maps":true,"placement":{"mode":"smart"})") == "");
}

TEST_CASE("config: every key of the table is found, once") {
  for (const ConfigKey& key : config_keys()) {
    CAPTURE(key.name);
    CHECK(find_config_key(key.name) == &key);
  }
}

TEST_CASE("suggestions: near enough only") {
  CHECK(nearest_config_key("nam") == "name");
  CHECK(nearest_config_key("mian") == "");
  CHECK(nearest_config_key("route_s") == "routes");
  CHECK(nearest_config_key("") == "");
  CHECK(nearest_config_key("zzzzzzzzzz") == "");
  CHECK(nearest_config_key(std::string(100'000, 'a')) == "");
}

TEST_CASE("config: names") {
  CHECK(read(R"({"main":"m.js","compatibility_date":"2026-01-01"})").config.name == "proj");
  CHECK(read(R"({"name":"Bad Name"})").has("try 'bad-name'"));
  CHECK(read(R"({"name":""})").has("name '' cannot be used"));
  CHECK(read(R"({"name":"-a"})").has("cannot be used"));
  CHECK(read(R"({"name":"a/../b"})").has("cannot be used"));
  CHECK(read("{\"name\":\"" + std::string(64, 'a') + "\"}").has("cannot be used"));
  CHECK(worker_name_from("/x/My App!/") == "my-app");
  CHECK(worker_name_from("---") == "worker");
  CHECK(worker_name_from("") == "worker");
  CHECK(worker_name_from(std::string(500, 'a')).size() == 63);
}

TEST_CASE("config: main and base_dir") {
  CHECK(read("{}").has("E w:1:1: there is no 'main'"));
  CHECK(read(R"({"main":""})").has("'main' must be the path of a file"));
  CHECK(read(R"({"main":"a\u0000b"})").has("'main' must be the path of a file"));
  CHECK(read(R"({"main":"src/"})").has("'main' must be the path of a file"));
  CHECK(read("{\"main\":\"" + std::string(5000, 'a') + "\"}").has("must be the path"));
  Read r = with(R"("base_dir": ".")");
  CHECK(r.config.base_dir == "proj");
  CHECK(read(R"({"main":"./src/a/m.js","base_dir":"src"})").config.main_module == "a/m.js");
  CHECK(read(R"({"main":"lib/m.js","base_dir":"src"})").has("outside 'base_dir'"));
  CHECK(read(R"({"main":"src/../m.js","base_dir":"src"})").has("outside 'base_dir'"));
}

TEST_CASE("config: compatibility date") {
  CHECK(read(R"({"main":"m.js"})").has("W w:1:1: there is no 'compatibility_date'"));
  CHECK(read(R"({"main":"m.js"})").config.compatibility_date == CompatibilityDate{2026, 11, 20});
  CHECK(read(R"({"compatibility_date":"2026-02-30"})").has("is no day"));
  CHECK(read(R"({"compatibility_date":"2027-01-01"})")
            .has("W w:1:23: compatibility_date 2027-01-01 "
                 "lies in the future"));
  CHECK(read(R"({"compatibility_date":"2020-01-01"})").has("older than the oldest"));
}

TEST_CASE("config: compatibility flags") {
  CHECK(with(R"("compatibility_flags":["nodejs_zlib"])", LoadMode::deploy)
            .has("W w:2:24: compatibility flag 'nodejs_zlib' is not supported yet"));
  CHECK(with(R"("compatibility_flags":["nodejs_compt"])")
            .has("W w:2:24: unknown compatibility flag 'nodejs_compt' (did you mean "
                 "'nodejs_compat'?)"));
  CHECK(with(R"("compatibility_flags":["zzz"])", LoadMode::deploy).has("E w:2:24: unknown"));
  CHECK(with(R"("compatibility_flags":["rpc","rpc"])").has("listed twice"));
}

TEST_CASE("config: vars are strings or JSON, in order") {
  Read r = with(R"("vars":{"S":"x","O":{"a":[1,null]},"N":1.5,"B":false,"Z":null})");
  CHECK(r.all() == "");
  REQUIRE(r.config.vars.size() == 5);
  CHECK(r.config.vars[0].value == "x");
  CHECK_FALSE(r.config.vars[0].is_json);
  CHECK(r.config.vars[1].value == R"({"a":[1,null]})");
  CHECK(r.config.vars[1].is_json);
  CHECK(r.config.vars[3].value == "false");
  CHECK(r.config.vars[4].value == "null");
}

TEST_CASE("config: vars have limits") {
  std::string many = "\"vars\":{";
  for (int i = 0; i < 129; ++i) many += (i == 0 ? "\"v" : ",\"v") + std::to_string(i) + "\":\"\"";
  CHECK(with(many + "}").has("there are 129 vars"));
  CHECK(with("\"vars\":{\"A\":\"" + std::string(5120, 'x') + "\"}").all() == "");
  CHECK(with("\"vars\":{\"A\":\"" + std::string(5121, 'x') + "\"}").has("var 'A' is 5121 bytes"));
  CHECK(with(R"("vars":{"":"x"})").has("a var needs a name"));
}

TEST_CASE("config: kv namespaces") {
  Read r = with(R"("kv_namespaces":[{"binding":"A","id":"x"},{"binding":"B_C"},
                   {"binding":"D","id":"real","preview_id":"prev"}])");
  CHECK(r.all() == "");
  REQUIRE(r.config.kv_namespaces.size() == 3);
  CHECK(r.config.kv_namespaces[0].id == "x");
  CHECK(r.config.kv_namespaces[1].id == "n-b_c");
  CHECK(r.config.kv_namespaces[2].id == "prev");
  r = with(R"("kv_namespaces":[{"binding":"D","id":"real","preview_id":"prev"}])",
           LoadMode::deploy);
  CHECK(r.config.kv_namespaces.at(0).id == "real");
}

TEST_CASE("config: kv namespaces that cannot be") {
  CHECK(
      with(R"("kv_namespaces":[{"id":"x"}])").has("E w:2:18: this KV namespace has no 'binding'"));
  CHECK(with(R"("kv_namespaces":[{"binding":""}])").has("must not be empty"));
  for (const char* id : {"", "../x", "a/b", ".hidden", "a b", "é"}) {
    CAPTURE(id);
    CHECK(with("\"kv_namespaces\":[{\"binding\":\"A\",\"id\":\"" + std::string(id) + "\"}]")
              .has("cannot be used"));
  }
  CHECK(with(R"("kv_namespaces":[{"binding":"A","id":"x","remote":true}])")
            .has("E w:2:42: remote is not possible"));
  CHECK(with(R"("kv_namespaces":[{"binding":"A","id":"x","remote":false}])").all() == "");
  CHECK(with(R"("kv_namespaces":[{"binding":"A","id":"x"},{"binding":"A","id":"y"}])")
            .has("binding 'A' is already used at line 2"));
  CHECK(with(R"("vars":{"A":"v"},"kv_namespaces":[{"binding":"A","id":"y"}])").has("already used"));
  CHECK(with(R"("kv_namespaces":[{"bindin":"A"}])")
            .has("unknown key 'bindin' in 'kv_namespaces' (did "
                 "you mean 'binding'?)"));
}

TEST_CASE("config: rules") {
  Read r = with(R"("rules":[{"type":"Text","globs":["**/*.md"],"fallthrough":true}])");
  CHECK(r.all() == "");
  CHECK(r.config.rules.module_type("x.md") == ModuleType::text);
  CHECK(with(R"("rules":[{"globs":[]}])").has("this rule has no 'type'"));
  CHECK(with(R"("rules":[{"type":"Text"}])").has("this rule has no 'globs'"));
  CHECK(with(R"("rules":[{"type":"PythonModule","globs":[]}])")
            .has("'PythonModule' is not known here"));
  CHECK(with(R"("rules":[{"type":"Text","globs":["a"]},{"type":"Text","globs":["b"]}])")
            .has("W w:2:40: this rule never counts"));
  CHECK(with(R"("rules":[{"type":"Text","globs":[1]}])").has("must be a string"));
}

TEST_CASE("config: routes in every form") {
  Read r = with(R"("route":"a.com/*","routes":["b.com/*",{"pattern":"c.com/*","zone_name":"c.com"},
                  {"pattern":"d.com","custom_domain":true}])");
  CHECK(r.all() == "");
  REQUIRE(r.config.routes.size() == 4);
  CHECK(r.config.routes[0].text == "a.com/*");
  CHECK(r.config.routes[3].pattern.custom_domain);
  CHECK(with(R"("routes":["a.com/*.jpg"])").has("E w:2:11: route 'a.com/*.jpg' has '*' inside"));
  CHECK(with(R"("routes":[{"zone_id":"x"}])").has("this route has no 'pattern'"));
  CHECK(with(R"("routes":[{"pattern":"*.d.com","custom_domain":true}])").has("cannot have '*'"));
  CHECK(with(R"("routes":[7])").has("must be a string, not a number"));
}

TEST_CASE("config: limits") {
  CHECK(with(R"("limits":{"cpu_ms":100,"subrequests":5})").config.limits.subrequests == 5);
  for (const char* bad : {"0", "-1", "1.5", "300001", "1e300"}) {
    CAPTURE(bad);
    CHECK(with("\"limits\":{\"cpu_ms\":" + std::string(bad) + "}")
              .has("'limits.cpu_ms' must be a whole"));
  }
  CHECK(with(R"("limits":{"memory":1})").has("unknown key 'memory' in 'limits'"));
}

TEST_CASE("env: inherited keys come from the top, others do not") {
  const char* text = R"("vars":{"A":"top"}, "kv_namespaces":[{"binding":"K","id":"k"}],
    "no_bundle": true, "limits":{"cpu_ms":7}, "routes":["a.com/*"],
    "env":{"staging":{"vars":{"A":"env"}}})";
  Read r = with(text, LoadMode::dev, "staging");
  CHECK(r.config.name == "n-staging");
  CHECK(r.config.no_bundle);
  CHECK(r.config.limits.cpu_ms == 7);
  CHECK(r.config.routes.size() == 1);
  REQUIRE(r.config.vars.size() == 1);
  CHECK(r.config.vars[0].value == "env");
  CHECK(r.config.kv_namespaces.empty());
  CHECK(r.all() ==
        "W w:2:21: key 'kv_namespaces' is not inherited by environments; repeat it in "
        "'env.staging' if it is needed there\n");
  r = with(text);
  CHECK(r.config.name == "n");
  CHECK(r.config.vars.at(0).value == "top");
  CHECK(r.config.kv_namespaces.size() == 1);
}

TEST_CASE("env: own values win") {
  Read r = with(R"("no_bundle":true,"route":"a.com/*","env":{"p":{"name":"prod","main":"p.js",
    "no_bundle":false,"routes":["b.com/*"],"compatibility_date":"2025-05-05"}})",
                LoadMode::deploy, "p");
  CHECK(r.all() == "");
  CHECK(r.config.name == "prod");
  CHECK(r.config.main_module == "p.js");
  CHECK_FALSE(r.config.no_bundle);
  REQUIRE(r.config.routes.size() == 1);
  CHECK(r.config.routes[0].text == "b.com/*");
  CHECK(r.config.compatibility_date.year == 2025);
}

TEST_CASE("env: what cannot be chosen") {
  CHECK(with("\"env\":{\"staging\":{}}", LoadMode::dev, "stagin")
            .has("there is no environment 'stagin' (did you mean 'staging'?); there is 'staging'"));
  CHECK(with("\"no_bundle\":true", LoadMode::dev, "x").has("has no 'env'; leave out --env"));
  CHECK(with("\"env\":{\"x\":[]}", LoadMode::dev, "x").has("'env.x' must be an object"));
  CHECK(with("\"env\":{\"Bad Name\":{}}", LoadMode::dev, "Bad Name")
            .has("give the environment a 'name'"));
}

TEST_CASE("env: keys in it are checked, others' are not") {
  const char* text =
      R"("env":{"a":{"quues":1,"alias":{"x":"y"},"queues":{"p":[1]}},"b":{"zzz":1}})";
  Read r = with(text, LoadMode::deploy, "a");
  CHECK(r.has("unknown key 'quues' (did you mean 'queues'?)"));
  CHECK(r.has("key 'alias' belongs at the top level"));
  CHECK(r.has("key 'queues' is not supported yet"));
  CHECK_FALSE(r.has("zzz"));
  CHECK(with(text, LoadMode::deploy).all() == "");
  // An unsupported key that the environment replaces, or does not inherit, asks nothing of it.
  CHECK(with(R"("triggers":{"crons":["x"]},"env":{"a":{"triggers":{"crons":[]}}})",
             LoadMode::deploy, "a")
            .all() == "");
  CHECK(with(R"("triggers":{"crons":["x"]},"env":{"a":{}})", LoadMode::deploy, "a")
            .has("'triggers' is not supported yet"));
}

TEST_CASE("secrets.required is kept") {
  Read r = with(R"("secrets":{"required":["A","B"]})", LoadMode::deploy);
  CHECK(r.all() == "");
  CHECK(r.config.required_secrets == std::vector<std::string>{"A", "B"});
  CHECK(with(R"("secrets":{"A":"plain text"})").has("unknown key 'A' in 'secrets'"));
  CHECK(with(R"("secrets":{"required":[""]})").has("a secret needs a name"));
}

TEST_CASE("hostile: a flood of problems stays bounded and still refuses") {
  std::string text = "\"vars\":{}";
  for (int i = 0; i < 50'000; ++i) text += ",\"qq" + std::to_string(i) + "\":1";
  Read r = with(text, LoadMode::deploy);
  CHECK(r.diagnostics.size() == diagnostics_max + 1);
  CHECK(r.diagnostics.back().severity == Severity::error);
  text = "\"vars\":{}";
  for (int i = 0; i < 200; ++i) text += ",\"qq" + std::to_string(i) + "\":1";
  r = with(text + ",\"limits\":1");
  CHECK(r.diagnostics.back().severity == Severity::error);
}
