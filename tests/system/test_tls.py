"""TLS both ways: what clients and origins good and bad see. OpenSSL's own tools and Python's ssl are the other side."""
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import threading
import time

import certificates
import skerry
from skerry import check, equal

HELLO = """
export default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === '/facts')
      return Response.json({ url: request.url, version: request.cf.tlsVersion, cipher: request.cf.tlsCipher,
        proto: request.headers.get('x-forwarded-proto'), visitor: request.headers.get('cf-visitor') });
    if (url.pathname === '/big') return new Response('x'.repeat(5_000_000));
    if (url.pathname === '/echo') return new Response(request.body);
    if (url.pathname === '/fetch') {
      try {
        const upload = request.method === 'POST' ? { method: 'POST', body: request.body } : {};
        const reply = await fetch(request.headers.get('x-target'), upload);
        return new Response(reply.body, { status: reply.status, headers: { 'x-came': '1' } });
      } catch (error) {
        return Response.json({ name: error.name, message: error.message }, { status: 599 });
      }
    }
    return new Response('hello');
  },
};
"""


def workers():
    parent = skerry.folder()
    skerry.project(HELLO, {"name": "app"}, path=os.path.join(parent, "app"))
    return parent


def serve(*pairs, more=(), wait=True):
    """skerry serve with these certificates; `.tls_port`."""
    tls_port = skerry.free_port()
    arguments = ["--listen-tls", f"127.0.0.1:{tls_port}"]
    for cert, key in pairs:
        arguments += ["--tls-cert", cert, "--tls-key", key]
    server = skerry.serve(workers(), *arguments, "--allow-private-origins", *more, wait=wait)
    server.tls_port = tls_port
    if wait:
        server.wait_line(f"https://127.0.0.1:{tls_port}")
    return server


def context(root=None, **options):
    made = ssl.create_default_context(cafile=root) if root else ssl._create_unverified_context()
    for name, value in options.items():
        setattr(made, name, value)
    return made


def connect(server, made, host="localhost", timeout_s=10):
    raw = socket.create_connection(("127.0.0.1", server.tls_port), timeout_s * skerry.TIME_FACTOR)
    return made.wrap_socket(raw, server_hostname=host)


def get(server, made, path="/", host="localhost", method="GET", body=None, sock=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.tls_port, timeout=20 * skerry.TIME_FACTOR)
    connection.sock = sock or connect(server, made, host)
    try:
        return skerry.exchange(connection, method, path, body, None, f"{host}:{server.tls_port}")
    finally:
        connection.close()


def post(sock, path, data, *lines):
    """The reply's body to a POST that is sent while it comes back: whoever does not read is not read from."""
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(data)}", "Connection: close", *lines, "", ""]
    sender = threading.Thread(target=sock.sendall, args=("\r\n".join(head).encode() + data,))
    sender.start()
    got = b""
    while more := sock.recv(1 << 20):
        got += more
    sender.join()
    sock.close()
    return skerry.parse_replies(got)[0].body


def test_versions_and_what_a_worker_sees():
    root = certificates.Authority()
    server = serve(root.issue("localhost", "127.0.0.1"))
    for version, name, cipher in ((ssl.TLSVersion.TLSv1_3, "TLSv1.3", "AEAD-AES128-GCM-SHA256"),
                                  (ssl.TLSVersion.TLSv1_2, "TLSv1.2", "ECDHE-ECDSA-AES")):
        seen = get(server, context(root.path, maximum_version=version), "/facts").json()
        equal(seen["url"], f"https://localhost:{server.tls_port}/facts")
        equal([seen["version"], seen["proto"], seen["visitor"]], [name, "https", '{"scheme":"https"}'])
        check(seen["cipher"].startswith(cipher), seen)
    plain = server.get("/facts").json()
    equal([plain["version"], plain["cipher"], plain["proto"]], ["", "", "http"])
    for old in ("-tls1", "-tls1_1"):
        code, text = certificates.openssl("s_client", "-connect", f"127.0.0.1:{server.tls_port}", old, "-cipher", "ALL:@SECLEVEL=0")
        check(code != 0 and "alert protocol version" in text, text)
    code, text = certificates.openssl("s_client", "-connect", f"127.0.0.1:{server.tls_port}", "-tls1_2", "-cipher", "AES128-GCM-SHA256:AES256-SHA")
    check(code != 0 and "handshake failure" in text, text)


