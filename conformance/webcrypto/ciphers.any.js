// Written from https://w3c.github.io/webcrypto/, with vectors of RFC 3394, 5869, 6070, 7748 and NIST's GCM and SP 800-38A.
'use strict';

const { subtle } = crypto;
const bytes = (text) => new TextEncoder().encode(text);
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (b) => parseInt(b, 16));
const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, '0')).join('');
async function rejects(name, promise) {
  let seen = 'nothing';
  try { await promise; } catch (e) { seen = e.name; }
  assert_equals(seen, name);
}
const aes = (name, key, usages = ['encrypt', 'decrypt']) => subtle.importKey('raw', unhex(key), name, true, usages);

const plain = '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51';
promise_test(async () => {
  const key = await aes('AES-CBC', '2b7e151628aed2a6abf7158809cf4f3c');
  const algorithm = { name: 'AES-CBC', iv: unhex('000102030405060708090a0b0c0d0e0f') };
  const out = hex(await subtle.encrypt(algorithm, key, unhex(plain)));
  assert_equals(out.slice(0, 64), '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2');
  assert_equals(out.length, 96);
  assert_equals(hex(await subtle.decrypt(algorithm, key, unhex(out))), plain);
  await rejects('OperationError', subtle.decrypt(algorithm, key, unhex(out.slice(0, 64))));
  await rejects('OperationError', subtle.decrypt(algorithm, key, new Uint8Array(5)));
  await rejects('OperationError', subtle.encrypt({ name: 'AES-CBC', iv: new Uint8Array(12) }, key, unhex(plain)));
  await rejects('TypeError', subtle.encrypt('AES-CBC', key, unhex(plain)));
  await rejects('InvalidAccessError', subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, unhex(plain)));
}, 'AES-CBC');

promise_test(async () => {
  const key = await aes('AES-CTR', '2b7e151628aed2a6abf7158809cf4f3c');
  const algorithm = { name: 'AES-CTR', counter: unhex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'), length: 128 };
  assert_equals(hex(await subtle.encrypt(algorithm, key, unhex(plain))), '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff');
  // With 8 bits the second block's counter is ...00 with the same nonce.
  const short = { ...algorithm, length: 8 };
  const both = hex(await subtle.encrypt(short, key, unhex(plain)));
  const second = { ...algorithm, counter: unhex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfe00') };
  assert_equals(both.slice(32), hex(await subtle.encrypt(second, key, unhex(plain).subarray(16))));
  assert_equals(hex(await subtle.decrypt(short, key, unhex(both))), plain);
  await rejects('OperationError', subtle.encrypt({ ...algorithm, length: 1 }, key, new Uint8Array(33)));
  for (const length of [1, 7, 8, 9, 63, 64, 65, 127, 128])
    for (const counter of ['ff'.repeat(16), '00'.repeat(16), '7f' + 'ff'.repeat(15), 'ff'.repeat(7) + '00'.repeat(9)]) {
      const one = { name: 'AES-CTR', counter: unhex(counter), length };
      const text = new Uint8Array(32).fill(7);
      assert_equals(hex(await subtle.decrypt(one, key, await subtle.encrypt(one, key, text))), hex(text));
    }
  for (const length of [0, 129]) await rejects('OperationError', subtle.encrypt({ ...algorithm, length }, key, unhex(plain)));
  await rejects('TypeError', subtle.encrypt({ ...algorithm, length: 256 }, key, unhex(plain)));
}, 'AES-CTR');

promise_test(async () => {
  const key = await aes('AES-GCM', 'feffe9928665731c6d6a8f9467308308');
  const algorithm = { name: 'AES-GCM', iv: unhex('cafebabefacedbaddecaf888'), additionalData: unhex('feedfacedeadbeeffeedfacedeadbeefabaddad2') };
  const text = unhex('d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39');
  const out = hex(await subtle.encrypt(algorithm, key, text));
  assert_equals(out, '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091' + '5bc94fbc3221a5db94fae95ae7121a47');
  assert_equals(hex(await subtle.decrypt(algorithm, key, unhex(out))), hex(text));
  await rejects('OperationError', subtle.decrypt({ ...algorithm, additionalData: new Uint8Array(1) }, key, unhex(out)));
  await rejects('OperationError', subtle.decrypt(algorithm, key, new Uint8Array(15)));
  await rejects('OperationError', subtle.encrypt({ ...algorithm, tagLength: 5 }, key, text));
  assert_equals((await subtle.encrypt({ ...algorithm, tagLength: 32 }, key, text)).byteLength, text.length + 4);
  assert_equals((await subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(64) }, key, new Uint8Array())).byteLength, 16);
}, 'AES-GCM');

