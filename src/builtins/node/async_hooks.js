// node:async_hooks (https://nodejs.org/api/async_context.html). What flows along asynchronous calls is one immutable Map
// from storage to value, which V8 keeps with every promise reaction; timers keep it natively.
(function (internal) {
'use strict';

const { getContext, setContext } = internal;
const { apply } = Reflect;

function run_in(frame, fn, receiver, args) {
  const before = getContext();
  setContext(frame);
  try {
    return apply(fn, receiver, args);
  } finally {
    setContext(before);
  }
}

function check_function(fn) {
  if (typeof fn !== 'function') {
    const error = new TypeError('The "fn" argument must be of type function');
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }
}

class AsyncLocalStorage {
  #default;
  #name;

  constructor(options = {}) {
    this.#default = options.defaultValue;
    this.#name = options.name === undefined ? '' : `${options.name}`;
  }
  static bind(fn) {
    return AsyncResource.bind(fn);
  }
  static snapshot() {
    const frame = getContext();
    return (fn, ...args) => run_in(frame, fn, undefined, args);
  }
  get name() {
    return this.#name;
  }
  #with(store) {
    return new Map(getContext()).set(this, store);
  }
  run(store, fn, ...args) {
    return run_in(this.#with(store), fn, undefined, args);
  }
  exit(fn, ...args) {
    return this.run(undefined, fn, ...args);
  }
  enterWith(store) {
    setContext(this.#with(store));
  }
  getStore() {
    const frame = getContext();
    return frame !== undefined && frame.has(this) ? frame.get(this) : this.#default;
  }
  disable() {
    const frame = new Map(getContext());
    frame.delete(this);
    setContext(frame);
  }
}

let last_id = 1;

class AsyncResource {
  #frame = getContext();
  #id = ++last_id;
  #trigger;

  constructor(type, options = {}) {
    if (typeof type !== 'string') {
      const error = new TypeError(`The "type" argument must be of type string. Received ${typeof type}`);
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
    this.#trigger = typeof options === 'number' ? options : (options?.triggerAsyncId ?? 1);
  }
  runInAsyncScope(fn, receiver, ...args) {
    return run_in(this.#frame, fn, receiver, args);
  }
  emitDestroy() {
    return this;
  }
  asyncId() {
    return this.#id;
  }
  triggerAsyncId() {
    return this.#trigger;
  }
  bind(fn, receiver) {
    check_function(fn);
    const frame = this.#frame;
    const bound =
      receiver === undefined
        ? function (...args) {
            return run_in(frame, fn, this, args);
          }
        : (...args) => run_in(frame, fn, receiver, args);
    Object.defineProperty(bound, 'length', { value: fn.length, configurable: true });
    return bound;
  }
  static bind(fn, type, receiver) {
    check_function(fn);
    return new AsyncResource(type || fn.name || 'bound-anonymous-fn').bind(fn, receiver);
  }
}

// Hooks into the life of every promise have no place in a server of many tenants: they can be made, and never fire.
class AsyncHook {
  enable() {
    return this;
  }
  disable() {
    return this;
  }
}

return {
  AsyncLocalStorage,
  AsyncResource,
  createHook: () => new AsyncHook(),
  executionAsyncId: () => 1,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => ({}),
  asyncWrapProviders: Object.freeze({ __proto__: null }),
};
})
