// Written from https://w3c.github.io/webcrypto/, with the examples of RFC 7515 and RFC 8037.
'use strict';

const { subtle } = crypto;
const bytes = (text) => new TextEncoder().encode(text);
const base64url = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const rejects = (name, promise) => promise_rejects_dom_name(name, promise);
async function promise_rejects_dom_name(name, promise) {
  let seen = 'nothing';
  try { await promise; } catch (e) { seen = e.name; assert_true(e instanceof DOMException, `${e} is a DOMException`); }
  assert_equals(seen, name);
}

// RFC 7515 appendix A.2
const rsa = {
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
  d: 'Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ',
  p: '4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc',
  q: 'uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc',
  dp: 'BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0',
  dq: 'h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU',
  qi: 'IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U',
};
const rsa_public = { kty: rsa.kty, n: rsa.n, e: rsa.e };
const signed = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const rs256 = 'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw';
const pkcs1 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

promise_test(async () => {
  const key = await subtle.importKey('jwk', rsa_public, pkcs1, true, ['verify']);
  assert_equals(key.type, 'public');
  assert_equals(key.algorithm.name, 'RSASSA-PKCS1-v1_5');
  assert_equals(key.algorithm.modulusLength, 2048);
  assert_equals(String(key.algorithm.publicExponent), '1,0,1');
  assert_equals(key.algorithm.hash.name, 'SHA-256');
  assert_equals(key.algorithm, key.algorithm);
  assert_true(await subtle.verify('rsassa-pkcs1-V1_5', key, base64url(rs256), bytes(signed)));
  assert_false(await subtle.verify(pkcs1, key, base64url(rs256), bytes(signed + ' ')));
  assert_false(await subtle.verify(pkcs1, key, base64url(rs256).subarray(1), bytes(signed)));
  assert_false(await subtle.verify(pkcs1, key, new Uint8Array(256).fill(255), bytes(signed)));
  assert_false(await subtle.verify(pkcs1, key, new Uint8Array(), bytes(signed)));
  assert_true(await subtle.verify(pkcs1, key, base64url(rs256), bytes(signed)), 'a failure leaves no trace');
}, 'RS256 of RFC 7515 A.2 verifies');

promise_test(async () => {
  const key = await subtle.importKey('jwk', rsa, pkcs1, false, ['sign']);
  assert_equals(key.type, 'private');
  assert_array_equals([...new Uint8Array(await subtle.sign(pkcs1, key, bytes(signed)))], [...base64url(rs256)]);
  await rejects('InvalidAccessError', subtle.exportKey('jwk', key));
  await rejects('InvalidAccessError', subtle.verify(pkcs1, key, base64url(rs256), bytes(signed)));
  await rejects('InvalidAccessError', subtle.sign({ name: 'RSA-PSS', saltLength: 32 }, key, bytes(signed)));
}, 'RS256 signs as in RFC 7515 A.2');

for (const hash of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) promise_test(async () => {
  const name = 'RSA-PSS';
  const signer = await subtle.importKey('jwk', rsa, { name, hash }, false, ['sign']);
  const verifier = await subtle.importKey('jwk', rsa_public, { name, hash: { name: hash } }, false, ['verify']);
  for (const saltLength of [0, 20, 32, 64]) {
    const signature = await subtle.sign({ name, saltLength }, signer, bytes('x'));
    assert_true(await subtle.verify({ name, saltLength }, verifier, signature, bytes('x')));
    assert_false(await subtle.verify({ name, saltLength: saltLength + 1 }, verifier, signature, bytes('x')));
  }
  await rejects('OperationError', subtle.sign({ name, saltLength: 5000 }, signer, bytes('x')));
  assert_false(await subtle.verify({ name, saltLength: 5000 }, verifier, new Uint8Array(256), bytes('x')));
  await promise_rejects_js(self, TypeError, subtle.sign(name, signer, bytes('x')));
}, `RSA-PSS with ${hash}`);

