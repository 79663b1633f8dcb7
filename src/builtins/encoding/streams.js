// TextEncoderStream and TextDecoderStream (https://encoding.spec.whatwg.org/#interface-textencoderstream): the coders of
// the platform inside a TransformStream.
(function (internal) {
'use strict';

const { TransformStream } = internal.require('streams');
const { TextEncoder, TextDecoder, TypeError, String } = globalThis;
const call = Function.prototype.call.bind(Function.prototype.call);
const { encode } = TextEncoder.prototype;
const { decode } = TextDecoder.prototype;
const { charCodeAt, slice } = String.prototype;
const side = (name) => Object.getOwnPropertyDescriptor(TransformStream.prototype, name).get;
const [readable_of, writable_of] = [side('readable'), side('writable')];
const decoder_getter = (name) => Object.getOwnPropertyDescriptor(TextDecoder.prototype, name).get;
const [encoding_of, fatal_of, ignore_bom_of] = ['encoding', 'fatal', 'ignoreBOM'].map(decoder_getter);

const is_high = (unit) => unit >= 0xd800 && unit <= 0xdbff;

// https://encoding.spec.whatwg.org/#interface-textencoderstream
class TextEncoderStream {
  #transform;

  constructor() {
    const encoder = new TextEncoder();
    // A high surrogate that ends a chunk may find its other half in the next.
    let held = '';
    this.#transform = new TransformStream({
      transform(chunk, controller) {
        let text = held + `${chunk}`;
        held = '';
        const last = text.length - 1;
        if (last >= 0 && is_high(call(charCodeAt, text, last))) {
          held = call(slice, text, last);
          text = call(slice, text, 0, last);
        }
        if (text.length > 0) controller.enqueue(call(encode, encoder, text));
      },
      flush(controller) {
        if (held !== '') controller.enqueue(call(encode, encoder, held));
      },
    });
  }

  get encoding() {
    if (!(#transform in this)) throw new TypeError('Illegal invocation');
    return 'utf-8';
  }
  get readable() {
    return call(readable_of, this.#transform);
  }
  get writable() {
    return call(writable_of, this.#transform);
  }
}

// https://encoding.spec.whatwg.org/#interface-textdecoderstream
class TextDecoderStream {
  #decoder;
  #transform;

  constructor(label = 'utf-8', options = {}) {
    const decoder = (this.#decoder = new TextDecoder(label, options));
    const give = (text, controller) => {
      if (text !== '') controller.enqueue(text);
    };
    this.#transform = new TransformStream({
      transform(chunk, controller) {
        // decode() takes a missing input for an empty one; a chunk has to be bytes.
        if (chunk === undefined) throw new TypeError('The chunk is not an ArrayBuffer or a view');
        give(call(decode, decoder, chunk, { stream: true }), controller);
      },
      flush(controller) {
        give(call(decode, decoder), controller);
      },
    });
  }

  get encoding() {
    return call(encoding_of, this.#decoder);
  }
  get fatal() {
    return call(fatal_of, this.#decoder);
  }
  get ignoreBOM() {
    return call(ignore_bom_of, this.#decoder);
  }
  get readable() {
    return call(readable_of, this.#transform);
  }
  get writable() {
    return call(writable_of, this.#transform);
  }
}

const names = { TextEncoderStream: ['encoding', 'readable', 'writable'], TextDecoderStream: ['encoding', 'fatal', 'ignoreBOM', 'readable', 'writable'] };
const exports = { TextEncoderStream, TextDecoderStream };
for (const name of Object.keys(names)) {
  const { prototype } = exports[name];
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  for (const key of names[name]) Object.defineProperty(prototype, key, { enumerable: true });
}
return exports;
})
