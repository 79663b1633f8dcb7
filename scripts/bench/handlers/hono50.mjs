// Fifty routes, some with parameters, and one middleware; the measured one is in the middle.
import { Hono } from 'hono';

const app = new Hono();
app.use('*', async (c, next) => {
  await next();
  c.header('x-served-by', 'bench');
});
for (let i = 0; i < 25; i++) {
  app.get(`/static/${i}/page`, (c) => c.text(`page ${i}`));
  app.get(`/api/v${i}/users/:id/posts/:post`, (c) => c.json({ route: i, id: c.req.param('id'), post: c.req.param('post') }));
}
export default { fetch: (request) => app.fetch(request) };