promise_test(async () => {
  const wrapping = await aes('AES-KW', '000102030405060708090a0b0c0d0e0f', ['wrapKey', 'unwrapKey']);
  const key = await aes('AES-GCM', '00112233445566778899aabbccddeeff');
  const wrapped = await subtle.wrapKey('raw', key, wrapping, 'AES-KW');
  assert_equals(hex(wrapped), '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5');
  const back = await subtle.unwrapKey('raw', wrapped, wrapping, 'AES-KW', 'AES-GCM', true, ['encrypt']);
  assert_equals(hex(await subtle.exportKey('raw', back)), '00112233445566778899aabbccddeeff');
  const broken = new Uint8Array(wrapped);
  broken[3] ^= 1;
  await rejects('OperationError', subtle.unwrapKey('raw', broken, wrapping, 'AES-KW', 'AES-GCM', true, ['encrypt']));
  await rejects('OperationError', subtle.unwrapKey('raw', new Uint8Array(23), wrapping, 'AES-KW', 'AES-GCM', true, ['encrypt']));
  const boxed = await aes('AES-GCM', '00'.repeat(32), ['encrypt', 'wrapKey', 'unwrapKey']);
  const box = { name: 'AES-GCM', iv: new Uint8Array(12) };
  const as_jwk = await subtle.wrapKey('jwk', key, boxed, box);
  const again = await subtle.unwrapKey('jwk', as_jwk, boxed, box, 'AES-GCM', true, ['decrypt']);
  assert_equals(hex(await subtle.exportKey('raw', again)), '00112233445566778899aabbccddeeff');
  const no_json = await subtle.encrypt(box, boxed, bytes('{'));
  await rejects('DataError', subtle.unwrapKey('jwk', no_json, boxed, box, 'AES-GCM', true, ['decrypt']));
}, 'AES-KW and wrapping');

promise_test(async () => {
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) };
  const { publicKey, privateKey } = await subtle.generateKey(algorithm, true, ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']);
  const label = bytes('label');
  const out = await subtle.encrypt({ name: 'RSA-OAEP', label }, publicKey, bytes('secret'));
  assert_equals(new TextDecoder().decode(await subtle.decrypt({ name: 'RSA-OAEP', label }, privateKey, out)), 'secret');
  await rejects('OperationError', subtle.decrypt('RSA-OAEP', privateKey, out));
  await rejects('OperationError', subtle.encrypt('RSA-OAEP', publicKey, new Uint8Array(128)));
  await rejects('InvalidAccessError', subtle.decrypt('RSA-OAEP', publicKey, out));
  assert_equals((await subtle.exportKey('jwk', publicKey)).alg, 'RSA-OAEP-256');
}, 'RSA-OAEP');

