// npm's ws as a client of one server: prints what each conversation was like, as JSON.
const WebSocket = require('ws');
const port = process.argv[2];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function talk(path, say, protocols = []) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { perMessageDeflate: false });
  const seen = [];
  await new Promise((done) => {
    socket.on('upgrade', (r) => seen.push(['upgrade', r.statusCode, r.headers['x-from']]));
    socket.on('open', () => (seen.push(['open', socket.protocol]), say(socket)));
    socket.on('message', (data, binary) =>
      seen.push(['message', binary, data.length > 100 ? [data.length, data[0], data.at(-1)] : binary ? [...data] : String(data)]));
    socket.on('close', (code, reason) => (seen.push(['close', code, String(reason)]), done()));
    socket.on('error', (e) => seen.push(['error', e.message]));
    socket.on('pong', (data) => seen.push(['pong', String(data)]));
    setTimeout(() => (seen.push(['too late']), socket.terminate(), done()), 8000).unref();
  });
  await sleep(40);
  const response = await fetch(`http://127.0.0.1:${port}/log`);
  return { path, seen, log: await response.json() };
}
const later = (say, ms = 60) => (socket) => void setTimeout(say, ms, socket);
const all = (...steps) => (socket) => steps.forEach((step) => step(socket));

(async () => {
  const out = [];
  const note = async (...talkArguments) => out.push(await talk(...talkArguments));
  await note('/echo', all((s) => s.send('text'), (s) => s.send(Buffer.from([0, 255])), later((s) => s.close(3005, 'by client'))), ['chat.v1']);
  await note('/echo', all((s) => s.send('ä€😀'), (s) => s.send(''), (s) => s.send(Buffer.alloc(0)), later((s) => s.close())), ['chat.v1']);
  await note('/echo', all((s) => s.send('frag', { fin: false }), (s) => s.send('ment', { fin: false }), (s) => s.send('ed'), later((s) => s.close(1000))), ['chat.v1']);
  await note('/echo', all((s) => s.send('x'.repeat(300000)), (s) => s.send(Buffer.alloc(1 << 20, 7)), later((s) => s.close(1000), 300)), ['chat.v1']);
  await note('/echo', (s) => s.send('close'), ['chat.v1']);
  await note('/echo', (s) => s.send('close-empty'), ['chat.v1']);
  await note('/echo', all((s) => s.send('three'), later((s) => s.close(4999, ''))), ['chat.v1']);
  await note('/echo', (s) => s.send('throw'), ['chat.v1']);
  await note('/echo', all((s) => s.ping('are you there'), later((s) => s.close(1001, 'leaving'))), ['chat.v1']);
  await note('/echo', (s) => s.terminate(), ['chat.v1']);
  await note('/plain-echo', all((s) => s.send('plain'), later((s) => s.close(1000))));
  await note('/proxy', all((s) => s.send('through'), (s) => s.send(Buffer.from([1, 2])), later((s) => s.close(3006, 'through, too'))));
  await note('/proxy', (s) => s.send('close'));
  await note('/greets-first', later((s) => s.close(1000)));
  await note('/late', later((s) => s.close(1000)));
  await note('/timer', () => {});
  console.log(JSON.stringify(out));
})();