def test_alpn():
    root = certificates.Authority()
    server = serve(root.issue("localhost"))
    made = context(root.path)
    made.set_alpn_protocols(["h2", "http/1.1"])
    with connect(server, made) as s:
        equal(s.selected_alpn_protocol(), "http/1.1")
    made.set_alpn_protocols(["h2"])
    try:
        connect(server, made).close()
        raise AssertionError("a client that speaks h2 only was let in")
    except ssl.SSLError as error:
        check("no application protocol" in str(error).lower() or "ALERT" in str(error), str(error))


def test_bodies_both_ways():
    root = certificates.Authority()
    server = serve(root.issue("localhost"))
    made = context(root.path)
    equal(len(get(server, made, "/big").body), 5_000_000)
    data = os.urandom(3_000_000)
    check(get(server, made, "/echo", method="POST", body=data[:1000]).body == data[:1000], "the echo differs")
    plain = socket.create_connection(("127.0.0.1", server.port), 20)
    check(post(plain, "/echo", data) == data, "the echo without TLS differs")
    with connect(server, made) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50 + b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        got = b""
        while more := s.recv(65536):
            got += more
        equal(len(skerry.parse_replies(got)), 51)
        # An empty read without an exception is a close_notify.


def test_sni_chooses_the_certificate():
    root = certificates.Authority()
    server = serve(root.issue("first.test"), root.issue("second.test", "*.wild.test"), root.issue("second.test", "*.wild.test", kind="rsa"))
    made = context(root.path)

    def names(host, **options):
        loose = context(root.path, check_hostname=False, **options)
        with connect(server, loose, host) as s:
            return [v for k, v in s.getpeercert()["subjectAltName"]]
    equal(names("first.test"), ["first.test"])
    equal(names("SECOND.test"), ["second.test", "*.wild.test"])
    equal(names("a.wild.test"), ["second.test", "*.wild.test"])
    equal(names("a.b.wild.test"), ["first.test"], "a wildcard is for one label")
    equal(names("unknown.test"), ["first.test"])
    with connect(server, made, "a.wild.test") as s:
        check(s.version() == "TLSv1.3", s.version())
    for kind, cipher in (("ECDSA", "ECDHE-ECDSA-AES128-GCM-SHA256"), ("RSA", "ECDHE-RSA-AES128-GCM-SHA256")):
        tls12 = context(root.path, maximum_version=ssl.TLSVersion.TLSv1_2)
        tls12.set_ciphers(cipher)
        with connect(server, tls12, "second.test") as s:
            check(kind in s.cipher()[0], s.cipher())


def test_tickets_resume():
    root = certificates.Authority()
    pair = root.issue("localhost")
    server = serve(pair)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        made = context(root.path, minimum_version=version, maximum_version=version)

        def session(last=None):
            with made.wrap_socket(socket.create_connection(("127.0.0.1", server.tls_port), 10), server_hostname="localhost", session=last) as s:
                s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                check(s.recv(65536).startswith(b"HTTP/1.1 200"), "no reply")
                return s.session, s.session_reused
        first, reused = session()
        equal(reused, False)
        second, reused = session(first)
        equal(reused, True, f"{version!r}")
        # The keys of tickets outlive a reload.
        after = len(server.lines)
        server.send(signal.SIGHUP)
        server.wait_line("read again", after=after)
        equal(session(second)[1], True, f"{version!r} after a reload")
    code, text = certificates.openssl("s_client", "-connect", f"127.0.0.1:{server.tls_port}", "-reconnect", "-tls1_2", "-servername", "localhost")
    equal(code, 0, text)
    equal(text.count("Reused, TLSv1.2"), 5)


