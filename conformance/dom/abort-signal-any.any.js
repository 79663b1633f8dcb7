// META: title=AbortSignal.any() over signals that are themselves made by any()
'use strict';

test(() => {
  const controller = new AbortController();
  const inner = AbortSignal.any([controller.signal]);
  const outer = AbortSignal.any([AbortSignal.any([inner])]);
  const order = [];
  const signals = { origin: controller.signal, inner, outer };
  for (const [name, signal] of Object.entries(signals)) {
    signal.onabort = () => {
      order.push(name);
      for (const other of Object.values(signals)) assert_true(other.aborted);
    };
  }
  controller.abort('why');
  assert_array_equals(order, ['origin', 'inner', 'outer']);
  assert_equals(outer.reason, 'why');
}, 'a signal follows the origins of the signals it is given');

test(() => {
  const first = new AbortController();
  const second = new AbortController();
  const left = AbortSignal.any([first.signal, second.signal]);
  const both = AbortSignal.any([left, second.signal, left]);
  let events = 0;
  both.addEventListener('abort', () => events++);
  second.abort();
  first.abort();
  assert_equals(events, 1);
  assert_true(left.aborted);
}, 'a signal that reaches it by several ways aborts it once');

test(() => {
  const read = [];
  const options = {
    get capture() { read.push('capture'); return false; },
    get once() { read.push('once'); return false; },
    get passive() { read.push('passive'); return false; },
    get signal() { read.push('signal'); return undefined; },
  };
  const target = new EventTarget();
  const listener = () => {};
  target.addEventListener('a', listener, options);
  assert_array_equals(read.splice(0), ['capture', 'once', 'passive', 'signal']);
  target.removeEventListener('a', listener, options);
  assert_array_equals(read, ['capture']);
}, 'removeEventListener() reads capture alone');
