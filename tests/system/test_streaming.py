"""Bodies as streams, many connections, and clients that leave: memory stays bounded and the server goes on."""
import hashlib
import os
import resource
import selectors
import signal
import socket
import threading
import time

import skerry
from skerry import check, equal

CODE = """
let cancelled = 0, aborted = 0;
const chunk = new Uint8Array(65536).fill(120);
export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    const count = Number(url.searchParams.get('n') ?? 1);
    switch (url.pathname) {
      case '/echo': return new Response(request.body, { headers: { 'content-type': 'application/octet-stream' } });
      case '/transform': return new Response(request.body.pipeThrough(new TransformStream({
        transform(part, out) { out.enqueue(part.map((b) => b ^ 255)); },
      })));
      case '/hash': {
        const data = await request.arrayBuffer();
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
        return new Response([...digest].map((b) => b.toString(16).padStart(2, '0')).join(''));
      }
      case '/count': {
        let size = 0, parts = 0;
        for await (const part of request.body) { size += part.length; parts++; }
        return Response.json({ size, parts });
      }
      case '/generate': {
        let left = count;
        return new Response(new ReadableStream({
          pull(out) { if (left-- > 0) out.enqueue(chunk.slice()); else out.close(); },
          cancel() { cancelled++; },
        }));
      }
      case '/dribble': {
        let left = count;
        return new Response(new ReadableStream({
          async pull(out) {
            await new Promise((done) => setTimeout(done, 20));
            if (left-- > 0) out.enqueue(new TextEncoder().encode('tick ')); else out.close();
          },
          cancel() { cancelled++; },
        }));
      }
      case '/breaks': {
        let left = count;
        return new Response(new ReadableStream({
          pull(out) { if (left-- > 0) out.enqueue(new TextEncoder().encode('part ')); else out.error(new Error('on purpose')); },
        }));
      }
      case '/ignore': return new Response('not read');
      case '/read-one': {
        const reader = request.body.getReader();
        try { await reader.read(); await reader.read(); for (;;) if ((await reader.read()).done) break; } catch { aborted++; }
        return new Response('read');
      }
      case '/sleep':
        await new Promise((done) => setTimeout(done, count));
        return new Response('slept');
      case '/seen': return Response.json({ cancelled, aborted });
      case '/length': return new Response('x'.repeat(count), { headers: { 'x-method': request.method } });
    }
    return new Response('hello');
  },
};
"""
MB = 1 << 20


def started(*arguments):
    server = skerry.start(skerry.project(CODE), *arguments)
    server.get("/", host=server.app_host)
    return server


