"""What goes wrong: each time a clear message that says what to do, and nobody else is disturbed."""
import json
import os
import socket
import time

import skerry
from skerry import check, equal

OK = "export default { fetch: () => new Response('fine') };"


def complaint(path, *arguments):
    """What `skerry dev` says about a broken project: it may end with a code, or stay and show a page until it is mended."""
    server = skerry.dev(path, *arguments, wait=False)
    limit, page = time.monotonic() + 10, ""
    while server.running() and time.monotonic() < limit:
        try:
            reply = server.get("/", timeout_s=3)
        except OSError:
            time.sleep(0.02)
            continue
        check(reply.status >= 500, f"a broken project answers {reply.status}: {reply.text()[:200]}")
        page = reply.text()
        break
    if not page:
        check(server.wait_exit(5) > 0, f"exit code {server.process.returncode}; it printed:\n{server.tail()}")
    else:
        server.kill()
    return server.output() + page


def says(text, *wanted):
    for want in wanted:
        options = want if isinstance(want, tuple) else (want,)
        check(any(o.lower() in text.lower() for o in options), f"nothing like {' or '.join(options)} in:\n{text[-1500:]}")


def config_says(name, content, *wanted):
    path = skerry.project(OK, False, {name: content})
    says(complaint(path), name, *wanted)


def test_configuration():
    """A broken configuration is named with file, line and column, and what was expected."""
    for name, file, content, wanted in (
            ("jsonc syntax", "wrangler.jsonc", '{\n  "name": "a",\n  "main": oops\n}', ["3:11"]),
            ("jsonc cut", "wrangler.jsonc", '{\n  "name": "a",\n', [("3:", "2:", "end")]),
            ("jsonc empty", "wrangler.jsonc", "", []),
            ("toml syntax", "wrangler.toml", 'name = "a"\nmain = \n', ["2:"]),
            ("toml twice", "wrangler.toml", 'name = "a"\nname = "b"\n', ["2:"]),
            ("wrong type of main", "wrangler.jsonc", '{"name": "a", "main": 5}', ["main", "string"]),
            ("wrong type of vars", "wrangler.jsonc", '{"name": "a", "main": "index.mjs", "vars": []}', ["vars"]),
            ("bad date", "wrangler.jsonc", '{"name": "a", "main": "index.mjs", "compatibility_date": "soon"}', ["compatibility_date"]),
            ("namespace without binding", "wrangler.jsonc", '{"name": "a", "main": "index.mjs", "kv_namespaces": [{"id": "x"}]}', ["binding"]),
            ("missing main", "wrangler.jsonc", '{"name": "a", "main": "nowhere.mjs"}', ["nowhere.mjs"]),
            ("main outside", "wrangler.jsonc", '{"name": "a", "main": "../../../../etc/passwd"}', [("passwd", "outside")]),
            ("no main", "wrangler.jsonc", '{"name": "a"}', ["main"])):
        yield name, lambda f=file, c=content, w=wanted: config_says(f, c, *w)


def test_unknown_keys_are_named():
    """dev warns by name of what it does not support, and runs."""
    path = skerry.project(OK, {"d1_databases": [{"binding": "DB", "database_name": "d"}], "no_such_key": 1, "vars": {"A": "b"}})
    with skerry.dev(path) as server:
        equal(server.get().text(), "fine")
        server.wait_line("d1_databases", 3)
        server.wait_line("no_such_key", 3)
        check("vars" not in server.output(), "a supported key is named as unsupported")


def test_projects_that_are_not_there():
    code, printed = skerry.run_to_end("dev", "/nowhere/at/all", "--port", str(skerry.free_port()))
    check(code > 0, f"exit code {code}")
    says(printed, "/nowhere/at/all")
    empty = skerry.folder()
    code, printed = skerry.run_to_end("dev", empty, "--port", str(skerry.free_port()))
    check(code > 0, f"exit code {code}")
    says(printed, "index.mjs", "wrangler")


