"""Service bindings: workers that call each other inside the process."""
import json
import os

import skerry
from skerry import check, equal

CALLER = """
export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    const show = async (response) => Response.json({ status: response.status, statusText: response.statusText, url: response.url,
      headers: [...response.headers], body: await response.text() });
    try {
      switch (url.pathname) {
        case '/text': return show(await env.OTHER.fetch('http://other.example/echo?x=1#f', { headers: { 'x-own': 'a' } }));
        case '/request': return env.OTHER.fetch(new Request('https://other.example/echo', request));
        case '/as-it-is': return env.OTHER.fetch(request);
        case '/post': return show(await env.OTHER.fetch('http://o/echo', { method: 'POST', body: 'some text' }));
        case '/stream': { const { readable, writable } = new TransformStream(); const w = writable.getWriter();
          ctx.waitUntil((async () => { for (let i = 0; i < 5; i++) await w.write(new TextEncoder().encode('part' + i + ' ')); await w.close(); })());
          return show(await env.OTHER.fetch('http://o/echo', { method: 'POST', body: readable })); }
        case '/echo-body': return env.OTHER.fetch('http://o/body', { method: 'POST', body: request.body });
        case '/slow': return env.OTHER.fetch('http://o/slow');
        case '/redirect': return show(await env.OTHER.fetch('http://o/redirect'));
        case '/manual': return show(await env.OTHER.fetch('http://o/redirect', { redirect: 'manual' }));
        case '/head': return show(await env.OTHER.fetch('http://o/echo', { method: 'HEAD' }));
        case '/204': return show(await env.OTHER.fetch('http://o/status/204'));
        case '/throw': return show(await env.OTHER.fetch('http://o/throw'));
        case '/nothing': return show(await env.OTHER.fetch('http://o/nothing'));
        case '/hang': return show(await env.OTHER.fetch('http://o/hang'));
        case '/cut': return await show(await env.OTHER.fetch('http://o/cut'));
        case '/abort': return show(await env.OTHER.fetch('http://o/wait', { signal: AbortSignal.timeout(50) }));
        case '/named': return show(await env.NAMED.fetch('http://o/'));
        case '/class': return show(await env.CLASS.fetch('http://o/'));
        case '/bad-entry': return show(await env.BAD.fetch('http://o/'));
        case '/big': { const r = await env.OTHER.fetch('http://o/big'); let n = 0; for await (const c of r.body) n += c.length; return new Response(String(n)); }
        case '/loop': return show(await env.SELF.fetch(request.url, { headers: { 'x-depth': String(1 + Number(request.headers.get('x-depth') || 0)) } }));
        case '/many': { for (let i = 0; i < 60; i++) await (await env.OTHER.fetch('http://o/echo')).text(); return new Response('done'); }
        case '/together': { const all = await Promise.all(Array.from({ length: 20 }, (_, i) => env.OTHER.fetch('http://o/status/' + (200 + i)))); return Response.json(all.map((r) => r.status)); }
        case '/gzip': return env.OTHER.fetch('http://o/gzip');
        case '/gzip-text': return new Response(await (await env.OTHER.fetch('http://o/gzip')).text());
      }
    } catch (error) { return Response.json({ name: error.constructor.name, message: error.message }); }
    return new Response('no such path', { status: 404 });
  },
};
"""
OTHER = """
import { WorkerEntrypoint, env as imported } from 'cloudflare:workers';
export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname === '/echo' || url.pathname === '/as-it-is') return Response.json({ method: request.method, url: request.url, headers: [...request.headers].filter((h) => !h[0].startsWith('cf-')),
      country: request.cf?.country ?? null, body: await request.text() }, { headers: { 'x-from': 'other' } });
    if (url.pathname === '/body') return new Response(request.body);
    if (url.pathname === '/slow') return new Response(new ReadableStream({ async pull(c) { this.n = (this.n ?? 0) + 1; await new Promise((r) => setTimeout(r, 20)); c.enqueue(new TextEncoder().encode('tick ')); if (this.n === 3) c.close(); } }));
    if (url.pathname === '/redirect') return Response.redirect('http://o/echo', 302);
    if (url.pathname.startsWith('/status/')) return new Response(null, { status: Number(url.pathname.slice(8)), statusText: 'as said' });
    if (url.pathname === '/throw') throw new RangeError('the other threw');
    if (url.pathname === '/nothing') return undefined;
    if (url.pathname === '/hang') return new Promise(() => {});
    if (url.pathname === '/wait') { await new Promise((r) => setTimeout(r, 20000)); return new Response('late'); }
    if (url.pathname === '/cut') return new Response(new ReadableStream({ pull(c) { c.error(new Error('cut here')); } }));
    if (url.pathname === '/big') return new Response(new ReadableStream({ pull(c) { this.n = (this.n ?? 0) + 1; c.enqueue(new Uint8Array(65536)); if (this.n === 800) c.close(); } }));
    if (url.pathname === '/gzip') return new Response('encoded', { headers: { 'content-encoding': 'gzip' } });
    return new Response('no such path', { status: 404 });
  },
};
export const named = { fetch: (request, env, ctx) => Response.json({ props: ctx.props, value: env.VALUE, same: imported === env }) };
export class Classy extends WorkerEntrypoint {
  count = 0;
  async fetch(request) { return Response.json({ props: this.ctx.props, value: this.env.VALUE, count: ++this.count }); }
}
"""
CALLER_CONFIG = {"name": "caller", "services": [
    {"binding": "OTHER", "service": "other"},
    {"binding": "NAMED", "service": "other", "entrypoint": "named", "props": {"plan": ["free", 1]}},
    {"binding": "CLASS", "service": "other", "entrypoint": "Classy", "props": {"who": "caller"}},
    {"binding": "BAD", "service": "other", "entrypoint": "missing"},
    {"binding": "SELF", "service": "caller"}]}


