// Transform streams: https://streams.spec.whatwg.org/#ts
// and those of Workers: https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/
'use strict';

const failure = new Error('on purpose');
const pause = () => new Promise((resolve) => step_timeout(resolve, 0));
const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
};
const through = (transformer, ...chunks) =>
  collect(ReadableStream.from(chunks).pipeThrough(new TransformStream(transformer)));

promise_test(async () => {
  assert_array_equals(await through(undefined, 'a', 'b'), ['a', 'b']);
}, 'without a transformer chunks pass');

promise_test(async () => {
  const twice = { transform(chunk, controller) { controller.enqueue(chunk); controller.enqueue(chunk); } };
  assert_array_equals(await through(twice, 1, 2), [1, 1, 2, 2]);
}, 'one chunk may become two');

promise_test(async () => {
  const odd = { transform(chunk, controller) { if (chunk % 2) controller.enqueue(chunk); } };
  assert_array_equals(await through(odd, 1, 2, 3), [1, 3]);
}, 'one chunk may become none');

promise_test(async () => {
  const late = { async transform(chunk, controller) { await pause(); controller.enqueue(chunk); } };
  assert_array_equals(await through(late, 1, 2, 3), [1, 2, 3]);
}, 'an asynchronous transform keeps the order');

promise_test(async () => {
  const ends = {
    start(controller) { controller.enqueue('start'); },
    flush(controller) { controller.enqueue('flush'); },
  };
  assert_array_equals(await through(ends, 1), ['start', 1, 'flush']);
}, 'start and flush may enqueue');

promise_test(async () => {
  const receivers = [];
  const transformer = {
    start() { receivers.push(this); },
    transform() { receivers.push(this); },
    flush() { receivers.push(this); },
  };
  await through(transformer, 1);
  assert_equals(receivers.length, 3);
  for (const receiver of receivers) assert_equals(receiver, transformer);
}, 'the transformer is the receiver of its methods');

test(() => {
  assert_throws_exactly(failure, () => new TransformStream({ start() { throw failure; } }));
}, 'what start throws, the constructor throws');

for (const [name, transformer] of [
  ['start rejects', { start: () => Promise.reject(failure) }],
  ['transform throws', { transform() { throw failure; } }],
  ['transform rejects', { transform: () => Promise.reject(failure) }],
  ['flush throws', { flush() { throw failure; } }],
  ['the controller errors', { transform(_, controller) { controller.error(failure); } }],
]) {
  promise_test(async (t) => {
    const { readable, writable } = new TransformStream(transformer);
    const writer = writable.getWriter();
    const all = Promise.all([writer.write(1), writer.close()]);
    await promise_rejects_exactly(t, failure, collect(readable));
    await promise_rejects_exactly(t, failure, all);
    await promise_rejects_exactly(t, failure, writer.closed);
  }, `both sides fail when ${name}`);
}

promise_test(async (t) => {
  let controller;
  const { readable, writable } = new TransformStream({ start(c) { controller = c; } });
  const reader = readable.getReader();
  controller.terminate();
  assert_true((await reader.read()).done);
  await promise_rejects_js(t, TypeError, writable.getWriter().closed);
  assert_throws_js(TypeError, () => controller.enqueue(1));
  controller.terminate();
}, 'terminate closes one side and errors the other');

promise_test(async () => {
  let transformed = 0;
  const { readable, writable } = new TransformStream({ transform() { transformed++; } });
  const writer = writable.getWriter();
  assert_equals(writer.desiredSize, 1);
  writer.write(1);
  await pause();
  assert_equals(transformed, 0, 'nobody reads');
  assert_equals(writer.desiredSize, 0);
  readable.getReader().read();
  await pause();
  assert_equals(transformed, 1);
  assert_equals(writer.desiredSize, 1);
}, 'nothing is transformed before somebody reads');

promise_test(async () => {
  let transformed = 0;
  const { writable } = new TransformStream(
    { transform(chunk, controller) { transformed++; controller.enqueue(chunk); } },
    { highWaterMark: 9 },
    { highWaterMark: 3 },
  );
  const writer = writable.getWriter();
  for (let i = 0; i < 9; i++) writer.write(i);
  await pause();
  assert_equals(transformed, 3);
}, 'the readable strategy sets how far it runs ahead');

promise_test(async (t) => {
  let cancelled;
  const { readable, writable } = new TransformStream({ cancel(reason) { cancelled = reason; } });
  await readable.cancel(failure);
  assert_equals(cancelled, failure);
  await promise_rejects_exactly(t, failure, writable.getWriter().closed);
}, 'cancelling the readable side errors the writable side');

promise_test(async (t) => {
  let cancelled;
  const { readable, writable } = new TransformStream({ cancel(reason) { cancelled = reason; } });
  await writable.abort(failure);
  assert_equals(cancelled, failure);
  await promise_rejects_exactly(t, failure, readable.getReader().closed);
}, 'aborting the writable side errors the readable side');

test(() => {
  const stream = new TransformStream();
  assert_equals(stream.readable, stream.readable);
  assert_equals(stream.writable, stream.writable);
  assert_true(stream.readable instanceof ReadableStream);
  assert_true(stream.writable instanceof WritableStream);
}, 'the two sides stay the same objects');

const bytes = (...values) => new Uint8Array(values);
const flat = (chunks) => chunks.flatMap((chunk) => [...chunk]);

for (const [name, make] of [
  ['IdentityTransformStream', () => new IdentityTransformStream()],
  ['FixedLengthStream', () => new FixedLengthStream(3)],
]) {
  promise_test(async () => {
    const { readable, writable } = make();
    const writer = writable.getWriter();
    writer.write(bytes(1));
    writer.write(bytes(2).buffer);
    writer.write(new DataView(bytes(9, 3, 9).buffer, 1, 1));
    writer.close();
    assert_array_equals(flat(await collect(readable)), [1, 2, 3]);
  }, `${name} passes bytes of all kinds`);

  promise_test(async (t) => {
    const { readable, writable } = make();
    const write = writable.getWriter().write('text');
    await promise_rejects_js(t, TypeError, readable.getReader().read());
    await promise_rejects_js(t, TypeError, write);
  }, `${name} refuses strings`);

  test(() => {
    assert_true(make() instanceof TransformStream);
    assert_equals(make()[Symbol.toStringTag], name);
  }, `${name} is a TransformStream`);
}

promise_test(async (t) => {
  const { readable, writable } = new FixedLengthStream(2);
  const writer = writable.getWriter();
  const write = writer.write(bytes(1, 2, 3));
  await promise_rejects_js(t, TypeError, readable.getReader().read());
  await promise_rejects_js(t, TypeError, write);
}, 'FixedLengthStream refuses a byte too many');

promise_test(async (t) => {
  const { readable, writable } = new FixedLengthStream(2n);
  const writer = writable.getWriter();
  writer.write(bytes(1));
  const close = writer.close();
  const reader = readable.getReader();
  assert_equals((await reader.read()).value[0], 1);
  await promise_rejects_js(t, TypeError, close);
  await promise_rejects_js(t, TypeError, reader.read());
}, 'FixedLengthStream refuses to end a byte too early');

test(() => {
  for (const length of [-1, NaN, 1.5, 2 ** 53, 'x', undefined, -1n]) {
    assert_throws_js(TypeError, () => new FixedLengthStream(length));
  }
}, 'FixedLengthStream checks its length');
