// The built-in middleware of Hono that the application in ../hono leaves out.
import { Hono } from 'hono';
import { every, except, some } from 'hono/combine';
import { compress } from 'hono/compress';
import { contextStorage, getContext } from 'hono/context-storage';
import { ipRestriction } from 'hono/ip-restriction';
import { jsxRenderer, useRequestContext } from 'hono/jsx-renderer';
import { jsx, Fragment, memo, createContext, useContext } from 'hono/jsx';
import { Suspense, renderToReadableStream } from 'hono/jsx/streaming';
import { jwk } from 'hono/jwk';
import { languageDetector } from 'hono/language';
import { logger } from 'hono/logger';
import { methodOverride } from 'hono/method-override';
import { requestId } from 'hono/request-id';
import { serveStatic } from 'hono/serve-static';
import { timeout } from 'hono/timeout';
import { endTime, setMetric, startTime, timing } from 'hono/timing';
import { appendTrailingSlash } from 'hono/trailing-slash';
import { NONCE, secureHeaders } from 'hono/secure-headers';
import { bearerAuth } from 'hono/bearer-auth';
import { cache } from 'hono/cache';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { accepts } from 'hono/accepts';
import { getConnInfo } from 'hono/cloudflare-workers';
import { proxy } from 'hono/proxy';
import { css, Style } from 'hono/css';

const app = new Hono();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const lines = [];

app.use('/context/*', contextStorage());
const deep = async () => { await sleep(1); return getContext().req.path + getContext().get('who'); };
app.use('/context/*', async (c, next) => { c.set('who', ` for ${c.req.query('who')}`); await next(); });
app.get('/context/deep', async (c) => c.text(await deep()));

app.use('/compress/*', compress());
app.get('/compress/big', (c) => c.text('compress me '.repeat(500)));
app.get('/compress/small', (c) => c.text('small'));
app.get('/compress/image', (c) => c.body('x'.repeat(3000), 200, { 'content-type': 'image/png' }));
app.get('/compress/json', (c) => c.json({ list: Array.from({ length: 400 }, (_, i) => i) }));
app.use('/deflate/*', compress({ encoding: 'deflate', threshold: 10 }));
app.get('/deflate/x', (c) => c.text('deflate '.repeat(100)));

app.use('/ip/deny/*', ipRestriction((c) => c.req.header('x-ip') ?? '127.0.0.1', { denyList: ['10.0.0.0/8', '::1'], allowList: ['127.0.0.1', '192.168.1.0/24', '2001:db8::/32'] }, (remote, c) => c.text(`no: ${remote.addr}`, 403)));
app.get('/ip/deny/x', (c) => c.text('in'));

app.use('/combine/some', some(bearerAuth({ token: 'tok' }), async (c, next) => { if (c.req.query('key') !== 'k') throw new HTTPException(402, { message: 'key' }); await next(); }));
app.use('/combine/every', every((c) => c.req.query('a') === '1', bearerAuth({ token: 'tok' })));
app.use('/combine/except/*', except('/combine/except/open', bearerAuth({ token: 'tok' })));
app.get('/combine/*', (c) => c.text(`combined ${c.req.path}`));

const Theme = createContext('none');
const Item = memo(({ n }) => jsx('li', { class: useContext(Theme), style: { fontSize: n } }, `item <${n}>`));
app.use('/jsx/*', jsxRenderer(({ children, title, Layout }) => jsx('html', null, jsx('head', null, jsx('title', null, title ?? 'no title')), jsx('body', null, children)), { docType: true }));
app.get('/jsx/page', (c) => c.render(jsx(Theme.Provider, { value: 'dark' }, jsx('ul', null, [1, 2, 3].map((n) => jsx(Item, { n })))), { title: 'T & C' }));
app.get('/jsx/path', (c) => c.render(jsx(() => jsx('p', null, useRequestContext().req.path))));
app.get('/jsx/css', (c) => c.html(jsx(Fragment, null, jsx(Style, null), jsx('b', { class: css`color: red; &:hover { color: blue; }` }, 'styled'))));
app.get('/jsx/stream', (c) => {
  const Late = async () => { await sleep(4); return jsx('p', null, 'late part'); };
  c.header('content-type', 'text/html; charset=UTF-8');
  return c.body(renderToReadableStream(jsx('main', null, 'early', jsx(Suspense, { fallback: jsx('i', null, 'wait') }, jsx(Late, null)))));
});

