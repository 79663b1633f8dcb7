// CompressionStream and DecompressionStream (https://compression.spec.whatwg.org/): a native coder inside a
// TransformStream.
(function (internal) {
'use strict';

const { TransformStream } = internal.require('streams');
const { TypeError, Uint8Array, ArrayBuffer, DataView, Object } = globalThis;
const call = Function.prototype.call.bind(Function.prototype.call);
const getter = (target, name) => Object.getOwnPropertyDescriptor(target.prototype, name).get;
const [readable_of, writable_of] = [getter(TransformStream, 'readable'), getter(TransformStream, 'writable')];
const is_view = ArrayBuffer.isView;
const buffer_length = getter(ArrayBuffer, 'byteLength');
const { subarray } = Uint8Array.prototype;
const room_bytes = 16 * 1024;

function bytes_of(chunk) {
  if (is_view(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  try {
    call(buffer_length, chunk);
  } catch {
    throw new TypeError('A chunk must be an ArrayBuffer or a view of one');
  }
  return new Uint8Array(chunk);
}

const empty = new Uint8Array(0);

function make_transform(format, decodes) {
  const coder = internal.makeCoder(`${format}`, decodes);
  if (coder === undefined) {
    throw new TypeError(`Unsupported compression format: '${format}'; there are 'gzip', 'deflate' and 'deflate-raw'`);
  }
  // Output goes into one piece of memory after another; what is full, or last of a chunk, is passed on.
  let out;
  let used = 0;
  const give = (controller) => {
    if (used === 0) return;
    controller.enqueue(call(subarray, out, 0, used));
    out = used < room_bytes / 2 ? call(subarray, out, used) : undefined;
    used = 0;
  };
  const run = (input, finish, controller) => {
    while (true) {
      out ??= new Uint8Array(room_bytes);
      const made = coder.step(input, call(subarray, out, used), finish);
      used += made;
      input = call(subarray, input, coder.used);
      const full = used === out.length;
      if (full) {
        controller.enqueue(call(subarray, out, 0, used));
        out = undefined;
        used = 0;
      }
      if (coder.ended && (finish || decodes)) {
        if (input.length > 0) throw new TypeError('Decompression failed: there are bytes after its end');
        break;
      }
      if (!full && input.length === 0 && (!finish || decodes)) break;
      if (!full && made === 0 && coder.used === 0) break;
    }
    give(controller);
  };
  return new TransformStream({
    transform(chunk, controller) {
      run(bytes_of(chunk), false, controller);
    },
    flush(controller) {
      if (!decodes) run(empty, true, controller);
      else if (!coder.ended) throw new TypeError('Decompression failed: the input ends too early');
    },
  });
}

class CompressionStream {
  #transform;
  constructor(format) {
    if (arguments.length === 0) throw new TypeError('CompressionStream needs a format');
    this.#transform = make_transform(format, false);
  }
  get readable() {
    return call(readable_of, this.#transform);
  }
  get writable() {
    return call(writable_of, this.#transform);
  }
}

class DecompressionStream {
  #transform;
  constructor(format) {
    if (arguments.length === 0) throw new TypeError('DecompressionStream needs a format');
    this.#transform = make_transform(format, true);
  }
  get readable() {
    return call(readable_of, this.#transform);
  }
  get writable() {
    return call(writable_of, this.#transform);
  }
}

for (const each of [CompressionStream, DecompressionStream]) {
  Object.defineProperty(each.prototype, Symbol.toStringTag, { value: each.name, configurable: true });
  for (const key of ['readable', 'writable']) Object.defineProperty(each.prototype, key, { enumerable: true });
}
return { CompressionStream, DecompressionStream };
})
