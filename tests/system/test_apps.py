"""Real applications from npm, bundled with esbuild: the same requests to skerry and to workerd, and the answers agree."""
import os
import subprocess
import zlib

import skerry
import workerd
from skerry import equal

ESBUILD = os.path.join(skerry.HERE, "node_modules/@esbuild",
                       "linux-x64" if workerd.platform.machine() == "x86_64" else "linux-arm64", "bin/esbuild")
# What differs by nature: the moment, the connection, how the body is cut, what an edge adds.
IGNORED = {"date", "connection", "keep-alive", "transfer-encoding", "content-length", "server"}
TOKEN_PAYLOAD = '{"sub":"ann","role":"admin","iat":1700000000}'
JSON = {"content-type": "application/json"}


def bundle(app, arguments=(), flags=()):
    """The application as one module in a project folder."""
    path = skerry.project("", {"name": app, "compatibility_flags": list(flags)})
    source = os.path.join(skerry.HERE, "apps", app, "app.mjs")
    done = subprocess.run([ESBUILD, source, "--bundle", "--format=esm", "--target=es2022", "--conditions=workerd,worker,browser",
                           "--log-level=warning", *arguments, f"--outfile={path}/index.mjs"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    equal(done.returncode, 0, done.stdout)
    return path


def hono_jwt():
    import base64
    import hashlib
    import hmac
    encode = lambda b: base64.urlsafe_b64encode(b).rstrip(b"=")  # noqa: E731
    head = encode(b'{"alg":"HS256","typ":"JWT"}') + b"." + encode(TOKEN_PAYLOAD.encode())
    return (head + b"." + encode(hmac.new(b"the-secret-of-the-test-application", head, hashlib.sha256).digest())).decode()


def signed_cookie(value):
    import base64
    import hashlib
    import hmac
    import urllib.parse
    mac = hmac.new(b"the-secret-of-the-test-application", value.encode(), hashlib.sha256).digest()
    return urllib.parse.quote(f"{value}.{base64.b64encode(mac).decode()}", safe="")


def get(path, **headers):
    return ("GET", path, None, {k.replace("_", "-"): v for k, v in headers.items()})


def hono_requests():
    # No header value with bytes past ASCII: the peer reads them as UTF-8, the Fetch standard byte for byte.
    token = hono_jwt()
    plain = ["/", "/json", "/pretty", "/pretty?pretty", "/html", "/hello/world", "/hello/%C4%8Daj%20x", "/hello/a%2Fb", "/hello/",
             "/posts/42", "/posts/x", "/posts/1/comments/zz", "/wild/a/b/c", "/wild/", "/optional", "/optional/yes",
             "/query?q=a+b%20c&tag=1&tag=2&empty=", "/query", "/url?z=1&a=%F0%9F%8D%B5&b=+x", "/method", "/redirect",
             "/redirect/301", "/redirect/308", "/status/201", "/status/204", "/status/304", "/status/404", "/status/599", "/cookie/set",
             "/cookie/get", "/cookie/signed", "/etag/strong", "/etag/own", "/stream/text", "/stream/slow", "/stream/bytes",
             "/stream/pipe", "/stream/events", "/auth/basic", "/auth/bearer", "/auth/jwt/me", "/cors/data", "/secure",
             "/zod/query?page=2&sort=down", "/zod/query?page=0", "/zod/not-a-uuid", "/powered/by", "/slash/here", "/slash/here/",
             "/zod/7f1d3c52-7b43-4b8a-9c1e-0d5f3a2b1c4d", "/raw", "/wait", "/teapot", "/error", "/sub/v1/items", "/sub/v1/items/9",
             "/sub/items", "/nowhere", "/nowhere/%E4%BD%A0"]
    out = [get(p) for p in plain]
    out += [
        get("/headers", x_custom="tea; q=1", user_agent="tests"), get("/headers", x_custom="a, b"),
        get("/cookie/get", cookie="one=1; two=a%20b; three=\"q\""), get("/cookie/delete", cookie="one=gone"),
        get("/cookie/check", cookie="signed=" + signed_cookie("trusted")),
        get("/cookie/check", cookie="signed=" + signed_cookie("trusted").replace("trusted", "forged")),
        get("/etag/strong", if_none_match='"' + "0" * 40 + '"'), get("/etag/own", if_none_match='W/"own"'),
        get("/auth/basic", authorization="Basic YW5uOnA6dw=="), get("/auth/basic", authorization="Basic YW5uOng="),
        get("/auth/bearer", authorization="Bearer tok-123"), get("/auth/bearer", authorization="Bearer wrong"),
        get("/auth/jwt/me", authorization="Bearer " + token), get("/auth/jwt/me", authorization="Bearer " + token[:-4] + "AAAA"),
        get("/auth/jwt/me", authorization="Token x"),
        get("/cors/data", origin="https://a.example"), get("/cors/data", origin="https://evil.example"),
        ("OPTIONS", "/cors/data", None, {"origin": "https://b.example", "access-control-request-method": "PUT",
                                         "access-control-request-headers": "x-a"}),
        ("PUT", "/cors/data", "x", {"origin": "https://a.example"}),
        ("HEAD", "/", None, {}), ("HEAD", "/json", None, {}), ("HEAD", "/nowhere", None, {}),
        ("PUT", "/on/7", "put body", {}), ("DELETE", "/on/7", None, {}), ("PATCH", "/on/8", "{}", JSON), ("POST", "/on/7", "x", {}),
        ("OPTIONS", "/method", None, {}), ("POST", "/method", "", {}), ("PROPFIND", "/method", None, {}),
        ("POST", "/body/text", "small čaj", {"content-type": "text/plain"}), ("POST", "/body/text", "", {}),
        ("POST", "/body/text", "x" * 300000, {}), ("POST", "/body/json", '{"a":[1,{"b":"\\u010d"}]}', JSON),
        ("POST", "/body/json", "{broken", JSON), ("POST", "/body/buffer", bytes(range(256)) * 400, {}), ("POST", "/body/buffer", b"", {}),
        ("POST", "/body/limited", "short", {}), ("POST", "/body/limited", "l" * 101, {}), ("POST", "/body/twice", "ab", {}),
        ("POST", "/stream/upper", "stream me to upper case\n" * 5000, {}),
        ("POST", "/jwt/sign/HS256", TOKEN_PAYLOAD, JSON), ("POST", "/jwt/sign/HS384", TOKEN_PAYLOAD, JSON),
        ("POST", "/jwt/sign/HS512", TOKEN_PAYLOAD, JSON), ("POST", "/jwt/verify", token, {}), ("POST", "/jwt/verify", "a.b.c", {}),
        ("POST", "/zod", '{"name":"Ann","age":30,"mail":"a@b.cz"}', JSON), ("POST", "/zod", '{"name":"","age":-1.5,"mail":"no"}', JSON),
        ("POST", "/zod", "[]", JSON), ("POST", "/zod", "{", JSON), ("POST", "/validator", '{"ok":1}', JSON), ("POST", "/validator", '{"ok":0}', JSON),
        ("POST", "/csrf", "a=b", {"content-type": "application/x-www-form-urlencoded", "origin": "https://evil.example"}),
        ("POST", "/csrf", "a=b", {"content-type": "application/x-www-form-urlencoded", "origin": "https://a.example"}),
        ("DELETE", "/nowhere", None, {}),
    ]
    return out


def itty_requests():
    plain = ["/", "/object", "/text", "/html", "/png", "/status/201", "/status/204", "/status/404", "/json/202", "/json/418",
             "/hello/ann", "/hello/%C4%8D", "/hello/", "/file/a.txt", "/file/a.b.c", "/maybe", "/maybe/x", "/greedy/a/b/c", "/greedy/a",
             "/wild/x/y", "/query?a=1&b=2&a=3", "/query", "/query?x=%20+", "/headers", "/cookies", "/secret", "/throws", "/teapot",
             "/details", "/later", "/stream", "/method", "/nested", "/nested/7", "/nested/7/8", "/nowhere", "/HELLO/ann", "//", "/text/"]
    return [get(p) for p in plain] + [
        get("/headers", x_a="1", accept="text/html"), get("/cookies", cookie="a=1; b=two"), get("/secret", authorization="Bearer ann"),
        get("/object", origin="https://a.example"), get("/object", origin="https://b.example"), get("/throws", origin="https://a.example"),
        ("OPTIONS", "/object", None, {"origin": "https://a.example", "access-control-request-method": "POST"}),
        ("OPTIONS", "/object", None, {}), ("POST", "/content", '{"a":1}', JSON), ("POST", "/content", "text", {"content-type": "text/plain"}),
        ("POST", "/content", "{", JSON), ("POST", "/echo", b"\0\1\2\xff" * 1000, {"content-type": "a/b"}), ("POST", "/echo", "", {}),
        ("POST", "/echo", "x", {}), ("PUT", "/item/5", '{"v":true}', JSON), ("PUT", "/item/5", "", JSON), ("DELETE", "/item/5", None, {}),
        ("POST", "/method", "x", {}), ("DELETE", "/method", None, {}), ("POST", "/object", "x", {}), ("HEAD", "/object", None, {}),
        ("HEAD", "/method", None, {}), ("PATCH", "/method", "p", {}),
    ]


def jose_requests():
    signing = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES512", "EdDSA", "Ed25519"]
    keyed = ["RS256", "PS256", "ES256", "ES512", "EdDSA", "Ed25519"]
    sealing = ["dir~A128GCM", "dir~A256GCM", "dir~A128CBC-HS256", "dir~A256CBC-HS512", "A128KW~A128GCM", "A256KW~A256GCM", "A256GCMKW~A256GCM",
               "RSA-OAEP~A256GCM", "RSA-OAEP-256~A256GCM", "RSA-OAEP-512~A128CBC-HS256", "ECDH-ES~A256GCM", "ECDH-ES+A128KW~A128GCM",
               "PBES2-HS256+A128KW~A128GCM"]
    routes = [f"/sign/{a}" for a in signing] + [f"/refused/{a}" for a in signing if a != "HS512"]
    routes += [f"/{r}/{a}" for r in ("formats", "key", "generate") for a in keyed] + [f"/jwks/{a}" for a in ("RS256", "ES256", "EdDSA")]
    routes += [f"/wrong_key/{a}" for a in ("HS256", "RS256", "PS256", "ES256", "EdDSA")] + [f"/encrypt/{a}" for a in sealing]
    token = hono_jwt()
    return [get(r) for r in routes] + [("POST", f"/verify/{a}", t, {}) for a in ("HS256", "RS256", "ES256", "EdDSA") for t in (token, "", "a.b.c")]


def wasm_requests():
    plain = ["/kind", "/exports", "/imports", "/greeting", "/mandelbrot", "/trap", "/nowhere", "/"]
    plain += [f"/fibonacci?n={n}" for n in (0, 1, 2, 10, 50, 90, 93, 94, 1000)]
    plain += [f"/count?n={n}" for n in (0, 1, 5, 100)] + [f"/grow?n={n}" for n in (0, 1, 16)]
    texts = ["", "a", "123456789", "The quick brown fox jumps over the lazy dog", "x" * 4096, "ab" * 30000, "\0\0\0\0"]
    out = [get(p) for p in plain] + [("POST", p, t, {}) for p in ("/crc32", "/reverse") for t in texts]
    out += [("POST", "/crc32", bytes([i]) * (i + 1), {}) for i in range(0, 240, 12)]
    return out + [("POST", "/reverse", bytes(range(n)), {}) for n in (2, 3, 128, 255)] + [get("/trap"), get("/fibonacci?n=20")]


def compile_wasm():
    source = os.path.join(skerry.HERE, "apps/wasm")
    read = lambda name: open(os.path.join(source, name), "rb").read()  # noqa: E731
    path = skerry.project(read("index.mjs"), {"name": "wasm"}, {"greeting.txt": read("greeting.txt")})
    done = subprocess.run(["clang-19", "--target=wasm32", "-O2", "-nostdlib", "-ffreestanding", "-Wl,--no-entry",  "-o", f"{path}/module.wasm", os.path.join(source, "module.c")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    equal(done.returncode, 0, done.stdout)
    return path


def matter(reply):
    """The headers that must agree; a list in one line is the same as one in several."""
    found = {}
    for name, value in reply.headers:
        name = name.lower()
        if name == "set-cookie":
            found.setdefault(name, []).append(value)
        elif name not in IGNORED:
            found.setdefault(name, []).extend(part.strip() for part in value.split(","))
    return {name: sorted(values) for name, values in found.items()}


def plain(reply):
    """The body without its codings, as often as it was coded: two implementations of one coding may differ in bytes."""
    body = reply.body
    while reply.header("content-encoding") and body[:2] in (b"\x1f\x8b", b"\x78\x9c"):
        body = zlib.decompress(body, 47)
    return body


def agree(ours, peer, request):
    method, path, body, headers = request
    replies = [s.request(method, path, body, headers, host="app.localhost") for s in (ours, peer)]
    equal(replies[0].status, replies[1].status, f"status of {method} {path}; body {replies[0].body[:400]!r}, wanted {replies[1].body[:400]!r}")
    equal(matter(replies[0]), matter(replies[1]), "headers")
    bodies = [plain(reply) for reply in replies]
    equal(bodies[0][:2000], bodies[1][:2000], "body")
    equal(bodies[0], bodies[1], "body after its first 2000 bytes")


def compare(path, requests):
    skerry.check(len(requests) >= 60, f"{len(requests)} requests, 60 are the least")
    ours, peer = skerry.start(path), workerd.start(path)
    for number, request in enumerate(requests):
        yield f"{number:02} {request[0]} {request[1][:40]}", lambda r=request: agree(ours, peer, r)
    yield "all on one connection", lambda: one_connection(ours, peer, requests)


def one_connection(ours, peer, requests):
    """The same once more, all on one connection: nothing of a request may leak into the next."""
    connections = []
    for server in (ours, peer):
        connection = skerry.http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connections.append(connection)
    for method, path, body, headers in requests:
        statuses = []
        for connection in connections:
            statuses.append(skerry.exchange(connection, method, path, body, headers, "app.localhost").status)
        equal(statuses[0], statuses[1], f"{method} {path}")


def test_hono():
    yield from compare(bundle("hono"), hono_requests())


def test_itty():
    yield from compare(bundle("itty"), itty_requests())


def test_jose():
    yield from compare(bundle("jose"), jose_requests())


def test_wasm():
    yield from compare(compile_wasm(), wasm_requests())
