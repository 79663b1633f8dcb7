"""Origins for fetch() of workers: one that answers, one that misbehaves, and nginx."""
import ctypes
import functools
import gzip
import http.server
import json
import threading
import time
import zlib

import skerry

PLAIN = b"hello " * 100


class Handler(http.server.BaseHTTPRequestHandler):
    """/headers tells what it got; /r/STATUS/PATH and /to?URL redirect; /enc/NAME answers PLAIN in a coding."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, headers, body=b""):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self):
        if self.headers.get("transfer-encoding") == "chunked":
            out = b""
            while size := int(self.rfile.readline(), 16):
                out += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return out
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def any_method(self):
        body, path = self.body(), self.path
        self.server.count += 1
        if path.startswith("/headers"):
            seen = sorted([k.lower(), v] for k, v in self.headers.items() if k.lower() not in ("host", "transfer-encoding"))
            return self.reply(200, [("content-type", "application/json")],
                              json.dumps({"method": self.command, "path": path, "headers": seen, "body": body.decode()}).encode())
        if path.startswith("/r/"):
            _, _, status, to = path.split("/", 3)
            return self.reply(int(status), [("location", "/" + to)], b"redirecting")
        if path.startswith("/to?"):
            return self.reply(302, [("location", path[4:])])
        if path == "/loop":
            return self.reply(302, [("location", "/loop")])
        if path == "/no-location":
            return self.reply(302, [])
        if path.startswith("/enc/"):
            return self.reply(200, [("content-type", "text/plain"), ("content-encoding", header_of(path[5:]))], encoded(path[5:]))
        if path == "/bomb":
            return self.reply(200, [("content-type", "text/plain"), ("content-encoding", "gzip")], bomb())
        return self.reply(404, [], b"no such path")

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = any_method


BOMB_BYTES = 1 << 30


@functools.cache
def bomb():
    """A gigabyte of zeros, gzipped: about a megabyte."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(BOMB_BYTES >> 20)) + packer.flush()


def header_of(name):
    """The value of content-encoding for a name: gzip-bad and gzip-cut are called gzip."""
    if name == "raw-deflate":
        return "deflate"
    return name if name == "x-gzip" else name.split("-")[0]


def encoded(name):
    if name.endswith("-bad"):
        return b"these bytes are not in that coding, whatever it is"
    if name in ("gzip", "GZip", "x-gzip"):
        return gzip.compress(PLAIN, mtime=0)
    if name.startswith("gzip-"):
        coded = gzip.compress(PLAIN, mtime=0)
        return {"gzip-cut": coded[:-9], "gzip-junk": coded + b"junk", "gzip-members": coded + coded, "gzip-empty": b""}[name]
    if name == "deflate":
        return zlib.compress(PLAIN)
    if name == "raw-deflate":
        return zlib.compress(PLAIN)[2:-4]
    if name == "br":
        size, out = ctypes.c_size_t(4096), ctypes.create_string_buffer(4096)
        brotli = ctypes.CDLL("libbrotlienc.so.1")
        skerry.equal(brotli.BrotliEncoderCompress(5, 22, 0, ctypes.c_size_t(len(PLAIN)), PLAIN, ctypes.byref(size), out), 1)
        return out.raw[:size.value]
    if name == "zstd":
        zstd, out = ctypes.CDLL("libzstd.so.1"), ctypes.create_string_buffer(4096)
        zstd.ZSTD_compress.restype = ctypes.c_size_t
        size = zstd.ZSTD_compress(out, ctypes.c_size_t(4096), PLAIN, ctypes.c_size_t(len(PLAIN)), 3)
        return out.raw[:size]
    return PLAIN


class Slow(Handler):
    """Answers each path with itself after 20 ms; `server.most` is how many requests were there at once."""

    def do_GET(self):
        with self.server.lock:
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
        time.sleep(0.02)
        with self.server.lock:
            self.server.now -= 1
        self.reply(200, [], self.path.encode())


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    count = now = most = 0
    lock = threading.Lock()

    def handle_error(self, *_):  # clients that leave are part of the tests
        pass


def start(handler=Handler):
    """A running origin; `.port`, `.url`, `.count` (requests so far)."""
    server = Server(("127.0.0.1", 0), handler)
    server.port = server.server_address[1]
    server.url = f"http://127.0.0.1:{server.port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
