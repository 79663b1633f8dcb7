"""Static assets: every answer compared with miniflare's on the same directory, what differs and why, and what only
skerry has: ranges, compressed files, safety of paths, changes while it runs."""
import gzip
import http.client
import json
import os
import re
import subprocess
import time

import skerry
from skerry import check, equal

WORKER = """export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname.startsWith('/through/') && env.ASSETS) {
      url.pathname = url.pathname.slice('/through'.length);
      return env.ASSETS.fetch(new Request(url, request));
    }
    return new Response(`worker ${request.method} ${url.pathname}${url.search}`);
  },
};
"""

TREE = {
    "index.html": "<h1>home</h1>", "about.html": "<p>about", "404.html": "<p>nothing at all",
    "docs/index.html": "<p>docs", "docs/guide.html": "<p>guide", "docs/404.html": "<p>no such document",
    "docs/deep/one/page.html": "<p>deep", "both.html": "<p>both file", "both/index.html": "<p>both folder",
    "exact": "no ending", "exact.html": "<p>exact html", "folder/index": "an index without ending",
    "odd/index/index.html": "<p>odd", "odd/index.html": "<p>odd above", "twice.html": "<p>twice",
    "twice.html/inner.txt": None, "a b.txt": "space", "\u00fc.txt": "umlaut", "\u65e5\u672c/\u8a9e.html": "<p>nihongo",
    "at@sign.txt": "at", "plus+1.txt": "plus", "semi;colon.txt": "semi", "tilde~a!b*c'(d).txt": "marks",
    "per%25cent.txt": "per", "comma,a.txt": "comma", "amp&a=b.txt": "amp", "colon:a.txt": "colon",
    "UPPER.TXT": "upper", "app.js": "export {}", "app.css": "a{}", "data.json": "{}", "pic.svg": "<svg/>",
    "unknown.zzz": "?", "no-ending": "?", "a.wasm": "\0asm", "font.woff2": "f", "site.webmanifest": "{}",
    ".well-known/security.txt": "Contact", ".hidden": "hidden", "empty.txt": "", "m.mjs": "", "t.ts": "x", "r.xml": "<a/>",
    "ignored.txt": "never", "private/secret.txt": "never", "private/shown.txt": "shown", "logs/a.log": "never",
    ".assetsignore": "# comment\nignored.txt\n/private/*\n!/private/shown.txt\n*.log\n",
}
del TREE["twice.html/inner.txt"]

PATHS = [
    "/", "/index", "/index.html", "/index/", "/about", "/about/", "/about.html", "/about/index.html", "/about/index",
    "/docs", "/docs/", "/docs/index", "/docs/index.html", "/docs/index/", "/docs/guide", "/docs/guide/",
    "/docs/guide.html", "/docs/guide/index.html", "/docs/none", "/docs/none/", "/docs/deep/one/page",
    "/docs/deep/one/page/", "/docs/deep/none", "/both", "/both/", "/both.html", "/both/index.html", "/both/index",
    "/exact", "/exact/", "/exact.html", "/folder/index", "/folder/", "/folder", "/odd", "/odd/", "/odd/index",
    "/odd/index/", "/odd/index.html", "/odd/index/index.html", "/none", "/none/", "/none.html", "/none/index.html",
    "/about?x=1&y=2", "/about.html?x=1", "/docs?q", "/docs?", "/a%20b.txt", "/%C3%BC.txt",
    "/%E6%97%A5%E6%9C%AC/%E8%AA%9E", "/at@sign.txt", "/at%40sign.txt", "/plus+1.txt", "/plus%2B1.txt",
    "/semi;colon.txt", "/semi%3Bcolon.txt", "/tilde~a!b*c'(d).txt", "/per%2525cent.txt", "/per%25cent.txt",
    "/comma,a.txt", "/amp&a=b.txt", "/colon:a.txt", "/%61bout", "/abo%75t.html", "//about", "/docs//guide", "//", "///",
    "/docs%2Fguide", "/docs%2f", "/./about", "/docs/../about", "/docs/%2e%2e/about", "/docs/..%2fabout", "/%zz", "/%ff",
    "/%00", "/UPPER.TXT", "/upper.txt", "/app.js", "/app.css", "/data.json", "/pic.svg", "/unknown.zzz", "/no-ending",
    "/a.wasm", "/font.woff2", "/site.webmanifest", "/.well-known/security.txt", "/.hidden", "/empty.txt", "/m.mjs",
    "/t.ts", "/r.xml", "/ignored.txt", "/private/secret.txt", "/private/shown.txt", "/logs/a.log", "/.assetsignore",
    "/404", "/404.html", "/docs/404", "/about\\", "/docs\\guide",
]