def test_reload_under_load():
    root = certificates.Authority()
    pair = root.issue("localhost")
    server = serve(pair)
    made = context(root.path)
    stop, failures, served = threading.Event(), [], [0, 0]

    def load(keep):
        sock = None
        while not stop.is_set():
            try:
                if keep:
                    sock = sock or connect(server, made)
                    sock.sendall(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    left = 5_000_000
                    head = sock.recv(65536)
                    left -= len(head) - head.index(b"\r\n\r\n") - 4
                    while left > 0:
                        left -= len(sock.recv(65536)) or 1 << 40
                    equal(left, 0)
                    served[0] += 1
                else:
                    equal(get(server, made).text(), "hello")
                    served[1] += 1
            except Exception as error:  # whatever it is, a request failed
                failures.append(repr(error))
                return
    threads = [threading.Thread(target=load, args=(i % 2 == 0,)) for i in range(6)]
    for thread in threads:
        thread.start()
    serials = set()
    for i in range(8):
        root.issue("localhost", into=pair, kind=("rsa", "p256")[i % 2])
        after = len(server.lines)
        server.send(signal.SIGHUP)
        server.wait_line("read again", after=after)
        with connect(server, made) as s:
            serials.add(s.getpeercert()["serialNumber"])
    stop.set()
    for thread in threads:
        thread.join(30)
    equal(failures, [])
    equal(len(serials), 8, "every reload brought its certificate")
    check(served[0] > 3 and served[1] > 10, served)


def test_a_broken_file_at_reload_changes_nothing():
    root = certificates.Authority()
    pair = root.issue("localhost")
    server = serve(pair)
    made = context(root.path)
    key = open(pair[1], "rb").read()
    for content, words in ((b"", "no private key"), (key[:80], "no private key"), (open(root.key, "rb").read(), "does not belong")):
        skerry.write(pair[1], content)
        after = len(server.lines)
        server.send(signal.SIGHUP)
        server.wait_line(f"stay as they are: .*{words}", after=after)
        equal(get(server, made).text(), "hello")
    os.remove(pair[0])
    after = len(server.lines)
    server.send(signal.SIGHUP)
    server.wait_line("stay as they are: .*No such file", after=after)
    equal(get(server, made).text(), "hello")


def test_changed_files_are_seen():
    if not skerry.LONG:
        return
    root = certificates.Authority()
    pair = root.issue("localhost")
    server = serve(pair)
    made = context(root.path)
    with connect(server, made) as s:
        before = s.getpeercert()["serialNumber"]
    root.issue("localhost", into=pair)
    server.wait_line("read again", 40)
    with connect(server, made) as s:
        check(s.getpeercert()["serialNumber"] != before, "the old certificate is still in use")


def test_refusals_at_start():
    root = certificates.Authority()
    cert, key = root.issue("localhost")
    other = root.issue("localhost")[1]
    secret = os.path.join(root.folder, "secret.key")
    certificates.must("pkey", "-in", key, "-aes256", "-passout", "pass:x", "-out", secret)
    weak = os.path.join(root.folder, "weak")
    certificates.must("req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=localhost", "-out", weak + ".pem", "-keyout", weak + ".key")
    empty = os.path.join(root.folder, "empty")
    skerry.write(empty, "")
    base = ["serve", "--workers", workers(), "--data", skerry.folder(), "--listen-tls", "127.0.0.1:0"]
    for arguments, words in ((["--tls-cert", cert, "--tls-key", other], "does not belong to the certificate"),
                             (["--tls-cert", cert, "--tls-key", secret], "passphrase"),
                             (["--tls-cert", cert], "needs a --tls-key"),
                             (["--tls-cert", "/nowhere.pem", "--tls-key", key], "/nowhere.pem"),
                             (["--tls-cert", empty, "--tls-key", key], "no certificate in PEM"),
                             (["--tls-cert", weak + ".pem", "--tls-key", weak + ".key"], "key too small"),
                             ([], "--tls-cert FILE"),
                             (["--tls-cert", cert, "--tls-key", key, "--ca", empty], "CA file")):
        code, text = skerry.run_to_end(*base, *arguments)
        check(code == 1 and words in text and len(text.splitlines()) == 1, f"{arguments}: {code} {text}")


def test_bad_clients():
    root = certificates.Authority()
    server = serve(root.issue("localhost"))
    hello = bytes.fromhex("16030100c8010000c40303") + os.urandom(32)
    inputs = [b"", b"\x16", b"\x16\x03\x01\x40\x00" + b"\x01" * 4000, hello, os.urandom(2000), b"\x80\x80\x01\x03\x01" + b"\0" * 200,
              b"\x16\x03\x01\x00\x04\x01\xff\xff\xff" + b"\x16\x03\x03\x40\x00" * 3000, b"\x14\x03\x03\x00\x01\x01" * 100,
              b"\x15\x03\x03\x00\x02\x01\x00", b"\x17\x03\x03\x00\x10" + b"x" * 16]
    for data in inputs:
        with socket.create_connection(("127.0.0.1", server.tls_port), 10) as s:
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            check(skerry.read_all(s, 5)[1], f"the connection of {data[:20]!r} stays open")
    with socket.create_connection(("127.0.0.1", server.tls_port), 10) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        got, closed = skerry.read_all(s, 5)
        check(closed and got.startswith(b"HTTP/1.1 400 ") and b"speaks TLS" in got, got)
    # A handshake, then nonsense instead of a record; then a client that leaves in the middle of a reply.
    made = context(root.path)
    for i in range(3):
        s = connect(server, made)
        raw = socket.socket(fileno=os.dup(s.fileno()))
        raw.sendall(os.urandom(500))
        check(skerry.read_all(raw, 5)[1], "nonsense in a connection does not close it")
        s.detach()
        s = connect(server, made)
        s.sendall(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
        s.recv(100)
        s.close()
    code, text = certificates.openssl("s_client", "-connect", f"127.0.0.1:{server.tls_port}", "-tls1_2", stdin=b"R\n", timeout_s=10)
    check("no renegotiation" in text or code != 0, text)
    equal(get(server, made).text(), "hello")


def test_a_stalled_handshake_is_cut():
    root = certificates.Authority()
    server = serve(root.issue("localhost"))
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.tls_port), 10) as s:
        s.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
        closed = skerry.read_all(s, 25)[1]
    check(closed and time.monotonic() - begin < 20, "it may stall for ever")


