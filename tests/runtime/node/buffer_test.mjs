import assert from 'node:assert';
import buffer, { Buffer as Named, constants, isAscii, isUtf8, transcode, kMaxLength, SlowBuffer } from 'node:buffer';
import bare from 'buffer';
import { inspect } from 'node:util';

const hex = (b) => b.toString('hex');

export const globals = {
  test() {
    assert.strictEqual(globalThis.Buffer, Named);
    assert.strictEqual(bare.Buffer, Named);
    assert.strictEqual(global, globalThis);
    assert.strictEqual(constants.MAX_LENGTH, kMaxLength);
    assert.ok(Buffer.alloc(1) instanceof Uint8Array);
    assert.strictEqual(Buffer.alloc(1).constructor, Buffer);
    assert.strictEqual(Object.prototype.toString.call(Buffer.alloc(1)), '[object Uint8Array]');
    assert.strictEqual(SlowBuffer(3).length, 3);
  },
};

const texts = ['', 'a', 'hello', '\u00e9t\u00e9', '\u4f60\u597d', '\u{1f3ff} tea', 'x\ud800y', '\udc00', 'a'.repeat(5000), '\u010d'.repeat(4000), '\u00ff\u0080'];
const encodings = ['utf8', 'utf-8', 'latin1', 'binary', 'ascii', 'ucs2', 'utf16le', 'hex', 'base64', 'base64url', 'UTF8', 'Hex'];
// Of each text and encoding: length, a sum of the bytes, and the text read back, as Node has them.
function digest_of(b) {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum = (sum * 31 + b[i]) >>> 0;
  return `${b.length}:${sum}`;
}

export const encode = {
  test() {
    const found = [];
    for (const text of texts) for (const encoding of encodings) {
      const b = Buffer.from(text, encoding);
      found.push(digest_of(b), Buffer.byteLength(text, encoding), digest_of(Buffer.from(b.toString(encoding), 'utf8')));
    }
    assert.strictEqual(digest_of(Buffer.from(found.join())), '2673:190153827');
  },
};

export const decode = {
  test() {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const found = encodings.map((e) => digest_of(Buffer.from(bytes.toString(e))));
    assert.strictEqual(digest_of(Buffer.from(found.join())), '176:3119656061');
    assert.strictEqual(Buffer.from([0xe4, 0xbd]).toString(), '\ufffd');
    assert.strictEqual(Buffer.from([0xf0, 0x9f, 0x8d, 0x41, 0xff]).toString(), '\ufffdA\ufffd');
    assert.strictEqual(Buffer.from([0xef, 0xbb, 0xbf, 0x41]).toString(), '\ufeffA');
    const b = Buffer.from('hello world');
    assert.strictEqual(b.toString('utf8', 6), 'world');
    assert.strictEqual(b.toString('utf8', -3, 5), 'hello');
    assert.strictEqual(b.toString('latin1', 2, 100), 'llo world');
    assert.strictEqual(b.toString('utf8', 5, 2), '');
    assert.strictEqual(b.toString(undefined, 1, 3), 'el');
    assert.throws(() => b.toString('nope'), { code: 'ERR_UNKNOWN_ENCODING', name: 'TypeError', message: 'Unknown encoding: nope' });
  },
};

export const lenient = {
  test() {
    assert.strictEqual(hex(Buffer.from('abxx', 'hex')), 'ab');
    assert.strictEqual(hex(Buffer.from('abc', 'hex')), 'ab');
    assert.strictEqual(hex(Buffer.from('zz', 'hex')), '');
    assert.strictEqual(Buffer.from('aGVs\nbG8 = ignored', 'base64').toString(), 'hello');
    assert.strictEqual(Buffer.from('aGVsbG8', 'base64').toString(), 'hello');
    assert.strictEqual(hex(Buffer.from('-_+/', 'base64')), 'fbffbf'.slice(0, 6));
    assert.strictEqual(Buffer.from('a', 'base64').length, 0);
    assert.strictEqual(Buffer.from('_w', 'base64url')[0], 255);
    assert.strictEqual(Buffer.from([255, 254]).toString('base64url'), '__4');
    assert.strictEqual(Buffer.byteLength('aGVsbG8='), 8);
    assert.strictEqual(Buffer.byteLength('aGVsbG8=', 'base64'), 5);
  },
};

