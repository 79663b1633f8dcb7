// URL, query, headers in and out, a JSON reply: what most small APIs do.
export default {
  async fetch(request) {
    const url = new URL(request.url);
    const body = {
      path: url.pathname,
      name: url.searchParams.get('name'),
      agent: request.headers.get('user-agent'),
      accept: request.headers.get('accept'),
      list: [1, 2, 3],
    };
    const headers = new Headers({ 'cache-control': 'no-store' });
    headers.set('content-type', 'application/json');
    headers.append('x-served-by', 'bench');
    return new Response(JSON.stringify(body), { headers });
  },
};
