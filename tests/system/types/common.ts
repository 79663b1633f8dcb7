// Compiled twice: with @cloudflare/workers-types, and with skerry's declarations. What compiles with one compiles with
// the other.
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { Router, json, error } from 'itty-router';
import { z } from 'zod';

export interface Env {
  VISITS: KVNamespace;
  TYPED: KVNamespace<'a' | 'b'>;
  ASSETS: Fetcher;
  OTHER: Fetcher;
  GREETING: string;
}

type Incoming = Request<unknown, IncomingRequestCfProperties>;
type Handler = ExportedHandlerFetchHandler<Env>;

interface Meta {
  by: string;
}

const app = new Hono<{ Bindings: Env }>();
app.use('*', cors());
app.get('/hono/:name', async (c) => {
  const cf = c.req.raw.cf as IncomingRequestCfProperties | undefined;
  c.executionCtx.waitUntil(c.env.VISITS.put('last', c.req.param('name')));
  return c.json({ country: cf?.country ?? null, greeting: c.env.GREETING });
});

const router = Router<Request, [Env, ExecutionContext]>();
router.get('/itty/:id', (request: Request & { params: { id: string } }, env: Env) => json({ id: request.params.id, g: env.GREETING }))
  .all('*', () => error(404));

async function kv(env: Env): Promise<KVNamespaceListResult<Meta, string>> {
  const text: string | null = await env.VISITS.get('a');
  const typed: { n: number } | null = await env.VISITS.get<{ n: number }>('a', 'json');
  const again = await env.VISITS.get<{ n: number }>('a', { type: 'json', cacheTtl: 60 });
  const stream: ReadableStream | null = await env.VISITS.get('a', 'stream');
  const bytes: ArrayBuffer | null = await env.VISITS.get('a', { type: 'arrayBuffer' });
  const many: Map<string, string | null> = await env.VISITS.get(['a', 'b']);
  const options: KVNamespaceListOptions = { prefix: 'a', limit: 10 };
  const put: KVNamespacePutOptions = { expirationTtl: 60, metadata: { by: 'me' } };
  await env.VISITS.put('a', JSON.stringify({ n: (typed?.n ?? 0) + (again?.n ?? 0) }), put);
  await env.TYPED.put('a', new Uint8Array(4));
  const { value, metadata } = await env.VISITS.getWithMetadata<Meta>('a');
  console.log(text, stream, bytes?.byteLength, many.size, value?.length, metadata?.by);
  const page = await env.VISITS.list<Meta>(options);
  if (!page.list_complete) console.log(page.cursor);
  const names: string[] = page.keys.map((key: KVNamespaceListKey<Meta>) => key.name + (key.metadata?.by ?? ''));
  console.log(names.join());
  return page;
}

function place(cf: IncomingRequestCfProperties | CfProperties | undefined): string {
  if (cf === undefined) return '';
  const { country, city, latitude, timezone, asn, colo } = cf as IncomingRequestCfProperties;
  const parts: (string | number | undefined)[] = [country, city, latitude, timezone, asn, colo];
  return parts.filter((part) => part !== undefined).join(' ');
}

class Upper extends TransformStream<string, string> {
  constructor() {
    super({ transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()) });
  }
}

async function bodies(request: Incoming, env: Env, ctx: ExecutionContext): Promise<Response> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer: WritableStreamDefaultWriter<Uint8Array> = writable.getWriter();
  ctx.waitUntil(writer.write(new TextEncoder().encode('text')).then(() => writer.close()));
  const copy = new Request(request, { headers: { 'x-a': 'b' } });
  const init: RequestInit<RequestInitCfProperties> = { method: 'POST', body: readable, redirect: 'manual', cf: { cacheTtl: 5 } };
  const reply: Response = await fetch('https://example.com/', init);
  const through = await env.OTHER.fetch(copy);
  const asset = await env.ASSETS.fetch(new URL('/page', request.url), { signal: request.signal });
  const out: ResponseInit = { status: 201, headers: new Headers(reply.headers), encodeBody: 'automatic' };
  const parsed = z.object({ n: z.number() }).safeParse(await through.clone().json());
  const words = new ReadableStream<string>({ start: (controller) => controller.enqueue('a') });
  const upper: ReadableStream<string> = words.pipeThrough(new Upper());
  console.log(asset.status, parsed.success, upper.locked, reply.body?.locked);
  const digest: ArrayBuffer = await crypto.subtle.digest('SHA-256', await request.arrayBuffer());
  const key: CryptoKey = await crypto.subtle.importKey('raw', digest, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode('x'));
  return new Response(signature, out);
}

const handler: Handler = async (request, env, ctx) => {
  const url = new URL(request.url);
  if (url.pathname.startsWith('/hono')) return app.fetch(request, env, ctx);
  if (url.pathname.startsWith('/itty')) return router.fetch(request, env, ctx);
  if (url.pathname === '/kv') return Response.json((await kv(env)).keys);
  if (url.pathname === '/place') return new Response(place(request.cf));
  ctx.passThroughOnException();
  return bodies(request as Incoming, env, ctx);
};

const worker: ExportedHandler<Env> = { fetch: handler };
export const another = {
  async fetch(request, env, ctx) {
    return handler(request, env, ctx);
  },
  async scheduled(controller, env, ctx) {
    ctx.waitUntil(env.VISITS.put('cron', `${controller.cron} ${controller.scheduledTime}`));
  },
} satisfies ExportedHandler<Env>;
export default worker;
