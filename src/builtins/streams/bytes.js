// Streams: readable byte streams, as far as default readers go. The queue is that of default controllers; chunks are
// taken over, so that who enqueued them can no longer change them.
// GAP: no readers of mode 'byob', and so no byobRequest; conformance expects streams/readable-byte-streams to fail.

const chunk_bytes = (chunk) => TypedArrayByteLength(chunk);

// https://streams.spec.whatwg.org/#rbs-controller-class
class ReadableByteStreamController {
  #state;

  constructor(token = undefined, state = undefined) {
    check_token(token);
    this.#state = state;
  }

  // https://streams.spec.whatwg.org/#rbs-controller-byob-request
  get byobRequest() {
    if (!(#state in this)) throw illegal_invocation();
    return null;
  }

  // https://streams.spec.whatwg.org/#rbs-controller-desired-size
  get desiredSize() {
    if (!(#state in this)) throw illegal_invocation();
    return readable_controller_desired_size(this.#state);
  }

  // https://streams.spec.whatwg.org/#rbs-controller-close
  close() {
    if (!(#state in this)) throw illegal_invocation();
    if (!readable_controller_can_enqueue(this.#state)) {
      throw new TypeError('The stream is closed, or will be, or has failed');
    }
    readable_controller_close(this.#state);
  }

  // https://streams.spec.whatwg.org/#rbs-controller-enqueue
  enqueue(chunk) {
    if (!(#state in this)) throw illegal_invocation();
    if (!ArrayBufferIsView(chunk)) throw new TypeError('A byte stream takes ArrayBuffer views only');
    const typed = TypedArrayTag(chunk) !== undefined;
    const buffer = typed ? TypedArrayBuffer(chunk) : DataViewBuffer(chunk);
    const offset = typed ? TypedArrayByteOffset(chunk) : DataViewByteOffset(chunk);
    const length = typed ? TypedArrayByteLength(chunk) : DataViewByteLength(chunk);
    if (length === 0) throw new TypeError('A byte stream takes no empty chunk');
    if (!readable_controller_can_enqueue(this.#state)) {
      throw new TypeError('The stream is closed, or will be, or has failed');
    }
    readable_controller_enqueue(this.#state, new Uint8Array(ArrayBufferTransfer(buffer), offset, length));
  }

  // https://streams.spec.whatwg.org/#rbs-controller-error
  error(e = undefined) {
    if (!(#state in this)) throw illegal_invocation();
    readable_controller_error(this.#state, e);
  }
}
define_interface(ReadableByteStreamController, 'ReadableByteStreamController', [
  'byobRequest',
  'desiredSize',
  'close',
  'enqueue',
  'error',
]);
