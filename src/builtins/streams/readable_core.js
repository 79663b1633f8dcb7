// Streams, part 3: the state and the algorithms of readable streams and their default controllers.

const READABLE = 0;
const CLOSED = 1;
const ERRORED = 2;

// https://streams.spec.whatwg.org/#rs-internal-slots
class ReadableState {
  constructor() {
    this.status = READABLE;
    this.stored_error = undefined;
    this.disturbed = false;
    this.reader = undefined;
    this.controller = undefined;
    this.wrapper = undefined;
    this.native_source = undefined; // see native.js
    this.known_length = undefined;
  }
}
cut_off(ReadableState);

// https://streams.spec.whatwg.org/#default-reader-internal-slots
class ReaderState {
  constructor(stream) {
    this.stream = stream;
    this.requests = new Queue();
    // https://streams.spec.whatwg.org/#readable-stream-reader-generic-initialize
    if (stream.status === READABLE) this.closed = new Deferred();
    else if (stream.status === CLOSED) this.closed = Deferred.resolved();
    else this.closed = Deferred.rejected(stream.stored_error);
    stream.reader = this;
  }
}
cut_off(ReaderState);

// A read request is any object with chunk(value), close() and error(reason), each called once at
// most in all.
// https://streams.spec.whatwg.org/#read-request
class PromiseReadRequest {
  constructor() {
    this.resolve = undefined;
    this.reject = undefined;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  chunk(value) {
    this.resolve({ value, done: false });
  }

  close() {
    this.resolve({ value: undefined, done: true });
  }

  error(reason) {
    this.reject(reason);
  }
}
cut_off(PromiseReadRequest);

// https://streams.spec.whatwg.org/#acquire-readable-stream-reader
function acquire_reader(stream) {
  if (stream.reader !== undefined) throw new TypeError('The ReadableStream is locked to a reader');
  return new ReaderState(stream);
}

// https://streams.spec.whatwg.org/#readable-stream-default-reader-read
function reader_read(reader, request) {
  const stream = reader.stream;
  stream.disturbed = true;
  if (stream.status === CLOSED) request.close();
  else if (stream.status === ERRORED) request.error(stream.stored_error);
  else stream.controller.pull_steps(request);
}

// https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreaderrelease
function reader_release(reader) {
  const stream = reader.stream;
  if (stream === undefined) return;
  const error = new TypeError('The reader was released from its stream');
  if (reader.closed.status === PENDING) reader.closed.reject(error);
  else reader.closed = Deferred.rejected(error);
  stream.controller.release_steps();
  stream.reader = undefined;
  reader.stream = undefined;
  reader_error_requests(reader, error);
}

// https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreadererrorreadrequests
function reader_error_requests(reader, error) {
  const requests = reader.requests;
  if (requests.length === 0) return;
  reader.requests = new Queue();
  while (requests.length > 0) requests.shift().error(error);
}

// https://streams.spec.whatwg.org/#readable-stream-close
function readable_close(stream) {
  stream.status = CLOSED;
  const reader = stream.reader;
  if (reader === undefined) return;
  reader.closed.resolve();
  const requests = reader.requests;
  if (requests.length === 0) return;
  reader.requests = new Queue();
  while (requests.length > 0) requests.shift().close();
}

// https://streams.spec.whatwg.org/#readable-stream-error
function readable_error(stream, error) {
  stream.status = ERRORED;
  stream.stored_error = error;
  const reader = stream.reader;
  if (reader === undefined) return;
  reader.closed.reject(error);
  reader_error_requests(reader, error);
}

// https://streams.spec.whatwg.org/#readable-stream-cancel
function readable_cancel(stream, reason) {
  stream.disturbed = true;
  if (stream.status === CLOSED) return PromiseResolve(undefined);
  if (stream.status === ERRORED) return PromiseReject(stream.stored_error);
  readable_close(stream);
  return promise_of(stream.controller.cancel_steps(reason));
}

// https://streams.spec.whatwg.org/#rs-default-controller-internal-slots
class ReadableControllerState {
  // `size` undefined counts chunks; `pull` and `cancel` undefined do nothing. They take
  // (controller) and (reason).
  constructor(stream, pull, cancel, high_water_mark, size) {
    this.stream = stream;
    this.queue = new ChunkQueue();
    this.started = false;
    this.close_requested = false;
    this.pulling = false;
    this.pull_again = false;
    this.high_water_mark = high_water_mark;
    this.size = size;
    this.pull = pull;
    this.cancel = cancel;
    this.wrapper = undefined;
    this.on_pulled = undefined;
    this.on_pull_failed = undefined;
    stream.controller = this;
  }