def head(server, method, path, *fields):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {server.app_host}", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def chunked(data, size):
    parts = [data[i:i + size] for i in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


def send_and_read(server, first, body, timeout_s=30):
    """Sends in a thread while reading, as an echo needs; returns the only reply."""
    s = server.connect(timeout_s)
    sender = threading.Thread(target=s.sendall, args=(first + body,))
    sender.start()
    got = bytearray()
    while True:
        more = s.recv(1 << 18)
        if not more:
            break
        got += more
    sender.join()
    s.close()
    replies = skerry.parse_replies(bytes(got))
    equal(len(replies), 1, "replies")
    return replies[0]


def test_echo_of_5_mb():
    server, data = started(), os.urandom(5 * MB)
    for name, fields, body in (("length", [f"Content-Length: {len(data)}"], data),
                               ("chunked", ["Transfer-Encoding: chunked"], chunked(data, 50_001)),
                               ("tiny chunks", ["Transfer-Encoding: chunked"], chunked(data[:200_000], 7))):
        def one(fields=fields, body=body, name=name):
            reply = send_and_read(server, head(server, "POST", "/echo", "Connection: close", *fields), body)
            equal(reply.status, 200)
            wanted = data[:200_000] if name == "tiny chunks" else data
            equal(hashlib.sha256(reply.body).hexdigest(), hashlib.sha256(wanted).hexdigest(), f"{len(reply.body)} bytes")
        yield name, one


def test_transform_of_5_mb():
    server, data = started(), os.urandom(5 * MB)
    reply = send_and_read(server, head(server, "POST", "/transform", "Connection: close", f"Content-Length: {len(data)}"), data)
    check(reply.body == bytes(b ^ 255 for b in data), f"{len(reply.body)} bytes differ from what was sent")


def test_buffered_upload():
    server, data = started(), os.urandom(5 * MB)
    reply = server.request("POST", "/hash", data, host=server.app_host)
    equal(reply.text(), hashlib.sha256(data).hexdigest())
    reply = server.request("POST", "/count", data, host=server.app_host)
    equal(reply.json()["size"], len(data))


def test_slow_reader_holds_memory():
    """1 GB is asked for and read slowly for some seconds: what is not read is not made."""
    server = started()
    server.get("/generate?n=200", host=server.app_host)  # the heap has had its first growth
    before = server.rss_kib()
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    s.settimeout(20)
    s.connect(("127.0.0.1", server.port))
    s.sendall(head(server, "GET", f"/generate?n={1024 * 16}"))
    got, most, end = 0, 0, time.monotonic() + 6
    while time.monotonic() < end:
        got += len(s.recv(65536))
        most = max(most, server.rss_kib())
        time.sleep(0.01)
    check(got > MB, f"only {got} bytes came")
    check(got < 500 * MB, "the reader was not slow")
    check(most - before < 16 * 1024, f"memory grew by {(most - before) / 1024:.1f} MiB while {got / MB:.0f} MiB were read")
    s.close()
    equal(server.get("/", host=server.app_host).status, 200)


def test_fast_reader_gets_all():
    """The same stream, 256 MB of it, read at full speed: all of it comes, and memory stays bounded."""
    server = started()
    s = server.connect(30)
    s.sendall(head(server, "GET", f"/generate?n={256 * 16}", "Connection: close"))
    got, most, before, buffer = 0, 0, server.rss_kib(), bytearray(MB)
    while count := s.recv_into(buffer):
        got += count
        if got % 97 < 2:
            most = max(most, server.rss_kib())
    check(256 * MB < got < 257 * MB, f"{got} bytes with the chunk heads")
    check(max(most, server.rss_kib()) - before < 64 * 1024, f"memory grew by {(most - before) / 1024:.1f} MiB")


def test_slow_upload_holds_memory():
    """A worker that stops reading stops the sender: the rest stays in the socket."""
    server = started("--max-body-mb", "2048")
    before = server.rss_kib()
    s = server.connect(5)
    s.sendall(head(server, "POST", "/sleep?n=3000", f"Content-Length: {1024 * MB}"))
    s.setblocking(False)
    sent, end, block = 0, time.monotonic() + 2, b"x" * 65536
    while time.monotonic() < end:
        try:
            sent += s.send(block)
        except BlockingIOError:
            time.sleep(0.01)
    check(sent < 24 * MB, f"{sent / MB:.0f} MiB were taken from a sender that nobody reads")
    check(server.rss_kib() - before < 16 * 1024, f"memory grew by {(server.rss_kib() - before) / 1024:.1f} MiB")
    s.close()
    equal(server.get("/", host=server.app_host).status, 200)


def seen(server, key):
    return server.get("/seen", host=server.app_host).json()[key]


def test_client_leaves_a_download():
    server = started()
    for _ in range(20):
        s = server.connect()
        s.sendall(head(server, "GET", "/generate?n=16384"))
        s.recv(100_000)
        s.close()
    skerry.eventually(lambda: seen(server, "cancelled") == 20, 10, "cancel() of all 20 streams")
    for _ in range(5):
        s = server.connect()
        s.sendall(head(server, "GET", "/dribble?n=100000"))
        s.recv(1000)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset instead of an end
        s.close()
    skerry.eventually(lambda: seen(server, "cancelled") == 25, 10, "cancel() after resets")


def test_client_leaves_an_upload():
    server = started()
    for _ in range(20):
        s = server.connect()
        s.sendall(head(server, "POST", "/read-one", "Content-Length: 1000000") + b"x" * 1000)
        time.sleep(0.01)
        s.close()
    for _ in range(5):
        s = server.connect()
        s.sendall(head(server, "POST", "/hash", "Content-Length: 1000000") + b"x" * 70000)
        s.close()
    equal(server.get("/", host=server.app_host).status, 200)
    check(server.running(), "the server ended")
    if skerry.TARGET == "skerry":
        skerry.eventually(lambda: seen(server, "aborted") == 20, 10, "a rejected read() of all 20 bodies")


def test_stream_that_fails():
    """A body that breaks half-way cuts the connection, so that nobody takes it for complete."""
    server = started()
    s = server.connect()
    s.sendall(head(server, "GET", "/breaks?n=3"))
    got, closed = skerry.read_all(s, 5)
    s.close()
    check(closed and not got.endswith(b"0\r\n\r\n"), f"looks complete: {got[-200:]!r}")
    equal(server.get("/", host=server.app_host).status, 200)


def test_2000_connections():
    """2,000 clients at once, each with three requests on its connection."""
    server = started()
    count = 2000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    request = head(server, "GET", "/sleep?n=50")
    poll, clients = selectors.DefaultSelector(), []
    for _ in range(count):
        s = server.connect(30)
        s.setblocking(False)
        clients.append(s)
        poll.register(s, selectors.EVENT_READ, {"rounds": 0, "data": b""})
    for s in clients:
        s.send(request)
    done, limit = 0, time.monotonic() + 40
    while done < count and time.monotonic() < limit:
        for key, _ in poll.select(1):
            state = key.data
            data = key.fileobj.recv(65536)
            check(data, f"a connection was closed after {state['rounds']} replies; {done} clients were done")
            state["data"] += data
            if b"slept" in state["data"]:
                check(state["data"].startswith(b"HTTP/1.1 200"), repr(state["data"][:200]))
                state["rounds"], state["data"] = state["rounds"] + 1, b""
                if state["rounds"] < 3:
                    key.fileobj.send(request)
                else:
                    done += 1
    for s in clients:
        s.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    equal(done, count, "clients that got three replies")
    equal(server.get("/", host=server.app_host).status, 200)


def test_pipelining():
    """Replies come in the order of the requests, also when the first takes longest."""
    server = started()
    paths = ["/sleep?n=100", "/", "/length?n=3", "/sleep?n=1", "/generate?n=1", "/"] * 10
    data = b"".join(head(server, "GET", p) for p in paths[:-1]) + head(server, "GET", "/", "Connection: close")
    got, closed = server.raw(data, timeout_s=20)
    replies = skerry.parse_replies(got)
    equal(len(replies), len(paths))
    for path, reply in zip(paths, replies):
        wanted = {"/sle": b"slept", "/": b"hello", "/len": b"xxx", "/gen": b"x" * 65536}[path[:4]]
        check(reply.body == wanted, f"{path}: {reply.body[:50]!r}")
    check(closed, "the connection stays open after Connection: close")


def test_head_requests():
    server = started()
    s = server.connect()
    s.sendall(head(server, "HEAD", "/length?n=1234") + head(server, "HEAD", "/generate?n=5") + head(server, "GET", "/length?n=2", "Connection: close"))
    got, _ = skerry.read_all(s, 10)
    s.close()
    heads = got.split(b"\r\n\r\n")
    check(heads[0].startswith(b"HTTP/1.1 200") and b"ontent-" in heads[0], repr(heads[0]))
    check(b"x-method: HEAD" in heads[0], repr(heads[0]))
    check(heads[1].startswith(b"HTTP/1.1 200"), f"bytes of a body follow a HEAD: {heads[1][:100]!r}")
    equal(heads[-1], b"xx")


def test_100_continue():
    server = started()
    s = server.connect(5)
    s.sendall(head(server, "POST", "/hash", "Content-Length: 5", "Expect: 100-continue"))
    first = s.recv(1000)
    check(first.startswith(b"HTTP/1.1 100"), repr(first))
    s.sendall(b"hello")
    reply = s.recv(4096)
    check(hashlib.sha256(b"hello").hexdigest().encode() in reply, repr(reply))
    s.close()
    if skerry.TARGET == "skerry":  # a worker that does not read the body does not ask for it
        s = server.connect(5)
        s.sendall(head(server, "POST", "/ignore", "Content-Length: 5", "Expect: 100-continue"))
        got = s.recv(4096)
        check(got.startswith(b"HTTP/1.1 200"), repr(got))
        s.close()


def test_keep_alive():
    """1,000 requests on one connection, bodies read or not; HTTP/1.0 closes unless asked to stay."""
    server = started()
    connection = skerry.http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.connect()
    first = connection.sock
    for i in range(1000):
        path, body = (("/hash", b"x" * i), ("/ignore", b"unread"), ("/", None))[i % 3]
        reply = skerry.exchange(connection, "POST" if body is not None else "GET", path, body, host=server.app_host)
        equal(reply.status, 200)
    check(connection.sock is first, "the connection was closed in between")
    connection.close()
    old = f"GET / HTTP/1.0\r\nHost: {server.app_host}\r\n".encode()
    got, closed = server.raw(old + b"\r\n", timeout_s=3)
    check(closed and got.endswith(b"hello"), repr(got))
    if skerry.TARGET == "skerry":
        got, closed = server.raw(old + b"Connection: keep-alive\r\n\r\n", timeout_s=1)
        check(not closed and got.endswith(b"hello"), f"closed: {closed}, {got!r}")
    got, closed = server.raw(old.replace(b"1.0", b"1.1") + b"Connection: close\r\n\r\n", timeout_s=3)
    check(closed and b"onnection: close" in got, repr(got))


def test_drain_on_sigterm():
    """SIGTERM: no new connections, the running requests finish, idle connections close, exit code 0."""
    server = started()
    idle = server.connect(10)
    slow = server.connect(10)
    slow.sendall(head(server, "GET", "/sleep?n=1500"))
    download = server.connect(10)
    download.sendall(head(server, "GET", "/dribble?n=40"))
    time.sleep(0.3)
    begin = time.monotonic()
    server.send(signal.SIGTERM)
    got, closed = skerry.read_all(idle, 5)
    check(closed and not got, "an idle connection stays open")
    check(time.monotonic() - begin < 2, "idle connections close late")
    try:
        late = server.connect(2)
        late.sendall(head(server, "GET", "/"))
        got, closed = skerry.read_all(late, 2)
        check(not got, f"a new connection is served while draining: {got[:100]!r}")
    except OSError:
        pass
    got, closed = skerry.read_all(slow, 10)
    check(got.endswith(b"slept") and closed, f"the running request: {got!r}")
    got, closed = skerry.read_all(download, 10)
    check(got.endswith(b"0\r\n\r\n") and got.count(b"tick") == 40, f"the running download: {got[-100:]!r}")
    equal(server.wait_exit(10), 0, "exit code")
    check(time.monotonic() - begin < 8, "the end came late")