def test_command_line():
    for name, arguments, wanted in (
            ("unknown option", ["dev", "--nonsense"], "nonsense"), ("unknown command", ["fly"], "fly"), ("bad port", ["dev", ".", "--port", "99999"], "port"),
            ("word as port", ["dev", ".", "--port", "many"], "port"), ("bad geo", ["dev", ".", "--geo", "Nowhere/At/All/Ever"], "geo"),
            ("serve without workers", ["serve", "--workers", "/nowhere/at/all", "--listen", "127.0.0.1:0", "--data", "/nowhere/d"], "/nowhere/at/all"),
            ("bad listen", ["serve", "--workers", ".", "--listen", "not an address", "--data", "d"], "listen")):
        def one(arguments=arguments, wanted=wanted):
            folder = skerry.project(OK)
            code, printed = skerry.run_to_end(*arguments, cwd=folder)
            check(code > 0, f"exit code {code}: {printed}")
            says(printed, wanted)
        yield name, one


def test_source():
    """Errors of the source: named with file and line."""
    for name, code, files, wanted in (
            ("syntax error", "\n\nexport default { fetch( };", {}, ["index.mjs:3", "SyntaxError"]),
            ("syntax error in an import", "import './b.mjs';" + OK, {"b.mjs": "\nlet 1;"}, ["b.mjs:2", "SyntaxError"]),
            ("import of a missing file", "import './gone.mjs';" + OK, {}, ["gone.mjs", "index.mjs"]),
            ("import of a package", "import 'no-such-package';" + OK, {}, ["no-such-package"]),
            ("import of a missing name", "import { x } from './b.mjs';" + OK, {"b.mjs": "export let y;"}, ["'x'", "b.mjs"]),
            ("throws at start", "null.x;" + OK, {}, ["TypeError", "index.mjs:1"]),
            ("fetch at start", "await fetch('http://127.0.0.1:1/');" + OK, {}, ["global scope"]),
            ("timer at start", "setTimeout(() => {}, 1);" + OK, {}, ["global scope"]),
            ("random at start", "crypto.randomUUID();" + OK, {}, ["global scope"]),
            ("never ends at start", "await new Promise(() => {});" + OK, {}, [("never", "top-level await")]),
            ("loop at start", "for (;;) {}" + OK, {}, [("cpu", "time", "start")]),
            ("no handler", "export const x = 1;", {}, [("default", "handler")]),
            ("default is no object", "export default 5;", {}, [("default", "handler")]),
            ("wasm that is none", "import m from './m.wasm';" + OK, {"m.wasm": "not wasm"}, ["m.wasm"])):
        yield name, lambda c=code, f=files, w=wanted: says(complaint(skerry.project(c, None, f)), *w)


def test_import_cycle_works():
    """Cycles are allowed in ES modules; one that reads too early is an error with a name."""
    with skerry.dev(skerry.project("import { b } from './b.mjs'; export const a = 'A'; export default { fetch: () => new Response(b()) };",
                                   None, {"b.mjs": "import { a } from './index.mjs'; export const b = () => a + 'B';"})) as server:
        equal(server.get().text(), "AB")
    says(complaint(skerry.project("import { b } from './b.mjs'; export const a = 1;" + OK, None,
                                  {"b.mjs": "import { a } from './index.mjs'; export const b = a;"})), "ReferenceError", "b.mjs")


def test_taken_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        port = s.getsockname()[1]
        parent = skerry.folder()
        path = skerry.project(OK, path=os.path.join(parent, "app"))
        for arguments in (["dev", path, "--port", str(port)],
                          ["serve", "--workers", parent, "--listen", f"127.0.0.1:{port}", "--data", skerry.folder()]):
            code, printed = skerry.run_to_end(*arguments)
            check(code > 0, f"exit code {code}")
            says(printed, str(port), ("in use", "taken"))


