// Streams, part 5: the state and the algorithms of writable streams.

const WRITABLE = 0;
// CLOSED and ERRORED as above.
const ERRORING = 3;

// https://streams.spec.whatwg.org/#ws-internal-slots
class WritableState {
  constructor() {
    this.status = WRITABLE;
    this.stored_error = undefined;
    this.backpressure = false;
    this.writer = undefined;
    this.controller = undefined;
    this.wrapper = undefined;
    // Requests are objects with resolve(value) and reject(reason).
    this.write_requests = new Queue();
    this.in_flight_write = undefined;
    this.close_request = undefined;
    this.in_flight_close = undefined;
    this.pending_abort = undefined; // { request, reason, was_erroring }
  }
}
cut_off(WritableState);

// https://streams.spec.whatwg.org/#default-writer-internal-slots
// https://streams.spec.whatwg.org/#set-up-writable-stream-default-writer
class WriterState {
  constructor(stream) {
    if (stream.writer !== undefined) throw new TypeError('The WritableStream is locked to a writer');
    this.stream = stream;
    stream.writer = this;
    if (stream.status === WRITABLE) {
      const waits = !writable_is_closing(stream) && stream.backpressure;
      this.ready = waits ? new Deferred() : Deferred.resolved();
      this.closed = new Deferred();
    } else if (stream.status === ERRORING) {
      this.ready = Deferred.rejected(stream.stored_error);
      this.closed = new Deferred();
    } else if (stream.status === CLOSED) {
      this.ready = Deferred.resolved();
      this.closed = Deferred.resolved();
    } else {
      this.ready = Deferred.rejected(stream.stored_error);
      this.closed = Deferred.rejected(stream.stored_error);
    }
  }
}
cut_off(WriterState);

// https://streams.spec.whatwg.org/#writable-stream-close-queued-or-in-flight
function writable_is_closing(stream) {
  return stream.close_request !== undefined || stream.in_flight_close !== undefined;
}

// https://streams.spec.whatwg.org/#writable-stream-abort
function writable_abort(stream, reason) {
  if (stream.status === CLOSED || stream.status === ERRORED) return PromiseResolve(undefined);
  writable_controller_signal_abort(stream.controller, reason);
  // The signal's listeners may have changed the stream.
  if (stream.status === CLOSED || stream.status === ERRORED) return PromiseResolve(undefined);
  if (stream.pending_abort !== undefined) return stream.pending_abort.request.promise;
  const was_erroring = stream.status === ERRORING;
  const request = new PromiseRequest();
  stream.pending_abort = { request, reason: was_erroring ? undefined : reason, was_erroring };
  if (!was_erroring) writable_start_erroring(stream, reason);
  return request.promise;
}

// https://streams.spec.whatwg.org/#writable-stream-close
function writable_close(stream) {
  if (stream.status === CLOSED || stream.status === ERRORED) {
    return PromiseReject(new TypeError('The stream is closed or errored: it cannot be closed'));
  }
  const request = new PromiseRequest();
  stream.close_request = request;
  const { writer } = stream;
  if (writer !== undefined && stream.backpressure && stream.status === WRITABLE) {
    writer.ready.resolve();
  }
  // https://streams.spec.whatwg.org/#writable-stream-default-controller-close
  stream.controller.queue.push(close_sentinel, 0);
  writable_controller_advance(stream.controller);
  return request.promise;
}

// https://streams.spec.whatwg.org/#writable-stream-deal-with-rejection
function writable_deal_with_rejection(stream, error) {
  if (stream.status === WRITABLE) writable_start_erroring(stream, error);
  else writable_finish_erroring(stream);
}

// https://streams.spec.whatwg.org/#writable-stream-start-erroring
function writable_start_erroring(stream, reason) {
  const { controller, writer } = stream;
  stream.status = ERRORING;
  stream.stored_error = reason;
  if (writer !== undefined) writer_reject_ready(writer, reason);
  if (
    stream.in_flight_write === undefined &&
    stream.in_flight_close === undefined &&
    controller.started
  ) {
    writable_finish_erroring(stream);
  }
}

