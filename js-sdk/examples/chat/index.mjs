// A chat room on WebSockets. Everybody whose socket is in this isolate hears everybody else: one node runs one isolate
// of a worker, so that is everybody, as long as there is one node. Rooms across nodes need Durable Objects. On
// Cloudflare this needs one already: there a request may not touch another request's socket.
import page from './page.html';

const NAME_MAX = 24;
const TEXT_MAX = 2000;
const HISTORY_MAX = 20;

const members = new Map(); // WebSocket → name
const history = [];

function tell(message) {
  const text = JSON.stringify(message);
  for (const socket of members.keys()) socket.send(text);
}

function say(from, text) {
  const message = { type: 'said', from, text, at: Date.now() };
  history.push(message);
  if (history.length > HISTORY_MAX) history.shift();
  tell(message);
}

function join(socket, name) {
  members.set(socket, name);
  socket.send(JSON.stringify({ type: 'welcome', name, history }));
  tell({ type: 'members', names: [...members.values()] });
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string' && data.trim() !== '') say(name, data.slice(0, TEXT_MAX));
  });
  const leave = () => {
    if (members.delete(socket)) tell({ type: 'members', names: [...members.values()] });
  };
  socket.addEventListener('close', leave);
  socket.addEventListener('error', leave);
}

export default {
  fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === '/') return new Response(page, { headers: { 'content-type': 'text/html;charset=utf-8' } });
    if (url.pathname !== '/room') return new Response('There is / and /room.\n', { status: 404 });
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket')
      return new Response('Connect with a WebSocket.\n', { status: 426, headers: { upgrade: 'websocket' } });
    // A page of another site must not chat in its visitors' name.
    const origin = request.headers.get('origin');
    if (origin !== null && new URL(origin).host !== url.host) return new Response('Not from here.\n', { status: 403 });
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    join(server, (url.searchParams.get('name') ?? '').trim().slice(0, NAME_MAX) || `Guest ${members.size + 1}`);
    return new Response(null, { status: 101, webSocket: client });
  },
};
