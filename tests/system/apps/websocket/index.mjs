// What a worker does with WebSockets, noted as it happens: the log is compared with workerd's.
const log = [];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const attempt = (body) => {
  try {
    return ['gives', String(body())];
  } catch (e) {
    return [e.constructor.name, e.name, e.message];
  }
};
function watch(socket, name) {
  socket.binaryType = 'arraybuffer';
  for (const type of ['open', 'message', 'close', 'error'])
    socket.addEventListener(type, (e) => {
      const data = e.data instanceof ArrayBuffer ? ['bytes', ...new Uint8Array(e.data).slice(0, 8), e.data.byteLength] : e.data;
      log.push([name, type, e.constructor.name, data?.length > 100 ? data.length : data, e.code, e.reason, e.wasClean]);
    });
  return socket;
}
function open(request, headers) {
  const [client, server] = Object.values(new WebSocketPair());
  watch(server, 'server').accept();
  server.addEventListener('message', (e) => {
    if (e.data === 'throw') throw new Error('thrown in a listener');
    if (e.data === 'close') return server.close(3001, 'asked');
    if (e.data === 'close-empty') return server.close();
    if (e.data === 'three') return ['a', new Uint8Array([1, 2, 3]).subarray(1), 'c'].forEach((m) => server.send(m));
    server.send(e.data);
  });
  return new Response(null, { status: 101, webSocket: client, headers });
}

const routes = {
  '/log': () => Response.json(log.splice(0)),
  '/echo': (request) => open(request, { 'x-from': 'worker', 'sec-websocket-protocol': 'chat.v1' }),
  '/plain-echo': (request) => open(request),
  '/proxy': (request, url) => fetch(`http://${url.host}/plain-echo`, request),
  '/greets-first': () => {
    const pair = new WebSocketPair();
    pair[1].accept();
    pair[1].send('before the response');
    return new Response(null, { status: 101, webSocket: pair[0] });
  },
  '/late': async () => {
    const pair = new WebSocketPair();
    pair[1].accept();
    await sleep(30);
    pair[1].send('late');
    return new Response(null, { status: 101, webSocket: pair[0] });
  },
  '/timer': (request, url, ctx) => {
    const pair = new WebSocketPair();
    pair[1].accept();
    ctx.waitUntil(
      (async () => {
        for (let i = 0; i < 3; i++) {
          await sleep(20);
          pair[1].send(`tick ${i}`);
        }
        pair[1].close(1000, 'done');
      })(),
    );
    return new Response(null, { status: 101, webSocket: pair[0] });
  },
  '/fetch-client': async (request, url) => {
    const response = await fetch(`http://${url.host}/echo`, { headers: { Upgrade: 'websocket' } });
    const socket = watch(response.webSocket, 'client');
    socket.accept();
    socket.send('over');
    socket.send(new Uint8Array([9, 8, 7]));
    await sleep(50);
    socket.send('close');
    await sleep(50);
    return Response.json([response.status, response.headers.get('x-from'), attempt(() => socket.send('more'))]);
  },
  '/new-client': async (request, url) => {
    const socket = watch(new WebSocket(`ws://${url.host}/echo`, ['chat.v1', 'other']), 'client');
    const states = [socket.readyState];
    const got = await new Promise((done) => {
      socket.addEventListener('open', () => socket.send('hello'));
      socket.addEventListener('message', (e) => done(e.data));
    });
    states.push(socket.readyState);
    socket.close(4000, 'enough');
    states.push(socket.readyState);
    await sleep(50);
    states.push(socket.readyState);
    return Response.json([got, states, socket.protocol, socket.url === `ws://${url.host}/echo`]);
  },
  '/refused-client': async () => {
    const socket = watch(new WebSocket('ws://127.0.0.1:1/'), 'client');
    await new Promise((done) => socket.addEventListener('close', done));
    return Response.json(socket.readyState);
  },
  '/pair': async () => {
    const [a, b] = Object.values(new WebSocketPair());
    watch(a, 'a');
    watch(b, 'b');
    const out = [attempt(() => a.send('too early')), attempt(() => a.close())];
    a.accept();
    a.send('before accept');
    b.accept();
    a.send('ä€😀');
    a.send(new Uint8Array([1, 2]).buffer);
    a.send(new DataView(new ArrayBuffer(3)));
    a.send(17);
    b.send('and back');
    log.push('end of turn');
    await sleep(20);
    a.close(3000, 'bye');
    out.push(attempt(() => a.send('too late')), [a.readyState, b.readyState]);
    await sleep(20);
    out.push([a.readyState, b.readyState]);
    return Response.json(out);
  },
  '/errors': () =>
    Response.json([
      ...[999, 1004, 1005, 1006, 1015, 5000, 'x'].map((code) => attempt(() => accepted().close(code))),
      attempt(() => accepted().close(undefined, 'why')),
      attempt(() => new Response(null, { status: 200, webSocket: new WebSocketPair()[0] })),
      attempt(() => new Response(null, { status: 101 })),
      attempt(() => new Response('x', { status: 101, webSocket: new WebSocketPair()[0] })),
      attempt(() => WebSocketPair()),
      ...['foo', 'ftp://x/', 'http://x/', 'ws://x/#y'].map((url) => attempt(() => new WebSocket(url))),
      attempt(() => new WebSocket('ws://127.0.0.1:1/', ['a', 'a'])),
      attempt(() => new WebSocket('ws://127.0.0.1:1/', 'a b')),
      attempt(() => new WebSocket('ws://127.0.0.1:1/').accept()),
      [WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED, WebSocket.READY_STATE_CLOSED],
      [new MessageEvent('m', { data: 1 }).data, new CloseEvent('c', { code: 3, reason: 'r', wasClean: true }).code],
      [new ErrorEvent('e', { message: 'm', error: 4 }).error, Object.keys(new WebSocketPair())],
    ]),
  '/not-a-socket': async (request, url) => {
    const response = await fetch(`http://${url.host}/hello`, { headers: { Upgrade: 'websocket' } });
    return Response.json([response.status, response.webSocket]);
  },
  '/hello': () => new Response('hello'),
};
function accepted() {
  const pair = new WebSocketPair();
  pair[0].accept();
  return pair[0];
}

export default {
  fetch(request, env, ctx) {
    const url = new URL(request.url);
    return routes[url.pathname]?.(request, url, ctx) ?? new Response('no such path', { status: 404 });
  },
};
