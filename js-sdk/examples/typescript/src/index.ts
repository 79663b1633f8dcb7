// Notes in KV behind a small router.
import { Router } from './router';

interface Env {
  NOTES: KVNamespace;
  LENGTH_MAX: string;
}

interface Note {
  text: string;
  at: string;
}

const router = new Router<Env>()
  .on('GET', '/notes', async (_request, env) => {
    const { keys } = await env.NOTES.list<{ at: string }>();
    return Response.json(keys.map(({ name, metadata }) => ({ id: name, at: metadata?.at })));
  })
  .on('POST', '/notes', async (request, env) => {
    const { text } = (await request.json()) as Partial<Note>;
    if (typeof text !== 'string' || text.length > Number(env.LENGTH_MAX)) {
      return Response.json({ error: `a note has a text of at most ${env.LENGTH_MAX} characters` }, { status: 400 });
    }
    const id = crypto.randomUUID();
    const note: Note = { text, at: new Date().toISOString() };
    await env.NOTES.put(id, JSON.stringify(note), { metadata: { at: note.at } });
    return Response.json({ id, ...note }, { status: 201 });
  })
  .on('GET', '/notes/:id', async (_request, env, { id }) => {
    const note = await env.NOTES.get<Note>(id!, 'json');
    return note ? Response.json(note) : Response.json({ error: 'no such note' }, { status: 404 });
  });

export default {
  fetch: (request, env) => router.answer(request, env),
} satisfies ExportedHandler<Env>;
