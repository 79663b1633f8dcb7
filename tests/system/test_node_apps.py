"""More real applications from npm, compared with workerd as in test_apps.py: pages, GraphQL, RPC, validation, Markdown,
compression, and the rest of Hono's middleware."""
import json

from test_apps import JSON, bundle, compare, get

PRODUCTION = ['--define:process.env.NODE_ENV="production"']


def post(path, body, **headers):
    return ("POST", path, body, {k.replace("_", "-"): v for k, v in headers.items()})


def preact_requests():
    paths = ["/static", "/string", "/render", "/stream"]
    out = [get(f"{p}?n={n}&title={t}&theme={h}") for p in paths for n, t, h in
           ((0, "none", "light"), (1, "%3Cscript%3E", "a%22b"), (10, "x%26y", "dark"), (150, "%C4%8Daj", "dark"), (3, "", ""))]
    out += [get(p) for p in ["/async", "/both", "/stream/lazy", "/broken", "/nowhere", "/string", "/static"]]
    out += [get(f"/both?n={n}") for n in range(0, 60, 5)] + [get(f"/stream?n={n}") for n in range(0, 300, 12)]
    return out


def test_preact():
    yield from compare(bundle("preact"), preact_requests())


def react_requests():
    out = [get(f"{p}?rows={n}&title={t}") for p in ("/page", "/scripts", "/string", "/static", "/tee") for n, t in
           ((0, "none"), (1, "%3Cscript%3E"), (20, "%C4%8Daj"), (85, "Twenty+KB"), (400, "%22q%22"))]
    out += [get(p) for p in ["/suspense", "/ready", "/late-error", "/form", "/shell-error", "/abort", "/versions", "/nowhere"]]
    out += [get(f"/suspense?rows={n}") for n in range(0, 100, 10)] + [get(f"/ready?rows={n}") for n in range(0, 60, 10)]
    return out + [get(f"/page?rows={n}") for n in range(0, 300, 20)]


def test_react():
    yield from compare(bundle("react", PRODUCTION), react_requests())


def gql(query, variables=None, name=None, **headers):
    body = {"query": query}
    if variables is not None:
        body["variables"] = variables
    if name:
        body["operationName"] = name
    return post("/graphql", json.dumps(body), content_type="application/json", **headers)


def yoga_requests():
    queries = ["{ hello }", '{ hello(name: "\u010daj") }', "{ books { id title pages tags kind } }", "{ books(first: 12) { id author { name books { id } } } }",
               "{ books(filter: {minPages: 130, tag: \"odd\"}) { id pages } }", '{ book(id: "3") { ...F slow(ms: 2) } } fragment F on Book { title tags }',
               "{ book(id: 99) { id } }", '{ search(text: "1") { __typename ... on Book { id } ... on Author { name } } }', "{ fails }", "{ failsHard }", "{ a: hello b: hello(name: \"b\") }",
               "{ unknown }", "{ hello", "", "query A { hello } query B { books { id } }", "{ __typename }", "{ __schema { types { name kind } } }",
               '{ __type(name: "Book") { name description fields { name type { name kind ofType { name } } } } }', "{ books(first: \"x\") { id } }", "{ book { id } }",
               "{ hello @skip(if: true) books @include(if: true) { id } }", 'mutation { rename(id: "2", title: "New") { id title } }', 'mutation { rename(id: "77", title: "x") { id } }',
               '{ header(name: "x-own") }', "query Q($n: Int!) { books(first: $n) { id } }"]
    out = [gql(q) for q in queries]
    out += [gql("query Q($n: Int!) { books(first: $n) { id } }", {"n": n}) for n in (0, 1, 5, "x", None)]
    out += [gql("query A { hello } query B { books { id } }", name=n) for n in ("A", "B", "C")]
    out += [gql("{ hello }", accept=a) for a in ("application/json", "application/graphql-response+json", "*/*", "text/html", "image/png")]
    out += [gql(q, accept="application/graphql-response+json") for q in ("{ unknown }", "{ fails }", "{ hello")]
    out += [gql("{ header(name: \"x-own\") }", x_own="mine"), gql("{ hello }", origin="https://a.example")]
    out += [get("/graphql?query=%7B%20hello%20%7D"), get("/graphql?query=mutation%20%7B%20rename(id%3A1%2Ctitle%3A2)%7Bid%7D%7D"), get("/graphql"),
            get("/graphql?query=query(%24n%3AInt)%7Bbooks(first%3A%24n)%7Bid%7D%7D&variables=%7B%22n%22%3A2%7D"), get("/graphql/health"), get("/"), get("/nowhere", accept="application/json")]
    out += [("OPTIONS", "/graphql", None, {"origin": o, "access-control-request-method": "POST"}) for o in ("https://a.example", "https://b.example")]
    out += [post("/graphql", "not json", content_type="application/json"), post("/graphql", "{ hello }", content_type="application/graphql"),
            post("/graphql", "query=%7B%20hello%20%7D", content_type="application/x-www-form-urlencoded"), post("/graphql", "x", content_type="image/png"),
            post("/graphql", json.dumps([{"query": "{ hello }"}, {"query": "{ fails }"}]), content_type="application/json"),
            post("/graphql", json.dumps([{"query": "{ hello }"}] * 9), content_type="application/json"), ("PUT", "/graphql", "{}", JSON), ("DELETE", "/graphql", None, {})]
    out += [gql("subscription { count(to: %d) }" % n, accept="text/event-stream") for n in (0, 1, 5)]
    return out


