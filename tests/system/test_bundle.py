"""TypeScript, JSX and npm packages: bundled with esbuild, in dev on every change and in serve once."""
import json
import os
import time

import skerry
from skerry import check, equal, eventually

MODULES = os.path.join(skerry.HERE, "node_modules")
BROWSER = {"accept": "text/html"}


def project(files, config=None, main="src/index.ts", packages=True):
    path = skerry.folder()
    for name, content in files.items():
        skerry.write(os.path.join(path, name), content)
    whole = {"name": "app", "main": main, "compatibility_date": skerry.COMPATIBILITY_DATE, **(config or {})}
    skerry.write(os.path.join(path, "wrangler.jsonc"), json.dumps(whole))
    if packages:
        os.symlink(MODULES, os.path.join(path, "node_modules"))
    return path


def replace(path, content):
    skerry.write(path + ".tmp", content)
    os.replace(path + ".tmp", path)


INDEX = """
import { Hono } from 'hono';
import { z } from 'zod';
import { shout, type Greeting } from './shout';
const schema = z.object({ name: z.string().min(1) });
const app = new Hono<{ Bindings: { WHO: string } }>();
app.get('/', (c) => c.text(shout({ text: `hello ${c.env.WHO}` } satisfies Greeting)));
app.post('/check', async (c) => c.json(schema.safeParse(await c.req.json()).success));
app.get('/throw', () => { throw new Error('thrown on purpose'); });
app.onError((error) => { throw error; });
export default app;
"""
SHOUT = """
export interface Greeting { text: string }
export function shout(greeting: Greeting): string {
  return greeting.text.toUpperCase() + '!';
}
"""


def test_typescript_with_packages():
    """hono and zod in TypeScript; every edit is served, also one of an imported file."""
    path = project({"src/index.ts": INDEX, "src/shout.ts": SHOUT}, {"vars": {"WHO": "you"}})
    with skerry.dev(path) as server:
        equal(server.get().text(), "HELLO YOU!")
        equal(server.request("POST", "/check", body=b'{"name": "x"}').json(), True)
        equal(server.request("POST", "/check", body=b'{"name": ""}').json(), False)
        for number in range(3):
            begin = time.monotonic()
            replace(os.path.join(path, "src/shout.ts"), SHOUT.replace("'!'", f"'{number}'"))
            eventually(lambda n=number: server.get().text() == f"HELLO YOU{n}", what="the edit", every_s=0.005)
            print(f"   an edit took {(time.monotonic() - begin) * 1000:.0f} ms", flush=True)


def test_a_mistake_while_saving():
    """The old version answers, pages show the mistake with its place, and it goes away when mended."""
    path = project({"src/index.ts": INDEX, "src/shout.ts": SHOUT}, {"vars": {"WHO": "you"}})
    with skerry.dev(path) as server:
        equal(server.get("/", headers=BROWSER).text(), "HELLO YOU!")
        printed = len(server.lines)
        replace(os.path.join(path, "src/shout.ts"), SHOUT.replace("toUpperCase()", "toUpperCase(,)"))
        eventually(lambda: server.get("/", headers=BROWSER).status == 500, what="the page of the error")
        page = server.get("/", headers=BROWSER).text()
        check("src/shout.ts:4" in page and "Unexpected" in page, page[:2000])
        server.wait_line(r"src/shout\.ts:4:\d+", 3, after=printed)
        equal(server.get().text(), "HELLO YOU!", "the old version")
        replace(os.path.join(path, "src/shout.ts"), SHOUT.replace("'!'", "'?'"))
        eventually(lambda: server.get("/", headers=BROWSER).text() == "HELLO YOU?", what="the mended page")


def test_broken_from_the_beginning():
    path = project({"src/index.ts": "import x from './nowhere';\nexport default { fetch: () => x };"})
    with skerry.dev(path) as server:
        for headers in ({}, BROWSER):
            reply = server.get("/", headers=headers)
            equal(reply.status, 500)
            check("src/index.ts:1:1" in reply.text() and "nowhere" in reply.text(), reply.text()[:2000])
        skerry.write(os.path.join(path, "src/nowhere.ts"), "export default new Response('here');")
        eventually(lambda: server.get().text() == "here", what="the mended page")


