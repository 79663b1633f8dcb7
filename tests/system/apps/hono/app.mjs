// A Hono application that uses as much of Hono as one file can: each block is a middleware or a kind of route.
import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie';
import { cors } from 'hono/cors';
import { csrf } from 'hono/csrf';
import { etag } from 'hono/etag';
import { html, raw } from 'hono/html';
import { HTTPException } from 'hono/http-exception';
import { jwt, sign, verify } from 'hono/jwt';
import { poweredBy } from 'hono/powered-by';
import { prettyJSON } from 'hono/pretty-json';
import { secureHeaders } from 'hono/secure-headers';
import { stream, streamSSE, streamText } from 'hono/streaming';
import { trimTrailingSlash } from 'hono/trailing-slash';
import { validator } from 'hono/validator';
import { zValidator } from '@hono/zod-validator';
import { z } from 'zod';

const secret = 'the-secret-of-the-test-application';
const app = new Hono();

app.use('/powered/*', poweredBy({ serverName: 'tests' }));
app.use('/slash/*', trimTrailingSlash());
app.use('*', async (c, next) => {
  await next();
  c.header('x-app', 'hono');
});

app.get('/', (c) => c.text('hello'));
app.get('/json', (c) => c.json({ text: 'čaj 🍵', list: [1, 2.5, null, true], nested: { a: { b: [] } } }));
app.get('/pretty', prettyJSON(), (c) => c.json({ a: 1, b: [1, 2] }));
app.get('/html', (c) => c.html(html`<p>${'<b>&"quoted"</b>'} ${raw('<i>raw</i>')}</p>`));
app.get('/hello/:name', (c) => c.text(`hello ${c.req.param('name')}`));
app.get('/posts/:id{[0-9]+}', (c) => c.json({ id: Number(c.req.param('id')) }));
app.get('/posts/:id{[0-9]+}/comments/:comment', (c) => c.json(c.req.param()));
app.get('/wild/*', (c) => c.text(c.req.path));
app.get('/optional/:kind?', (c) => c.text(c.req.param('kind') ?? 'none'));
app.get('/query', (c) => c.json({ q: c.req.query('q') ?? null, all: c.req.query(), tags: c.req.queries('tag') ?? [] }));
app.get('/headers', (c) => {
  c.header('x-reply', c.req.header('x-custom') ?? 'nothing');
  c.header('vary', 'accept');
  c.header('vary', 'x-custom', { append: true });
  return c.json({ custom: c.req.header('x-custom') ?? null, agent: c.req.header('user-agent') ?? null });
});
app.get('/url', (c) => {
  const url = new URL(c.req.url);
  url.searchParams.sort();
  return c.json({ path: url.pathname, search: url.search, list: [...url.searchParams] });
});
app.all('/method', (c) => c.text(c.req.method));
app.on(['PUT', 'DELETE', 'PATCH'], '/on/:id', async (c) => c.json({ m: c.req.method, id: c.req.param('id'), body: await c.req.text() }));

app.post('/body/text', async (c) => c.text((await c.req.text()).toUpperCase()));
app.post('/body/json', async (c) => c.json({ got: await c.req.json() }));
app.post('/body/buffer', async (c) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await c.req.arrayBuffer()));
  return c.text([...digest].map((b) => b.toString(16).padStart(2, '0')).join(''));
});
app.post('/body/limited', bodyLimit({ maxSize: 100, onError: (c) => c.text('too large', 413) }), async (c) => c.text(await c.req.text()));
app.post('/body/twice', async (c) => c.text((await c.req.text()) + (await c.req.text())));

app.get('/redirect', (c) => c.redirect('/json'));
app.get('/redirect/:code{30[1278]}', (c) => c.redirect('https://example.com/a?b=c', Number(c.req.param('code'))));
app.get('/status/:code{[0-9]+}', (c) => c.body([204, 205, 304].includes(Number(c.req.param('code'))) ? null : 'status', Number(c.req.param('code'))));

app.get('/cookie/set', (c) => {
  setCookie(c, 'plain', 'value with space', { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 60 });
  setCookie(c, 'second', '2', { secure: true, domain: 'example.com', expires: new Date(86400000) });
  return c.text('set');
});
app.get('/cookie/get', (c) => c.json({ one: getCookie(c, 'one') ?? null, all: getCookie(c) }));
app.get('/cookie/signed', async (c) => {
  await setSignedCookie(c, 'signed', 'trusted', secret, { path: '/' });
  return c.text('signed');
});
app.get('/cookie/check', async (c) => c.json({ value: (await getSignedCookie(c, secret, 'signed')) ?? null }));
app.get('/cookie/delete', (c) => c.text(`was ${deleteCookie(c, 'one')}`));