// RFC 7515 appendix A.3
const ec = {
  kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0', d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
};
const es256 = 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';
const es256_signed = 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
promise_test(async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }, use = { name: 'ECDSA', hash: 'SHA-256' };
  const { d, ...open } = ec;
  const verifier = await subtle.importKey('jwk', open, algorithm, true, ['verify']);
  const signer = await subtle.importKey('jwk', ec, algorithm, true, ['sign']);
  assert_true(await subtle.verify(use, verifier, base64url(es256), bytes(es256_signed)));
  assert_false(await subtle.verify(use, verifier, base64url(es256).reverse(), bytes(es256_signed)));
  assert_false(await subtle.verify(use, verifier, new Uint8Array(64), bytes(es256_signed)));
  assert_false(await subtle.verify(use, verifier, new Uint8Array(63), bytes(es256_signed)));
  const signature = await subtle.sign(use, signer, bytes('y'));
  assert_equals(signature.byteLength, 64);
  assert_true(await subtle.verify(use, verifier, signature, bytes('y')));
  const back = await subtle.exportKey('jwk', signer);
  for (const name of ['kty', 'crv', 'x', 'y', 'd']) assert_equals(back[name], ec[name]);
  assert_equals(back.ext, true);
  assert_array_equals(back.key_ops, ['sign']);
  const raw = new Uint8Array(await subtle.exportKey('raw', verifier));
  assert_equals(raw.length, 65);
  assert_equals(raw[0], 4);
  await rejects('InvalidAccessError', subtle.exportKey('raw', signer));
  await rejects('DataError', subtle.importKey('raw', raw.subarray(1), algorithm, true, ['verify']));
  raw[64] ^= 1;
  await rejects('DataError', subtle.importKey('raw', raw, algorithm, true, ['verify']));
  await rejects('DataError', subtle.importKey('raw', new Uint8Array(1), algorithm, true, ['verify']));
  await rejects('DataError', subtle.importKey('jwk', { ...ec, x: ec.y, y: ec.x }, algorithm, true, ['sign']));
  await rejects('DataError', subtle.importKey('jwk', { ...ec, d: ec.x }, algorithm, true, ['sign']));
  await rejects('DataError', subtle.importKey('jwk', ec, { ...algorithm, namedCurve: 'P-384' }, true, ['sign']));
  await rejects('NotSupportedError', subtle.importKey('jwk', ec, { ...algorithm, namedCurve: 'P-1' }, true, ['sign']));
  await promise_rejects_js(self, TypeError, subtle.sign('ECDSA', signer, bytes('y')));
}, 'ES256 of RFC 7515 A.3');

for (const namedCurve of ['P-256', 'P-384', 'P-521']) promise_test(async () => {
  const algorithm = { name: 'ECDSA', namedCurve };
  const pair = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  assert_array_equals(Object.keys(pair).sort(), ['privateKey', 'publicKey']);
  assert_equals(pair.privateKey.algorithm.namedCurve, namedCurve);
  assert_array_equals(pair.publicKey.usages, ['verify']);
  const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-384' }, pair.privateKey, bytes('z'));
  const spki = await subtle.exportKey('spki', pair.publicKey), pkcs8 = await subtle.exportKey('pkcs8', pair.privateKey);
  const again = await subtle.importKey('spki', spki, algorithm, true, ['verify']);
  assert_true(await subtle.verify({ name: 'ECDSA', hash: 'SHA-384' }, again, signature, bytes('z')));
  assert_false(await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, again, signature, bytes('z')));
  const private_again = await subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
  assert_array_equals([...new Uint8Array(await subtle.exportKey('pkcs8', private_again))], [...new Uint8Array(pkcs8)]);
  for (const cut of [0, 1, 10, spki.byteLength - 1])
    await rejects('DataError', subtle.importKey('spki', spki.slice(0, cut), algorithm, true, ['verify']));
  await rejects('DataError', subtle.importKey('spki', pkcs8, algorithm, true, ['verify']));
  await rejects('DataError', subtle.importKey('pkcs8', spki, algorithm, true, ['sign']));
  await rejects('DataError', subtle.importKey('spki', new Uint8Array([...new Uint8Array(spki), 0]), algorithm, true, ['verify']));
  await rejects('DataError', subtle.importKey('spki', spki, { name: 'Ed25519' }, true, ['verify']));
  await rejects('DataError', subtle.importKey('spki', spki, { name: 'RSA-PSS', hash: 'SHA-1' }, true, ['verify']));
}, `ECDSA on ${namedCurve}: generated, exported, imported`);

