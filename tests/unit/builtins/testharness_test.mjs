// Runs small files under the test harness, outside of skerry, and compares the results.
import fs from 'node:fs';
import vm from 'node:vm';
const dir = new URL('../../../src/builtins/testharness/', import.meta.url);
const src = ['format.js', 'asserts.js', 'tests.js']
  .map((f) => fs.readFileSync(new URL(f, dir), 'utf8'))
  .join('');
if (/[^\x00-\x7f]/.test(src)) throw new Error('not ascii');
async function run(code, { expire, timeout } = {}) {
  const ctx = vm.createContext({
    setTimeout,
    clearTimeout,
    console,
    AbortController,
    DOMException,
    EventTarget,
    Event,
    queueMicrotask,
  });
  vm.runInContext('globalThis.self=globalThis', ctx);
  const h = vm.runInContext(src, ctx)({});
  h.install(vm.runInContext('globalThis', ctx));
  try {
    vm.runInContext(code, ctx);
  } catch (e) {
    h.report_exception(e);
  }
  if (expire) setTimeout(() => h.expire_running(), expire);
  if (timeout) setTimeout(() => h.timeout(), timeout);
  return h.finish();
}
let n = 0,
  bad = 0;
async function expectResults(label, code, want, opt) {
  const got = (await run(code, opt)).map(
    (r) => `${r.name}|${r.status}` + (r.status !== 'PASS' ? `|${r.message}` : ''),
  );
  for (let i = 0; i < Math.max(want.length, got.length); i++) {
    n++;
    const w = want[i];
    const ok = w instanceof RegExp ? w.test(got[i] ?? '') : got[i] === w;
    if (!ok) {
      bad++;
      console.log('MISMATCH', label, '\n  got ', got[i], '\n  want', String(w));
    }
  }
}
await expectResults(
  'basic',
  `test(()=>{assert_true(true)},'a'); test(()=>{assert_equals(1,'1','d')},'b'); test(()=>assert_equals(NaN,NaN),'c'); test(()=>assert_equals(0,-0),'z');test(()=>{throw new TypeError('x')},'t');test(()=>{},'a');test(()=>{throw 5},undefined)`,
  [
    'a|PASS',
    'b|FAIL|assert_equals: d expected (string) "1" but got (number) 1',
    'c|PASS',
    'z|FAIL|assert_equals: expected -0 but got 0',
    't|FAIL|TypeError: x',
    'a (2)|PASS',
    'Untitled|FAIL|threw 5',
  ],
);
await expectResults(
  'order',
  `globalThis.log=[]; promise_test(async t=>{log.push(1); t.add_cleanup(async()=>{await 0;log.push(2)}); await new Promise(r=>setTimeout(r,20));log.push('e')},'p1'); promise_test(async()=>{assert_array_equals(log,[1,'e',2])},'p2'); promise_test(()=>5,'p3'); promise_test(async()=>{throw new RangeError('q')},'p4'); promise_test(async()=>{assert_true(0)},'p5');promise_test(()=>{throw new Error('s')},'p6')`,
  [
    'p1|PASS',
    'p2|PASS',
    "p3|FAIL|promise_test: test body must return a 'thenable' object (received 5)",
    'p4|FAIL|promise_test: Unhandled rejection with value: object "RangeError: q"',
    'p5|FAIL|assert_true: expected true got 0',
    'p6|FAIL|Error: s',
  ],
);
await expectResults(
  'async',
  `async_test(t=>{setTimeout(t.step_func_done(()=>{}),5)},'a1'); async_test(t=>{t.step_timeout(()=>{assert_true(false);},5)},'a2'); const t3=async_test('a3'); setTimeout(()=>t3.done(),5); async_test(t=>{setTimeout(t.unreached_func('never'),1)},'a4'); async_test(t=>{ t.step_wait(()=>true,'x').then(()=>t.done()) },'a5'); async_test(t=>{t.step_wait_func_done(()=>false,null,'w',30,10)},'a6'); async_test(t=>{t.step(()=>{}); const s=t.get_signal(); t.add_cleanup(()=>{}); t.done(); if(!s.aborted) throw 1},'a7')`,
  [
    'a1|PASS',
    'a2|FAIL|assert_true: expected true got false',
    'a3|PASS',
    'a4|FAIL|assert_unreached: never Reached unreachable code',
    'a5|PASS',
    'a6|FAIL|assert_true: step_wait_func: w timed out waiting on condition expected true got false',
    'a7|PASS',
  ],
);
await expectResults(
  'timeout',
  `async_test(t=>{},'h1'); promise_test(()=>new Promise(()=>{}),'h2'); promise_test(async()=>{},'h3')`,
  ['h1|TIMEOUT|Test timed out', 'h2|TIMEOUT|Test timed out', 'h3|PASS'],
  { expire: 20 },
);
await expectResults(
  'timeout all',
  `promise_test(()=>new Promise(()=>{}),'h2'); promise_test(async()=>{},'h3'); test(()=>{},'ok')`,
  ['h2|TIMEOUT|Test timed out', 'h3|NOTRUN|', 'ok|PASS'],
  { timeout: 20 },
);
await expectResults(
  'explicit',
  `setup({explicit_done:true}); setTimeout(()=>{test(()=>{},'late'); done()},10)`,
  ['late|PASS'],
);
await expectResults(
  'explicit never',
  `setup({explicit_done:true}); test(()=>{},'x')`,
  ['x|PASS', '(harness)|FAIL|done() was not called'],
  { timeout: 20 },
);
await expectResults(
  'single ok',
  `globalThis.META_TITLE='S'; setup({single_test:true}); setTimeout(()=>done(),5)`,
  ['S|PASS'],
);
await expectResults('single bad', `setup({single_test:true}); assert_true(false)`, [
  'Untitled|FAIL|assert_true: expected true got false',
]);
await expectResults('throws at top', `test(()=>{},'x'); throw new Error('boo')`, [
  'x|PASS',
  '(harness)|FAIL|uncaught: Error: boo',
]);
await expectResults('setup func', `setup(()=>{throw new Error('s')})`, [
  '(harness)|FAIL|setup() failed: Error: s',
]);
await expectResults(
  'promise_setup',
  `let v=0; promise_setup(async()=>{await new Promise(r=>setTimeout(r,5)); v=7}); promise_test(async()=>assert_equals(v,7),'p')`,
  ['p|PASS'],
);
await expectResults('cleanup error', `test(t=>{t.add_cleanup(()=>{throw new Error('c')})},'x')`, [
  'x|PASS',
  '(harness)|FAIL|a cleanup of "x" failed: Error: c',
]);
await expectResults(
  'optional',
  `test(()=>assert_implements_optional(false,'foo'),'o'); test(()=>assert_implements(false,'foo'),'i');test(()=>assert_precondition(true),'p')`,
  ['o|NOTRUN|not supported: foo', 'i|FAIL|assert_implements: foo the feature is not implemented', 'p|PASS'],
);
const good =
  `assert_false(false); assert_not_equals(1,2); assert_in_array(NaN,[1,NaN]); assert_array_equals([1,,2],[1,,2]); assert_array_equals(new Uint8Array([1,2]),[1,2]); assert_array_approx_equals([1,2],[1.01,2],0.1); assert_object_equals({a:{b:[1]}},{a:{b:[1]}}); assert_approx_equals(1,1.5,.5); assert_approx_equals(NaN,NaN,0); assert_approx_equals(Infinity,Infinity,1); assert_less_than(1,2); assert_greater_than(2n,1n); assert_less_than_equal(1,1); assert_greater_than_equal(1,1); assert_between_exclusive(2,1,3); assert_between_inclusive(1,1,3); assert_regexp_match('abc',/b/); assert_class_string([],'Array'); assert_own_property({a:1},'a'); assert_not_own_property({},'a'); assert_inherits(Object.create({a:1}),'a'); assert_idl_attribute(new (class{get a(){return 1}}),'a'); assert_readonly(Object.freeze({a:1}),'a'); assert_any(assert_equals,2,[1,2]);
assert_throws_js(TypeError,()=>{null.x}); assert_throws_dom('AbortError',()=>{throw new DOMException('x','AbortError')}); assert_throws_dom('DATA_CLONE_ERR',()=>{throw new DOMException('x','DataCloneError')}); assert_throws_dom(8, DOMException, ()=>{throw new DOMException('x','NotFoundError')},'d'); assert_throws_exactly(globalThis, ()=>{throw globalThis}); assert_throws_quotaexceedederror(()=>{throw new DOMException('x','QuotaExceededError')}, null, null); assert_equals(format_value({}),'object "[object Object]"'); assert_equals(format_value([1,'a\\n',,-0,[null]]),'[1, "a\\\\n", , -0, [null]]');assert_equals(format_value('\\ud800\\ud83d\\ude00'),'"\\\\ud800\\ud83d\\ude00"'); assert_equals(format_value(Object.create(null)),'object [object Object]'); assert_true(GLOBAL.isWorker()); assert_false(GLOBAL.isWindow());assert_false(GLOBAL.isShadowRealm()); assert_equals(format_value((c=>(c.push(c),c))([])),'[[...]]');`
    .split(/;\s+/)
    .filter(Boolean);
