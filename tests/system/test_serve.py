"""`skerry serve`: a folder of workers by host and by route, on TCP and on Unix sockets."""
import concurrent.futures
import os
import time

import skerry
from skerry import check, equal


def worker(name):
    return f"export default {{ fetch: (request) => new Response('{name} ' + new URL(request.url).pathname) }};"


def workers():
    parent = skerry.folder()
    skerry.project(worker("bare"), False, path=os.path.join(parent, "bare"))
    skerry.project(worker("configured"), path=os.path.join(parent, "configured"))
    skerry.project(worker("toml"), False, {"wrangler.toml": 'name = "toml"\nmain = "index.mjs"\ncompatibility_date = "2026-01-01"\n'},
                   path=os.path.join(parent, "toml"))
    skerry.project(worker("api"), {"routes": ["example.com/api/*", {"pattern": "api.example.com/*", "zone_name": "example.com"}]},
                   path=os.path.join(parent, "api"))
    skerry.project(worker("site"), {"route": "example.com/*"}, path=os.path.join(parent, "site"))
    skerry.project(worker("wild"), {"routes": ["*.wild.example/*"]}, path=os.path.join(parent, "wild"))
    skerry.write(os.path.join(parent, "README"), "not a worker")
    return parent


def test_routing():
    server = skerry.serve(workers())
    for host, path, wanted in (
            ("bare.localhost", "/x", "bare /x"), ("configured.localhost", "/", "configured /"), ("toml.localhost", "/", "toml /"),
            (f"bare.localhost:{server.port}", "/", "bare /"), ("BARE.localhost", "/", "bare /"), ("example.com", "/api/users", "api /api/users"),
            ("example.com", "/other", "site /other"), ("example.com", "/apix", "site /apix"), ("EXAMPLE.com", "/api/a", "api /api/a"),
            ("api.example.com", "/api", "api /api"), ("api.example.com", "/", "api /"), ("a.wild.example", "/", "wild /"),
            ("a.b.wild.example", "/q", "wild /q"), ("example.com", "/api/../other", None), ("wild.example", "/", None), ("nobody.localhost", "/", None),
            ("localhost", "/", None), ("example.org", "/", None), ("127.0.0.1", "/", None), ("README.localhost", "/", None)):
        def one(host=host, path=path, wanted=wanted):
            reply = server.get(path, host=host)
            if wanted:
                equal((reply.status, reply.text()), (200, wanted))
            elif host == "example.com":
                check(reply.text() in ("site /other", "api /other"), f"{reply}")  # never with dots
            else:
                equal(reply.status, 404)
                check(len(reply.body) > 5, "404 without a word")
        yield f"{host} {path}", one


def test_unix_socket():
    path = os.path.join(skerry.folder(), "skerry.sock")
    parent = workers()
    with skerry.serve(parent, unix=path) as server:
        equal(server.get("/u", host="bare.localhost").text(), "bare /u")
        equal(server.stop(), 0)
    check(not os.path.exists(path), "the socket stays behind")
    with skerry.serve(parent, unix=path) as server:
        server.kill()
    with skerry.serve(parent, unix=path) as server:  # a dead socket file does not stand in the way
        equal(server.get("/", host="bare.localhost").text(), "bare /")


def test_ipv6():
    port = skerry.free_port()
    with skerry.serve(workers(), listen=f"[::1]:{port}") as server:
        with skerry.socket.create_connection(("::1", port), 5) as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost: bare.localhost\r\nConnection: close\r\n\r\n")
            got, _ = skerry.read_all(s, 5)
        check(got.endswith(b"bare /"), repr(got))
        check(server.running(), "the server ended")


def test_port_0():
    with skerry.serve(workers(), listen="127.0.0.1:0") as server:
        server.port = int(server.wait_line(skerry.URL.pattern).group(1))
        check(server.port > 0, "no port in the line")
        equal(server.get("/", host="bare.localhost").text(), "bare /")


def test_workers_do_not_share():
    """Globals, prototypes and KV of one worker are not seen by another."""
    parent = skerry.folder()
    touch = """
export default {
  async fetch(request, env) {
    const before = [globalThis.mark, Object.prototype.mark, Response.prototype.mark, Symbol.for('x').mark];
    globalThis.mark = Object.prototype.mark = Response.prototype.mark = 'NAME';
    return Response.json(before.map(String));
  },
};"""
    for name in ("a", "b"):
        skerry.project(touch.replace("NAME", name), path=os.path.join(parent, name))
    with skerry.serve(parent) as server:
        equal(server.get("/", host="a.localhost").json(), ["undefined"] * 4)
        equal(server.get("/", host="b.localhost").json(), ["undefined"] * 4)


