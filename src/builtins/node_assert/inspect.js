// node:assert (https://nodejs.org/api/assert.html) for tests of workers. Part 1: values as text, one property to a line,
// so that a diff of two of them says what differs.
(function (internal) {
'use strict';

const is_array = Array.isArray;
const has_own = Object.hasOwn;
const ObjectIs = Object.is;
const prototype_of = Object.getPrototypeOf;
const own_keys = Reflect.ownKeys;
const is_enumerable = Function.prototype.call.bind(Object.prototype.propertyIsEnumerable);
const is_view = ArrayBuffer.isView;
const TypedArray = prototype_of(Uint8Array);
const depth_max = 100;

// The inner kind of an object, whatever its prototype or Symbol.toStringTag say.
const BRANDS = [
  ['Map', Object.getOwnPropertyDescriptor(Map.prototype, 'size').get],
  ['Set', Object.getOwnPropertyDescriptor(Set.prototype, 'size').get],
  ['Date', Date.prototype.getTime],
  ['RegExp', RegExp.prototype.toString, (value) => value instanceof RegExp],
  ['ArrayBuffer', Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get],
  ['Number', Number.prototype.valueOf],
  ['String', String.prototype.valueOf],
  ['Boolean', Boolean.prototype.valueOf],
  ['BigInt', BigInt.prototype.valueOf],
  ['Symbol', Symbol.prototype.valueOf],
  ['WeakMap', (value) => WeakMap.prototype.has.call(value, value), (value) => value instanceof WeakMap],
  ['WeakSet', (value) => WeakSet.prototype.has.call(value, value), (value) => value instanceof WeakSet],
  ['Promise', () => true, (value) => value instanceof Promise],
].map(([name, probe, quick]) => ({ name, probe: Function.prototype.call.bind(probe), quick }));

function brand_of(value) {
  if (is_array(value)) return 'Array';
  if (is_view(value)) return value instanceof TypedArray ? 'TypedArray' : 'DataView';
  if (typeof value === 'function') return 'Function';
  if (Object.prototype.toString.call(value) === '[object Error]' || value instanceof Error) return 'Error';
  for (const { name, probe, quick } of BRANDS) {
    if (quick !== undefined && !quick(value)) continue;
    try {
      probe(value);
      return name;
    } catch {
      // Not of this kind.
    }
  }
  return 'Object';
}

const BOXES = ['Number', 'String', 'Boolean', 'BigInt', 'Symbol'];

function quote(text) {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  if (!escaped.includes("'")) return `'${escaped}'`;
  if (!escaped.includes('"')) return `"${escaped}"`;
  if (!escaped.includes('`') && !escaped.includes('${')) return `\`${escaped}\``;
  return `'${escaped.replaceAll("'", "\\'")}'`;
}

function inspect_primitive(value) {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      return ObjectIs(value, -0) ? '-0' : `${value}`;
    case 'bigint':
      return `${value}n`;
    case 'symbol':
      return value.toString();
    default:
      return `${value}`;
  }
}

function class_name(value) {
  const prototype = prototype_of(value);
  if (prototype === null) return null;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'constructor');
  const constructor = descriptor?.value;
  if (typeof constructor === 'function' && constructor.name !== '') return constructor.name;
  return class_name(prototype);
}