app.use('/etag/*', etag());
app.get('/etag/strong', (c) => c.text('a body with an entity tag'));
app.get('/etag/own', (c) => { c.header('etag', 'W/"own"'); return c.text('own'); });

app.get('/stream/text', (c) => streamText(c, async (out) => {
  for (let i = 0; i < 20; i++) await out.writeln(`line ${i} ${'ř'.repeat(i)}`);
}));
app.get('/stream/slow', (c) => streamText(c, async (out) => {
  for (let i = 0; i < 3; i++) { await out.write(`${i};`); await out.sleep(15); }
}));
app.get('/stream/bytes', (c) => stream(c, async (out) => {
  for (let i = 0; i < 64; i++) await out.write(new Uint8Array(1024).fill(i));
}));
app.get('/stream/pipe', (c) => stream(c, async (out) => {
  await out.pipe(new Response('piped through').body);
}));
app.get('/stream/events', (c) => streamSSE(c, async (out) => {
  for (let i = 0; i < 3; i++) await out.writeSSE({ data: `a\nb ${i}`, event: 'tick', id: String(i) });
}));
app.post('/stream/upper', (c) => c.body(c.req.raw.body.pipeThrough(new TransformStream({
  transform(chunk, out) { out.enqueue(chunk.map((b) => (b >= 97 && b <= 122 ? b - 32 : b))); },
}))));

app.use('/auth/basic', basicAuth({ username: 'ann', password: 'p:w' }));
app.get('/auth/basic', (c) => c.text('in'));
app.use('/auth/bearer', bearerAuth({ token: 'tok-123' }));
app.get('/auth/bearer', (c) => c.text('in'));
app.use('/auth/jwt/*', jwt({ secret, alg: 'HS256' }));
app.get('/auth/jwt/me', (c) => c.json(c.get('jwtPayload')));
app.post('/jwt/sign/:alg{HS256|HS384|HS512}', async (c) => c.text(await sign(await c.req.json(), secret, c.req.param('alg'))));
app.post('/jwt/verify', async (c) => c.json(await verify(await c.req.text(), secret, 'HS256')));

app.use('/cors/*', cors({ origin: ['https://a.example', 'https://b.example'], allowHeaders: ['x-a'], allowMethods: ['GET', 'PUT'], maxAge: 600, credentials: true, exposeHeaders: ['x-b'] }));
app.all('/cors/data', (c) => c.json({ ok: true }));
app.use('/secure', secureHeaders());
app.get('/secure', (c) => c.text('secure'));
app.use('/csrf', csrf({ origin: 'https://a.example' }));
app.post('/csrf', (c) => c.text('passed'));

const person = z.object({ name: z.string().min(1).max(20), age: z.number().int().nonnegative(), tags: z.array(z.string()).default([]), mail: z.email().optional() });
app.post('/zod', zValidator('json', person), (c) => c.json({ person: c.req.valid('json') }));
app.get('/zod/query', zValidator('query', z.object({ page: z.coerce.number().min(1), sort: z.enum(['up', 'down']).default('up') })), (c) => c.json(c.req.valid('query')));
app.get('/zod/:id', zValidator('param', z.object({ id: z.uuid() })), (c) => c.json(c.req.valid('param')));
app.post('/validator', validator('json', (value, c) => (value.ok ? value : c.text('not ok', 422))), (c) => c.json(c.req.valid('json')));

app.get('/powered/by', (c) => c.text('powered'));
app.get('/slash/here', (c) => c.text('here'));
app.get('/raw', () => new Response('raw body', { status: 203, headers: [['x-a', '1'], ['x-a', '2'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2']] }));
app.get('/wait', async (c) => {
  await new Promise((done) => setTimeout(done, 10));
  return c.text('waited');
});
app.get('/teapot', () => { throw new HTTPException(418, { message: 'short and stout' }); });
app.get('/error', () => { throw new Error('on purpose'); });
const sub = new Hono().basePath('/v1');
sub.get('/items', (c) => c.json(['a', 'b']));
sub.get('/items/:id', (c) => c.json({ id: c.req.param('id') }));
app.route('/sub', sub);

app.notFound((c) => c.json({ missing: c.req.path }, 404));
app.onError((error, c) => (error instanceof HTTPException ? error.getResponse() : c.json({ failed: error.message }, 500)));

export default app;