promise_test(async () => {
  const key = await subtle.importKey('raw', unhex('0b'.repeat(22)), 'HKDF', false, ['deriveBits', 'deriveKey']);
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: unhex('000102030405060708090a0b0c'), info: unhex('f0f1f2f3f4f5f6f7f8f9') };
  assert_equals(hex(await subtle.deriveBits(algorithm, key, 336)), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
  const made = await subtle.deriveKey(algorithm, key, { name: 'AES-GCM', length: 256 }, true, ['encrypt']);
  assert_equals(hex(await subtle.exportKey('raw', made)), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf');
  const mac = await subtle.deriveKey(algorithm, key, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
  assert_equals(mac.algorithm.length, 512);
  for (const length of [0, 7, null, undefined, 255 * 256 + 8]) await rejects('OperationError', subtle.deriveBits(algorithm, key, length));
  await rejects('NotSupportedError', subtle.exportKey('raw', key));
  await rejects('SyntaxError', subtle.importKey('raw', new Uint8Array(4), 'HKDF', true, ['deriveBits']));
  await rejects('NotSupportedError', subtle.importKey('jwk', { kty: 'oct', k: '' }, 'HKDF', false, ['deriveBits']));
  assert_equals((await subtle.deriveBits({ ...algorithm, salt: new Uint8Array(), info: new Uint8Array() },
    await subtle.importKey('raw', new Uint8Array(), 'HKDF', false, ['deriveBits']), 8)).byteLength, 1);
}, 'HKDF of RFC 5869');

promise_test(async () => {
  const key = await subtle.importKey('raw', bytes('password'), 'PBKDF2', false, ['deriveBits', 'deriveKey']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-1', salt: bytes('salt'), iterations: 1 };
  assert_equals(hex(await subtle.deriveBits(algorithm, key, 160)), '0c60c80f961f0e71f3a9b524af6012062fe037a6');
  assert_equals(hex(await subtle.deriveBits({ ...algorithm, iterations: 4096 }, key, 160)), '4b007901b765489abead49d926f721d065a429c1');
  const made = await subtle.deriveKey({ ...algorithm, iterations: 4096 }, key, { name: 'AES-CBC', length: 128 }, true, ['encrypt']);
  assert_equals(hex(await subtle.exportKey('raw', made)), '4b007901b765489abead49d926f721d0');
  await rejects('OperationError', subtle.deriveBits({ ...algorithm, iterations: 0 }, key, 160));
  await rejects('NotSupportedError', subtle.deriveBits({ ...algorithm, iterations: 4294967295 }, key, 160));
  await rejects('NotSupportedError', subtle.deriveBits({ ...algorithm, iterations: 1000000 }, key, 160 * 8));
  await rejects('SyntaxError', subtle.deriveKey(algorithm, key, { name: 'AES-CBC', length: 128 }, true, []));
  await rejects('OperationError', subtle.deriveKey(algorithm, key, { name: 'AES-CBC', length: 64 }, true, ['encrypt']));
  const at_once = await Promise.allSettled(Array.from({ length: 40 }, () => subtle.deriveBits({ ...algorithm, iterations: 1001 }, key, 8)));
  assert_equals(at_once.filter((r) => r.status === 'fulfilled').length, 32);
  assert_equals(at_once.find((r) => r.status === 'rejected').reason.name, 'OperationError');
}, 'PBKDF2 of RFC 6070, and its bounds');

promise_test(async () => {
  const key = (text, usages) => subtle.importKey(usages.length ? 'pkcs8' : 'raw',
    unhex((usages.length ? '302e020100300506032b656e04220420' : '') + text), 'X25519', true, usages);
  const mine = await key('77076d0a7318a57d3c16c17251b26645', ['deriveBits']).catch((e) => e);
  assert_equals(mine.name, 'DataError', 'half a key');
  const pair = await subtle.generateKey('X25519', true, ['deriveBits', 'deriveKey']);
  const other = await subtle.generateKey({ name: 'X25519' }, true, ['deriveBits']);
  const a = await subtle.deriveBits({ name: 'X25519', public: other.publicKey }, pair.privateKey, 256);
  const b = await subtle.deriveBits({ name: 'X25519', public: pair.publicKey }, other.privateKey);
  assert_equals(hex(a), hex(b));
  assert_equals((await subtle.deriveBits({ name: 'X25519', public: other.publicKey }, pair.privateKey, 0)).byteLength, 0);
  await rejects('OperationError', subtle.deriveBits({ name: 'X25519', public: other.publicKey }, pair.privateKey, 264));
  const zero = await subtle.importKey('raw', new Uint8Array(32), 'X25519', true, []);
  await rejects('OperationError', subtle.deriveBits({ name: 'X25519', public: zero }, pair.privateKey, 256));
  await rejects('InvalidAccessError', subtle.deriveBits({ name: 'X25519', public: other.privateKey }, pair.privateKey, 256));
  await rejects('TypeError', subtle.deriveBits({ name: 'X25519', public: {} }, pair.privateKey, 256));
  await rejects('InvalidAccessError', subtle.deriveKey({ name: 'X25519', public: pair.publicKey }, other.privateKey, { name: 'AES-GCM', length: 128 }, true, ['encrypt']));
}, 'X25519');

for (const namedCurve of ['P-256', 'P-384', 'P-521']) promise_test(async () => {
  const algorithm = { name: 'ECDH', namedCurve };
  const a = await subtle.generateKey(algorithm, true, ['deriveBits', 'deriveKey']);
  const b = await subtle.generateKey(algorithm, true, ['deriveBits']);
  const secret = await subtle.deriveBits({ name: 'ECDH', public: b.publicKey }, a.privateKey, null);
  assert_equals(hex(secret), hex(await subtle.deriveBits({ name: 'ECDH', public: a.publicKey }, b.privateKey)));
  assert_equals(secret.byteLength, { 'P-256': 32, 'P-384': 48, 'P-521': 66 }[namedCurve]);
  const cut = new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: b.publicKey }, a.privateKey, 13));
  assert_array_equals([...cut], [new Uint8Array(secret)[0], new Uint8Array(secret)[1] & 0xf8]);
  const made = await subtle.deriveKey({ name: 'ECDH', public: b.publicKey }, a.privateKey, { name: 'AES-GCM', length: 256 }, true, ['encrypt']);
  assert_equals(hex(await subtle.exportKey('raw', made)), hex(secret).slice(0, 64));
  assert_array_equals(a.publicKey.usages, []);
  const elsewhere = await subtle.generateKey({ name: 'ECDH', namedCurve: namedCurve === 'P-256' ? 'P-384' : 'P-256' }, true, ['deriveBits']);
  await rejects('InvalidAccessError', subtle.deriveBits({ name: 'ECDH', public: elsewhere.publicKey }, a.privateKey, 8));
}, `ECDH on ${namedCurve}`);

