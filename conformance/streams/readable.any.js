// Readable streams: https://streams.spec.whatwg.org/#rs
'use strict';

const failure = new Error('on purpose');
const turns = async (count) => {
  for (let i = 0; i < count; i++) await undefined;
};
const pause = () => new Promise((resolve) => step_timeout(resolve, 0));
const controlled = (source = {}, strategy = undefined) => {
  let controller;
  const stream = new ReadableStream({ ...source, start(c) { controller = c; } }, strategy);
  return [stream, controller];
};
const collect = async (stream) => {
  const chunks = [];
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return chunks;
    chunks.push(value);
  }
};
const assert_step = (step, value, done) => {
  assert_array_equals(Object.keys(step), ['value', 'done']);
  assert_equals(step.value, value);
  assert_equals(step.done, done);
};

test(() => {
  assert_throws_exactly(failure, () => new ReadableStream({ start() { throw failure; } }));
  assert_throws_exactly(failure, () => new ReadableStream({ get start() { throw failure; } }));
}, 'what start throws, the constructor throws');

promise_test((t) => {
  const stream = new ReadableStream({ start: () => Promise.reject(failure) });
  return promise_rejects_exactly(t, failure, stream.getReader().closed);
}, 'a start that rejects errors the stream');

promise_test((t) => {
  const stream = new ReadableStream({ pull() { throw failure; } });
  return promise_rejects_exactly(t, failure, stream.getReader().read());
}, 'a pull that throws errors the stream');

promise_test((t) => {
  const stream = new ReadableStream({ pull: () => Promise.reject(failure) });
  return promise_rejects_exactly(t, failure, stream.getReader().closed);
}, 'a pull that rejects errors the stream');

promise_test(async () => {
  let pulls = 0;
  new ReadableStream({ pull() { pulls++; } });
  assert_equals(pulls, 0);
  await pause();
  assert_equals(pulls, 1);
}, 'pull is called once after start, not again until something is enqueued');

promise_test(async () => {
  let pulls = 0;
  new ReadableStream({ pull() { pulls++; } }, { highWaterMark: 0 });
  await pause();
  assert_equals(pulls, 0);
}, 'nothing is pulled with a high-water mark of 0');

promise_test(async () => {
  let pulls = 0;
  const stream = new ReadableStream(
    { pull(c) { c.enqueue(pulls++); } },
    { highWaterMark: 3 },
  );
  await pause();
  assert_equals(pulls, 3);
  await stream.getReader().read();
  await pause();
  assert_equals(pulls, 4);
}, 'pull fills the queue to the high-water mark and again after a read');

promise_test(async () => {
  let release;
  let pulls = 0;
  const stream = new ReadableStream({
    pull(c) {
      c.enqueue(pulls++);
      return new Promise((resolve) => { release = resolve; });
    },
  });
  const reader = stream.getReader();
  assert_step(await reader.read(), 0, false);
  reader.read();
  await pause();
  assert_equals(pulls, 1, 'a pull under way keeps others waiting');
  release();
  await pause();
  assert_equals(pulls, 2);
}, 'one pull at a time');

promise_test(async () => {
  const receivers = [];
  const source = {
    start() { receivers.push(this); },
    pull() { receivers.push(this); },
    cancel() { receivers.push(this); },
  };
  const stream = new ReadableStream(source);
  await pause();
  await stream.cancel();
  assert_equals(receivers.length, 3);
  for (const receiver of receivers) assert_equals(receiver, source);
}, 'the source is the receiver of its methods');

promise_test(async () => {
  const [stream, controller] = controlled();
  assert_equals(controller.desiredSize, 1);
  controller.enqueue('a');
  assert_equals(controller.desiredSize, 0);
  controller.enqueue('b');
  assert_equals(controller.desiredSize, -1);
  controller.close();
  assert_equals(controller.desiredSize, -1, 'closing, but not closed');
  assert_array_equals(await collect(stream), ['a', 'b']);
  assert_equals(controller.desiredSize, 0);
}, 'desiredSize counts down and is 0 when closed');

test(() => {
  const [, controller] = controlled();
  controller.error(failure);
  assert_equals(controller.desiredSize, null);
  controller.error(new Error('ignored'));
}, 'desiredSize is null when errored; a second error is ignored');