export const from = {
  test() {
    assert.strictEqual(hex(Buffer.from([1, 2, 257, -1, 'x', 1.9])), '010201ff0001');
    const ab = new Uint8Array([1, 2, 3, 4]).buffer;
    const view = Buffer.from(ab, 1, 2);
    view[0] = 9;
    assert.strictEqual(new Uint8Array(ab)[1], 9);
    assert.strictEqual(hex(view), '0903');
    const copy = Buffer.from(view);
    copy[0] = 0;
    assert.strictEqual(view[0], 9);
    assert.strictEqual(hex(Buffer.from(new Uint16Array([1, 0x102]))), '0102');
    assert.strictEqual(hex(Buffer.from({ length: 2, 0: 5, 1: 6 })), '0506');
    assert.strictEqual(hex(Buffer.from(JSON.parse(JSON.stringify(Buffer.from('hi'))))), '6869');
    assert.strictEqual(Buffer.from(new String('boxed')).toString(), 'boxed');
    assert.strictEqual(Buffer.from({ [Symbol.toPrimitive]: () => 'prim' }).toString(), 'prim');
    for (const bad of [5, null, undefined, true, {}, Symbol('x'), () => {}]) {
      assert.throws(() => Buffer.from(bad), { code: 'ERR_INVALID_ARG_TYPE' }, String(bad));
    }
    assert.throws(() => Buffer.from('x', 'bad'), { code: 'ERR_UNKNOWN_ENCODING' });
    assert.throws(() => Buffer.from(ab, 5), { code: 'ERR_BUFFER_OUT_OF_BOUNDS', message: '"offset" is outside of buffer bounds' });
    assert.throws(() => Buffer.from(ab, 0, 5), { code: 'ERR_BUFFER_OUT_OF_BOUNDS' });
    assert.strictEqual(hex(Buffer.of(1, 2, 3)), '010203');
    assert.strictEqual(hex(Buffer.copyBytesFrom(new Uint16Array([1, 2, 3]), 1, 1)), '0200');
  },
};

export const alloc = {
  test() {
    assert.strictEqual(hex(Buffer.alloc(3)), '000000');
    assert.strictEqual(hex(Buffer.alloc(5, 'ab')), '6162616261');
    assert.strictEqual(hex(Buffer.alloc(4, 0x1ff)), 'ffffffff');
    assert.strictEqual(hex(Buffer.alloc(4, 'YQ==', 'base64')), '61616161');
    assert.strictEqual(hex(Buffer.alloc(5, Buffer.from([1, 2]))), '0102010201');
    assert.strictEqual(Buffer.allocUnsafe(100).length, 100);
    for (const bad of ['5', null, undefined, {}]) assert.throws(() => Buffer.alloc(bad), { code: 'ERR_INVALID_ARG_TYPE' });
    for (const bad of [-1, NaN, 2 ** 60]) assert.throws(() => Buffer.alloc(bad), { code: 'ERR_OUT_OF_RANGE', name: 'RangeError' });
    assert.strictEqual(Buffer.concat([Buffer.from('ab'), new Uint8Array([99])]).toString(), 'abc');
    assert.strictEqual(hex(Buffer.concat([Buffer.from('abc')], 5)), '6162630000');
    assert.strictEqual(Buffer.concat([Buffer.from('abc'), Buffer.from('def')], 4).toString(), 'abcd');
    assert.throws(() => Buffer.concat('x'), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => Buffer.concat(['x']), { code: 'ERR_INVALID_ARG_TYPE', message: /"list\[0\]"/ });
    // Buffers of the pool do not overlap.
    const many = Array.from({ length: 1000 }, (_, i) => Buffer.from(`item ${i}`));
    assert.ok(many.every((b, i) => b.toString() === `item ${i}`));
  },
};

