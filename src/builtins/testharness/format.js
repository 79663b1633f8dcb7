// A test harness with the functions that *.any.js files of the Web Platform Tests call, written from their documentation
// (https://web-platform-tests.org/writing-tests/testharness-api.html). Part 1: how values and failures are told.
(function (internal) {
'use strict';

// Tests may change what these names mean on the global object or on prototypes: the harness keeps its own.
const GlobalPromise = Promise;
const resolve_promise = GlobalPromise.resolve.bind(GlobalPromise);
const ObjectIs = Object.is;
const prototype_of = Object.getPrototypeOf;
const is_array = Array.isArray;
const has_own = Object.hasOwn;
const class_string_of = Function.prototype.call.bind(Object.prototype.toString);
const regexp_exec = Function.prototype.call.bind(RegExp.prototype.exec);

class AssertionError extends Error {
  constructor(message) {
    super(message);
    this.message = message === undefined ? '' : `${message}`;
  }
}
Object.defineProperty(AssertionError.prototype, 'name', {
  value: 'AssertionError',
  configurable: true,
  writable: true,
});

// An optional feature is absent: the test neither passes nor fails.
class OptionalFeatureUnsupportedError extends AssertionError {}
Object.defineProperty(OptionalFeatureUnsupportedError.prototype, 'name', {
  value: 'OptionalFeatureUnsupportedError',
  configurable: true,
  writable: true,
});

const SHORT_ESCAPES = {
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '"': '"',
  '\\': '\\',
};
const text_max = 2000;

function format_character(c) {
  const short = SHORT_ESCAPES[c];
  if (short !== undefined) return `\\${short}`;
  const code = c.charCodeAt(0);
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

function format_string(text) {
  const shown = text.length > text_max ? text.slice(0, text_max) : text;
  const escaped = shown.replace(
    /[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    format_character,
  );
  return shown === text ? `"${escaped}"` : `"${escaped}"... (${text.length} code units)`;
}

function format_object(value) {
  try {
    const text = `${value}`;
    return `${typeof value} "${text.length > text_max ? `${text.slice(0, text_max)}...` : text}"`;
  } catch {
    return `${typeof value} ${class_string_of(value)}`;
  }
}

// Any value as one readable piece of text; never throws.
function format_value(value, seen = []) {
  switch (typeof value) {
    case 'string':
      return format_string(value);
    case 'number':
      return ObjectIs(value, -0) ? '-0' : `${value}`;
    case 'bigint':
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return `${value}`;
    case 'symbol':
      return value.toString();
  }
  if (value === null) return 'null';
  if (is_array(value)) {
    if (seen.includes(value)) return '[...]';
    const inner = [...seen, value];
    const parts = [];
    for (let i = 0; i < value.length && i < 100; i++)
      parts.push(i in value ? format_value(value[i], inner) : '');
    if (value.length > 100) parts.push(`... ${value.length - 100} more`);
    return `[${parts.join(', ')}]`;
  }
  return format_object(value);
}

// `(number) 1`, so that 1 and "1" can be told apart.
function typed(value) {
  return typeof value === 'object' || typeof value === 'function'
    ? format_value(value)
    : `(${typeof value}) ${format_value(value)}`;
}

function fail(assertion, description, what) {
  const told = description === undefined || description === null ? '' : `${description} `;
  throw new AssertionError(`${assertion}: ${told}${what}`);
}

function expect(holds, assertion, description, what) {
  if (!holds) fail(assertion, description, what());
}

// Where `error` was made, as far as it says; empty otherwise.
function stack_of(error) {
  try {
    return error !== null && typeof error === 'object' && typeof error.stack === 'string'
      ? error.stack
      : '';
  } catch {
    return '';
  }
}

// What a test that threw `error` says.
function failure_text(error) {
  if (error instanceof AssertionError) return error.message;
  if (error === null || typeof error !== 'object') return `threw ${format_value(error)}`;
  try {
    const name = 'name' in error ? error.name : 'Error';
    return 'message' in error ? `${name}: ${error.message}` : format_object(error);
  } catch {
    return format_object(error);
  }
}