// One HS256 key is no JWK of this middleware's, so the tokens are RS256, made ahead of the test.
app.use('/jwk/*', jwk({ keys: [{ kty: 'RSA', kid: 'k1', alg: 'RS256', use: 'sig', n: 'wgB', e: 'AQAB' }], alg: ['RS256'] }));
app.get('/jwk/x', (c) => c.json(c.get('jwtPayload')));

app.use('/language/*', languageDetector({ supportedLanguages: ['en', 'cs', 'fr'], fallbackLanguage: 'en', caches: ['cookie'], cookieOptions: { sameSite: 'Lax', maxAge: 60 } }));
app.get('/language/x', (c) => c.text(c.get('language')));

app.use('/logged/*', logger((line) => lines.push(line.replace(/ \d+m?s/, ' T'))));
app.get('/logged/x', (c) => c.text('logged'));
app.get('/lines', (c) => c.json(lines.splice(0)));

app.use('/override/*', methodOverride({ app, header: 'x-method' }));
app.use('/query-override', methodOverride({ app, query: '_method' }));
app.delete('/query-override', (c) => c.text(`deleted ${c.req.query('_method')}`));
app.post('/query-override', (c) => c.text('posted'));
app.delete('/override/x', (c) => c.text('deleted by header'));
app.post('/override/x', (c) => c.text('posted'));

app.use('/id/x', async (c, next) => { await next(); if (c.res.headers.get('x-request-id')?.length > 20) c.res.headers.set('x-request-id', 'a-uuid'); });
app.use('/id/*', requestId({ limitLength: 20 }));
app.get('/id/x', (c) => c.text(c.get('requestId').length > 20 ? 'generated' : c.get('requestId')));

app.use('/timeout/*', timeout(30, () => new HTTPException(408, { message: 'too slow' })));
app.get('/timeout/fast', (c) => c.text('fast'));
app.get('/timeout/slow', async (c) => { await sleep(400); return c.text('never'); });

app.use('/timing/*', async (c, next) => { await next(); c.res.headers.set('server-timing', (c.res.headers.get('server-timing') ?? '').replace(/dur=[\d.]+/g, 'dur=N')); });
app.use('/timing/*', timing({ totalDescription: 'all' }));
app.get('/timing/x', async (c) => { setMetric(c, 'region', 'eu'); setMetric(c, 'given', 12.5, 'a number'); startTime(c, 'db'); await sleep(1); endTime(c, 'db'); return c.text('timed'); });

app.get('/static/*', serveStatic({ root: './', rewriteRequestPath: (path) => path.replace('/static', ''), getContent: async (path) => (/missing/.test(path) ? null : `content of ${path}`), onNotFound: (path, c) => c.header('x-missing', path) }));
app.get('/append', appendTrailingSlash(), (c) => c.text('no'));
app.use('/append/*', appendTrailingSlash());
app.get('/append/x/', (c) => c.text('appended'));

app.use('/nonce/*', secureHeaders({ contentSecurityPolicy: { scriptSrc: [NONCE, "'self'"], defaultSrc: ["'self'"] }, permissionsPolicy: { camera: [], fullscreen: ['self'] }, reportingEndpoints: [{ name: 'e', url: 'https://x/r' }], crossOriginEmbedderPolicy: true, removePoweredBy: true }));
app.get('/nonce/x', (c) => { const nonce = c.get('secureHeadersNonce'); return c.json([typeof nonce, c.res.headers.get('content-security-policy')?.includes(nonce) ?? 'set later']); });
app.use('/nonce/*', async (c, next) => { await next(); });

app.get('/accepts', (c) => c.text(accepts(c, { header: 'Accept-Language', supports: ['cs', 'en'], default: 'en' })));
app.post('/limit', bodyLimit({ maxSize: 10, onError: (c) => c.json({ big: true }, 413) }), async (c) => c.text(await c.req.text()));

app.mount('/mounted', (request) => new Response(`mounted ${new URL(request.url).pathname} ${request.method}`));
const sub = new Hono().basePath('/v2').get('/x', (c) => c.text('v2')).onError((error, c) => c.text(`sub ${error.message}`, 500)).get('/e', () => { throw new Error('e'); });
app.route('/sub', sub);

// The nonce differs from answer to answer.
const fetch = app.fetch;
export default {
  async fetch(request, env, ctx) {
    const response = await fetch(request, env, ctx);
    const policy = response.headers.get('content-security-policy');
    if (policy === null) return response;
    const copy = new Response(response.body, response);
    copy.headers.set('content-security-policy', policy.replace(/nonce-[\w+/=]+/g, 'nonce-N'));
    return copy;
  },
};
void [cache, getConnInfo, proxy];
