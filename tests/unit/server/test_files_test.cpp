#include "server/test_files.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "js/platform.h"
#include "server/parts.h"
#include "server/test_expectations.h"
#include "server/test_meta.h"
#include "server/test_runner.h"

namespace skerry::server {

namespace {

namespace fs = std::filesystem;

// A folder of test files that goes with its test.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/skerry-tests-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    const fs::path path = fs::path(path_) / name;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    std::ofstream(path) << text;
    return path.string();
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

FileResult run(const std::string& path, const std::string& root = "",
               const std::string& filter = "") {
  js::start_v8();
  static const js::Surface surface(all_parts());
  static TestWatchdog watchdog;
  auto loop = loop::Loop::create();
  REQUIRE(loop.has_value());
  TestThread thread{surface, **loop, watchdog};
  const TestFile file{.path = path, .key = "", .suite = ""};
  return is_any_js(path) ? run_any_js(thread, file, root) : run_test_module(thread, file, filter);
}

// "name:PASS name:FAIL message"
std::string told(const FileResult& result) {
  std::string out;
  for (const TestResult& test : result.tests) {
    const char* const names[] = {"ok", "fail", "timeout", "not run", "skip"};
    out += test.name + ":" + names[static_cast<int>(test.status)];
    if (test.is_bad()) out += " " + test.message;
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("META comments are read up to the first line that is none") {
  TestMeta meta = parse_test_meta(
      "// META: title=A title\r\n//META: script=/common/a.js\n// META: script=b.js\n"
      "// META: timeout=long\n// META: global=window,dedicatedworker\n\n// META: script=c.js\n");
  CHECK(meta.title == "A title");
  REQUIRE(meta.scripts.size() == 2);
  CHECK(meta.scripts[1] == "b.js");
  CHECK(meta.long_timeout);
  CHECK(meta.for_workers);
  CHECK(parse_test_meta("// META: global=window, worker\n").for_workers);
  CHECK_FALSE(parse_test_meta("// META: global=window,shadowrealm\n").for_workers);
  CHECK(parse_test_meta("'use strict';\n// META: global=window\n").for_workers);
  CHECK(parse_test_meta("").for_workers);
}

TEST_CASE("a script's subtests, with scripts and files beside it and at the root") {
  Folder folder;
  folder.write("common/a.js", "globalThis.a = 1;");
  folder.write("x/b.js", "globalThis.b = a + 1;");
  folder.write("x/data.json", "{\"c\": 3}");
  const std::string path = folder.write(
      "x/t.any.js",
      "// META: title=T\n// META: script=/common/a.js\n// META: script=b.js\n"
      "// META: script=/resources/testharness.js\n"
      "test(() => assert_equals(b, 2), 'scripts');\n"
      "promise_test(async () => assert_equals((await (await fetch('data.json')).json()).c, 3), "
      "'fetch');\n"
      "promise_test(t => promise_rejects_js(t, TypeError, fetch('../../../etc/passwd')), "
      "'above');\n"
      "test(() => assert_equals(1, 2), 'bad');\n"
      "test(() => assert_implements_optional(false, 'x'), 'absent');\n"
      "async_test(t => t.step_timeout(() => t.done(), 1), 'later');\n");
  CHECK(told(run(path, folder.path())) ==
        "scripts:ok\nfetch:ok\nabove:ok\nbad:fail assert_equals: expected 2 but got 1\n"
        "absent:skip\nlater:ok\n");
}

TEST_CASE("what nobody catches fails the file") {
  Folder folder;
  CHECK(told(run(folder.write("a.any.js", "test(() => {}, 'a'); undefined_name;"))) ==
        "a:ok\n(harness):fail uncaught: ReferenceError: undefined_name is not defined\n");
  CHECK(told(run(folder.write("b.any.js", "test(() => {}, 'a'); let x = ;"))) ==
        "(harness):fail uncaught: SyntaxError: Unexpected token ';'\n");
  const std::string late =
      "promise_test(() => new Promise(r => setTimeout(r, 20)), 'a'); setTimeout(() => { throw new "
      "Error('late') }, 1); Promise.reject(new Error('unhandled'));";
  CHECK(told(run(folder.write("c.any.js", late))) ==
        "a:ok\n(harness):fail uncaught: Error: unhandled\n"
        "(harness):fail uncaught: Error: Error: late\n");
}

TEST_CASE("tests that wait for nothing are given up at once, and the others go on") {
  Folder folder;
  const std::string text =
      "promise_test(() => new Promise(() => {}), 'a'); promise_test(async () => {}, 'b'); "
      "promise_test(() => new Promise(() => {}), 'c'); promise_test(async () => {}, 'd');";
  CHECK(told(run(folder.write("a.any.js", text))) ==
        "a:timeout Test timed out\nb:ok\nc:timeout Test timed out\nd:ok\n");
  CHECK(told(run(folder.write("b.any.js", "setup({ explicit_done: true }); test(() => {}, 'a');")))
            .starts_with("a:ok\n(harness):fail done() was not called"));
}

TEST_CASE("running out of memory ends the file, not the process") {
  Folder folder;
  const std::string text =
      "test(() => { const all = []; for (;;) all.push(new Array(10000).fill({})); }, 'a');";
  CHECK(told(run(folder.write("a.any.js", text))).contains("ran out of memory"));
}

TEST_CASE("modules: exports with test(), env, waitUntil, and what goes wrong") {
  Folder folder;
  folder.write("wrangler.jsonc", R"({ "name": "t", "main": "a_test.mjs",
    "compatibility_date": "2026-04-01", "vars": { "TEXT": "t", "DATA": { "n": [1] } },
    "kv_namespaces": [{ "binding": "KV", "id": "kv" }] })");
  folder.write("lib.mjs", "export const two = 2;");
  const std::string path = folder.write("a_test.mjs", R"(
    import assert from 'node:assert';
    import { two } from './lib.mjs';
    export const helper = 1;
    export class Skipped {}
    export const a = { async test(controller, env, ctx) {
      assert.strictEqual(two, 2);
      assert.deepStrictEqual([env.TEXT, env.DATA], ['t', { n: [1] }]);
      await env.KV.put('k', 'v');
      ctx.waitUntil(new Promise((resolve) => setTimeout(resolve, 1)));
    } };
    export const b = { async test(controller, env) { assert.equal(await env.KV.get('k'), 'v'); } };
    export const c = { test() { throw new RangeError('c'); } };
    export const d = { test() { return new Promise(() => {}); } };
    export const e = { test(controller, env, ctx) { ctx.waitUntil(Promise.reject(new Error('e'))); } };
    export default { fetch() {}, named() { assert.ok(true); }, text: 't' };
  )");
  CHECK(told(run(path)) ==
        "a:ok\nb:ok\nc:fail RangeError: c\nd:fail never ends: it waits, and nothing is under way\n"
        "named:ok\ne:fail Error: e\n");
  FileResult one = run(path, "", "named");
  CHECK(told(one) == "named:ok\n");
  CHECK(one.partial);
  CHECK_FALSE(run(path, "", "no such test").ran);
}

TEST_CASE("modules that cannot be loaded, or have no tests, fail") {
  Folder folder;
  CHECK(told(run(folder.write("a_test.mjs", "import './gone.mjs';"))).contains("gone.mjs"));
  CHECK(told(run(folder.write("b_test.mjs", "export const a = 1;"))).contains("has no tests"));
  CHECK(told(run(folder.write("c_test.mjs", "let a = 1;"))).contains("no module"));
  CHECK(told(run(folder.write("d_test.mjs", "export const a = ;"))).contains("SyntaxError"));
  CHECK(told(run(folder.write("e_test.mjs", "export const a = 1; null.x;"))).contains("TypeError"));
  CHECK(told(run(folder.path() + "/gone.any.js")).contains("cannot read"));
}

TEST_CASE("expectations name failures, and see what vanished or was mended") {
  Folder folder;
  const TestFile file{.path = "a.any.js", .key = "a.any.js", .suite = ""};
  const std::string path = folder.path() + "/expectations.json";
  auto results = [] {
    FileResult result;
    result.tests.push_back({.name = "good"});
    result.fail("bad \"quoted\"", "m");
    return result;
  };
  {
    Result<Expectations> made = Expectations::read(path);
    REQUIRE(made.has_value());
    made->update(file, results());
    REQUIRE(made->write().has_value());
  }
  Result<Expectations> expected = Expectations::read(path);
  REQUIRE(expected.has_value());
  FileResult same = results();
  expected->apply(file, same);
  CHECK(same.tests.size() == 2);
  CHECK(same.tests[1].expected);

  FileResult mended = results();
  mended.tests[1].status = TestResult::Status::pass;
  expected->apply(file, mended);
  CHECK(mended.tests[1].is_bad());

  FileResult vanished = results();
  vanished.tests.erase(vanished.tests.begin());
  expected->apply(file, vanished);
  REQUIRE(vanished.tests.size() == 2);
  CHECK(vanished.tests[1].message == "has 1 subtests where 2 are expected");

  folder.write("expectations.json", "{ nonsense");
  CHECK_FALSE(Expectations::read(path).has_value());
}

TEST_CASE("a whole run: exit codes, update of expectations, JSON") {
  Folder folder;
  folder.write("s/a.any.js", "test(() => {}, 'a'); test(() => assert_true(false), 'b');");
  folder.write("s/b.any.js", "// META: global=window\ntest(() => assert_true(false), 'b');");
  folder.write("s/node_modules/c.any.js", "throw 1;");
  const std::string suite = folder.path() + "/e.json", json = folder.path() + "/r.json";
  TestOptions options{.paths = {folder.path() + "/s"}, .root = folder.path()};
  options.expectations = suite;
  options.json_file = json;
  CHECK(run_tests(options) == 1);
  options.update_expectations = true;
  CHECK(run_tests(options) == 0);
  options.update_expectations = false;
  CHECK(run_tests(options) == 0);
  CHECK(read_test_file(suite).value() ==
        "{\n  \"s/a.any.js\": {\"subtests\": 2, \"failures\": [\n    \"b\"]}\n}\n");
  CHECK(read_test_file(json).value().contains("\"passed\":2,\"failed\":0"));
  options.filter = "nothing like it";
  CHECK(run_tests(options) == 2);
  CHECK(run_tests({.paths = {folder.path() + "/gone"}}) == 2);
  CHECK(run_tests({.paths = {folder.path() + "/s/node_modules"}}) == 1);
  CHECK(run_tests({.paths = {}}) == 2);
}

}  // namespace skerry::server
