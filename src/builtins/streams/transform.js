// Streams, part 8: transform streams.

// https://streams.spec.whatwg.org/#ts-internal-slots and #ts-default-controller-internal-slots in one object
class TransformState {
  // `transform`, `flush` and `cancel` take (chunk), () and (reason); a missing transform passes
  // chunks on.
  constructor(transform, flush, cancel) {
    this.readable = undefined;
    this.writable = undefined;
    this.backpressure = false;
    this.backpressure_change = undefined;
    this.transform = transform;
    this.flush = flush;
    this.cancel = cancel;
    this.finish = undefined; // the Deferred of whichever of close, abort and cancel came first
    this.wrapper = undefined;
    this.controller_wrapper = undefined;
    this.held_chunk = undefined; // waits for the readable side
    this.held_write = undefined;
    this.on_unblocked = () => transform_write_held(this);
    this.on_transform_failed = (error) => {
      transform_error(this, error);
      throw error;
    };
  }
}
cut_off(TransformState);

// https://streams.spec.whatwg.org/#initialize-transform-stream
function transform_initialize(stream, started, writable_mark, writable_size, readable_mark, size) {
  // Both sides start a few microtasks later, as in the standard: scripts can tell from what a
  // cancel at once gives.
  const start = promise_resolved_with(started);
  stream.writable = create_writable(
    start,
    (chunk) => transform_sink_write(stream, chunk),
    () => transform_sink_close(stream),
    (reason) => transform_sink_abort(stream, reason),
    writable_mark,
    writable_size,
  );
  stream.readable = create_readable(
    start,
    () => transform_source_pull(stream),
    (reason) => transform_source_cancel(stream, reason),
    readable_mark,
    size,
  );
  transform_set_backpressure(stream, true);
}

// https://streams.spec.whatwg.org/#transform-stream-set-backpressure
function transform_set_backpressure(stream, backpressure) {
  const change = stream.backpressure_change;
  stream.backpressure_change = new Deferred();
  stream.backpressure = backpressure;
  if (change !== undefined) change.resolve();
}

// https://streams.spec.whatwg.org/#transform-stream-error
function transform_error(stream, error) {
  readable_controller_error(stream.readable.controller, error);
  transform_error_writable(stream, error);
}

// https://streams.spec.whatwg.org/#transform-stream-error-writable-and-unblock-write
function transform_error_writable(stream, error) {
  transform_clear(stream);
  writable_controller_error_if_needed(stream.writable.controller, error);
  transform_unblock_write(stream);
}

// https://streams.spec.whatwg.org/#transform-stream-unblock-write
function transform_unblock_write(stream) {
  if (stream.backpressure) transform_set_backpressure(stream, false);
}

// https://streams.spec.whatwg.org/#transform-stream-default-controller-clear-algorithms
function transform_clear(stream) {
  stream.transform = transform_nothing;
  stream.flush = undefined;
  stream.cancel = undefined;
}

const transform_nothing = () => undefined;

// https://streams.spec.whatwg.org/#transform-stream-default-controller-enqueue
function transform_enqueue(stream, chunk) {
  const { controller } = stream.readable;
  if (!readable_controller_can_enqueue(controller)) {
    throw new TypeError('The readable side is closed, closing or errored');
  }
  try {
    readable_controller_enqueue(controller, chunk);
  } catch (error) {
    transform_error_writable(stream, error);
    throw stream.readable.stored_error;
  }
  // https://streams.spec.whatwg.org/#readable-stream-default-controller-has-backpressure
  const backpressure = !readable_controller_should_pull(controller);
  if (backpressure !== stream.backpressure) transform_set_backpressure(stream, true);
}

// https://streams.spec.whatwg.org/#transform-stream-default-controller-terminate
function transform_terminate(stream) {
  readable_controller_close(stream.readable.controller);
  transform_error_writable(stream, new TypeError('The transform was terminated'));
}

// https://streams.spec.whatwg.org/#transform-stream-default-controller-perform-transform
function transform_perform(stream, chunk) {
  const { transform } = stream;
  if (transform === undefined) {
    try {
      transform_enqueue(stream, chunk);
      return undefined;
    } catch (error) {
      transform_error(stream, error);
      return PromiseReject(error);
    }
  }
  const result = transform(chunk);
  if (result === undefined) return undefined;
  return PromiseThen(result, undefined, stream.on_transform_failed);
}

