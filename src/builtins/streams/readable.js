// Streams, part 4: the public interfaces of readable streams.

let readable_state;
let is_readable;
let readable_controller_state;

// The wrapper of a state, made when a script is to see it.
function readable_wrapper(stream) {
  return stream.wrapper ?? new ReadableStream(create_token, stream);
}

// https://streams.spec.whatwg.org/#dictdef-underlyingsource
function to_source_dictionary(source) {
  if (source === undefined) {
    return { cancel: undefined, pull: undefined, start: undefined, type: undefined };
  }
  const cancel = callback_member(source, 'cancel', 'underlyingSource');
  const pull = callback_member(source, 'pull', 'underlyingSource');
  const start = callback_member(source, 'start', 'underlyingSource');
  let type = source.type;
  if (type !== undefined) {
    type = `${type}`;
    if (type !== 'bytes') throw new TypeError(`underlyingSource.type cannot be '${type}'`);
  }
  return { cancel, pull, start, type };
}

// https://streams.spec.whatwg.org/#dictdef-streampipeoptions, members read in alphabetical order
function to_pipe_options(value) {
  const dictionary = to_dictionary(value, 'The pipe options');
  if (dictionary === undefined) {
    return { prevent_abort: false, prevent_cancel: false, prevent_close: false, signal: undefined };
  }
  const prevent_abort = !!dictionary.preventAbort;
  const prevent_cancel = !!dictionary.preventCancel;
  const prevent_close = !!dictionary.preventClose;
  const signal = dictionary.signal;
  if (signal !== undefined && !abort_signals.isSignal(signal)) {
    throw new TypeError('options.signal must be an AbortSignal');
  }
  return { prevent_abort, prevent_cancel, prevent_close, signal };
}

// https://streams.spec.whatwg.org/#rs-class
class ReadableStream {
  #state;

  static {
    readable_state = (stream) => stream.#state;
    is_readable = (value) => is_object(value) && #state in value;
  }

  // https://streams.spec.whatwg.org/#rs-constructor
  constructor(underlyingSource = undefined, queuingStrategy = {}) {
    if (underlyingSource === create_token) {
      this.#state = queuingStrategy;
      queuingStrategy.wrapper = this;
      return;
    }
    if (underlyingSource !== undefined && !is_object(underlyingSource)) {
      throw new TypeError('The underlying source must be an object');
    }
    const strategy = to_strategy(queuingStrategy);
    const dictionary = to_source_dictionary(underlyingSource);
    const bytes = dictionary.type === 'bytes';
    if (bytes && strategy.size !== undefined) {
      throw new RangeError('The strategy of a byte stream cannot have a size function');
    }
    const size = bytes ? chunk_bytes : extract_size_algorithm(strategy);
    const high_water_mark = extract_high_water_mark(strategy, bytes ? 0 : 1);
    const stream = new ReadableState();
    this.#state = stream;
    stream.wrapper = this;
    readable_set_up_from_source(stream, underlyingSource, dictionary, high_water_mark, size);
  }

  // https://streams.spec.whatwg.org/#rs-from
  static from(asyncIterable) {
    if (arguments.length === 0) throw new TypeError('ReadableStream.from needs an iterable');
    return readable_wrapper(readable_from_iterable(asyncIterable));
  }

