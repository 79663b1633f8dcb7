
// --- part 3: numbers in buffers --------------------------------------------------------------------------------------

function check_place(buffer, offset, size) {
  if (typeof offset !== 'number') throw invalid_arg_type('offset', 'number', offset);
  if (Number.isInteger(offset) && offset >= 0 && offset + size <= buffer.length) return;
  if (!Number.isInteger(offset)) throw out_of_range('offset', 'an integer', offset);
  if (buffer.length - size < 0) throw make(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', 'Attempt to access memory outside buffer bounds');
  throw out_of_range('offset', `>= 0 and <= ${buffer.length - size}`, offset);
}

function check_value(value, low, high, size) {
  if (value <= high && value >= low) return;
  // NaN is written as 0, as Node does.
  if (!(value > high || value < low)) return;
  const n = typeof low === 'bigint' ? 'n' : '';
  let range;
  if (size > 4) {
    const bits = size * 8;
    range = low == 0
      ? `>= 0${n} and < 2${n} ** ${bits}${n}`
      : `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`;
  } else {
    range = `>= ${low}${n} and <= ${high}${n}`;
  }
  throw out_of_range('value', range, value);
}

// Little and big end, each size: `size` bytes from `offset` as an unsigned number up to 2^48.
function read_unsigned(buffer, offset, size, big) {
  check_place(buffer, offset, size);
  let value = 0;
  if (big) for (let i = 0; i < size; i++) value = value * 256 + buffer[offset + i];
  else for (let i = size - 1; i >= 0; i--) value = value * 256 + buffer[offset + i];
  return value;
}

function write_number(buffer, value, offset, size, big, low, high) {
  value = +value;
  check_value(value, low, high, size);
  check_place(buffer, offset, size);
  let rest = Math.trunc(value) || 0;
  if (rest < 0) rest += 2 ** (size * 8);
  for (let i = 0; i < size; i++) {
    buffer[big ? offset + size - 1 - i : offset + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return offset + size;
}

function check_byte_length(size) {
  if (typeof size !== 'number') throw invalid_arg_type('byteLength', 'number', size);
  if (!Number.isInteger(size)) throw out_of_range('byteLength', 'an integer', size);
  if (size < 1 || size > 6) throw out_of_range('byteLength', '>= 1 and <= 6', size);
}

const signed = (value, size) => (value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value);

function define(names, method) {
  for (const name of names) methods[name] = method;
}

methods.readUInt8 = methods.readUint8 = function readUInt8(offset = 0) {
  check_place(this, offset, 1);
  return this[offset];
};
methods.readInt8 = function readInt8(offset = 0) {
  check_place(this, offset, 1);
  return (this[offset] << 24) >> 24;
};
methods.writeUInt8 = methods.writeUint8 = function writeUInt8(value, offset = 0) {
  return write_number(this, value, offset, 1, false, 0, 255);
};
methods.writeInt8 = function writeInt8(value, offset = 0) {
  return write_number(this, value, offset, 1, false, -128, 127);
};

for (const [end, big] of [['LE', false], ['BE', true]]) {
  for (const size of [2, 4]) {
    const bits = size * 8;
    define([`readUInt${bits}${end}`, `readUint${bits}${end}`], function (offset = 0) {
      return read_unsigned(this, offset, size, big);
    });
    define([`readInt${bits}${end}`], function (offset = 0) {
      return signed(read_unsigned(this, offset, size, big), size);
    });
    define([`writeUInt${bits}${end}`, `writeUint${bits}${end}`], function (value, offset = 0) {
      return write_number(this, value, offset, size, big, 0, 2 ** bits - 1);
    });
    define([`writeInt${bits}${end}`], function (value, offset = 0) {
      return write_number(this, value, offset, size, big, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
    });
  }
  define([`readUInt${end}`, `readUint${end}`], function (offset, size) {
    if (offset === undefined) throw invalid_arg_type('offset', 'number', offset);
    check_byte_length(size);
    return read_unsigned(this, offset, size, big);
  });
  define([`readInt${end}`], function (offset, size) {
    if (offset === undefined) throw invalid_arg_type('offset', 'number', offset);
    check_byte_length(size);
    return signed(read_unsigned(this, offset, size, big), size);
  });
  define([`writeUInt${end}`, `writeUint${end}`], function (value, offset, size) {
    check_byte_length(size);
    return write_number(this, value, offset, size, big, 0, 2 ** (size * 8) - 1);
  });
  define([`writeInt${end}`], function (value, offset, size) {
    check_byte_length(size);
    return write_number(this, value, offset, size, big, -(2 ** (size * 8 - 1)), 2 ** (size * 8 - 1) - 1);
  });
  // What DataView reads and writes: name, its own name, size, and the least and largest value.
  for (const [name, view, size, low, high] of [
    ['Float', 'Float32', 4], ['Double', 'Float64', 8],
    ['BigInt64', 'BigInt64', 8, -(2n ** 63n), 2n ** 63n - 1n],
    ['BigUInt64', 'BigUint64', 8, 0n, 2n ** 64n - 1n],
  ]) {
    const get = DataView.prototype[`get${view}`];
    const set = DataView.prototype[`set${view}`];
    const alias = name === 'BigUInt64' ? ['BigUint64'] : [];
    define([name, ...alias].map((each) => `read${each}${end}`), function (offset = 0) {
      check_place(this, offset, size);
      return get.call(new DataView(this.buffer, this.byteOffset, this.byteLength), offset, !big);
    });
    define([name, ...alias].map((each) => `write${each}${end}`), function (value, offset = 0) {
      if (low === undefined) value = +value;
      else check_value(value, low, high, size);
      check_place(this, offset, size);
      set.call(new DataView(this.buffer, this.byteOffset, this.byteLength), offset, value, !big);
      return offset + size;
    });
  }
}

// --- the module ------------------------------------------------------------------------------------------------------

for (const key of Reflect.ownKeys(methods)) {
  Object.defineProperty(Buffer.prototype, key, { value: methods[key], writable: true, configurable: true, enumerable: true });
}
Object.defineProperty(Buffer.prototype, 'parent', {
  get() { return this instanceof Buffer ? this.buffer : undefined; }, configurable: true, enumerable: true,
});
Object.defineProperty(Buffer.prototype, 'offset', {
  get() { return this instanceof Buffer ? this.byteOffset : undefined; }, configurable: true, enumerable: true,
});

function check_bytes(input) {
  if (ArrayBuffer.isView(input) || is_any_array_buffer(input)) return;
  throw invalid_arg_type('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
}

Object.assign(exported, {
  Buffer,
  SlowBuffer,
  constants: { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength },
  kMaxLength,
  kStringMaxLength,
  INSPECT_MAX_BYTES: 50,
  atob,
  btoa,
  isAscii(input) {
    check_bytes(input);
    return native.isAscii(input);
  },
  isUtf8(input) {
    check_bytes(input);
    return native.isUtf8(input);
  },
  transcode(source, from, to) {
    if (!is_bytes(source)) throw invalid_arg_type('source', ['Buffer', 'Uint8Array'], source);
    const ends = [encoding_of(from), encoding_of(to)];
    if (ends.some((each) => each === undefined || each > UTF16LE)) {
      const error = new Error('Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]');
      error.code = 'U_ILLEGAL_ARGUMENT_ERROR';
      error.errno = 1;
      throw error;
    }
    let text = read_text(source, 0, source.length, ends[0]);
    // A character that the target has not becomes a question mark.
    if (ends[1] === LATIN1) text = text.replace(/[^\u0000-\u00ff]/gu, '?');
    if (ends[1] === ASCII) text = text.replace(/[^\u0000-\u007f]/gu, '?');
    return Buffer.from(text, encoding_names[ends[1]]);
  },
  resolveObjectURL: () => undefined,
});
for (const name of ['Blob', 'File']) if (globalThis[name] !== undefined) exported[name] = globalThis[name];
return exported;
})
