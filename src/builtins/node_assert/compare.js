// node:assert, part 2: deep equality (https://nodejs.org/api/assert.html#comparison-details_1).

// Pairs under comparison, so that cycles end: a pair met again counts as equal.
class Pairs {
  constructor() {
    this.left = [];
    this.right = [];
  }

  within(left, right, compare) {
    const at = this.left.indexOf(left);
    if (at !== -1 && this.right[at] === right) return true;
    this.left.push(left);
    this.right.push(right);
    const equal = compare();
    this.left.pop();
    this.right.pop();
    return equal;
  }
}

const is_object = (value) => value !== null && typeof value === 'object';

function loosely_equal_primitives(left, right) {
  return left == right || (Number.isNaN(left) && Number.isNaN(right));
}

// mode.strict: types, prototypes, symbol keys and the sign of zero count.
function deep_equal(left, right, mode, pairs = new Pairs()) {
  if (left === right) return left !== 0 || !mode.strict || ObjectIs(left, right);
  if (mode.strict) {
    if (typeof left === 'function' || typeof right === 'function') return false;
    if (!is_object(left) || !is_object(right)) return ObjectIs(left, right);
    if (prototype_of(left) !== prototype_of(right)) return false;
  } else {
    if (typeof left === 'function' || typeof right === 'function') return false;
    if (!is_object(left) || !is_object(right)) {
      if (is_object(left) || is_object(right)) return false;
      return loosely_equal_primitives(left, right);
    }
  }
  return objects_equal(left, right, mode, pairs);
}

function objects_equal(left, right, mode, pairs) {
  const brand = brand_of(left);
  if (brand !== brand_of(right)) return false;
  if (Object.prototype.toString.call(left) !== Object.prototype.toString.call(right)) return false;
  if (!contents_equal(left, right, brand, mode)) return false;
  return pairs.within(
    left,
    right,
    () => keys_equal(left, right, brand, mode, pairs) && collections_equal(left, right, brand, mode, pairs),
  );
}

// What an object holds beside properties and elements.
function contents_equal(left, right, brand, mode) {
  switch (brand) {
    case 'Array':
      return left.length === right.length;
    case 'Date':
      return ObjectIs(Date.prototype.getTime.call(left), Date.prototype.getTime.call(right));
    case 'RegExp':
      return left.source === right.source && left.flags === right.flags && left.lastIndex === right.lastIndex;
    case 'Error':
      return (
        left.message === right.message &&
        left.name === right.name &&
        has_own(left, 'cause') === has_own(right, 'cause') &&
        deep_equal(left.cause, right.cause, mode) &&
        deep_equal(left.errors, right.errors, mode)
      );
    case 'TypedArray':
      return numbers_equal(left, right, mode);
    case 'ArrayBuffer':
      return numbers_equal(new Uint8Array(left), new Uint8Array(right), mode);
    case 'DataView':
      return numbers_equal(bytes_of(left), bytes_of(right), mode);
    case 'Map':
    case 'Set':
      return left.size === right.size;
    case 'WeakMap':
    case 'WeakSet':
    case 'Promise':
      return false;
    default:
      break;
  }
  if (!BOXES.includes(brand)) return true;
  const { valueOf } = globalThis[brand].prototype;
  return ObjectIs(valueOf.call(left), valueOf.call(right));
}

function bytes_of(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function numbers_equal(left, right, mode) {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) {
    if (ObjectIs(left[i], right[i])) continue;
    if (mode.strict || left[i] !== right[i]) return false;
  }
  return true;
}

function compared_keys(value, brand, mode) {
  const skip_indices = brand === 'TypedArray' || brand === 'String';
  return own_keys(value).filter((key) => {
    if (typeof key === 'symbol') return mode.strict && is_enumerable(value, key);
    return is_enumerable(value, key) && !(skip_indices && /^\d+$/.test(key));
  });
}

function keys_equal(left, right, brand, mode, pairs) {
  const keys = compared_keys(left, brand, mode);
  if (keys.length !== compared_keys(right, brand, mode).length) return false;
  return keys.every(
    (key) =>
      has_own(right, key) && is_enumerable(right, key) && deep_equal(left[key], right[key], mode, pairs),
  );
}

function collections_equal(left, right, brand, mode, pairs) {
  if (brand === 'Set') return sets_equal(left, right, mode, pairs);
  if (brand === 'Map') return maps_equal(left, right, mode, pairs);
  return true;
}

// Each element of `left` needs one of its own in `right`: first what is identical, then what is equal.
function sets_equal(left, right, mode, pairs) {
  const others = [];
  Set.prototype.forEach.call(left, (item) => {
    if (!Set.prototype.has.call(right, item)) others.push(item);
  });
  const candidates = [];
  Set.prototype.forEach.call(right, (item) => {
    if (!Set.prototype.has.call(left, item)) candidates.push(item);
  });
  return others.every((item) => {
    const at = candidates.findIndex((candidate) => deep_equal(item, candidate, mode, pairs));
    if (at !== -1) candidates.splice(at, 1);
    return at !== -1;
  });
}

function maps_equal(left, right, mode, pairs) {
  const others = [];
  let equal = true;
  Map.prototype.forEach.call(left, (value, key) => {
    if (!Map.prototype.has.call(right, key)) others.push([key, value]);
    else equal &&= deep_equal(value, Map.prototype.get.call(right, key), mode, pairs);
  });
  if (!equal) return false;
  const candidates = [];
  Map.prototype.forEach.call(right, (value, key) => {
    if (!Map.prototype.has.call(left, key)) candidates.push([key, value]);
  });
  return others.every(([key, value]) => {
    const fits = (candidate) =>
      deep_equal(key, candidate[0], mode, pairs) && deep_equal(value, candidate[1], mode, pairs);
    const at = candidates.findIndex(fits);
    if (at !== -1) candidates.splice(at, 1);
    return at !== -1;
  });
}

// Whether `expected` is contained in `actual`: https://nodejs.org/api/assert.html#assertpartialdeepstrictequalactual-expected-message
function partially_equal(actual, expected, pairs = new Pairs()) {
  if (!is_object(actual) || !is_object(expected)) return deep_equal(actual, expected, STRICT);
  const brand = brand_of(expected);
  if (brand !== brand_of(actual) || prototype_of(actual) !== prototype_of(expected)) return false;
  if (brand === 'Map') {
    return [...expected].every(
      ([key, value]) => actual.has(key) && partially_equal(actual.get(key), value, pairs),
    );
  }
  if (brand === 'Set')
    return [...expected].every((item) => [...actual].some((other) => partially_equal(other, item, pairs)));
  if (brand === 'Array') {
    let from = 0;
    return expected.every((item) => {
      while (from < actual.length && !partially_equal(actual[from], item, pairs)) from++;
      return from++ < actual.length;
    });
  }
  if (brand !== 'Object' && !contents_equal(actual, expected, brand, STRICT)) return false;
  const keys = compared_keys(expected, brand, STRICT);
  return pairs.within(actual, expected, () =>
    keys.every((key) => has_own(actual, key) && partially_equal(actual[key], expected[key], pairs)),
  );
}

const STRICT = { strict: true };
const LOOSE = { strict: false };
