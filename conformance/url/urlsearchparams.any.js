// Written from https://url.spec.whatwg.org/#interface-urlsearchparams
'use strict';

for (const [init, expected] of [[undefined, ''], ['', ''], ['?a=b', 'a=b'], ['??a=b', '%3Fa=b'], ['a=b&a=c', 'a=b&a=c'],
  ['a', 'a='], ['=b', '=b'], ['&&a&&', 'a='], ['a+b=c%20d', 'a+b=c+d'], ['%zz=%', '%25zz=%25'],
  ['\u00e4=\u{1F600}', '%C3%A4=%F0%9F%98%80'], ['%ff', '%EF%BF%BD='], ['a=*-._~!', 'a=*-._%7E%21'],
  [{ a: 1, b: 'c' }, 'a=1&b=c'], [[['x', 'y'], ['x', 'z']], 'x=y&x=z'], [new Map([['m', 'n']]), 'm=n'],
  [new URLSearchParams('k=v'), 'k=v'], [null, 'null='], ['\ud800', '%EF%BF%BD=']]) {
  test(() => {
    assert_equals(new URLSearchParams(init).toString(), expected);
  }, `from ${typeof init === 'object' && init !== null ? Object.prototype.toString.call(init) : JSON.stringify(init)} to ${expected}`);
}
test(() => {
  assert_throws_js(TypeError, () => new URLSearchParams([['a']]));
  assert_throws_js(TypeError, () => new URLSearchParams([['a', 'b', 'c']]));
  assert_throws_js(TypeError, () => new URLSearchParams([1]));
  assert_throws_js(TypeError, () => new URLSearchParams({ a: Symbol() }));
  assert_throws_js(TypeError, () => URLSearchParams());
}, 'what cannot be a list');
test(() => {
  const p = new URLSearchParams('a=1&b=2&a=3');
  assert_equals(p.get('a'), '1');
  assert_equals(p.get('x'), null);
  assert_array_equals(p.getAll('a'), ['1', '3']);
  assert_array_equals(p.getAll('x'), []);
  assert_true(p.has('a'));
  assert_true(p.has('a', '3'));
  assert_false(p.has('a', '2'));
  assert_true(p.has('a', undefined));
  assert_equals(p.size, 3);
}, 'get, getAll, has and size');
test(() => {
  const p = new URLSearchParams('a=1&b=2&a=3');
  p.append('c', 4);
  assert_equals(String(p), 'a=1&b=2&a=3&c=4');
  p.set('a', '9');
  assert_equals(String(p), 'a=9&b=2&c=4');
  p.set('n', 'm');
  p.delete('b');
  assert_equals(String(p), 'a=9&c=4&n=m');
  p.append('c', '5');
  p.delete('c', '4');
  assert_equals(String(p), 'a=9&n=m&c=5');
}, 'append, set and delete');
test(() => {
  const p = new URLSearchParams('z=1&\ufb03=2&\u{1F308}=3&a=4&z=0');
  p.sort();
  assert_array_equals([...p.keys()], ['a', 'z', 'z', '\u{1F308}', '\ufb03']);
  assert_array_equals(p.getAll('z'), ['1', '0']);
}, 'sort is stable and by code units');
test(() => {
  const url = new URL('http://a/?x=1#h');
  const p = url.searchParams;
  assert_equals(url.searchParams, p);
  p.append('y', 'a b');
  assert_equals(url.href, 'http://a/?x=1&y=a+b#h');
  url.search = '?q=2';
  assert_equals(p.get('q'), '2');
  assert_equals(p.size, 1);
  url.href = 'http://b/?r=3';
  assert_equals(String(p), 'r=3');
  p.delete('r');
  assert_equals(url.href, 'http://b/');
}, 'searchParams is live both ways');
test(() => {
  const p = new URLSearchParams('a=1&b=2');
  assert_equals(p[Symbol.iterator], p.entries);
  assert_equals(JSON.stringify([...p]), '[["a","1"],["b","2"]]');
  assert_equals([...p.keys()].join(), 'a,b');
  assert_equals([...p.values()].join(), '1,2');
  const it = p.entries();
  assert_equals(it[Symbol.iterator](), it);
  assert_equals(Object.prototype.toString.call(it), '[object URLSearchParams Iterator]');
  const proto = Object.getPrototypeOf(it);
  assert_array_equals(Object.getOwnPropertyNames(proto), ['next']);
  assert_equals(Object.getPrototypeOf(proto), Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
  assert_throws_js(TypeError, () => proto.next.call({}));
}, 'iterators and their prototype');
test(() => {
  const p = new URLSearchParams('a=1&b=2&c=3');
  const seen = [];
  for (const [name] of p) {
    seen.push(name);
    p.delete(name);
  }
  assert_array_equals(seen, ['a', 'c']);
  const it = p.keys();
  it.next();
  assert_true(it.next().done);
  p.append('d', '4');
  assert_true(it.next().done, 'an iterator that was done stays done');
}, 'iteration over a list that changes');
test(() => {
  const p = new URLSearchParams('a=1&b=2');
  const seen = [];
  const self = {};
  p.forEach(function (value, name, parent) {
    assert_equals(this, self);
    assert_equals(parent, p);
    seen.push(name + value);
  }, self);
  assert_array_equals(seen, ['a1', 'b2']);
  assert_throws_js(TypeError, () => p.forEach());
  assert_throws_js(TypeError, () => p.forEach({}));
  const error = new Error('x');
  assert_throws_exactly(error, () => p.forEach(() => { throw error; }));
}, 'forEach');