HANDLERS = """
let kept;
export default {
  async fetch(request, env, ctx) {
    switch (new URL(request.url).pathname) {
      case '/throw': throw new Error('thrown on purpose');
      case '/reject': return Promise.reject(new TypeError('rejected on purpose'));
      case '/throw-string': throw 'a string on purpose';
      case '/throw-null': throw null;
      case '/throw-evil': throw { get stack() { throw 1; }, toString() { throw 2; } };
      case '/undefined': return;
      case '/string': return 'text';
      case '/object': return { status: 200 };
      case '/fake': return Object.create(Response.prototype);
      case '/never': return new Promise(() => {});
      case '/never-stream': return new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
      case '/used': { const r = new Response('x'); await r.text(); return r; }
      case '/twice': return (kept ??= new Response('kept'));
      case '/request': { globalThis.old ??= request; return new Response(await globalThis.old.text()); }
      case '/late-throw': ctx.waitUntil(Promise.reject(new Error('late on purpose'))); return new Response('fine');
      case '/unhandled': Promise.reject(new Error('unhandled on purpose')); return new Response('fine');
      case '/recursion': { const f = () => f() + 1; return new Response(String(f())); }
      case '/loop': for (;;);
      case '/microtasks': { const f = () => Promise.resolve().then(f); return f(); }
      case '/regex': return new Response(String(/^(a+)+$/.test('a'.repeat(60) + 'b')));
      case '/after-loop': return new Response('again');
      case '/hog': { const all = []; for (;;) all.push(new Array(1000).fill({})); }
      case '/hog-strings': { let s = 'x'; for (;;) s = s + s + Math.random(); }
      case '/hog-buffers': { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); }
      case '/hog-map': { const all = new Map(); for (let i = 0; ; i++) all.set(i, { i }); }
    }
    return new Response('fine');
  },
};
"""


def two_workers(limits):
    parent = skerry.folder()
    skerry.project(HANDLERS, {"limits": limits} if limits else {}, path=os.path.join(parent, "bad"))
    skerry.project(OK, path=os.path.join(parent, "good"))
    server = skerry.serve(parent)
    equal(server.get("/", host="bad.localhost").text(), "fine")
    return server


def fine_both(server):
    equal(server.get("/", host="good.localhost").text(), "fine")
    equal(server.get("/after-loop", host="bad.localhost").text(), "again")


def test_handlers_that_fail():
    """500 at once with a code and one line; the log has the details; the next request works."""
    server = two_workers(None)
    for path, log in (("/throw", "thrown on purpose"), ("/reject", "rejected on purpose"), ("/throw-string", "a string on purpose"),
                      ("/throw-null", "null"), ("/throw-evil", ""), ("/undefined", "Response"), ("/string", "Response"), ("/object", "Response"),
                      ("/fake", ""), ("/never", "never"), ("/used", "used"), ("/recursion", "RangeError")):
        def one(path=path, log=log):
            printed, begin = len(server.lines), time.monotonic()
            reply = server.get(path, host="bad.localhost")
            took = time.monotonic() - begin
            equal(reply.status, 500, reply.text()[:200])
            check(took < 1.0, f"the answer took {took:.2f} s")
            check(0 < len(reply.body) < 2000, f"a body of {len(reply.body)} bytes")
            check("on purpose" not in reply.text(), f"the answer tells the client what only the log should: {reply.text()[:300]}")
            if log:
                server.wait_line(log, 3, after=printed)
            if path in ("/throw", "/reject", "/recursion"):
                server.wait_line(r"index\.mjs:\d+", 3, after=printed)  # the stack
            fine_both(server)
        yield path, one


def test_handlers_that_fail_elsewhere():
    """What fails outside the reply leaves the reply alone and is logged."""
    server = two_workers(None)
    for path, log in (("/late-throw", "late on purpose"), ("/unhandled", "unhandled on purpose")):
        def one(path=path, log=log):
            printed = len(server.lines)
            equal(server.get(path, host="bad.localhost").text(), "fine")
            server.wait_line(log, 3, after=printed)
            fine_both(server)
        yield path, one


def test_objects_of_another_request():
    """An object kept in a global gives a clear error when another request touches its body; nothing leaks."""
    server = two_workers(None)
    equal(server.request("POST", "/request", "secret of the first", host="bad.localhost").text(), "secret of the first")
    reply = server.request("POST", "/request", "second", host="bad.localhost")
    equal(reply.status, 500)
    check("secret" not in reply.text(), "the first request's body reached the second")
    fine_both(server)


