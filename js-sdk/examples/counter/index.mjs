// A counter for each path. POST counts, GET reads, DELETE forgets; / lists them all.

async function list(store) {
  const counters = {};
  let cursor;
  do {
    const page = await store.list({ cursor });
    const values = await store.get(page.keys.map((key) => key.name));
    for (const { name, metadata } of page.keys) counters[name] = { count: Number(values.get(name)), last: metadata?.last };
    cursor = page.list_complete ? undefined : page.cursor;
  } while (cursor);
  return Response.json(counters);
}

export default {
  async fetch(request, env) {
    const name = decodeURIComponent(new URL(request.url).pathname.slice(1));
    if (!name) return list(env.COUNTERS);
    const count = Number(await env.COUNTERS.get(name) ?? 0);
    switch (request.method) {
      case 'GET':
        return new Response(`${count}\n`);
      case 'POST':
        await env.COUNTERS.put(name, String(count + 1), { metadata: { last: new Date().toISOString() } });
        return new Response(`${count + 1}\n`);
      case 'DELETE':
        await env.COUNTERS.delete(name);
        return new Response(null, { status: 204 });
      default:
        return new Response('use GET, POST or DELETE\n', { status: 405, headers: { allow: 'GET, POST, DELETE' } });
    }
  },
};
