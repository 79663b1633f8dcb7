
// --- part 2: text, comparison, search --------------------------------------------------------------------------------

const methods = {};

function read_text(buffer, start, end, encoding) {
  const text = native.read(buffer, start, end, encoding);
  if (text === undefined) {
    const error = make(Error, 'ERR_STRING_TOO_LONG', `Cannot create a string longer than 0x${kStringMaxLength.toString(16)} characters`);
    throw error;
  }
  return text;
}

methods.toString = function toString(encoding, start, end) {
  const length = this.length;
  if (arguments.length === 0) return read_text(this, 0, length, UTF8);
  start = start <= 0 || !(start > 0) ? 0 : Math.trunc(start);
  if (start >= length) return '';
  end = end === undefined || end > length ? length : Math.trunc(end) || 0;
  if (end <= start) return '';
  if (encoding === undefined) return read_text(this, start, end, UTF8);
  const known = encoding_of(`${encoding}`);
  if (known === undefined) throw make(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
  return read_text(this, start, end, known);
};
methods.toLocaleString = methods.toString;

methods.toJSON = function toJSON() {
  return { type: 'Buffer', data: this.length > 0 ? Array.from(this) : [] };
};

methods.write = function write(text, offset, length, encoding) {
  if (typeof text !== 'string') throw invalid_arg_type('argument', 'string', text);
  if (offset === undefined) return native.write(this, text, 0, this.length, UTF8);
  if (length === undefined && typeof offset === 'string') {
    return native.write(this, text, 0, this.length, known_encoding(offset));
  }
  check_integer(offset, 'offset', 0, this.length);
  const remaining = this.length - offset;
  if (typeof length === 'string') {
    encoding = length;
    length = remaining;
  } else if (length === undefined) {
    length = remaining;
  } else {
    check_integer(length, 'length', 0, this.length);
    if (length > remaining) length = remaining;
  }
  return native.write(this, text, offset, offset + length, known_encoding(encoding));
};

for (const [prefix, encoding] of [['utf8', UTF8], ['latin1', LATIN1], ['ascii', ASCII], ['ucs2', UTF16LE],
  ['hex', HEX], ['base64', BASE64], ['base64url', BASE64URL]]) {
  methods[`${prefix}Slice`] = function (start = 0, end = this.length) {
    return read_text(this, start, end, encoding);
  };
  methods[`${prefix}Write`] = function (text, offset = 0, length = this.length - offset) {
    return native.write(this, text, offset, offset + length, encoding);
  };
}

methods.equals = function equals(other) {
  if (!is_bytes(other)) throw invalid_arg_type('otherBuffer', ['Buffer', 'Uint8Array'], other);
  return this === other || (this.byteLength === other.byteLength && native.compare(this, other) === 0);
};

methods.compare = function compare(target, target_start, target_end, start, end) {
  if (!is_bytes(target)) throw invalid_arg_type('target', ['Buffer', 'Uint8Array'], target);
  if (arguments.length === 1) return native.compare(this, target);
  const bound = (value, name, otherwise, most) => {
    if (value === undefined) return otherwise;
    check_integer(value, name, 0, most);
    return value;
  };
  target_start = bound(target_start, 'targetStart', 0, kMaxLength);
  target_end = bound(target_end, 'targetEnd', target.length, target.length);
  start = bound(start, 'sourceStart', 0, kMaxLength);
  end = bound(end, 'sourceEnd', this.length, this.length);
  if (start >= end) return target_start >= target_end ? 0 : -1;
  if (target_start >= target_end) return 1;
  return native.compare(this.subarray(start, end), target.subarray(target_start, target_end));
};

// Copies as much as fits. Returns how much.
methods.copy = function copy(target, target_start, start, end) {
  if (!is_bytes(target)) throw invalid_arg_type('target', ['Buffer', 'Uint8Array'], target);
  const whole = (value) => Math.trunc(Number(value)) || 0;
  target_start = target_start === undefined ? 0 : whole(target_start);
  if (target_start < 0) throw out_of_range('targetStart', '>= 0', target_start);
  start = start === undefined ? 0 : whole(start);
  if (start < 0 || start > this.length) throw out_of_range('sourceStart', `>= 0 && <= ${this.length}`, start);
  end = end === undefined ? this.length : whole(end);
  if (end < 0) throw out_of_range('sourceEnd', '>= 0', end);
  end = Math.min(end, this.length, start + target.length - target_start);
  if (target_start >= target.length || start >= end) return 0;
  Uint8Array.prototype.set.call(target, Uint8Array.prototype.subarray.call(this, start, end), target_start);
  return end - start;
};

function clamped(value, length) {
  value = Math.trunc(value) || 0;
  if (value < 0) return Math.max(value + length, 0);
  return Math.min(value, length);
}

methods.subarray = function subarray(start, end) {
  const length = this.length;
  start = clamped(start, length);
  end = end === undefined ? length : clamped(end, length);
  return new FastBuffer(this.buffer, this.byteOffset + start, end > start ? end - start : 0);
};
methods.slice = function slice(start, end) {
  return this.subarray(start, end);
};

methods.fill = function fill(value, offset, end, encoding) {
  if (typeof value === 'string') {
    if (offset === undefined || typeof offset === 'string') {
      encoding = offset;
      offset = 0;
      end = this.length;
    } else if (typeof end === 'string') {
      encoding = end;
      end = this.length;
    }
    const known = known_encoding(encoding);
    if (value.length === 0) value = 0;
    else if (value.length === 1 && known <= ASCII && value.charCodeAt(0) < 128) value = value.charCodeAt(0);
    else {
      value = from_string(value, encoding_names[known]);
      if (value.length === 0) throw invalid_arg_value('value', arguments[0]);
    }
  } else if (typeof value === 'boolean') {
    value = +value;
  }
  if (offset === undefined) {
    offset = 0;
    end = this.length;
  } else {
    check_integer(offset, 'offset', 0);
    if (end === undefined) end = this.length;
    else check_integer(end, 'end', 0, this.length);
    if (offset >= end) return this;
  }
  if (!is_bytes(value)) {
    Uint8Array.prototype.fill.call(this, Number(value) & 255, offset, end);
    return this;
  }
  if (value.length === 0) throw invalid_arg_value('value', value);
  // The first copy, then doubled.
  const room = Uint8Array.prototype.subarray.call(this, offset, end);
  room.set(value.length > room.length ? value.subarray(0, room.length) : value);
  for (let done = value.length; done < room.length; done *= 2) room.copyWithin(done, 0, done);
  return this;
};

function search(buffer, value, offset, encoding, last) {
  if (typeof offset === 'string') {
    encoding = offset;
    offset = undefined;
  }
  offset = +offset;
  if (Number.isNaN(offset)) offset = last ? buffer.length : 0;
  offset = Math.trunc(offset);
  if (offset < 0) {
    offset += buffer.length;
    if (offset < 0) {
      if (last) return -1;
      offset = 0;
    }
  }
  if (typeof value === 'number') {
    const byte = value & 255;
    return last
      ? Uint8Array.prototype.lastIndexOf.call(buffer, byte, offset)
      : Uint8Array.prototype.indexOf.call(buffer, byte, offset);
  }
  let step = 1;
  if (typeof value === 'string') {
    const known = known_encoding(encoding);
    if (known === UTF16LE) step = 2;
    value = from_string(value, encoding_names[known]);
  } else if (!is_bytes(value)) {
    throw invalid_arg_type('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
  } else if (encoding !== undefined && encoding_of(encoding) === UTF16LE) {
    step = 2;
  }
  if (value.length === 0) return Math.min(offset, buffer.length);
  return native.indexOf(buffer, value, offset, last, step);
}

methods.indexOf = function indexOf(value, offset, encoding) {
  return search(this, value, offset, encoding, false);
};
methods.lastIndexOf = function lastIndexOf(value, offset, encoding) {
  return search(this, value, offset, encoding, true);
};
methods.includes = function includes(value, offset, encoding) {
  return search(this, value, offset, encoding, false) !== -1;
};

function swap(buffer, width) {
  if (buffer.length % width !== 0) {
    throw make(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${width * 8}-bits`);
  }
  for (let at = 0; at < buffer.length; at += width) {
    for (let low = at, high = at + width - 1; low < high; low++, high--) {
      const byte = buffer[low];
      buffer[low] = buffer[high];
      buffer[high] = byte;
    }
  }
  return buffer;
}
methods.swap16 = function swap16() { return swap(this, 2); };
methods.swap32 = function swap32() { return swap(this, 4); };
methods.swap64 = function swap64() { return swap(this, 8); };

const exported = {};

methods[inspect_custom] = function inspect(depth, options, inspect_value) {
  const most = exported.INSPECT_MAX_BYTES;
  const shown = Math.min(most, this.length);
  let text = read_text(this, 0, shown, HEX).replace(/(.{2})/g, '$1 ').trim();
  const rest = this.length - most;
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  const extras = Object.keys(this).filter((key) => !/^\d+$/.test(key));
  if (extras.length > 0 && inspect_value !== undefined) {
    const object = Object.fromEntries(extras.map((key) => [key, this[key]]));
    text += `${text === '' ? '' : ', '}${inspect_value(Object.assign(Object.create(null), object), { ...options, breakLength: Infinity, compact: true }).slice(27, -2)}`;
  }
  return `<${this.constructor.name} ${text}>`;
};
methods.inspect = methods[inspect_custom];
