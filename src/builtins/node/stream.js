
// node:stream (https://nodejs.org/api/stream.html): Node's own implementation from npm (readable-stream), and the bridges
// to the streams of the platform.
const nextTick = (fn, ...args) => queueMicrotask(args.length === 0 ? fn : () => fn(...args));
Object.assign(npm_outside, {
  buffer: () => internal.require('node:buffer'),
  events: () => internal.require('node:events'),
  'string_decoder/': () => internal.require('node:string_decoder'),
  'process/': () => ({ nextTick }),
});

const Stream = npm_load('lib/stream.js');
const { Readable, Writable, Duplex, finished } = Stream;
const errors = internal.require('node_errors');
const { Buffer } = internal.require('node:buffer');

const as_bytes = (chunk) => (Buffer.isBuffer(chunk) ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) : chunk);

Readable.toWeb = function toWeb(stream, options = {}) {
  if (typeof stream?._readableState !== 'object') throw errors.invalid_arg_type('streamReadable', 'stream.Readable', stream);
  if (Stream.isDestroyed(stream) || !Stream.isReadable(stream)) {
    const ended = new ReadableStream();
    ended.cancel();
    return ended;
  }
  const objects = stream.readableObjectMode;
  const strategy = options.strategy ?? (objects
    ? new CountQueuingStrategy({ highWaterMark: stream.readableHighWaterMark })
    : { highWaterMark: stream.readableHighWaterMark, size: (chunk) => chunk.length ?? chunk.byteLength ?? 1 });
  let cancelled = false;
  return new ReadableStream({
    start(controller) {
      stream.pause();
      finished(stream, { writable: false }, (error) => {
        if (cancelled) return;
        cancelled = true;
        if (error) controller.error(error);
        else controller.close();
      });
      stream.on('data', (chunk) => {
        if (cancelled) return;
        controller.enqueue(objects ? chunk : as_bytes(chunk));
        if (controller.desiredSize <= 0) stream.pause();
      });
    },
    pull() {
      stream.resume();
    },
    cancel(reason) {
      cancelled = true;
      stream.destroy(reason);
    },
  }, strategy);
};

Readable.fromWeb = function fromWeb(web, options = {}) {
  if (!(web instanceof ReadableStream)) throw errors.invalid_arg_type('readableStream', 'ReadableStream', web);
  const reader = web.getReader();
  let closed = false;
  const stream = new Readable({
    highWaterMark: options.highWaterMark,
    encoding: options.encoding,
    objectMode: options.objectMode ?? false,
    signal: options.signal,
    read() {
      reader.read().then(
        ({ done, value }) => {
          if (done) {
            closed = true;
            stream.push(null);
          } else {
            stream.push(value);
          }
        },
        (error) => stream.destroy(error),
      );
    },
    destroy(error, done) {
      const end = () => nextTick(done, error);
      if (closed) return end();
      closed = true;
      reader.cancel(error).then(end, end);
    },
  });
  reader.closed.then(undefined, (error) => {
    closed = true;
    stream.destroy(error);
  });
  return stream;
};

Writable.toWeb = function toWeb(stream) {
  if (typeof stream?._writableState !== 'object') throw errors.invalid_arg_type('streamWritable', 'stream.Writable', stream);
  let drained;
  let closing;
  return new WritableStream({
    start(controller) {
      stream.on('drain', () => drained?.resolve());
      finished(stream, { readable: false }, (error) => {
        error ??= closing === undefined && !stream.writableFinished ? errors.abort_error() : undefined;
        if (error) {
          drained?.reject(error);
          closing?.reject(error);
          controller.error(error);
        } else {
          closing?.resolve();
        }
      });
    },
    write(chunk) {
      if (stream.write(chunk) && !stream.writableNeedDrain) return undefined;
      return new Promise((resolve, reject) => { drained = { resolve, reject }; });
    },
    close() {
      return new Promise((resolve, reject) => {
        closing = { resolve, reject };
        stream.end();
      });
    },
    abort(reason) {
      stream.destroy(reason);
    },
  }, stream.writableObjectMode
    ? new CountQueuingStrategy({ highWaterMark: stream.writableHighWaterMark })
    : { highWaterMark: stream.writableHighWaterMark, size: (chunk) => chunk?.length ?? chunk?.byteLength ?? 1 });
};

Writable.fromWeb = function fromWeb(web, options = {}) {
  if (!(web instanceof WritableStream)) throw errors.invalid_arg_type('writableStream', 'WritableStream', web);
  const writer = web.getWriter();
  let closed = false;
  const stream = new Writable({
    highWaterMark: options.highWaterMark,
    decodeStrings: options.decodeStrings ?? true,
    objectMode: options.objectMode ?? false,
    signal: options.signal,
    write(chunk, encoding, done) {
      writer.ready.then(() => writer.write(stream.writableObjectMode ? chunk : as_bytes(chunk))).then(() => done(), (error) => done(error));
    },
    final(done) {
      writer.close().then(() => {
        closed = true;
        done();
      }, (error) => done(error));
    },
    destroy(error, done) {
      const end = () => nextTick(done, error);
      if (closed) return end();
      closed = true;
      (error === null ? writer.close() : writer.abort(error)).then(end, end);
    },
  });
  writer.closed.then(() => { closed = true; }, (error) => {
    closed = true;
    stream.destroy(error);
  });
  return stream;
};

Duplex.toWeb = (duplex) => ({ readable: Readable.toWeb(duplex), writable: Writable.toWeb(duplex) });

Duplex.fromWeb = function fromWeb(pair, options = {}) {
  const readable = Readable.fromWeb(pair.readable, options);
  const writable = Writable.fromWeb(pair.writable, options);
  return Duplex.from({ readable, writable });
};

Stream.duplexPair = function duplexPair(options) {
  class Side extends Duplex {
    other;
    waiting = null;
    _read() {
      const done = this.waiting;
      this.waiting = null;
      done?.();
    }
    _write(chunk, encoding, done) {
      if (chunk.length === 0) return nextTick(done);
      this.other.waiting = done;
      this.other.push(chunk);
      return undefined;
    }
    _final(done) {
      this.other.on('end', done);
      this.other.push(null);
    }
  }
  const pair = [new Side(options), new Side(options)];
  [pair[0].other, pair[1].other] = [pair[1], pair[0]];
  return pair;
};

Stream._uint8ArrayToBuffer = (chunk) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
return Stream;
})
