// Written from https://html.spec.whatwg.org/#timers
'use strict';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

promise_test(async () => {
  const seen = [];
  await new Promise((resolve) => setTimeout((...args) => { seen.push(...args); resolve(); }, 1, 'a', 2, null));
  assert_array_equals(seen, ['a', 2, null]);
}, 'extra arguments reach the handler');
promise_test(async () => {
  const order = [];
  setTimeout(() => order.push('late'), 15);
  setTimeout(() => order.push('first'), 2);
  setTimeout(() => order.push('second'), 2);
  queueMicrotask(() => order.push('micro'));
  order.push('sync');
  await wait(25);
  assert_array_equals(order, ['sync', 'micro', 'first', 'second', 'late']);
}, 'order');
promise_test(async () => {
  let ran = 0;
  const id = setTimeout(() => ran++, 1);
  clearTimeout(id);
  clearTimeout(id);
  const other = setTimeout(() => ran++, 1);
  clearInterval(other);
  clearTimeout();
  clearTimeout(undefined);
  clearTimeout(null);
  clearTimeout(-1);
  clearTimeout(1e9);
  await wait(8);
  assert_equals(ran, 0);
}, 'clearing, by either function, and what is no id');
promise_test(async () => {
  let ran = 0;
  await new Promise((resolve) => {
    const id = setInterval(() => {
      if (++ran === 3) {
        clearInterval(id);
        resolve();
      }
    }, 1);
  });
  await wait(6);
  assert_equals(ran, 3);
}, 'an interval repeats until it clears itself');
promise_test(async () => {
  let ran = 0;
  const id = setInterval((n) => { ran += n; }, 1, 2);
  await wait(12);
  clearTimeout(id);
  const at = ran;
  assert_true(at >= 4 && at % 2 === 0);
  await wait(5);
  assert_equals(ran, at);
}, 'an interval gets its arguments each time, and clearTimeout ends it');
promise_test(async () => {
  const order = [];
  await new Promise((resolve) => {
    setTimeout(() => {
      Promise.resolve().then(() => order.push('micro'));
      order.push('one');
    }, 1);
    setTimeout(() => {
      order.push('two');
      resolve();
    }, 1);
  });
  assert_array_equals(order, ['one', 'micro', 'two']);
}, 'microtasks run between two timers');
promise_test(async () => {
  await Promise.all([wait(-5), wait(NaN), wait('1'), wait(), wait(2 ** 32)]);
}, 'odd delays count as long integers do');
promise_test(async () => {
  let depth = 0;
  await new Promise((resolve) => {
    const again = () => (++depth === 20 ? resolve() : setTimeout(again, 0));
    again();
  });
  assert_equals(depth, 20);
}, 'nesting');
promise_test(async () => {
  let ran = false;
  const second = [];
  setTimeout(() => clearTimeout(second[0]), 1);
  second.push(setTimeout(() => { ran = true; }, 1));
  await wait(6);
  assert_false(ran);
}, 'a handler may clear a timer that is due as well');
test(() => {
  const id = setTimeout(() => {}, 0);
  const other = setInterval(() => {}, 1000);
  assert_true(Number.isInteger(id) && id > 0);
  assert_true(Number.isInteger(other) && other > id);
  clearTimeout(id);
  clearInterval(other);
}, 'ids are positive integers');
test(() => {
  assert_throws_js(TypeError, () => setTimeout());
  assert_throws_js(TypeError, () => setTimeout('code', 0));
  assert_throws_js(TypeError, () => setInterval({}, 0));
  assert_equals(setTimeout.length, 1);
  assert_equals(setTimeout.name, 'setTimeout');
}, 'the handler must be a function');