def test_packages_in_javascript():
    """A plain module that imports a package is bundled without being asked; one without is not."""
    path = project({"src/index.js": "import { z } from 'zod';\nimport part from './part';\nexport default { fetch: () => new Response(part + z.string().parse('parsed')) };",
                    "src/part.js": "export default 'part ';"}, main="src/index.js")
    with skerry.dev(path) as server:
        equal(server.get().text(), "part parsed")
        replace(os.path.join(path, "src/part.js"), "export default 'new ';")
        eventually(lambda: server.get().text() == "new parsed", what="the edit")


def test_kinds_of_modules():
    """Wasm, text, data, JSON and a rule of the project's own, CommonJS, JSX, define, alias."""
    path = project({
        "src/index.tsx": """
import wasm from './add.wasm';
import wasm2 from './add.wasm?module';
import text from './a.txt';
import data from './b.bin';
import page from './c.md';
import value from '../data.json';
import common from './common.cjs';
import aliased from '@lib/name';
import { h, type Node } from './jsx';
declare const VERSION: string;
export default {
  async fetch(): Promise<Response> {
    const add = (module: WebAssembly.Module) => (new WebAssembly.Instance(module).exports.add as Function)(2, 3);
    const node: Node = <p class="x">{aliased}</p>;
    return Response.json([add(wasm), add(wasm2), text, [...new Uint8Array(data)], page, value.a, common.one, node, VERSION,
                          process.env.NODE_ENV]);
  },
};""",
        "src/jsx.ts": "export type Node = unknown; export function h(name: string, props: object, ...children: unknown[]) { return [name, props, children]; }",
        "src/add.wasm": bytes.fromhex("0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b"),
        "src/a.txt": "text č", "src/b.bin": b"\0\1\xff", "src/c.md": "# page", "data.json": '{"a": 1}',
        "src/common.cjs": "exports.one = 1;", "lib/name.ts": "export default 'aliased';",
    }, {"rules": [{"type": "Text", "globs": ["**/*.md"], "fallthrough": True}], "jsx_factory": "h",
        "define": {"VERSION": '"7"'}, "alias": {"@lib/name": "./lib/name.ts"}}, main="src/index.tsx")
    with skerry.dev(path, env={"NODE_ENV": ""}) as server:
        equal(server.get().json(), [5, 5, "text č", [0, 1, 255], "# page", 1, 1, ["p", {"class": "x"}, ["aliased"]], "7",
                                    "development"])


def test_sources_outside_the_project():
    """As in a monorepo: paths of tsconfig lead to another folder, whose changes are seen."""
    root = project({"apps/web/src/index.ts": "import { shared } from '@shared/text';\nexport default { fetch: () => new Response(shared) };",
                    "shared/text.ts": "export const shared: string = 'shared';",
                    "apps/web/tsconfig.json": '{"compilerOptions": {"paths": {"@shared/*": ["../../shared/*"]}}}'}, packages=True)
    path = os.path.join(root, "apps/web")
    os.rename(os.path.join(root, "wrangler.jsonc"), os.path.join(path, "wrangler.jsonc"))
    with skerry.dev(path) as server:
        equal(server.get().text(), "shared")
        replace(os.path.join(root, "shared/text.ts"), "export const shared: string = 'changed';")
        eventually(lambda: server.get().text() == "changed", what="the edit")


def test_node_modules_of_node():
    """require('node:…') in a package that was written for Node."""
    path = project({"src/index.ts": "import common from './common.cjs';\nexport default { fetch: async () => new Response(await common()) };",
                    "src/common.cjs": "const { AsyncLocalStorage } = require('async_hooks');\nconst store = new AsyncLocalStorage();\nmodule.exports = () => store.run('kept', async () => { await null; return store.getStore(); });"},
                   {"compatibility_flags": ["nodejs_compat"]})
    with skerry.dev(path) as server:
        equal(server.get().text(), "kept")


