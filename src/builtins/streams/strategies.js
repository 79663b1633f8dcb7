// Streams, part 2: the two queuing strategies.

// https://streams.spec.whatwg.org/#byte-length-queuing-strategy-size-function
const byte_length_size = { size: (chunk) => chunk.byteLength }.size;
// https://streams.spec.whatwg.org/#count-queuing-strategy-size-function
const count_size = { size: () => 1 }.size;

// https://streams.spec.whatwg.org/#dictdef-queuingstrategyinit
function to_strategy_init(init, given) {
  if (given === 0) throw new TypeError('A queuing strategy needs { highWaterMark }');
  const dictionary = to_dictionary(init, 'The argument');
  const mark = dictionary === undefined ? undefined : dictionary.highWaterMark;
  if (mark === undefined) throw new TypeError('highWaterMark is required');
  return +mark;
}

// https://streams.spec.whatwg.org/#blqs-class
class ByteLengthQueuingStrategy {
  #high_water_mark;

  constructor(init) {
    this.#high_water_mark = to_strategy_init(init, arguments.length);
  }

  get highWaterMark() {
    if (!(#high_water_mark in this)) throw illegal_invocation();
    return this.#high_water_mark;
  }

  get size() {
    if (!(#high_water_mark in this)) throw illegal_invocation();
    return byte_length_size;
  }
}
define_interface(ByteLengthQueuingStrategy, 'ByteLengthQueuingStrategy', ['highWaterMark', 'size']);

// https://streams.spec.whatwg.org/#cqs-class
class CountQueuingStrategy {
  #high_water_mark;

  constructor(init) {
    this.#high_water_mark = to_strategy_init(init, arguments.length);
  }

  get highWaterMark() {
    if (!(#high_water_mark in this)) throw illegal_invocation();
    return this.#high_water_mark;
  }

  get size() {
    if (!(#high_water_mark in this)) throw illegal_invocation();
    return count_size;
  }
}
define_interface(CountQueuingStrategy, 'CountQueuingStrategy', ['highWaterMark', 'size']);
