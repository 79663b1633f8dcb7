"""`skerry dev` as somebody uses it who is writing a worker."""
import os
import re
import statistics
import time

import skerry
from skerry import check, equal


def code(text):
    return f"""
import {{ tag }} from './part.mjs';
export default {{
  async fetch(request, env) {{
    const url = new URL(request.url);
    if (url.pathname === '/put') {{ await env.KV.put('k', url.search); return new Response('kept'); }}
    if (url.pathname === '/get') return new Response(await env.KV.get('k'));
    if (url.pathname === '/cf') return Response.json({{ cf: request.cf, headers: Object.fromEntries(request.headers) }});
    if (url.pathname === '/env') return Response.json({{ A: env.A, SECRET: env.SECRET, B: env.B }});
    if (url.pathname === '/spin') {{ const end = []; for (let i = 0; i < 3e7; i++) end[0] = i; return new Response(String(end)); }}
    if (url.pathname === '/throw') throw new Error('thrown on purpose');
    if (url.pathname === '/log') {{ console.log('a line', {{ of: ['the', 'worker'] }}); console.error('an error line'); }}
    return new Response('{text}' + tag);
  }},
}};
"""


CONFIG = {"kv_namespaces": [{"binding": "KV", "id": "kv"}], "vars": {"A": "top", "B": "b"},
          "env": {"staging": {"vars": {"A": "staging"}, "kv_namespaces": [{"binding": "KV", "id": "kv-staging"}]}}}


def project(text="one", **more):
    return skerry.project(code(text), CONFIG, {"part.mjs": "export const tag = '';", **more})


def until(server, wanted, limit_s=5, path="/"):
    """Seconds until the reply is as wanted; every reply on the way must be a reply."""
    begin = time.monotonic()
    while True:
        reply = server.get(path)
        if wanted(reply):
            return time.monotonic() - begin
        if time.monotonic() - begin > limit_s:
            raise AssertionError(f"after {limit_s} s still {reply}")
        time.sleep(0.002)


def replace(path, content):
    """The way editors save: a new file in the place of the old."""
    skerry.write(path + ".tmp", content)
    os.replace(path + ".tmp", path)


def test_reload():
    """A change is served within 100 ms, KV stays, however the file was saved."""
    path = project("version 0 ")
    with skerry.dev(path, data=skerry.folder()) as server:
        equal(server.get("/put?x").text(), "kept")
        main, took = os.path.join(path, "index.mjs"), []
        for number in range(1, 8):
            (replace if number % 2 else skerry.write)(main, code(f"version {number} "))
            took.append(until(server, lambda r, n=number: r.text() == f"version {n} "))
        print(f"   reload took {statistics.median(took) * 1000:.0f} ms (median), {max(took) * 1000:.0f} ms at most", flush=True)
        check(statistics.median(took) <= 0.1, f"reload took {[round(t * 1000) for t in took]} ms")
        skerry.write(os.path.join(path, "part.mjs"), "export const tag = 'new part';")
        check(until(server, lambda r: r.text().endswith("new part")) < 0.5, "a change of an imported file was seen late")
        equal(server.get("/get").text(), "?x")


def test_reload_under_load():
    """No request fails while the file changes, also when it is half written."""
    path = project("0")
    with skerry.dev(path) as server:
        seen, last = set(), code("0")
        for number in range(30):
            last = code(str(number))
            replace(os.path.join(path, "index.mjs"), last)
            for _ in range(5):
                reply = server.get()
                equal(reply.status, 200, reply.text()[:300])
                seen.add(reply.text())
            time.sleep(0.02 if number % 2 else 0)  # one after the other, and some in a burst
        until(server, lambda r: r.text() == "29")
        check(len(seen) > 3, f"only {seen} were seen")


def test_configuration_change():
    path = project()
    with skerry.dev(path) as server:
        equal(server.get("/env").json()["A"], "top")
        skerry.project(code("one"), {**CONFIG, "vars": {"A": "changed"}}, path=path)
        until(server, lambda r: r.json().get("A") == "changed", path="/env")


