export default {
  async fetch(request, env) {
    if (request.method === 'PUT') {
      await env.KV.put(request.url.slice(request.url.indexOf('?') + 1), await request.text());
      return new Response('kept');
    }
    return new Response(await env.KV.get('hot'));
  },
};