REDIRECTS = """
# comment
/old /about
/moved /about 301
/see /docs/ 303     # a comment behind
/temp /about?x=1 307
/perm https://example.com/here?a=b#c 308
/hash /about#part
/rewrite /about 200
/rewrite-none /nothing-there 200
/with%20space /about
/same /first
/same /second
/blog/* /news/:splat
/u/:name/p/:id /users/:id/of/:name 302
/q/:name /search?q=:name 302
/cross/* https://example.com/:splat 302
/proxy/* /docs/:splat 200
/slashes/* /:splat 302
/after-dynamic /about 301
nonsense
/bad /about 418
https://example.com/x /about
/to-http http://example.com/
/a b c d
/loop/* /loop/index.html
/dup/:a/:a /x
/two/*/and/* /x
/about.html-rule/:x.html /got/:x
/ext https://example.com/a 200
"""
REDIRECT_PATHS = [
    "/old", "/old?x=1", "/moved", "/moved?a=b", "/see", "/temp", "/temp?y=2", "/perm", "/perm?z=9", "/hash", "/hash?q=1",
    "/rewrite", "/rewrite?a", "/rewrite-none", "/with%20space", "/same", "/blog/2024/one", "/blog/", "/blog", "/blog/a?b=c",
    "/u/ann/p/7", "/u//p/7", "/u/ann/p/", "/u/a%20b/p/7", "/q/cats", "/q/a/b", "/cross/x/y", "/cross/", "/proxy/guide",
    "/proxy/", "/proxy/none", "/slashes//evil.example/x", "/slashes/%5Cevil.example", "/after-dynamic", "/bad", "/to-http",
    "/loop/x", "/dup/1/2", "/two/a/and/b", "/about.html-rule/abc.html", "/ext", "/about", "/none",
]
HEADERS = """
/*
  X-All: yes
  cache-control: public, max-age=60
/docs/*
  X-Docs: :splat
  X-All: docs
/about
  ! cache-control
  X-Frame-Options: DENY
  Link: </a.css>; rel=preload
  Link: </b.css>; rel=preload
/u/:name
  X-Name: hello :name and :name
/old
  X-On-Redirect: 1
https://:sub.localhost/app.js
  X-Host: :sub
https://other.example/app.js
  X-Other: 1
/nothing
/bad header here
  X-Skipped: 1
/app.css
  No-Colon
  : no name
  novalue:
  spa ce: x
  X-Kept: 1
/data.json
  ! etag
  content-type: application/x-own
"""
HEADER_PATHS = ["/", "/about", "/about.html", "/docs/", "/docs/guide", "/docs", "/u/ann", "/old", "/app.js", "/app.css",
                "/data.json", "/none", "/nothing", "/bad"]

HTML = ("auto-trailing-slash", "force-trailing-slash", "drop-trailing-slash", "none")
NOT_FOUND = ("none", "single-page-application", "404-page")

# Headers that are compared. cf-cache-status is not: no cache stands in front of skerry. The ETag's value is not:
# miniflare makes it of path and time, skerry of the content.
COMPARED = ("content-type", "cache-control", "location", "vary", "content-encoding", "link", "x-all", "x-docs", "x-name",
            "x-frame-options", "x-on-redirect", "x-host", "x-other", "x-kept", "x-skipped")


def build_tree(path, files):
    for name, content in files.items():
        skerry.write(os.path.join(path, name), content)
    return path