def test_syntax_error_and_recovery():
    """A page that shows the error with file and line, until it is mended; who wants no page gets the old version."""
    path = project()
    with skerry.dev(path) as server:
        equal(server.get().text(), "one")
        printed = len(server.lines)
        replace(os.path.join(path, "index.mjs"), "export default {\n  fetch( {\n};")
        browser = {"accept": "text/html"}
        skerry.eventually(lambda: server.get("/", headers=browser).status == 500, what="the page of the error")
        page = server.get("/", headers=browser)
        check("text/html" in (page.header("content-type") or ""), f"content-type {page.header('content-type')}")
        check("SyntaxError" in page.text() and re.search(r"index\.mjs:\d", page.text()), page.text()[:500])
        server.wait_line(r"SyntaxError", 3, after=printed)
        equal(server.get().text(), "one", "the old version")
        replace(os.path.join(path, "index.mjs"), code("mended"))
        until(server, lambda r: r.text() == "mended")
        equal(server.get("/", headers=browser).text(), "mended")


def test_error_page_of_a_handler():
    """In dev, who asks sees the stack: as a page in a browser, as text otherwise."""
    with skerry.dev(project()) as server:
        page = server.get("/throw", headers={"accept": "text/html,*/*"})
        equal(page.status, 500)
        check("thrown on purpose" in page.text() and "index.mjs:" in page.text(), page.text()[:500])
        text = server.get("/throw", headers={"accept": "*/*"})
        check("thrown on purpose" in text.text(), text.text()[:500])


def test_request_log():
    """Each request is one line: method, path, status, wall time, CPU time."""
    with skerry.dev(project()) as server:
        for path, status in (("/some/path?q=1", 200), ("/throw", 500), ("/spin", 200)):
            printed = len(server.lines)
            server.get(path)
            line = server.wait_line(r"GET .*" + re.escape(path.split("?")[0]) + ".*", 3, after=printed).group(0)
            check(str(status) in line, line)
            times = re.findall(r"([\d.]+)\s*(µs|us|ms|s)\b", line)
            check(len(times) >= 2, f"no two times in {line!r}")
            if path == "/spin":
                to_ms = {"µs": 0.001, "us": 0.001, "ms": 1, "s": 1000}
                values = [float(v) * to_ms[u] for v, u in times]
                check(all(v > 2 for v in values[:2]), f"30 million rounds took {values} ms?")
        printed = len(server.lines)
        server.get("/log")
        server.wait_line(r"a line.*of.*the.*worker", 3, after=printed)
        server.wait_line("an error line", 3, after=printed)


def test_geo():
    with skerry.dev(project(), "--geo", "DE/Berlin") as server:
        got = server.get("/cf").json()
        equal((got["cf"]["country"], got["cf"]["city"]), ("DE", "Berlin"))
        equal(got["cf"].get("continent"), "EU")
        equal(got["cf"].get("isEUCountry"), "1")
        equal(got["headers"]["cf-ipcountry"], "DE")
        check(got["headers"].get("cf-connecting-ip") in ("127.0.0.1", "::1"), f"{got['headers']}")
        got = server.get("/cf", headers={"skerry-geo": "FR/Paris"}).json()
        equal((got["cf"]["country"], got["cf"]["city"]), ("FR", "Paris"))
        check("skerry-geo" not in got["headers"], "the header reaches the worker")
        got = server.get("/cf", headers={"skerry-geo": "JP"}).json()
        equal(got["cf"]["country"], "JP")
        check(got["cf"].get("city") != "Berlin", "the city of another country")
        got = server.get("/cf", headers={"cf-ipcountry": "XX", "cf-connecting-ip": "1.2.3.4"}).json()
        equal(got["headers"]["cf-ipcountry"], "DE", "a header sent by the client wins")
        for odd in ("", "Nowhere", "DE/" + "x" * 5000, "d\xe9/\xff", "/", "DE/Berlin/more"):
            check(server.get("/cf", headers={"skerry-geo": odd}).status in (200, 400), f"{odd[:20]!r}")