// One write is in flight at most, so the chunk that waits for the readable side has one place.
// https://streams.spec.whatwg.org/#transform-stream-default-sink-write-algorithm
function transform_sink_write(stream, chunk) {
  if (!stream.backpressure) return transform_perform(stream, chunk);
  stream.held_chunk = chunk;
  stream.held_write = new Deferred();
  stream.backpressure_change.then(stream.on_unblocked, undefined);
  return stream.held_write;
}

function transform_write_held(stream) {
  const chunk = stream.held_chunk;
  const write = stream.held_write;
  stream.held_chunk = stream.held_write = undefined;
  if (stream.writable.status === ERRORING) {
    write.reject(stream.writable.stored_error);
    return;
  }
  const result = transform_perform(stream, chunk);
  if (result === undefined) write.resolve();
  else PromiseThen(result, () => write.resolve(), (error) => write.reject(error));
}

// Runs the last callback of the transformer once, whichever side ends first, and settles `finish`
// by what it gives.
function transform_finish(stream, algorithm, reason, on_done, on_failed) {
  const finish = new Deferred();
  stream.finish = finish;
  const result = algorithm === undefined ? undefined : algorithm(reason);
  transform_clear(stream);
  react(
    result,
    () => on_done(finish),
    (error) => {
      on_failed(error);
      finish.reject(error);
    },
  );
  return finish;
}

// https://streams.spec.whatwg.org/#transform-stream-default-sink-abort-algorithm
function transform_sink_abort(stream, reason) {
  if (stream.finish !== undefined) return stream.finish;
  const { readable } = stream;
  return transform_finish(
    stream,
    stream.cancel,
    reason,
    (finish) => {
      if (readable.status === ERRORED) {
        finish.reject(readable.stored_error);
      } else {
        readable_controller_error(readable.controller, reason);
        finish.resolve();
      }
    },
    (error) => readable_controller_error(readable.controller, error),
  );
}

// https://streams.spec.whatwg.org/#transform-stream-default-sink-close-algorithm
function transform_sink_close(stream) {
  if (stream.finish !== undefined) return stream.finish;
  const { readable } = stream;
  return transform_finish(
    stream,
    stream.flush,
    undefined,
    (finish) => {
      if (readable.status === ERRORED) {
        finish.reject(readable.stored_error);
      } else {
        readable_controller_close(readable.controller);
        finish.resolve();
      }
    },
    (error) => readable_controller_error(readable.controller, error),
  );
}

// https://streams.spec.whatwg.org/#transform-stream-default-source-pull-algorithm
function transform_source_pull(stream) {
  transform_set_backpressure(stream, false);
  return stream.backpressure_change;
}

// https://streams.spec.whatwg.org/#transform-stream-default-source-cancel
function transform_source_cancel(stream, reason) {
  if (stream.finish !== undefined) return stream.finish;
  const { writable } = stream;
  return transform_finish(
    stream,
    stream.cancel,
    reason,
    (finish) => {
      if (writable.status === ERRORED) {
        finish.reject(writable.stored_error);
      } else {
        writable_controller_error_if_needed(writable.controller, reason);
        transform_unblock_write(stream);
        finish.resolve();
      }
    },
    (error) => {
      writable_controller_error_if_needed(writable.controller, error);
      transform_unblock_write(stream);
    },
  );
}

// https://streams.spec.whatwg.org/#dictdef-transformer
function to_transformer_dictionary(transformer) {
  if (transformer === undefined) {
    return { cancel: undefined, flush: undefined, start: undefined, transform: undefined };
  }
  const cancel = callback_member(transformer, 'cancel', 'transformer');
  const flush = callback_member(transformer, 'flush', 'transformer');
  const readable_type = transformer.readableType;
  const start = callback_member(transformer, 'start', 'transformer');
  const transform = callback_member(transformer, 'transform', 'transformer');
  const writable_type = transformer.writableType;
  if (readable_type !== undefined) throw new RangeError('readableType must be undefined');
  if (writable_type !== undefined) throw new RangeError('writableType must be undefined');
  return { cancel, flush, start, transform };
}