  // https://streams.spec.whatwg.org/#rs-default-controller-private-cancel
  cancel_steps(reason) {
    this.queue.reset();
    const cancel = this.cancel;
    readable_controller_clear(this);
    return cancel === undefined ? undefined : cancel(reason);
  }

  // https://streams.spec.whatwg.org/#rs-default-controller-private-pull
  pull_steps(request) {
    if (this.queue.length > 0) {
      request.chunk(readable_controller_take(this));
    } else {
      this.stream.reader.requests.push(request);
      readable_controller_pull_if_needed(this);
    }
  }

  // https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultcontroller-releasesteps
  release_steps() {}
}
cut_off(ReadableControllerState);

// The first part of the pull steps: takes a chunk from a queue that has one, without a read
// request.
function readable_controller_take(controller) {
  const chunk = controller.queue.shift();
  if (controller.close_requested && controller.queue.length === 0) {
    readable_controller_clear(controller);
    readable_close(controller.stream);
  } else {
    readable_controller_pull_if_needed(controller);
  }
  return chunk;
}

// https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller
function readable_controller_start(controller, start_result) {
  react(
    start_result,
    () => {
      controller.started = true;
      readable_controller_pull_if_needed(controller);
    },
    (error) => readable_controller_error(controller, error),
  );
}

// What an internal pull algorithm gives when it is done and the next pull need not wait for a
// microtask.
const PULLED = new Deferred();

// https://streams.spec.whatwg.org/#readable-stream-default-controller-call-pull-if-needed
function readable_controller_pull_if_needed(controller) {
  if (controller.pull === undefined || !readable_controller_should_pull(controller)) return;
  if (controller.pulling) {
    controller.pull_again = true;
    return;
  }
  if (controller.on_pulled === undefined) readable_controller_make_reactions(controller);
  controller.pulling = true;
  let result = controller.pull(controller);
  while (result === PULLED && controller.pull_again) {
    controller.pull_again = false;
    if (!readable_controller_should_pull(controller)) break;
    result = controller.pull(controller);
  }
  if (result === PULLED) controller.pulling = false;
  else react(result, controller.on_pulled, controller.on_pull_failed);
}

function readable_controller_make_reactions(controller) {
  controller.on_pulled = () => {
    controller.pulling = false;
    if (!controller.pull_again) return;
    controller.pull_again = false;
    readable_controller_pull_if_needed(controller);
  };
  controller.on_pull_failed = (error) => readable_controller_error(controller, error);
}

// https://streams.spec.whatwg.org/#readable-stream-default-controller-should-call-pull
function readable_controller_should_pull(controller) {
  if (!readable_controller_can_enqueue(controller) || !controller.started) return false;
  const reader = controller.stream.reader;
  if (reader !== undefined && reader.requests.length > 0) return true;
  return controller.high_water_mark - controller.queue.total_size > 0;
}

// https://streams.spec.whatwg.org/#readable-stream-default-controller-clear-algorithms
function readable_controller_clear(controller) {
  controller.pull = undefined;
  controller.cancel = undefined;
  controller.size = undefined;
}

// https://streams.spec.whatwg.org/#readable-stream-default-controller-can-close-or-enqueue
function readable_controller_can_enqueue(controller) {
  return !controller.close_requested && controller.stream.status === READABLE;
}

// https://streams.spec.whatwg.org/#readable-stream-default-controller-get-desired-size
function readable_controller_desired_size(controller) {
  if (controller.stream.status === ERRORED) return null;
  if (controller.stream.status === CLOSED) return 0;
  return controller.high_water_mark - controller.queue.total_size;
}

// https://streams.spec.whatwg.org/#readable-stream-default-controller-close
function readable_controller_close(controller) {
  if (!readable_controller_can_enqueue(controller)) return;
  controller.close_requested = true;
  if (controller.queue.length > 0) return;
  readable_controller_clear(controller);
  readable_close(controller.stream);
}

// https://streams.spec.whatwg.org/#readable-stream-default-controller-enqueue
function readable_controller_enqueue(controller, chunk) {
  if (!readable_controller_can_enqueue(controller)) return;
  const reader = controller.stream.reader;
  if (reader !== undefined && reader.requests.length > 0) {
    reader.requests.shift().chunk(chunk);
  } else {
    try {
      const size = controller.size;
      controller.queue.push(chunk, size === undefined ? 1 : +size(chunk));
    } catch (error) {
      readable_controller_error(controller, error);
      throw error;
    }
  }
  readable_controller_pull_if_needed(controller);
}

// https://streams.spec.whatwg.org/#readable-stream-default-controller-error
function readable_controller_error(controller, error) {
  if (controller.stream.status !== READABLE) return;
  controller.queue.reset();
  readable_controller_clear(controller);
  readable_error(controller.stream, error);
}

// A stream of our own making. `start` is undefined, a Promise or a Deferred.
// https://streams.spec.whatwg.org/#create-readable-stream
function create_readable(start, pull, cancel, high_water_mark, size) {
  const stream = new ReadableState();
  const controller = new ReadableControllerState(stream, pull, cancel, high_water_mark, size);
  readable_controller_start(controller, start);
  return stream;
}

// https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller-from-underlying-source
function readable_set_up_from_source(stream, source, dictionary, high_water_mark, size) {
  const { cancel, pull, start } = dictionary;
  const controller = new ReadableControllerState(
    stream,
    pull === undefined ? undefined : () => invoke_1(pull, source, controller_wrapper()),
    cancel === undefined ? undefined : (reason) => invoke_1(cancel, source, reason),
    high_water_mark,
    size,
  );
  const controller_wrapper = () =>
    (controller.wrapper ??=
      dictionary.type === 'bytes'
        ? new ReadableByteStreamController(create_token, controller)
        : new ReadableStreamDefaultController(create_token, controller));
  const result = start === undefined ? undefined : call(start, source, controller_wrapper());
  readable_controller_start(
    controller,
    result === undefined ? undefined : promise_resolved_with(result),
  );
}

// The two sides of a tee as states. With `clone`, the second branch gets copies.
// https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee
function readable_tee(stream, clone) {
  const tee = new Tee(stream, clone);
  return [tee.branch1, tee.branch2];
}

class Tee {
  constructor(stream, clone) {
    this.stream = stream;
    this.clone = clone;
    this.reader = acquire_reader(stream);
    this.reading = false;
    this.read_again = false;
    this.canceled1 = false;
    this.canceled2 = false;
    this.reason1 = undefined;
    this.reason2 = undefined;
    this.cancel_result = new PromiseRequest();
    const pull = () => this.pull();
    this.branch1 = create_readable(undefined, pull, (reason) => this.cancel1(reason), 1, undefined);
    this.branch2 = create_readable(undefined, pull, (reason) => this.cancel2(reason), 1, undefined);
    this.reader.closed.then(undefined, (error) => {
      readable_controller_error(this.branch1.controller, error);
      readable_controller_error(this.branch2.controller, error);
      if (!this.canceled1 || !this.canceled2) this.cancel_result.resolve(undefined);
    });
  }