def test_without_geo():
    """A loopback address has no country; the worker sees no made-up place, and serve ignores skerry-geo."""
    with skerry.dev(project()) as server:
        got = server.get("/cf").json()
        check(isinstance(got["cf"], dict), f"{got}")
    parent = skerry.folder()
    skerry.project(code("one"), CONFIG, {"part.mjs": "export const tag = '';"}, os.path.join(parent, "app"))
    with skerry.serve(parent) as server:
        got = server.get("/cf", headers={"skerry-geo": "FR/Paris"}, host="app.localhost").json()
        check(got["cf"].get("country") != "FR", "serve believes a header of the client")


def test_dev_vars():
    path = project(**{".dev.vars": "# comment\nSECRET=\"a secret\"\nA='from the file'\n\n"})
    with skerry.dev(path) as server:
        equal(server.get("/env").json(), {"A": "from the file", "SECRET": "a secret", "B": "b"})
        check("a secret" not in server.output(), "the secret is in the log")


def test_environment():
    path = project()
    data = skerry.folder()
    with skerry.dev(path, "--env", "staging", data=data) as server:
        equal(server.get("/env").json(), {"A": "staging"})  # vars are not inherited
        equal(server.get("/put?staging").text(), "kept")
    with skerry.dev(path, data=data) as server:
        equal(server.get("/get").text(), "")
    says = skerry.run_to_end("dev", path, "--env", "nope", "--port", str(skerry.free_port()))
    check(says[0] > 0 and "nope" in says[1], f"{says}")


def test_config_option_and_toml():
    path = skerry.project("export default { fetch: (r, env) => new Response(env.WHO) };", False,
                          {"one.toml": 'name = "one"\nmain = "index.mjs"\n[vars]\nWHO = "one"\n', "wrangler.toml": 'name = "w"\nmain = "index.mjs"\n[vars]\nWHO = "w"\n'})
    with skerry.dev(path) as server:
        equal(server.get().text(), "w")
    with skerry.dev(path, "--config", os.path.join(path, "one.toml")) as server:
        equal(server.get().text(), "one")


def test_single_file_and_host():
    path = skerry.project("export default { fetch: () => new Response('file') };", False)
    with skerry.dev(os.path.join(path, "index.mjs")) as server:
        equal(server.get().text(), "file")
        equal(server.get(host="anything.example").text(), "file", "dev answers whatever the host")
    with skerry.dev(path, "--host", "::1", wait=False) as server:
        server.wait_line(r"http://\[::1\]:\d+", 10)


def test_service_worker_syntax():
    path = skerry.project("addEventListener('fetch', (event) => event.respondWith(new Response('sw ' + typeof event.waitUntil)));", {"main": "index.js"})
    os.rename(os.path.join(path, "index.mjs"), os.path.join(path, "index.js"))
    with skerry.dev(path) as server:
        equal(server.get().text(), "sw function")


def test_module_kinds():
    """Text, data and JSON modules by the default rules, dynamic import, import.meta."""
    path = skerry.project("""
import text from './a.txt';
import page from './b.html';
import data from './c.bin';
export default {
  async fetch() {
    const lazy = await import('./lazy.mjs');
    return Response.json([text, page, [...new Uint8Array(data)], lazy.default, typeof import.meta.url]);
  },
};""", None, {"a.txt": "text č", "b.html": "<p>", "c.bin": b"\0\1\xff", "lazy.mjs": "export default 'lazy';"})
    with skerry.dev(path) as server:
        equal(server.get().json()[:4], ["text č", "<p>", [0, 1, 255], "lazy"])


def test_ends_on_sigint():
    with skerry.dev(project()) as server:
        server.get()
        server.send(skerry.signal.SIGINT)
        check(server.wait_exit(5) in (0, 130), f"exit code {server.process.returncode}")
