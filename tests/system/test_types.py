"""The TypeScript declarations that the build makes from the class tables: they are correct themselves, a worker that
uses most of the platform passes with them alone, and mistakes are found."""
import os
import re
import subprocess

import skerry
from skerry import equal

TYPES = os.path.join(os.path.dirname(os.path.abspath(skerry.BIN)), "src/cli/skerry.d.ts")
TSC = os.path.join(skerry.HERE, "node_modules/typescript/bin/tsc")

WORKER = """
interface Env {
  VISITS: KVNamespace;
  GREETING: string;
}

class Upper extends TransformStream<string, string> {
  constructor() {
    super({ transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()) });
  }
}

async function tables(request: Request<unknown, IncomingRequestCfProperties>, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const names: string[] = [...url.searchParams].map(([name, value]) => `${name}=${value}`);
  for (const [name, value] of request.headers) names.push(name + value);
  url.searchParams.forEach((value, name, all) => names.push(value + name + all.size));
  const cf: IncomingRequestCf | undefined = request.cf;
  const digest: ArrayBuffer = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(names.join()));
  const id: string = crypto.randomUUID();
  const bytes: Uint8Array = crypto.getRandomValues(new Uint8Array(4));
  const page = await env.VISITS.list<{ by: string }>({ prefix: 'a', limit: 10 });
  const by: string | undefined = page.keys[0]?.metadata?.by;
  const found: { n: number } | null = await env.VISITS.get<{ n: number }>('k', 'json');
  const many: Map<string, string | null> = await env.VISITS.get(['a', 'b']);
  await env.VISITS.put('k', JSON.stringify({ n: (found?.n ?? 0) + 1 }), { expirationTtl: 60, metadata: { by } });
  console.log(digest.byteLength, id, bytes, many.size, cf?.country, performance.now(), navigator.userAgent);
  return Response.json({ names }, { status: 201, headers: { 'x-a': 'b' } });
}

export default {
  async fetch(request, env, ctx) {
    if (request.method === 'POST') return new Response(request.body, { headers: new Headers([['a', 'b']]) });
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(1000)]);
    signal.addEventListener('abort', (event: Event) => console.error(event.type, signal.reason));
    ctx.waitUntil(fetch(new Request('http://127.0.0.1/', { signal })).then((reply) => reply.text()));
    const copy = structuredClone({ at: new Date(), deep: [1n] });
    const timer: number = setTimeout((text: string) => atob(btoa(text)), 1, env.GREETING);
    clearTimeout(timer);
    const stream = ReadableStream.from(['a', String(copy.deep[0])]).pipeThrough(new Upper());
    for await (const chunk of stream.tee()[0]) console.log(chunk.length);
    const error: DOMException = new DOMException('no', 'AbortError');
    if (error.code === DOMException.ABORT_ERR) return Response.redirect(new URL('/a', request.url), 302);
    return tables(request, env);
  },
} satisfies ExportedHandler<Env>;
"""

# Each line is one mistake, with the number of the error that TypeScript must give.
MISTAKES = [
    ("new AbortSignal();", "TS2673"),
    ("new Response('', { status: '200' });", "TS2322"),
    ("const text: string = new Headers().get('a');", "TS2322"),
    ("export default { fetch: () => 'text' } satisfies ExportedHandler;", "TS2322"),
    ("new URL('a:').searchParams = new URLSearchParams();", "TS2540"),
    ("declare const kv: KVNamespace; kv.put('key', 1);", "TS2345"),
    ("document.title = 'no such thing here';", "TS2584"),
    ("addEventListener('fetch', 1);", "TS2345"),
]


def check(text):
    """The errors TypeScript finds in a file beside the declarations: `line number, error number` each, and its output."""
    skerry.check(os.path.exists(TYPES), f"{TYPES} is not there: build everything (ninja -C build)")
    folder = skerry.folder()
    skerry.write(os.path.join(folder, "worker.ts"), text)
    done = subprocess.run(
        ["node", TSC, "--noEmit", "--strict", "--target", "es2022", "--lib", "es2024", "--module", "esnext",
         "--types", "", TYPES, "worker.ts"],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    output = done.stdout.decode("utf-8", "replace")
    return re.findall(r"\((\d+),\d+\): error (TS\d+)", output), output


def test_a_worker_passes():
    errors, output = check(WORKER)
    equal(errors, [], output)
    equal(output, "")


def test_mistakes_are_found():
    errors, output = check("\n".join(line for line, _ in MISTAKES))
    equal(sorted(set(errors)), sorted((str(i + 1), number) for i, (_, number) in enumerate(MISTAKES)), output)


def test_like_workers_types():
    """A project with packages of npm compiles with @cloudflare/workers-types, and unchanged with ours alone."""
    folder = skerry.folder()
    os.symlink(os.path.join(skerry.HERE, "node_modules"), os.path.join(folder, "node_modules"))
    with open(os.path.join(skerry.HERE, "types/common.ts"), encoding="utf-8") as f:
        skerry.write(os.path.join(folder, "worker.ts"), f.read())
    for name, arguments in (("workers-types", ["--types", "@cloudflare/workers-types"]), ("skerry", ["--types", "", TYPES])):
        done = subprocess.run(
            ["node", TSC, "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--lib", "es2024", "--module", "esnext",
             "--moduleResolution", "bundler", *arguments, "worker.ts"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        equal(done.stdout.decode("utf-8", "replace"), "", name)