for (const [name, length] of [['AES-CBC', 128], ['AES-CTR', 192], ['AES-GCM', 256], ['AES-KW', 128]]) promise_test(async () => {
  const usages = name === 'AES-KW' ? ['wrapKey', 'unwrapKey'] : ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];
  const key = await subtle.generateKey({ name, length }, true, usages);
  assert_equals(key.algorithm.length, length);
  assert_equals((await subtle.exportKey('raw', key)).byteLength, length / 8);
  const jwk = await subtle.exportKey('jwk', key);
  assert_equals(jwk.alg, `A${length}${name.slice(4)}`);
  const back = await subtle.importKey('jwk', jwk, name, false, [usages[0]]);
  assert_equals(back.algorithm.length, length);
  await rejects('DataError', subtle.importKey('jwk', { ...jwk, alg: 'A1CBC' }, name, false, [usages[0]]));
  await rejects('DataError', subtle.importKey('raw', new Uint8Array(15), name, false, [usages[0]]));
  await rejects('OperationError', subtle.generateKey({ name, length: 100 }, true, usages));
  await rejects('SyntaxError', subtle.generateKey({ name, length }, true, []));
  await rejects('SyntaxError', subtle.generateKey({ name, length }, true, ['sign']));
  await rejects('NotSupportedError', subtle.importKey('spki', new Uint8Array(16), name, false, [usages[0]]));
}, `${name} keys of ${length} bits`);
