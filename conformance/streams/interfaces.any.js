// The shape of the interfaces: https://streams.spec.whatwg.org/ with https://webidl.spec.whatwg.org/
'use strict';

const readable_of = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

const interfaces = [
  [ReadableStream, 'ReadableStream', 0, { cancel: 0, getReader: 0, pipeThrough: 1, pipeTo: 1, tee: 0, values: 0 }, ['locked']],
  [ReadableStreamDefaultReader, 'ReadableStreamDefaultReader', 1, { cancel: 0, read: 0, releaseLock: 0 }, ['closed']],
  [ReadableStreamDefaultController, 'ReadableStreamDefaultController', 0, { close: 0, enqueue: 0, error: 0 }, ['desiredSize']],
  [WritableStream, 'WritableStream', 0, { abort: 0, close: 0, getWriter: 0 }, ['locked']],
  [WritableStreamDefaultWriter, 'WritableStreamDefaultWriter', 1, { abort: 0, close: 0, releaseLock: 0, write: 0 }, ['closed', 'desiredSize', 'ready']],
  [WritableStreamDefaultController, 'WritableStreamDefaultController', 0, { error: 0 }, ['signal']],
  [TransformStream, 'TransformStream', 0, {}, ['readable', 'writable']],
  [TransformStreamDefaultController, 'TransformStreamDefaultController', 0, { enqueue: 0, error: 0, terminate: 0 }, ['desiredSize']],
  [ByteLengthQueuingStrategy, 'ByteLengthQueuingStrategy', 1, {}, ['highWaterMark', 'size']],
  [CountQueuingStrategy, 'CountQueuingStrategy', 1, {}, ['highWaterMark', 'size']],
];

for (const [constructor, name, length, methods, getters] of interfaces) {
  test(() => {
    assert_equals(constructor.name, name);
    assert_equals(constructor.length, length);
    assert_equals(constructor.prototype[Symbol.toStringTag], name);
    const tag = Object.getOwnPropertyDescriptor(constructor.prototype, Symbol.toStringTag);
    assert_true(tag.configurable && !tag.enumerable && !tag.writable);
    assert_equals(Object.getOwnPropertyDescriptor(constructor, 'prototype').writable, false);
  }, `${name} names itself`);

  test(() => {
    for (const method of Object.keys(methods)) {
      const descriptor = Object.getOwnPropertyDescriptor(constructor.prototype, method);
      assert_true(descriptor.enumerable && descriptor.writable && descriptor.configurable, method);
      assert_equals(descriptor.value.length, methods[method], `${method}.length`);
      assert_equals(descriptor.value.name, method);
      assert_throws_js(TypeError, () => new descriptor.value(), `new ${method}`);
    }
    for (const getter of getters) {
      const descriptor = Object.getOwnPropertyDescriptor(constructor.prototype, getter);
      assert_true(descriptor.enumerable && descriptor.configurable, getter);
      assert_equals(descriptor.get.name, `get ${getter}`);
      assert_equals(descriptor.set, undefined);
    }
  }, `${name} has enumerable methods and getters`);

  test(() => {
    assert_throws_js(TypeError, () => constructor(), 'without new');
  }, `${name} needs new`);

  promise_test(async (t) => {
    const members = [...Object.keys(methods), ...getters];
    const asynchronous = { cancel: 1, pipeTo: 1, read: 1, closed: 1, ready: 1, abort: 1, write: 1 };
    for (const receiver of [undefined, {}, constructor.prototype, 1]) {
      for (const member of members) {
        const descriptor = Object.getOwnPropertyDescriptor(constructor.prototype, member);
        const callee = descriptor.get ?? descriptor.value;
        const is_promise = asynchronous[member] ||
          (member === 'close' && name.startsWith('WritableStream'));
        if (is_promise) {
          await promise_rejects_js(t, TypeError, callee.call(receiver, new WritableStream()), member);
        } else {
          assert_throws_js(TypeError, () => callee.call(receiver, {}), member);
        }
      }
    }
  }, `${name} members refuse other receivers`);
}

for (const constructor of [
  ReadableStreamDefaultController,
  WritableStreamDefaultController,
  TransformStreamDefaultController,
]) {
  test(() => {
    assert_throws_js(TypeError, () => new constructor());
    assert_throws_js(TypeError, () => new constructor(readable_of(1)));
  }, `${constructor.name} cannot be made by a script`);
}

for (const [constructor, wrong] of [
  [ReadableStreamDefaultReader, [undefined, null, {}, 1, new WritableStream()]],
  [WritableStreamDefaultWriter, [undefined, null, {}, 1, new ReadableStream()]],
]) {
  test(() => {
    for (const value of wrong) assert_throws_js(TypeError, () => new constructor(value));
  }, `${constructor.name} takes only its stream`);
}

