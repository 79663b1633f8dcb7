import assert from 'node:assert';
import path, { posix, win32, join } from 'node:path';
import own_posix from 'node:path/posix';
import own_win32 from 'path/win32';

const bits = ['', '.', '..', '/', '//', 'a', 'b.txt', '.hidden', 'c.', '..x', '/etc', 'd/e/', '../up', './here', 'f//g', 'h.tar.gz', '/x/../y', 'C:', 'C:\\', 'C:\\w\\v.js', 'c:rel',
  '\\\\srv\\share', '\\\\srv\\share\\f.x', '\\root', 'mix/ed\\path', 'D:/fwd/slash', 'a\\..\\..\\b', '\\\\', 'file:stream', ' sp ace ', '\u010d/\u017e'];

function all(api) {
  const out = [];
  const say = (fn) => {
    try { return fn(); } catch (error) { return error.code; }
  };
  for (const a of bits) {
    out.push(`normalize ${a} ${api.normalize(a)}`, `dirname ${a} ${api.dirname(a)}`, `basename ${a} ${api.basename(a)} ${api.basename(a, '.txt')} ${api.basename(a, a)}`,
      `extname ${a} ${api.extname(a)}`, `isAbsolute ${a} ${api.isAbsolute(a)}`, `parse ${a} ${JSON.stringify(api.parse(a))}`, `format ${a} ${api.format(api.parse(a))}`);
    for (const b of bits) {
      out.push(`join ${a} ${b} ${api.join(a, b)}`);
      const root = api === posix ? '/r/s' : 'C:\\r\\s';
      out.push(`resolve ${a} ${b} ${say(() => api.resolve(root, a, b))}`);
      const [x, y] = [api.resolve(root, a), api.resolve(root, b)];
      out.push(`relative ${x} ${y} ${api.relative(x, y)}`);
    }
  }
  return out;
}

function digest_of(lines) {
  let sum = 0;
  for (const line of lines) for (let i = 0; i < line.length; i++) sum = (sum * 31 + line.charCodeAt(i)) >>> 0;
  return `${lines.length}:${sum}`;
}

// The sums are Node's; DUMP shows the lines.
export const posix_corpus = {
  test() {
    if (globalThis.DUMP) globalThis.DUMP(all(posix));
    assert.strictEqual(digest_of(all(posix)), '3100:4031567841');
  },
};

export const win32_corpus = {
  test() {
    if (globalThis.DUMP) globalThis.DUMP(all(win32));
    assert.strictEqual(digest_of(all(win32)), '3100:1116989771');
  },
};

export const shape = {
  test() {
    assert.strictEqual(path.posix, posix);
    assert.strictEqual(own_posix, posix);
    assert.strictEqual(own_win32, win32);
    assert.strictEqual(path.sep, '/');
    assert.strictEqual(win32.delimiter, ';');
    assert.strictEqual(join('a', '..', 'b'), 'b');
    assert.throws(() => path.join('a', 5), { code: 'ERR_INVALID_ARG_TYPE', message: 'The "path" argument must be of type string. Received type number (5)' });
    assert.throws(() => path.basename('a', 5), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => path.format('x'), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.strictEqual(path.format({ root: '/', name: 'f', ext: '.t' }), '/f.t');
    assert.strictEqual(path.isAbsolute(path.resolve('x')), true);
  },
};