def folder_of_both():
    parent = skerry.folder()
    skerry.project(CALLER, CALLER_CONFIG, path=os.path.join(parent, "caller"))
    skerry.project(OTHER, {"name": "other", "vars": {"VALUE": "v"}}, path=os.path.join(parent, "other"))
    return parent


def both():
    server = skerry.serve(folder_of_both(), "--geo-db", os.path.join(os.path.dirname(skerry.BIN), "geo.mmdb"))
    get, request = server.get, server.request
    server.get = lambda path, headers=None, **more: get(path, headers, host="caller.localhost", **more)
    server.request = lambda method, path, body=None, headers=None, **more: request(method, path, body, headers, **{"host": "caller.localhost", **more})
    return server


def test_calls():
    server = both()

    def answer(path, **more):
        return server.get(path, **more).json()

    def body(path):
        return json.loads(answer(path)["body"])

    def text():
        got = answer("/text")
        equal((got["status"], got["url"], ["x-from", "other"] in got["headers"]), (200, "http://other.example/echo?x=1", True))
        equal(json.loads(got["body"]), {"method": "GET", "url": "http://other.example/echo?x=1", "headers": [["x-own", "a"]], "country": None, "body": ""})

    def request():
        got = server.request("POST", "/request", "sent", {"x-client": "c", "content-type": "a/b"}).json()
        equal((got["method"], got["url"], got["body"]), ("POST", "https://other.example/echo", "sent"))
        check(["x-client", "c"] in got["headers"] and ["content-type", "a/b"] in got["headers"], got)

    def as_it_is():
        got = server.request("PUT", "/as-it-is?q", "sent").json()
        equal((got["method"], got["url"], got["body"]), ("PUT", f"http://caller.localhost/as-it-is?q", "sent"))

    def errors():
        equal(answer("/throw"), {"name": "RangeError", "message": "the other threw"})
        check("did not return a Response" in answer("/nothing")["message"], answer("/nothing"))
        check("hung" in answer("/hang")["message"], answer("/hang"))
        check("cut before its end" in answer("/cut")["message"], answer("/cut"))
        equal(answer("/abort")["message"], "The operation was aborted due to timeout")
        check('no entrypoint "missing"' in answer("/bad-entry")["message"], answer("/bad-entry"))

    def entrypoints():
        equal(body("/named"), {"props": {"plan": ["free", 1]}, "value": "v", "same": True})
        for _ in range(2):
            equal(body("/class"), {"props": {"who": "caller"}, "value": "v", "count": 1})

    def loop():
        check("Too many workers have called each other" in server.get("/loop").text(), server.get("/loop"))

    def bounds():
        check("Too many subrequests" in answer("/many")["message"], answer("/many"))
        equal(answer("/together"), list(range(200, 220)))

    def redirects():
        equal(answer("/redirect")["url"], "http://o/echo")
        equal(answer("/manual")["status"], 302)

    def bodies():
        equal(body("/post")["body"], "some text")
        equal(body("/stream")["body"], "part0 part1 part2 part3 part4 ")
        data = os.urandom(3_000_000)
        equal(server.request("POST", "/echo-body", data).body == data, True)
        equal(server.get("/slow").text(), "tick tick tick ")
        equal(server.get("/big").text(), str(800 * 65536))
        equal(answer("/head")["body"], "")
        equal((answer("/204")["status"], answer("/204")["statusText"]), (204, "as said"))

    def coded():
        import gzip
        reply = server.get("/gzip")
        equal((reply.header("content-encoding"), gzip.decompress(reply.body)), ("gzip", b"encoded"))
        equal(server.get("/gzip-text").text(), "encoded")

    for case in (text, request, as_it_is, errors, entrypoints, loop, bounds, redirects, bodies, coded):
        yield case.__name__, case


def test_clients_that_leave():
    """A client that goes while the service streams: nothing stays behind, the process goes on."""
    server = both()
    for _ in range(20):
        with server.connect() as s:
            s.sendall(b"GET /slow HTTP/1.1\r\nHost: caller.localhost\r\n\r\n")
            s.recv(100)
        with server.connect() as s:
            s.sendall(b"POST /echo-body HTTP/1.1\r\nHost: caller.localhost\r\nContent-Length: 1000000\r\n\r\nsome")
    equal(server.get("/slow").text(), "tick tick tick ")
    check(server.running(), "the server ended")


def test_missing_service():
    """serve refuses a worker whose service is not there, by name; the others go on."""
    parent = folder_of_both()
    skerry.project(CALLER, {"name": "lonely", "services": [{"binding": "OTHER", "service": "nowhere"}]}, path=os.path.join(parent, "lonely"))
    with skerry.serve(parent) as server:
        server.wait_line('the service binding "OTHER" names the worker "nowhere", which is not here; there are: caller, lonely, other')
        equal(server.get("/", host="lonely.localhost").status, 500)
        equal(server.get("/head", host="caller.localhost").status, 200)


def test_default_class():
    """A default export that is a class, as newer templates write it."""
    code = """import { WorkerEntrypoint } from 'cloudflare:workers';
export default class extends WorkerEntrypoint { fetch(request) { return new Response(this.env.A + new URL(request.url).pathname); } }"""
    with skerry.dev(skerry.project(code, {"vars": {"A": "a"}})) as server:
        equal(server.get("/x").text(), "a/x")
