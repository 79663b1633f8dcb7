"""Several workers in one `skerry dev`, and the ports it listens on."""
import os
import socket

import skerry
from skerry import check, equal

A = "export default { async fetch(r, env) { return new Response('a ' + await (await env.B.fetch(r)).text()); } };"
B = "export default { fetch: (r, env) => new Response('b VERSION ' + env.STAGE + new URL(r.url).pathname) };"


def two():
    a = skerry.project(A, {"name": "a", "services": [{"binding": "B", "service": "b"}], "env": {"staging": {"services": [{"binding": "B", "service": "b"}]}}})
    b = skerry.project(B, {"name": "b", "vars": {"STAGE": "top"}, "env": {"staging": {"name": "b", "vars": {"STAGE": "staging"}}}})
    return a, b


def config(path):
    return os.path.join(path, "wrangler.jsonc")


def test_two_workers():
    """The first answers, the second through its binding and at its host; each reloads when it changes."""
    a, b = two()
    with skerry.dev(a, "-c", config(a), "-c", config(b)) as server:
        equal(server.get("/x").text(), "a b VERSION top/x")
        equal(server.get("/y", host="b.localhost").text(), "b VERSION top/y")
        skerry.write(os.path.join(b, "index.mjs"), B.replace("VERSION", "two"))
        skerry.eventually(lambda: server.get("/").text() == "a b two top/", 5, "the second worker's new version")
        skerry.write(os.path.join(a, "index.mjs"), A.replace("'a '", "'new '"))
        skerry.eventually(lambda: server.get("/").text() == "new b two top/", 5, "the first worker's new version")
        skerry.write(os.path.join(b, "index.mjs"), "export default { fetch( }")
        skerry.eventually(lambda: "SyntaxError" in server.output(), 5, "the error of the second worker")
        check(server.running(), "the server ended")


def test_missing_worker():
    """A binding to a worker that was not started is named, and its calls fail in words."""
    a, _ = two()
    with skerry.dev(a) as server:
        server.wait_line('the service binding "B" names the worker "b", which is not here')
        check('There is no worker "b"' in server.get("/").text(), server.get("/"))


def test_same_name_twice():
    a, _ = two()
    code, text = skerry.run_to_end("dev", "-c", config(a), "-c", config(a), "--port", str(skerry.free_port()))
    check(code == 1 and "two workers are called" in text, text)


def test_port():
    """The default port gives way to the next; one that was asked for does not."""
    path = skerry.project("export default { fetch: () => new Response('here') };")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, text = skerry.run_to_end("dev", path, "--port", str(port))
        check(code == 1 and "taken" in text and "without --port" in text, text)
    try:
        blocker = socket.create_server(("127.0.0.1", 8787))
    except OSError:
        blocker = None  # somebody else has it: just as good
    try:
        with skerry.Server([skerry.BIN, "dev", path], skerry.folder(), "skerry dev") as server:
            check(server.wait_line(r"port 8787 is taken, using (\d+)"), "no line about the port")
            check(server.port > 8787, server.port)
            equal(server.get("/").text(), "here")
    finally:
        if blocker:
            blocker.close()
    with skerry.Server([skerry.BIN, "dev", path, "--port", "0"], skerry.folder(), "skerry dev") as server:
        equal(server.get("/").text(), "here")