for (const constructor of [ReadableStream, WritableStream, TransformStream]) {
  test(() => {
    for (const value of [null, 1, 'a', true, Symbol('s')]) {
      assert_throws_js(TypeError, () => new constructor(value));
    }
    new constructor(undefined);
    new constructor({});
    new constructor(() => {});
  }, `${constructor.name} takes an object or undefined`);

  test(() => {
    for (const mark of [-1, NaN, -Infinity, 'x', {}]) {
      assert_throws_js(RangeError, () => new constructor({}, { highWaterMark: mark }));
    }
    for (const mark of [0, 1.5, Infinity, '7', null]) new constructor({}, { highWaterMark: mark });
  }, `${constructor.name} checks highWaterMark`);

  test(() => {
    for (const size of [null, 1, 'a', {}]) {
      assert_throws_js(TypeError, () => new constructor({}, { size }));
    }
    for (const strategy of [1, 'a', true]) {
      assert_throws_js(TypeError, () => new constructor({}, strategy));
    }
    new constructor({}, null);
  }, `${constructor.name} checks the strategy`);
}

const callbacks = [
  [ReadableStream, ['cancel', 'pull', 'start', 'type']],
  [WritableStream, ['abort', 'close', 'start', 'type', 'write']],
  [TransformStream, ['cancel', 'flush', 'readableType', 'start', 'transform', 'writableType']],
];
for (const [constructor, names] of callbacks) {
  test(() => {
    const seen = [];
    const source = new Proxy({}, {
      get(_, name) {
        if (name !== 'autoAllocateChunkSize') seen.push(name);
        return undefined;
      },
    });
    new constructor(source);
    assert_array_equals(seen, names);
  }, `${constructor.name} reads its dictionary in alphabetical order, once`);

  for (const name of names) {
    if (/[tT]ype$/.test(name)) continue;
    test(() => {
      for (const value of [null, 1, 'a', {}]) {
        assert_throws_js(TypeError, () => new constructor({ [name]: value }));
      }
    }, `${constructor.name}: ${name} must be a function`);
  }
}

test(() => {
  assert_throws_js(TypeError, () => new ReadableStream({ type: 'other' }));
  assert_throws_js(TypeError, () => new ReadableStream({ type: null }));
  assert_throws_js(RangeError, () => new WritableStream({ type: 'bytes' }));
  assert_throws_js(RangeError, () => new TransformStream({ readableType: 'bytes' }));
  assert_throws_js(RangeError, () => new TransformStream({ writableType: 'bytes' }));
}, 'types that do not exist are refused');

test(() => {
  assert_equals(ReadableStream.prototype[Symbol.asyncIterator], ReadableStream.prototype.values);
  const descriptor = Object.getOwnPropertyDescriptor(ReadableStream.prototype, Symbol.asyncIterator);
  assert_true(descriptor.writable && descriptor.configurable && !descriptor.enumerable);
  const from = Object.getOwnPropertyDescriptor(ReadableStream, 'from');
  assert_true(from.writable && from.configurable && from.enumerable);
  assert_equals(ReadableStream.from.length, 1);
}, 'ReadableStream: asyncIterator is values, from is static');

test(() => {
  const bytes = new ByteLengthQueuingStrategy({ highWaterMark: '8' });
  const count = new CountQueuingStrategy({ highWaterMark: 3 });
  assert_equals(bytes.highWaterMark, 8);
  assert_equals(count.highWaterMark, 3);
  assert_equals(bytes.size({ byteLength: 5 }), 5);
  assert_equals(bytes.size('four'), undefined);
  assert_equals(count.size(), 1);
  assert_equals(bytes.size, new ByteLengthQueuingStrategy({ highWaterMark: 1 }).size);
  assert_equals(bytes.size.name + bytes.size.length, 'size1');
  assert_equals(count.size.name + count.size.length, 'size0');
  assert_throws_js(TypeError, () => bytes.size());
}, 'queuing strategies size chunks');

for (const constructor of [ByteLengthQueuingStrategy, CountQueuingStrategy]) {
  test(() => {
    for (const init of [undefined, null, 1, {}, { highWaterMark: undefined }]) {
      assert_throws_js(TypeError, () => new constructor(init));
    }
    for (const mark of [-4, Infinity]) {
      assert_equals(new constructor({ highWaterMark: mark }).highWaterMark, mark);
    }
    assert_true(Number.isNaN(new constructor({ highWaterMark: 'x' }).highWaterMark));
  }, `${constructor.name} wants highWaterMark and does not check it`);
}
