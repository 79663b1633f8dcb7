"""What the system tests share: starting build/skerry in a folder of its own, talking to it, and ending it by pid.

SKERRY_TARGET=workerd runs the tests that only use what both have against workerd instead: it shows whether a test itself
is right. SKERRY_BIN names another binary.
"""
import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BIN = os.environ.get("SKERRY_BIN", os.path.join(ROOT, "build/skerry"))
TARGET = os.environ.get("SKERRY_TARGET", "skerry")
LONG = os.environ.get("SKERRY_LONG") == "1"
TIME_FACTOR = float(os.environ.get("SKERRY_TIME_FACTOR", "1"))
COMPATIBILITY_DATE = "2026-01-01"
URL = re.compile(r"https?://[\w.\[\]:-]+:(\d+)")

_servers = []
_folders = []


def missing():
    """What the tests lack to run at all, in words, or None."""
    if TARGET == "skerry" and not os.access(BIN, os.X_OK):
        return f"{BIN} is not there: build it first (ninja -C build)"
    if not os.path.isdir(os.path.join(HERE, "node_modules")):
        return "tests/system/node_modules is not there: scripts/setup --tests"
    return None


def alive():
    return [s for s in _servers if s.running()]


def clean_up():
    """Ends what the last test left: processes, then folders."""
    clean_servers()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def clean_servers():
    while _servers:
        _servers.pop().kill()


def folder():
    path = tempfile.mkdtemp(prefix="skerry-test-")
    _folders.append(path)
    return path


def free_port():
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())


def project(code, config=None, files=None, path=None):
    """A folder with index.mjs, wrangler.jsonc unless `config` is False, and further files; returns its path."""
    path = path or folder()
    write(os.path.join(path, "index.mjs"), code)
    if config is not False:
        whole = {"name": os.path.basename(path), "main": "index.mjs", "compatibility_date": COMPATIBILITY_DATE}
        write(os.path.join(path, "wrangler.jsonc"), json.dumps({**whole, **(config or {})}, indent=2))
    for name, content in (files or {}).items():
        write(os.path.join(path, name), content)
    return path


class Reply:
    def __init__(self, status, reason, headers, body):
        self.status, self.reason, self.headers, self.body = status, reason, headers, body

    def header(self, name):
        values = [v for k, v in self.headers if k.lower() == name.lower()]
        return ", ".join(values) if values else None

    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:300]!r}>"


class Server:
    """A running server. `lines` holds what it printed; `port` is where it listens, or `unix` its socket's path."""

    def __init__(self, command, cwd, name="skerry", env=None, ready=URL, port=None, unix=None, wait=True, preexec=None):
        self.name, self.port, self.unix, self.lines = name, port, unix, []
        self._changed = threading.Condition()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CLOUDFLARE_")}
        environment.update(env or {}, NO_COLOR="1")
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=preexec)
        self.pid = self.process.pid
        _servers.append(self)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if wait and ready:
            found = self.wait_line(ready.pattern, 20)
            if self.port is None and found.groups():
                self.port = int(found.group(1))

    def _read(self):
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self.lines.append("(end of output)")
            self._changed.notify_all()

    def wait_line(self, pattern, timeout_s=10, after=0):
        """Waits for a printed line that matches, from line number `after` on; returns the match."""
        compiled, seen, limit = re.compile(pattern), after, time.monotonic() + timeout_s * TIME_FACTOR
        with self._changed:
            while True:
                while seen < len(self.lines):
                    found = compiled.search(self.lines[seen])
                    if found:
                        return found
                    seen += 1
                ended = self.lines and self.lines[-1] == "(end of output)"
                if ended or not self._changed.wait(max(0, limit - time.monotonic())) and time.monotonic() >= limit:
                    raise AssertionError(f"{self.name} printed no line like {pattern!r}"
                                         f"{' before it ended' if ended else ''}; it printed:\n{self.tail()}")

    def output(self):
        with self._changed:
            return "\n".join(self.lines)

    def tail(self, count=30):
        return "\n".join(self.lines[-count:])

    def running(self):
        return self.process.poll() is None

    def send(self, number):
        self.process.send_signal(number)

    def wait_exit(self, timeout_s=10):
        try:
            code = self.process.wait(timeout_s * TIME_FACTOR)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} has not ended after {timeout_s} s:\n{self.tail()}") from None
        self._reader.join(5)
        return code

    def kill(self, number=signal.SIGKILL):
        if self.running():
            self.process.send_signal(number)
        self.process.wait(30)
        self._reader.join(5)

    def stop(self):
        """SIGTERM, and the exit code."""
        self.send(signal.SIGTERM)
        return self.wait_exit(15)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def rss_kib(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))

    def connect(self, timeout_s=10):
        if self.unix:
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(timeout_s * TIME_FACTOR)
            s.connect(self.unix)
            return s
        s = socket.create_connection(("127.0.0.1", self.port), timeout_s * TIME_FACTOR)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def request(self, method, path, body=None, headers=None, host=None, timeout_s=20, decode=True):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port or 1, timeout=timeout_s * TIME_FACTOR)
        connection.sock = self.connect(timeout_s)
        try:
            return exchange(connection, method, path, body, headers, host or f"127.0.0.1:{self.port}")
        finally:
            connection.close()

    def get(self, path="/", headers=None, **more):
        return self.request("GET", path, None, headers, **more)

    def raw(self, data, timeout_s=5, until_close=True, half_close=False):
        """Sends bytes as they are; returns (all bytes that came, whether the server closed the connection)."""
        s = self.connect(timeout_s)
        try:
            try:
                s.sendall(data)
                if half_close:
                    s.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return read_all(s, timeout_s)
        finally:
            s.close()

    def wait_ready(self, timeout_s=10, path="/"):
        limit = time.monotonic() + timeout_s * TIME_FACTOR
        while True:
            try:
                return self.get(path, timeout_s=2)
            except OSError:
                if time.monotonic() > limit or not self.running():
                    raise AssertionError(f"{self.name} does not answer:\n{self.tail()}") from None
                time.sleep(0.01)


