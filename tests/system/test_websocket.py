"""WebSockets: workers talk as under workerd, seen by npm's ws and by the worker itself; and what workerd has no say in."""
import base64
import json
import os
import signal
import socket
import struct
import subprocess
import time

import skerry
import workerd

APP = os.path.join(skerry.HERE, "apps/websocket")
UPGRADE = (b"GET %s HTTP/1.1\r\nHost: app\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef") + b"\r\n\r\n")


def frame(opcode, payload=b"", fin=True, mask=b"\1\2\3\4"):
    if isinstance(payload, str):
        payload = payload.encode()
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else struct.pack(">BH", 0xFE, size) if size < 65536 else struct.pack(">BQ", 0xFF, size)
    repeated = mask * (size // 4 + 1)
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated[:size], "big")).to_bytes(size, "big")
    return bytes([(0x80 if fin else 0) | opcode]) + length + mask + masked


class Socket:
    """A WebSocket client with nothing between the test and the bytes."""

    def __init__(self, server, path="/", timeout_s=10, receive_buffer=None):
        self.rest = b""
        self.s = socket.socket()
        if receive_buffer:
            self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.s.settimeout(timeout_s * skerry.TIME_FACTOR)
        self.s.connect(("127.0.0.1", server.port))
        self.s.sendall(UPGRADE % path.encode())
        while b"\r\n\r\n" not in self.rest:
            self.more()
        self.head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        skerry.check(self.head.startswith(b"HTTP/1.1 101 "), f"a WebSocket, not {self.head!r}")

    def more(self):
        data = self.s.recv(1 << 16)
        if not data:
            raise EOFError(f"the server closed after {self.rest[:200]!r}")
        self.rest += data

    def send(self, payload, opcode=1, **more):
        self.s.sendall(frame(opcode, payload, **more))

    def take(self, size):
        while len(self.rest) < size:
            self.more()
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def read(self):
        """(opcode, payload) of the next frame."""
        first, second = self.take(2)
        size = second & 127
        if size > 125:
            size = int.from_bytes(self.take(2 if size == 126 else 8), "big")
        return first & 15, self.take(size)

    def read_text(self):
        opcode, payload = self.read()
        skerry.equal(opcode, 1, "the opcode")
        return payload.decode()

    def read_close(self):
        while True:
            opcode, payload = self.read()
            if opcode == 8:
                return int.from_bytes(payload[:2], "big") if payload else 1005, payload[2:].decode()

    def close(self):
        self.s.close()


def conversations(server):
    run = subprocess.run(["node", os.path.join(APP, "client.cjs"), str(server.port)], capture_output=True, text=True,
                         timeout=50 * skerry.TIME_FACTOR, check=False)
    skerry.check(run.returncode == 0, f"the client runs:\n{run.stderr}")
    return json.loads(run.stdout)


def both():
    """The application under skerry and under workerd as it is by the newest compatibility date."""
    with open(os.path.join(APP, "index.mjs"), encoding="utf-8") as f:
        path = skerry.project(f.read())
    before, skerry.COMPATIBILITY_DATE = skerry.COMPATIBILITY_DATE, "2026-11-01"
    try:
        return skerry.dev(path), workerd.start(path)
    finally:
        skerry.COMPATIBILITY_DATE = before


def settled(entries):
    """Without what workerd adds after an event's end: an error once the connection, closed in order, is gone."""
    return [e for e in entries if e[:3] != ["server", "error", "ErrorEvent"] or "thrown" in str(e)]


def test_conversations():
    ours, theirs = both()
    for mine, wanted in zip(conversations(ours), conversations(theirs), strict=True):
        def compare(mine=mine, wanted=wanted):
            skerry.equal(mine["seen"], wanted["seen"], f"what the client saw of {mine['path']}")
            skerry.equal(settled(mine["log"]), settled(wanted["log"]), f"what the worker saw of {mine['path']}")
        yield f"{mine['path']} {wanted['seen'][-1]}", compare


def test_in_workers():
    ours, theirs = both()
    for path in ["/fetch-client", "/new-client", "/refused-client", "/pair", "/errors", "/not-a-socket"]:
        def compare(path=path):
            mine, wanted = ours.get(path), theirs.get(path)
            skerry.equal(mine.status, wanted.status, f"the status of {path}: {mine.text()[:300]}")
            for a, b in zip(mine.json(), wanted.json(), strict=True) if isinstance(mine.json(), list) else [(mine.json(), wanted.json())]:
                # How V8 words what is wrong with an argument is each runtime's own.
                skerry.equal(a, b, path)
            time.sleep(0.1)
            order = lambda entries: sorted(map(json.dumps, (e[:6] for e in settled(entries) if "error" not in e)))
            skerry.equal(order(ours.get("/log").json()), order(theirs.get("/log").json()), f"the log of {path}")
        yield path, compare


ECHO = """export default { fetch(request) {
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  server.addEventListener('message', (e) => {
    if (e.data === 'spin') for (;;);
    if (e.data === 'work') { const end = performance.now(); let x = 0; for (let i = 0; i < 3e7; i++) x += i; }
    server.send(e.data);
  });
  server.addEventListener('close', (e) => console.log('closed', e.code, e.reason, e.wasClean));
  return new Response(null, { status: 101, webSocket: client });
} }"""