  pull() {
    if (this.reading) {
      this.read_again = true;
      return undefined;
    }
    this.reading = true;
    reader_read(this.reader, this);
    return undefined;
  }

  // The read request. The chunk is passed on in a microtask, so that an error in the stream that
  // follows the chunk at once is seen by both branches before it.
  chunk(value) {
    PromiseThen(resolved, () => this.pass_on(value));
  }

  pass_on(value) {
    this.read_again = false;
    let copy = value;
    if (!this.canceled2 && this.clone) {
      try {
        copy = internal.structuredClone(value);
      } catch (error) {
        readable_controller_error(this.branch1.controller, error);
        readable_controller_error(this.branch2.controller, error);
        this.cancel_result.resolve(readable_cancel(this.stream, error));
        return;
      }
    }
    if (!this.canceled1) readable_controller_enqueue(this.branch1.controller, value);
    if (!this.canceled2) readable_controller_enqueue(this.branch2.controller, copy);
    this.reading = false;
    if (this.read_again) this.pull();
  }

  close() {
    this.reading = false;
    if (!this.canceled1) readable_controller_close(this.branch1.controller);
    if (!this.canceled2) readable_controller_close(this.branch2.controller);
    if (!this.canceled1 || !this.canceled2) this.cancel_result.resolve(undefined);
  }

