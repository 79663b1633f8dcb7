"""Node's modules under nodejs_compat: the runtime tests against real Node, and what the flags do."""
import glob
import os
import shutil
import subprocess

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
