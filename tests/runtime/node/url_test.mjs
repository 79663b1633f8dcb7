import assert from 'node:assert';
import url, { URL as Named, fileURLToPath, pathToFileURL, domainToASCII, domainToUnicode, urlToHttpOptions } from 'node:url';
import querystring from 'node:querystring';

const parsed = ['http://user:pa%20ss@Host.COM:8080/p/a/t/h?query=string&b=2#hash', 'https://example.org', '//host/path', '/a?b=c#d', 'mailto:me@x.org', 'javascript:alert(1)',
  'http://a.com/a b?c d', 'x:y', '', '?q', '#h', 'http://[::1]:80/x', 'HTTP://EXAMPLE.com/ABC', 'http://x.com:/y', 'http://a@b@c/', 'file:///etc/passwd', 'coap:u:p@::1:61/x',
  'http:\\\\evil.com\\p', 'git+ssh://git@github.com/a/b', "http://x/'quote'", 'http://-.com', 'a/b/c', '../up', 'http://x?', 'http://x#', 'local1@domain1', 'http://x.com;y=1'];
const bases = ['http://a/b/c/d;p?q', 'http://example.com/one', '/one/two/three', 'mailto:a@b', 'http://user:pw@h/x/', ''];
const relatives = ['g', './g', 'g/', '/g', '//g', '?y', 'g?y', '#s', 'g#s', ';x', '', '.', './', '..', '../', '../g', '../..', '../../../g', '/./g', '/../g', 'g.', '.g', './../g', 'g/./h', 'http://x/y', 'http:g', 'mailto:c@d'];

function digest_of(lines) {
  let sum = 0;
  for (const line of lines) for (let i = 0; i < line.length; i++) sum = (sum * 31 + line.charCodeAt(i)) >>> 0;
  return `${lines.length}:${sum}`;
}

export const legacy = {
  test() {
    const lines = [];
    for (const text of parsed) {
      for (const options of [[], [true], [false, true]]) {
        let line;
        try { line = JSON.stringify({ ...url.parse(text, ...options) }); } catch (error) { line = error.name; }
        lines.push(`${text} ${options} ${line}`);
      }
      try { lines.push(url.format(url.parse(text))); } catch { lines.push('refused'); }
    }
    for (const base of bases) for (const relative of relatives) lines.push(`${base} ${relative} ${url.resolve(base, relative)}`);
    lines.push(url.format({ protocol: 'https', host: 'h:1', pathname: 'p', query: { a: [1, 2], b: 'x y' } }), url.format({ hostname: '::1', port: 3, slashes: true, hash: 'h' }));
    if (globalThis.DUMP) globalThis.DUMP(lines);
    assert.strictEqual(digest_of(lines), '272:1156999591');
  },
};

export const modern = {
  test() {
    assert.strictEqual(Named, URL);
    assert.strictEqual(fileURLToPath('file:///a%20b/c'), '/a b/c');
    assert.throws(() => fileURLToPath('http://x/'), { code: 'ERR_INVALID_URL_SCHEME' });
    assert.throws(() => fileURLToPath('file:///a%2fb'), { code: 'ERR_INVALID_FILE_URL_PATH' });
    assert.throws(() => fileURLToPath('file://host/b'), { code: 'ERR_INVALID_FILE_URL_HOST' });
    assert.throws(() => fileURLToPath(5), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.strictEqual(pathToFileURL('/a b#c?d%').href, 'file:///a%20b%23c%3Fd%25');
    assert.strictEqual(domainToASCII('\u010d.cz'), 'xn--bea.cz');
    assert.strictEqual(domainToUnicode('xn--bea.cz'), '\u010d.cz');
    const options = urlToHttpOptions(new URL('http://u:p@h:81/x?y#z'));
    assert.deepStrictEqual([options.auth, options.hostname, options.port, options.path], ['u:p', 'h', 81, '/x?y']);
    assert.strictEqual(url.format(new URL('http://u@h/p?q#f'), { fragment: false, auth: false }), 'http://h/p?q');
    assert.throws(() => url.parse(5), { code: 'ERR_INVALID_ARG_TYPE' });
  },
};

export const queries = {
  test() {
    const lines = [];
    for (const text of ['a=1&b=2&a=3', 'a', '', '=', '&&', 'a=%20+%zz', 'k=v=w', '%C4%8D=\u010d', 'a[]=1&a[]=2', '__proto__=1', '%', 'a=%ff', 'x&y&=z', 'a==b']) {
      lines.push(JSON.stringify(querystring.parse(text)), JSON.stringify(querystring.parse(text, '&', '=', { maxKeys: 1 })), querystring.stringify(querystring.parse(text)));
    }
    lines.push(JSON.stringify(querystring.parse('a:1;b:2', ';', ':')), querystring.stringify({ a: [1, 'x y'], b: true, c: null, d: NaN, e: 5n, f: {}, g: '\u010d&=' }), querystring.stringify({ a: 1 }, ';', ':'));
    lines.push(querystring.escape('a b&c~!*()\''), querystring.unescape('%41%zz'), querystring.stringify('x'), querystring.unescapeBuffer('%41%zz').toString());
    if (globalThis.DUMP) globalThis.DUMP(lines);
    assert.strictEqual(digest_of(lines), '49:3985562980');
    assert.throws(() => querystring.escape('\ud800'), { code: 'ERR_INVALID_URI', name: 'URIError' });
    assert.strictEqual(querystring.parse('a=1', null, null, { decodeURIComponent: (x) => `<${x}>` })['<a>'], '<1>');
  },
};