def sites():
    """Name → (settings, whether there is a worker, further files, requests). A request is (method, path, headers)."""
    get = [("GET", path, {}) for path in PATHS]
    found = {}
    for html in HTML:
        for missing in NOT_FOUND:
            short = f"{html.split('-')[0]}-{missing.split('-')[0]}"
            settings = {"html_handling": html, "not_found_handling": missing}
            found[f"w-{short}"] = (settings, True, {}, get)
            found[f"a-{short}"] = (settings, False, {}, get[::3])
    methods = [(m, p, h) for p in ("/", "/about", "/about.html", "/none", "/app.js")
               for m, h in (("HEAD", {}), ("POST", {}), ("PUT", {}), ("DELETE", {}), ("OPTIONS", {}), ("PATCH", {}))]
    methods += [("GET", "/app.js", {"authorization": "x"}), ("GET", "/app.js", {"if-none-match": '"nope"'}),
                ("GET", "/none", {"sec-fetch-mode": "navigate"}), ("GET", "/none", {"sec-fetch-mode": "cors"}),
                ("POST", "/none", {"sec-fetch-mode": "navigate"})]
    for missing in NOT_FOUND:
        found[f"m-w-{missing}"] = ({"not_found_handling": missing}, True, {}, methods)
        found[f"m-a-{missing}"] = ({"not_found_handling": missing}, False, {}, methods)
    both = {"_redirects": REDIRECTS, "_headers": HEADERS}
    for kind, worker in (("w", True), ("a", False)):
        found[f"rules-{kind}"] = ({}, worker, both, [("GET", p, {}) for p in REDIRECT_PATHS + HEADER_PATHS] +
                                  [("POST", "/old", {}), ("HEAD", "/about", {}), ("POST", "/about", {})])
    found["rules-404"] = ({"not_found_handling": "404-page", "html_handling": "none"}, True, both,
                          [("GET", p, {}) for p in REDIRECT_PATHS])
    first = [("GET", p, {}) for p in ("/", "/about", "/api/x", "/api/", "/api", "/api/docs/x", "/none", "/docs/guide",
                                      "/through/about", "/through/", "/through/none", "/through/docs", "/app.js")]
    first += [("GET", "/none", {"sec-fetch-mode": "navigate"}), ("POST", "/through/about", {}), ("HEAD", "/through/about", {})]
    for name, rules, missing in (("first-all", True, "none"), ("first-none", False, "404-page"),
                                 ("first-api", ["/api/*"], "none"), ("first-api-spa", ["/api/*", "!/api/docs/*"], "single-page-application"),
                                 ("first-but", ["/*", "!/app.js", "!/docs/*"], "404-page")):
        found[name] = ({"run_worker_first": rules, "not_found_handling": missing, "binding": "ASSETS"}, True, {}, first)
    return found


