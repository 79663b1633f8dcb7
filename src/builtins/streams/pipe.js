// Streams, part 7: pipeTo. One object is the whole pipe: read request and write request in one, so
// that a chunk that is already queued goes from queue to queue without a promise.

// https://streams.spec.whatwg.org/#readable-stream-pipe-to
function readable_pipe_to(source, destination, options) {
  const pipe = new Pipe(source, destination, options);
  pipe.begin();
  return pipe.done.promise;
}

class Pipe {
  constructor(source, destination, options) {
    this.source = source;
    this.destination = destination;
    this.options = options;
    this.done = new PromiseRequest();
    this.reader = acquire_reader(source);
    this.writer = new WriterState(destination);
    source.disturbed = true;
    this.reading = false;
    this.pending = undefined; // the chunk that came from the source and is to be written in a microtask
    this.has_pending = false;
    this.writes = 0;
    this.shutting_down = false;
    this.on_writes_done = undefined;
    this.on_abort = undefined;
    this.step_soon = () => this.step();
  }

  begin() {
    const { source, destination, options } = this;
    const { signal } = options;
    if (signal !== undefined) {
      this.on_abort = () => this.abort(abort_signals.reason(signal));
      if (abort_signals.aborted(signal)) {
        this.on_abort();
        return;
      }
      abort_signals.add(signal, this.on_abort);
    }
    // Errors and closing in the order of the standard: what holds already acts at once.
    if (source.status === ERRORED) this.source_errored(source.stored_error);
    else this.reader.closed.then(undefined, (error) => this.source_errored(error));
    if (destination.status === ERRORED) this.destination_errored(destination.stored_error);
    else this.writer.closed.then(undefined, (error) => this.destination_errored(error));
    if (source.status === CLOSED) this.source_closed();
    else this.reader.closed.then(() => this.source_closed(), undefined);
    if (writable_is_closing(destination) || destination.status === CLOSED) {
      this.destination_closed();
    }
    if (!this.shutting_down) this.writer.ready.then(this.step_soon, undefined);
  }

  // Moves what is queued as long as the destination wants it, then waits for whichever side is not
  // ready.
  step() {
    if (this.shutting_down || this.reading) return;
    const { source, destination } = this;
    while (destination.status === WRITABLE && !destination.backpressure) {
      if (source.status !== READABLE || writable_is_closing(destination)) return;
      if (source.controller.queue.length === 0) {
        this.reading = true;
        reader_read(this.reader, this);
        return;
      }
      this.write(readable_controller_take(source.controller));
      if (this.shutting_down) return;
    }
    if (destination.status === WRITABLE) this.writer.ready.then(this.step_soon, undefined);
  }

  write(chunk) {
    this.writes++;
    writer_write(this.writer, chunk, this);
  }

  // The read request. enqueue() must not call the sink before it returns, so the chunk waits for a
  // microtask.
  chunk(value) {
    this.pending = value;
    this.has_pending = true;
    PromiseThen(resolved, () => {
      this.reading = false;
      this.write_pending();
      this.step();
    });
  }

  write_pending() {
    if (!this.has_pending) return;
    const chunk = this.pending;
    this.pending = undefined;
    this.has_pending = false;
    if (this.writer.stream !== undefined) this.write(chunk);
  }

  close() {
    this.reading = false;
  }

  error() {
    this.reading = false;
  }

  // The write request.
  resolve() {
    this.write_settled();
  }

  reject() {
    this.write_settled();
  }

  write_settled() {
    if (--this.writes === 0 && this.on_writes_done !== undefined) {
      const next = this.on_writes_done;
      this.on_writes_done = undefined;
      PromiseThen(resolved, next);
    }
  }

  source_errored(error) {
    const action = () => writable_abort(this.destination, error);
    this.shut_down(this.options.prevent_abort ? undefined : action, true, error);
  }

  destination_errored(error) {
    const action = () => readable_cancel(this.source, error);
    this.shut_down(this.options.prevent_cancel ? undefined : action, true, error);
  }

  source_closed() {
    const action = () => this.close_destination();
    this.shut_down(this.options.prevent_close ? undefined : action, false, undefined);
  }

  destination_closed() {
    const error = new TypeError('The destination of the pipe is closed or closing');
    this.destination_errored(error);
  }

  // https://streams.spec.whatwg.org/#writable-stream-default-writer-close-with-error-propagation
  close_destination() {
    const { destination } = this;
    if (writable_is_closing(destination) || destination.status === CLOSED) {
      return PromiseResolve(undefined);
    }
    if (destination.status === ERRORED) return PromiseReject(destination.stored_error);
    return writable_close(destination);
  }

  abort(reason) {
    const { source, destination, options } = this;
    this.shut_down(
      () => {
        const aborted =
          !options.prevent_abort && destination.status === WRITABLE
            ? writable_abort(destination, reason)
            : undefined;
        const cancelled =
          !options.prevent_cancel && source.status === READABLE
            ? readable_cancel(source, reason)
            : undefined;
        if (aborted === undefined) return cancelled ?? PromiseResolve(undefined);
        return cancelled === undefined ? aborted : both(aborted, cancelled);
      },
      true,
      reason,
    );
  }

  // https://streams.spec.whatwg.org/#rs-pipeTo-shutdown-with-action and, without one, #rs-pipeTo-shutdown
  shut_down(action, failed, error) {
    if (this.shutting_down) return;
    this.shutting_down = true;
    const act = () => {
      if (action === undefined) {
        this.finalize(failed, error);
        return;
      }
      PromiseThen(
        action(),
        () => this.finalize(failed, error),
        (failure) => this.finalize(true, failure),
      );
    };
    const { destination } = this;
    if (destination.status !== WRITABLE || writable_is_closing(destination)) {
      act();
      return;
    }
    this.write_pending();
    if (this.writes === 0) PromiseThen(resolved, act);
    else this.on_writes_done = act;
  }

  // https://streams.spec.whatwg.org/#rs-pipeTo-finalize
  finalize(failed, error) {
    writer_release(this.writer);
    reader_release(this.reader);
    if (this.on_abort !== undefined) {
      abort_signals.remove(this.options.signal, this.on_abort);
    }
    if (failed) this.done.reject(error);
    else this.done.resolve(undefined);
  }
}
cut_off(Pipe);

// https://webidl.spec.whatwg.org/#waiting-for-all-promise for two
function both(first, second) {
  const request = new PromiseRequest();
  let open = 2;
  const one_done = () => {
    if (--open === 0) request.resolve(undefined);
  };
  PromiseThen(first, one_done, request.reject);
  PromiseThen(second, one_done, request.reject);
  return request.promise;
}
