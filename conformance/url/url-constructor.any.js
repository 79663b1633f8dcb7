// Written from https://url.spec.whatwg.org/#url-class
'use strict';

const parts = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search',
  'hash'];
const cases = [
  ['http://example.com', null, ['http://example.com/', 'http://example.com', 'http:', '', '', 'example.com',
    'example.com', '', '/', '', '']],
  ['HTTPS://User:P%40ss@EXAMPLE.com:444/a/./b/../c?q#f', null, ['https://User:P%40ss@example.com:444/a/c?q#f',
    'https://example.com:444', 'https:', 'User', 'P%40ss', 'example.com:444', 'example.com', '444', '/a/c', '?q', '#f']],
  ['http://a:80/', null, ['http://a/', 'http://a', 'http:', '', '', 'a', 'a', '', '/', '', '']],
  ['//x/y', 'https://b/c', ['https://x/y', 'https://x', 'https:', '', '', 'x', 'x', '', '/y', '', '']],
  ['?z', 'http://b/c?d#e', ['http://b/c?z', 'http://b', 'http:', '', '', 'b', 'b', '', '/c', '?z', '']],
  ['#z', 'http://b/c?d#e', ['http://b/c?d#z', 'http://b', 'http:', '', '', 'b', 'b', '', '/c', '?d', '#z']],
  ['', 'http://b/c?d#e', ['http://b/c?d', 'http://b', 'http:', '', '', 'b', 'b', '', '/c', '?d', '']],
  ['../..', 'http://b/c/d/e', ['http://b/', 'http://b', 'http:', '', '', 'b', 'b', '', '/', '', '']],
  ['http://192.0x00A80001', null, ['http://192.168.0.1/', 'http://192.168.0.1', 'http:', '', '', '192.168.0.1',
    '192.168.0.1', '', '/', '', '']],
  ['http://[1:0::0:1]:81', null, ['http://[1::1]:81/', 'http://[1::1]:81', 'http:', '', '', '[1::1]:81', '[1::1]', '81',
    '/', '', '']],
  ['mailto:a@b', null, ['mailto:a@b', 'null', 'mailto:', '', '', '', '', '', 'a@b', '', '']],
  ['data:text/plain,x?y#z', null, ['data:text/plain,x?y#z', 'null', 'data:', '', '', '', '', '', 'text/plain,x', '?y',
    '#z']],
  ['blob:https://a/b', null, ['blob:https://a/b', 'https://a', 'blob:', '', '', '', '', '', 'https://a/b', '', '']],
  ['file:///C|/x', null, ['file:///C:/x', 'null', 'file:', '', '', '', '', '', '/C:/x', '', '']],
  ['http://ü.de/ä?ö#ß', null, ['http://xn--tda.de/%C3%A4?%C3%B6#%C3%9F', 'http://xn--tda.de', 'http:', '', '',
    'xn--tda.de', 'xn--tda.de', '', '/%C3%A4', '?%C3%B6', '#%C3%9F']],
  ['  http://a\n/b\tc  ', null, ['http://a/bc', 'http://a', 'http:', '', '', 'a', 'a', '', '/bc', '', '']],
  ['http:\\\\a\\b', null, ['http://a/b', 'http://a', 'http:', '', '', 'a', 'a', '', '/b', '', '']],
  ['ws://a/?\'"<>`{}|^', null, ['ws://a/?%27%22%3C%3E`{}|^', 'ws://a', 'ws:', '', '', 'a', 'a', '', '/',
    '?%27%22%3C%3E`{}|^', '']],
  ['foo://a/b', null, ['foo://a/b', 'null', 'foo:', '', '', 'a', 'a', '', '/b', '', '']],
  ['http://a/%2e%2E/b', null, ['http://a/b', 'http://a', 'http:', '', '', 'a', 'a', '', '/b', '', '']],
];
for (const [input, base, expected] of cases) {
  test(() => {
    const url = base === null ? new URL(input) : new URL(input, base);
    assert_array_equals(parts.map((part) => url[part]), expected);
  }, `new URL(${JSON.stringify(input)}, ${JSON.stringify(base)})`);
}

