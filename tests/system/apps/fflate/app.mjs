// fflate: compression in plain JavaScript, whole and in pieces; archives.
import * as fflate from 'fflate';

const fixed = { mtime: new Date('2024-01-02T03:04:05Z') };
const bytes = (body, type = 'application/octet-stream') => new Response(body, { headers: { 'content-type': type } });
const collect = (Coder, input, options) => {
  const parts = [];
  const coder = new Coder(options ?? ((data) => parts.push(data)));
  coder.ondata = (data) => parts.push(data);
  for (let at = 0; at < input.length; at += 1000) coder.push(input.subarray(at, at + 1000), at + 1000 >= input.length);
  if (input.length === 0) coder.push(input, true);
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  parts.reduce((at, p) => (whole.set(p, at), at + p.length), 0);
  return whole;
};

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const input = new Uint8Array(await request.arrayBuffer());
    const level = Number(url.searchParams.get('level') ?? 6);
    try {
      switch (url.pathname) {
        case '/gzip': return bytes(fflate.gzipSync(input, { level, ...fixed }));
        case '/zlib': return bytes(fflate.zlibSync(input, { level }));
        case '/deflate': return bytes(fflate.deflateSync(input, { level, mem: 8 }));
        case '/gzip/stream': return bytes(collect(fflate.Gzip, input, { level, ...fixed }));
        case '/round': return bytes(fflate.gunzipSync(fflate.gzipSync(input, { level, ...fixed })));
        case '/round/stream': return bytes(collect(fflate.Decompress, fflate.zlibSync(input, { level })));
        case '/gunzip': return bytes(fflate.gunzipSync(input));
        case '/inflate': return bytes(fflate.inflateSync(input));
        case '/zip': return bytes(fflate.zipSync({ 'a.txt': input, dir: { 'b.bin': [input, { level: 0 }], 'c\u010d.txt': fflate.strToU8('text') } }, { level, ...fixed }));
        case '/unzip': {
          const files = fflate.unzipSync(fflate.zipSync({ 'a.txt': input, 'd/e.txt': fflate.strToU8('\u20ac') }, fixed));
          return Response.json(Object.entries(files).map(([name, data]) => [name, data.length, fflate.strFromU8(data.subarray(0, 20), true)]));
        }
        case '/text': return bytes(fflate.strFromU8(input), 'text/plain;charset=utf-8');
        default: return new Response('what?', { status: 404 });
      }
    } catch (error) {
      return Response.json([error.name, error.code, error.message], { status: 400 });
    }
  },
};
