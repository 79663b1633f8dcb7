// node:crypto (https://nodejs.org/api/crypto.html): hashes, HMAC, random values, keys made of passwords; the rest of
// cryptography is WebCrypto's (crypto.subtle), and what of Node's is not here throws by name.
(function (internal) {
'use strict';

const errors = internal.require('node_errors');
const { invalid_arg_type, out_of_range, make, check_integer, check_string, check_function } = errors;
const { Buffer } = internal.require('node:buffer');
const { crypto: webcrypto } = globalThis;

// Native work cannot be ended by the watchdog, so what a caller can ask for is bounded.
const iterations_max = 1_000_000;
const scrypt_work_max = 256 * 1024 * 1024; // bytes written in all: 128 * N * r * p
const derived_bytes_max = 16 * 1024 * 1024;
const random_bytes_max = 64 * 1024 * 1024;

const is_bytes = (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

function to_bytes(value, name, encoding) {
  if (typeof value === 'string') return Buffer.from(value, encoding === 'buffer' ? 'utf8' : encoding);
  if (is_bytes(value)) return value;
  if (value instanceof KeyObject) return value.export();
  throw invalid_arg_type(name, ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
}

const as_buffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const encoded = (bytes, encoding) =>
  encoding === undefined || encoding === 'buffer' ? as_buffer(bytes) : as_buffer(bytes).toString(encoding);

// --- a hash is a stream too, but few use it so: the streams are loaded when one does ---------------------------------

const stream_names = [
  'on', 'once', 'addListener', 'emit', 'pipe', 'write', 'end', 'read', 'setEncoding', 'removeListener', 'off', 'destroy',
  'resume', 'pause', 'push', 'unpipe', 'cork', 'uncork', 'listenerCount', 'listeners', 'prependListener', 'removeAllListeners',
];
const lazy_stream = {};

function begin_stream(hash) {
  const { Transform } = internal.require('node:stream');
  for (const state of ['_readableState', '_writableState']) {
    Object.defineProperty(hash, state, { value: undefined, writable: true, configurable: true });
  }
  Transform.call(hash, hash.stream_options);
}

for (const name of stream_names) {
  Object.defineProperty(lazy_stream, name, {
    configurable: true,
    get() {
      const { Transform } = internal.require('node:stream');
      for (const each of stream_names) delete lazy_stream[each];
      Object.setPrototypeOf(lazy_stream, Transform.prototype);
      for (const state of ['_readableState', '_writableState']) {
        Object.defineProperty(lazy_stream, state, {
          configurable: true,
          get() {
            begin_stream(this);
            return this[state];
          },
          set(value) {
            Object.defineProperty(this, state, { value, writable: true, configurable: true, enumerable: true });
          },
        });
      }
      return this[name];
    },
  });
}

const stream_methods = {
  _transform(chunk, encoding, done) {
    this.update(chunk, encoding);
    done();
  },
  _flush(done) {
    this.push(this.digest());
    done();
  },
};

function inherit_stream(Class) {
  Object.setPrototypeOf(Class.prototype, lazy_stream);
  for (const name of Object.keys(stream_methods)) {
    Object.defineProperty(Class.prototype, name, { value: stream_methods[name], writable: true, configurable: true });
  }
}

const finalized = () => make(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');

// --- hashes ----------------------------------------------------------------------------------------------------------

class HashState {
  #digest;
  #size;
  #finished = false;
  constructor(digest, size, options) {
    this.#digest = digest;
    this.#size = size;
    Object.defineProperty(this, 'stream_options', { value: options, writable: true });
  }
  update(data, encoding) {
    if (this.#finished) throw finalized();
    if (typeof data !== 'string' && !ArrayBuffer.isView(data)) {
      throw invalid_arg_type('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
    }
    this.#digest.update(to_bytes(data, 'data', encoding));
    return this;
  }
  digest(encoding) {
    if (this.#finished) {
      // An HMAC that is asked again gives nothing, a hash refuses.
      if (this instanceof Hmac) return encoded(new Uint8Array(0), encoding);
      throw finalized();
    }
    this.#finished = true;
    return encoded(this.#digest.finish(this.#size), encoding);
  }
  copy_digest() {
    if (this.#finished) throw finalized();
    return [this.#digest.copy(), this.#size];
  }
}
inherit_stream(HashState);

const NO_DIGEST = 'Digest method not supported';

class Hash extends HashState {
  constructor(algorithm, options, made) {
    if (made !== undefined) {
      super(made[0], made[1], options);
      return;
    }
    check_string(algorithm, 'algorithm');
    const size = options?.outputLength;
    if (size !== undefined) check_integer(size, 'options.outputLength', 0, derived_bytes_max);
    const digest = internal.makeHash(algorithm);
    if (digest === undefined) throw new Error(NO_DIGEST);
    const own_size = internal.digestSize(algorithm);
    const any_length = /^shake/i.test(algorithm);
    if (size !== undefined && size !== own_size && !any_length) throw new Error('Unsupported output length');
    super(digest, any_length && size !== undefined ? size : 0, options);
  }
  copy(options) {
    return new Hash(undefined, options, this.copy_digest());
  }
}

class Hmac extends HashState {
  constructor(algorithm, key, options) {
    check_string(algorithm, 'hmac');
    const bytes = to_bytes(key, 'key', options?.encoding);
    const digest = internal.makeHmac(algorithm, bytes);
    if (digest === undefined) throw make(Error, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${algorithm}`);
    super(digest, 0, options);
  }
}

function hash(algorithm, input, encoding = 'hex') {
  return new Hash(algorithm).update(input).digest(encoding);
}

// --- random values ---------------------------------------------------------------------------------------------------

function fill_random(view) {
  const bytes = new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
  for (let at = 0; at < bytes.length; at += 65536) webcrypto.getRandomValues(bytes.subarray(at, at + 65536));
}

const deliver = (callback, work) => {
  let value;
  try {
    value = work();
  } catch (error) {
    queueMicrotask(() => callback(error));
    return;
  }
  queueMicrotask(() => callback(null, value));
};

function randomBytes(size, callback) {
  if (typeof size !== 'number') throw invalid_arg_type('size', 'number', size);
  if (!(size >= 0 && size <= random_bytes_max)) throw out_of_range('size', `>= 0 && <= ${random_bytes_max}`, size);
  if (callback !== undefined) check_function(callback, 'callback');
  const work = () => {
    const bytes = Buffer.alloc(Math.trunc(size));
    fill_random(bytes);
    return bytes;
  };
  return callback === undefined ? work() : deliver(callback, work);
}

function randomFillSync(buffer, offset = 0, size = undefined) {
  if (!is_bytes(buffer)) throw invalid_arg_type('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  const width = buffer.BYTES_PER_ELEMENT ?? 1;
  check_integer(offset, 'offset', 0, buffer.byteLength / width);
  size ??= buffer.byteLength / width - offset;
  check_integer(size, 'size', 0, buffer.byteLength / width - offset);
  fill_random(new Uint8Array(buffer.buffer ?? buffer, (buffer.byteOffset ?? 0) + offset * width, size * width));
  return buffer;
}

function randomFill(buffer, ...rest) {
  const callback = rest.pop();
  check_function(callback, 'callback');
  deliver(callback, () => randomFillSync(buffer, ...rest));
}

function randomInt(min, max, callback) {
  if (max === undefined || typeof max === 'function') [min, max, callback] = [0, min, max];
  if (!Number.isSafeInteger(min)) throw invalid_arg_type('min', 'a safe integer', min);
  if (!Number.isSafeInteger(max)) throw invalid_arg_type('max', 'a safe integer', max);
  if (max <= min) throw out_of_range('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (range > 2 ** 48 - 1) throw out_of_range('max - min', '<= 281474976710655', range);
  const limit = 2 ** 48 - (2 ** 48 % range);
  const work = () => {
    const bytes = Buffer.alloc(6);
    do fill_random(bytes);
    while (bytes.readUIntBE(0, 6) >= limit);
    return min + (bytes.readUIntBE(0, 6) % range);
  };
  return callback === undefined ? work() : deliver(callback, work);
}

function timingSafeEqual(a, b) {
  for (const [value, name] of [[a, 'buf1'], [b, 'buf2']]) {
    if (!is_bytes(value)) throw invalid_arg_type(name, ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
  }
  if (a.byteLength !== b.byteLength) {
    throw make(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
  }
  return internal.equal(a, b);
}

// --- keys of passwords -----------------------------------------------------------------------------------------------

function pbkdf2Sync(password, salt, iterations, size, digest) {
  check_string(digest, 'digest');
  password = to_bytes(password, 'password');
  salt = to_bytes(salt, 'salt');
  check_integer(iterations, 'iterations', 1, 2 ** 31 - 1);
  check_integer(size, 'keylen', 0, 2 ** 31 - 1);
  const digest_size = internal.digestSize(digest);
  if (digest_size === undefined) throw make(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${digest}`);
  if (iterations * Math.ceil(size / digest_size) > iterations_max) {
    throw out_of_range('iterations', `<= ${iterations_max} for all blocks of the key in skerry`, iterations);
  }
  return as_buffer(internal.pbkdf2(password, salt, iterations, size, digest));
}

function pbkdf2(password, salt, iterations, size, digest, callback) {
  check_function(callback, 'callback');
  const made = pbkdf2Sync(password, salt, iterations, size, digest);
  queueMicrotask(() => callback(null, made));
}

function scryptSync(password, salt, size, options = {}) {
  password = to_bytes(password, 'password');
  salt = to_bytes(salt, 'salt');
  check_integer(size, 'keylen', 0, derived_bytes_max);
  const N = options.N ?? options.cost ?? 16384;
  const r = options.r ?? options.blockSize ?? 8;
  const p = options.p ?? options.parallelization ?? 1;
  const memory = options.maxmem ?? 32 * 1024 * 1024;
  check_integer(N, 'N', 0, 2 ** 32 - 1);
  check_integer(r, 'r', 0, 2 ** 32 - 1);
  check_integer(p, 'p', 0, 2 ** 32 - 1);
  const wrong = (why) => make(RangeError, 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS', `Invalid scrypt params${why}`);
  if (128 * N * r * p > scrypt_work_max) throw wrong(`: 128 * N * r * p is more than the ${scrypt_work_max} bytes of skerry`);
  if (128 * N * r > memory) throw wrong(': memory limit exceeded');
  const made = internal.scrypt(password, salt, N, r, p, Math.min(memory, 2 * scrypt_work_max), size);
  if (made === undefined) throw wrong('');
  return as_buffer(made);
}

function scrypt(password, salt, size, options, callback) {
  if (callback === undefined) [options, callback] = [{}, options];
  check_function(callback, 'callback');
  const made = scryptSync(password, salt, size, options);
  queueMicrotask(() => callback(null, made));
}

function hkdfSync(digest, key, salt, info, size) {
  check_string(digest, 'digest');
  key = to_bytes(key, 'ikm');
  salt = to_bytes(salt, 'salt');
  info = to_bytes(info, 'info');
  check_integer(size, 'length', 0, 2 ** 31 - 1);
  const digest_size = internal.digestSize(digest);
  if (digest_size === undefined) throw make(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${digest}`);
  if (info.byteLength > 1024) throw out_of_range('info', 'must not contain more than 1024 bytes', info.byteLength);
  if (size > 255 * digest_size) throw make(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
  const made = internal.hkdf(digest, key, salt, info, size);
  return made.buffer.slice(made.byteOffset, made.byteOffset + made.byteLength);
}

function hkdf(digest, key, salt, info, size, callback) {
  check_function(callback, 'callback');
  const made = hkdfSync(digest, key, salt, info, size);
  queueMicrotask(() => callback(null, made));
}

// Secret keys alone: what createHmac takes.
class KeyObject {
  #bytes;
  constructor(bytes) {
    this.#bytes = bytes;
  }
  get type() {
    return 'secret';
  }
  get symmetricKeySize() {
    return this.#bytes.length;
  }
  export(options) {
    if (options?.format === 'jwk') return { kty: 'oct', k: this.#bytes.toString('base64url') };
    return Buffer.from(this.#bytes);
  }
  equals(other) {
    return other instanceof KeyObject && this.#bytes.equals(other.export());
  }
}

const exports = {
  createHash: (algorithm, options) => new Hash(algorithm, options),
  createHmac: (algorithm, key, options) => new Hmac(algorithm, key, options),
  createSecretKey: (key, encoding) => new KeyObject(Buffer.from(to_bytes(key, 'key', encoding))),
  getHashes: () => [
    'RSA-SHA1', 'RSA-SHA224', 'RSA-SHA256', 'RSA-SHA384', 'RSA-SHA512', 'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512',
    'sha512-224', 'sha512-256', 'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512', 'shake128', 'shake256', 'blake2b512', 'blake2s256',
  ],
  getCiphers: () => [],
  getCurves: () => [],
  getRandomValues: (view) => webcrypto.getRandomValues(view),
  randomUUID: () => webcrypto.randomUUID(),
  hash,
  Hash,
  Hmac,
  KeyObject,
  hkdf,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  randomBytes,
  pseudoRandomBytes: randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  scrypt,
  scryptSync,
  timingSafeEqual,
  subtle: webcrypto.subtle,
  webcrypto,
  constants: {},
  getFips: () => 0,
};

for (const name of [
  'Certificate', 'Cipheriv', 'Decipheriv', 'DiffieHellman', 'DiffieHellmanGroup', 'ECDH', 'Sign', 'Verify', 'X509Certificate',
  'checkPrime', 'checkPrimeSync', 'createCipheriv', 'createDecipheriv', 'createDiffieHellman', 'createDiffieHellmanGroup',
  'createECDH', 'createPrivateKey', 'createPublicKey', 'createSign', 'createVerify', 'diffieHellman', 'generateKey',
  'generateKeyPair', 'generateKeyPairSync', 'generateKeySync', 'generatePrime', 'generatePrimeSync', 'getCipherInfo',
  'getDiffieHellman', 'privateDecrypt', 'privateEncrypt', 'publicDecrypt', 'publicEncrypt', 'secureHeapUsed', 'setEngine',
  'setFips', 'sign', 'verify',
]) {
  const refuse = function () {
    const error = make(Error, 'ERR_METHOD_NOT_IMPLEMENTED', `node:crypto.${name} is not available in skerry: use crypto.subtle`);
    error.name = 'NotAvailableError';
    throw error;
  };
  Object.defineProperty(refuse, 'name', { value: name });
  exports[name] = refuse;
}
return exports;
})
