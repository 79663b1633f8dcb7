// Streams, part 9: where JavaScript streams meet bytes that C++ owns, and what the body mixins use.
// None of this is visible to scripts; src/builtins/README.md holds the contract.

// A chunk as a Uint8Array over the same memory, or undefined when it holds no bytes.
function as_bytes(chunk) {
  if (!is_object(chunk)) return undefined;
  if (ArrayBufferIsView(chunk)) {
    const tag = TypedArrayTag(chunk);
    if (tag === 'Uint8Array') return chunk;
    return tag === undefined
      ? new Uint8Array(DataViewBuffer(chunk), DataViewByteOffset(chunk), DataViewByteLength(chunk))
      : new Uint8Array(
          TypedArrayBuffer(chunk),
          TypedArrayByteOffset(chunk),
          TypedArrayByteLength(chunk),
        );
  }
  try {
    ArrayBufferByteLength(chunk);
  } catch {
    return undefined;
  }
  return new Uint8Array(chunk);
}

const no_bytes = () => new TypeError('Received non-Uint8Array chunk');

// source.pull() gives a Uint8Array, null at the end, or a promise of these; source.cancel(reason)
// tells it to stop.
function create_native_readable(source) {
  let controller;
  const deliver = (chunk) => {
    if (chunk === null) readable_controller_close(controller);
    else readable_controller_enqueue(controller, chunk);
  };
  const pull = () => {
    let chunk;
    try {
      chunk = source.pull();
    } catch (error) {
      return PromiseReject(error);
    }
    if (chunk === null || ArrayBufferIsView(chunk)) {
      deliver(chunk);
      return PULLED;
    }
    return PromiseThen(chunk, deliver);
  };
  const cancel = (reason) => {
    try {
      return source.cancel(reason);
    } catch (error) {
      return PromiseReject(error);
    }
  };
  const stream = new ReadableState();
  controller = new ReadableControllerState(stream, pull, cancel, 0, undefined);
  controller.started = true;
  stream.native_source = source;
  return readable_wrapper(stream);
}

// The source of a stream made above that nobody has touched, for C++ to read by itself; undefined
// for any other. From then on the stream counts as locked and disturbed.
function native_source_of(readable) {
  if (!is_readable(readable)) return undefined;
  const stream = readable_state(readable);
  const source = stream.native_source;
  const untouched =
    stream.reader === undefined &&
    !stream.disturbed &&
    stream.status === READABLE &&
    stream.controller.queue.length === 0;
  if (source === undefined || !untouched) return undefined;
  stream.native_source = undefined;
  stream.disturbed = true;
  readable_controller_clear(stream.controller);
  acquire_reader(stream);
  return source;
}

// The number of bytes the stream will give, where known before it is read.
function length_of(readable) {
  const stream = readable_state(readable);
  return stream.native_source === undefined ? stream.known_length : stream.native_source.length;
}

// Reads a stream to its end without a promise per chunk. `on_bytes(bytes)` gives undefined to go
// on, or a promise to wait for; what it throws or rejects with cancels the stream.
class ByteReader {
  constructor(stream, on_bytes, on_end, on_error) {
    this.stream = stream;
    this.reader = acquire_reader(stream);
    this.on_bytes = on_bytes;
    this.on_end = on_end;
    this.on_error = on_error;
    this.wanted = false;
    this.running = false;
    this.over = false;
    this.want_more = () => this.want();
    this.on_sink_failed = (error) => this.fail(error);
  }

  // Chunks that arrive while one is asked for are handled here in a loop, so depth does not grow
  // with their number.
  want() {
    if (this.over) return;
    this.wanted = true;
    if (this.running) return;
    this.running = true;
    while (this.wanted && !this.over) {
      this.wanted = false;
      reader_read(this.reader, this);
    }
    this.running = false;
  }