def test_yoga():
    yield from compare(bundle("yoga", PRODUCTION), yoga_requests())


def trpc_requests():
    import urllib.parse
    ask = lambda path, value: get(f"/trpc/{path}?input=" + urllib.parse.quote(json.dumps(value)))  # noqa: E731
    out = [get("/trpc/hello"), ask("hello", "ann"), ask("hello", "\u010d"), ask("hello", 5), get("/trpc/hello?input=%7Bbad"), get("/trpc/me"), get("/trpc/me", x_user="ann"),
           get("/trpc/throws"), get("/trpc/late"), get("/trpc/header"), get("/trpc/header", x_agent="tests"), get("/trpc/unknown"), get("/trpc/output"), get("/trpc/post.unknown"), get("/trpc/"), get("/nowhere")]
    out += [ask("post.byId", {"id": n}) for n in (0, 5, 19, 20, -1, 1.5, "x")] + [ask("post.list", v) for v in ({}, {"cursor": 4}, {"limit": 10}, {"limit": 11}, None, [])]
    out += [post("/trpc/post.add", json.dumps(v), content_type="application/json") for v in ({"title": "ok"}, {"title": "x"}, {"title": "tags", "tags": ["a", "b"]}, {"title": "tags", "tags": ["c"]}, None, "text", 5)]
    out += [post("/trpc/post.add", "{broken", content_type="application/json"), post("/trpc/post.add", "", content_type="application/json"), post("/trpc/hello", "{}", content_type="application/json"),
            post("/trpc/post.add", '{"title":"form"}', content_type="text/plain"), get("/trpc/post.add"), ("PUT", "/trpc/hello", "x", {}), ("HEAD", "/trpc/hello", None, {}), ("OPTIONS", "/trpc/hello", None, {})]
    batch = urllib.parse.quote(json.dumps({"0": "a", "1": {"id": 3}}))
    out += [get(f"/trpc/hello,post.byId?batch=1&input={batch}"), get(f"/trpc/hello,unknown,throws?batch=1&input={batch}"), get("/trpc/late,late,hello?batch=1"), get("/trpc/me,hello?batch=1", x_user="b"),
            get(f"/trpc/hello,post.byId,late?batch=1&input={batch}", trpc_accept="application/jsonl"), get("/trpc/hello,throws?batch=1", trpc_accept="application/jsonl"),
            post("/trpc/post.add,post.add?batch=1", json.dumps({"0": {"title": "one"}, "1": {"title": "t"}}), content_type="application/json")]
    out += [ask("hello", "x" * n) for n in (10, 1000, 4000)] + [ask("post.list", {"cursor": n, "limit": 4}) for n in range(12)]
    return out + [get("/trpc/events", accept="text/event-stream")]


def test_trpc():
    yield from compare(bundle("trpc", PRODUCTION), trpc_requests())


def zod_requests():
    uid = "7f1d3c52-7b43-4b8a-9c1e-0d5f3a2b1c4d"
    user = {"id": uid, "name": " Ann ", "mail": "a@b.cz", "age": 3}
    cases = {
        "user": [user, {}, {**user, "age": -1, "extra": 1}, {**user, "mail": "no", "id": "x"}, [], None, "text", {**user, "name": ""}],
        "strict": [user, {**user, "extra": 1}], "partial": [{}, {"name": "x" * 30}],
        "list": [[1, "2"], [], ["x"], [1, 2, 3, 4, 5, 6], {}], "union": [{"kind": "circle", "r": 1}, {"kind": "square", "side": 0}, {"kind": "other"}, {}],
        "either": ["a", True, None, 5], "tree": [{"value": 1, "children": [{"value": 2}, {"value": 3, "children": []}]}, {"value": 1, "children": [{"value": "x"}]}],
        "record": [{"k1": [1, "a"]}, {"bad": [1, "a"]}, {"k1": [1]}], "transformed": ["abcd", "", 5], "refined": [{"a": "1", "b": "1"}, {"a": "1", "b": "2"}],
        "super": [["a", "!b", "!c"], []], "dates": [{"at": "2024-01-01T00:00:00Z", "day": "2024-02-30", "url": "http://x", "ip": "::1"}, {"at": "x", "day": "x", "url": "x", "ip": "x"}],
        "preprocessed": ['{"x":1}', {"x": 2}, {"x": "y"}], "caught": ["x", 5], "branded": ["b", 1], "map": [{}], "async": ["free", "taken"],
        "intersect": [{"a": 1, "b": 2}, {"a": 1}], "enums": ["red", "blue"], "stringbool": ["yes", "off", "maybe"], "formats": [{"b64": "aGk=", "hex": "ff"}, {"b64": "*", "hex": "x", "emoji": "x", "jwt": "a.b"}],
    }
    out = [post(f"/{name}", json.dumps(value), content_type="application/json") for name, values in cases.items() for value in values]
    return out + [get("/json-schema"), get("/nowhere")]


