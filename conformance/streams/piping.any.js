// pipeTo and pipeThrough: https://streams.spec.whatwg.org/#rs-pipe-to
'use strict';

const failure = new Error('on purpose');
const other = new Error('something else');
const pause = () => new Promise((resolve) => step_timeout(resolve, 0));
const make_source = (more = {}, strategy = undefined) => {
  let controller;
  const cancelled = [];
  const stream = new ReadableStream({
    start(c) { controller = c; },
    cancel(reason) { cancelled.push(reason); },
    ...more,
  }, strategy);
  return { stream, controller, cancelled };
};
const make_sink = (more = {}, strategy = undefined) => {
  let controller;
  const events = [];
  const stream = new WritableStream({
    start(c) { controller = c; },
    write(chunk) { events.push(chunk); },
    close() { events.push('close'); },
    abort(reason) { events.push('abort', reason); },
    ...more,
  }, strategy);
  return { stream, controller, events };
};

promise_test(async () => {
  const sink = make_sink();
  const source = ReadableStream.from(['a', 'b']);
  const done = source.pipeTo(sink.stream);
  assert_true(source.locked && sink.stream.locked);
  assert_equals(await done, undefined);
  assert_true(!source.locked && !sink.stream.locked);
  assert_array_equals(sink.events, ['a', 'b', 'close']);
}, 'all chunks, then close');

promise_test(async () => {
  const source = make_source();
  const sink = make_sink();
  const done = source.stream.pipeTo(sink.stream);
  await pause();
  source.controller.enqueue('a');
  assert_array_equals(sink.events, [], 'not inside of enqueue');
  await pause();
  assert_array_equals(sink.events, ['a']);
  source.controller.enqueue('b');
  source.controller.close();
  await done;
  assert_array_equals(sink.events, ['a', 'b', 'close']);
}, 'chunks that come later');

promise_test(async () => {
  const sink = make_sink();
  await ReadableStream.from(['a']).pipeTo(sink.stream, { preventClose: true });
  assert_array_equals(sink.events, ['a']);
  const writer = sink.stream.getWriter();
  await writer.write('more');
}, 'preventClose leaves the destination open');

promise_test(async (t) => {
  const source = make_source();
  const sink = make_sink();
  const done = source.stream.pipeTo(sink.stream);
  source.controller.error(failure);
  await promise_rejects_exactly(t, failure, done);
  assert_array_equals(sink.events, ['abort', failure]);
}, 'an error of the source aborts the destination');

promise_test(async (t) => {
  const source = make_source();
  const sink = make_sink();
  source.controller.error(failure);
  const done = source.stream.pipeTo(sink.stream, { preventAbort: true });
  await promise_rejects_exactly(t, failure, done);
  assert_array_equals(sink.events, []);
  await sink.stream.getWriter().write('still open');
}, 'preventAbort leaves the destination alone');

promise_test(async (t) => {
  const source = make_source();
  const sink = make_sink();
  const done = source.stream.pipeTo(sink.stream);
  await pause();
  sink.controller.error(failure);
  await promise_rejects_exactly(t, failure, done);
  assert_array_equals(source.cancelled, [failure]);
}, 'an error of the destination cancels the source');

promise_test(async (t) => {
  const source = make_source();
  const sink = make_sink({ write() { throw failure; } });
  source.controller.enqueue('a');
  const done = source.stream.pipeTo(sink.stream, { preventCancel: true });
  await promise_rejects_exactly(t, failure, done);
  assert_array_equals(source.cancelled, []);
  source.controller.enqueue('b');
  assert_equals((await source.stream.getReader().read()).value, 'b');
}, 'preventCancel leaves the source alone');

promise_test(async (t) => {
  const source = make_source();
  const sink = make_sink();
  await sink.stream.close();
  await promise_rejects_js(t, TypeError, source.stream.pipeTo(sink.stream));
  assert_equals(source.cancelled.length, 1);
  assert_true(source.cancelled[0] instanceof TypeError);
}, 'a closed destination cancels the source');

promise_test(async (t) => {
  const sink = make_sink({ close() { throw failure; } });
  await promise_rejects_exactly(t, failure, ReadableStream.from([]).pipeTo(sink.stream));
}, 'a close that fails fails the pipe');

promise_test(async (t) => {
  const source = make_source({ cancel() { throw other; } });
  const sink = make_sink();
  const done = source.stream.pipeTo(sink.stream);
  sink.controller.error(failure);
  await promise_rejects_exactly(t, other, done);
}, 'a failing cancel is what the pipe rejects with');

promise_test(async () => {
  let release;
  const sink = make_sink({ write: () => new Promise((resolve) => { release = resolve; }) });
  const source = make_source();
  let done = false;
  source.controller.enqueue('a');
  source.controller.close();
  const piped = source.stream.pipeTo(sink.stream).then(() => { done = true; });
  await pause();
  assert_equals(done, false, 'the last write has not finished');
  release();
  await piped;
}, 'the pipe waits for the last write');

promise_test(async () => {
  let pulls = 0;
  const source = make_source({ pull(c) { c.enqueue(pulls++); } }, { highWaterMark: 0 });
  const sink = make_sink({ write: () => new Promise(() => {}) }, { highWaterMark: 3 });
  source.stream.pipeTo(sink.stream);
  await pause();
  await pause();
  assert_equals(pulls, 3);
}, 'a slow destination stops the source');