test_a_stalled_handshake_is_cut.time_s = 40


def test_drain_says_goodbye():
    root = certificates.Authority()
    server = serve(root.issue("localhost"))
    made = context(root.path)
    idle, busy = connect(server, made), connect(server, made)
    idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    check(b"hello" in idle.recv(65536), "no reply")
    busy.sendall(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
    got = len(busy.recv(1000))
    server.send(signal.SIGTERM)
    # Python tells a close_notify (b"") from a cut (an exception) apart.
    equal(idle.recv(100), b"")
    while more := busy.recv(65536):
        got += len(more)
    check(got > 5_000_000, got)
    for s in (idle, busy):
        s.close()
    equal(server.wait_exit(), 0)


def test_dev_over_https():
    path = skerry.project(HELLO)
    port = skerry.free_port()
    server = skerry.dev(path, "--local-protocol", "https", port=port)
    server.tls_port = port
    server.wait_line(f"https://127.0.0.1:{port}")
    cert = os.path.join(path, ".skerry/tls/cert.pem")
    equal(os.stat(os.path.join(path, ".skerry/tls/key.pem")).st_mode & 0o77, 0)
    before = open(cert, encoding="ascii").read()
    equal(get(server, context(cert), "/facts").json()["proto"], "https")
    equal(server.stop(), 0)
    again = skerry.dev(path, "--local-protocol", "https", port=port)
    again.wait_line("https://")
    equal(open(cert, encoding="ascii").read(), before, "the certificate is kept")


def fetch(server, target, method="GET", body=None):
    return server.request(method, "/fetch", body, {"x-target": target})


def test_fetch_over_https():
    root = certificates.Authority()
    server = serve(root.issue("localhost"), more=["--ca", root.path])
    for kind in ("p256", "rsa"):
        origin = certificates.origin(root.issue("localhost", "127.0.0.1", kind=kind))
        for url in (origin.url, f"https://127.0.0.1:{origin.port}"):
            reply = fetch(server, url + "/headers")
            equal(reply.status, 200, reply)
            equal(dict(reply.json()["headers"]).get("user-agent"), None)
        data = os.urandom(30_000).hex()
        equal(fetch(server, origin.url + "/headers", "POST", data).json()["body"], data)
    # To itself, with a body both ways that is larger than every buffer.
    big = os.urandom(20_000_000)
    plain = socket.create_connection(("127.0.0.1", server.port), 20 * skerry.TIME_FACTOR)
    check(post(plain, "/fetch", big, f"x-target: https://localhost:{server.tls_port}/echo") == big, "the echo differs")
    tls12 = certificates.origin(root.issue("localhost"), maximum_version=ssl.TLSVersion.TLSv1_2)
    equal(fetch(server, tls12.url + "/headers").status, 200)


def test_fetch_refuses_bad_certificates():
    root, stranger = certificates.Authority(), certificates.Authority("a stranger")
    server = serve(root.issue("localhost"), more=["--ca", root.path])
    expired = root.issue("localhost", days=0)
    cases = [("the certificate of localhost is self-signed", certificates.origin(root.issue("localhost", self_signed=True))),
             ("the certificate is not for localhost", certificates.origin(root.issue("other.test", "*.localhost"))),
             ("the certificate of localhost is signed by an unknown authority", certificates.origin(stranger.issue("localhost")))]
    time.sleep(1.1)
    cases.append(("the certificate of localhost has expired", certificates.origin(expired)))
    for words, origin in cases:
        after = len(server.lines)
        reply = fetch(server, origin.url + "/headers")
        equal(reply.status, 599, reply)
        equal(reply.json()["name"], "TypeError")
        check(words in reply.json()["message"], reply.json())
        equal(origin.count, 0, "nothing was sent")
        server.wait_line(re.escape(words), after=after)


def raw_origin(behave):
    """A TCP server that treats each connection with `behave`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def loop():
        while True:
            try:
                s, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=behave, args=(s,), daemon=True).start()
    threading.Thread(target=loop, daemon=True).start()
    return listener, f"https://localhost:{listener.getsockname()[1]}"


def test_fetch_tells_what_went_wrong():
    root = certificates.Authority()
    pair = root.issue("localhost")
    server = serve(pair, more=["--ca", root.path])
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*pair)

    def reset(s):
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        s.close()

    def at_once(s):
        s.recv(1000)
        reset(s)

    def plain(s):
        s.recv(1000)
        s.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    def cut_reply(s):
        t = made.wrap_socket(s, server_side=True)
        t.recv(1000)
        t.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf of it")
        t.recv(0)
        socket.socket(fileno=t.detach()).close()

    def reset_reply(s):
        t = made.wrap_socket(s, server_side=True)
        t.recv(1000)
        t.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
        time.sleep(0.1)
        reset(socket.socket(fileno=t.detach()))

    def old(s):
        s.recv(1000)
        s.sendall(b"\x15\x03\x01\x00\x02\x02\x46")

    for behave, words in ((at_once, "during the TLS handshake"), (plain, "does not speak TLS"), (old, "the TLS handshake with localhost failed")):
        listener, url = raw_origin(behave)
        reply = fetch(server, url)
        equal([reply.status, reply.json()["name"]], [599, "TypeError"], behave.__name__)
        check(words in reply.json()["message"], reply.json())
        listener.close()
    for behave in (cut_reply, reset_reply):
        listener, url = raw_origin(behave)
        try:
            reply = fetch(server, url)
            raise AssertionError(f"{behave.__name__} looks like a whole reply: {reply}")
        except (http.client.IncompleteRead, ConnectionError):
            pass
        listener.close()
    equal(fetch(server, f"http://localhost:{server.tls_port}/").status, 400)
    equal(fetch(server, f"https://localhost:{server.tls_port}/").text(), "hello")


def test_fetch_gives_up_on_a_stalled_handshake():
    root = certificates.Authority()
    server = serve(root.issue("localhost"), more=["--ca", root.path])
    listener, url = raw_origin(lambda s: time.sleep(30))
    begin = time.monotonic()
    reply = fetch(server, url)
    check(reply.status == 599 and "in time" in reply.json()["message"], reply)
    check(time.monotonic() - begin < 15 * skerry.TIME_FACTOR, "too late")
    listener.close()


def test_fetch_resumes_and_keeps_connections():
    root = certificates.Authority()
    server = serve(root.issue("localhost"), more=["--ca", root.path])
    pair = root.issue("localhost")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*pair)
    seen = []

    def answer(s):
        t = made.wrap_socket(s, server_side=True)
        requests = 0
        while data := t.recv(10000):
            requests += data.count(b"\r\n\r\n")
            last = b"/last" in data
            t.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + (b"Connection: close\r\n" if last else b"") + b"\r\nok")
            if last:
                break
        seen.append((t.session_reused, requests))
        t.close()
    listener, url = raw_origin(answer)
    for path in ("/", "/", "/last", "/last", "/", "/last"):
        equal(fetch(server, url + path).text(), "ok")
    skerry.eventually(lambda: len(seen) == 3, what="three connections")
    equal(sorted(seen), sorted([(False, 3), (True, 1), (True, 2)]))
    listener.close()


def test_nginx_behind_it():
    """Debian's nginx as the https: origin, whose connections end after ten requests, under 20 clients."""
    root = certificates.Authority()
    server = serve(root.issue("localhost"), more=["--ca", root.path])
    cert, key = root.issue("localhost", kind="rsa")
    port, place = skerry.free_port(), skerry.folder()
    skerry.write(os.path.join(place, "www/16m"), b"0123456789abcdef" * (1 << 20))
    skerry.write(os.path.join(place, "nginx.conf"), f"""daemon off; master_process off; pid {place}/pid; error_log {place}/error.log; user root;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 10; client_body_temp_path {place}; proxy_temp_path {place}; fastcgi_temp_path {place};
  uwsgi_temp_path {place}; scgi_temp_path {place};
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {cert}; ssl_certificate_key {key}; root {place}/www;
    location = /1k {{ return 200 "{'x' * 1024}"; }}
  }}
}}
""")
    nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    check(nginx, "nginx is not there: scripts/setup --tests")
    with skerry.Server([nginx, "-c", os.path.join(place, "nginx.conf"), "-e", os.path.join(place, "error.log")], place, "nginx", ready=None):
        skerry.eventually(lambda: fetch(server, f"https://localhost:{port}/1k").status == 200, what="nginx")
        wrong = []

        def client():
            for _ in range(25):
                reply = fetch(server, f"https://localhost:{port}/1k")
                if (reply.status, len(reply.body)) != (200, 1024):
                    wrong.append(repr(reply))
        threads = [threading.Thread(target=client) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(wrong, [])
        check(fetch(server, f"https://localhost:{port}/16m").body == b"0123456789abcdef" * (1 << 20), "the file differs")
