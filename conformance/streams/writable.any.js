// Writable streams: https://streams.spec.whatwg.org/#ws
'use strict';

const failure = new Error('on purpose');
const pause = () => new Promise((resolve) => step_timeout(resolve, 0));
const recording = (more = {}, strategy = undefined) => {
  const events = [];
  const stream = new WritableStream({
    write(chunk) { events.push(chunk); },
    close() { events.push('close'); },
    abort(reason) { events.push('abort', reason); },
    ...more,
  }, strategy);
  return [stream, events];
};

promise_test(async () => {
  const [stream, events] = recording();
  const writer = stream.getWriter();
  const writes = [writer.write('a'), writer.write('b'), writer.close()];
  assert_array_equals(events, [], 'nothing before start has settled');
  for (const result of await Promise.all(writes)) assert_equals(result, undefined);
  assert_array_equals(events, ['a', 'b', 'close']);
  await writer.closed;
}, 'chunks reach the sink in order, then close');

promise_test(async () => {
  let release;
  let running = 0;
  const [stream] = recording({
    write() {
      assert_equals(++running, 1);
      return new Promise((resolve) => { release = () => { running--; resolve(); }; });
    },
  });
  const writer = stream.getWriter();
  const writes = [writer.write(1), writer.write(2)];
  for (const write of writes) {
    await pause();
    release();
    await write;
  }
}, 'one write at a time');

promise_test(async () => {
  const [stream] = recording({}, { highWaterMark: 2 });
  const writer = stream.getWriter();
  assert_equals(writer.desiredSize, 2);
  const ready = writer.ready;
  writer.write(1);
  assert_equals(writer.ready, ready);
  writer.write(2);
  assert_equals(writer.desiredSize, 0);
  assert_true(writer.ready !== ready, 'full: a new promise');
  await writer.ready;
  assert_true(writer.desiredSize > 0);
}, 'ready follows back-pressure');

promise_test(async () => {
  let ready = false;
  const writer = new WritableStream({}, { highWaterMark: 0 }).getWriter();
  writer.ready.then(() => { ready = true; });
  await writer.write(1);
  await pause();
  assert_equals(ready, false);
  writer.close();
  await writer.ready;
}, 'with a high-water mark of 0 ready waits for close');

promise_test(async (t) => {
  const writer = new WritableStream({ write() { throw failure; } }).getWriter();
  await promise_rejects_exactly(t, failure, writer.write(1));
  await promise_rejects_exactly(t, failure, writer.closed);
  await promise_rejects_exactly(t, failure, writer.ready);
  await promise_rejects_js(t, TypeError, writer.close());
  await promise_rejects_exactly(t, failure, writer.write(2));
  assert_equals(writer.desiredSize, null);
}, 'a write that throws errors the stream');

promise_test(async (t) => {
  const [stream, events] = recording({ write: () => Promise.reject(failure) });
  const writer = stream.getWriter();
  const writes = [writer.write(1), writer.write(2), writer.close()];
  for (const write of writes) await promise_rejects_exactly(t, failure, write);
  assert_array_equals(events, []);
}, 'a write that rejects fails everything behind it, without abort');

promise_test(async (t) => {
  const writer = new WritableStream({ close() { throw failure; } }).getWriter();
  await promise_rejects_exactly(t, failure, writer.close());
  await promise_rejects_exactly(t, failure, writer.closed);
}, 'a close that throws errors the stream');

promise_test(async (t) => {
  const writer = new WritableStream({ start: () => Promise.reject(failure) }).getWriter();
  await promise_rejects_exactly(t, failure, writer.write(1));
  await promise_rejects_exactly(t, failure, writer.closed);
}, 'a start that rejects errors the stream');

promise_test(async (t) => {
  const [stream, events] = recording();
  const writer = stream.getWriter();
  await pause();
  const write = writer.write('a');
  const dropped = writer.write('b');
  const aborted = writer.abort(failure);
  await write;
  await promise_rejects_exactly(t, failure, dropped);
  await aborted;
  await promise_rejects_exactly(t, failure, writer.closed);
  assert_array_equals(events, ['a', 'abort', failure]);
}, 'abort waits for the write in flight and drops the rest');

