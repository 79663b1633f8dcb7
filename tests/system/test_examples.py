"""Each example of js-sdk/examples, started as scripts/run starts it, does what its README says."""
import json
import os
import re
import struct
import subprocess

import skerry
from skerry import check, equal

EXAMPLES = os.path.join(skerry.ROOT, "js-sdk/examples")


def start(name, *arguments):
    path = os.path.join(EXAMPLES, name)
    build = os.path.join(path, "build.sh")
    if os.access(build, os.X_OK):
        done = subprocess.run([build], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        equal(done.returncode, 0, done.stdout.decode())
    return skerry.dev(path, *arguments, data=skerry.folder())


def test_all_are_tested():
    """Every example has a README, a configuration of its own name, and a test here."""
    for name in sorted(os.listdir(EXAMPLES)):
        readme = os.path.join(EXAMPLES, name, "README.md")
        check(os.path.exists(readme), f"{name} has no README.md")
        with open(os.path.join(EXAMPLES, name, "wrangler.jsonc"), encoding="utf-8") as f:
            check(f'"name": "{name}"' in f.read(), f"{name} is configured with another name")
        check(f"test_{name.replace('-', '_')}" in globals() or os.path.exists(os.path.join(skerry.HERE, f"test_{name}.py")),
              f"{name} has no test")


def test_hello():
    with start("hello", "--geo", "DE/Berlin") as server:
        for visits in ("<b>1</b> time.", "<b>2</b> times."):
            page = server.get().text()
            check("Berlin" in page and visits in page, page)
        equal(server.request("PUT", "/kv/a", b"ahoy").status, 204)
        equal(server.get("/kv/a").text(), "ahoy")
        check("Tokyo" in server.get("/", {"skerry-geo": "JP/Tokyo"}).text(), "the place of the header does not count")


def test_counter():
    with start("counter") as server:
        equal([server.request("POST", "/apples").text() for _ in range(3)], ["1\n", "2\n", "3\n"])
        server.request("POST", "/p%20lums")
        equal(server.get("/apples").text(), "3\n")
        listed = server.get("/").json()
        equal({name: entry["count"] for name, entry in listed.items()}, {"apples": 3, "p lums": 1})
        check(re.match(r"\d{4}-\d\d-\d\dT", listed["apples"]["last"]), f"{listed}")
        equal(server.request("DELETE", "/apples").status, 204)
        equal(server.get("/apples").text(), "0\n")
        equal(server.request("PATCH", "/x").status, 405)


def test_geo():
    with start("geo", "--geo", "JP/Tokyo") as server:
        reply = server.get()
        check(re.match(r"\S+, Tokyo! \d{1,2}:\d\d \(Asia/Tokyo\)\n$", reply.text()), reply.text())
        equal(reply.header("content-language"), "ja")
        check(re.match(r"Gu\w+ \w+, Berlin! ", server.get("/", {"skerry-geo": "DE/Berlin"}).text()), "no German")
        french = server.get("/", {"accept-language": "xx, fr-FR"})
        check(french.header("content-language") == "fr" and french.text().startswith("Bon"), french.text())
        check(server.get("/?lang=it", {"skerry-geo": "US"}).text().startswith("Buon"), "the query does not count")


def test_streaming():
    with start("streaming") as server:
        equal(server.get("/ticks?count=3").text(), "".join(f"tick {i} of 3\n" for i in (1, 2, 3)))
        numbers = server.get("/numbers?count=25000").text()
        equal(numbers, "".join(f"{i}\n" for i in range(1, 25001)))
        equal(server.request("POST", "/upper", "gr\u00fcn ".encode() * 30000).text(), "GR\u00dcN " * 30000)
        equal(server.get("/upper").status, 400)
        events = server.get("/events")
        equal(events.header("content-type"), "text/event-stream; charset=utf-8")
        equal(events.text().count("data: event"), 4)
        check(events.text().endswith("event: end\ndata: that was all\n\n"), events.text())
        check("EventSource" in server.get("/").text(), "no page")
        # A reader who leaves does not end the server.
        s = server.connect()
        s.sendall(b"GET /ticks?count=50 HTTP/1.1\r\nHost: x\r\n\r\n")
        s.recv(100)
        s.close()
        equal(server.get("/nothing").status, 404)


def test_wasm():
    with start("wasm") as server:
        reply = server.get("/?size=64")
        equal((reply.status, reply.header("content-type")), (200, "image/bmp"))
        kind, size, offset, width, height = reply.body[:2], *struct.unpack("<I", reply.body[2:6]), *struct.unpack("<I", reply.body[10:14]), *struct.unpack("<ii", reply.body[18:26])
        equal((kind, size, width, height), (b"BM", len(reply.body), 64, 64))
        points = reply.body[offset:]
        check(points[32 * 64 + 32] == 0, "the middle does not belong to the set")
        check(points[0] != 0 and len(set(points)) > 5, "no picture")
        check(server.get("/?size=64&zoom=50&x=-0.75&y=0.1").body != reply.body, "another place is the same picture")
        equal(server.get("/?size=nonsense&zoom=-1&x=NaN").status, 200)


def test_typescript():
    with start("typescript") as server:
        made = server.request("POST", "/notes", b'{"text": "buy milk"}')
        equal(made.status, 201, made.text())
        note = made.json()
        equal(note["text"], "buy milk")
        equal([n["id"] for n in server.get("/notes").json()], [note["id"]])
        equal(server.get(f"/notes/{note['id']}").json()["text"], "buy milk")
        equal(server.get("/notes/none").status, 404)
        refused = server.request("POST", "/notes", json.dumps({"text": "x" * 201}).encode())
        check(refused.status == 400 and "200" in refused.text(), refused.text())
        equal(server.request("PUT", "/notes").status, 404)
    types = os.path.join(os.path.dirname(os.path.abspath(skerry.BIN)), "src/cli/skerry.d.ts")
    source = os.path.join(EXAMPLES, "typescript/src/index.ts")
    done = subprocess.run(["node", os.path.join(skerry.HERE, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--target", "es2022",
                           "--lib", "es2024", "--module", "esnext", "--moduleResolution", "bundler", "--types", "", source, types],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    equal(done.stdout.decode(), "")


def test_site():
    with start("site") as server:
        page = server.get("/")
        check("A site of files" in page.text() and page.header("x-content-type-options") == "nosniff", f"{page}")
        equal(server.get("/style.css").header("cache-control"), "public, max-age=3600")
        check(server.get("/api/time").json()["time"].startswith("20"), "no time")
        equal(server.get("/api/none").status, 404)
        about = server.get("/api/about").json()
        check(about["words"] > 5 and about["etag"], f"{about}")
        equal((server.get("/home").status, server.get("/home").header("location")), (301, "/"))
        equal(server.get("/a/about").header("location"), "/about")
        check("about.html" in server.get("/about").text(), "no page")
        missing = server.get("/nothing", {"sec-fetch-mode": "navigate"})
        check(missing.status == 404 and "Not here" in missing.text(), f"{missing}")
