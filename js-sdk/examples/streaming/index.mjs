// Streams: made with a timer, made on demand, transformed on their way.

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const encoder = new TextEncoder();
const text = (stream, type = 'text/plain') => new Response(stream, { headers: { 'content-type': `${type}; charset=utf-8` } });

// The writer waits when the reader is slow: write() resolves when there is room.
function ticks(count, line, pause = 300) {
  const { readable, writable } = new TransformStream();
  const work = async () => {
    const writer = writable.getWriter();
    for (let i = 1; i <= count; i++) {
      await writer.write(encoder.encode(line(i)));
      if (i < count) await sleep(pause);
    }
    await writer.close();
  };
  return { readable, done: work() };
}

// pull() is called when somebody wants more, and not before.
function numbers(count) {
  let next = 1;
  return new ReadableStream({
    pull(controller) {
      const lines = [];
      while (next <= count && lines.length < 1000) lines.push(next++);
      if (lines.length) controller.enqueue(encoder.encode(lines.join('\n') + '\n'));
      if (next > count) controller.close();
    },
  });
}

function upper() {
  const decoder = new TextDecoder();
  return new TransformStream({
    transform: (chunk, controller) => controller.enqueue(encoder.encode(decoder.decode(chunk, { stream: true }).toUpperCase())),
    flush: (controller) => controller.enqueue(encoder.encode(decoder.decode().toUpperCase())),
  });
}

const PAGE = `<!doctype html>
<meta charset="utf-8"><title>Streaming</title>
<h1>Events</h1><ul id="list"></ul>
<script>
  const source = new EventSource('/events');
  source.onmessage = ({ data }) => list.append(Object.assign(document.createElement('li'), { textContent: data }));
  source.addEventListener('end', () => source.close());
</script>
`;

export default {
  fetch(request, env, ctx) {
    const url = new URL(request.url);
    const count = Math.min(Number(url.searchParams.get('count') ?? 5) || 0, 1e6);
    switch (url.pathname) {
      case '/ticks': {
        const { readable, done } = ticks(count, (i) => `tick ${i} of ${count}\n`);
        ctx.waitUntil(done.catch(() => {})); // the reader may leave
        return text(readable);
      }
      case '/events': {
        const line = (i) => (i < 5 ? `data: event ${i}\n\n` : 'event: end\ndata: that was all\n\n');
        const { readable, done } = ticks(5, line, 200);
        ctx.waitUntil(done.catch(() => {}));
        return text(readable, 'text/event-stream');
      }
      case '/numbers':
        return text(numbers(count));
      case '/upper':
        if (!request.body) return new Response('send a body\n', { status: 400 });
        return text(request.body.pipeThrough(upper()));
      case '/':
        return text(PAGE, 'text/html');
      default:
        return new Response('try /ticks, /numbers, /upper or /events\n', { status: 404 });
    }
  },
};
