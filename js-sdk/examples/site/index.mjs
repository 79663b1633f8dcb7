// The API of the site. Everything else is a file of public/, or its 404 page.

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/api/time') return Response.json({ time: new Date().toISOString() });
    return Response.json({ error: `no ${pathname}` }, { status: 404 });
  },
};
