// Written from https://html.spec.whatwg.org/#microtask-queuing
'use strict';

promise_test(async () => {
  const order = [];
  queueMicrotask(() => {
    order.push(1);
    queueMicrotask(() => order.push(3));
  });
  Promise.resolve().then(() => order.push(2));
  order.push(0);
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert_array_equals(order, [0, 1, 2, 3]);
}, 'order among promises');
promise_test(() => new Promise((resolve) => {
  queueMicrotask(function (...args) {
    resolve(args.length);
  });
}).then((count) => assert_equals(count, 0)), 'no arguments');
test(() => {
  assert_throws_js(TypeError, () => queueMicrotask());
  assert_throws_js(TypeError, () => queueMicrotask(null));
  assert_throws_js(TypeError, () => queueMicrotask({}));
  assert_equals(queueMicrotask(() => {}), undefined);
}, 'the callback must be a function');
