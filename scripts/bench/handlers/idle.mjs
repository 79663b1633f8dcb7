// A small worker as thousands of tenants have one: some routes, some state, nothing heavy.
const greeting = 'hello from worker ';
const seen = new Map();
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    seen.set(pathname, (seen.get(pathname) ?? 0) + 1);
    return new Response(greeting + pathname + ' ' + seen.get(pathname));
  },
};
