// The API of the site. Everything else is a file of public/, or its 404 page.

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/api/time') return Response.json({ time: new Date().toISOString() });
    if (pathname === '/api/about') {
      // A file may be read like a request to the site, and changed on its way.
      const page = await env.ASSETS.fetch(new URL('/about', request.url));
      return Response.json({ words: (await page.text()).split(/\s+/).length, etag: page.headers.get('etag') });
    }
    return Response.json({ error: `no ${pathname}` }, { status: 404 });
  },
};