test(() => {
  const [, controller] = controlled();
  controller.close();
  assert_throws_js(TypeError, () => controller.close());
  assert_throws_js(TypeError, () => controller.enqueue(1));
}, 'after close, close and enqueue throw');

test(() => {
  const [, controller] = controlled();
  controller.error(failure);
  assert_throws_js(TypeError, () => controller.close());
  assert_throws_js(TypeError, () => controller.enqueue(1));
}, 'after error, close and enqueue throw');

promise_test(async (t) => {
  const [stream, controller] = controlled({}, { size() { throw failure; } });
  assert_throws_exactly(failure, () => controller.enqueue(1));
  await promise_rejects_exactly(t, failure, stream.getReader().read());
}, 'a size function that throws errors the stream');

for (const size of [NaN, -1, Infinity, undefined, 'x']) {
  promise_test(async (t) => {
    const [stream, controller] = controlled({}, { size: () => size });
    assert_throws_js(RangeError, () => controller.enqueue(1));
    await promise_rejects_js(t, RangeError, stream.getReader().read());
  }, `a chunk of size ${String(size)} errors the stream`);
}

promise_test(async () => {
  const [stream, controller] = controlled({}, { size: (chunk) => chunk, highWaterMark: 10 });
  controller.enqueue(2);
  controller.enqueue('3');
  controller.enqueue(0);
  assert_equals(controller.desiredSize, 5);
  const reader = stream.getReader();
  await reader.read();
  assert_equals(controller.desiredSize, 7);
}, 'sizes are converted and subtracted again');

promise_test(async () => {
  const [stream, controller] = controlled();
  for (let i = 0; i < 1000; i++) controller.enqueue(i);
  controller.close();
  const chunks = await collect(stream);
  assert_equals(chunks.length, 1000);
  for (let i = 0; i < 1000; i++) assert_equals(chunks[i], i);
}, 'a thousand queued chunks keep their order');

promise_test(async () => {
  const [stream, controller] = controlled();
  const reader = stream.getReader();
  const reads = [];
  for (let i = 0; i < 100; i++) reads.push(reader.read());
  for (let i = 0; i < 99; i++) controller.enqueue(i);
  controller.close();
  const steps = await Promise.all(reads);
  for (let i = 0; i < 99; i++) assert_step(steps[i], i, false);
  assert_step(steps[99], undefined, true);
}, 'reads that wait are served in order, the rest at close');

promise_test(async (t) => {
  const [stream, controller] = controlled();
  const reader = stream.getReader();
  const first = reader.read();
  const second = reader.read();
  controller.error(failure);
  await promise_rejects_exactly(t, failure, first);
  await promise_rejects_exactly(t, failure, second);
  await promise_rejects_exactly(t, failure, reader.closed);
}, 'an error rejects the reads that wait');

promise_test(async (t) => {
  const [stream, controller] = controlled();
  controller.enqueue(1);
  controller.error(failure);
  await promise_rejects_exactly(t, failure, stream.getReader().read());
}, 'an error drops what is queued');

promise_test(async () => {
  const promise = Promise.resolve(7);
  const [stream, controller] = controlled();
  controller.enqueue(promise);
  assert_equals((await stream.getReader().read()).value, promise);
}, 'a promise as a chunk is not awaited');

test(() => {
  const stream = new ReadableStream();
  assert_equals(stream.locked, false);
  const reader = stream.getReader();
  assert_equals(stream.locked, true);
  assert_throws_js(TypeError, () => stream.getReader());
  assert_throws_js(TypeError, () => stream.tee());
  assert_throws_js(TypeError, () => stream.values());
  assert_throws_js(TypeError, () => new ReadableStreamDefaultReader(stream));
  reader.releaseLock();
  assert_equals(stream.locked, false);
  reader.releaseLock();
  stream.getReader();
}, 'one reader at a time');

test(() => {
  const stream = new ReadableStream();
  assert_throws_js(TypeError, () => stream.getReader({ mode: 'byob' }));
  assert_throws_js(TypeError, () => stream.getReader({ mode: 'other' }));
  assert_throws_js(TypeError, () => stream.getReader(1));
  assert_equals(stream.locked, false);
  stream.getReader(null);
}, 'getReader checks its options');