promise_test(async (t) => {
  const source = make_source();
  const sink = make_sink();
  const abort = new AbortController();
  const done = source.stream.pipeTo(sink.stream, { signal: abort.signal });
  await pause();
  abort.abort(failure);
  await promise_rejects_exactly(t, failure, done);
  assert_array_equals(source.cancelled, [failure]);
  assert_array_equals(sink.events, ['abort', failure]);
}, 'a signal ends both sides');

promise_test(async (t) => {
  const source = make_source();
  const sink = make_sink();
  const abort = new AbortController();
  abort.abort(failure);
  const options = { signal: abort.signal, preventAbort: true, preventCancel: true };
  await promise_rejects_exactly(t, failure, source.stream.pipeTo(sink.stream, options));
  assert_array_equals(source.cancelled, []);
  assert_array_equals(sink.events, []);
  assert_true(!source.stream.locked && !sink.stream.locked);
}, 'a signal that is aborted already, with both sides kept');

promise_test(async (t) => {
  const source = make_source();
  const sink = make_sink({ write: pause });
  const abort = new AbortController();
  source.controller.enqueue('a');
  const done = source.stream.pipeTo(sink.stream, { signal: abort.signal });
  done.catch(() => {});
  source.controller.close();
  await pause();
  await pause();
  await pause();
  abort.abort(failure);
  assert_equals(await done, undefined);
}, 'a signal after the end does nothing');

promise_test(async (t) => {
  for (const destination of [undefined, null, {}, 'a', new ReadableStream()]) {
    await promise_rejects_js(t, TypeError, new ReadableStream().pipeTo(destination));
  }
  for (const signal of [null, {}, 1, new AbortController()]) {
    const source = new ReadableStream();
    await promise_rejects_js(t, TypeError, source.pipeTo(new WritableStream(), { signal }));
    assert_equals(source.locked, false);
  }
  const locked = new ReadableStream();
  locked.getReader();
  await promise_rejects_js(t, TypeError, locked.pipeTo(new WritableStream()));
  const taken = new WritableStream();
  taken.getWriter();
  await promise_rejects_js(t, TypeError, new ReadableStream().pipeTo(taken));
}, 'pipeTo rejects what it cannot take');

test(() => {
  const pair = new TransformStream();
  const source = new ReadableStream();
  assert_equals(source.pipeThrough(pair), pair.readable);
  assert_true(source.locked && pair.writable.locked);
  assert_throws_js(TypeError, () => source.pipeThrough(new TransformStream()));
  assert_throws_js(TypeError, () => new ReadableStream().pipeThrough(pair));
}, 'pipeThrough gives the readable side and locks the rest');

test(() => {
  const { readable, writable } = new TransformStream();
  for (const pair of [undefined, null, 1, {}, { readable }, { writable }, { readable, writable: 1 }]) {
    assert_throws_js(TypeError, () => new ReadableStream().pipeThrough(pair));
  }
  assert_throws_js(TypeError, () => new ReadableStream().pipeThrough());
}, 'pipeThrough checks the pair');

promise_test(async () => {
  const seen = [];
  const options = new Proxy({}, { get(_, name) { seen.push(name); return undefined; } });
  await ReadableStream.from([]).pipeTo(new WritableStream(), options);
  assert_array_equals(seen, ['preventAbort', 'preventCancel', 'preventClose', 'signal']);
}, 'the options are read in alphabetical order, once');

promise_test(async () => {
  const failing = ReadableStream.from((function* () { throw failure; })());
  failing.pipeThrough(new TransformStream());
  await pause();
}, 'a failing pipeThrough leaves no unhandled rejection');

promise_test(async () => {
  const patches = [
    [Promise.prototype, 'then'],
    [Array.prototype, 'push'],
    [Array.prototype, 'shift'],
    [Array.prototype, Symbol.iterator],
    [ReadableStreamDefaultReader.prototype, 'read'],
    [WritableStreamDefaultWriter.prototype, 'write'],
    [ReadableStream.prototype, 'getReader'],
    [WritableStream.prototype, 'getWriter'],
  ];
  const originals = patches.map(([owner, name]) => owner[name]);
  const count = patches.length;
  const touched = [];
  const then = Promise.prototype.then;
  const sink = make_sink({ write() {}, close() {} });
  const source = make_source();
  const hop = new TransformStream();
  await pause(); // the harness has called then() on the promise of this test
  // Without a prototype: a property descriptor must not inherit what is put on Object.prototype.
  const fields = ['size', 'stream', 'status', 'pull', 'queue'];
  const setter = {
    __proto__: null,
    set() { touched[touched.length] = 'setter'; },
    configurable: true,
  };
  try {
    for (let i = 0; i < count; i++) {
      const owner = patches[i][0];
      const name = patches[i][1];
      owner[name] = () => { touched[touched.length] = name; };
    }
    for (let i = 0; i < 5; i++) Object.defineProperty(Object.prototype, fields[i], setter);
    const piped = source.stream.pipeThrough(hop).pipeTo(sink.stream);
    source.controller.enqueue('a');
    source.controller.close();
    await piped;
  } finally {
    for (let i = 0; i < 5; i++) delete Object.prototype[fields[i]];
    for (let i = 0; i < count; i++) patches[i][0][patches[i][1]] = originals[i];
  }
  assert_equals(Promise.prototype.then, then);
  assert_array_equals(touched, []);
}, 'a pipe calls nothing that a script has replaced');
