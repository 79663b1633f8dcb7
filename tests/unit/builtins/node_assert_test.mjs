// Compares our node:assert with the one of the node that runs this, over all pairs of a list of values and by message.
import fs from 'node:fs';
import vm from 'node:vm';
import node from 'node:assert';
const dir = new URL('../../../src/builtins/node_assert/', import.meta.url);
const src = ['inspect.js', 'compare.js', 'assert.js']
  .map((f) => fs.readFileSync(new URL(f, dir), 'utf8'))
  .join('');
if (/[^\x00-\x7f]/.test(src)) throw new Error('not ascii');
const ours = vm.runInThisContext(src)({});
const A = ours.default;
let n = 0,
  bad = 0;
const check = (c, l) => {
  n++;
  if (!c) {
    bad++;
    console.log('BAD', l);
  }
};
check(
  typeof A === 'function' &&
    ours.strictEqual === A.strictEqual &&
    A.strict.equal === A.strictEqual &&
    A.strict.strict === A.strict,
  'shape',
);
for (const k of [
  'ok',
  'equal',
  'notEqual',
  'strictEqual',
  'deepEqual',
  'deepStrictEqual',
  'throws',
  'doesNotThrow',
  'rejects',
  'doesNotReject',
  'match',
  'doesNotMatch',
  'fail',
  'ifError',
  'notStrictEqual',
  'notDeepEqual',
  'notDeepStrictEqual',
  'partialDeepStrictEqual',
  'AssertionError',
  'strict',
])
  check(typeof ours[k] === 'function' && A[k] === ours[k], k);
const cyc = () => {
  const o = { a: 1 };
  o.self = o;
  return o;
};
const cyc2 = () => {
  const o = { a: 1 };
  o.self = { a: 1, self: o };
  return o;
};
class P {
  constructor(x) {
    this.x = x;
  }
}
class Q {
  constructor(x) {
    this.x = x;
  }
}
const err = (m, p = {}) => Object.assign(new Error(m), p);
const vals = () => [
  0,
  -0,
  1,
  NaN,
  '1',
  '',
  true,
  false,
  null,
  undefined,
  1n,
  Symbol.for('a'),
  () => 1,
  {},
  { a: 1 },
  { a: '1' },
  { a: 1, b: 2 },
  { b: 2, a: 1 },
  { a: undefined },
  { b: undefined },
  [],
  [1],
  ['1'],
  [1, 2],
  [2, 1],
  [, 1],
  [undefined, 1],
  new Date(5),
  new Date(6),
  /a/,
  /a/g,
  /b/,
  new Map([[1, 2]]),
  new Map([['1', 2]]),
  new Map([[{ a: 1 }, [1]]]),
  new Map([[{ a: 2 }, [1]]]),
  new Map(),
  new Set([1]),
  new Set(['1']),
  new Set([{ a: 1 }, { b: 1 }]),
  new Set([{ b: 1 }, { a: 1 }]),
  new Set([[1]]),
  new Set(),
  new Uint8Array([1, 2]),
  new Uint8Array([1, 3]),
  new Int8Array([1, 2]),
  new Float32Array([0]),
  new Float32Array([-0]),
  new ArrayBuffer(2),
  new ArrayBuffer(3),
  new DataView(new ArrayBuffer(2)),
  cyc(),
  new P(1),
  new Q(1),
  new P(2),
  Object.create(null),
  Object.assign(Object.create(null), { a: 1 }),
  err('x'),
  err('y'),
  err('x', { code: 1 }),
  new TypeError('x'),
  new Error('x', { cause: 1 }),
  new Error('x', { cause: 2 }),
  new Number(1),
  new Number(2),
  new String('a'),
  new String('b'),
  new Boolean(true),
  Object(1n),
  Object(Symbol.for('a')),
  { [Symbol.for('s')]: 1 },
  { [Symbol.for('s')]: 2 },
  new (class extends Array {})(1),
  [[[]]],
  [[{}]],
  { length: 0 },
  new Map([[NaN, 1]]),
  new Set([NaN]),
  new Set([-0]),
  { a: NaN },
  { a: -0 },
  { a: 0 },
  { a: { b: { c: [1, { d: 2 }] } } },
  (function () {
    return arguments;
  })(1),
  Object.assign([1], { x: 1 }),
  {
    get a() {
      return 1;
    },
  },
  JSON.parse('{"__proto__":1}'),
];
const does = (f, ...a) => {
  try {
    f(...a);
    return 'ok';
  } catch (e) {
    return e.code ?? e.name;
  }
};
const names = [
  'equal',
  'notEqual',
  'strictEqual',
  'notStrictEqual',
  'deepEqual',
  'notDeepEqual',
  'deepStrictEqual',
  'notDeepStrictEqual',
];
const L = vals(),
  R = vals();
