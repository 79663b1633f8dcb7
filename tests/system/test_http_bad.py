"""Requests that break RFC 9112 in more than ninety ways: each gets a clear status, the connection closes, the handler is
not called where the head was bad, and the server goes on."""
import time

import skerry
from skerry import check, equal

CODE = """
let calls = 0;
export default {
  async fetch(request) {
    if (new URL(request.url).pathname === '/calls') return new Response(String(calls));
    calls++;
    return new Response('body: ' + await request.text());
  },
};
"""
HOST = b"Host: app.localhost\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST
POST = b"POST / HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def line(text):
    return text + b"\r\n" + HOST + b"\r\n"


def host(value):
    return b"GET / HTTP/1.1\r\nHost:" + value + b"\r\n\r\n"


def field(text):
    return GET + text + b"\r\n\r\n"


def length(value):
    return POST + b"Content-Length:" + value + b"\r\n\r\nhello"


def coding(value):
    return POST + b"Transfer-Encoding:" + value + b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


# name, bytes, statuses that are right. Sections of RFC 9112 unless said otherwise.
LINES = [  # 3: request line
    ("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64, {400}),
    ("binary noise", bytes(range(128, 256)) * 4 + b"\r\n\r\n", {400}),
    ("lower-case method", line(b"get / HTTP/1.1"), {400, 405, 501}),
    ("at sign in method", line(b"G@T / HTTP/1.1"), {400}),
    ("unknown long method", line(b"A" * 2000 + b" / HTTP/1.1"), {400, 414, 431, 501}),
    ("no spaces", line(b"GET/HTTP/1.1"), {400}),
    ("two spaces before target", line(b"GET  / HTTP/1.1"), {400}),
    ("tab as separator", line(b"GET\t/ HTTP/1.1"), {400}),
    ("leading space", line(b" GET / HTTP/1.1"), {400}),
    ("no version", line(b"GET /"), {400}),
    ("no target", line(b"GET HTTP/1.1"), {400}),
    ("empty target", line(b"GET  HTTP/1.1"), {400}),
    ("version 2.0", line(b"GET / HTTP/2.0"), {400, 505}),
    ("version 0.9", line(b"GET / HTTP/0.9"), {400, 505}),
    ("version 1.10", line(b"GET / HTTP/1.10"), {400, 505}),
    ("version without dot", line(b"GET / HTTP/11"), {400, 505}),
    ("version with comma", line(b"GET / HTTP/1,1"), {400}),
    ("version without slash", line(b"GET / HTTP 1.1"), {400}),
    ("lower-case version", line(b"GET / http/1.1"), {400}),
    ("text after version", line(b"GET / HTTP/1.1x"), {400}),
    ("space after version", line(b"GET / HTTP/1.1 "), {400}),
    ("other protocol", line(b"GET / ICAP/1.0"), {400, 505}),
    ("space in target", line(b"GET /a b HTTP/1.1"), {400}),
    ("NUL in target", line(b"GET /a\0b HTTP/1.1"), {400}),
    ("control character in target", line(b"GET /a\x01b HTTP/1.1"), {400}),
    ("DEL in target", line(b"GET /a\x7fb HTTP/1.1"), {400}),
    ("relative target", line(b"GET index.html HTTP/1.1"), {400}),
    ("asterisk with GET", line(b"GET * HTTP/1.1"), {400}),
    ("absolute form without host", line(b"GET http:// HTTP/1.1"), {400}),
    ("absolute form with bad port", line(b"GET http://app.localhost:99999/ HTTP/1.1"), {400}),
    ("CONNECT", b"CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n\r\n", {400, 405, 501}),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 501, 505}),
    ("target of 100 KB", line(b"GET /" + b"a" * 100_000 + b" HTTP/1.1"), {414, 431}),
    ("bare CR as line end", b"GET / HTTP/1.1\rHost: app.localhost\r\r", {400}),
]
HOSTS = [  # 3.2: Host
    ("missing", b"GET / HTTP/1.1\r\n\r\n", {400}),
    ("missing among others", b"GET / HTTP/1.1\r\nAccept: */*\r\nX: y\r\n\r\n", {400}),
    ("twice", b"GET / HTTP/1.1\r\n" + HOST + b"Host: other.localhost\r\n\r\n", {400}),
    ("twice the same", b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", {400}),
    ("other than in the target", b"GET http://app.localhost/ HTTP/1.1\r\nHost: other.localhost\r\n\r\n", {400}),
    ("with space", host(b" app localhost"), {400}),
    ("with path", host(b" app.localhost/a"), {400}),
    ("with user", host(b" user@app.localhost"), {400}),
    ("with word as port", host(b" app.localhost:http"), {400}),
    ("with port too large", host(b" app.localhost:65536"), {400}),
    ("with comma", host(b" app.localhost, other"), {400}),
    ("with NUL", host(b" app\0.localhost"), {400}),
    ("with open bracket", host(b" [::1"), {400}),
    ("with question mark", host(b" app.localhost?a"), {400}),
]
FIELDS = [  # 5: fields
    ("space before colon", field(b"X : y"), {400}),
    ("tab before colon", field(b"X\t: y"), {400}),
    ("no name", field(b": y"), {400}),
    ("no colon", field(b"Xy"), {400}),
    ("folded with space", field(b"X: a\r\n b"), {400}),
    ("folded with tab", field(b"X: a\r\n\tb"), {400}),
    ("space before the first", b"GET / HTTP/1.1\r\n " + HOST + b"\r\n", {400}),
    ("NUL in value", field(b"X: a\0b"), {400}),
    ("NUL in name", field(b"X\0: b"), {400}),
    ("backspace in value", field(b"X: a\x08b"), {400}),
    ("DEL in value", field(b"X: a\x7fb"), {400}),
    ("bare CR in value", field(b"X: a\rb"), {400}),
    ("bare CR hides a field", POST + b"X:\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    ("bare CR at the end", GET + b"X: y\r\n\rZ: a\r\n\r\n", {400}),
    ("control character in name", field(b"X\x01: y"), {400}),
    ("parenthesis in name", field(b"X(: y"), {400}),
    ("quotes around name", field(b'"X": y'), {400}),
    ("slash in name", field(b"a/b: y"), {400}),
    ("non-ASCII name", field("Ž: y".encode()), {400}),
    ("1 MB in one value", field(b"X: " + b"a" * 1_000_000), {400, 431}),
    ("1 MB in one name", field(b"X" * 1_000_000 + b": y"), {400, 431}),
    ("20,000 fields", GET + b"".join(b"X-%d: y\r\n" % i for i in range(20_000)) + b"\r\n", {400, 431}),
    ("endless fields", GET + b"X: y\r\n" * 300_000, {400, 431}),
]
LENGTHS = [  # 6.2: Content-Length
    ("word", length(b" abc"), {400}), ("negative", length(b" -1"), {400}), ("plus sign", length(b" +5"), {400}),
    ("hexadecimal", length(b" 0x5"), {400}), ("fraction", length(b" 5.0"), {400}), ("empty", length(b""), {400}),
    ("two numbers", length(b" 5 5"), {400}), ("different list", length(b" 5, 6"), {400}),
    ("over 64 bits", length(b" 18446744073709551621"), {400, 413}), ("over 100 digits", length(b" " + b"9" * 100), {400, 413}),
    ("two different", POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", {400}),
    ("trailing letter", length(b" 5x"), {400}), ("NUL", length(b" 5\0"), {400}), ("underscore", length(b" 1_0"), {400}),
]
CODINGS = [  # 6.1: Transfer-Encoding
    ("with Content-Length", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", {400}),
    ("before Content-Length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n", {400}),
    ("chunked twice", coding(b" chunked, chunked"), {400, 501}), ("chunked not last", coding(b" chunked, gzip"), {400, 501}),
    ("gzip below chunked", coding(b" gzip, chunked"), {400, 501}), ("identity", coding(b" identity"), {400, 501}),
    ("unknown", coding(b" xchunked"), {400, 501}), ("empty", coding(b""), {400, 501}), ("quoted", coding(b' "chunked"'), {400, 501}),
    ("vertical tab", coding(b" \x0bchunked"), {400, 501}), ("comma only", coding(b" ,"), {400, 501}),
    ("semicolon", coding(b" chunked;q=1"), {400, 501}),
    ("two fields", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", {400, 501}),
    ("space before colon", POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", {400}),
    ("in HTTP/1.0", b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", {400}),
]
CHUNKS = [  # 7.1: chunked; the head is good, so the handler may have been called
    ("size not hexadecimal", CHUNKED + b"xyz\r\nhello\r\n0\r\n\r\n", {400}),
    ("size missing", CHUNKED + b"\r\nhello\r\n0\r\n\r\n", {400}),
    ("size negative", CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n", {400}),
    ("size with prefix", CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n", {400}),
    ("size with plus", CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n", {400}),
    ("size over 64 bits", CHUNKED + b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n", {400, 413}),
    ("space before size", CHUNKED + b" 5\r\nhello\r\n0\r\n\r\n", {400}),
    ("LF after size", CHUNKED + b"5\nhello\r\n0\r\n\r\n", {400}),
    ("CR after size", CHUNKED + b"5\rhello\r\n0\r\n\r\n", {400}),
    ("no line end after data", CHUNKED + b"5\r\nhello0\r\n\r\n", {400}),
    ("data longer than size", CHUNKED + b"3\r\nhello\r\n0\r\n\r\n", {400}),
    ("LF after data", CHUNKED + b"5\r\nhello\n0\r\n\r\n", {400}),
    ("bare CR in extension", CHUNKED + b"5;a=\rb\r\nhello\r\n0\r\n\r\n", {400}),
    ("NUL in extension", CHUNKED + b"5;a=\0b\r\nhello\r\n0\r\n\r\n", {400}),
    ("LF in extension", CHUNKED + b"5;a\nhello\r\n0\r\n\r\n", {400}),
    ("2 MB of extension", CHUNKED + b"5;a=" + b"b" * 2_000_000 + b"\r\nhello\r\n0\r\n\r\n", {400, 413, 431}),
    ("trailer without colon", CHUNKED + b"5\r\nhello\r\n0\r\nbad\r\n\r\n", {400}),
    ("2 MB of trailers", CHUNKED + b"5\r\nhello\r\n0\r\n" + b"T: x\r\n" * 330_000 + b"\r\n", {400, 413, 431}),
]


def calls(server):
    return int(server.get("/calls", host="app.localhost").text())


def refused(server, data, statuses, handler_may_run):
    before = calls(server)
    got, closed = server.raw(data)
    check(got.startswith(b"HTTP/1.1 "), f"no reply: {got[:200]!r}")
    status = int(got[9:12])
    check(status in statuses, f"status {status}, wanted {sorted(statuses)}: {got[:300]!r}")
    check(closed, "the connection stays open")
    replies = skerry.parse_replies(got)
    equal(len(replies), 1, "replies")
    equal((replies[0].header("connection") or "").lower(), "close", "connection header")
    if not handler_may_run:
        equal(calls(server), before, "calls of the handler")
    check(server.running(), "the server ended")
    equal(server.get("/", host="app.localhost").status, 200)


def test_malformed():
    server = skerry.start(skerry.project(CODE))
    for group, cases in (("line", LINES), ("host", HOSTS), ("field", FIELDS), ("content-length", LENGTHS),
                         ("transfer-encoding", CODINGS), ("chunk", CHUNKS)):
        for name, data, statuses in cases:
            yield f"{group}: {name}", lambda d=data, s=statuses, g=group: refused(server, d, s, g == "chunk")


def test_malformed_in_small_pieces():
    """The same verdict when the bytes come one packet at a time."""
    server = skerry.start(skerry.project(CODE))
    for name, data, statuses in [c for g in (LINES, HOSTS, FIELDS, LENGTHS, CODINGS, CHUNKS) for c in g if len(c[1]) < 200][::4]:
        yield name, lambda d=data, s=statuses: in_pieces(server, d, s)


def in_pieces(server, data, statuses):
    s = server.connect()
    try:
        for i in range(0, len(data), 7):
            s.sendall(data[i:i + 7])
            time.sleep(0.002)
    except (BrokenPipeError, ConnectionResetError):
        pass
    got, closed = skerry.read_all(s, 5)
    s.close()
    # A reset may have taken the reply with it: the bytes sent after it were not read.
    check(closed, "the connection stays open")
    check(not got or int(got[9:12]) in statuses, f"{got[:200]!r}")
    equal(server.get("/", host="app.localhost").status, 200)


def test_good_then_bad():
    """The reply to a good request goes out before the bad one behind it is refused."""
    server = skerry.start(skerry.project(CODE))
    got, closed = server.raw(POST + b"Content-Length: 2\r\n\r\nhi" + b"BAD \x01\r\n\r\n")
    replies = skerry.parse_replies(got)
    equal([r.status for r in replies], [200, 400])
    equal(replies[0].text(), "body: hi")
    check(closed, "the connection stays open")


def test_content_length_zero_is_not_a_request_in_the_body():
    server = skerry.start(skerry.project(CODE))
    got, closed = server.raw(POST + b"Content-Length: 0\r\n\r\n0\r\n\r\nGET /calls HTTP/1.1\r\n" + HOST + b"\r\n")
    equal([r.status for r in skerry.parse_replies(got)], [200, 400])
    check(closed, "the connection stays open")


def test_cut_short():
    """A client that leaves in the middle of a head or a body: no hang, no crash."""
    server = skerry.start(skerry.project(CODE))
    for name, data in (("nothing", b""), ("part of a line", b"GET / HT"), ("part of a head", GET + b"X: "),
                       ("part of a body", POST + b"Content-Length: 100\r\n\r\nhello"), ("part of a chunk", CHUNKED + b"50\r\nhello"),
                       ("no last chunk", CHUNKED + b"5\r\nhello\r\n"), ("line ends only", b"\r\n" * 3)):
        def one(data=data):
            got, closed = server.raw(data, half_close=True)
            check(closed, f"the connection stays open; {got!r}")
            check(not got or got.startswith((b"HTTP/1.1 4", b"HTTP/1.1 500")), f"{got[:200]!r}")
            equal(server.get("/", host="app.localhost").status, 200)
        yield name, one


def test_accepted():
    """What looks odd and is allowed."""
    server = skerry.start(skerry.project(CODE))
    many = b"".join(b"X-%d: y\r\n" % i for i in range(60))
    for name, data, body in (
            ("absolute form", b"GET http://app.localhost/ HTTP/1.1\r\n" + HOST + b"\r\n", "body: "),
            ("empty line before", b"\r\n" + GET + b"\r\n", "body: "), ("60 fields", GET + many + b"\r\n", "body: "),
            ("white space around a value", field(b"X:  \t y \t "), "body: "), ("empty value", field(b"X:"), "body: "),
            ("non-ASCII value", field("X: Ž".encode()), "body: "), ("upper-case coding", POST + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", "body: "),
            ("chunk extension", CHUNKED + b'5;a=b;c="d"\r\nhello\r\n0\r\n\r\n', "body: hello"),
            ("leading zeros in a chunk size", CHUNKED + b"0005\r\nhello\r\n00\r\n\r\n", "body: hello"),
            ("trailers are dropped", CHUNKED + b"5\r\nhello\r\n0\r\nX: y\r\n\r\n", "body: hello"),
            ("two chunks", CHUNKED + b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "body: hello!")):
        def one(data=data, body=body):
            s = server.connect()
            s.sendall(data)
            got, _ = skerry.read_all(s, 0.3)
            s.close()
            replies = skerry.parse_replies(got)
            equal([(r.status, r.text()) for r in replies], [(200, body)])
        yield name, one


def test_slow_head_is_ended():
    """A head that trickles in is cut off in time, and others are served meanwhile."""
    server = skerry.start(skerry.project(CODE))
    s = server.connect(40)
    begin = time.monotonic()
    got = b""
    try:
        for byte in GET * 3:
            s.sendall(bytes([byte]))
            if skerry.select.select([s], [], [], 0.5)[0]:
                got = s.recv(4096)
                break
    except (BrokenPipeError, ConnectionResetError):
        pass
    took = time.monotonic() - begin
    s.close()
    check(3 < took < 30, f"ended after {took:.1f} s")
    check(not got or got.startswith(b"HTTP/1.1 408"), f"{got[:100]!r}")
    equal(server.get("/", host="app.localhost").status, 200)
test_slow_head_is_ended.time_s = 60
