// The Mandelbrot set, computed in WebAssembly: ?x=&y=&zoom=&size=
import module from './mandelbrot.wasm';

const { exports } = new WebAssembly.Instance(module);

function number(url, name, fallback, least, most) {
  const value = Number(url.searchParams.get(name) ?? fallback);
  return Number.isFinite(value) ? Math.min(Math.max(value, least), most) : fallback;
}

export default {
  fetch(request) {
    const url = new URL(request.url);
    const size = Math.round(number(url, 'size', 512, 4, 1024) / 4) * 4;
    const zoom = number(url, 'zoom', 1, 0.1, 1e12);
    const length = exports.render(size, number(url, 'x', -0.6, -2, 2), number(url, 'y', 0, -2, 2), zoom, 300);
    const picture = new Uint8Array(exports.memory.buffer, exports.address(), length).slice();
    return new Response(picture, { headers: { 'content-type': 'image/bmp', 'cache-control': 'max-age=3600' } });
  },
};
