// Serves a handler of this folder with Node's http, in the plain way of an adapter: serve_node.mjs HANDLER PORT
import { createServer } from 'node:http';
import { Readable } from 'node:stream';

const handler = (await import(process.argv[2])).default;
createServer(async (incoming, outgoing) => {
  const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD';
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: incoming.headers,
    ...(hasBody ? { body: Readable.toWeb(incoming), duplex: 'half' } : {}),
  });
  const response = await handler.fetch(request, {}, {});
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body) Readable.fromWeb(response.body).pipe(outgoing);
  else outgoing.end();
}).listen(Number(process.argv[3]), '127.0.0.1');
