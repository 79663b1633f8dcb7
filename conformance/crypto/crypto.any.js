// Written from https://w3c.github.io/webcrypto/
'use strict';

const bytes = (text) => new TextEncoder().encode(text);
const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, '0')).join('');

for (const type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  BigInt64Array, BigUint64Array]) {
  test(() => {
    const array = new type(64);
    assert_equals(crypto.getRandomValues(array), array);
    assert_true(array.some((x) => x != 0));
  }, `getRandomValues(${type.name})`);
}
for (const array of [new Float32Array(1), new Float64Array(1), new DataView(new ArrayBuffer(1))])
  test(() => assert_throws_dom('TypeMismatchError', () => crypto.getRandomValues(array)),
    `getRandomValues refuses ${array.constructor.name}`);
test(() => {
  crypto.getRandomValues(new Uint8Array(65536));
  crypto.getRandomValues(new Uint8Array(0));
  const view = new Uint8Array(new ArrayBuffer(8), 2, 2);
  crypto.getRandomValues(view);
  assert_equals(hex(view.buffer.slice(4)), '00000000');
  let name = '';
  try { crypto.getRandomValues(new Uint8Array(65537)); } catch (e) { name = e.name; }
  assert_equals(name, 'QuotaExceededError');
  assert_throws_js(TypeError, () => crypto.getRandomValues({}));
  assert_throws_js(TypeError, () => crypto.getRandomValues());
}, 'getRandomValues has a quota');
test(() => {
  const seen = new Set();
  for (let i = 0; i < 100; i++) {
    const id = crypto.randomUUID();
    assert_true(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id));
    seen.add(id);
  }
  assert_equals(seen.size, 100);
}, 'randomUUID');
test(() => {
  assert_throws_js(TypeError, () => new Crypto());
  assert_throws_js(TypeError, () => new SubtleCrypto());
  assert_throws_js(TypeError, () => new CryptoKey());
  assert_equals(Object.prototype.toString.call(crypto), '[object Crypto]');
  assert_equals(crypto.subtle, crypto.subtle);
}, 'interfaces');

const digests = {
  'SHA-1': ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  'SHA-256': ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  'SHA-384': ['38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
    'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'],
  'SHA-512': ['cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f'],
};
for (const [name, [empty, abc]] of Object.entries(digests)) {
  promise_test(async () => {
    assert_equals(hex(await crypto.subtle.digest(name, new Uint8Array())), empty);
    assert_equals(hex(await crypto.subtle.digest({ name: name.toLowerCase() }, bytes('abc').buffer)), abc);
    assert_equals(hex(await crypto.subtle.digest(name, new DataView(bytes('xabcx').buffer, 1, 3))), abc);
  }, `digest ${name}`);
}
promise_test((t) => promise_rejects_dom(t, 'NotSupportedError', crypto.subtle.digest('SHA-3', bytes(''))), 'digest of an unknown name');
promise_test((t) => promise_rejects_js(t, TypeError, crypto.subtle.digest('SHA-1', 'text')), 'digest of a string');
promise_test((t) => promise_rejects_js(t, TypeError, crypto.subtle.digest({}, bytes(''))), 'digest without a name');
promise_test((t) => promise_rejects_js(t, TypeError, crypto.subtle.digest('SHA-1')), 'digest without data');
promise_test((t) => promise_rejects_js(t, TypeError, SubtleCrypto.prototype.digest.call({}, 'SHA-1', bytes(''))), 'digest with a foreign receiver');

