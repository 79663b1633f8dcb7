// Streams, part 1: what the other parts stand on. The manifest joins the parts into one function,
// which begins here and ends in exports.js; they share its scope.
//
// Rules of these files: scripts of a worker may have replaced any global or prototype method before
// the streams are first touched and at any time after, so nothing is looked up on a global or on a
// prototype that a script can reach: no array methods, spread, array destructuring or for-of;
// promises are reacted to through PromiseThen. Public objects hold one private field with a plain
// state object; all algorithms work on the state objects, which no script ever sees.

(function (internal) {
'use strict';

const primordials = internal.primordials ?? globalThis;
const { Promise, Symbol, Object, Reflect, TypeError, RangeError, Uint8Array, ArrayBuffer } =
  primordials;
const FunctionCall = internal.primordials?.FunctionPrototypeCall ?? Function.prototype.call;
const FunctionBind = internal.primordials?.FunctionPrototypeBind ?? Function.prototype.bind;

// call(fn, this_value, ...args), without reading `fn.call`.
const call = Reflect.apply(FunctionBind, FunctionCall, [FunctionCall]);
const uncurry_this = (method) => Reflect.apply(FunctionBind, FunctionCall, [method]);
const getter_of = (prototype, name) =>
  uncurry_this(Object.getOwnPropertyDescriptor(prototype, name).get);

const PromiseThen = uncurry_this(
  internal.primordials?.PromisePrototypeThen ?? Promise.prototype.then,
);
const PromiseResolve = Reflect.apply(FunctionBind, Promise.resolve, [Promise]);
const PromiseReject = Reflect.apply(FunctionBind, Promise.reject, [Promise]);
const ObjectDefineProperty = Object.defineProperty;
const ObjectGetPrototypeOf = Object.getPrototypeOf;
const SymbolAsyncIterator = Symbol.asyncIterator;
const SymbolIterator = Symbol.iterator;
const SymbolToStringTag = Symbol.toStringTag;
const ArrayBufferIsView = ArrayBuffer.isView;
const TypedArrayPrototype = ObjectGetPrototypeOf(Uint8Array.prototype);
const TypedArrayTag = getter_of(TypedArrayPrototype, SymbolToStringTag);
const TypedArrayBuffer = getter_of(TypedArrayPrototype, 'buffer');
const TypedArrayByteOffset = getter_of(TypedArrayPrototype, 'byteOffset');
const TypedArrayByteLength = getter_of(TypedArrayPrototype, 'byteLength');
const DataViewPrototype = primordials.DataView.prototype;
const DataViewBuffer = getter_of(DataViewPrototype, 'buffer');
const DataViewByteOffset = getter_of(DataViewPrototype, 'byteOffset');
const DataViewByteLength = getter_of(DataViewPrototype, 'byteLength');
const ArrayBufferByteLength = getter_of(ArrayBuffer.prototype, 'byteLength');
const ArrayBufferTransfer = uncurry_this(ArrayBuffer.prototype.transfer);
const AsyncIteratorPrototype = ObjectGetPrototypeOf(
  ObjectGetPrototypeOf(async function* () {}).prototype,
);

// Given to constructors that scripts may not call, and to public ones to adopt a ready state
// object.
const create_token = { __proto__: null };

const noop = () => {};
const return_undefined = () => undefined;
const is_object = (value) =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

// --- abort signals -------------------------------------------------------------------------------

// The AbortSignal operations streams need. The engine may give them as internal functions;
// otherwise they are taken from the AbortController it gives.
const abort_signals = internal.abortSignals ?? abort_signals_from(internal.AbortController);

function abort_signals_from(AbortController) {
  const signal_of = getter_of(AbortController.prototype, 'signal');
  const abort = uncurry_this(AbortController.prototype.abort);
  const AbortSignalPrototype = ObjectGetPrototypeOf(new AbortController().signal);
  const aborted = getter_of(AbortSignalPrototype, 'aborted');
  const reason = getter_of(AbortSignalPrototype, 'reason');
  const add = uncurry_this(AbortSignalPrototype.addEventListener);
  const remove = uncurry_this(AbortSignalPrototype.removeEventListener);
  return {
    // A pair that `abort` takes; its `signal` is the AbortSignal.
    create() {
      const controller = new AbortController();
      return { controller, signal: signal_of(controller) };
    },
    abort: (pair, why) => abort(pair.controller, why),
    isSignal(value) {
      try {
        aborted(value);
        return true;
      } catch {
        return false;
      }
    },
    aborted,
    reason,
    add: (signal, algorithm) => add(signal, 'abort', algorithm),
    remove: (signal, algorithm) => remove(signal, 'abort', algorithm),
  };
}

// Cuts a class of ours off Object.prototype, where a script may have put setters for the names of
// our fields.
const cut_off = (ours) => Object.setPrototypeOf(ours.prototype, null);

// --- promises ------------------------------------------------------------------------------------

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

// Reacting to this one costs a microtask and no promise of its own.
const resolved = PromiseResolve(undefined);

// https://webidl.spec.whatwg.org/#a-promise-resolved-with
function promise_resolved_with(value) {
  return new Promise((resolve) => resolve(value));
}

function mark_handled(promise) {
  PromiseThen(promise, undefined, noop);
}

// A promise that comes into being only when somebody asks for it. Most `closed` and `ready`
// promises are never looked at, and those inside a transform or a pipe never by a script. Its
// rejection never counts as unhandled, as the standard wants for every promise kept this way.
class Deferred {
  constructor() {
    this.status = PENDING;
    this.reason = undefined;
    this.promise = undefined;
    this.settle_promise = undefined;
    this.fail_promise = undefined;
    this.on_fulfilled = undefined;
    this.on_rejected = undefined;
    this.next = undefined; // further reactions, oldest first
  }

  static resolved() {
    const deferred = new Deferred();
    deferred.status = FULFILLED;
    return deferred;
  }

  static rejected(reason) {
    const deferred = new Deferred();
    deferred.status = REJECTED;
    deferred.reason = reason;
    return deferred;
  }

  resolve() {
    if (this.status !== PENDING) return;
    this.status = FULFILLED;
    if (this.settle_promise !== undefined) this.settle_promise(undefined);
    for (let entry = this; entry !== undefined; entry = entry.next) {
      if (entry.on_fulfilled !== undefined) PromiseThen(resolved, entry.on_fulfilled);
      entry.on_fulfilled = entry.on_rejected = undefined;
    }
    this.next = undefined;
  }

  reject(reason) {
    if (this.status !== PENDING) return;
    this.status = REJECTED;
    this.reason = reason;
    if (this.fail_promise !== undefined) this.fail_promise(reason);
    for (let entry = this; entry !== undefined; entry = entry.next) {
      const on_rejected = entry.on_rejected;
      if (on_rejected !== undefined) PromiseThen(resolved, () => on_rejected(reason));
      entry.on_fulfilled = entry.on_rejected = undefined;
    }
    this.next = undefined;
  }

  // Runs one of the two in a microtask once settled.
  then(on_fulfilled, on_rejected) {
    if (this.status === FULFILLED) {
      if (on_fulfilled !== undefined) PromiseThen(resolved, on_fulfilled);
    } else if (this.status === REJECTED) {
      const reason = this.reason;
      if (on_rejected !== undefined) PromiseThen(resolved, () => on_rejected(reason));
    } else if (this.on_fulfilled === undefined && this.on_rejected === undefined) {
      this.on_fulfilled = on_fulfilled;
      this.on_rejected = on_rejected;
    } else {
      let last = this;
      while (last.next !== undefined) last = last.next;
      last.next = { on_fulfilled, on_rejected, next: undefined };
    }
  }

  get_promise() {
    if (this.promise !== undefined) return this.promise;
    if (this.status === FULFILLED) {
      this.promise = PromiseResolve(undefined);
    } else if (this.status === REJECTED) {
      this.promise = PromiseReject(this.reason);
      mark_handled(this.promise);
    } else {
      this.promise = new Promise((resolve, reject) => {
        this.settle_promise = resolve;
        this.fail_promise = reject;
      });
      mark_handled(this.promise);
    }
    return this.promise;
  }
}
cut_off(Deferred);

// The promise of one operation that a script waits for: a write, a close, an abort.
class PromiseRequest {
  constructor() {
    this.resolve = undefined;
    this.reject = undefined;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
cut_off(PromiseRequest);

// An algorithm of a stream gives undefined (done), a Promise or a Deferred, and never throws. These
// react to it.
function react(result, on_fulfilled, on_rejected) {
  if (result === undefined) {
    PromiseThen(resolved, on_fulfilled);
  } else if (result instanceof Deferred) {
    result.then(on_fulfilled, on_rejected);
  } else {
    PromiseThen(result, on_fulfilled, on_rejected);
  }
}

// The same as a fresh promise of undefined.
function promise_of(result) {
  if (result === undefined) return PromiseResolve(undefined);
  return PromiseThen(
    result instanceof Deferred ? result.get_promise() : result,
    return_undefined,
  );
}

// Turns what a callback of a script does into the form above.
// https://webidl.spec.whatwg.org/#invoke-a-callback-function for callbacks that return a promise
function invoke_0(callback, this_value) {
  try {
    const result = call(callback, this_value);
    return result === undefined ? undefined : promise_resolved_with(result);
  } catch (error) {
    return PromiseReject(error);
  }
}

function invoke_1(callback, this_value, argument) {
  try {
    const result = call(callback, this_value, argument);
    return result === undefined ? undefined : promise_resolved_with(result);
  } catch (error) {
    return PromiseReject(error);
  }
}

function invoke_2(callback, this_value, first, second) {
  try {
    const result = call(callback, this_value, first, second);
    return result === undefined ? undefined : promise_resolved_with(result);
  } catch (error) {
    return PromiseReject(error);
  }
}

// --- queues --------------------------------------------------------------------------------------

const SEGMENT_SLOTS = 32;
const SEGMENT_MASK = SEGMENT_SLOTS - 1;

// A literal has no holes, so reading or writing a slot never reaches Array.prototype.
const new_slots = () => [
  undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
  undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
  undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
  undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
];

// A ring of 32 slots; `next` leads to a younger ring when one was full.
class Segment {
  constructor() {
    this.slots = new_slots();
    this.head = 0;
    this.length = 0;
    this.next = undefined;
  }
}
cut_off(Segment);

// First in, first out, in rings chained when full: push and shift never move what is queued.
class Queue {
  constructor() {
    this.length = 0;
    this.oldest = undefined;
    this.newest = undefined;
  }

  push(value) {
    let segment = this.newest;
    if (segment === undefined) {
      segment = this.oldest = this.newest = new Segment();
    } else if (segment.length === SEGMENT_SLOTS) {
      segment = this.newest = segment.next = new Segment();
    }
    segment.slots[(segment.head + segment.length) & SEGMENT_MASK] = value;
    segment.length++;
    this.length++;
  }

  peek() {
    return this.oldest.slots[this.oldest.head];
  }

  // Only when length > 0.
  shift() {
    const segment = this.oldest;
    const value = segment.slots[segment.head];
    segment.slots[segment.head] = undefined;
    segment.head = (segment.head + 1) & SEGMENT_MASK;
    this.length--;
    if (--segment.length === 0 && segment.next !== undefined) this.oldest = segment.next;
    return value;
  }
}
cut_off(Queue);

// A queue with sizes. Sizes are kept apart and only once one differs from 1: most streams count
// chunks.
// https://streams.spec.whatwg.org/#queue-with-sizes
class ChunkQueue {
  constructor() {
    this.chunks = new Queue();
    this.sizes = undefined;
    this.length = 0;
    this.total_size = 0;
  }

  // https://streams.spec.whatwg.org/#enqueue-value-with-size
  push(chunk, size) {
    if (!(size >= 0) || size === Infinity) {
      throw new RangeError('The size of a chunk must be a finite number that is not negative');
    }
    if (this.sizes !== undefined) {
      this.sizes.push(size);
    } else if (size !== 1) {
      this.sizes = new Queue();
      for (let i = 0; i < this.length; i++) this.sizes.push(1);
      this.sizes.push(size);
    }
    this.chunks.push(chunk);
    this.length++;
    this.total_size += size;
  }

  peek() {
    return this.chunks.peek();
  }

  // https://streams.spec.whatwg.org/#dequeue-value
  shift() {
    this.length--;
    this.total_size -= this.sizes === undefined ? 1 : this.sizes.shift();
    if (this.total_size < 0) this.total_size = 0; // rounding
    return this.chunks.shift();
  }

  // https://streams.spec.whatwg.org/#reset-queue
  reset() {
    this.chunks = new Queue();
    this.sizes = undefined;
    this.length = 0;
    this.total_size = 0;
  }
}
cut_off(ChunkQueue);

// --- Web IDL -------------------------------------------------------------------------------------

const illegal_invocation = () => new TypeError('Illegal invocation');

function check_token(token) {
  if (token !== create_token) throw new TypeError('Illegal constructor');
}

// https://webidl.spec.whatwg.org/#es-dictionary: gives undefined for an empty dictionary.
function to_dictionary(value, what) {
  if (value === undefined || value === null) return undefined;
  if (!is_object(value)) throw new TypeError(`${what} must be an object`);
  return value;
}

// A callback member of a dictionary: undefined or callable.
function callback_member(dictionary, name, what) {
  const value = dictionary[name];
  if (value === undefined || typeof value === 'function') return value;
  throw new TypeError(`${what}.${name} must be a function`);
}

// The QueuingStrategy dictionary, members read in alphabetical order.
function to_strategy(value) {
  const dictionary = to_dictionary(value, 'The queuing strategy');
  if (dictionary === undefined) return { high_water_mark: undefined, size: undefined };
  let high_water_mark = dictionary.highWaterMark;
  if (high_water_mark !== undefined) high_water_mark = +high_water_mark;
  return { high_water_mark, size: callback_member(dictionary, 'size', 'strategy') };
}

// https://streams.spec.whatwg.org/#validate-and-normalize-high-water-mark
function extract_high_water_mark(strategy, fallback) {
  const mark = strategy.high_water_mark;
  if (mark === undefined) return fallback;
  if (!(mark >= 0)) {
    throw new RangeError('highWaterMark must be a number that is not negative');
  }
  return mark;
}

// https://streams.spec.whatwg.org/#make-size-algorithm-from-size-function: undefined stands for "always 1".
function extract_size_algorithm(strategy) {
  return strategy.size === count_size ? undefined : strategy.size;
}

// Methods and accessors of an interface are enumerable, and it names itself.
function define_interface(constructor, name, methods, statics) {
  const prototype = constructor.prototype;
  for (let i = 0; i < methods.length; i++) {
    ObjectDefineProperty(prototype, methods[i], { __proto__: null, enumerable: true });
  }
  for (let i = 0; statics !== undefined && i < statics.length; i++) {
    ObjectDefineProperty(constructor, statics[i], { __proto__: null, enumerable: true });
  }
  ObjectDefineProperty(prototype, SymbolToStringTag, {
    __proto__: null,
    value: name,
    configurable: true,
  });
}
