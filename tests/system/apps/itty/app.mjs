// An itty-router application: auto-formatted replies, parameters, wildcards, middleware, CORS, errors.
import { AutoRouter, cors, error, html, IttyRouter, json, png, status, StatusError, text, withContent, withCookies, withParams } from 'itty-router';

const { preflight, corsify } = cors({ origin: ['https://a.example'], allowMethods: 'GET,POST', credentials: true, maxAge: 60 });
const onlyAnn = (request) => {
  if (request.headers.get('authorization') !== 'Bearer ann') return error(401, 'who are you?');
};
const nested = IttyRouter({ base: '/nested' });
nested.get('/', () => text('nested root')).get('/:x', ({ params }) => json(params));

const router = AutoRouter({ before: [preflight], finally: [corsify], missing: () => error(404, { missing: true }) });
router
  .get('/', () => 'auto json string')
  .get('/object', () => ({ a: [1, 'ž', null] }))
  .get('/text', () => text('plain text'))
  .get('/html', () => html('<h1>page</h1>'))
  .get('/png', () => png(new Uint8Array([137, 80, 78, 71])))
  .get('/status/:code', ({ code }) => status(Number(code)))
  .get('/json/:code', ({ code }) => json({ code }, { status: Number(code), headers: { 'x-code': code } }))
  .get('/hello/:name', ({ name }) => `hello ${name}`)
  .get('/file/:name.:ext', ({ params }) => params)
  .get('/maybe/:kind?', ({ params }) => ({ kind: params.kind ?? null }))
  .get('/greedy/:path+', ({ params }) => params)
  .get('/wild/*', ({ url }) => new URL(url).pathname)
  .get('/query', ({ query }) => query)
  .get('/headers', ({ headers }) => ({ a: headers.get('x-a'), accept: headers.get('accept') }))
  .get('/cookies', withCookies, ({ cookies }) => cookies)
  .get('/secret', onlyAnn, () => 'in')
  .get('/throws', () => { throw new Error('on purpose'); })
  .get('/teapot', () => { throw new StatusError(418, 'short and stout'); })
  .get('/details', () => { throw new StatusError(422, { field: 'name', error: 'missing' }); })
  .get('/later', () => new Promise((done) => setTimeout(() => done({ later: true }), 5)))
  .get('/stream', () => new Response(new ReadableStream({
    start(c) { for (const word of ['one ', 'two ', 'three']) c.enqueue(new TextEncoder().encode(word)); c.close(); },
  })))
  .post('/content', withContent, ({ content }) => ({ content }))
  .post('/echo', async (request) => new Response(await request.arrayBuffer(), { headers: { 'content-type': request.headers.get('content-type') ?? 'none/none' } }))
  .put('/item/:id', withParams, async (request) => ({ id: request.id, body: await request.json() }))
  .delete('/item/:id', ({ id }) => status(204))
  .all('/method', ({ method }) => method)
  .all('/nested/*', nested.fetch);

export default { fetch: (request, env, ctx) => router.fetch(request, env, ctx) };