// https://streams.spec.whatwg.org/#writable-stream-finish-erroring
function writable_finish_erroring(stream) {
  stream.status = ERRORED;
  stream.controller.queue.reset();
  const error = stream.stored_error;
  const requests = stream.write_requests;
  stream.write_requests = new Queue();
  while (requests.length > 0) requests.shift().reject(error);
  const abort = stream.pending_abort;
  if (abort === undefined) {
    writable_reject_close_and_closed(stream);
    return;
  }
  stream.pending_abort = undefined;
  if (abort.was_erroring) {
    abort.request.reject(error);
    writable_reject_close_and_closed(stream);
    return;
  }
  // https://streams.spec.whatwg.org/#ws-default-controller-private-abort
  const algorithm = stream.controller.abort;
  writable_controller_clear(stream.controller);
  react(
    algorithm === undefined ? undefined : algorithm(abort.reason),
    () => {
      abort.request.resolve(undefined);
      writable_reject_close_and_closed(stream);
    },
    (failure) => {
      abort.request.reject(failure);
      writable_reject_close_and_closed(stream);
    },
  );
}

// https://streams.spec.whatwg.org/#writable-stream-reject-close-and-closed-promise-if-needed
function writable_reject_close_and_closed(stream) {
  if (stream.close_request !== undefined) {
    stream.close_request.reject(stream.stored_error);
    stream.close_request = undefined;
  }
  if (stream.writer !== undefined) stream.writer.closed.reject(stream.stored_error);
}

// https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close
function writable_finish_close(stream) {
  stream.in_flight_close.resolve(undefined);
  stream.in_flight_close = undefined;
  if (stream.status === ERRORING) {
    stream.stored_error = undefined;
    if (stream.pending_abort !== undefined) {
      stream.pending_abort.request.resolve(undefined);
      stream.pending_abort = undefined;
    }
  }
  stream.status = CLOSED;
  if (stream.writer !== undefined) stream.writer.closed.resolve();
}

// https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close-with-error
function writable_fail_close(stream, error) {
  stream.in_flight_close.reject(error);
  stream.in_flight_close = undefined;
  if (stream.pending_abort !== undefined) {
    stream.pending_abort.request.reject(error);
    stream.pending_abort = undefined;
  }
  writable_deal_with_rejection(stream, error);
}

// https://streams.spec.whatwg.org/#writable-stream-update-backpressure
function writable_update_backpressure(stream, backpressure) {
  const { writer } = stream;
  if (writer !== undefined && backpressure !== stream.backpressure) {
    if (backpressure) writer.ready = new Deferred();
    else writer.ready.resolve();
  }
  stream.backpressure = backpressure;
}

// https://streams.spec.whatwg.org/#writable-stream-default-writer-ensure-ready-promise-rejected
function writer_reject_ready(writer, error) {
  if (writer.ready.status === PENDING) writer.ready.reject(error);
  else writer.ready = Deferred.rejected(error);
}

// https://streams.spec.whatwg.org/#writable-stream-default-writer-ensure-closed-promise-rejected
function writer_reject_closed(writer, error) {
  if (writer.closed.status === PENDING) writer.closed.reject(error);
  else writer.closed = Deferred.rejected(error);
}

// https://streams.spec.whatwg.org/#writable-stream-default-writer-get-desired-size
function writer_desired_size(writer) {
  const { stream } = writer;
  if (stream.status === ERRORED || stream.status === ERRORING) return null;
  if (stream.status === CLOSED) return 0;
  return writable_controller_desired_size(stream.controller);
}

