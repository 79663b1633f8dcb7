// Written from https://html.spec.whatwg.org/#structured-cloning
'use strict';

for (const value of [undefined, null, true, 0, -0, NaN, 1.5, 'text', '', 10n ** 30n])
  test(() => assert_equals(structuredClone(value), value), `primitive ${Object.is(value, -0) ? '-0' : String(value)}`);

for (const [name, value, check] of [
  ['Date', new Date(86400000), (c) => c.getTime() === 86400000],
  ['RegExp', /a\/b/giu, (c) => c.source === 'a\\/b' && c.flags === 'giu' && c.lastIndex === 0],
  ['Map', new Map([[1, { a: 2 }]]), (c) => c.get(1).a === 2 && c.size === 1],
  ['Set', new Set(['x']), (c) => c.has('x')],
  ['Array with holes', [1, , 3], (c) => c.length === 3 && !(1 in c)],
  ['Number object', new Number(4), (c) => typeof c === 'object' && +c === 4],
  ['String object', new String('s'), (c) => typeof c === 'object' && c.length === 1],
  ['Boolean object', new Boolean(false), (c) => typeof c === 'object' && !c.valueOf()],
  ['BigInt object', Object(5n), (c) => typeof c === 'object' && c + 1n === 6n],
  ['ArrayBuffer', new Uint8Array([1, 2]).buffer, (c) => c.byteLength === 2 && new Uint8Array(c)[1] === 2],
  ['DataView', new DataView(new ArrayBuffer(8), 2, 3), (c) => c.byteOffset === 2 && c.byteLength === 3],
  ['Float64Array', new Float64Array([1.5]), (c) => c[0] === 1.5],
  ['null prototype', Object.assign(Object.create(null), { a: 1 }), (c) => c.a === 1 && Object.getPrototypeOf(c) === Object.prototype],
]) {
  test(() => {
    const copy = structuredClone(value);
    assert_not_equals(copy, value);
    if (name !== 'null prototype') assert_equals(Object.getPrototypeOf(copy), Object.getPrototypeOf(value));
    assert_true(check(copy));
  }, name);
}
for (const type of [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError]) {
  test(() => {
    const copy = structuredClone(new type('text', { cause: { a: 1 } }));
    assert_true(copy instanceof type);
    assert_equals(copy.name, type.name);
    assert_equals(copy.message, 'text');
  }, `${type.name}`);
}
test(() => {
  const copy = structuredClone(new DOMException('text', 'AbortError'));
  assert_true(copy instanceof DOMException);
  assert_equals(copy.name, 'AbortError');
  assert_equals(copy.message, 'text');
  assert_equals(copy.code, 20);
}, 'DOMException');
test(() => {
  const value = { list: [] };
  value.self = value;
  value.list.push(value.list);
  const copy = structuredClone(value);
  assert_equals(copy.self, copy);
  assert_equals(copy.list[0], copy.list);
}, 'identities are kept');
test(() => {
  class Point { constructor() { this.x = 1; } get y() { return 2; } }
  const copy = structuredClone(new Point());
  assert_equals(Object.getPrototypeOf(copy), Object.prototype);
  assert_equals(copy.x, 1);
  assert_false('y' in copy);
  assert_equals(structuredClone({ get a() { return 3; } }).a, 3);
}, 'instances become plain objects; getters are read');
for (const [name, value] of [['function', () => {}], ['symbol', Symbol('x')], ['WeakMap', new WeakMap()],
  ['Promise', Promise.resolve()], ['function inside', { f() {} }], ['URL', new URL('http://a')],
  ['proxy', new Proxy({}, {})]])
  test(() => assert_throws_dom('DataCloneError', () => structuredClone(value)), `refuses: ${name}`);
test(() => {
  const error = new Error('x');
  assert_throws_exactly(error, () => structuredClone({ get a() { throw error; } }));
}, 'an exception of a getter comes through');
test(() => {
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  const view = new Uint8Array(buffer, 1);
  const copy = structuredClone({ buffer, view }, { transfer: [buffer] });
  assert_equals(buffer.byteLength, 0);
  assert_equals(view.length, 0);
  assert_equals(copy.view.buffer, copy.buffer);
  assert_array_equals(copy.view, [2, 3]);
}, 'transfer moves a buffer and its views');
test(() => {
  const buffer = new ArrayBuffer(4);
  assert_throws_dom('DataCloneError', () => structuredClone(1, { transfer: [buffer, buffer] }));
  assert_equals(buffer.byteLength, 4);
  assert_throws_dom('DataCloneError', () => structuredClone(1, { transfer: [{}] }));
  assert_throws_dom('DataCloneError', () => structuredClone(() => {}, { transfer: [buffer] }));
  assert_equals(buffer.byteLength, 4, 'a failed clone moves nothing');
  structuredClone(1, { transfer: [buffer] });
  assert_equals(buffer.byteLength, 0, 'also when it is not part of the value');
  assert_throws_dom('DataCloneError', () => structuredClone(1, { transfer: [buffer] }));
}, 'the transfer list is checked');
test(() => {
  assert_throws_js(TypeError, () => structuredClone());
  assert_throws_js(TypeError, () => structuredClone(1, 2));
  assert_throws_js(TypeError, () => structuredClone(1, { transfer: 3 }));
}, 'arguments');
