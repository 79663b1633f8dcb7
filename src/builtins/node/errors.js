// Errors as Node makes them: an ordinary error class with a `code`, and the checks of arguments that throw them. For
// internal.require('node_errors'). https://nodejs.org/api/errors.html#nodejs-error-codes
(function (internal) {
'use strict';

const primitive_names = new Set([
  'string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol',
]);

function make(Base, code, message) {
  const error = new Base(message);
  Object.defineProperty(error, 'toString', {
    value() {
      return `${this.name} [${code}]: ${this.message}`;
    },
    writable: true,
    configurable: true,
  });
  error.code = code;
  Error.captureStackTrace?.(error, make);
  return error;
}

const list = (words, last) =>
  words.length <= 2 ? words.join(` ${last} `) : `${words.slice(0, -1).join(', ')}, ${last} ${words.at(-1)}`;

// What was given, as Node's messages say it.
function received(value) {
  if (value === null || value === undefined) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    const name = value.constructor?.name;
    return name ? ` Received an instance of ${name}` : ` Received ${internal.require('node:util').inspect(value, { depth: -1 })}`;
  }
  let shown = typeof value === 'string' ? `'${value}'` : typeof value === 'bigint' ? `${value}n` : String(value);
  if (shown.length > 28) shown = `${shown.slice(0, 25)}...`;
  return ` Received type ${typeof value} (${shown})`;
}

function invalid_arg_type(name, expected, actual) {
  const kinds = [];
  const classes = [];
  const others = [];
  for (const each of Array.isArray(expected) ? expected : [expected]) {
    if (primitive_names.has(each)) kinds.push(each.toLowerCase());
    else if (/^[A-Z]/.test(each)) classes.push(each);
    else others.push(each);
  }
  const parts = [];
  if (kinds.length > 0) parts.push(`${kinds.length > 1 ? 'one of type' : 'of type'} ${list(kinds, 'or')}`);
  if (classes.length > 0) parts.push(`an instance of ${list(classes, 'or')}`);
  if (others.length > 0) parts.push(others.length > 1 ? `one of ${list(others, 'or')}` : others[0]);
  const what = name.endsWith(' argument') ? name : `"${name}" ${name.includes('.') ? 'property' : 'argument'}`;
  return make(TypeError, 'ERR_INVALID_ARG_TYPE', `The ${what} must be ${parts.join(' or ')}.${received(actual)}`);
}

function invalid_arg_value(name, value, reason = 'is invalid') {
  let shown = internal.require('node:util').inspect(value);
  if (shown.length > 128) shown = `${shown.slice(0, 128)}...`;
  const what = name.includes('.') ? 'property' : 'argument';
  return make(TypeError, 'ERR_INVALID_ARG_VALUE', `The ${what} '${name}' ${reason}. Received ${shown}`);
}

// 1234567 as "1_234_567", from 2^32 on.
function grouped(number) {
  let text = `${number}`;
  const sign = text.startsWith('-') ? '-' : '';
  text = text.slice(sign.length);
  return sign + text.replace(/\B(?=(\d{3})+$)/g, '_');
}

function out_of_range(name, range, value) {
  let shown;
  if (Number.isInteger(value) && Math.abs(value) > 2 ** 32) shown = grouped(value);
  else if (typeof value === 'bigint') shown = `${value > 2n ** 32n || value < -(2n ** 32n) ? grouped(value) : value}n`;
  else shown = typeof value === 'string' ? `'${value}'` : String(value);
  return make(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be ${range}. Received ${shown}`);
}

function check_string(value, name) {
  if (typeof value !== 'string') throw invalid_arg_type(name, 'string', value);
}
function check_function(value, name) {
  if (typeof value !== 'function') throw invalid_arg_type(name, 'function', value);
}
function check_boolean(value, name) {
  if (typeof value !== 'boolean') throw invalid_arg_type(name, 'boolean', value);
}
function check_object(value, name) {
  if (value === null || typeof value !== 'object') throw invalid_arg_type(name, 'Object', value);
}
function check_number(value, name, min, max) {
  if (typeof value !== 'number') throw invalid_arg_type(name, 'number', value);
  if ((min !== undefined && value < min) || (max !== undefined && value > max) || ((min ?? max) !== undefined && Number.isNaN(value))) {
    const low = min === undefined ? '' : `>= ${min}`;
    const high = max === undefined ? '' : `<= ${max}`;
    throw out_of_range(name, low && high ? `${low} && ${high}` : low + high, value);
  }
}
function check_integer(value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== 'number') throw invalid_arg_type(name, 'number', value);
  if (!Number.isInteger(value)) throw out_of_range(name, 'an integer', value);
  if (value < min || value > max) throw out_of_range(name, `>= ${min} && <= ${max}`, value);
}
function check_abort_signal(value, name) {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value)))
    throw invalid_arg_type(name, 'AbortSignal', value);
}

function abort_error(message = 'The operation was aborted', options = undefined) {
  const error = new Error(message, options);
  error.name = 'AbortError';
  error.code = 'ABORT_ERR';
  return error;
}

return {
  make,
  received,
  invalid_arg_type,
  invalid_arg_value,
  out_of_range,
  check_string,
  check_function,
  check_boolean,
  check_object,
  check_number,
  check_integer,
  check_abort_signal,
  abort_error,
};
})
