"""Node's modules under nodejs_compat: the runtime tests against real Node, and what the flags do."""
import glob
import os
import shutil
import subprocess
import threading

import skerry
from skerry import check, equal

TESTS = os.path.join(skerry.ROOT, "tests/runtime/node")
# Runs every test of a module as skerry's runner does.
RUN = """
const tests = await import(process.argv[1]);
let failed = 0;
for (const [name, value] of Object.entries(tests)) {
  if (typeof value?.test !== 'function') continue;
  try { await value.test({}, { TEXT: 'from vars' }, { waitUntil() {} }); }
  catch (error) { failed++; console.log(name, error); }
}
process.exit(failed ? 1 : 0);
"""


def under_node(path):
    done = subprocess.run([shutil.which("node"), "--no-warnings", "--input-type=module", "-e", RUN, path], timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          env={**os.environ, "TEXT": "from vars"})
    equal(done.returncode, 0, done.stdout[-3000:])


def test_node_agrees():
    """The same files pass under Node itself, so they say what Node does and not what skerry does."""
    check(shutil.which("node"), "node is not installed: scripts/setup --tests")
    count = 0
    for path in sorted(glob.glob(TESTS + "/*_test.mjs")):
        with open(path, encoding="utf-8") as f:
            if f.readline().startswith("// Only skerry"):
                continue
        count += 1
        yield os.path.basename(path), lambda p=path: under_node(p)
    check(count > 0, "no files")


def load_error(code, flags):
    server = skerry.start(skerry.project(code, {"compatibility_flags": flags}))
    reply = server.request("GET", "/")
    if reply.status == 200:
        return reply.text()
    server.wait_line("could not be loaded")
    return server.tail()


def test_flags():
    code = 'import { AsyncLocalStorage } from "node:async_hooks"; export default { fetch() { return new Response(typeof AsyncLocalStorage + typeof Buffer + typeof process); } };'
    yield "none", lambda: check('add "nodejs_compat"' in load_error(code, []), load_error(code, []))
    yield "als", lambda: equal(load_error(code, ["nodejs_als"]), "functionundefinedundefined")
    other = 'import "node:fs"; export default { fetch() { return new Response("x"); } };'
    yield "als only", lambda: check('add "nodejs_compat"' in load_error(other, ["nodejs_als"]), "node:fs needs the whole flag")
    bare = 'import "fs"; export default { fetch() { return new Response("fs"); } };'
    yield "bare with flag", lambda: equal(load_error(bare, ["nodejs_compat"]), "fs")
    yield "bare without flag", lambda: check("No such module" in load_error(bare, []), "a bare name is a package")


CONTEXT = """import { AsyncLocalStorage } from "node:async_hooks";
const storage = new AsyncLocalStorage();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/leave") { storage.enterWith("left behind"); return new Response(storage.getStore()); }
    if (pathname === "/see") return new Response(String(storage.getStore()));
    return storage.run(pathname, async () => {
      await sleep(Math.random() * 20);
      const body = new ReadableStream({ async pull(controller) { await sleep(1); controller.enqueue(new TextEncoder().encode(storage.getStore())); controller.close(); } });
      return new Response(body);
    });
  },
};"""


def test_async_context_stays_in_its_request():
    server = skerry.start(skerry.project(CONTEXT, {"compatibility_flags": ["nodejs_als"]}))
    for _ in range(3):
        equal(server.request("GET", "/leave").text(), "left behind")
        equal(server.request("GET", "/see").text(), "undefined")
    answers = {}

    def ask(path):
        answers[path] = server.request("GET", path).text()
    threads = [threading.Thread(target=ask, args=(f"/request/{i}",)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(answers, {path: path for path in answers})
    equal(len(answers), 20)


def test_environment_and_bundled_require():
    code = """import { createRequire } from "node:module";
const require = createRequire("/x.js");
export default { fetch() { return Response.json([process.env.GREETING, process.env.COUNT, process.env.NONE ?? null, typeof Buffer, require("os").EOL]); } };"""
    server = skerry.start(skerry.project(code, {"compatibility_flags": ["nodejs_compat"], "vars": {"GREETING": "ahoj", "COUNT": 3}}))
    equal(server.request("GET", "/").json(), ["ahoj", "3", None, "function", "\n"])