await expectResults(
  'good',
  good.map((g, i) => `test(()=>{${g}},'g${i}')`).join('\n'),
  good.map((g, i) => `g${i}|PASS`),
);
const fails = [
  `assert_false(1)`,
  `assert_not_equals(1,1)`,
  `assert_in_array(1,[2])`,
  `assert_array_equals([1],[1,2])`,
  `assert_array_equals([1,2],[1,'2'])`,
  `assert_array_equals([,],[undefined])`,
  `assert_array_equals(5,[5])`,
  `assert_array_approx_equals([1],[2],.5)`,
  `assert_object_equals({a:1},{a:2})`,
  `assert_object_equals({a:1},{})`,
  `assert_object_equals({},{a:1})`,
  `assert_object_equals(1,{})`,
  `assert_approx_equals(1,2,.5)`,
  `assert_approx_equals('1',1,.5)`,
  `assert_approx_equals(NaN,1,.5)`,
  `assert_less_than(2,1)`,
  `assert_less_than('1',2)`,
  `assert_greater_than(1,2)`,
  `assert_between_exclusive(1,1,3)`,
  `assert_between_inclusive(0,1,3,'desc')`,
  `assert_regexp_match('abc',/x/)`,
  `assert_class_string({},'Array')`,
  `assert_own_property({},'a')`,
  `assert_not_own_property({a:1},'a')`,
  `assert_inherits({a:1},'a')`,
  `assert_inherits({},'a')`,
  `assert_idl_attribute(5,'a')`,
  `assert_readonly({a:1},'a')`,
  `assert_any(assert_equals,3,[1,2])`,
  `assert_throws_js(TypeError,()=>{})`,
  `assert_throws_js(TypeError,()=>{throw new RangeError('r')})`,
  `assert_throws_js(TypeError,()=>{throw 5})`,
  `assert_throws_dom('AbortError',()=>{throw new TypeError('x')})`,
  `assert_throws_dom('AbortError',()=>{throw new DOMException('x','DataCloneError')})`,
  `assert_throws_dom('FOO_ERR',()=>{throw new DOMException('x','DataCloneError')})`,
  `assert_throws_exactly({},()=>{throw {}})`,
  `assert_throws_js(Object,()=>{throw {}})`,
  `assert_throws_js(TypeError,()=>{assert_true(false,'inner')})`,
];
await expectResults(
  'fails',
  fails.map((g, i) => `test(()=>{${g}},'f${i}')`).join('\n'),
  fails.map((g, i) => new RegExp(`^f${i}\\|FAIL\\|assert_`)),
);
await expectResults(
  'rejects',
  `promise_test(t=>promise_rejects_js(t,TypeError,Promise.reject(new TypeError('x'))),'1'); promise_test(t=>promise_rejects_js(t,TypeError,Promise.resolve(3)),'2'); promise_test(t=>promise_rejects_dom(t,'AbortError',Promise.reject(new DOMException('a','AbortError'))),'3'); promise_test(t=>promise_rejects_dom(t,'AbortError',DOMException,Promise.reject(new DOMException('a','AbortError')),'d'),'4'); promise_test(t=>promise_rejects_exactly(t,cc,Promise.reject(cc)),'5'); promise_test(t=>promise_rejects_exactly(t,{},Promise.reject(1)),'6'); var cc={}`,
  [
    '1|PASS',
    '2|FAIL|promise_rejects_js: Should have rejected: fulfilled with 3',
    '3|PASS',
    '4|PASS',
    '5|PASS',
    '6|FAIL|promise_rejects_exactly: rejected with 1, expected exactly object "[object Object]"',
  ],
);
await expectResults(
  'watch',
  `promise_test(async t=>{const e=new EventTarget(); const w=new EventWatcher(t,e,['a','b']); setTimeout(()=>{e.dispatchEvent(new Event('a'));e.dispatchEvent(new Event('b'))},1); const r=await w.wait_for(['a','b'],{record:'all'}); assert_equals(r.length,2); setTimeout(()=>e.dispatchEvent(new Event('b')),1); assert_equals((await w.wait_for('b')).type,'b')},'w'); promise_test(async t=>{const e=new EventTarget(); const w=new EventWatcher(t,e,'a'); e.dispatchEvent(new Event('a'))},'w2')`,
  ['w|PASS', 'w2|FAIL|assert_true: Not expecting event, but got a event expected true got false'],
);
await expectResults(
  'gen',
  `generate_tests((a,b)=>assert_equals(a,b),[['x',1,1],['y',1,2]]); subsetTest(test,()=>{},'sub'); subsetTestByKey('k',promise_test,async()=>{},'subp'); promise_test(async()=>{promise_test(async()=>{},'nested')},'outer'); step_timeout(()=>{},1)`,
  [
    'x|PASS',
    'y|FAIL|assert_equals: expected 2 but got 1',
    'sub|PASS',
    'subp|PASS',
    'outer|PASS',
    'nested|PASS',
  ],
);
await expectResults('empty', ``, []);
console.log(`${n} checks, ${bad} bad`);
process.exitCode = bad === 0 ? 0 : 1;