let cmp = 0;
const D = (v) => {
  try {
    return A && ours
      ? typeof v === 'object' && v
        ? Object.prototype.toString.call(v) + JSON.stringify(v)
        : String(v)
      : '';
  } catch {
    return '?';
  }
};
for (let i = 0; i < L.length; i++)
  for (let j = 0; j < R.length; j++)
    for (const f of names) {
      cmp++;
      const w = does(node[f], L[i], R[j]),
        g = does(A[f], L[i], R[j]);
      check(w === g, `${f}(${i}:${D(L[i])}, ${j}:${D(R[j])}) node ${w} ours ${g}`);
    }
check(does(A.deepStrictEqual, cyc(), cyc()) === 'ok', 'cyc');
check(does(A.deepStrictEqual, cyc(), { a: 1 }) !== 'ok', 'cyc2');
check(does(A.deepStrictEqual, cyc(), cyc2()) === does(node.deepStrictEqual, cyc(), cyc2()), 'cyc3');
const both = (label, fn) => {
  const r = [node, A].map((a) => {
    try {
      return ['ok', String(fn(a))];
    } catch (e) {
      return [e.name, e.code, e.message, e.operator, e.generatedMessage];
    }
  });
  const s = JSON.stringify;
  check(s(r[0]) === s(r[1]), `${label}\n   node ${s(r[0])}\n   ours ${s(r[1])}`);
};
class V extends Error {}
const t = (e) => () => {
  throw e;
};
for (const [l, f] of Object.entries({
  ok0: (a) => a.ok(1),
  okm: (a) => a.ok(0, 'msg'),
  okE: (a) => a.ok(0, new TypeError('te')),
  noarg: (a) => a.ok(),
  eqm: (a) => a.equal(1, 2, 'm'),
  eq: (a) => a.equal(1, 2),
  ne: (a) => a.notEqual(1, 1),
  se: (a) => a.strictEqual(1, 2),
  seS: (a) => a.strictEqual('a', 'b'),
  seT: (a) => a.strictEqual('1', 1),
  se1: (a) => a.strictEqual(1),
  nse: (a) => a.notStrictEqual(1, 1),
  nseo: (a) => {
    const o = { a: 1 };
    a.notStrictEqual(o, o);
  },
  fail: (a) => a.fail(),
  failm: (a) => a.fail('boo'),
  failE: (a) => a.fail(new RangeError('r')),
  ife: (a) => a.ifError(null),
  ifeu: (a) => a.ifError(undefined),
  ife2: (a) => a.ifError(new Error('x')),
  ife3: (a) => a.ifError('s'),
  ife0: (a) => a.ifError(0),
  match: (a) => a.match('abc', /b/),
  match2: (a) => a.match('abc', /x/),
  matchm: (a) => a.match('abc', /x/, 'm'),
  match3: (a) => a.match(5, /x/),
  dnm: (a) => a.doesNotMatch('abc', /x/),
  dnm2: (a) => a.doesNotMatch('abc', /b/),
  th: (a) => a.throws(t(new Error('x'))),
  thno: (a) => a.throws(() => {}),
  thnom: (a) => a.throws(() => {}, 'msg'),
  thnoC: (a) => a.throws(() => {}, TypeError),
  thnoCm: (a) => a.throws(() => {}, TypeError, 'mm'),
  thC: (a) => a.throws(t(new TypeError('x')), TypeError),
  thC2: (a) => a.throws(t(new TypeError('x')), RangeError),
  thRe: (a) => a.throws(t(new Error('wrong')), /wrong/),
  thRe2: (a) => a.throws(t(new Error('wrong')), /right/),
  thO: (a) => a.throws(t(new TypeError('x')), { name: 'TypeError', message: 'x' }),
  thO2: (a) => a.throws(t(new TypeError('x')), { message: /x/ }),
  thF: (a) => a.throws(t(new Error('x')), (e) => e.message === 'x'),
  thF2: (a) => a.throws(t(new Error('x')), (e) => false),
  thFn: (a) =>
    a.throws(t(new Error('x')), function val() {
      return 0;
    }),
  thE: (a) => a.throws(t(new Error('x')), new Error('x')),
  thamb: (a) => a.throws(t(new Error('x')), 'x'),
  thnf: (a) => a.throws(5),
  thempty: (a) => a.throws(t(new Error('x')), {}),
  thsub: (a) => a.throws(t(new V('x')), Error),
  thnull: (a) => a.throws(t(null)),
  thstr: (a) => a.throws(t('str'), /str/),
  thbad: (a) => a.throws(t(new Error('x')), 5),
  dnt: (a) => a.doesNotThrow(() => {}),
  dnt2: (a) => a.doesNotThrow(t(new Error('x'))),
  dnt3: (a) => a.doesNotThrow(t(new Error('x')), 'm'),
  dnt4: (a) => a.doesNotThrow(t(new TypeError('x')), TypeError, 'm'),
  dnt5: (a) => a.doesNotThrow(t(new TypeError('x')), RangeError),
  ae: (a) => {
    throw new a.AssertionError({ actual: 1, expected: 2, operator: 'strictEqual' });
  },
  ae2: (a) => {
    throw new a.AssertionError({ message: 'q' });
  },
  aestr: (a) => String(new a.AssertionError({ message: 'q' })),
  strictEq: (a) => a.strict.equal(1, '1'),
  strictDE: (a) => a.strict.deepEqual([1], [1], 'm'),
  asrt: (a) => a(true),
  nde: (a) => a.notDeepStrictEqual(1, 1),
}))
  both(l, f);