def test_without_esbuild():
    """What is missing is said, with the command that mends it."""
    path = project({"src/index.ts": "export default { fetch: () => new Response('x' as string) };"}, packages=False)
    with skerry.dev(path, env={"ESBUILD_BINARY_PATH": "/nowhere/esbuild"}) as server:
        reply = server.get()
        equal(reply.status, 500)
        check("ESBUILD_BINARY_PATH" in reply.text(), reply.text()[:500])


def test_esbuild_that_fails():
    """One that crashes or says nonsense is an error like another, and the next build works."""
    path = project({"src/index.ts": "export default { fetch: () => new Response('one' as string) };"})
    fake, real = os.path.join(path, "fake-esbuild"), os.path.join(MODULES, "@esbuild/linux-x64/bin/esbuild")
    if not os.path.exists(real):
        real = os.path.join(MODULES, "@esbuild/linux-arm64/bin/esbuild")
    skerry.write(fake, f'#!/bin/sh\nexec {real} "$@"\n')
    os.chmod(fake, 0o755)
    with skerry.dev(path, env={"ESBUILD_BINARY_PATH": fake}) as server:
        equal(server.get().text(), "one")
        for script in ("kill -9 $$", "echo nonsense; exit 3", "exit 0", "echo '[ERROR] '; exit 1"):
            skerry.write(fake, "#!/bin/sh\n" + script + "\n")
            printed = len(server.lines)
            replace(os.path.join(path, "src/index.ts"), "export default { fetch: () => new Response('two' as string) };")
            server.wait_line("error", 5, after=printed)
            equal(server.get().text(), "one", script)
        skerry.write(fake, f'#!/bin/sh\nexec {real} "$@"\n')
        replace(os.path.join(path, "src/index.ts"), "export default { fetch: () => new Response('three' as string) };")
        eventually(lambda: server.get().text() == "three", what="the build after")


def test_bad_tsconfig():
    path = project({"src/index.ts": "export default { fetch: () => new Response('x' as string) };", "tsconfig.json": '{ "compilerOptions": { jsx }'})
    with skerry.dev(path) as server:
        check(server.get().status in (200, 500), "an answer")
        server.wait_line(r"tsconfig\.json", 5)


def test_own_build_command():
    """build.command runs before the worker loads, and again when what it watches changes."""
    path = project({"from/a.txt": "first", "make.sh": "mkdir -p dist && echo \"export default { fetch: () => new Response('$(cat from/a.txt)') }\" > dist/index.js && echo ran >> runs.log"},
                   {"build": {"command": "sh make.sh", "watch_dir": "from"}}, main="dist/index.js", packages=False)
    with skerry.dev(path) as server:
        equal(server.get().text(), "first")
        skerry.write(os.path.join(path, "from/a.txt"), "second")
        eventually(lambda: server.get().text() == "second", what="the second build")
        time.sleep(0.5)
        with open(os.path.join(path, "runs.log"), encoding="ascii") as f:
            equal(len(f.readlines()), 2, "runs of the command")


def test_no_bundle():
    path = project({"src/index.ts": "export default {};"}, {"no_bundle": True})
    code, text = skerry.run_to_end("dev", path, "--port", str(skerry.free_port()))
    check(code > 0 and "no_bundle" in text, f"{code} {text}")


def test_serve_bundles():
    """serve bundles once, at its start; a worker that cannot be bundled does not keep the others down."""
    parent = skerry.folder()
    os.rename(project({"src/index.ts": INDEX, "src/shout.ts": SHOUT}, {"vars": {"WHO": "you"}}), os.path.join(parent, "good"))
    os.rename(project({"src/index.ts": "import './nowhere';"}, {"name": "bad"}), os.path.join(parent, "bad"))
    with skerry.serve(parent) as server:
        equal(server.get("/", host="app.localhost").text(), "HELLO YOU!")
        reply = server.get("/", host="bad.localhost")
        equal(reply.status, 500)
        check("nowhere" not in reply.text(), "details reach the client")
        check("nowhere" in server.output(), server.output())