def test_zod():
    yield from compare(bundle("zod"), zod_requests())


MARKDOWN = [
    "# Title\n\nPara with *em*, **strong**, `code` and ~~del~~.\n", "- a\n- b\n  - c\n\n1. x\n2. y\n", "> quote\n> more\n\n---\n", "```js\nconst a = '<b>';\n```\n", "    indented code\n",
    "[link](http://a \"t\") ![img](i.png) <http://auto.link> www.example.com me@x.org", "| a | b |\n|---|:-:|\n| 1 | `2|3` |\n", "line one\nline two  \nhard", "Setext\n===\n\nTwo\n---\n",
    "<div>raw *html*</div>\n\ntext <b>inline</b>", "[ref][1] and [1]\n\n[1]: http://x \"T\"\n", "- [ ] open\n- [x] done\n", "\\*escaped\\* &amp; &copy; &#35; \u010daj \U0001f375", ":::note\ninside **note**\n:::\nafter",
    "a" * 3000 + "\n\n" + "*b* " * 500, "".join(f"## H{i}\n\ntext {i}\n\n" for i in range(100)), "* * *\n***bold em***\n_a_b_c_", "",
]


def marked_requests():
    return [post(path, text.encode(), content_type="text/markdown") for path in ("/plain", "/gfm", "/pedantic", "/own", "/inline", "/tokens") for text in MARKDOWN] + [get("/nowhere")]


def test_marked():
    yield from compare(bundle("marked"), marked_requests())


def fflate_requests():
    import gzip
    import zlib
    texts = [b"", b"a", b"hello hello hello " * 200, bytes(range(256)) * 20, "\u010daj \u20ac ".encode() * 300]
    out = [post(f"{p}?level={level}", t) for p in ("/gzip", "/zlib", "/deflate", "/zip") for level in (0, 1, 6, 9) for t in texts]
    out += [post(p, t) for p in ("/gzip/stream", "/round", "/round/stream", "/unzip", "/text") for t in texts]
    out += [post("/gunzip", gzip.compress(texts[2], mtime=0)), post("/gunzip", b"not gzip"), post("/inflate", zlib.compress(texts[2])[2:-4]), post("/inflate", b"\xff\xff\xff"), post("/inflate", b""), get("/nowhere")]
    return out


def test_fflate():
    yield from compare(bundle("fflate"), fflate_requests())


def hono_requests():
    paths = ["/context/deep?who=a", "/context/deep?who=b", "/compress/big", "/compress/small", "/compress/image", "/compress/json", "/ip/deny/x", "/combine/some", "/combine/some?key=k", "/combine/every",
             "/combine/every?a=1", "/combine/except/open", "/combine/except/closed", "/jsx/page", "/jsx/path", "/jsx/css", "/jsx/stream", "/jwk/x", "/language/x", "/language/x?lang=cs", "/language/x?lang=xx",
             "/logged/x", "/lines", "/query-override", "/id/x", "/timeout/fast", "/timeout/slow", "/timing/x", "/static/file.txt", "/static/missing.txt", "/static/a%20b.html", "/append/x", "/append/x/",
             "/append", "/nonce/x", "/accepts", "/mounted", "/mounted/deep/path", "/sub/v2/x", "/sub/v2/e", "/nowhere"]
    out = [get(p) for p in paths]
    token = {"authorization": "Bearer tok"}
    out += [("GET", p, None, token) for p in ("/combine/some", "/combine/every", "/combine/every?a=1", "/combine/except/closed")]
    out += [get("/ip/deny/x", x_ip=ip) for ip in ("10.1.2.3", "192.168.1.77", "192.168.2.1", "2001:db8::5", "::1", "bad")]
    out += [get("/compress/big", accept_encoding=e) for e in ("gzip", "deflate", "gzip, deflate", "br", "identity", "")] + [get("/compress/json", accept_encoding="gzip"), get("/deflate/x", accept_encoding="deflate"), ("HEAD", "/compress/big", None, {"accept-encoding": "gzip"})]
    out += [get("/language/x", accept_language=a) for a in ("cs", "fr;q=0.5, cs;q=0.9", "de", "")] + [get("/language/x", cookie="language=fr")]
    out += [post("/override/x", "", x_method="DELETE"), post("/override/x", ""), post("/query-override?_method=DELETE", ""), post("/query-override", "")]
    out += [get("/id/x", x_request_id=i) for i in ("mine", "with space", "x" * 40, "ok-id_1=")] + [get("/accepts", accept_language=a) for a in ("cs;q=0.9, en;q=0.1", "de", "en")]
    out += [post("/limit", "short"), post("/limit", "much too long for it"), post("/mounted/p", "x")]
    out += [get("/jwk/x", authorization="Bearer a.b.c"), get("/jwk/x", authorization="Basic x")]
    return out


def test_hono_more():
    yield from compare(bundle("hono-more", ["--external:node:async_hooks"], ["nodejs_compat"]), hono_requests())