export const write = {
  test() {
    const b = Buffer.alloc(8);
    assert.strictEqual(b.write('abc'), 3);
    assert.strictEqual(b.write('xyz', 6), 2);
    assert.strictEqual(b.write('\u20ac', 6), 0);
    assert.strictEqual(b.write('ff00', 'hex'), 2);
    assert.strictEqual(b.write('6161', 3, 'hex'), 2);
    assert.strictEqual(b.write('hello', 2, 3), 3);
    assert.strictEqual(b.write('h', 0, 5, 'ucs2'), 2);
    assert.strictEqual(hex(b), '680068656c007879');
    assert.throws(() => b.write(5), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => b.write('x', 9), { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => b.write('x', -1), { code: 'ERR_OUT_OF_RANGE' });
    const odd = Buffer.alloc(7);
    assert.strictEqual(odd.write('abc', 1, 'utf16le'), 6);
    assert.strictEqual(hex(odd), '00610062006300');
    assert.strictEqual(odd.latin1Slice(1, 2), 'a');
    assert.strictEqual(odd.utf8Write('zz', 0), 2);
  },
};

export const parts = {
  test() {
    const b = Buffer.from('abcdef');
    const s = b.slice(1, -2);
    assert.strictEqual(s.toString(), 'bcd');
    s[0] = 65;
    assert.strictEqual(b.toString(), 'aAcdef');
    assert.ok(Buffer.isBuffer(b.subarray(2)));
    assert.strictEqual(b.subarray(-2).toString(), 'ef');
    assert.strictEqual(b.subarray(4, 2).length, 0);
    const target = Buffer.alloc(4, '.');
    assert.strictEqual(b.copy(target, 1, 2, 9), 3);
    assert.strictEqual(target.toString(), '.cde');
    assert.strictEqual(b.copy(target, 4), 0);
    b.copy(b, 0, 2);
    assert.strictEqual(b.toString(), 'cdefef');
    assert.throws(() => b.copy(target, -1), { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => b.copy('x'), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.deepStrictEqual(b.map((x) => x + 1).constructor, Buffer);
    assert.deepStrictEqual([...Buffer.from('ab').entries()], [[0, 97], [1, 98]]);
    assert.strictEqual(Buffer.from('ab').buffer instanceof ArrayBuffer, true);
    assert.deepStrictEqual(Buffer.from('ab').toJSON(), { type: 'Buffer', data: [97, 98] });
  },
};

export const order = {
  test() {
    const [a, b, c] = ['abc', 'abd', 'ab'].map((x) => Buffer.from(x));
    assert.deepStrictEqual([a.compare(b), b.compare(a), a.compare(a), a.compare(c), Buffer.compare(c, a)], [-1, 1, 0, 1, -1]);
    assert.strictEqual(a.compare(b, 0, 2, 0, 2), 0);
    assert.strictEqual(a.compare(b, 2, 3, 1, 2), -1);
    assert.strictEqual(a.equals(Uint8Array.from([97, 98, 99])), true);
    assert.strictEqual(a.equals(b), false);
    assert.throws(() => a.equals('abc'), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => a.compare(b, 0, 100), { code: 'ERR_OUT_OF_RANGE' });
    assert.strictEqual([b, a, c].sort(Buffer.compare).join(), 'ab,abc,abd');
    assert.strictEqual(hex(Buffer.from('01020304', 'hex').swap16()), '02010403');
    assert.strictEqual(hex(Buffer.from('01020304', 'hex').swap32()), '04030201');
    assert.strictEqual(hex(Buffer.from('0102030405060708', 'hex').swap64()), '0807060504030201');
    assert.throws(() => a.swap16(), { code: 'ERR_INVALID_BUFFER_SIZE' });
  },
};

export const search = {
  test() {
    const b = Buffer.from('this is a buffer, this');
    const found = [
      b.indexOf('is'), b.indexOf('is', 3), b.indexOf('is', -3), b.indexOf('nope'), b.indexOf(98), b.indexOf(Buffer.from('buf')),
      b.indexOf(''), b.indexOf('', 100), b.indexOf('', 5), b.lastIndexOf('this'), b.lastIndexOf('this', -2), b.lastIndexOf('this', -5), b.lastIndexOf('this', 0),
      b.lastIndexOf('x'), b.lastIndexOf(115), b.lastIndexOf('', 3), b.includes('buffer'), b.includes('buffer', 12), b.indexOf('6275', 'hex'), b.indexOf('6275', 2, 'hex'),
      b.indexOf(99.99), b.indexOf(256 + 98), b.indexOf('is', undefined), b.indexOf('is', {}), b.indexOf('is', null), b.lastIndexOf('is', undefined),
      b.lastIndexOf('is', null), b.lastIndexOf('is', NaN),
    ];
    assert.deepStrictEqual(found, [2, 5, 20, -1, 10, 10, 0, 22, 5, 18, 18, 0, 0, -1, 21, 3, true, false, 10, 10, -1, 10, 2, 2, 2, 20, -1, 20]);
    const wide = Buffer.from('a\u0061b\u0161c', 'utf16le');
    assert.strictEqual(wide.indexOf('\u0161', 0, 'utf16le'), 6);
    assert.strictEqual(wide.indexOf('a', 1, 'utf16le'), 0);
    assert.throws(() => b.indexOf(null), { code: 'ERR_INVALID_ARG_TYPE' });
  },
};

export const fill = {
  test() {
    assert.strictEqual(Buffer.alloc(5).fill('abc').toString(), 'abcab');
    assert.strictEqual(hex(Buffer.alloc(5).fill('\u0222')), 'c8a2c8a2c8');
    assert.strictEqual(hex(Buffer.alloc(4).fill('')), '00000000');
    assert.strictEqual(hex(Buffer.alloc(4).fill(1, 1, 3)), '00010100');
    assert.strictEqual(hex(Buffer.alloc(4).fill('0102', 'hex')), '01020102');
    assert.strictEqual(hex(Buffer.alloc(4).fill('a', 2, 'utf16le')), '00006100');
    assert.throws(() => Buffer.alloc(2).fill('zz', 'hex'), { code: 'ERR_INVALID_ARG_VALUE' });
    assert.throws(() => Buffer.alloc(2).fill('a', 0, 9), { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => Buffer.alloc(2).fill('a', 'nope'), { code: 'ERR_UNKNOWN_ENCODING' });
  },
};

export const numbers = {
  test() {
    const b = Buffer.alloc(16);
    const found = [];
    for (const end of ['LE', 'BE']) {
      for (const bits of [16, 32]) {
        for (const value of [0, 1, 255, 0x7fff, bits === 16 ? 65535 : 4294967295]) {
          found.push(b[`writeUInt${bits}${end}`](value, 1), hex(b), b[`readUInt${bits}${end}`](1), b[`readInt${bits}${end}`](1), b[`readUint${bits}${end}`](1));
        }
        for (const value of [-1, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1, -1.5]) found.push(b[`writeInt${bits}${end}`](value), hex(b), b[`readInt${bits}${end}`]());
      }
      for (let n = 1; n <= 6; n++) {
        const value = 2 ** (n * 8) - 7;
        found.push(b[`writeUInt${end}`](value, 2, n), hex(b), b[`readUInt${end}`](2, n), b[`readInt${end}`](2, n));
        found.push(b[`writeInt${end}`](-5, 2, n), b[`readInt${end}`](2, n), b[`readUInt${end}`](2, n));
      }
      for (const value of [0, -0, 1.5, -1e10, NaN, Infinity, 123456.789]) {
        found.push(b[`writeFloat${end}`](value, 3), hex(b), b[`readFloat${end}`](3), b[`writeDouble${end}`](value, 3), hex(b), b[`readDouble${end}`](3));
      }
      for (const value of [0n, 1n, 2n ** 63n - 1n]) {
        found.push(b[`writeBigInt64${end}`](-value), hex(b), b[`readBigInt64${end}`](), b[`writeBigUInt64${end}`](value), b[`readBigUInt64${end}`](), b[`readBigUint64${end}`]());
      }
    }
    found.push(b.writeUInt8(200), b.readUInt8(), b.readInt8(), b.writeInt8(-3, 5), b.readInt8(5));
    assert.strictEqual(digest_of(Buffer.from(found.map(String).join())), '3926:636793494');
  },
};

export const number_errors = {
  test() {
    const b = Buffer.alloc(4);
    const told = (fn) => {
      try { fn(); return 'nothing'; } catch (error) { return `${error.name} ${error.code} ${error.message}`; }
    };
    const found = [
      () => b.readUInt8(4), () => b.readUInt16LE(3), () => b.readUInt16LE(-1), () => b.readUInt16LE(1.5), () => b.readUInt16LE('1'),
      () => b.readUInt32BE(NaN), () => b.readDoubleLE(0), () => b.writeUInt8(256), () => b.writeInt8(-129), () => b.writeUInt16LE(70000, 0),
      () => b.writeUInt32LE(-1), () => b.writeInt32BE(2 ** 31), () => b.writeUIntLE(2 ** 48, 0, 6), () => b.readUIntLE(0, 7), () => b.readUIntLE(0),
      () => b.readIntBE(0, 'x'), () => b.writeBigUInt64LE(-1n), () => b.writeBigInt64LE(2n ** 63n), () => b.writeBigUInt64LE(2n ** 65n),
      () => b.writeUIntBE(300, 0, 1), () => b.readUIntBE(3, 2), () => b.writeUInt16BE(1, 3),
    ].map(told);
    assert.deepStrictEqual(found, [
      "RangeError ERR_OUT_OF_RANGE The value of \"offset\" is out of range. It must be >= 0 and <= 3. Received 4",
      "RangeError ERR_OUT_OF_RANGE The value of \"offset\" is out of range. It must be >= 0 and <= 2. Received 3",
      "RangeError ERR_OUT_OF_RANGE The value of \"offset\" is out of range. It must be >= 0 and <= 2. Received -1",
      "RangeError ERR_OUT_OF_RANGE The value of \"offset\" is out of range. It must be an integer. Received 1.5",
      "TypeError ERR_INVALID_ARG_TYPE The \"offset\" argument must be of type number. Received type string ('1')",
      "RangeError ERR_OUT_OF_RANGE The value of \"offset\" is out of range. It must be an integer. Received NaN",
      "RangeError ERR_BUFFER_OUT_OF_BOUNDS Attempt to access memory outside buffer bounds",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= 0 and <= 255. Received 256",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= -128 and <= 127. Received -129",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= 0 and <= 65535. Received 70000",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= 0 and <= 4294967295. Received -1",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= -2147483648 and <= 2147483647. Received 2147483648",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= 0 and < 2 ** 48. Received 281_474_976_710_656",
      "RangeError ERR_OUT_OF_RANGE The value of \"byteLength\" is out of range. It must be >= 1 and <= 6. Received 7",
      "TypeError ERR_INVALID_ARG_TYPE The \"byteLength\" argument must be of type number. Received undefined",
      "TypeError ERR_INVALID_ARG_TYPE The \"byteLength\" argument must be of type number. Received type string ('x')",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= 0n and < 2n ** 64n. Received -1n",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= -(2n ** 63n) and < 2n ** 63n. Received 9_223_372_036_854_775_808n",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= 0n and < 2n ** 64n. Received 36_893_488_147_419_103_232n",
      "RangeError ERR_OUT_OF_RANGE The value of \"value\" is out of range. It must be >= 0 and <= 255. Received 300",
      "RangeError ERR_OUT_OF_RANGE The value of \"offset\" is out of range. It must be >= 0 and <= 2. Received 3",
      "RangeError ERR_OUT_OF_RANGE The value of \"offset\" is out of range. It must be >= 0 and <= 2. Received 3",
    ]);
  },
};

export const checks = {
  test() {
    assert.strictEqual(isUtf8(Buffer.from('\u00e9')), true);
    assert.strictEqual(isUtf8(Buffer.from([0xc0, 0x80])), false);
    assert.strictEqual(isAscii(Buffer.from('abc')), true);
    assert.strictEqual(isAscii(Buffer.from('\u00e9')), false);
    assert.strictEqual(hex(transcode(Buffer.from('\u20ac\u00e9'), 'utf8', 'latin1')), '3fe9');
    assert.strictEqual(hex(transcode(Buffer.from('\u00e9'), 'utf8', 'ucs2')), 'e900');
    assert.strictEqual(Buffer.isEncoding('UTF-8'), true);
    assert.strictEqual(Buffer.isEncoding('utf9'), false);
    assert.strictEqual(Buffer.isEncoding(''), false);
    assert.strictEqual(inspect(Buffer.from('abc')), '<Buffer 61 62 63>');
    assert.strictEqual(inspect(Buffer.alloc(60)).slice(-16), ' ... 10 more bytes>'.slice(-16));
    assert.strictEqual(inspect(Buffer.alloc(0)), '<Buffer >');
    assert.strictEqual(buffer.atob('aGk='), 'hi');
    assert.deepStrictEqual(Object.keys(Buffer.from('ab')), ['0', '1']);
  },
};

// What scripts can reach without a check of its arguments in between must clamp by itself.
export const unchecked = {
  test() {
    const b = Buffer.from('hello');
    assert.strictEqual(b.toString('utf8', 1, Infinity), 'ello');
    assert.strictEqual(b.toString('latin1', -Infinity, 1e300), 'hello');
    assert.strictEqual(b.subarray(-Infinity, Infinity).toString(), 'hello');
    assert.strictEqual(b.indexOf('l', -Infinity), 2);
    assert.strictEqual(b.lastIndexOf('l', Infinity), 3);
    assert.strictEqual(b.indexOf('l', 1e300), -1);
  },
};