def test_private_addresses():
    """An outbound fetch to a private address is refused in serve and allowed in dev."""
    code = "export default { async fetch(r) { try { return new Response(await (await fetch(r.headers.get('x-to'))).text()); } catch (e) { return new Response(e.message, { status: 502 }); } } };"
    target = skerry.dev(skerry.project("export default { fetch: () => new Response('inside') };"))
    path = skerry.project(code)
    with skerry.dev(path) as server:
        equal(server.get("/", {"x-to": f"http://127.0.0.1:{target.port}/"}).text(), "inside")
    parent = skerry.folder()
    skerry.project(code, path=os.path.join(parent, "app"))
    with skerry.serve(parent) as server:
        for address in ("127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "0.0.0.0"):
            reply = server.get("/", {"x-to": f"http://{address}:{target.port}/"}, host="app.localhost")
            check(reply.status == 502 and "inside" not in reply.text(), f"{address}: {reply}")


def test_many_workers():
    """200 workers, 20 clients: each request reaches its own worker."""
    parent = skerry.folder()
    for i in range(200):
        skerry.project(worker(f"w{i}"), False, path=os.path.join(parent, f"w{i}"))
    with skerry.serve(parent) as server, concurrent.futures.ThreadPoolExecutor(20) as pool:
        def one(i):
            return server.get(f"/{i}", host=f"w{i % 200}.localhost").text()
        for i, text in enumerate(pool.map(one, range(1000))):
            equal(text, f"w{i % 200} /{i}")


def test_request_log_of_serve():
    """serve's log is on: a request leaves a line, and its fields cannot be forged with control characters."""
    with skerry.serve(workers()) as server:
        printed = len(server.lines)
        server.get("/seen%0aforged", host="bare.localhost")
        line = server.wait_line("/seen", 3, after=printed)
        check("\nforged" not in line.group(0), line.group(0))


def test_kernel_mappings():
    """An isolate takes at most 3 kernel mappings, of which a process has 65,530."""
    parent = skerry.folder()
    for i in range(40):
        skerry.project(f"export default {{ fetch: () => new Response('{i}') }};", path=os.path.join(parent, f"w{i}"))
    server = skerry.serve(parent)

    def mappings(workers):
        for i in workers:
            equal(server.get("/", host=f"w{i}.localhost").text(), str(i))
        with open(f"/proc/{server.pid}/maps", encoding="utf-8") as f:
            return len(f.readlines())
    before = mappings(range(10))
    grown = mappings(range(10, 40)) - before
    check(grown <= 3 * 30, f"{grown} mappings for 30 isolates")


def test_isolates_made_ahead():
    """Workers loaded one after the other run in isolates of the pool: recursion, garbage and promises work there as anywhere."""
    code = """
      const deep = (n) => { try { return deep(n + 1); } catch (error) { return [n, error.name]; } };
      export default { async fetch() {
        const [depth, name] = deep(0);
        let kept = 0;
        for (let i = 0; i < 200; i++) kept += new Array(10_000).fill(i).length;
        await new Promise((done) => setTimeout(done, 1));
        return new Response(`${name} ${depth > 1000} ${kept} ${new URL('/x', 'http://h').href}`);
      } };"""
    parent = skerry.folder()
    for i in range(30):
        skerry.project(code, path=os.path.join(parent, f"w{i}"))
    server = skerry.serve(parent)
    wanted = "RangeError true 2000000 http://h/x"
    for i in range(10):
        equal(server.get("/", host=f"w{i}.localhost").text(), wanted)
        time.sleep(0.02)
    names = []
    for task in os.listdir(f"/proc/{server.pid}/task"):
        with open(f"/proc/{server.pid}/task/{task}/comm", encoding="ascii") as f:
            names.append(f.read().strip())
    check("isolate-pool" in names, f"no pool among {names}")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for got in pool.map(lambda i: server.get("/", host=f"w{i}.localhost").text(), range(10, 30)):
            equal(got, wanted)
