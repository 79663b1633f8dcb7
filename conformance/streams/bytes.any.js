// Readable byte streams with default readers: https://streams.spec.whatwg.org/#rbs-controller-class
'use strict';

const failure = new Error('on purpose');

promise_test(async () => {
  const chunks = [];
  const source = {
    type: 'bytes',
    start(controller) {
      assert_true(controller instanceof ReadableByteStreamController);
      assert_equals(controller.byobRequest, null);
      assert_equals(controller.desiredSize, 0);
      const bytes = new Uint8Array([1, 2, 3, 4]);
      controller.enqueue(bytes.subarray(1, 3));
      assert_equals(bytes.byteLength, 0, 'the buffer was transferred');
      assert_equals(controller.desiredSize, -2);
      controller.enqueue(new DataView(new Uint8Array([9]).buffer));
      controller.enqueue(new Uint16Array([0x0102]));
      controller.close();
      assert_throws_js(TypeError, () => controller.close());
      assert_throws_js(TypeError, () => controller.enqueue(new Uint8Array(1)));
    },
  };
  for await (const chunk of new ReadableStream(source)) {
    assert_true(chunk instanceof Uint8Array);
    chunks.push(...chunk);
  }
  assert_array_equals(chunks, [2, 3, 9, 2, 1]);
}, 'chunks are views over transferred buffers, given as Uint8Array');

promise_test(async () => {
  let pulls = 0;
  const stream = new ReadableStream({ type: 'bytes', pull(controller) { controller.enqueue(new Uint8Array([++pulls])); } });
  await new Promise((resolve) => step_timeout(resolve, 0));
  assert_equals(pulls, 0, 'the high water mark is 0');
  const reader = stream.getReader();
  assert_array_equals((await reader.read()).value, [1]);
  assert_array_equals((await reader.read()).value, [2]);
  assert_equals(pulls, 2);
}, 'one pull for one read');

promise_test(async (t) => {
  assert_throws_js(RangeError, () => new ReadableStream({ type: 'bytes' }, { size: () => 1 }));
  assert_throws_js(TypeError, () => new ReadableStream({ type: 'other' }));
  assert_throws_js(TypeError, () => new ReadableByteStreamController());
  let controller;
  const stream = new ReadableStream({ type: 'bytes', start(c) { controller = c; } });
  assert_throws_js(TypeError, () => controller.enqueue('text'));
  assert_throws_js(TypeError, () => controller.enqueue(new Uint8Array(0)));
  controller.error(failure);
  assert_equals(controller.desiredSize, null);
  await promise_rejects_exactly(t, failure, stream.getReader().read());
}, 'what is refused, and errors');

promise_test(async () => {
  const body = new ReadableStream({ type: 'bytes', start(c) { c.enqueue(new TextEncoder().encode('as a body')); c.close(); } });
  assert_equals(await new Response(body).text(), 'as a body');
}, 'a byte stream is a body');
