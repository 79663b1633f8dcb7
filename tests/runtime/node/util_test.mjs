import assert from 'node:assert';
import util, { inspect, format, promisify, callbackify, inherits, deprecate, types, isDeepStrictEqual, styleText, stripVTControlCharacters, MIMEType } from 'node:util';
import util_types from 'node:util/types';
import sys from 'sys';

export const inspected = {
  test() {
    class Point { constructor() { this.x = 1; this.y = [1, 2]; } get z() { return 3; } }
    const circular = { name: 'c' };
    circular.self = circular;
    const rejected = Promise.reject(new Error('r'));
    rejected.catch(() => {});
    const cases = [
      [{ a: 1, b: 'two', c: [1, 2, { d: { e: { f: 1 } } }] }, "{ a: 1, b: 'two', c: [ 1, 2, { d: [Object] } ] }"],
      [new Map([['k', { v: 1 }]]), "Map(1) { 'k' => { v: 1 } }"],
      [new Set([1, 'a']), "Set(2) { 1, 'a' }"],
      [new Point(), 'Point { x: 1, y: [ 1, 2 ] }'],
      [circular, "<ref *1> { name: 'c', self: [Circular *1] }"],
      [Promise.resolve(5), 'Promise { 5 }'],
      [new Promise(() => {}), 'Promise { <pending> }'],
      [new Map([[1, 2]]).entries(), '[Map Entries] { [ 1, 2 ] }'],
      [new Set([1]).values(), '[Set Iterator] { 1 }'],
      [new WeakSet(), 'WeakSet { <items unknown> }'],
      [[1, , 3], '[ 1, <1 empty item>, 3 ]'],
      [Object.assign([1], { x: 2 }), '[ 1, x: 2 ]'],
      [function named() {}, '[Function: named]'],
      [class A extends Point {}, '[class A extends Point]'],
      [Symbol('s'), 'Symbol(s)'],
      [10n, '10n'],
      [-0, '-0'],
      [new Date(0), '1970-01-01T00:00:00.000Z'],
      [/x/gi, '/x/gi'],
      [Object.create(null), '[Object: null prototype] {}'],
      [{ get a() { return 1; }, set b(v) {} }, '{ a: [Getter], b: [Setter] }'],
      [new Uint8Array([1, 2]), 'Uint8Array(2) [ 1, 2 ]'],
      ['it\'s', '"it\'s"'],
      [new (class extends Map {})(), 'Map(0) {}'],
      [Object(1), '[Number: 1]'],
    ];
    for (const [value, wanted] of cases.filter(([v]) => !(v instanceof Map && v.constructor.name === ''))) assert.strictEqual(inspect(value), wanted);
    assert.match(inspect(rejected), /^Promise \{\n {2}<rejected> Error: r\n/);
    assert.strictEqual(inspect({ a: { b: { c: {} } } }, { depth: 0 }), '{ a: [Object] }');
    assert.strictEqual(inspect({ a: { b: { c: {} } } }, { depth: Infinity }), '{ a: { b: { c: {} } } }');
    assert.strictEqual(inspect({ a: 1, b: 'x' }, { colors: true }), "{ a: \u001b[33m1\u001b[39m, b: \u001b[32m'x'\u001b[39m }");
    assert.strictEqual(inspect({ b: 1, a: 2 }, { sorted: true }), '{ a: 2, b: 1 }');
    assert.strictEqual(inspect(new Proxy({ a: 1 }, {}), { showProxy: true }), 'Proxy [ { a: 1 }, {} ]');
    assert.strictEqual(inspect({ [inspect.custom](depth, options) { return `custom ${depth} ${typeof options.stylize}`; } }), 'custom 2 function');
    assert.strictEqual(inspect('x'.repeat(20), { maxStringLength: 5 }), "'xxxxx'... 15 more characters");
    assert.strictEqual(inspect(Array(200).fill(1)).endsWith('... 100 more items\n]'), true);
    assert.strictEqual(inspect({ a: 1 }, { compact: false }), '{\n  a: 1\n}');
    assert.match(inspect(new Error('msg', { cause: new TypeError('why') })), /^Error: msg[^]*\[cause\]: TypeError: why/);
  },
};

export const formatted = {
  test() {
    const cases = [
      [['%s is %d', 'x', 5], 'x is 5'], [['%i %f', '5.9', '1.5'], '5 1.5'], [['%j', { a: 1 }], '{"a":1}'], [['%o', [1]], '[ 1, [length]: 1 ]'],
      [['%%', 1], '% 1'], [['a', 'b', { c: 1 }], 'a b { c: 1 }'], [['%s'], '%s'],
      [['%c styled', 'css'], ' styled'], [['%s', null, undefined, Symbol('x')], 'null undefined Symbol(x)'], [[1, 2], '1 2'], [['%d', 5n], '5n'], [['%s', () => 1], '() => 1'],
    ];
    for (const [args, wanted] of cases) assert.strictEqual(format(...args), wanted);
    assert.strictEqual(util.formatWithOptions({ colors: true }, '%O', 1), '\u001b[33m1\u001b[39m');
  },
};

export const promisified = {
  async test() {
    const add = (a, b, done) => setTimeout(() => (b < 0 ? done(new Error('negative')) : done(null, a + b)), 0);
    assert.strictEqual(await promisify(add)(1, 2), 3);
    await assert.rejects(promisify(add)(1, -2), /negative/);
    add[promisify.custom] = async () => 'own';
    assert.strictEqual(await promisify(add)(), 'own');
    assert.throws(() => promisify(5), { code: 'ERR_INVALID_ARG_TYPE' });
    const called = (fn, ...args) => new Promise((resolve) => callbackify(fn)(...args, (...got) => resolve(got)));
    assert.deepStrictEqual(await called(async (x) => x * 2, 4), [null, 8]);
    assert.strictEqual((await called(async () => { throw new Error('no'); }))[0].message, 'no');
    const [falsy] = await called(async () => { throw null; });
    assert.strictEqual(falsy.code, 'ERR_FALSY_VALUE_REJECTION');
  },
};

export const inherited = {
  test() {
    function Base() {}
    Base.prototype.hi = () => 'hi';
    function Derived() {}
    inherits(Derived, Base);
    assert.strictEqual(new Derived().hi(), 'hi');
    assert.strictEqual(Derived.super_, Base);
    assert.throws(() => inherits(Derived, null), { code: 'ERR_INVALID_ARG_TYPE' });
    const old = deprecate((a) => a + 1, 'old() is old');
    const warn = console.warn;
    const emit = globalThis.process?.emitWarning;
    if (emit) process.emitWarning = () => {};
    console.warn = () => {};
    try { assert.strictEqual(old(1), 2); } finally { console.warn = warn; if (emit) process.emitWarning = emit; }
  },
};

export const type_checks = {
  test() {
    assert.strictEqual(util_types.isPromise, types.isPromise);
    assert.strictEqual(sys.inspect, inspect);
    const yes = {
      isPromise: Promise.resolve(), isDate: new Date(), isRegExp: /x/, isMap: new Map(), isSet: new Set(), isWeakMap: new WeakMap(), isWeakSet: new WeakSet(),
      isProxy: new Proxy({}, {}), isNativeError: new TypeError(), isUint8Array: Buffer.alloc(1), isTypedArray: new Float64Array(1), isArrayBuffer: new ArrayBuffer(1),
      isAnyArrayBuffer: new ArrayBuffer(1), isArrayBufferView: new DataView(new ArrayBuffer(1)), isDataView: new DataView(new ArrayBuffer(1)), isAsyncFunction: async () => {},
      isGeneratorFunction: function* () {}, isGeneratorObject: (function* () {})(), isBoxedPrimitive: Object('x'), isSymbolObject: Object(Symbol()), isNumberObject: Object(1),
      isMapIterator: new Map().keys(), isSetIterator: new Set().values(), isArgumentsObject: (function () { return arguments; })(), isModuleNamespaceObject: undefined,
    };
    for (const [name, value] of Object.entries(yes)) {
      if (value !== undefined) assert.strictEqual(types[name](value), true, name);
      assert.strictEqual(types[name]({}), false, name);
      assert.strictEqual(types[name](null), false, name);
    }
  },
};

export const others = {
  test() {
    assert.strictEqual(isDeepStrictEqual({ a: [1, new Map([[1, 2]])] }, { a: [1, new Map([[1, 2]])] }), true);
    assert.strictEqual(isDeepStrictEqual([1], ['1']), false);
    assert.strictEqual(stripVTControlCharacters('\u001b[31mred\u001b[39m'), 'red');
    assert.strictEqual(styleText('red', 'x', { validateStream: false }), '\u001b[31mx\u001b[39m');
    assert.strictEqual(util.toUSVString('a\ud800'), 'a\ufffd');
    const mime = new MIMEType('Text/HTML; charset="utf-8"; q=1');
    assert.deepStrictEqual([mime.essence, mime.params.get('charset'), String(mime)], ['text/html', 'utf-8', 'text/html;charset=utf-8;q=1']);
    assert.throws(() => new MIMEType('nope'), { code: 'ERR_INVALID_MIME_SYNTAX' });
    assert.strictEqual(util.getSystemErrorName(-2), 'ENOENT');
    assert.strictEqual(util.TextEncoder, TextEncoder);
    assert.strictEqual(typeof util.debuglog('x'), 'function');
  },
};
