// Streams, part 6: the public interfaces of writable streams.

let writable_state;
let is_writable;

function writable_wrapper(stream) {
  return stream.wrapper ?? new WritableStream(create_token, stream);
}

// https://streams.spec.whatwg.org/#dictdef-underlyingsink
function to_sink_dictionary(sink) {
  if (sink === undefined) {
    return { abort: undefined, close: undefined, start: undefined, write: undefined };
  }
  const abort = callback_member(sink, 'abort', 'underlyingSink');
  const close = callback_member(sink, 'close', 'underlyingSink');
  const start = callback_member(sink, 'start', 'underlyingSink');
  if (sink.type !== undefined) throw new RangeError('underlyingSink.type must be undefined');
  const write = callback_member(sink, 'write', 'underlyingSink');
  return { abort, close, start, write };
}

// https://streams.spec.whatwg.org/#ws-class
class WritableStream {
  #state;

  static {
    writable_state = (stream) => stream.#state;
    is_writable = (value) => is_object(value) && #state in value;
  }

  // https://streams.spec.whatwg.org/#ws-constructor
  constructor(underlyingSink = undefined, queuingStrategy = {}) {
    if (underlyingSink === create_token) {
      this.#state = queuingStrategy;
      queuingStrategy.wrapper = this;
      return;
    }
    if (underlyingSink !== undefined && !is_object(underlyingSink)) {
      throw new TypeError('The underlying sink must be an object');
    }
    const strategy = to_strategy(queuingStrategy);
    const dictionary = to_sink_dictionary(underlyingSink);
    const size = extract_size_algorithm(strategy);
    const high_water_mark = extract_high_water_mark(strategy, 1);
    const stream = new WritableState();
    this.#state = stream;
    stream.wrapper = this;
    writable_set_up_from_sink(stream, underlyingSink, dictionary, high_water_mark, size);
  }

  // https://streams.spec.whatwg.org/#ws-locked
  get locked() {
    if (!(#state in this)) throw illegal_invocation();
    return this.#state.writer !== undefined;
  }

  // https://streams.spec.whatwg.org/#ws-abort
  abort(reason = undefined) {
    if (!is_writable(this)) return PromiseReject(illegal_invocation());
    if (this.#state.writer !== undefined) {
      return PromiseReject(new TypeError('A locked WritableStream cannot be aborted'));
    }
    return writable_abort(this.#state, reason);
  }

  // https://streams.spec.whatwg.org/#ws-close
  close() {
    if (!is_writable(this)) return PromiseReject(illegal_invocation());
    if (this.#state.writer !== undefined) {
      return PromiseReject(new TypeError('A locked WritableStream cannot be closed'));
    }
    if (writable_is_closing(this.#state)) {
      return PromiseReject(new TypeError('The WritableStream is closing already'));
    }
    return writable_close(this.#state);
  }

  // https://streams.spec.whatwg.org/#ws-get-writer
  getWriter() {
    if (!(#state in this)) throw illegal_invocation();
    return new WritableStreamDefaultWriter(this);
  }
}
define_interface(WritableStream, 'WritableStream', ['locked', 'abort', 'close', 'getWriter']);

const writer_released = () => new TypeError('The writer was released');

// https://streams.spec.whatwg.org/#default-writer-class
class WritableStreamDefaultWriter {
  #state;

  // https://streams.spec.whatwg.org/#default-writer-constructor
  constructor(stream) {
    if (!is_writable(stream)) throw new TypeError('A writer needs a WritableStream');
    this.#state = new WriterState(writable_state(stream));
  }

  // https://streams.spec.whatwg.org/#default-writer-closed
  get closed() {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    return this.#state.closed.get_promise();
  }

  // https://streams.spec.whatwg.org/#default-writer-desired-size
  get desiredSize() {
    if (!(#state in this)) throw illegal_invocation();
    if (this.#state.stream === undefined) throw writer_released();
    return writer_desired_size(this.#state);
  }

  // https://streams.spec.whatwg.org/#default-writer-ready
  get ready() {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    return this.#state.ready.get_promise();
  }

  // https://streams.spec.whatwg.org/#default-writer-abort
  abort(reason = undefined) {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    if (this.#state.stream === undefined) return PromiseReject(writer_released());
    return writable_abort(this.#state.stream, reason);
  }

  // https://streams.spec.whatwg.org/#default-writer-close
  close() {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    const { stream } = this.#state;
    if (stream === undefined) return PromiseReject(writer_released());
    if (writable_is_closing(stream)) {
      return PromiseReject(new TypeError('The WritableStream is closing already'));
    }
    return writable_close(stream);
  }

  // https://streams.spec.whatwg.org/#default-writer-release-lock
  releaseLock() {
    if (!(#state in this)) throw illegal_invocation();
    writer_release(this.#state);
  }

  // https://streams.spec.whatwg.org/#default-writer-write
  write(chunk = undefined) {
    if (!is_object(this) || !(#state in this)) return PromiseReject(illegal_invocation());
    if (this.#state.stream === undefined) return PromiseReject(writer_released());
    const request = new PromiseRequest();
    writer_write(this.#state, chunk, request);
    return request.promise;
  }
}
define_interface(WritableStreamDefaultWriter, 'WritableStreamDefaultWriter', [
  'closed',
  'desiredSize',
  'ready',
  'abort',
  'close',
  'releaseLock',
  'write',
]);

// https://streams.spec.whatwg.org/#ws-default-controller-class
class WritableStreamDefaultController {
  #state;

  constructor(token = undefined, state = undefined) {
    check_token(token);
    this.#state = state;
  }

  // https://streams.spec.whatwg.org/#ws-default-controller-signal
  get signal() {
    if (!(#state in this)) throw illegal_invocation();
    return writable_controller_signal(this.#state);
  }

  // https://streams.spec.whatwg.org/#ws-default-controller-error
  error(e = undefined) {
    if (!(#state in this)) throw illegal_invocation();
    writable_controller_error_if_needed(this.#state, e);
  }
}
define_interface(WritableStreamDefaultController, 'WritableStreamDefaultController', [
  'signal',
  'error',
]);