// RFC 4231, test case 2; RFC 2202 for SHA-1
const jefe = {
  'SHA-1': 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
  'SHA-256': '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  'SHA-384': 'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
  'SHA-512': '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
};
for (const [hash, expected] of Object.entries(jefe)) {
  promise_test(async () => {
    const key = await crypto.subtle.importKey('raw', bytes('Jefe'), { name: 'HMAC', hash }, false, ['sign', 'verify']);
    const data = bytes('what do ya want for nothing?');
    const signature = await crypto.subtle.sign('HMAC', key, data);
    assert_equals(hex(signature), expected);
    assert_true(await crypto.subtle.verify({ name: 'hmac' }, key, signature, data));
    assert_false(await crypto.subtle.verify('HMAC', key, signature.slice(1), data));
    assert_false(await crypto.subtle.verify('HMAC', key, signature, bytes('other')));
    assert_false(await crypto.subtle.verify('HMAC', key, new Uint8Array(), data));
  }, `HMAC with ${hash}`);
}
promise_test(async () => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes('key'), algorithm, true, ['verify', 'sign']);
  assert_equals(key.type, 'secret');
  assert_true(key.extractable);
  assert_equals(key.algorithm.name, 'HMAC');
  assert_equals(key.algorithm.hash.name, 'SHA-256');
  assert_equals(key.algorithm.length, 24);
  assert_array_equals(key.usages, ['sign', 'verify']);
  assert_equals(key.algorithm, key.algorithm);
  assert_equals(hex(await crypto.subtle.exportKey('raw', key)), '6b6579');
  const jwk = await crypto.subtle.exportKey('jwk', key);
  assert_equals(JSON.stringify([jwk.kty, jwk.k, jwk.alg, jwk.key_ops, jwk.ext]),
    '["oct","a2V5","HS256",["sign","verify"],true]');
  const again = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
  assert_false(again.extractable);
  assert_equals(hex(await crypto.subtle.sign('HMAC', again, bytes(''))), hex(await crypto.subtle.sign('HMAC', key, bytes(''))));
}, 'CryptoKey, export and import');
promise_test(async () => {
  const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
  assert_equals(key.algorithm.length, 512);
  assert_equals((await crypto.subtle.exportKey('raw', key)).byteLength, 64);
  const short = await crypto.subtle.generateKey({ name: 'HMAC', hash: { name: 'SHA-512' }, length: 160 }, true, ['verify']);
  assert_equals((await crypto.subtle.exportKey('raw', short)).byteLength, 20);
  assert_equals((await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-384' }, false, ['sign'])).algorithm.length, 1024);
}, 'generateKey');

const hmac = { name: 'HMAC', hash: 'SHA-256' };
for (const [name, error, run] of [
  ['usage of another kind', 'SyntaxError', () => crypto.subtle.importKey('raw', bytes('k'), hmac, true, ['encrypt'])],
  ['no usage', 'SyntaxError', () => crypto.subtle.importKey('raw', bytes('k'), hmac, true, [])],
  ['no usage at generateKey', 'SyntaxError', () => crypto.subtle.generateKey(hmac, true, [])],
  ['unknown usage', TypeError, () => crypto.subtle.importKey('raw', bytes('k'), hmac, true, ['walk'])],
  ['unknown format', TypeError, () => crypto.subtle.importKey('zip', bytes('k'), hmac, true, ['sign'])],
  ['format of other keys', 'NotSupportedError', () => crypto.subtle.importKey('spki', bytes('k'), hmac, true, ['sign'])],
  ['no hash', TypeError, () => crypto.subtle.importKey('raw', bytes('k'), { name: 'HMAC' }, true, ['sign'])],
  ['unknown algorithm', 'NotSupportedError', () => crypto.subtle.importKey('raw', bytes('k'), 'ROT13', true, ['sign'])],
  ['empty key', 'DataError', () => crypto.subtle.importKey('raw', bytes(''), hmac, true, ['sign'])],
  ['length beyond the key', 'DataError', () => crypto.subtle.importKey('raw', bytes('k'), { ...hmac, length: 9 }, true, ['sign'])],
  ['raw key that is no buffer', TypeError, () => crypto.subtle.importKey('raw', { kty: 'oct' }, hmac, true, ['sign'])],
  ['jwk of another type', 'DataError', () => crypto.subtle.importKey('jwk', { kty: 'RSA', k: 'YQ' }, hmac, true, ['sign'])],
  ['jwk without k', 'DataError', () => crypto.subtle.importKey('jwk', { kty: 'oct' }, hmac, true, ['sign'])],
  ['jwk of another hash', 'DataError', () => crypto.subtle.importKey('jwk', { kty: 'oct', k: 'YQ', alg: 'HS512' }, hmac, true, ['sign'])],
  ['jwk that must stay', 'DataError', () => crypto.subtle.importKey('jwk', { kty: 'oct', k: 'YQ', ext: false }, hmac, true, ['sign'])],
  ['jwk without the operation', 'DataError', () => crypto.subtle.importKey('jwk', { kty: 'oct', k: 'YQ', key_ops: ['verify'] }, hmac, true, ['sign'])],
  ['length 0', 'OperationError', () => crypto.subtle.generateKey({ ...hmac, length: 0 }, true, ['sign'])],
]) {
  promise_test((t) => typeof error === 'string' ? promise_rejects_dom(t, error, run()) : promise_rejects_js(t, error, run()),
    `refused: ${name}`);
}
promise_test(async (t) => {
  const key = await crypto.subtle.importKey('raw', bytes('k'), hmac, false, ['sign']);
  await promise_rejects_dom(t, 'InvalidAccessError', crypto.subtle.exportKey('raw', key));
  await promise_rejects_dom(t, 'InvalidAccessError', crypto.subtle.verify('HMAC', key, bytes(''), bytes('')));
  await promise_rejects_js(t, TypeError, crypto.subtle.sign('HMAC', {}, bytes('')));
}, 'keys allow what they were made for');