for (const [l, f] of Object.entries({
  r: (a) => a.rejects(Promise.reject(new Error('x'))),
  r2: (a) => a.rejects(Promise.resolve(1)),
  r3: (a) =>
    a.rejects(async () => {
      throw new TypeError('x');
    }, TypeError),
  r4: (a) =>
    a.rejects(
      async () => {
        throw new TypeError('x');
      },
      { message: 'x' },
    ),
  r5: (a) => a.rejects(async () => {}, /x/),
  r6: (a) => a.rejects(5),
  r7: (a) => a.rejects(() => 5),
  dr: (a) => a.doesNotReject(Promise.resolve()),
  dr2: (a) =>
    a.doesNotReject(async () => {
      throw new Error('z');
    }),
  r8: (a) =>
    a.rejects(() => {
      throw new Error('sync');
    }),
})) {
  const r = [];
  for (const a of [node, A]) {
    try {
      await f(a);
      r.push('ok');
    } catch (e) {
      r.push(JSON.stringify([e.name, e.code, e.message]));
    }
  }
  check(r[0] === r[1], l + '\n   node ' + r[0] + '\n   ours ' + r[1]);
}
// Invalid dates are equal to each other, as in newer versions of node.
check(does(A.deepStrictEqual, new Date(NaN), new Date(NaN)) === 'ok', 'invalid dates');
check(does(A.partialDeepStrictEqual, { a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } }) === 'ok', 'pd1');
check(does(A.partialDeepStrictEqual, { a: 1 }, { b: 1 }) !== 'ok', 'pd2');
check(does(A.partialDeepStrictEqual, [1, 2, 3], [1, 3]) === 'ok', 'pd3');
console.log(`${n} checks (${cmp} against node), ${bad} bad`);
process.exitCode = bad === 0 ? 0 : 1;