def test_stream_that_never_continues():
    """A body that can never go on is cut, not held for ever."""
    server = two_workers(None)
    s = server.connect(10)
    s.sendall(b"GET /never-stream HTTP/1.1\r\nHost: bad.localhost\r\n\r\n")
    _, closed = skerry.read_all(s, 5)
    s.close()
    check(closed, "the connection is held open")
    fine_both(server)


def test_cpu_limit():
    """Loops are stopped by limits.cpu_ms, others are served meanwhile, and the worker works again."""
    server = two_workers({"cpu_ms": 200})
    for path in ("/loop", "/microtasks", "/regex"):
        def one(path=path):
            printed, begin = len(server.lines), time.monotonic()
            reply = server.get(path, host="bad.localhost", timeout_s=10)
            took = time.monotonic() - begin
            check(reply.status in (500, 503), f"{reply.status}: {reply.text()[:200]}")
            check(took < 2, f"stopped after {took:.2f} s")
            says(reply.text(), "cpu")
            server.wait_line("(?i)cpu", 3, after=printed)
            fine_both(server)
        yield path, one


def test_memory_limit():
    """Hogs lose their isolate, not the process."""
    server = two_workers({"cpu_ms": 20000})
    for path in ("/hog", "/hog-strings", "/hog-buffers", "/hog-map"):
        def one(path=path):
            reply = server.get(path, host="bad.localhost", timeout_s=40)
            check(reply.status in (500, 503), f"{reply.status}: {reply.text()[:200]}")
            check(server.running(), "the server ended")
            fine_both(server)
            check(server.rss_kib() < 700 * 1024, f"{server.rss_kib() / 1024:.0f} MiB resident after the hog")
        yield path, one


def test_broken_neighbours():
    """Workers that cannot load answer with an error of their own; the good one is served."""
    parent = skerry.folder()
    skerry.project("export default {", path=os.path.join(parent, "syntax"))
    skerry.project(OK, {"main": "gone.mjs"}, path=os.path.join(parent, "missing"))
    skerry.project("throw new Error('at start');", path=os.path.join(parent, "throws"))
    skerry.project(OK, path=os.path.join(parent, "good"))
    server = skerry.serve(parent)
    for name in ("syntax", "missing", "throws"):
        reply = server.get("/", host=f"{name}.localhost")
        check(reply.status in (500, 503), f"{name}: {reply.status} {reply.text()[:200]}")
        server.wait_line(rf"\[{name}\]", 3)
    equal(server.get("/", host="good.localhost").text(), "fine")


def test_corrupt_code_cache():
    """Files beside the databases are a cache: broken, cut or of another version, they are made anew."""
    parent, data = skerry.folder(), skerry.folder()
    big = "".join(f"export function f{i}(x) {{ return x + {i}; }}\n" for i in range(2000))
    skerry.project(big + "export default { fetch: () => new Response(String(f7(1))) };", path=os.path.join(parent, "app"))

    def run():
        server = skerry.serve(parent, data=data)
        equal(server.get("/", host="app.localhost").text(), "8")
        time.sleep(0.5)
        equal(server.stop(), 0)
        return server

    def cache_files():
        return [os.path.join(p, f) for p, _, files in os.walk(data) for f in files if not f.endswith((".db", "-wal", "-shm"))
                and "lock" not in f and os.path.getsize(os.path.join(p, f))]
    run()
    check(cache_files(), f"no code cache in {data}: {[f for _, _, f in os.walk(data)]}")
    originals = {name: open(name, "rb").read() for name in cache_files()}
    for damage in (lambda b: b"\0" * len(b), lambda b: b[:len(b) // 2], lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b"",
                   lambda b: b[:200] + bytes(x ^ 0x55 for x in b[200:400]) + b[400:], lambda b: os.urandom(len(b))):
        for name, content in originals.items():
            with open(name, "wb") as f:
                f.write(damage(content))
        run()
    run()


def test_config_as_json_is_shown_once():
    """A warning about the configuration comes once, not with each request."""
    path = skerry.project(OK, {"no_such_key": json.loads("1")})
    with skerry.dev(path) as server:
        for _ in range(5):
            server.get()
        server.wait_line("no_such_key", 3)
        time.sleep(0.2)
        equal(server.output().count("no_such_key"), 1)
