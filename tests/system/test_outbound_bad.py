"""Origins that misbehave: each ends in a TypeError that says why, in time, and the worker answers the next request."""
import socket
import threading
import time

import skerry
import upstream
from skerry import check, equal

CODE = """
export default {
  async fetch(request, env) {
    const to = request.headers.get('x-to'), how = new URL(request.url).pathname;
    const init = { method: request.method, body: request.method === 'POST' ? await request.text() : undefined };
    try {
      if (how === '/abort') { const c = new AbortController(); setTimeout(() => c.abort(new Error('own reason')), 80); init.signal = c.signal; }
      if (how === '/timeout') init.signal = AbortSignal.timeout(80);
      if (how === '/upload') { init.method = 'POST'; init.body = new ReadableStream({ async pull(c) { c.enqueue(new Uint8Array(65536)); } }); init.signal = AbortSignal.timeout(300); }
      const response = await fetch(to, init);
      return new Response(JSON.stringify({ status: response.status, body: await response.text() }));
    } catch (error) { return Response.json({ name: error.name, message: error.message }); }
  },
};
"""


class Raw:
    """An origin of bare bytes: `script(connection, number)` is run for each connection on a thread of its own."""

    def __init__(self, script):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url, self.script, self.count = f"http://127.0.0.1:{self.listener.getsockname()[1]}/", script, 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            threading.Thread(target=self.one, args=(connection, self.count), daemon=True).start()

    def one(self, connection, number):
        with connection:
            connection.settimeout(20)
            try:
                self.script(connection, number)
            except OSError:
                pass


