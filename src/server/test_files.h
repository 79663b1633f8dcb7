// The two kinds of test files, each run to its end in an isolate of its own. Nothing a file does
// can fail but its result.
#pragma once

#include <string>

#include "base/error.h"
#include "server/test_isolate.h"
#include "server/test_result.h"

namespace skerry::server {

bool is_any_js(std::string_view path);       // *.any.js
bool is_test_module(std::string_view path);  // *_test.mjs, *.test.mjs

// `root`: the folder that "/" stands for in the file's scripts and fetches; empty: the file's own.
FileResult run_any_js(TestThread& thread, const TestFile& file, const std::string& root);

// Each export with a method `test(controller, env, ctx)`, and each function of a default export
// that is no handler of events, is one test. A wrangler.jsonc beside the file says what is in
// `env`; KV is in memory and the file's own. `filter`: only tests whose name contains it.
FileResult run_test_module(TestThread& thread, const TestFile& file, const std::string& filter);

Result<std::string> read_test_file(const std::string& path);

}  // namespace skerry::server