promise_test(async (t) => {
  const [stream, controller] = controlled();
  const reader = stream.getReader();
  const read = reader.read();
  reader.releaseLock();
  await promise_rejects_js(t, TypeError, read);
  await promise_rejects_js(t, TypeError, reader.closed);
  await promise_rejects_js(t, TypeError, reader.read());
  await promise_rejects_js(t, TypeError, reader.cancel());
  controller.enqueue('kept');
  assert_step(await stream.getReader().read(), 'kept', false);
}, 'releaseLock rejects what waits and loses no chunk');

promise_test(async () => {
  const [stream, controller] = controlled();
  const reader = stream.getReader();
  const closed = reader.closed;
  assert_equals(reader.closed, closed);
  controller.close();
  assert_equals(await closed, undefined);
  assert_equals(reader.closed, closed);
  reader.releaseLock();
  assert_true(reader.closed !== closed);
}, 'closed is one promise until the lock is released');

promise_test(async (t) => {
  const stream = new ReadableStream();
  stream.getReader();
  await promise_rejects_js(t, TypeError, stream.cancel());
}, 'a locked stream cannot be cancelled from outside');

promise_test(async () => {
  let reason;
  const stream = new ReadableStream({ cancel(r) { reason = r; return 'ignored'; } });
  const reader = stream.getReader();
  const read = reader.read();
  assert_equals(await reader.cancel('why'), undefined);
  assert_equals(reason, 'why');
  assert_step(await read, undefined, true);
  await reader.closed;
}, 'cancel closes the stream and tells the source why');

promise_test(async (t) => {
  const thrown = new ReadableStream({ cancel() { throw failure; } });
  await promise_rejects_exactly(t, failure, thrown.cancel());
  const rejected = new ReadableStream({ cancel: () => Promise.reject(failure) });
  await promise_rejects_exactly(t, failure, rejected.cancel());
  await rejected.getReader().closed;
}, 'cancel rejects with the failure of the source; the stream is closed');

promise_test(async (t) => {
  let calls = 0;
  const [closed, first] = controlled({ cancel() { calls++; } });
  first.close();
  await closed.cancel();
  const [errored, second] = controlled({ cancel() { calls++; } });
  second.error(failure);
  await promise_rejects_exactly(t, failure, errored.cancel());
  assert_equals(calls, 0);
}, 'cancel of an ended stream does not reach the source');

promise_test(async () => {
  const seen = [];
  for await (const chunk of ReadableStream.from(['a', 'b'])) seen.push(chunk);
  assert_array_equals(seen, ['a', 'b']);
}, 'for await reads to the end');

promise_test(async () => {
  let cancelled = 0;
  const stream = new ReadableStream({ pull(c) { c.enqueue(1); }, cancel() { cancelled++; } });
  for await (const _ of stream) break;
  assert_equals(cancelled, 1);
  assert_equals(stream.locked, false);
}, 'leaving for await cancels');

promise_test(async () => {
  const [stream, controller] = controlled({ cancel() { assert_unreached('cancel'); } });
  controller.enqueue(1);
  controller.enqueue(2);
  for await (const _ of stream.values({ preventCancel: true })) break;
  assert_equals(stream.locked, false);
  assert_step(await stream.getReader().read(), 2, false);
}, 'preventCancel keeps the stream going');

promise_test(async () => {
  const [stream, controller] = controlled();
  const iterator = stream.values();
  const steps = [];
  const note = (name) => (step) => steps.push(`${name}:${step.value}:${step.done}`);
  const all = [
    iterator.next().then(note('a')),
    iterator.next().then(note('b')),
    iterator.return('r').then(note('c')),
    iterator.next().then(note('d')),
  ];
  controller.enqueue(1);
  controller.enqueue(2);
  await Promise.all(all);
  assert_array_equals(steps, ['a:1:false', 'b:2:false', 'c:r:true', 'd:undefined:true']);
}, 'next and return wait for each other');

promise_test(async (t) => {
  const [stream, controller] = controlled();
  const iterator = stream.values();
  const next = iterator.next();
  controller.error(failure);
  await promise_rejects_exactly(t, failure, next);
  assert_step(await iterator.next(), undefined, true);
  assert_equals(stream.locked, false);
}, 'an error ends the iteration');