def head(connection):
    """Reads the head of a request."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(65536)
        if not more:
            raise OSError("the client left")
        got += more
    return got


def says(text):
    def script(connection, _):
        head(connection)
        connection.sendall(text.encode("latin-1") if isinstance(text, str) else text)
    return script


def reset(connection, _):
    head(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def reset_in_body(connection, number):
    head(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    time.sleep(0.05)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def endless_headers(connection, _):
    head(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"x-more: " + b"y" * 1000 + b"\r\n")


def endless_interim(connection, _):
    head(connection)
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" * 10)


def stall(connection, _):
    head(connection)
    time.sleep(15)


def no_reader(connection, _):
    time.sleep(15)


BAD = {
    "nothing and close": (says(b""), "closed the connection"),
    "reset": (reset, "reset"),
    "reset in the body": (reset_in_body, ""),
    "not HTTP": (says("SSH-2.0-OpenSSH_9\r\n\r\n"), "status line"),
    "bad status": (says("HTTP/1.1 2x0 OK\r\n\r\n"), "status line"),
    "cut head": (says("HTTP/1.1 200 OK\r\ncontent-le"), "closed the connection"),
    "short body": (says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), "before its reply was complete"),
    "two lengths": (says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), "content-length"),
    "length and chunks": (says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "content-length and transfer-encoding"),
    "bad length": (says("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), "content-length"),
    "bad chunk": (says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "chunked body is malformed"),
    "cut chunks": (says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), "before its reply was complete"),
    "unknown coding": (says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"), "transfer coding"),
    "header without colon": (says("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), "header line"),
    "folded header": (says("HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n"), ""),
    "endless headers": (endless_headers, "too"),
    "endless interim replies": (endless_interim, "interim"),
    "101 unasked": (says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "protocol"),
}


def ask(server, path, origin, **more):
    return server.request(more.pop("method", "GET"), path, more.pop("body", None), {"x-to": origin.url}, **more).json()


def test_bad_origins():
    server = skerry.dev(skerry.project(CODE))
    for name, (script, text) in BAD.items():
        def one(script=script, text=text):
            origin = Raw(script)
            begin = time.monotonic()
            answer = ask(server, "/", origin)
            equal(answer.get("name"), "TypeError", answer)
            check(text in answer["message"], answer)
            check(time.monotonic() - begin < 5 * skerry.TIME_FACTOR, "it took too long")
            check(origin.count <= 2, f"{origin.count} connections")
        yield name, one


def test_abort_at_each_stage():
    """abort() and AbortSignal.timeout() end a fetch that waits for the head, or for its own upload."""
    server = skerry.dev(skerry.project(CODE))

    def waiting():
        origin = Raw(stall)
        equal(ask(server, "/timeout", origin)["name"], "TimeoutError")
        equal(ask(server, "/abort", origin), {"name": "Error", "message": "own reason"})
    yield "head", waiting

    def upload():
        equal(ask(server, "/upload", Raw(no_reader))["name"], "TimeoutError")
    yield "upload", upload


def test_more_than_its_length():
    """Bytes past the length answer nothing: they do not become the next reply."""
    def script(connection, number):
        for _ in range(2):
            head(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + (b"oneHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil" if number == 1 else b"two"))
    origin = Raw(script)
    with skerry.dev(skerry.project(CODE)) as server:
        equal(ask(server, "/", origin)["body"], "one")
        equal(ask(server, "/", origin)["body"], "two")


def test_kept_connection_that_died():
    """A GET on a kept connection that turns out closed goes out again on a new one; a POST does not."""
    def script(connection, number):
        head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        head(connection)  # and closes without a word
    origin = Raw(script)
    with skerry.dev(skerry.project(CODE)) as server:
        for _ in range(3):
            equal(ask(server, "/", origin)["body"], "ok")
        equal(origin.count, 3)
        equal(ask(server, "/", origin, method="POST", body="x")["name"], "TypeError")


def test_closed_while_idle():
    """An origin that closes kept connections costs nothing: the next request opens one."""
    def script(connection, _):
        head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    origin = Raw(script)
    with skerry.dev(skerry.project(CODE)) as server:
        for _ in range(3):
            equal(ask(server, "/", origin)["body"], "ok")
            time.sleep(0.05)
        equal(ask(server, "/", origin, method="POST", body="x")["body"], "ok")


def test_connection_refused_and_unknown_name():
    with skerry.dev(skerry.project(CODE)) as server:
        for url, text in (("http://127.0.0.1:1/", "refused"), ("http://no-such-host.invalid/", "look up no-such-host.invalid")):
            answer = server.get("/", {"x-to": url}).json()
            check(answer.get("name") == "TypeError" and text in answer["message"], answer)


def test_allowed_origins():
    """serve reaches private addresses only where its operator has said so, by block."""
    origin = upstream.start()
    parent = skerry.folder()
    skerry.project(CODE, path=skerry.os.path.join(parent, "app"))
    for arguments, reached in (((), False), (("--allow-origin", "10.0.0.0/8"), False), (("--allow-origin", "127.0.0.1"), True),
                               (("--allow-origin", "10.0.0.0/8", "--allow-origin", "127.0.0.0/8"), True), (("--allow-private-origins",), True)):
        with skerry.serve(parent, *arguments) as server:
            answer = server.get("/", {"x-to": origin.url + "/headers"}, host="app.localhost").json()
            equal("body" in answer, reached, answer)
            answer = server.get("/", {"x-to": f"http://localhost:{origin.port}/headers"}, host="app.localhost").json()
            equal("body" in answer, reached, answer)
    code, text = skerry.run_to_end("serve", "--workers", parent, "--allow-origin", "ten")
    check(code == 1 and "not an address or a CIDR block" in text, text)


def test_second_address():
    """A name with a dead address first is reached by the next one (localhost: ::1 has no listener)."""
    origin = upstream.start()
    with skerry.dev(skerry.project(CODE)) as server:
        begin = time.monotonic()
        equal(server.get("/", {"x-to": f"http://localhost:{origin.port}/headers"}).json()["status"], 200)
        check(time.monotonic() - begin < 2 * skerry.TIME_FACTOR, "it took too long")
