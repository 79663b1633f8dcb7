// node:buffer (https://nodejs.org/api/buffer.html), part 1: making buffers. Text goes to bytes and back in C++
// (src/node/buffer.cpp); small buffers are cut from a pool, as in Node.
(function (internal) {
'use strict';

const errors = internal.require('node_errors');
const { invalid_arg_type, invalid_arg_value, out_of_range, make, check_integer } = errors;
const native = internal;

const kMaxLength = Number.MAX_SAFE_INTEGER;
const kStringMaxLength = 2 ** 29 - 24;
const inspect_custom = Symbol.for('nodejs.util.inspect.custom');

// As src/node/buffer.cpp numbers them.
const UTF8 = 0, LATIN1 = 1, ASCII = 2, UTF16LE = 3, HEX = 4, BASE64 = 5, BASE64URL = 6;
const encoding_names = ['utf8', 'latin1', 'ascii', 'utf16le', 'hex', 'base64', 'base64url'];
const encodings = new Map([
  ['utf8', UTF8], ['utf-8', UTF8], ['latin1', LATIN1], ['binary', LATIN1], ['ascii', ASCII],
  ['ucs2', UTF16LE], ['ucs-2', UTF16LE], ['utf16le', UTF16LE], ['utf-16le', UTF16LE],
  ['hex', HEX], ['base64', BASE64], ['base64url', BASE64URL],
]);

// The number of an encoding, or undefined.
function encoding_of(name) {
  const known = encodings.get(name);
  return known !== undefined || typeof name !== 'string' ? known : encodings.get(name.toLowerCase());
}

function known_encoding(name) {
  if (name === undefined || name === null || name === '') return UTF8;
  const known = encoding_of(name);
  if (known === undefined) throw make(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${name}`);
  return known;
}

class FastBuffer extends Uint8Array {}

// https://nodejs.org/api/buffer.html#new-bufferarray: deprecated, and still called by old packages.
function Buffer(value, encoding_or_offset, length) {
  if (typeof value === 'number') {
    if (typeof encoding_or_offset === 'string') throw invalid_arg_type('string', 'string', value);
    return Buffer.alloc(value);
  }
  return Buffer.from(value, encoding_or_offset, length);
}
Object.setPrototypeOf(Buffer, Uint8Array);
Buffer.prototype = FastBuffer.prototype;
Object.defineProperty(FastBuffer.prototype, 'constructor', { value: Buffer, writable: true, configurable: true });
Object.defineProperty(Buffer, Symbol.species, { get: () => FastBuffer, configurable: true });
Buffer.poolSize = 8 * 1024;

let pool;
let pool_used = 0;

function new_pool() {
  pool = new ArrayBuffer(Buffer.poolSize);
  pool_used = 0;
}

// A place of at least `size` bytes in the pool; the caller takes what it used with take().
function reserve(size) {
  if (pool === undefined || pool.byteLength - pool_used < size) new_pool();
}
function take(size) {
  const made = new FastBuffer(pool, pool_used, size);
  // The next begins at a multiple of 8, for typed arrays over it.
  pool_used = (pool_used + size + 7) & ~7;
  return made;
}

function allocate(size) {
  if (size === 0) return new FastBuffer();
  if (size < Buffer.poolSize >>> 1) {
    reserve(size);
    return take(size);
  }
  return new FastBuffer(size);
}

function text_bytes_max(text, encoding) {
  switch (encoding) {
    case UTF8: return text.length * 3;
    case UTF16LE: return text.length * 2;
    case HEX: return text.length >>> 1;
    case BASE64: case BASE64URL: return Math.ceil((text.length * 3) / 4);
    default: return text.length;
  }
}

let scratch;

function from_string(text, encoding_name) {
  const encoding = known_encoding(encoding_name);
  if (text.length === 0) return new FastBuffer();
  let most = text_bytes_max(text, encoding);
  if (most < Buffer.poolSize >>> 1) {
    reserve(most);
    if (scratch === undefined || scratch.buffer !== pool) scratch = new Uint8Array(pool);
    return take(native.write(scratch, text, pool_used, pool_used + most, encoding));
  }
  if (encoding === UTF8) most = native.utf8Length(text);
  const made = new FastBuffer(most);
  const written = native.write(made, text, 0, most, encoding);
  return written === most ? made : made.subarray(0, written);
}

const is_any_array_buffer = (value) =>
  value instanceof ArrayBuffer || Object.prototype.toString.call(value) === '[object ArrayBuffer]' ||
  Object.prototype.toString.call(value) === '[object SharedArrayBuffer]';

function from_array_buffer(buffer, offset, length) {
  offset = offset === undefined ? 0 : +offset || 0;
  const most = buffer.byteLength - offset;
  if (most < 0) throw make(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"offset" is outside of buffer bounds');
  if (length === undefined) return new FastBuffer(buffer, offset);
  length = +length;
  if (!(length > 0)) length = 0;
  if (length > most) throw make(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"length" is outside of buffer bounds');
  return new FastBuffer(buffer, offset, length);
}

function from_array_like(source) {
  if (source.length <= 0) return new FastBuffer();
  const made = allocate(source.length);
  made.set(source);
  return made;
}

function from_object(value) {
  if (value.length !== undefined || is_any_array_buffer(value.buffer)) {
    return typeof value.length !== 'number' ? new FastBuffer() : from_array_like(value);
  }
  if (value.type === 'Buffer' && Array.isArray(value.data)) return from_array_like(value.data);
  return undefined;
}

Buffer.from = function from(value, encoding_or_offset, length) {
  if (typeof value === 'string') return from_string(value, encoding_or_offset);
  if (typeof value === 'object' && value !== null) {
    if (is_any_array_buffer(value)) return from_array_buffer(value, encoding_or_offset, length);
    const primitive = value.valueOf?.();
    if (primitive !== null && primitive !== undefined && primitive !== value &&
        (typeof primitive === 'string' || typeof primitive === 'object')) {
      return Buffer.from(primitive, encoding_or_offset, length);
    }
    const made = from_object(value);
    if (made !== undefined) return made;
    if (typeof value[Symbol.toPrimitive] === 'function') {
      const text = value[Symbol.toPrimitive]('string');
      if (typeof text === 'string') return from_string(text, encoding_or_offset);
    }
  }
  throw invalid_arg_type(
    'first argument', ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'], value);
};

Buffer.copyBytesFrom = function copyBytesFrom(view, offset, length) {
  if (!ArrayBuffer.isView(view) || view instanceof DataView) throw invalid_arg_type('view', ['TypedArray'], view);
  if (view.length === 0) return new FastBuffer();
  if (offset !== undefined) {
    check_integer(offset, 'offset', 0);
    if (offset >= view.length) return new FastBuffer();
  } else offset = 0;
  let end = view.length;
  if (length !== undefined) {
    check_integer(length, 'length', 0);
    end = Math.min(offset + length, end);
  }
  const part = view.slice(offset, end);
  return from_array_like(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
};

Buffer.of = function of(...items) {
  const made = allocate(items.length);
  for (let i = 0; i < items.length; i++) made[i] = items[i];
  return made;
};

function check_size(size) {
  if (typeof size !== 'number') throw invalid_arg_type('size', 'number', size);
  if (!(size >= 0 && size <= kMaxLength)) throw out_of_range('size', `>= 0 && <= ${kMaxLength}`, size);
}

Buffer.alloc = function alloc(size, fill, encoding) {
  check_size(size);
  const made = new FastBuffer(size);
  return fill !== undefined && fill !== 0 && size > 0 ? made.fill(fill, encoding) : made;
};
Buffer.allocUnsafe = function allocUnsafe(size) {
  check_size(size);
  return allocate(Math.floor(size));
};
Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  check_size(size);
  return new FastBuffer(size);
};
function SlowBuffer(size) {
  check_size(size);
  return new FastBuffer(size);
}
Object.setPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);
Object.setPrototypeOf(SlowBuffer, Uint8Array);

Buffer.isBuffer = function isBuffer(value) {
  return value instanceof Buffer;
};
Buffer.isEncoding = function isEncoding(encoding) {
  return typeof encoding === 'string' && encoding.length !== 0 && encoding_of(encoding) !== undefined;
};

function base64_length(text) {
  let length = text.length;
  if (length > 0 && text.charCodeAt(length - 1) === 61) length--;
  if (length > 1 && text.charCodeAt(length - 1) === 61) length--;
  return (length * 3) >>> 2;
}

Buffer.byteLength = function byteLength(value, encoding) {
  if (typeof value !== 'string') {
    if (ArrayBuffer.isView(value) || is_any_array_buffer(value)) return value.byteLength;
    throw invalid_arg_type('string', ['string', 'Buffer', 'ArrayBuffer'], value);
  }
  switch (encoding_of(encoding) ?? UTF8) {
    case UTF8: return native.utf8Length(value);
    case UTF16LE: return value.length * 2;
    case HEX: return value.length >>> 1;
    case BASE64: case BASE64URL: return base64_length(value);
    default: return value.length;
  }
};

const is_bytes = (value) => value instanceof Uint8Array;

Buffer.compare = function compare(a, b) {
  if (!is_bytes(a)) throw invalid_arg_type('buf1', ['Buffer', 'Uint8Array'], a);
  if (!is_bytes(b)) throw invalid_arg_type('buf2', ['Buffer', 'Uint8Array'], b);
  return a === b ? 0 : native.compare(a, b);
};

Buffer.concat = function concat(list, length) {
  if (!Array.isArray(list)) throw invalid_arg_type('list', 'Array', list);
  if (list.length === 0) return new FastBuffer();
  if (length === undefined) {
    length = 0;
    for (const each of list) if (each?.length) length += each.length;
  } else {
    check_integer(length, 'length', 0);
  }
  const made = Buffer.allocUnsafe(length);
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    const each = list[i];
    if (!is_bytes(each)) throw invalid_arg_type(`list[${i}]`, ['Buffer', 'Uint8Array'], each);
    if (at >= length) continue;
    made.set(at + each.length > length ? each.subarray(0, length - at) : each, at);
    at += each.length;
  }
  if (at < length) Uint8Array.prototype.fill.call(made, 0, at, length);
  return made;
};