def exchange(connection, method, path, body=None, headers=None, host=None):
    """One request on an open http.client connection."""
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host or f"127.0.0.1:{connection.port}")
    pairs = list(headers.items() if isinstance(headers, dict) else headers or [])
    if isinstance(body, str):
        body = body.encode()
    if body is not None and not any(k.lower() in ("content-length", "transfer-encoding") for k, _ in pairs):
        pairs.append(("Content-Length", str(len(body))))
    for name, value in pairs:
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    data = answer.read()
    return Reply(answer.status, answer.reason, answer.getheaders(), data)


def read_all(s, timeout_s):
    """(bytes, closed): reads until the peer closes or nothing comes for the time given."""
    got, limit = b"", time.monotonic() + timeout_s * TIME_FACTOR
    while True:
        left = limit - time.monotonic()
        if left <= 0 or not select.select([s], [], [], left)[0]:
            return got, False
        try:
            more = s.recv(65536)
        except ConnectionResetError:
            return got, True
        if not more:
            return got, True
        got += more


def parse_replies(data):
    """Splits the bytes of a connection into replies (final ones; 1xx are left out). Chunked and counted bodies only."""
    replies = []
    while data:
        head, separator, rest = data.partition(b"\r\n\r\n")
        if not separator:
            raise AssertionError(f"a cut reply: {data[:200]!r}")
        lines = head.decode("latin-1").split("\r\n")
        version, status, *reason = lines[0].split(" ", 2)
        headers = [tuple(p.strip() for p in line.split(":", 1)) for line in lines[1:]]
        fields = {k.lower(): v for k, v in headers}
        body, data = b"", rest
        if fields.get("transfer-encoding", "").lower() == "chunked":
            while True:
                size, _, data = data.partition(b"\r\n")
                count = int(size.split(b";")[0], 16)
                body, data = body + data[:count], data[count + 2:]
                if not count:
                    break
        elif "content-length" in fields:
            count = int(fields["content-length"])
            body, data = data[:count], data[count:]
        elif not 100 <= int(status) < 200 and int(status) not in (204, 304):
            body, data = data, b""
        if not 100 <= int(status) < 200:
            replies.append(Reply(int(status), " ".join(reason), headers, body))
    return replies


def dev(path, *arguments, wait=True, env=None, port=None, data=None, preexec=None):
    """`skerry dev` on a project folder; with data given, KV is kept there."""
    port = port or free_port()
    command = [BIN, "dev", path, "--port", str(port)]
    if data:
        command += ["--persist-to", data]
    return Server(command + list(arguments), folder(), "skerry dev", env=env, port=port, wait=wait, preexec=preexec)


def serve(workers, *arguments, wait=True, env=None, data=None, listen=None, unix=None, preexec=None, prefix=()):
    """`skerry serve` on a folder of workers."""
    port = None if unix else free_port()
    listen = listen or (f"unix:{unix}" if unix else f"127.0.0.1:{port}")
    command = [*prefix, BIN, "serve", "--workers", workers, "--listen", listen, "--data", data or folder()]
    ready = re.compile(re.escape(unix)) if unix else URL
    return Server(command + list(arguments), folder(), "skerry serve", env=env, ready=ready, port=port, unix=unix,
                  wait=wait, preexec=preexec)


def start(path, *arguments):
    """One worker on the target that is under test: skerry serve, or workerd for a look at the test itself."""
    if TARGET == "workerd":
        import workerd
        return workerd.start(path)
    parent = folder()
    name = "app"
    os.symlink(path, os.path.join(parent, name))
    server = serve(parent, *arguments)
    server.app_host = f"{name}.localhost"
    return server


def run_to_end(*arguments, cwd=None, env=None, timeout_s=20):
    """A skerry command that is expected to end; returns (exit code, what it printed)."""
    done = subprocess.run([BIN, *arguments], cwd=cwd or folder(), env={**os.environ, **(env or {}), "NO_COLOR": "1"},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=timeout_s * TIME_FACTOR)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def equal(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what}{': ' if what else ''}got {got!r}, wanted {wanted!r}")


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def quoted(text):
    return urllib.parse.quote(text, safe="")


def eventually(condition, timeout_s=5, what="it", every_s=0.02):
    limit = time.monotonic() + timeout_s * TIME_FACTOR
    while not condition():
        if time.monotonic() > limit:
            raise AssertionError(f"{what} has not come true in {timeout_s} s")
        time.sleep(every_s)