// https://streams.spec.whatwg.org/#writable-stream-default-writer-release
function writer_release(writer) {
  const { stream } = writer;
  if (stream === undefined) return;
  const error = new TypeError('The writer was released from its stream');
  writer_reject_ready(writer, error);
  writer_reject_closed(writer, error);
  stream.writer = undefined;
  writer.stream = undefined;
}

// Settles the request when the chunk is written or cannot be.
// https://streams.spec.whatwg.org/#writable-stream-default-writer-write
function writer_write(writer, chunk, request) {
  const { stream } = writer;
  const { controller } = stream;
  const size = writable_controller_chunk_size(controller, chunk);
  if (stream !== writer.stream) {
    request.reject(new TypeError('The writer was released'));
  } else if (stream.status === ERRORED) {
    request.reject(stream.stored_error);
  } else if (writable_is_closing(stream) || stream.status === CLOSED) {
    request.reject(new TypeError('The stream is closing or closed: nothing can be written'));
  } else if (stream.status === ERRORING) {
    request.reject(stream.stored_error);
  } else {
    stream.write_requests.push(request);
    writable_controller_write(controller, chunk, size);
  }
}

// --- default controller --------------------------------------------------------------------------

const close_sentinel = { __proto__: null };

// https://streams.spec.whatwg.org/#ws-default-controller-internal-slots
class WritableControllerState {
  // `write`, `close` and `abort` take (chunk), () and (reason); undefined does nothing.
  constructor(stream, write, close, abort, high_water_mark, size) {
    this.stream = stream;
    this.queue = new ChunkQueue();
    this.started = false;
    this.high_water_mark = high_water_mark;
    this.size = size;
    this.write = write;
    this.close = close;
    this.abort = abort;
    this.wrapper = undefined;
    this.abort_pair = undefined; // made when a script asks for the signal
    this.aborted = false;
    this.abort_reason = undefined;
    this.on_written = () => writable_controller_written(this);
    this.on_write_failed = (error) => writable_controller_write_failed(this, error);
    stream.controller = this;
    stream.backpressure = writable_controller_desired_size(this) <= 0;
  }
}
cut_off(WritableControllerState);

// https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller
function writable_controller_start(controller, start_result) {
  react(
    start_result,
    () => {
      controller.started = true;
      writable_controller_advance(controller);
    },
    (error) => {
      controller.started = true;
      writable_deal_with_rejection(controller.stream, error);
    },
  );
}

function writable_controller_desired_size(controller) {
  return controller.high_water_mark - controller.queue.total_size;
}

// https://streams.spec.whatwg.org/#writable-stream-default-controller-clear-algorithms
function writable_controller_clear(controller) {
  controller.write = undefined;
  controller.close = undefined;
  controller.abort = undefined;
  controller.size = undefined;
}

// https://streams.spec.whatwg.org/#writable-stream-default-controller-get-chunk-size
function writable_controller_chunk_size(controller, chunk) {
  const { size } = controller;
  if (size === undefined) return 1;
  try {
    return +size(chunk);
  } catch (error) {
    writable_controller_error_if_needed(controller, error);
    return 1;
  }
}

// https://streams.spec.whatwg.org/#writable-stream-default-controller-write
function writable_controller_write(controller, chunk, size) {
  try {
    controller.queue.push(chunk, size);
  } catch (error) {
    writable_controller_error_if_needed(controller, error);
    return;
  }
  const { stream } = controller;
  if (!writable_is_closing(stream) && stream.status === WRITABLE) {
    writable_update_backpressure(stream, writable_controller_desired_size(controller) <= 0);
  }
  writable_controller_advance(controller);
}

// https://streams.spec.whatwg.org/#writable-stream-default-controller-advance-queue-if-needed
function writable_controller_advance(controller) {
  const { stream } = controller;
  if (!controller.started || stream.in_flight_write !== undefined) return;
  if (stream.status === ERRORING) {
    writable_finish_erroring(stream);
    return;
  }
  if (controller.queue.length === 0) return;
  const chunk = controller.queue.peek();
  if (chunk === close_sentinel) {
    writable_controller_process_close(controller);
    return;
  }
  // https://streams.spec.whatwg.org/#writable-stream-default-controller-process-write
  stream.in_flight_write = stream.write_requests.shift();
  const { write } = controller;
  react(
    write === undefined ? undefined : write(chunk),
    controller.on_written,
    controller.on_write_failed,
  );
}

