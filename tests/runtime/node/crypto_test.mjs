import assert from 'node:assert';
import crypto, { createHash, createHmac, randomBytes, randomInt, randomUUID, timingSafeEqual, pbkdf2Sync, scryptSync, hkdfSync, getHashes, webcrypto, createSecretKey } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

export const hashes = {
  test() {
    const found = {};
    for (const name of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'SHA256', 'sha512-256', 'sha3-256', 'RSA-SHA256', 'blake2b512', 'shake128']) {
      found[name] = createHash(name).update('some text').update(Buffer.from([0xff])).digest('hex');
    }
    assert.deepStrictEqual(found, {
      'md5': '508de1d783bde200571f9e48f9093c3b',
      'sha1': 'f2532c0a75df5d8e68a30c742fbc02df6c741600',
      'sha224': 'aa62c40dbb5e19210c3d2b783ed8c43bbbbb9526a6a0b41f25fbe17a',
      'sha256': 'bd0cbf0e3113a772b538bbf63d4d9281efa1f2aa205c6a96cc854113376769f3',
      'sha384': '1a5297fa40bfee2d83e0a8176a85231a006a3186192e05f67e90e95a8757f1b1476e6624ea0e44f8cbbc5b8e1ddc70e9',
      'sha512': '63ddd13be986ef93d9521e015c9d668b0ba55ec8cce997f6b70d26efc62271bc7e0e9ae56063f0b96c6bb99ae22ed2f25d40dc22f1947a6a58f2f5222cd2fc85',
      'SHA256': 'bd0cbf0e3113a772b538bbf63d4d9281efa1f2aa205c6a96cc854113376769f3',
      'sha512-256': 'f49ef3ed4c683095c942813524ef0e0160073a4ff174c7171b8915c2def7c1f4',
      'sha3-256': 'a0c218302aa1d0b169c05c9cf5390ef648cabeb1fabf390753e0ac6c1b10833a',
      'RSA-SHA256': 'bd0cbf0e3113a772b538bbf63d4d9281efa1f2aa205c6a96cc854113376769f3',
      'blake2b512': '9b69e12f05b248c7c956db950c90a3f7df03b4ffafc7d49643f26f18791033fb45d26ca5525a81ae112e02d7acac4ab46fe1ad8cc705a876a52bdd6436ddf36f',
      'shake128': '117dc40c8c2bd06b150656bbc4690a86',
    });
    assert.strictEqual(createHash('sha256').update('c3VyZQ', 'base64').digest('base64'), createHash('sha256').update('sure').digest('base64'));
    assert.ok(Buffer.isBuffer(createHash('md5').digest()));
    assert.strictEqual(createHash('shake256', { outputLength: 5 }).update('x').digest('hex').length, 10);
    const one = createHash('sha1').update('a');
    const two = one.copy().update('b');
    assert.strictEqual(one.update('b').digest('hex'), two.digest('hex'));
    assert.throws(() => one.update('c'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
    assert.throws(() => one.digest(), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
    assert.throws(() => createHash('nope'), /Digest method not supported/);
    assert.throws(() => createHash(5), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => createHash('sha1').update(5), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.ok(getHashes().includes('sha256'));
  },
};

export const macs = {
  test() {
    assert.strictEqual(createHmac('sha256', 'key').update('data').digest('hex'), '5031fe3d989c6d1537a013fa6e739da23463fdaec3b70137d828e36ace221bd0');
    assert.strictEqual(createHmac('sha1', Buffer.alloc(100, 1)).update('data').digest('base64'), 'DqZIwFOheupwl+90ttfI6Tauqs4=');
    assert.strictEqual(createHmac('sha256', createSecretKey(Buffer.from('key'))).update('data').digest('hex').slice(0, 8), '5031fe3d');
    assert.strictEqual(createHmac('sha256', '').update('').digest('hex').slice(0, 8), 'b613679a');
    const mac = createHmac('md5', 'k');
    mac.digest();
    assert.strictEqual(mac.digest('hex'), '');
    assert.throws(() => createHmac('nope', 'k'), { message: 'Invalid digest: nope' });
    assert.throws(() => createHmac('sha1', null), { code: 'ERR_INVALID_ARG_TYPE' });
  },
};

export const streams = {
  async test() {
    const hash = createHash('sha256');
    await pipeline(Readable.from(['stream ', 'me']), hash);
    assert.strictEqual(hash.read().toString('hex'), createHash('sha256').update('stream me').digest('hex'));
    const piped = Readable.from([Buffer.from('x')]).pipe(createHash('md5')).setEncoding('hex');
    let text = '';
    for await (const part of piped) text += part;
    assert.strictEqual(text, '9dd4e461268c8034f5c8564e155c67a6');
    const before = createHash('sha1');
    before.write('a');
    before.end();
    assert.strictEqual(before.read().length, 20);
  },
};

export const random = {
  async test() {
    assert.strictEqual(randomBytes(10).length, 10);
    assert.strictEqual((await promisify(randomBytes)(70000)).length, 70000);
    assert.notStrictEqual(randomBytes(16).toString('hex'), randomBytes(16).toString('hex'));
    assert.match(randomUUID(), /^[\da-f]{8}-[\da-f]{4}-4/);
    for (let i = 0; i < 100; i++) { const n = randomInt(3, 6); assert.ok(n >= 3 && n < 6); }
    assert.ok((await promisify((done) => randomInt(5, done))()) < 5);
    assert.throws(() => randomInt(5, 5), { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => randomBytes(-1), { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => randomBytes('1'), { code: 'ERR_INVALID_ARG_TYPE' });
    const filled = crypto.randomFillSync(Buffer.alloc(8), 4);
    assert.strictEqual(filled.subarray(0, 4).toString('hex'), '00000000');
    assert.strictEqual(crypto.getRandomValues(new Uint8Array(4)).length, 4);
    assert.strictEqual(webcrypto, globalThis.crypto);
    assert.strictEqual(timingSafeEqual(Buffer.from('a'), new Uint8Array([97])), true);
    assert.strictEqual(timingSafeEqual(Buffer.from('a'), Buffer.from('b')), false);
    assert.throws(() => timingSafeEqual(Buffer.from('a'), Buffer.from('bb')), { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' });
    assert.throws(() => timingSafeEqual('a', 'a'), { code: 'ERR_INVALID_ARG_TYPE' });
  },
};

export const derived = {
  async test() {
    assert.strictEqual(pbkdf2Sync('password', 'salt', 2, 20, 'sha1').toString('hex'), 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957');
    assert.strictEqual(scryptSync('password', 'NaCl', 64, { N: 1024, r: 8, p: 16 }).toString('hex').slice(0, 16), 'fdbabe1c9d347200');
    assert.strictEqual(scryptSync('p', 's', 8).toString('hex'), '4329787752e75d1d');
    assert.strictEqual(Buffer.from(hkdfSync('sha256', 'key', 'salt', 'info', 16)).toString('hex'), '9ca0d662557439e3b83365f2da4626d3');
    assert.strictEqual((await promisify(crypto.pbkdf2)('p', 's', 1, 8, 'sha256')).length, 8);
    assert.strictEqual((await promisify(crypto.scrypt)('p', 's', 8)).length, 8);
    assert.strictEqual((await promisify(crypto.hkdf)('sha1', 'k', '', '', 8)).byteLength, 8);
    assert.throws(() => pbkdf2Sync('p', 's', 1, 8, 'nope'), { code: 'ERR_CRYPTO_INVALID_DIGEST' });
    assert.throws(() => pbkdf2Sync('p', 's', 0, 8, 'sha1'), { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => scryptSync('p', 's', 8, { N: 3 }), RangeError);
    assert.throws(() => hkdfSync('sha256', 'k', '', '', 255 * 32 + 1), { code: 'ERR_CRYPTO_INVALID_KEYLEN' });
  },
};
