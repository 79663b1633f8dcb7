// @trpc/server behind its fetch adapter: queries, mutations, batches, middleware, errors, streams.
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { z } from 'zod';

const t = initTRPC.context().create({ isDev: false });
const authed = t.procedure.use(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'sign in first' });
  return next({ ctx: { ...ctx, user: ctx.user.toUpperCase() } });
});
const posts = Array.from({ length: 20 }, (_, id) => ({ id, title: `Post ${id}`, likes: id * id }));

const appRouter = t.router({
  hello: t.procedure.input(z.string().optional()).query(({ input }) => `hello ${input ?? 'world'}`),
  post: t.router({
    byId: t.procedure.input(z.object({ id: z.number().int().nonnegative() })).query(({ input }) => {
      const post = posts[input.id];
      if (!post) throw new TRPCError({ code: 'NOT_FOUND', message: `post ${input.id}` });
      return post;
    }),
    list: t.procedure.input(z.object({ cursor: z.number().default(0), limit: z.number().max(10).default(3) })).query(({ input }) => ({ items: posts.slice(input.cursor, input.cursor + input.limit), next: input.cursor + input.limit })),
    add: t.procedure.input(z.object({ title: z.string().min(2), tags: z.array(z.enum(['a', 'b'])).default([]) })).mutation(({ input }) => ({ id: posts.length, ...input })),
  }),
  me: authed.query(({ ctx }) => ctx.user),
  throws: t.procedure.query(() => { throw new Error('plain error'); }),
  late: t.procedure.query(async () => { await new Promise((resolve) => setTimeout(resolve, 3)); return { at: 'late', nested: [1, { two: null }] }; }),
  header: t.procedure.query(({ ctx }) => ctx.agent),
  events: t.procedure.subscription(async function* () { for (let i = 0; i < 3; i++) yield tracked(String(i), { i }); }),
  output: t.procedure.output(z.object({ ok: z.boolean() })).query(() => ({ ok: true, hidden: 1 })),
});

export default {
  fetch(request) {
    return fetchRequestHandler({
      endpoint: '/trpc', req: request, router: appRouter,
      createContext: ({ req, resHeaders }) => { resHeaders.set('x-trpc', 'yes'); return { user: req.headers.get('x-user'), agent: req.headers.get('x-agent') }; },
      responseMeta: ({ type, errors }) => (type === 'query' && errors.length === 0 ? { headers: { 'cache-control': 'max-age=5' } } : {}),
    });
  },
};