function key_text(key) {
  if (typeof key === 'symbol') return `[${key.toString()}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

// Properties that are not part of what the brand shows anyway.
function shown_keys(value, brand) {
  const indexed = brand === 'Array' || brand === 'TypedArray' || brand === 'String';
  const shown = (key) =>
    is_enumerable(value, key) && !(indexed && typeof key === 'string' && /^\d+$/.test(key));
  return own_keys(value).filter(shown);
}

function property_line(value, key, inner) {
  const descriptor = Object.getOwnPropertyDescriptor(value, key);
  let text;
  if (descriptor.get !== undefined) text = descriptor.set === undefined ? '[Getter]' : '[Getter/Setter]';
  else if (descriptor.set !== undefined) text = '[Setter]';
  else text = inspect(descriptor.value, inner);
  return `${key_text(key)}: ${text}`;
}

function array_lines(value, inner) {
  const lines = [];
  let holes = 0;
  const flush = () => {
    if (holes > 0) lines.push(`<${holes} empty item${holes === 1 ? '' : 's'}>`);
    holes = 0;
  };
  for (let i = 0; i < value.length; i++) {
    if (!has_own(value, i)) {
      holes++;
      continue;
    }
    flush();
    lines.push(inspect(value[i], inner));
  }
  flush();
  return lines;
}

// The first part of an object's text, and whether it stands for itself without any braces.
function head_of(value, brand) {
  const name = class_name(value);
  switch (brand) {
    case 'Array':
      return {
        open: name === 'Array' ? '[' : `${name ?? '[Array: null prototype]'}(${value.length}) [`,
        close: ']',
      };
    case 'TypedArray':
      return { open: `${name}(${value.length}) [`, close: ']' };
    case 'Map':
    case 'Set':
      return { open: `${name ?? `[${brand}: null prototype]`}(${value.size}) {`, close: '}' };
    case 'Date': {
      const time = Date.prototype.getTime.call(value);
      return { alone: Number.isNaN(time) ? 'Invalid Date' : Date.prototype.toISOString.call(value) };
    }
    case 'RegExp':
      return { alone: RegExp.prototype.toString.call(value) };
    case 'Error':
      return { alone: `[${error_text(value)}]` };
    case 'Function':
      return { alone: function_text(value) };
    case 'ArrayBuffer':
    case 'DataView':
      return { open: `${name ?? brand} {`, close: '}' };
    case 'WeakMap':
    case 'WeakSet':
    case 'Promise':
      return { alone: `${name} { <${brand === 'Promise' ? 'state' : 'items'} unknown> }` };
    default:
  }
  if (BOXES.includes(brand)) {
    const inner = globalThis[brand].prototype.valueOf.call(value);
    return { alone: `[${brand}: ${inspect_primitive(inner)}]` };
  }
  if (name === null) return { open: '[Object: null prototype] {', close: '}' };
  return { open: name === 'Object' ? '{' : `${name} {`, close: '}' };
}

function error_text(value) {
  try {
    const { name, message } = value;
    return message === '' ? `${name}` : `${name}: ${message}`;
  } catch {
    return 'Error';
  }
}

function function_text(value) {
  const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'Function';
  return value.name === ''
    ? `[${kind} (anonymous)]`
    : `[${kind}${kind === 'class' ? '' : ':'} ${value.name}]`;
}

function inspect(value, seen = []) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
    return inspect_primitive(value);
  if (seen.includes(value)) return '[Circular]';
  if (seen.length > depth_max) return '[Object]';
  try {
    return inspect_object(value, [...seen, value]);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function inspect_object(value, inner) {
  const brand = brand_of(value);
  const { alone, open, close } = head_of(value, brand);
  const lines = [];
  if (brand === 'Array') lines.push(...array_lines(value, inner));
  else if (brand === 'TypedArray') for (const item of value) lines.push(inspect_primitive(item));
  else if (brand === 'Map') {
    Map.prototype.forEach.call(value, (item, key) =>
      lines.push(`${inspect(key, inner)} => ${inspect(item, inner)}`),
    );
  } else if (brand === 'Set') Set.prototype.forEach.call(value, (item) => lines.push(inspect(item, inner)));
  else if (brand === 'ArrayBuffer') {
    lines.push(
      `contents: <${[...new Uint8Array(value)].map((b) => b.toString(16).padStart(2, '0')).join(' ')}>`,
    );
    lines.push(`byteLength: ${value.byteLength}`);
  } else if (brand === 'DataView')
    lines.push(`byteLength: ${value.byteLength}`, `byteOffset: ${value.byteOffset}`);
  for (const key of shown_keys(value, brand)) lines.push(property_line(value, key, inner));
  const opening = open ?? `${alone} {`;
  if (lines.length === 0) return alone ?? `${opening}${close}`;
  const body = lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`).join(',\n');
  return `${opening}\n${body}\n${close ?? '}'}`;
}