promise_test(async () => {
  const [stream, events] = recording();
  const writer = stream.getWriter();
  const first = writer.abort('one');
  assert_equals(await first, undefined);
  assert_equals(await writer.abort('two'), undefined);
  assert_array_equals(events, ['abort', 'one']);
}, 'a second abort does nothing');

promise_test(async (t) => {
  const [stream] = recording({ abort() { throw failure; } });
  await promise_rejects_exactly(t, failure, stream.abort('why'));
}, 'abort rejects with what the sink throws');

promise_test(async () => {
  const [stream, events] = recording();
  const writer = stream.getWriter();
  await writer.close();
  assert_equals(await writer.abort('late'), undefined);
  assert_array_equals(events, ['close']);
  assert_equals(writer.desiredSize, 0);
}, 'abort after close does nothing');

promise_test(async (t) => {
  let controller;
  const writer = new WritableStream({ start(c) { controller = c; } }).getWriter();
  assert_equals(controller.signal.aborted, false);
  const signal = controller.signal;
  let events = 0;
  signal.addEventListener('abort', () => { events++; });
  writer.abort(failure).catch(() => {});
  assert_equals(controller.signal, signal);
  assert_equals(signal.aborted, true);
  assert_equals(signal.reason, failure);
  assert_equals(events, 1);
  await promise_rejects_exactly(t, failure, writer.closed);
}, 'the signal of the controller is aborted at once');

test(() => {
  let controller;
  const stream = new WritableStream({ start(c) { controller = c; } });
  stream.abort('early');
  assert_equals(controller.signal.aborted, true);
  assert_equals(controller.signal.reason, 'early');
}, 'a signal first read after the abort is aborted');

promise_test(async (t) => {
  let controller;
  const [stream, events] = recording({ start(c) { controller = c; } });
  const writer = stream.getWriter();
  controller.error(failure);
  controller.error(new Error('ignored'));
  await promise_rejects_exactly(t, failure, writer.closed);
  await promise_rejects_exactly(t, failure, writer.write(1));
  assert_array_equals(events, []);
}, 'controller.error errors the stream once');

promise_test(async (t) => {
  const stream = new WritableStream();
  const writer = stream.getWriter();
  assert_true(stream.locked);
  assert_throws_js(TypeError, () => stream.getWriter());
  await promise_rejects_js(t, TypeError, stream.close());
  await promise_rejects_js(t, TypeError, stream.abort());
  writer.releaseLock();
  writer.releaseLock();
  assert_equals(stream.locked, false);
  assert_throws_js(TypeError, () => writer.desiredSize);
  for (const promise of [writer.write(1), writer.close(), writer.abort(), writer.closed, writer.ready]) {
    await promise_rejects_js(t, TypeError, promise);
  }
  await stream.close();
}, 'one writer at a time; a released one refuses all');

promise_test(async (t) => {
  const writer = new WritableStream().getWriter();
  const closed = writer.close();
  await promise_rejects_js(t, TypeError, writer.close());
  await promise_rejects_js(t, TypeError, writer.write(1));
  await closed;
  await promise_rejects_js(t, TypeError, writer.close());
}, 'nothing is written or closed after close');

promise_test(async (t) => {
  const writer = new WritableStream({}, { size() { throw failure; } }).getWriter();
  await promise_rejects_exactly(t, failure, writer.write(1));
  await promise_rejects_exactly(t, failure, writer.closed);
}, 'a size function that throws errors the stream');

for (const size of [NaN, -1, Infinity]) {
  promise_test(async (t) => {
    const writer = new WritableStream({}, { size: () => size }).getWriter();
    await promise_rejects_js(t, RangeError, writer.write(1));
    await promise_rejects_js(t, RangeError, writer.closed);
  }, `a chunk of size ${size} errors the stream`);
}

promise_test(async () => {
  const [stream, events] = recording();
  const writer = stream.getWriter();
  const last = [];
  for (let i = 0; i < 500; i++) last.push(writer.write(i));
  assert_equals(writer.desiredSize, 1 - 500);
  await Promise.all(last);
  assert_equals(events.length, 500);
  for (let i = 0; i < 500; i++) assert_equals(events[i], i);
}, 'five hundred queued writes keep their order');