let transform_state;

// A transform stream that the runtime itself makes: algorithms as in TransformState, count
// strategies 1 and 0.
function create_transform(transform, flush, cancel) {
  const stream = new TransformState(transform, flush, cancel);
  transform_initialize(stream, resolved, 1, undefined, 0, undefined);
  return stream;
}

// https://streams.spec.whatwg.org/#ts-class
class TransformStream {
  #state;

  static {
    transform_state = (value) => (is_object(value) && #state in value ? value.#state : undefined);
  }

  // https://streams.spec.whatwg.org/#ts-constructor
  constructor(transformer = undefined, writableStrategy = {}, readableStrategy = {}) {
    if (transformer === create_token) {
      this.#state = writableStrategy;
      writableStrategy.wrapper = this;
      return;
    }
    if (transformer !== undefined && !is_object(transformer)) {
      throw new TypeError('The transformer must be an object');
    }
    const writable_strategy = to_strategy(writableStrategy);
    const readable_strategy = to_strategy(readableStrategy);
    const { cancel, flush, start, transform } = to_transformer_dictionary(transformer);
    const readable_mark = extract_high_water_mark(readable_strategy, 0);
    const readable_size = extract_size_algorithm(readable_strategy);
    const writable_mark = extract_high_water_mark(writable_strategy, 1);
    const writable_size = extract_size_algorithm(writable_strategy);

    // https://streams.spec.whatwg.org/#set-up-transform-stream-default-controller-from-transformer
    const stream = new TransformState(
      transform === undefined
        ? undefined
        : (chunk) => invoke_2(transform, transformer, chunk, transform_controller(stream)),
      flush === undefined
        ? undefined
        : () => invoke_1(flush, transformer, transform_controller(stream)),
      cancel === undefined ? undefined : (reason) => invoke_1(cancel, transformer, reason),
    );
    this.#state = stream;
    stream.wrapper = this;
    const started = start === undefined ? undefined : new PromiseRequest();
    transform_initialize(
      stream,
      started === undefined ? resolved : started.promise,
      writable_mark,
      writable_size,
      readable_mark,
      readable_size,
    );
    if (start !== undefined) {
      started.resolve(call(start, transformer, transform_controller(stream)));
    }
  }

  // https://streams.spec.whatwg.org/#ts-readable
  get readable() {
    if (!(#state in this)) throw illegal_invocation();
    return readable_wrapper(this.#state.readable);
  }

  // https://streams.spec.whatwg.org/#ts-writable
  get writable() {
    if (!(#state in this)) throw illegal_invocation();
    return writable_wrapper(this.#state.writable);
  }
}
define_interface(TransformStream, 'TransformStream', ['readable', 'writable']);

function transform_controller(stream) {
  return (stream.controller_wrapper ??= new TransformStreamDefaultController(create_token, stream));
}

// https://streams.spec.whatwg.org/#ts-default-controller-class
class TransformStreamDefaultController {
  #state;

  constructor(token = undefined, state = undefined) {
    check_token(token);
    this.#state = state;
  }

  // https://streams.spec.whatwg.org/#ts-default-controller-desired-size
  get desiredSize() {
    if (!(#state in this)) throw illegal_invocation();
    return readable_controller_desired_size(this.#state.readable.controller);
  }

  // https://streams.spec.whatwg.org/#ts-default-controller-enqueue
  enqueue(chunk = undefined) {
    if (!(#state in this)) throw illegal_invocation();
    transform_enqueue(this.#state, chunk);
  }

  // https://streams.spec.whatwg.org/#ts-default-controller-error
  error(reason = undefined) {
    if (!(#state in this)) throw illegal_invocation();
    transform_error(this.#state, reason);
  }

  // https://streams.spec.whatwg.org/#ts-default-controller-terminate
  terminate() {
    if (!(#state in this)) throw illegal_invocation();
    transform_terminate(this.#state);
  }
}
define_interface(TransformStreamDefaultController, 'TransformStreamDefaultController', [
  'desiredSize',
  'enqueue',
  'error',
  'terminate',
]);
