"""Content codings: responses that fetch() decodes, that go through as they came, and that a worker has encoded."""
import ctypes
import gzip
import zlib

import skerry
import upstream
from skerry import check, equal
from upstream import PLAIN

PROXY = """
export default {
  async fetch(request) {
    const url = new URL(request.url), origin = request.headers.get('x-origin'), path = url.pathname;
    if (path === '/text') return new Response(await (await fetch(origin + url.search.slice(1))).text());
    if (path === '/text-error') try { return new Response(await (await fetch(origin + url.search.slice(1))).text()); }
      catch (error) { return new Response(error.name); }
    if (path === '/manual') return new Response(await (await fetch(origin + url.search.slice(1), { encodeResponseBody: 'manual' })).bytes());
    if (path === '/pass') return fetch(origin + url.search.slice(1));
    if (path === '/pass-manual') return fetch(origin + url.search.slice(1), { encodeResponseBody: 'manual' });
    if (path === '/changed') { const r = await fetch(origin + url.search.slice(1)); return new Response(r.body, { headers: { ...Object.fromEntries(r.headers), 'x-own': '1' } }); }
    if (path === '/rebuilt') { const r = await fetch(origin + url.search.slice(1)); return new Response(r.body, r); }
    if (path === '/transformed') { const r = await fetch(origin + url.search.slice(1)); return new Response(r.body.pipeThrough(new TransformStream({})), r); }
    if (path === '/cloned') { const r = await fetch(origin + url.search.slice(1)); const c = r.clone(); await r.text(); return c; }
    if (path === '/plain') { const r = await fetch(origin + url.search.slice(1)); const h = new Headers(r.headers); h.delete('content-encoding'); return new Response(r.body, { headers: h }); }
    if (path === '/headers') { const r = await fetch(origin + url.search.slice(1)); await r.text(); return Response.json([...r.headers].filter((h) => !['date', 'server'].includes(h[0]))); }
    if (path === '/count') { const reader = (await fetch(origin + url.search.slice(1))).body.getReader(); let n = 0; for (;;) { const { value, done } = await reader.read(); if (done) return new Response(String(n)); n += value.length; } }
    if (path === '/first') { const reader = (await fetch(origin + url.search.slice(1))).body.getReader(); const n = (await reader.read()).value.length; await reader.cancel(); return new Response(String(n)); }
    const headers = { 'content-encoding': url.searchParams.get('e') }, text = 'hello '.repeat(100);
    if (path === '/encode') return new Response(text, { headers });
    if (path === '/encode-manual') return new Response(text, { headers, encodeBody: 'manual' });
    if (path === '/encode-stream') return new Response(new Response(text).body.pipeThrough(new TransformStream({})), { headers });
    if (path === '/encode-slow') return new Response(new ReadableStream({ async start(c) {
      for (let i = 0; i < 3; i++) { c.enqueue(new TextEncoder().encode('part' + i)); await new Promise((r) => setTimeout(r, 300)); } c.close(); } }), { headers });
    return new Response('no such path', { status: 404 });
  },
};
"""


def decoded(name, data):
    if name == "gzip":
        return gzip.decompress(data)
    if name == "deflate":
        return zlib.decompress(data)
    size, out = ctypes.c_size_t(1 << 16), ctypes.create_string_buffer(1 << 16)
    if name == "br":
        library = ctypes.CDLL("libbrotlidec.so.1")
        equal(library.BrotliDecoderDecompress(ctypes.c_size_t(len(data)), data, ctypes.byref(size), out), 1, "brotli")
        return out.raw[:size.value]
    if name == "zstd":
        library = ctypes.CDLL("libzstd.so.1")
        library.ZSTD_decompress.restype = ctypes.c_size_t
        made = library.ZSTD_decompress(out, size, data, ctypes.c_size_t(len(data)))
        return out.raw[:made]
    return data


def get(server, path, origin, **more):
    return server.get(path, {"x-origin": origin.url}, **more)


def test_decoding():
    """Every coding reads as text, in any case of its name; unknown and several codings stay."""
    origin = upstream.start()
    server = skerry.dev(skerry.project(PROXY))
    for name in ("gzip", "GZip", "x-gzip", "deflate", "raw-deflate", "br", "zstd", "identity", "unknown"):
        def one(name=name):
            equal(get(server, "/text?/enc/" + name, origin).body, PLAIN)
        yield name, one
    for name in ("gzip-bad", "deflate-bad", "br-bad", "zstd-bad", "gzip-cut", "gzip-junk"):
        def bad(name=name):
            equal(get(server, "/text-error?/enc/" + name, origin).text(), "TypeError")
        yield name, bad

    def members():
        equal(get(server, "/text?/enc/gzip-members", origin).body, PLAIN + PLAIN)
    yield "gzip members", members

    def empty():
        equal(get(server, "/text?/enc/gzip-empty", origin).body, b"")
    yield "empty body", empty


