// Written from https://console.spec.whatwg.org/
'use strict';

test(() => {
  assert_equals(Object.prototype.toString.call(console), '[object console]');
  assert_equals(Object.getPrototypeOf(Object.getPrototypeOf(console)), Object.prototype);
  assert_array_equals(Object.getOwnPropertyNames(Object.getPrototypeOf(console)), []);
  assert_false(Object.getOwnPropertyDescriptor(globalThis, 'console').enumerable);
  assert_true(Object.getOwnPropertyDescriptor(globalThis, 'console').writable);
}, 'a namespace object');
for (const name of ['assert', 'clear', 'count', 'countReset', 'debug', 'dir', 'dirxml', 'error', 'group',
  'groupCollapsed', 'groupEnd', 'info', 'log', 'table', 'time', 'timeEnd', 'timeLog', 'trace', 'warn']) {
  test(() => {
    assert_equals(typeof console[name], 'function');
    assert_equals(console[name].name, name);
    assert_throws_js(TypeError, () => new console[name]());
  }, `console.${name}`);
}
test(() => {
  const { debug } = console;
  assert_equals(debug('works without a receiver'), undefined);
  let ran = 0;
  const trap = () => { ran++; throw new Error('a trap ran'); };
  const evil = new Proxy({ a: 1 }, { get: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap });
  class Getters { get a() { return trap(); } get [Symbol.toStringTag]() { return trap(); } }
  const own = { get x() { return trap(); }, toString: trap, toJSON: trap, [Symbol.toPrimitive]: trap };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  for (const value of [evil, new Getters(), own, [evil], new Map([[evil, own]]), Object.create(evil), revoked.proxy,
    Object.defineProperty([], 0, { get: trap, enumerable: true })]) {
    console.debug(value);
    console.debug('%o %O %s %d', value, value, value, value);
  }
  assert_equals(ran, 0);
}, 'logging runs no code of the values');
test(() => {
  for (const value of [undefined, null, Symbol('s'), 1n, -0, NaN, '\ud800', new Array(1e9), Object.create(null), () => {},
    new Uint8Array(1e6), 'x'.repeat(1e6), new Map([[1, new Map()]]), new WeakSet(), Promise.reject(1).catch(() => {})])
    console.debug(value);
  const deep = {};
  let at = deep;
  for (let i = 0; i < 1e5; i++) at = at.next = {};
  at.back = deep;
  console.debug(deep);
  console.debug(globalThis);
}, 'logging is bounded and never throws');
test(() => {
  for (const method of ['time', 'timeLog', 'timeEnd', 'count', 'countReset', 'group', 'groupEnd', 'assert', 'table', 'dir'])
    assert_equals(console[method](), undefined);
  assert_throws_js(TypeError, () => console.count({ toString() { throw new TypeError('label'); } }));
}, 'calls without arguments; labels are strings');