  // https://streams.spec.whatwg.org/#rs-locked
  get locked() {
    if (!(#state in this)) throw illegal_invocation();
    return this.#state.reader !== undefined;
  }

  // https://streams.spec.whatwg.org/#rs-cancel
  cancel(reason = undefined) {
    if (!is_readable(this)) return PromiseReject(illegal_invocation());
    if (this.#state.reader !== undefined) {
      return PromiseReject(new TypeError('A locked ReadableStream cannot be cancelled'));
    }
    return readable_cancel(this.#state, reason);
  }

  // https://streams.spec.whatwg.org/#rs-get-reader
  getReader(options = {}) {
    if (!(#state in this)) throw illegal_invocation();
    const dictionary = to_dictionary(options, 'The options');
    const mode = dictionary === undefined ? undefined : dictionary.mode;
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    const text = `${mode}`;
    if (text !== 'byob') throw new TypeError(`options.mode cannot be '${text}'`);
    throw new TypeError("A reader of mode 'byob' needs a byte stream");
  }

  // https://streams.spec.whatwg.org/#rs-pipe-through
  pipeThrough(transform, options = {}) {
    if (!(#state in this)) throw illegal_invocation();
    if (arguments.length === 0) throw new TypeError('pipeThrough needs { readable, writable }');
    const pair = to_dictionary(transform, 'The transform');
    const readable = pair === undefined ? undefined : pair.readable;
    if (!is_readable(readable)) throw new TypeError('transform.readable must be a ReadableStream');
    const writable = pair.writable;
    if (!is_writable(writable)) throw new TypeError('transform.writable must be a WritableStream');
    const settings = to_pipe_options(options);
    if (this.#state.reader !== undefined) throw new TypeError('The ReadableStream is locked');
    const destination = writable_state(writable);
    if (destination.writer !== undefined) throw new TypeError('The WritableStream is locked');
    mark_handled(readable_pipe_to(this.#state, destination, settings));
    return readable;
  }

  // https://streams.spec.whatwg.org/#rs-pipe-to
  pipeTo(destination, options = {}) {
    if (!is_readable(this)) return PromiseReject(illegal_invocation());
    let settings;
    try {
      if (!is_writable(destination)) throw new TypeError('pipeTo needs a WritableStream');
      settings = to_pipe_options(options);
    } catch (error) {
      return PromiseReject(error);
    }
    if (this.#state.reader !== undefined) {
      return PromiseReject(new TypeError('The ReadableStream is locked'));
    }
    const sink = writable_state(destination);
    if (sink.writer !== undefined) {
      return PromiseReject(new TypeError('The WritableStream is locked'));
    }
    return readable_pipe_to(this.#state, sink, settings);
  }

  // https://streams.spec.whatwg.org/#rs-tee
  tee() {
    if (!(#state in this)) throw illegal_invocation();
    const branches = readable_tee(this.#state, false);
    return [readable_wrapper(branches[0]), readable_wrapper(branches[1])];
  }

  // https://streams.spec.whatwg.org/#rs-asynciterator
  values(options = {}) {
    if (!(#state in this)) throw illegal_invocation();
    const dictionary = to_dictionary(options, 'The options');
    const prevent_cancel = dictionary === undefined ? false : !!dictionary.preventCancel;
    return new ReadableIterator(acquire_reader(this.#state), prevent_cancel);
  }
}
define_interface(
  ReadableStream,
  'ReadableStream',
  ['locked', 'cancel', 'getReader', 'pipeThrough', 'pipeTo', 'tee', 'values'],
  ['from'],
);
ObjectDefineProperty(ReadableStream.prototype, SymbolAsyncIterator, {
  __proto__: null,
  value: ReadableStream.prototype.values,
  writable: true,
  configurable: true,
});

// https://streams.spec.whatwg.org/#default-reader-class
class ReadableStreamDefaultReader {
  #state;

  // https://streams.spec.whatwg.org/#default-reader-constructor
  constructor(stream) {
    if (!is_readable(stream)) throw new TypeError('A reader needs a ReadableStream');
    this.#state = acquire_reader(readable_state(stream));
  }

  // https://streams.spec.whatwg.org/#generic-reader-closed
  get closed() {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    return this.#state.closed.get_promise();
  }

  // https://streams.spec.whatwg.org/#generic-reader-cancel
  cancel(reason = undefined) {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    const stream = this.#state.stream;
    if (stream === undefined) return PromiseReject(new TypeError('The reader was released'));
    return readable_cancel(stream, reason);
  }

  // https://streams.spec.whatwg.org/#default-reader-read
  read() {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    const reader = this.#state;
    const stream = reader.stream;
    if (stream === undefined) return PromiseReject(new TypeError('The reader was released'));
    const controller = stream.controller;
    if (stream.status === READABLE && controller.queue.length > 0) {
      stream.disturbed = true;
      return PromiseResolve({ value: readable_controller_take(controller), done: false });
    }
    const request = new PromiseReadRequest();
    reader_read(reader, request);
    return request.promise;
  }

  // https://streams.spec.whatwg.org/#default-reader-release-lock
  releaseLock() {
    if (!(#state in this)) throw illegal_invocation();
    reader_release(this.#state);
  }
}
define_interface(ReadableStreamDefaultReader, 'ReadableStreamDefaultReader', [
  'closed',
  'cancel',
  'read',
  'releaseLock',
]);

// https://streams.spec.whatwg.org/#rs-default-controller-class
class ReadableStreamDefaultController {
  #state;

  static {
    readable_controller_state = (controller) => controller.#state;
  }

  constructor(token = undefined, state = undefined) {
    check_token(token);
    this.#state = state;
  }

  // https://streams.spec.whatwg.org/#rs-default-controller-desired-size
  get desiredSize() {
    if (!(#state in this)) throw illegal_invocation();
    return readable_controller_desired_size(this.#state);
  }

  // https://streams.spec.whatwg.org/#rs-default-controller-close
  close() {
    if (!(#state in this)) throw illegal_invocation();
    if (!readable_controller_can_enqueue(this.#state)) {
      throw new TypeError('The stream is closed, closing or errored: it cannot be closed');
    }
    readable_controller_close(this.#state);
  }

  // https://streams.spec.whatwg.org/#rs-default-controller-enqueue
  enqueue(chunk = undefined) {
    if (!(#state in this)) throw illegal_invocation();
    if (!readable_controller_can_enqueue(this.#state)) {
      throw new TypeError('The stream is closed, closing or errored: nothing can be enqueued');
    }
    readable_controller_enqueue(this.#state, chunk);
  }

  // https://streams.spec.whatwg.org/#rs-default-controller-error
  error(e = undefined) {
    if (!(#state in this)) throw illegal_invocation();
    readable_controller_error(this.#state, e);
  }
}
define_interface(ReadableStreamDefaultController, 'ReadableStreamDefaultController', [
  'desiredSize',
  'close',
  'enqueue',
  'error',
]);

// --- async iteration -----------------------------------------------------------------------------

// https://streams.spec.whatwg.org/#rs-asynciterator
class ReadableIterator {
  #state;

  constructor(reader, prevent_cancel) {
    // `ongoing` is the newest promise given out that is not settled.
    this.#state = { reader, prevent_cancel, ongoing: undefined, finished: false };
  }

  next() {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    const iterator = this.#state;
    if (iterator.ongoing === undefined) return iterator_next(iterator);
    return iterator_in_turn(iterator, () => iterator_next(iterator));
  }

  return(value) {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    const iterator = this.#state;
    return iterator_in_turn(iterator, () => iterator_return(iterator, value));
  }
}
define_interface(ReadableIterator, 'ReadableStream AsyncIterator', ['next', 'return']);
Object.setPrototypeOf(ReadableIterator.prototype, AsyncIteratorPrototype);
delete ReadableIterator.prototype.constructor;

// A read request that answers one next().
// https://streams.spec.whatwg.org/#rs-asynciterator-prototype-next
class IteratorReadRequest extends PromiseReadRequest {
  constructor(iterator) {
    super();
    this.iterator = iterator;
    this.answer = undefined;
  }

  settled() {
    if (this.iterator.ongoing === this.answer) this.iterator.ongoing = undefined;
  }

  chunk(value) {
    this.settled();
    this.resolve({ value, done: false });
  }

  close() {
    this.settled();
    this.iterator.finished = true;
    reader_release(this.iterator.reader);
    this.resolve({ value: undefined, done: true });
  }

  error(reason) {
    this.settled();
    this.iterator.finished = true;
    reader_release(this.iterator.reader);
    this.reject(reason);
  }
}

function iterator_next(iterator) {
  if (iterator.finished) return PromiseResolve({ value: undefined, done: true });
  const { stream } = iterator.reader;
  if (stream.status === READABLE && stream.controller.queue.length > 0) {
    stream.disturbed = true;
    return PromiseResolve({ value: readable_controller_take(stream.controller), done: false });
  }
  const request = new IteratorReadRequest(iterator);
  // The standard puts one microtask between the chunk and the answer: a source that fills its queue
  // as soon as a chunk is taken does so before the script can call return().
  const answer = PromiseThen(request.promise, undefined, undefined);
  request.answer = answer;
  if (iterator.ongoing === undefined) iterator.ongoing = answer;
  reader_read(iterator.reader, request);
  return answer;
}

// https://streams.spec.whatwg.org/#rs-asynciterator-prototype-return
function iterator_return(iterator, value) {
  if (iterator.finished) return PromiseResolve({ value, done: true });
  iterator.finished = true;
  const { reader } = iterator;
  if (iterator.prevent_cancel) {
    reader_release(reader);
    return PromiseResolve({ value, done: true });
  }
  const result = readable_cancel(reader.stream, value);
  reader_release(reader);
  return PromiseThen(result, () => ({ value, done: true }));
}

// One after the other, as the asynchronous iterator objects of Web IDL do.
// https://webidl.spec.whatwg.org/#es-asynchronous-iterator-prototype-object
function iterator_in_turn(iterator, steps) {
  const promise =
    iterator.ongoing === undefined ? steps() : PromiseThen(iterator.ongoing, steps, steps);
  iterator.ongoing = promise;
  const settled = () => {
    if (iterator.ongoing === promise) iterator.ongoing = undefined;
  };
  PromiseThen(promise, settled, settled);
  return promise;
}