FAILING = """
import { fail } from './deep/fail';

export default {
  async fetch(request: Request): Promise<Response> {
    const path: string = new URL(request.url).pathname;
    if (path === '/throw') fail('thrown');
    if (path === '/log') { try { fail('logged'); } catch (error) { console.error(error); console.error('text', (error as Error).stack); } }
    if (path === '/reject') { Promise.reject(new Error('rejected')); }
    if (path === '/cause') { try { fail('inner'); } catch (error) { throw new Error('outer', { cause: error }); } }
    if (path === '/stack') { try { fail('seen'); } catch (error) { return new Response((error as Error).stack); } }
    return new Response('ok');
  },
};
"""
FAIL = """// a comment
type Reason = string;
interface Unused { a: number; b: string }
export function fail(reason: Reason): never {
  const text: string = reason as string;
  throw new Error(text);
}
"""


def test_stacks_are_mapped():
    """Uncaught, logged and rejected errors, and those with a cause, name lines of the TypeScript."""
    path = project({"src/index.ts": FAILING, "src/deep/fail.ts": FAIL})
    with skerry.dev(path) as server:
        for where, wanted in (("/throw", [r"Error: thrown", r"at fail \(src/deep/fail\.ts:6:9\)", r"src/index\.ts:7:\d+"]),
                              ("/log", [r"Error: logged", r"at fail \(src/deep/fail\.ts:6:9\)", r"src/index\.ts:8:\d+"]),
                              ("/reject", [r"Error: rejected", r"src/index\.ts:9:\d+"]),
                              ("/cause", [r"Error: outer", r"src/index\.ts:10:\d+", r"cause\]?: Error: inner", r"fail\.ts:6:9"])):
            printed = len(server.lines)
            reply = server.get(where)
            for pattern in wanted:
                server.wait_line(pattern, 5, after=printed)
            if where in ("/throw", "/cause"):
                equal(reply.status, 500)
                check("src/deep/fail.ts:6:9" in reply.text(), reply.text())
                check("throw new Error(text);" in reply.text() or where == "/cause", reply.text())
        # What JavaScript sees is what runs, as in workerd.
        check("index.js:" in server.get("/stack").text(), "a mapped stack in JavaScript")
        check("index.js:" not in server.output(), "a stack in the log that is not mapped")


MAPPED = "export default { fetch() {\nthrow new Error('compiled'); } };\n//# sourceMappingURL="
# Line 2 of the script is line 7 of src/a.ts.
MAP = '{"version": 3, "sources": ["src/a.ts"], "names": [], "mappings": "AAAA;AAMA", "sourcesContent": ["one\\ntwo"]}'


def test_maps_beside_plain_modules():
    """From a file, from a data URL; broken ones are reported once, and nothing outside the folder is read."""
    import base64
    inline = "data:application/json;base64," + base64.b64encode(MAP.encode()).decode()
    for url, files, place in (("index.mjs.map", {"index.mjs.map": MAP}, "src/a.ts:7:1"), (inline, {}, "src/a.ts:7:1"),
                              ("index.mjs.map", {"index.mjs.map": MAP.replace("AAMA", "AA!A")}, None),
                              ("index.mjs.map", {"index.mjs.map": "{" * 5000}, None), ("missing.map", {}, None),
                              ("../../../../../../etc/hostname", {}, None), ("data:application/json;base64,???", {}, None)):
        path = skerry.project(MAPPED + url + "\n", None, files)
        with skerry.dev(path) as server:
            for _ in range(3):
                reply = server.get()
                equal(reply.status, 500)
                check((place or "index.mjs:2:") in reply.text(), f"{url[:40]}: {reply.text()}")
            server.get("/last")
            server.wait_line("GET /last", 5)
            warnings = server.output().count("source map of")
            equal(warnings, 0 if place else 1, f"warnings for {url[:40]}")
