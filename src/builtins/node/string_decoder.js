// node:string_decoder (https://nodejs.org/api/string_decoder.html): bytes that end in the middle of a character wait for
// the next piece.
(function (internal) {
'use strict';

const { Buffer } = internal.require('node:buffer');
const errors = internal.require('node_errors');

const names = {
  __proto__: null, utf8: 'utf8', 'utf-8': 'utf8', ucs2: 'utf16le', 'ucs-2': 'utf16le', utf16le: 'utf16le', 'utf-16le': 'utf16le',
  latin1: 'latin1', binary: 'latin1', base64: 'base64', base64url: 'base64url', ascii: 'ascii', hex: 'hex',
};

// How many bytes at the end of `bytes` begin a UTF-8 sequence, and its length.
function open_utf8(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return [0, 0];
    if (byte < 0xc0) continue;
    // By the first byte alone, as Node counts.
    const whole = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 0;
    if (whole <= back) return [0, 0];
    return [back, whole];
  }
  return [0, 0];
}

function open_utf16(bytes) {
  const odd = bytes.length % 2;
  const even = bytes.length - odd;
  const high = even >= 2 && (bytes[even - 1] & 0xfc) === 0xd8;
  if (high) return [odd + 2, 4];
  return odd ? [1, 2] : [0, 0];
}

class StringDecoder {
  #held = Buffer.alloc(0);
  #need = 0;

  constructor(encoding) {
    const known = encoding === undefined || encoding === null ? 'utf8' : names[`${encoding}`.toLowerCase()];
    if (known === undefined) throw errors.make(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
    this.encoding = known;
  }

  get lastNeed() {
    return this.#need;
  }
  get lastTotal() {
    return this.#held.length + this.#need;
  }
  get lastChar() {
    const bytes = Buffer.alloc(4);
    this.#held.copy(bytes);
    return bytes;
  }

  write(chunk) {
    if (typeof chunk === 'string') return chunk;
    if (!ArrayBuffer.isView(chunk)) throw errors.invalid_arg_type('buf', ['Buffer', 'TypedArray', 'DataView'], chunk);
    let bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.encoding === 'latin1' || this.encoding === 'ascii' || this.encoding === 'hex') return bytes.toString(this.encoding);
    if (this.#held.length > 0) bytes = Buffer.concat([this.#held, bytes]);
    let open = 0;
    let whole = 0;
    if (this.encoding === 'utf8') [open, whole] = open_utf8(bytes);
    else if (this.encoding === 'utf16le') [open, whole] = open_utf16(bytes);
    else if (bytes.length % 3 !== 0) [open, whole] = [bytes.length % 3, 3];
    this.#held = open > 0 ? Buffer.from(bytes.subarray(bytes.length - open)) : Buffer.alloc(0);
    this.#need = whole - open;
    return bytes.toString(this.encoding, 0, bytes.length - open);
  }

  end(chunk) {
    let text = chunk === undefined ? '' : this.write(chunk);
    if (this.#held.length > 0) {
      text += this.#held.toString(this.encoding);
      this.#held = Buffer.alloc(0);
      this.#need = 0;
    }
    return text;
  }

  text(chunk, offset) {
    this.#held = Buffer.alloc(0);
    this.#need = 0;
    return this.write(chunk.slice(offset));
  }
}

// Called without `new` by old packages.
const Callable = new Proxy(StringDecoder, {
  apply(target, receiver, args) {
    return new target(...args);
  },
});

return { StringDecoder: Callable };
})