def test_as_workerd():
    """What workerd does with gzip and Brotli: the script's view, passing on, encoding by itself."""
    import workerd
    origin = upstream.start()
    path = skerry.project(PROXY)
    peer, server = workerd.start(path), skerry.dev(path)
    paths = [f"/{what}?/enc/{name}" for name in ("gzip", "br", "gzip-bad", "unknown")
             for what in ("pass", "rebuilt", "changed", "manual", "pass-manual")]
    paths += [f"/{what}?/enc/{name}" for name in ("gzip", "br") for what in ("text", "headers", "transformed", "cloned", "plain")]
    paths += [f"/{what}?e={name}" for name in ("gzip", "br", "deflate", "zstd", "unknown", "identity")
              for what in ("encode", "encode-manual", "encode-stream")]
    paths += [f"/text-error?/enc/{name}" for name in ("gzip-bad", "br-bad", "gzip-cut", "gzip-junk")]
    for one_path in paths:
        def one(one_path=one_path):
            ours, theirs = get(server, one_path, origin), get(peer, one_path, origin)
            name = theirs.header("content-encoding")
            equal((ours.status, ours.header("content-encoding")), (theirs.status, name))
            raw = any(w in one_path for w in ("manual", "pass", "rebuilt", "changed"))
            if raw and "encode" not in one_path:
                equal(ours.body, theirs.body)
                equal(ours.header("content-length"), theirs.header("content-length"))
            elif "manual" in one_path or name not in ("gzip", "br"):
                equal(ours.body, theirs.body)
            else:
                equal(decoded(name, ours.body), decoded(name, theirs.body))
        yield one_path, one


def test_pass_through_of_what_workerd_does_not_decode():
    """deflate and zstd go through as they came, and come back encoded where a script looked into them."""
    origin = upstream.start()
    with skerry.dev(skerry.project(PROXY)) as server:
        for name in ("deflate", "zstd"):
            coded = upstream.encoded(name)
            for what in ("pass", "rebuilt"):
                reply = get(server, f"/{what}?/enc/{name}", origin)
                equal((reply.header("content-encoding"), reply.body), (name, coded), what)
                equal(reply.header("content-length"), str(len(coded)))
            for what in ("transformed", "cloned"):
                reply = get(server, f"/{what}?/enc/{name}", origin)
                equal((reply.header("content-encoding"), decoded(name, reply.body)), (name, PLAIN), what)
            reply = get(server, f"/plain?/enc/{name}", origin)
            equal((reply.header("content-encoding"), reply.body), (None, PLAIN))


def test_encoded_stream_flushes():
    """What a slow stream has given so far can be decoded at once."""
    with skerry.dev(skerry.project(PROXY)) as server, server.connect() as s:
        s.sendall(b"GET /encode-slow?e=gzip HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        got, reader = b"", zlib.decompressobj(wbits=31)
        while b"\r\n\r\n" not in got or b"part0" not in zlib.decompressobj(wbits=31).decompress(chunks(got)):
            more = s.recv(65536)
            check(more, got)
            got += more
        check(b"part1" not in reader.decompress(chunks(got)), "everything came at once")
        rest, _ = skerry.read_all(s, 5)
        equal(zlib.decompressobj(wbits=31).decompress(chunks(got + rest)), b"part0part1part2")


def chunks(data):
    """The chunks of a reply that have arrived whole."""
    body, out = data.partition(b"\r\n\r\n")[2], b""
    while b"\r\n" in body:
        size, _, rest = body.partition(b"\r\n")
        out += rest[:int(size, 16)]
        body = rest[int(size, 16) + 2:]
    return out


def test_bomb():
    """A gigabyte in a megabyte takes no memory when streamed, and is refused when it is to be held whole."""
    origin = upstream.start()
    with skerry.dev(skerry.project(PROXY)) as server:
        get(server, "/count?/enc/gzip", origin)
        before = server.rss_kib()
        equal(get(server, "/count?/bomb", origin).text(), str(upstream.BOMB_BYTES))
        check(server.rss_kib() - before < 96 * 1024, f"{before} KiB became {server.rss_kib()} KiB")
        equal(get(server, "/text-error?/bomb", origin).text(), "TypeError")
        check(int(get(server, "/first?/bomb", origin).text()) <= 65536, "a chunk is larger than 64 KiB")
        check(server.rss_kib() - before < 400 * 1024, f"{before} KiB became {server.rss_kib()} KiB")
        equal(get(server, "/text?/enc/gzip", origin).body, PLAIN)


def test_accept_encoding():
    """No coding is asked for by itself; what the worker asks for goes out as it is (workerd does the same)."""
    origin = upstream.start()
    code = "export default { async fetch(r) { const o = r.headers.get('x-origin') + '/headers'; return Response.json([await (await fetch(o)).json(), await (await fetch(o, { headers: { 'accept-encoding': 'br' } })).json()]); } };"
    with skerry.dev(skerry.project(code)) as server:
        none, br = get(server, "/", origin).json()
        equal([none["headers"], br["headers"]], [[], [["accept-encoding", "br"]]])