  chunk(value) {
    if (this.over) return;
    const bytes = as_bytes(value);
    if (bytes === undefined) {
      this.fail(no_bytes());
      return;
    }
    let waits;
    try {
      waits = this.on_bytes(bytes);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (waits === undefined) this.want();
    else PromiseThen(waits, this.want_more, this.on_sink_failed);
  }

  close() {
    if (this.over) return;
    this.over = true;
    reader_release(this.reader);
    this.on_end();
  }

  error(reason) {
    if (this.over) return;
    this.over = true;
    reader_release(this.reader);
    this.on_error(reason);
  }

  fail(error) {
    if (this.over) return;
    this.over = true;
    mark_handled(readable_cancel(this.stream, error));
    reader_release(this.reader);
    this.on_error(error);
  }
}
cut_off(ByteReader);

// sink.write(bytes) gives undefined when it can take more, or a promise to wait for; then
// sink.close() or sink.abort(reason) is called once. Where sink.closed is a promise, its rejection
// cancels the stream at once: the receiver has gone. Gives a promise of the end, rejected with the
// stream's or the sink's error.
function pump_to_sink(readable, sink) {
  const done = new PromiseRequest();
  let pump;
  try {
    pump = new ByteReader(
      readable_state(readable),
      (bytes) => sink.write(bytes),
      () => {
        try {
          done.resolve(sink.close());
        } catch (error) {
          done.reject(error);
        }
      },
      (error) => {
        try {
          sink.abort(error);
        } catch {
          // The first error is the one to tell.
        }
        done.reject(error);
      },
    );
  } catch (error) {
    return PromiseReject(error);
  }
  const { closed } = sink;
  if (closed !== undefined) PromiseThen(closed, undefined, pump.on_sink_failed);
  pump.want();
  return done.promise;
}

// Everything the stream has, as { chunks, size }: the pieces as they came, in an array without a
// prototype, for C++ to join or decode.
function read_all_bytes(readable) {
  const done = new PromiseRequest();
  // Without a prototype, so that storing an element meets no setter of a script.
  const result = { chunks: Object.setPrototypeOf([], null), size: 0 };
  let count = 0;
  try {
    new ByteReader(
      readable_state(readable),
      (bytes) => {
        const length = TypedArrayByteLength(bytes);
        if (length === 0) return undefined;
        result.chunks[count++] = bytes;
        result.size += length;
        return undefined;
      },
      () => done.resolve(result),
      done.reject,
    ).want();
  } catch (error) {
    return PromiseReject(error);
  }
  return done.promise;
}

function tee_readable(readable, clone) {
  const branches = readable_tee(readable_state(readable), clone);
  return [readable_wrapper(branches[0]), readable_wrapper(branches[1])];
}

function error_readable(readable, error) {
  readable_controller_error(readable_state(readable).controller, error);
}

// --- streams of Workers --------------------------------------------------------------------------

function pass_bytes(stream, chunk, count) {
  const bytes = as_bytes(chunk);
  if (bytes === undefined) return PromiseReject(no_bytes());
  try {
    if (count !== undefined) count(TypedArrayByteLength(bytes));
    transform_enqueue(stream, bytes);
    return undefined;
  } catch (error) {
    return PromiseReject(error);
  }
}

function create_identity(strategy) {
  const mark = extract_high_water_mark(to_strategy(strategy), 1);
  const stream = new TransformState((chunk) => pass_bytes(stream, chunk), undefined, undefined);
  transform_initialize(stream, resolved, mark, undefined, 0, undefined);
  return stream;
}

function create_fixed_length(length, strategy) {
  const expected = typeof length === 'bigint' ? +`${length}` : +length;
  if (!(expected >= 0 && expected <= 9007199254740991) || expected % 1 !== 0) {
    throw new TypeError('FixedLengthStream needs a length in bytes from 0 to 2^53 - 1');
  }
  const mark = extract_high_water_mark(to_strategy(strategy), 1);
  let seen = 0;
  const count = (bytes) => {
    seen += bytes;
    if (seen <= expected) return;
    throw new TypeError('Attempt to write too many bytes through a FixedLengthStream.');
  };
  const flush = () => {
    if (seen === expected) return undefined;
    const text = 'FixedLengthStream did not see all expected bytes before close().';
    return PromiseReject(new TypeError(text));
  };
  const stream = new TransformState((chunk) => pass_bytes(stream, chunk, count), flush, undefined);
  transform_initialize(stream, resolved, mark, undefined, 0, undefined);
  stream.readable.known_length = expected;
  return stream;
}

// https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/#identitytransformstream
class IdentityTransformStream extends TransformStream {
  constructor(queuingStrategy = {}, state = undefined) {
    const is_ready = queuingStrategy === create_token;
    super(create_token, is_ready ? state : create_identity(queuingStrategy));
  }
}
define_interface(IdentityTransformStream, 'IdentityTransformStream', []);

// https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/#fixedlengthstream
class FixedLengthStream extends IdentityTransformStream {
  constructor(expectedLength, queuingStrategy = {}) {
    super(create_token, create_fixed_length(expectedLength, queuingStrategy));
  }
}
define_interface(FixedLengthStream, 'FixedLengthStream', []);