def test_bad_handshakes():
    server = skerry.dev(skerry.project(ECHO))
    good = UPGRADE % b"/"
    for name, request, status in [("version 8", good.replace(b"Version: 13", b"Version: 8"), b"426"),
                                  ("no version", good.replace(b"Sec-WebSocket-Version: 13\r\n", b""), b"426"),
                                  ("a short key", good.replace(b"MDEy", b""), b"400"),
                                  ("no Connection: Upgrade", good.replace(b"Connection: Upgrade", b"Connection: close"), b"400"),
                                  ("no Upgrade", good.replace(b"Upgrade: websocket\r\n", b""), b"500"),
                                  ("POST", good.replace(b"GET", b"POST").replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"), b"500")]:
        reply, _ = server.raw(request, until_close=False, half_close=True)
        skerry.check(reply.startswith(b"HTTP/1.1 " + status), f"{name}: {status}, not {reply[:100]!r}")
    client = Socket(server)
    client.send("still there")
    skerry.equal(client.read_text(), "still there")


def test_hostile_frames():
    server = skerry.dev(skerry.project(ECHO))
    for name, data, code in [("not masked", b"\x81\x02hi", 1002), ("reserved bit", b"\xc1" + frame(1, "x")[1:], 1002),
                             ("opcode 3", frame(3, "x"), 1002), ("bad UTF-8", frame(1, b"\xff"), 1007),
                             ("a promise of 2^40 bytes", b"\x82\xff" + (1 << 40).to_bytes(8, "big") + b"1234", 1009),
                             ("continues nothing", frame(0, "x"), 1002), ("close code 1005", frame(8, b"\x03\xed"), 1002),
                             ("33 MiB in fragments", b"".join(frame(2 if i == 0 else 0, bytes(1 << 20), fin=False) for i in range(33)), 1009)]:
        client, seen = Socket(server), len(server.lines)
        try:
            client.s.sendall(data)
        except ConnectionError:
            pass  # it closed before everything was sent
        skerry.equal(client.read_close()[0], code, name)
        server.wait_line(f"closed {code} .", after=seen)
        client.close()


def test_flow():
    """A flood of small messages, a slow reader, a sender that does not read."""
    server = skerry.dev(skerry.project(ECHO))
    client = Socket(server)
    client.s.sendall(b"".join(frame(1, f"m{i}") for i in range(20000)))
    skerry.equal([client.read_text() for _ in range(20000)], [f"m{i}" for i in range(20000)])
    before = server.rss_kib()
    slow = Socket(server, receive_buffer=4096)
    slow.s.settimeout(1)
    block = frame(2, bytes(1 << 20))
    sent = 0
    try:
        while sent < 400:
            slow.s.sendall(block)
            sent += 1
    except (TimeoutError, ConnectionError):
        pass
    grown = server.rss_kib() - before
    skerry.check(grown < 120_000, f"a client that only sends costs a bounded amount: {grown} KiB after {sent} MiB")
    client.send("alive")
    skerry.equal(client.read_text(), "alive")


def test_shutdown():
    parent = skerry.folder()
    os.symlink(skerry.project(ECHO), os.path.join(parent, "app"))
    server = skerry.serve(parent)
    clients = [Socket(server) for _ in range(5)]
    server.send(signal.SIGTERM)
    for client in clients:
        skerry.equal(client.read_close()[0], 1001)
        client.send(b"\x03\xe9", opcode=8)
    skerry.equal(server.wait_exit(8), 0, "the exit code")
    skerry.equal(server.output().count("closed 1001"), 5)


def test_reload_and_restart():
    path = skerry.project(ECHO)
    server = skerry.dev(path)
    client = Socket(server)
    client.send("one")
    skerry.equal(client.read_text(), "one")
    skerry.project(ECHO.replace("server.send(e.data)", "server.send('new ' + e.data)"), path=path)
    skerry.equal(client.read_close()[0], 1012, "the old version lets its sockets go")
    client.send(b"\x03\xf4", opcode=8)
    again = Socket(server)
    again.send("one")
    skerry.equal(again.read_text(), "new one")


def test_limits():
    """CPU counts for each message; a message that passes it ends the worker and its sockets, and the next one comes up."""
    server = skerry.start(skerry.project(ECHO, {"limits": {"cpu_ms": 300}}))
    client, other = Socket(server), Socket(server)
    for _ in range(12):
        client.send("work")
        skerry.equal(client.read_text(), "work")
    client.send("spin")
    skerry.equal(client.read_close()[0], 1011)
    skerry.equal(other.read_close()[0], 1011)
    fresh = Socket(server)
    fresh.send("x")
    skerry.equal(fresh.read_text(), "x")


ROOM = """const room = new Set();
export default { async fetch(request) {
  if (new URL(request.url).pathname === '/say') { for (const s of room) s.send('said'); return new Response(String(room.size)); }
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  room.add(server);
  server.addEventListener('message', (e) => { for (const s of room) s.send(e.data); });
  server.addEventListener('close', () => room.delete(server));
  return new Response(null, { status: 101, webSocket: client });
} }"""


def test_room():
    """Sockets of one isolate talk to each other, from any event. A member who does not read is sent away."""
    server = skerry.dev(skerry.project(ROOM))
    members = [Socket(server) for _ in range(3)]
    members[0].send("hi all")
    skerry.equal([m.read_text() for m in members], ["hi all"] * 3)
    skerry.equal(server.get("/say").text(), "3")
    skerry.equal([m.read_text() for m in members], ["said"] * 3)
    members.pop().close()
    skerry.eventually(lambda: server.get("/say").text() == "2", what="the one who left is gone")
    sleeper = Socket(server, receive_buffer=4096)
    before = server.rss_kib()
    members[0].s.settimeout(20)
    for _ in range(120):
        members[0].send(bytes(1 << 20), opcode=2)
        for member in members:
            while member.read()[0] != 2:
                pass
    grown = server.rss_kib() - before
    skerry.check(grown < 100_000, f"the sleeper costs a bounded amount: {grown} KiB")
    sleeper.s.settimeout(5)
    skerry.equal(sleeper.read_close()[0], 1013)
