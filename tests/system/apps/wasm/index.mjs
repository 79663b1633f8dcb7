// Imports the module that the test compiled from module.c: once at module scope, and afresh for each request that grows it.
import compiled from './module.wasm';
import greeting from './greeting.txt';

const reported = [];
const imports = { host: { report: (value) => reported.push(value) } };
const shared = new WebAssembly.Instance(compiled, imports).exports;

function fill(exports, bytes) {
  const view = new Uint8Array(exports.memory.buffer, exports.buffer_at(), exports.buffer_size());
  view.set(bytes.subarray(0, view.length));
  return view;
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const number = Number(url.searchParams.get('n') ?? 0);
    switch (url.pathname) {
      case '/kind': return new Response(`${compiled instanceof WebAssembly.Module} ${Object.prototype.toString.call(compiled)}`);
      case '/exports': return Response.json(WebAssembly.Module.exports(compiled).map((e) => `${e.kind} ${e.name}`).sort());
      case '/imports': return Response.json(WebAssembly.Module.imports(compiled));
      case '/greeting': return new Response(greeting);
      case '/crc32': {
        const bytes = new Uint8Array(await request.arrayBuffer());
        fill(shared, bytes);
        return new Response((shared.crc32(bytes.length) >>> 0).toString(16));
      }
      case '/reverse': {
        const bytes = new Uint8Array(await request.arrayBuffer());
        const view = fill(shared, bytes);
        shared.reverse(bytes.length);
        return new Response(view.slice(0, bytes.length));
      }
      case '/fibonacci': return new Response(String(shared.fibonacci(number)));
      case '/count': {
        reported.length = 0;
        shared.count_down(number);
        return Response.json(reported);
      }
      case '/mandelbrot': {
        let picture = '';
        for (let y = -1; y <= 1; y += 0.25) {
          for (let x = -2; x <= 0.5; x += 0.125) picture += ' .:-=+*#%@'[shared.mandelbrot(x, y, 9)];
          picture += '\n';
        }
        return new Response(picture);
      }
      case '/grow': {
        const own = (await WebAssembly.instantiate(compiled, imports)).exports;
        const before = own.memory.buffer.byteLength;
        return Response.json([own.grow(number), own.memory.buffer.byteLength - before]);
      }
      case '/trap':
        try {
          shared.trap();
        } catch (error) {
          return new Response(`${error instanceof WebAssembly.RuntimeError} ${error.name}`);
        }
        return new Response('no trap');
      default: return new Response('nothing here', { status: 404 });
    }
  },
};