class Miniflare:
    """Runs assets_oracle.mjs; ports by name of the site."""

    def __init__(self, entries):
        listed = os.path.join(skerry.folder(), "sites.json")
        skerry.write(listed, json.dumps(entries))
        self.process = subprocess.Popen(["node", os.path.join(skerry.HERE, "assets_oracle.mjs"), listed], cwd=skerry.HERE,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.ports = {}
        for line in self.process.stdout:
            words = line.decode().split()
            if words == ["ready"]:
                break
            if len(words) == 2 and words[1].isdigit():
                self.ports[words[0]] = int(words[1])
        check(len(self.ports) == len(entries), f"miniflare has started {sorted(self.ports)} only")

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def ask(connection, request, host):
    """As (status, headers that are compared, whether there is an etag, body)."""
    method, path, headers = request
    reply = skerry.exchange(connection, method, path, None, headers, host)
    fields = {name: reply.header(name) for name in COMPARED if reply.header(name) is not None}
    return reply.status, fields, reply.header("etag") is not None, reply.body


def prepare(found):
    """Folders of workers for skerry serve; the same as entries for miniflare."""
    parent, entries = skerry.folder(), []
    for name, (settings, has_worker, files, _) in found.items():
        path = os.path.join(parent, name)
        public = build_tree(os.path.join(path, "public"), {**TREE, **files})
        config = {"name": name, "compatibility_date": skerry.COMPATIBILITY_DATE,
                  "assets": {"directory": "public", **settings}}
        if has_worker:
            config["main"] = "index.mjs"
            skerry.write(os.path.join(path, "index.mjs"), WORKER)
        skerry.write(os.path.join(path, "wrangler.jsonc"), json.dumps(config))
        entries.append({"name": name, "compatibility_date": skerry.COMPATIBILITY_DATE,
                        "assets": {"directory": public, **settings}, **({"worker": WORKER} if has_worker else {})})
    return parent, entries


# Where skerry answers otherwise on purpose: none. What this table leaves out is in test_ranges and test_conditional
# (miniflare ignores ranges and lists of ETags) and test_compressed (miniflare never looks for compressed files).
DEVIATIONS = set()


def test_like_miniflare():
    """Each request of each site as one line of a table; a site counts as one test."""
    found = sites()
    parent, entries = prepare(found)
    peer = Miniflare(entries)
    server = skerry.serve(parent)
    total = sum(len(requests) for _, _, _, requests in found.values())
    print(f"   {total} requests to {len(found)} sites", flush=True)
    check(total >= 120, f"only {total} requests")

    def compare(name, requests):
        wrong = []
        ours_on = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        theirs_on = http.client.HTTPConnection("127.0.0.1", peer.ports[name], timeout=20)
        for request in requests:
            host = f"{name}.localhost"
            ours, theirs = ask(ours_on, request, host), ask(theirs_on, request, host)
            if ours != theirs and (name, request[0], request[1]) not in DEVIATIONS:
                wrong.append(f"{request}\n      skerry    {ours}\n      miniflare {theirs}")
        check(not wrong, f"{len(wrong)} of {len(requests)} answers differ:\n    " + "\n    ".join(wrong[:40]))

    try:
        for name, (_, _, _, requests) in found.items():
            yield name, lambda name=name, requests=requests: compare(name, requests)
    finally:
        peer.close()


test_like_miniflare.time_s = 120


def site(files=None, settings=None, worker=None, config=None):
    """A project with a public folder; returns its path."""
    path = skerry.folder()
    build_tree(os.path.join(path, "public"), files if files is not None else {"index.html": "<p>home"})
    whole = {"name": "site", "compatibility_date": skerry.COMPATIBILITY_DATE,
             "assets": {"directory": "public", **(settings or {})}, **(config or {})}
    if worker:
        whole["main"] = "index.mjs"
        skerry.write(os.path.join(path, "index.mjs"), worker)
    skerry.write(os.path.join(path, "wrangler.jsonc"), json.dumps(whole))
    return path


LARGE = bytes(range(256)) * 8000  # 2 MB: read while it is sent


def test_ranges():
    """Small and large files alike; what is not one range of bytes gives the whole file."""
    text = bytes(b"0123456789")
    with skerry.dev(site({"s.txt": text, "l.bin": LARGE, "empty": b"", "404.html": "<p>none"},
                         {"not_found_handling": "404-page"})) as server:
        for path, content in (("/s.txt", text), ("/l.bin", LARGE)):
            n = len(content)
            etag = server.get(path).header("etag")
            for asked, first, last in (("bytes=0-0", 0, 0), ("bytes=2-5", 2, 5), ("bytes=5-", 5, n - 1),
                                       ("bytes=-3", n - 3, n - 1), (f"bytes=0-{n * 2}", 0, n - 1),
                                       (f"bytes=-{n * 2}", 0, n - 1), ("BYTES = 1-2", 1, 2), (f"bytes={n - 1}-", n - 1, n - 1)):
                reply = server.get(path, {"range": asked})
                equal((reply.status, reply.header("content-range")), (206, f"bytes {first}-{last}/{n}"), asked)
                check(reply.body == content[first:last + 1], f"{asked}: other bytes")
                equal(reply.header("etag"), etag)
                equal(reply.header("cache-control"), None)
            for asked in ("bytes=0-1,3-4", "bytes=5-2", "bytes=", "bytes", "lines=1-2", "bytes=a-b", "bytes=1", "bytes=--1",
                          "bytes=99999999999999999999-", ""):
                reply = server.get(path, {"range": asked})
                check(reply.status == 200 and reply.body == content, f"{asked}: {reply.status}")
            for asked in (f"bytes={n}-", f"bytes={n + 5}-{n + 9}", "bytes=-0"):
                reply = server.get(path, {"range": asked})
                equal((reply.status, reply.header("content-range"), reply.body), (416, f"bytes */{n}", b""), asked)
            equal(server.get(path, {"range": "bytes=0-1", "if-range": etag}).status, 206)
            equal(server.get(path, {"range": "bytes=0-1", "if-range": '"other"'}).status, 200)
            equal(server.get(path, {"range": "bytes=0-1", "if-range": "Mon, 23 Nov 2026 22:35:11 GMT"}).status, 200)
            head = server.request("HEAD", path, headers={"range": "bytes=0-1"})
            equal((head.status, head.header("content-length"), head.body), (200, str(n), b""))
        equal(server.get("/empty", {"range": "bytes=0-"}).status, 416)
        equal(server.get("/nothing", {"range": "bytes=0-1"}).status, 404)


def test_conditional():
    with skerry.dev(site({"s.txt": "small", "same.txt": "small", "l.bin": LARGE})) as server:
        for path in ("/s.txt", "/l.bin"):
            reply = server.get(path)
            etag = reply.header("etag")
            check(re.fullmatch(r'"[0-9a-f]{32}"', etag), etag)
            for value in (etag, "W/" + etag, f'"x", {etag}', "*", f'W/"y" ,W/{etag}'):
                same = server.get(path, {"if-none-match": value})
                equal((same.status, same.body, same.header("etag")), (304, b"", etag), value)
                equal(same.header("cache-control"), "public, max-age=0, must-revalidate")
            for value in ('"x"', etag.strip('"'), ""):
                equal(server.get(path, {"if-none-match": value}).status, 200, value)
        equal(server.get("/s.txt").header("etag"), server.get("/same.txt").header("etag"), "the same content, another tag")


def test_compressed():
    """app.js.br and its like stand in for app.js where the client takes them; each has an ETag of its own."""
    packed = gzip.compress(b"plain" * 100)
    files = {"app.js": "plain" * 100, "app.js.gz": packed, "app.js.br": b"br bytes", "app.js.zst": b"zstd bytes here",
             "only.css": "a{}", "big.txt": LARGE, "big.txt.gz": LARGE[:1000000], "index.html": "<p>home " * 9, "index.html.gz": gzip.compress(b"<p>home " * 9)}
    with skerry.dev(site(files)) as server:
        tags = set()
        for accepted, coding, body in (
                ("", None, b"plain" * 100), ("gzip", "gzip", packed), ("br", "br", b"br bytes"), ("gzip, deflate, br", "br", b"br bytes"),
                ("gzip, br, zstd", "br", b"br bytes"), ("zstd, gzip", "zstd", b"zstd bytes here"), ("gzip;q=1, br;q=0.5", "gzip", packed),
                ("br;q=0, gzip;q=0", None, b"plain" * 100), ("*", "br", b"br bytes"), ("*;q=0", None, b"plain" * 100),
                ("deflate", None, b"plain" * 100), ("GZIP", "gzip", packed), ("identity, gzip;q=0.5", None, b"plain" * 100)):
            reply = server.get("/app.js", {"accept-encoding": accepted} if accepted else {})
            equal((reply.header("content-encoding"), reply.body), (coding, body), accepted)
            equal(reply.header("content-type"), "text/javascript; charset=utf-8")
            equal(reply.header("vary"), "accept-encoding")
            tags.add(reply.header("etag"))
            equal(server.get("/app.js", {"accept-encoding": accepted, "if-none-match": reply.header("etag")}).status, 304)
        equal(len(tags), 4)
        equal(server.get("/only.css", {"accept-encoding": "br"}).header("vary"), None)
        equal(server.get("/", {"accept-encoding": "gzip"}).header("content-encoding"), "gzip")
        part = server.get("/big.txt", {"accept-encoding": "gzip", "range": "bytes=10-19"})
        equal((part.status, part.header("content-range"), part.body), (206, "bytes 10-19/1000000", LARGE[10:20]))


def test_safety():
    """Neither paths nor links lead out of the directory; secrets are never content."""
    path = site({"in.txt": "in", ".env": "SECRET=1", ".dev.vars": "SECRET=1", ".dev.vars.x": "SECRET=1", ".skerry/kv/x": "SECRET",
                 "sub/.env.local": "SECRET=1", "sub/ok.txt": "ok"})
    skerry.write(os.path.join(path, "outside.txt"), "SECRET")
    public = os.path.join(path, "public")
    os.symlink(os.path.join(path, "outside.txt"), os.path.join(public, "out.txt"))
    os.symlink("../outside.txt", os.path.join(public, "out2.txt"))
    os.symlink("/etc/passwd", os.path.join(public, "passwd"))
    os.symlink("..", os.path.join(public, "up"))
    os.symlink("nowhere", os.path.join(public, "broken"))
    os.symlink("in.txt", os.path.join(public, "link.txt"))
    os.symlink(os.path.join(public, "sub/ok.txt"), os.path.join(public, "absolute.txt"))
    os.mkfifo(os.path.join(public, "pipe"))
    with skerry.dev(path) as server:
        equal(server.get("/link.txt").text(), "in")
        equal(server.get("/absolute.txt").text(), "ok")
        for odd in ("/out.txt", "/out2.txt", "/passwd", "/up/outside.txt", "/broken", "/pipe", "/.env", "/.dev.vars", "/.dev.vars.x",
                    "/sub/.env.local", "/.skerry/kv/x", "/../outside.txt", "/..%2foutside.txt", "/%2e%2e/outside.txt",
                    "/sub/..%2f..%2foutside.txt", "/..%5coutside.txt", "/in.txt%00.html", "/%00", "/in.txt/", "/in.txt/..",
                    "//etc/passwd", "/%2fetc%2fpasswd", "/sub%00", "/" + "a/" * 4000, "/" + "%2e%2e%2f" * 1000 + "etc/passwd"):
            reply = server.get(odd)
            check(reply.status in (404, 307, 400) and b"SECRET" not in reply.body and b"root:" not in reply.body, f"{odd[:60]}: {reply}")
        for word in ("out.txt leads out", "passwd leads out", "up leads to a folder", "broken leads nowhere"):
            server.wait_line(word, 3)
        # A file that becomes a link after the directory was read; dev may or may not have seen it.
        server.get("/in.txt")
        os.remove(os.path.join(public, "sub/ok.txt"))
        os.symlink(os.path.join(path, "outside.txt"), os.path.join(public, "sub/ok.txt"))
        for _ in range(20):
            check(b"SECRET" not in server.get("/sub/ok.txt").body, "a swapped link was followed")


def test_changes_in_dev():
    """A new file, a changed one and one that went are seen, and a changed rule; the ETag follows the content."""
    path = site({"a.txt": "one", "big.bin": LARGE})
    public = os.path.join(path, "public")

    def until(wanted, what):
        limit = time.monotonic() + 5
        while not wanted():
            check(time.monotonic() < limit, what)
            time.sleep(0.01)
    with skerry.dev(path) as server:
        before = server.get("/a.txt").header("etag")
        skerry.write(os.path.join(public, "a.txt"), "two")
        until(lambda: server.get("/a.txt").text() == "two", "the change was not seen")
        check(server.get("/a.txt").header("etag") != before, "the tag stayed")
        skerry.write(os.path.join(public, "deep/er/b.txt"), "b")
        until(lambda: server.get("/deep/er/b.txt").text() == "b", "the new file was not seen")
        os.remove(os.path.join(public, "a.txt"))
        until(lambda: server.get("/a.txt").status == 404, "the file is still there")
        skerry.write(os.path.join(public, "_redirects"), "/old /new 301\n/broken\n")
        until(lambda: server.get("/old").status == 301, "the rule was not seen")
        server.wait_line(r"_redirects:2: a rule is: from, to", 3)
        skerry.write(os.path.join(public, "big.bin"), LARGE[::-1])
        until(lambda: server.get("/big.bin").body == LARGE[::-1], "the large file was not read again")


def test_large_files():
    """Slow readers hold little memory, many at a time get every byte, and who leaves costs nothing."""
    content = os.urandom(1 << 20) * 48
    path = site({"l.bin": content})
    with skerry.dev(path) as server:
        check(server.get("/l.bin").body == content, "other bytes")
        before = server.rss_kib()
        sockets = [server.connect() for _ in range(20)]
        for s in sockets:
            s.sendall(b"GET /l.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.5)
        grown = server.rss_kib() - before
        check(grown < 60 * 1024, f"20 readers that wait cost {grown} KiB")
        for s in sockets[:10]:
            s.close()
        for s in sockets[10:12]:
            reply = http.client.HTTPResponse(s)
            reply.begin()
            check(reply.read() == content, "a slow reader got other bytes")
        for s in sockets[10:]:
            s.close()
        equal(server.get("/l.bin", {"range": "bytes=5-9"}).body, content[5:10])
        # Shortened while it is being sent: the connection breaks, the server stays.
        s = server.connect()
        s.sendall(b"GET /l.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        s.recv(1000)
        os.truncate(os.path.join(path, "public/l.bin"), 1000)
        skerry.read_all(s, 2)
        s.close()
        limit = time.monotonic() + 5
        while len(server.get("/l.bin").body) != 1000 and time.monotonic() < limit:
            time.sleep(0.02)
        equal(server.get("/l.bin").body, content[:1000])


def test_configuration():
    """What is wrong with `assets` is said with its place."""
    worker = "export default { fetch: () => new Response('worker') };"
    for settings, has_worker, words in (
            ({"directory": "nowhere"}, False, "does not exist"), ({"directory": "wrangler.jsonc"}, False, "is not a folder"),
            ({"html_handling": "auto"}, False, "must be one of auto-trailing-slash"), ({"not_found_handling": 1}, False, "not_found_handling"),
            ({"binding": "ASSETS"}, False, "there is no 'main'"), ({"run_worker_first": True}, False, "there is no 'main'"),
            ({"run_worker_first": []}, True, "1 to 100 paths"), ({"run_worker_first": ["api/*"]}, True, "begins with '/'"),
            ({"run_worker_first": ["!/a"]}, True, "only paths that begin with '!'"), ({"run_worker_first": ["/a/*", "/a/b"]}, True, "includes the other"),
            ({"run_worker_first": ["/" + "a" * 200]}, True, "100 bytes"), ({"run_worker_first": "yes"}, True, "true, false or a list"),
            ({"directory": ""}, False, "path of a folder")):
        code, text = skerry.run_to_end("dev", site(None, settings, worker if has_worker else None), "--port", "0")
        check(code == 1 and words in text and re.search(r"wrangler\.jsonc:\d+:\d+", text), f"{settings}: {code} {text}")
    code, text = skerry.run_to_end("dev", site(None, {"binding": "X"}, worker, {"vars": {"X": "1"}}), "--port", "0")
    check(code == 1 and "already used" in text, text)
    with skerry.dev(site(None, {"base_path": "/x"})) as server:
        server.wait_line("unknown key 'base_path'", 3)
        equal(server.get("/").status, 200)


def test_binding():
    """env.ASSETS.fetch(): small and large files, conditions and ranges, codings, redirects, what is missing."""
    worker = """export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/pass') return env.ASSETS.fetch(new Request('https://any.host/l.bin', { headers: request.headers }));
    if (pathname === '/text') return new Response((await (await env.ASSETS.fetch('http://x/s.txt')).text()).toUpperCase());
    if (pathname === '/sum') {
      let sum = 0;
      for await (const chunk of (await env.ASSETS.fetch('http://x/l.bin')).body) sum += chunk.length;
      return new Response(String(sum));
    }
    if (pathname === '/many') {
      const all = await Promise.all(Array.from({ length: 40 }, (_, i) => env.ASSETS.fetch(`http://x/${i % 2 ? 's.txt' : 'page'}`)));
      return Response.json(await Promise.all(all.map((reply) => reply.text())));
    }
    if (pathname === '/cancel') {
      const reply = await env.ASSETS.fetch('http://x/l.bin');
      await reply.body.cancel();
      env.ASSETS.fetch('http://x/l.bin');
      return new Response('left');
    }
    const init = { redirect: 'manual', headers: JSON.parse(request.headers.get('x-send') ?? '{}') };
    const reply = await env.ASSETS.fetch(new Request('http://x' + request.headers.get('x-path'), init));
    return Response.json({ status: reply.status, headers: [...reply.headers], text: await reply.text() });
  },
};"""
    files = {"s.txt": "small", "l.bin": LARGE, "page.html": "<p>page", "_redirects": "/old /page 301\n"}
    with skerry.dev(site(files, {"binding": "ASSETS", "run_worker_first": True}, worker)) as server:
        check(server.get("/pass").body == LARGE, "other bytes passed through")
        part = server.get("/pass", {"range": "bytes=3-6"})
        equal((part.status, part.body), (206, LARGE[3:7]))
        equal(server.get("/text").text(), "SMALL")
        equal(server.get("/sum").text(), str(len(LARGE)))
        equal(server.get("/many").json(), ["<p>page", "small"] * 20)

        def ask(path, **send):
            reply = server.get("/", {"x-path": path, "x-send": json.dumps(send)}).json()
            return reply["status"], dict(reply["headers"]), reply["text"]
        status, headers, text = ask("/page")
        equal((status, headers["content-type"], text), (200, "text/html; charset=utf-8", "<p>page"))
        equal(ask("/page", **{"if-none-match": headers["etag"]})[0], 304)
        equal(ask("/page.html")[0], 307)
        equal(ask("/page.html")[1]["location"], "/page")
        equal((ask("/old")[0], ask("/old")[1]["location"]), (301, "/page"))
        equal((ask("/none")[0], ask("/none")[2]), (404, ""))
        for _ in range(30):
            equal(server.get("/cancel").text(), "left")
