import { greet } from './greet';

export interface Env {
  VISITS: KVNamespace;
  GREETING: string;
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname !== '/') return new Response('Not found\n', { status: 404 });
    const visits = 1 + Number((await env.VISITS.get('visits')) ?? 0);
    await env.VISITS.put('visits', String(visits));
    return new Response(greet(env.GREETING, request.cf, visits));
  },
} satisfies ExportedHandler<Env>;
