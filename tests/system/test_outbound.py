"""fetch() of workers against origins good and bad; where workerd has an answer, it is asked too."""
import json

import skerry
import upstream
from skerry import check, equal

# A worker that runs one of CASES (JavaScript functions of the origin's URL) and tells what came of it.
SHOW = """
const CASES = {%s};
async function show(response) {
  return { status: response.status, path: new URL(response.url).pathname + new URL(response.url).hash, redirected: response.redirected,
    type: response.type, body: await response.text() };
}
export default {
  async fetch(request, env) {
    const name = decodeURIComponent(new URL(request.url).pathname.slice(1));
    if (name === 'null') return new Response();
    try { return Response.json(await show(await CASES[name](request.headers.get('x-origin')))); }
    catch (error) { return Response.json({ error: error.name, message: error.message }); }
  },
};
"""
REDIRECTS = {
    "plain": "(o) => fetch(o + '/headers')",
    "302 POST": "(o) => fetch(o + '/r/302/headers', { method: 'POST', body: 'x', headers: { 'x-own': '1' } })",
    "303 PUT": "(o) => fetch(o + '/r/303/headers', { method: 'PUT', body: 'x' })",
    "301 PUT": "(o) => fetch(o + '/r/301/headers', { method: 'PUT', body: 'x' })",
    "307 POST": "(o) => fetch(o + '/r/307/headers', { method: 'POST', body: 'x', headers: { 'content-type': 'a/b' } })",
    "308 POST of bytes": "(o) => fetch(o + '/r/308/headers', { method: 'POST', body: new Uint8Array([65, 66]) })",
    "303 HEAD": "(o) => fetch(o + '/r/303/headers', { method: 'HEAD' })",
    "301 twice": "(o) => fetch(o + '/r/301/r/302/headers')",
    "307 POST of a stream": "(o) => fetch(o + '/r/307/headers', { method: 'POST', body: new ReadableStream({ start(c) { c.enqueue(new Uint8Array([65])); c.close(); } }) })",
    "303 POST of a stream": "(o) => fetch(o + '/r/303/headers', { method: 'POST', body: new ReadableStream({ start(c) { c.enqueue(new Uint8Array([65])); c.close(); } }) })",
    "300": "(o) => fetch(o + '/r/300/headers')",
    "no location": "(o) => fetch(o + '/no-location')",
    "manual": "(o) => fetch(o + '/r/302/headers', { redirect: 'manual' })",
    "fragments": "(o) => fetch(o + '/r/302/headers#old')",
    "a fragment of the target": "(o) => fetch(o + '/r/302/headers#new')",
    "same origin keeps credentials": "(o) => fetch(o + '/r/302/headers', { headers: { authorization: 'A', cookie: 'c=1' } })",
    "circle": "(o) => fetch(o + '/loop')",
    "304": "(o) => fetch(o + '/r/304/headers')",
    "scheme": "(o) => fetch(o + '/to?ftp://127.0.0.1/')",
}
OURS = {
    "error mode": ("(o) => fetch(o + '/r/302/headers', { redirect: 'error' })", "Unexpected redirect"),
    "circle in words": ("(o) => fetch(o + '/loop')", "more than 20"),
    "credentials to another origin": ("(o) => fetch(o + '/to?http://u:p@localhost:1/')", "credentials"),
    "not a URL": ("(o) => fetch(o + '/to?http://[')", "Invalid redirect location"),
}


def told(server, name, origin):
    answer = server.get("/" + skerry.quoted(name), {"x-origin": origin.url}).json()
    if answer.get("body", "").startswith("{"):
        answer["body"] = json.loads(answer["body"])
    return answer


def comparable(answer):
    """What must be the same in workerd: it keeps the content-type of a body it drops, and words errors its own way."""
    if "error" in answer:
        return "an error"
    if isinstance(answer["body"], dict) and not answer["body"]["body"]:
        answer["body"]["headers"] = [h for h in answer["body"]["headers"] if h[0] != "content-type"]
    return answer


def test_redirects():
    """Each redirect ends as in workerd: method, body, headers, url, redirected."""
    import workerd
    origin = upstream.start()
    path = skerry.project(SHOW % ",\n".join(f"{json.dumps(k)}: {v}" for k, v in REDIRECTS.items()))
    peer, server = workerd.start(path), skerry.dev(path)
    for name in REDIRECTS:
        def one(name=name):
            equal(comparable(told(server, name, origin)), comparable(told(peer, name, origin)))
        yield name, one


def test_redirect_errors():
    origin = upstream.start()
    server = skerry.dev(skerry.project(SHOW % ",\n".join(f"{json.dumps(k)}: {v[0]}" for k, v in OURS.items())))
    for name, (_, text) in OURS.items():
        def one(name=name, text=text):
            answer = told(server, name, origin)
            check(answer.get("error") == "TypeError" and text in answer["message"], answer)
        yield name, one


def test_redirect_to_another_origin():
    """Credentials stay with the origin they were meant for."""
    origin = upstream.start()
    code = f"""(o) => fetch(o + '/to?http://localhost:{origin.port}/headers', {{ headers: {{ authorization: 'A', cookie: 'c=1',
        'proxy-authorization': 'P', 'x-own': '1' }} }})"""
    with skerry.dev(skerry.project(SHOW % f"cross: {code}")) as server:
        answer = told(server, "cross", origin)
        equal(answer["body"]["headers"], [["x-own", "1"]])
        equal(answer["redirected"], True)


def test_redirect_into_private_space():
    """A redirect is checked like a first address: an allowed origin leads nowhere private."""
    inside = upstream.start()
    parent = skerry.folder()
    skerry.project(SHOW % "go: (o) => fetch(o + '/headers')", path=skerry.os.path.join(parent, "app"))
    with skerry.serve(parent) as server:
        answer = server.get("/go", {"x-origin": inside.url}, host="app.localhost").json()
        check("private address" in answer["message"], answer)
    equal(inside.count, 0)


def test_six_at_a_time():
    """One invocation has six requests out that wait for their heads; the seventh goes when one of them has it."""
    origin = upstream.start(upstream.Slow)
    code = "all: async (o) => { const all = await Promise.all(Array.from({ length: 20 }, (_, i) => fetch(o + '/' + i).then((r) => r.text()))); const r = new Response(all.join()); Object.defineProperty(r, 'url', { value: o }); return r; }"
    with skerry.dev(skerry.project(SHOW % code)) as server:
        answer = told(server, "all", origin)
        equal(answer["body"], ",".join(f"/{i}" for i in range(20)))
        equal(origin.most, 6)