// Reaction of process-write; includes
// https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write
function writable_controller_written(controller) {
  const { stream } = controller;
  stream.in_flight_write.resolve(undefined);
  stream.in_flight_write = undefined;
  controller.queue.shift();
  if (!writable_is_closing(stream) && stream.status === WRITABLE) {
    writable_update_backpressure(stream, writable_controller_desired_size(controller) <= 0);
  }
  writable_controller_advance(controller);
}

// Reaction of process-write; includes
// https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write-with-error
function writable_controller_write_failed(controller, error) {
  const { stream } = controller;
  if (stream.status === WRITABLE) writable_controller_clear(controller);
  stream.in_flight_write.reject(error);
  stream.in_flight_write = undefined;
  writable_deal_with_rejection(stream, error);
}

// https://streams.spec.whatwg.org/#writable-stream-default-controller-process-close
function writable_controller_process_close(controller) {
  const { stream } = controller;
  stream.in_flight_close = stream.close_request;
  stream.close_request = undefined;
  controller.queue.shift();
  const { close } = controller;
  const result = close === undefined ? undefined : close();
  writable_controller_clear(controller);
  react(
    result,
    () => writable_finish_close(stream),
    (error) => writable_fail_close(stream, error),
  );
}

// https://streams.spec.whatwg.org/#writable-stream-default-controller-error-if-needed
function writable_controller_error_if_needed(controller, error) {
  if (controller.stream.status === WRITABLE) writable_controller_error(controller, error);
}

// https://streams.spec.whatwg.org/#writable-stream-default-controller-error
function writable_controller_error(controller, error) {
  writable_controller_clear(controller);
  writable_start_erroring(controller.stream, error);
}

// The signal comes into being when a script reads it, already aborted if that has happened before.
function writable_controller_signal(controller) {
  if (controller.abort_pair === undefined) {
    controller.abort_pair = abort_signals.create();
    if (controller.aborted) abort_signals.abort(controller.abort_pair, controller.abort_reason);
  }
  return controller.abort_pair.signal;
}

function writable_controller_signal_abort(controller, reason) {
  if (controller.aborted) return;
  controller.aborted = true;
  controller.abort_reason = reason;
  if (controller.abort_pair !== undefined) abort_signals.abort(controller.abort_pair, reason);
}

// A stream of our own making. `start` is undefined, a Promise or a Deferred.
// https://streams.spec.whatwg.org/#create-writable-stream
function create_writable(start, write, close, abort, high_water_mark, size) {
  const stream = new WritableState();
  const controller = new WritableControllerState(
    stream,
    write,
    close,
    abort,
    high_water_mark,
    size,
  );
  writable_controller_start(controller, start);
  return stream;
}

// https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller-from-underlying-sink
function writable_set_up_from_sink(stream, sink, dictionary, high_water_mark, size) {
  const { abort, close, start, write } = dictionary;
  const controller = new WritableControllerState(
    stream,
    write === undefined ? undefined : (chunk) => invoke_2(write, sink, chunk, controller_wrapper()),
    close === undefined ? undefined : () => invoke_0(close, sink),
    abort === undefined ? undefined : (reason) => invoke_1(abort, sink, reason),
    high_water_mark,
    size,
  );
  const controller_wrapper = () =>
    (controller.wrapper ??= new WritableStreamDefaultController(create_token, controller));
  const result = start === undefined ? undefined : call(start, sink, controller_wrapper());
  writable_controller_start(
    controller,
    result === undefined ? undefined : promise_resolved_with(result),
  );
}
