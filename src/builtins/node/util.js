// node:util (https://nodejs.org/api/util.html). inspect and format are Node's own, from npm (node_inspect).
(function (internal) {
'use strict';

const errors = internal.require('node_errors');
const { invalid_arg_type, invalid_arg_value, make, check_function, check_string, check_boolean } = errors;

// Most who import this want promisify, inherits or types: Node's inspect is loaded when it is first called.
let loaded_inspect;
const inspect_module = () => (loaded_inspect ??= internal.require('node_inspect'));

function inspect(value, options) {
  return Reflect.apply(inspect_module().inspect, undefined, arguments);
}
inspect.custom = Symbol.for('nodejs.util.inspect.custom');
for (const name of ['colors', 'styles', 'defaultOptions']) {
  Object.defineProperty(inspect, name, {
    enumerable: true,
    get: () => inspect_module().inspect[name],
    set(given) {
      inspect_module().inspect[name] = given;
    },
  });
}
const format = (...args) => inspect_module().format(...args);
const formatWithOptions = (options, ...args) => inspect_module().formatWithOptions(options, ...args);
const stripVTControlCharacters = (text) => inspect_module().stripVTControlCharacters(text);
const types = internal.require('node:util/types');

const custom_promisify = Symbol.for('nodejs.util.promisify.custom');
const custom_promisify_args = Symbol.for('nodejs.util.promisify.customArgs');

function promisify(original) {
  check_function(original, 'original');
  const custom = original[custom_promisify];
  if (custom) {
    check_function(custom, 'util.promisify.custom');
    return Object.defineProperty(custom, custom_promisify, {
      value: custom, enumerable: false, writable: false, configurable: true,
    });
  }
  const names = original[custom_promisify_args];
  function fn(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, ...values) => {
        if (error) return reject(error);
        if (names !== undefined && values.length > 1) {
          const object = {};
          for (let i = 0; i < names.length; i++) object[names[i]] = values[i];
          return resolve(object);
        }
        return resolve(values[0]);
      }]);
    });
  }
  Object.setPrototypeOf(fn, Object.getPrototypeOf(original));
  Object.defineProperty(fn, custom_promisify, {
    value: fn, enumerable: false, writable: false, configurable: true,
  });
  return Object.defineProperties(fn, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = custom_promisify;

function callbackify(original) {
  check_function(original, 'original');
  function callbackified(...args) {
    const callback = args.pop();
    check_function(callback, 'last argument');
    const done = callback.bind(this);
    Reflect.apply(original, this, args).then(
      (value) => queueMicrotask(() => done(null, value)),
      (reason) => queueMicrotask(() => {
        if (!reason) {
          const error = make(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value');
          error.reason = reason;
          reason = error;
        }
        done(reason);
      }),
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name.value === 'string') descriptors.name.value += 'Callbackified';
  return Object.defineProperties(callbackified, descriptors);
}

const warned = new Set();

function deprecate(fn, message, code, { modifyPrototype = true } = {}) {
  let told = false;
  function deprecated(...args) {
    if (!told) {
      told = true;
      if (code === undefined || !warned.has(code)) {
        if (code !== undefined) warned.add(code);
        console.warn(`${code === undefined ? '' : `[${code}] `}DeprecationWarning: ${message}`);
      }
    }
    return new.target ? Reflect.construct(fn, args, new.target) : Reflect.apply(fn, this, args);
  }
  Object.setPrototypeOf(deprecated, fn);
  if (modifyPrototype && fn.prototype) deprecated.prototype = fn.prototype;
  return deprecated;
}

function inherits(constructor, parent) {
  if (constructor === undefined || constructor === null) throw invalid_arg_type('ctor', 'Function', constructor);
  if (parent === undefined || parent === null) throw invalid_arg_type('superCtor', 'Function', parent);
  if (parent.prototype === undefined) throw invalid_arg_type('superCtor.prototype', 'Object', parent.prototype);
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

function debuglog() {
  const log = () => {};
  log.enabled = false;
  return log;
}

function toUSVString(value) {
  return `${value}`.toWellFormed();
}

function aborted(signal, resource) {
  errors.check_abort_signal(signal, 'signal');
  if (signal === undefined) throw invalid_arg_type('signal', 'AbortSignal', signal);
  if (resource === null || typeof resource !== 'object') throw invalid_arg_type('resource', 'Object', resource);
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

const codes = internal.require('node_constants').os.errno;
let names_by_number;

function getSystemErrorName(number) {
  if (typeof number !== 'number') throw invalid_arg_type('err', 'number', number);
  names_by_number ??= new Map(Object.entries(codes).map(([name, value]) => [-value, name]));
  return names_by_number.get(number) ?? `Unknown system error ${number}`;
}

function styleText(format_names, text, { validateStream = true } = {}) {
  check_string(text, 'text');
  check_boolean(validateStream, 'options.validateStream');
  let open = '';
  let close = '';
  for (const name of Array.isArray(format_names) ? format_names : [format_names]) {
    const pair = inspect.colors[name];
    if (pair === undefined) throw invalid_arg_value('format', name, `must be one of: ${Object.keys(inspect.colors).map((each) => `'${each}'`).join(', ')}`);
    open += `\u001b[${pair[0]}m`;
    close = `\u001b[${pair[1]}m${close}`;
  }
  return open + text + close;
}

// https://nodejs.org/api/util.html#utilparseenvcontent
function parseEnv(content) {
  check_string(content, 'content');
  const found = {};
  const line = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^\n#]*))/gm;
  for (const [, key, double, single, tick, plain] of content.matchAll(line)) {
    found[key] = double !== undefined ? double.replace(/\\n/g, '\n') : (single ?? tick ?? plain.trim());
  }
  return found;
}

class MIMEParams extends Map {
  toString() {
    return [...this].map(([key, value]) => `${key}=${/^[\w!#$%&'*+.^`|~-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`).join(';');
  }
}

class MIMEType {
  #parts;
  #params = new MIMEParams();
  constructor(input) {
    const found = /^\s*([\w!#$%&'*+.^`|~-]+)\/([\w!#$%&'*+.^`|~-]+)\s*(;[^]*)?$/.exec(`${input}`);
    if (found === null) throw make(TypeError, 'ERR_INVALID_MIME_SYNTAX', `The MIME syntax for a type in ${JSON.stringify(`${input}`)} is invalid`);
    this.#parts = [found[1].toLowerCase(), found[2].toLowerCase()];
    for (const [, key, quoted, plain] of (found[3] ?? '').matchAll(/;\s*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g)) {
      const name = key.toLowerCase();
      if (!this.#params.has(name)) this.#params.set(name, quoted?.replace(/\\(.)/g, '$1') ?? plain.trim());
    }
  }
  get type() { return this.#parts[0]; }
  set type(value) { this.#parts[0] = `${value}`.toLowerCase(); }
  get subtype() { return this.#parts[1]; }
  set subtype(value) { this.#parts[1] = `${value}`.toLowerCase(); }
  get essence() { return this.#parts.join('/'); }
  get params() { return this.#params; }
  toString() {
    const params = this.#params.toString();
    return params === '' ? this.essence : `${this.essence};${params}`;
  }
  toJSON() { return this.toString(); }
}

const is_deep_equal = (a, b) => {
  try {
    internal.require('node:assert').deepStrictEqual(a, b);
    return true;
  } catch (error) {
    if (error?.code === 'ERR_ASSERTION') return false;
    throw error;
  }
};

return {
  _extend: (target, source) =>
    source === null || typeof source !== 'object' ? target : Object.assign(target, source),
  aborted,
  callbackify,
  debug: debuglog,
  debuglog,
  deprecate,
  format,
  formatWithOptions,
  getSystemErrorMap: () => new Map(Object.entries(codes).map(([name, value]) => [-value, [name, name]])),
  getSystemErrorName,
  inherits,
  inspect,
  isArray: Array.isArray,
  isBoolean: (value) => typeof value === 'boolean',
  isBuffer: (value) => internal.require('node:buffer').Buffer.isBuffer(value),
  isDate: types.isDate,
  isDeepStrictEqual: is_deep_equal,
  isError: (value) => types.isNativeError(value) || value instanceof Error,
  isFunction: (value) => typeof value === 'function',
  isNull: (value) => value === null,
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: (value) => typeof value === 'number',
  isObject: (value) => value !== null && typeof value === 'object',
  isPrimitive: (value) => value === null || (typeof value !== 'object' && typeof value !== 'function'),
  isRegExp: types.isRegExp,
  isString: (value) => typeof value === 'string',
  isSymbol: (value) => typeof value === 'symbol',
  isUndefined: (value) => value === undefined,
  log: (...args) => console.log(format(...args)),
  MIMEParams,
  MIMEType,
  parseEnv,
  promisify,
  stripVTControlCharacters,
  styleText,
  TextDecoder,
  TextEncoder,
  toUSVString,
  transferableAbortController: () => new AbortController(),
  transferableAbortSignal: (signal) => signal,
  types,
};
})
