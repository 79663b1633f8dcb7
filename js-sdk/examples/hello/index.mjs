// Greets by place and counts visits in KV. Try: /, /json, and curl -X PUT -d value /kv/some-key

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function page({ place, country, visits, zone }) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Hello from skerry</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; color: #e8f1f5;
         font: 1.1rem/1.6 system-ui, sans-serif; background: linear-gradient(#0b2545, #13678a 70%, #1b9aaa); }
  main { text-align: center; padding: 2rem; }
  h1 { font-size: clamp(2rem, 7vw, 4rem); margin: 0 0 .5rem; font-weight: 300; }
  b { font-weight: 600; color: #ffd166; }
  a { color: inherit; }
  footer { opacity: .7; font-size: .9rem; margin-top: 3rem; }
</style>
<main>
  <h1>Hello, <b>${escape(place)}</b>!</h1>
  <p>You come from ${escape(country)}${zone ? `, where the clocks follow ${escape(zone)}` : ''}.</p>
  <p>This page was shown <b>${visits}</b> ${visits === 1 ? 'time' : 'times'}.</p>
  <footer>The same as data: <a href="/json">/json</a> · a key of the store: <a href="/kv/visits">/kv/visits</a></footer>
</main>
</html>
`;
}

async function count(store) {
  const visits = 1 + Number(await store.get('visits') ?? 0);
  await store.put('visits', String(visits));
  return visits;
}

async function keys(request, store, key) {
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      const value = await store.get(key, 'stream');
      return value ? new Response(value) : new Response(`no key ${key}\n`, { status: 404 });
    }
    case 'PUT':
      await store.put(key, request.body ?? '');
      return new Response(null, { status: 204 });
    case 'DELETE':
      await store.delete(key);
      return new Response(null, { status: 204 });
    default:
      return new Response('use GET, PUT or DELETE\n', { status: 405, headers: { allow: 'GET, HEAD, PUT, DELETE' } });
  }
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const cf = request.cf ?? {};
    if (pathname === '/') {
      const text = page({
        place: cf.city ?? cf.country ?? 'stranger',
        country: cf.country ?? 'a place I do not know',
        zone: cf.timezone,
        visits: await count(env.VISITS),
      });
      return new Response(text, { headers: { 'content-type': 'text/html; charset=utf-8' } });
    }
    if (pathname === '/json') {
      return Response.json({ method: request.method, url: request.url, cf, headers: Object.fromEntries(request.headers) });
    }
    if (pathname === '/kv') return Response.json(await env.VISITS.list());
    if (pathname.startsWith('/kv/')) return keys(request, env.VISITS, decodeURIComponent(pathname.slice(4)));
    return new Response('nothing here\n', { status: 404 });
  },
};