promise_test(async (t) => {
  const iterator = new ReadableStream().values();
  const prototype = Object.getPrototypeOf(iterator);
  assert_array_equals(Object.keys(prototype), ['next', 'return']);
  assert_equals(prototype[Symbol.toStringTag], 'ReadableStream AsyncIterator');
  const generator = Object.getPrototypeOf((async function* () {}).prototype);
  assert_equals(Object.getPrototypeOf(prototype), Object.getPrototypeOf(generator));
  assert_equals(iterator[Symbol.asyncIterator](), iterator);
  await promise_rejects_js(t, TypeError, prototype.next.call({}));
  await promise_rejects_js(t, TypeError, prototype.return.call(undefined));
}, 'the iterator has the prototype of Web IDL');

const iterables = {
  'an array': ['a', 'b'],
  'an array of promises': [Promise.resolve('a'), 'b'],
  'a string': 'ab',
  'a Set': new Set(['a', 'b']),
  'a generator': (function* () { yield 'a'; yield 'b'; })(),
  'an async generator': (async function* () { yield 'a'; yield 'b'; })(),
  'a ReadableStream': ReadableStream.from(['a', 'b']),
};
for (const [name, iterable] of Object.entries(iterables)) {
  promise_test(async () => {
    assert_array_equals(await collect(ReadableStream.from(iterable)), ['a', 'b']);
  }, `from takes ${name}`);
}

test(() => {
  for (const value of [undefined, null, 0, {}, true, Symbol.iterator, () => {}]) {
    assert_throws_js(TypeError, () => ReadableStream.from(value));
  }
  assert_throws_js(TypeError, () => ReadableStream.from({ [Symbol.iterator]: () => 1 }));
  assert_throws_js(TypeError, () => ReadableStream.from({ [Symbol.asyncIterator]: 1 }));
  assert_throws_exactly(failure, () =>
    ReadableStream.from({ get [Symbol.asyncIterator]() { throw failure; } }));
}, 'from refuses what cannot be iterated');

promise_test(async (t) => {
  const broken = { next() { throw failure; }, [Symbol.asyncIterator]() { return this; } };
  await promise_rejects_exactly(t, failure, collect(ReadableStream.from(broken)));
  const wrong = { next: () => 1, [Symbol.asyncIterator]() { return this; } };
  await promise_rejects_js(t, TypeError, collect(ReadableStream.from(wrong)));
}, 'from errors when the iterator fails');

promise_test(async () => {
  let given;
  let nexts = 0;
  const stream = ReadableStream.from({
    next() { nexts++; return Promise.resolve({ value: 1, done: false }); },
    return(reason) { given = reason; return {}; },
    [Symbol.asyncIterator]() { return this; },
  });
  await pause();
  assert_equals(nexts, 0, 'nothing is taken before a read');
  await stream.cancel('enough');
  assert_equals(given, 'enough');
}, 'from is lazy and cancel calls return');

promise_test(async () => {
  const [stream, controller] = controlled();
  const [left, right] = stream.tee();
  assert_true(stream.locked);
  controller.enqueue('a');
  controller.enqueue('b');
  controller.close();
  assert_array_equals(await collect(left), ['a', 'b']);
  assert_array_equals(await collect(right), ['a', 'b']);
}, 'tee gives all chunks to both');

promise_test(async () => {
  const chunk = {};
  const [left, right] = ReadableStream.from([chunk]).tee();
  assert_equals((await left.getReader().read()).value, chunk);
  assert_equals((await right.getReader().read()).value, chunk);
}, 'tee does not copy chunks');

promise_test(async (t) => {
  const [stream, controller] = controlled();
  const [left, right] = stream.tee();
  controller.error(failure);
  await promise_rejects_exactly(t, failure, left.getReader().closed);
  await promise_rejects_exactly(t, failure, right.getReader().closed);
}, 'tee passes an error to both');

promise_test(async () => {
  let reason;
  const stream = new ReadableStream({ cancel(r) { reason = r; } });
  const [left, right] = stream.tee();
  const first = left.cancel('l');
  await turns(5);
  assert_equals(reason, undefined, 'one branch is not enough');
  await Promise.all([first, right.cancel('r')]);
  assert_array_equals(reason, ['l', 'r']);
}, 'tee cancels when both branches are cancelled');

promise_test(async () => {
  const [stream, controller] = controlled();
  const [left, right] = stream.tee();
  left.cancel();
  controller.enqueue(1);
  controller.close();
  assert_array_equals(await collect(right), [1]);
}, 'tee keeps one branch going without the other');