// RFC 8037 appendix A
const ed = { kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
promise_test(async () => {
  const signer = await subtle.importKey('jwk', ed, 'Ed25519', true, ['sign']);
  const { d, ...open } = ed;
  const verifier = await subtle.importKey('jwk', open, { name: 'ed25519' }, true, ['verify']);
  const text = bytes('eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc');
  const wanted = 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';
  const signature = new Uint8Array(await subtle.sign('Ed25519', signer, text));
  assert_array_equals([...signature], [...base64url(wanted)]);
  assert_true(await subtle.verify('Ed25519', verifier, signature, text));
  signature[5] ^= 1;
  assert_false(await subtle.verify('Ed25519', verifier, signature, text));
  assert_equals((await subtle.exportKey('raw', verifier)).byteLength, 32);
  assert_array_equals(Object.keys(verifier.algorithm), ['name']);
  await rejects('DataError', subtle.importKey('jwk', { ...ed, x: ed.d }, 'Ed25519', true, ['sign']));
  await rejects('DataError', subtle.importKey('raw', new Uint8Array(31), 'Ed25519', true, ['verify']));
  await rejects('NotSupportedError', subtle.importKey('jwk', ed, 'NODE-ED25519', true, ['sign']));
}, 'Ed25519 of RFC 8037');
promise_test(async () => {
  const zero = await subtle.importKey('raw', new Uint8Array(32), 'Ed25519', true, ['verify']);
  const signature = new Uint8Array(64);
  signature[0] = 1;
  assert_false(await subtle.verify('Ed25519', zero, signature, bytes('anything')));
}, 'Ed25519: a key of small order verifies nothing');

promise_test(async () => {
  const algorithm = { ...pkcs1, modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = await subtle.generateKey(algorithm, false, ['verify', 'sign']);
  const signature = await subtle.sign(pkcs1, pair.privateKey, bytes('w'));
  assert_true(await subtle.verify(pkcs1, pair.publicKey, signature, bytes('w')));
  assert_equals(pair.publicKey.extractable, true);
  assert_equals(pair.privateKey.extractable, false);
  assert_equals(pair.privateKey.algorithm.modulusLength, 1024);
  for (const publicExponent of [[], [1], [1, 0, 0], [2], [255, 255, 255, 255, 255]])
    await rejects('OperationError', subtle.generateKey({ ...algorithm, publicExponent: new Uint8Array(publicExponent) }, true, ['sign']));
  for (const modulusLength of [0, 8, 100000, 4294967295])
    await rejects('OperationError', subtle.generateKey({ ...algorithm, modulusLength }, true, ['sign']));
  await rejects('SyntaxError', subtle.generateKey(algorithm, true, []));
  await rejects('SyntaxError', subtle.generateKey(algorithm, true, ['verify']));
  await rejects('SyntaxError', subtle.generateKey(algorithm, true, ['sign', 'encrypt']));
  await promise_rejects_js(self, TypeError, subtle.generateKey({ ...algorithm, publicExponent: [1, 0, 1] }, true, ['sign']));
  await promise_rejects_js(self, TypeError, subtle.generateKey(pkcs1, true, ['sign']));
}, 'RSA keys are generated');

promise_test(async () => {
  const { p, ...lacking } = rsa;
  for (const bad of [lacking, { ...rsa, oth: undefined, n: '' }, { ...rsa, e: '*' }, { ...rsa, kty: 'EC' }, { ...rsa, alg: 'RS512' },
    { ...rsa, use: 'enc' }, { ...rsa, key_ops: ['verify'] }, { ...rsa, ext: false }])
    await rejects('DataError', subtle.importKey('jwk', bad, pkcs1, true, ['sign']));
  await rejects('NotSupportedError', subtle.importKey('jwk', { ...rsa, oth: [] }, pkcs1, true, ['sign']));
  await rejects('NotSupportedError', subtle.importKey('raw', new Uint8Array(4), pkcs1, true, ['verify']));
  await rejects('SyntaxError', subtle.importKey('jwk', rsa, pkcs1, true, ['verify']));
  await rejects('SyntaxError', subtle.importKey('jwk', rsa, pkcs1, true, []));
  await promise_rejects_js(self, TypeError, subtle.importKey('jwk', new Uint8Array(4), pkcs1, true, ['sign']));
  await promise_rejects_js(self, TypeError, subtle.importKey('spki', rsa, pkcs1, true, ['verify']));
  await promise_rejects_js(self, TypeError, subtle.importKey('pem', rsa, pkcs1, true, ['verify']));
  await promise_rejects_js(self, TypeError, subtle.importKey('jwk', rsa, { name: pkcs1.name }, true, ['sign']));
  const whole = await subtle.exportKey('jwk', await subtle.importKey('jwk', { ...rsa, alg: 'RS256', use: 'sig' }, pkcs1, true, ['sign']));
  for (const name of Object.keys(rsa)) assert_equals(whole[name], rsa[name], name);
  assert_equals(whole.alg, 'RS256');
}, 'RSA keys as JWK: what is refused, and there and back');

promise_test(async () => {
  const key = await subtle.importKey('jwk', rsa_public, pkcs1, true, ['verify']);
  const copy = structuredClone({ key }).key;
  assert_true(copy instanceof CryptoKey);
  assert_not_equals(copy, key);
  assert_equals(copy.algorithm.modulusLength, 2048);
  assert_true(await subtle.verify(pkcs1, copy, base64url(rs256), bytes(signed)));
}, 'a CryptoKey can be cloned');

promise_test(async () => {
  const data = bytes(signed);
  const key = await subtle.importKey('jwk', rsa_public, pkcs1, true, ['verify']);
  const sneaky = { get name() { structuredClone(data.buffer, { transfer: [data.buffer] }); return pkcs1.name; } };
  assert_false(await subtle.verify(sneaky, key, base64url(rs256), data));
}, 'a buffer detached by the algorithm counts as empty');