  error() {
    this.reading = false;
  }

  cancel1(reason) {
    this.canceled1 = true;
    this.reason1 = reason;
    return this.cancel_source();
  }

  cancel2(reason) {
    this.canceled2 = true;
    this.reason2 = reason;
    return this.cancel_source();
  }

  cancel_source() {
    if (this.canceled1 && this.canceled2) {
      const result = readable_cancel(this.stream, [this.reason1, this.reason2]);
      this.cancel_result.resolve(result);
    }
    return this.cancel_result.promise;
  }
}
cut_off(Tee);

// https://streams.spec.whatwg.org/#readable-stream-from-iterable
function readable_from_iterable(iterable) {
  const iterator = get_async_iterator(iterable);
  let stream;
  const pull = () => {
    let result;
    try {
      result = iterator.next();
    } catch (error) {
      return PromiseReject(error);
    }
    return PromiseThen(promise_resolved_with(result), (step) => {
      if (!is_object(step)) throw new TypeError('The iterator gave a result that is no object');
      if (step.done) readable_controller_close(stream.controller);
      else readable_controller_enqueue(stream.controller, step.value);
    });
  };
  const cancel = (reason) => {
    let result;
    try {
      result = iterator.return(reason);
    } catch (error) {
      return PromiseReject(error);
    }
    if (result === undefined) return undefined;
    return PromiseThen(promise_resolved_with(result.value), (step) => {
      if (!is_object(step)) throw new TypeError('The iterator gave a result that is no object');
    });
  };
  stream = create_readable(undefined, pull, cancel, 0, undefined);
  return stream;
}

// https://tc39.es/ecma262/#sec-getiterator for async: next() gives the step or a promise of it, return(reason) undefined
// when the iterator has no such method and otherwise { value } with what it gave.
function get_async_iterator(iterable) {
  if (iterable === undefined || iterable === null) {
    throw new TypeError('ReadableStream.from needs an iterable or async iterable');
  }
  const method = iterable[SymbolAsyncIterator];
  const is_async = method !== undefined && method !== null;
  const make = is_async ? method : iterable[SymbolIterator];
  if (typeof make !== 'function') {
    throw new TypeError('ReadableStream.from needs an iterable or async iterable');
  }
  const iterator = call(make, iterable);
  if (!is_object(iterator)) throw new TypeError('The iterator method gave no object');
  const next = iterator.next;
  return {
    next() {
      const step = call(next, iterator);
      return is_async ? step : await_step_value(step, iterator);
    },
    return(reason) {
      const finish = iterator.return;
      if (finish === undefined || finish === null) return undefined;
      if (typeof finish !== 'function') throw new TypeError('iterator.return is no function');
      const step = call(finish, iterator, reason);
      return { value: is_async ? step : await_step_value(step, undefined) };
    },
  };
}

// https://tc39.es/ecma262/#sec-asyncfromsynciteratorcontinuation
// With `to_close`, that iterator is closed when the promise it gave as a value rejects.
function await_step_value(step, to_close) {
  if (!is_object(step)) throw new TypeError('The iterator gave a result that is no object');
  const done = !!step.done;
  const value = step.value;
  return PromiseThen(
    promise_resolved_with(value),
    (settled) => ({ value: settled, done }),
    (error) => {
      if (to_close !== undefined && !done) {
        try {
          const finish = to_close.return;
          if (finish !== undefined && finish !== null) call(finish, to_close);
        } catch {
          // The rejection is what the reader is told.
        }
      }
      throw error;
    },
  );
}