for (const [input, base] of [['', undefined], ['x', undefined], ['//x', undefined], ['http://', undefined],
  ['http://a b', undefined], ['http://a:65536', undefined], ['http://[::1', undefined], ['http://1.2.3.256', undefined],
  ['http://a%00b', undefined], ['x', 'mailto:y'], ['x', 'nope']]) {
  test(() => {
    assert_throws_js(TypeError, () => new URL(input, base));
    assert_false(URL.canParse(input, base));
    assert_equals(URL.parse(input, base), null);
  }, `not a URL: ${JSON.stringify(input)} with base ${JSON.stringify(base)}`);
}

// https://url.spec.whatwg.org/#concept-domain-to-ascii: an ASCII domain is only put in lower case, also where its
// Punycode is not valid. Older implementations refuse these.
for (const [host, expected] of [['xn--a', 'xn--a'], ['XN--', 'xn--'], ['a.xn--zn7c', 'a.xn--zn7c']])
  test(() => assert_equals(new URL(`http://${host}`).hostname, expected), `ASCII domain ${host}`);
test(() => assert_throws_js(TypeError, () => new URL('http://\u00fc.xn--a')), 'Punycode counts in a domain beyond ASCII');

test(() => {
  assert_throws_js(TypeError, () => URL('http://a'));
  assert_throws_js(TypeError, () => new URL());
  assert_equals(URL.length, 1);
}, 'URL is a constructor with one required argument');
test(() => {
  const url = new URL('http://a/b?c');
  assert_equals(String(url), 'http://a/b?c');
  assert_equals(JSON.stringify([url]), '["http://a/b?c"]');
  assert_equals(Object.prototype.toString.call(url), '[object URL]');
  assert_equals(new URL(url).href, url.href);
}, 'toString, toJSON and the tag');
test(() => {
  assert_true(URL.parse('/x', 'http://a') instanceof URL);
  assert_true(URL.canParse('/x', 'http://a'));
}, 'parse and canParse take a base');

const setters = [
  ['protocol', 'https', 'https://u:p@h:8080/p?q#f'], ['protocol', 'foo', 'http://u:p@h:8080/p?q#f'],
  ['username', 'a b', 'http://a%20b:p@h:8080/p?q#f'], ['password', '', 'http://u@h:8080/p?q#f'],
  ['host', 'x:1', 'http://u:p@x:1/p?q#f'], ['hostname', 'y', 'http://u:p@y:8080/p?q#f'],
  ['hostname', 'y:9', 'http://u:p@h:8080/p?q#f'], ['port', '80', 'http://u:p@h/p?q#f'],
  ['port', '65536', 'http://u:p@h:8080/p?q#f'], ['port', '7x', 'http://u:p@h:7/p?q#f'],
  ['pathname', 'a/../b c', 'http://u:p@h:8080/b%20c?q#f'], ['search', '', 'http://u:p@h:8080/p#f'],
  ['search', '?z', 'http://u:p@h:8080/p?z#f'], ['hash', 'x y', 'http://u:p@h:8080/p?q#x%20y'],
  ['hash', '', 'http://u:p@h:8080/p?q'], ['href', 'http://new/', 'http://new/'],
];
for (const [name, value, expected] of setters) {
  test(() => {
    const url = new URL('http://u:p@h:8080/p?q#f');
    url[name] = value;
    assert_equals(url.href, expected);
  }, `url.${name} = ${JSON.stringify(value)}`);
}
test(() => {
  const url = new URL('http://a/');
  assert_throws_js(TypeError, () => { url.href = 'nope'; });
  assert_equals(url.href, 'http://a/');
}, 'a bad href throws and changes nothing');
test(() => {
  const url = new URL('http://a/');
  assert_throws_js(TypeError, () => { 'use strict'; url.origin = 'x'; });
  assert_throws_js(TypeError, () => Object.getOwnPropertyDescriptor(URL.prototype, 'href').get.call({}));
}, 'origin has no setter; getters check their receiver');
