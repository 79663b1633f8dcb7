// node:events (https://nodejs.org/api/events.html). `_events` maps a name to one listener or to an array of them, which
// is copied before it is changed while being called.
(function (internal) {
'use strict';

const errors = internal.require('node_errors');
const { invalid_arg_type, check_function, check_abort_signal, check_number, make, abort_error } = errors;

const kCapture = Symbol('kCapture');
const captureRejectionSymbol = Symbol.for('nodejs.rejection');
const errorMonitor = Symbol('events.errorMonitor');
let default_max_listeners = 10;
let default_capture = false;

function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}
EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;

EventEmitter.init = function (options) {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = { __proto__: null };
    this._eventsCount = 0;
  }
  this._maxListeners = this._maxListeners || undefined;
  if (options?.captureRejections !== undefined) {
    if (typeof options.captureRejections !== 'boolean')
      throw invalid_arg_type('options.captureRejections', 'boolean', options.captureRejections);
    this[kCapture] = options.captureRejections;
  } else {
    this[kCapture] = default_capture;
  }
};

function check_listener(listener) {
  if (typeof listener !== 'function') throw invalid_arg_type('listener', 'function', listener);
}

const max_of = (emitter) =>
  emitter._maxListeners === undefined ? default_max_listeners : emitter._maxListeners;

function unhandled_error(emitter, args) {
  const error = args[0];
  if (error instanceof Error) return error;
  let shown;
  try {
    shown = internal.require('node:util').inspect(error);
  } catch {
    shown = error;
  }
  const made = make(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error.${args.length > 0 ? ` (${typeof error === 'string' ? shown : shown})` : ''}`);
  made.context = error;
  return made;
}

// A listener's promise that rejects, for emitters that capture rejections.
function capture(emitter, result, type, args) {
  let then;
  try {
    then = result.then;
  } catch (error) {
    emitter.emit('error', error);
    return;
  }
  if (typeof then !== 'function') return;
  then.call(result, undefined, (error) => {
    queueMicrotask(() => {
      if (typeof emitter[captureRejectionSymbol] === 'function') {
        emitter[captureRejectionSymbol](error, type, ...args);
        return;
      }
      const before = emitter[kCapture];
      try {
        emitter[kCapture] = false;
        emitter.emit('error', error);
      } finally {
        emitter[kCapture] = before;
      }
    });
  });
}

EventEmitter.prototype.emit = function emit(type, ...args) {
  const events = this._events;
  if (type === 'error') {
    if (events !== undefined && events[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
    if (events === undefined || events.error === undefined) throw unhandled_error(this, args);
  } else if (events === undefined) {
    return false;
  }
  const handler = events[type];
  if (handler === undefined) return false;
  if (typeof handler === 'function') {
    const result = Reflect.apply(handler, this, args);
    if (result !== undefined && result !== null && this[kCapture]) capture(this, result, type, args);
    return true;
  }
  const listeners = handler.slice();
  for (let i = 0; i < listeners.length; i++) {
    const result = Reflect.apply(listeners[i], this, args);
    if (result !== undefined && result !== null && this[kCapture]) capture(this, result, type, args);
  }
  return true;
};

function warn_of_leak(emitter, type, existing) {
  existing.warned = true;
  const name = emitter.constructor?.name ?? 'EventEmitter';
  console.warn(
    `MaxListenersExceededWarning: Possible EventEmitter memory leak detected. ${existing.length} ` +
      `${String(type)} listeners added to [${name}]. MaxListeners is ${max_of(emitter)}. ` +
      'Use emitter.setMaxListeners() to increase limit',
  );
}

function add(emitter, type, listener, first) {
  check_listener(listener);
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = { __proto__: null };
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit('newListener', type, listener.listener ?? listener);
    events = emitter._events;
  }
  const existing = events[type];
  if (existing === undefined) {
    events[type] = listener;
    ++emitter._eventsCount;
    return emitter;
  }
  let all = existing;
  if (typeof existing === 'function') all = events[type] = first ? [listener, existing] : [existing, listener];
  else if (first) existing.unshift(listener);
  else existing.push(listener);
  const most = max_of(emitter);
  if (most > 0 && all.length > most && !all.warned) warn_of_leak(emitter, type, all);
  return emitter;
}

EventEmitter.prototype.addListener = function addListener(type, listener) {
  return add(this, type, listener, false);
};
EventEmitter.prototype.on = EventEmitter.prototype.addListener;
EventEmitter.prototype.prependListener = function prependListener(type, listener) {
  return add(this, type, listener, true);
};

function wrap_once(emitter, type, listener) {
  let fired = false;
  const wrapped = function (...args) {
    if (fired) return undefined;
    emitter.removeListener(type, wrapped);
    fired = true;
    return Reflect.apply(listener, emitter, args);
  };
  wrapped.listener = listener;
  return wrapped;
}

EventEmitter.prototype.once = function once(type, listener) {
  check_listener(listener);
  return this.on(type, wrap_once(this, type, listener));
};
EventEmitter.prototype.prependOnceListener = function prependOnceListener(type, listener) {
  check_listener(listener);
  return this.prependListener(type, wrap_once(this, type, listener));
};

EventEmitter.prototype.removeListener = function removeListener(type, listener) {
  check_listener(listener);
  const events = this._events;
  const existing = events?.[type];
  if (existing === undefined) return this;
  if (existing === listener || existing.listener === listener) {
    this._eventsCount -= 1;
    if (this._eventsCount === 0) this._events = { __proto__: null };
    else delete events[type];
    if (events.removeListener !== undefined) this.emit('removeListener', type, existing.listener ?? listener);
    return this;
  }
  if (typeof existing === 'function') return this;
  const at = existing.findLastIndex((each) => each === listener || each.listener === listener);
  if (at < 0) return this;
  if (at === 0) existing.shift();
  else existing.splice(at, 1);
  if (existing.length === 1) events[type] = existing[0];
  if (events.removeListener !== undefined) this.emit('removeListener', type, listener);
  return this;
};
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

EventEmitter.prototype.removeAllListeners = function removeAllListeners(type) {
  const events = this._events;
  if (events === undefined) return this;
  if (events.removeListener === undefined) {
    if (arguments.length === 0) {
      this._events = { __proto__: null };
      this._eventsCount = 0;
    } else if (events[type] !== undefined) {
      if (--this._eventsCount === 0) this._events = { __proto__: null };
      else delete events[type];
    }
    return this;
  }
  if (arguments.length === 0) {
    for (const key of Reflect.ownKeys(events)) if (key !== 'removeListener') this.removeAllListeners(key);
    this.removeAllListeners('removeListener');
    this._events = { __proto__: null };
    this._eventsCount = 0;
    return this;
  }
  const listeners = events[type];
  if (typeof listeners === 'function') this.removeListener(type, listeners);
  else if (listeners !== undefined) for (const each of listeners.slice().reverse()) this.removeListener(type, each);
  return this;
};

function listed(emitter, type) {
  const existing = emitter._events?.[type];
  if (existing === undefined) return [];
  return typeof existing === 'function' ? [existing] : existing.slice();
}

EventEmitter.prototype.listeners = function listeners(type) {
  return listed(this, type).map((each) => each.listener ?? each);
};
EventEmitter.prototype.rawListeners = function rawListeners(type) {
  return listed(this, type);
};
EventEmitter.prototype.listenerCount = function listenerCount(type, listener) {
  const all = listed(this, type);
  return listener === undefined || listener === null
    ? all.length
    : all.filter((each) => each === listener || each.listener === listener).length;
};
EventEmitter.prototype.eventNames = function eventNames() {
  return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
};

function check_count(n, name) {
  check_number(n, name, 0);
}

EventEmitter.prototype.setMaxListeners = function setMaxListeners(n) {
  check_count(n, 'setMaxListeners');
  this._maxListeners = n;
  return this;
};
EventEmitter.prototype.getMaxListeners = function getMaxListeners() {
  return max_of(this);
};

// --- functions of the module -----------------------------------------------------------------------------------------

const is_target = (value) => typeof value?.addEventListener === 'function';

function listen(emitter, type, listener, flags) {
  if (typeof emitter.on === 'function') {
    if (flags?.once) emitter.once(type, listener);
    else emitter.on(type, listener);
  } else if (is_target(emitter)) {
    emitter.addEventListener(type, listener, flags);
  } else {
    throw invalid_arg_type('emitter', 'EventEmitter', emitter);
  }
}

function unlisten(emitter, type, listener) {
  if (typeof emitter.removeListener === 'function') emitter.removeListener(type, listener);
  else if (typeof emitter.removeEventListener === 'function') emitter.removeEventListener(type, listener);
  else throw invalid_arg_type('emitter', 'EventEmitter', emitter);
}

const aborted = (signal) => abort_error(undefined, { cause: signal.reason });

async function once(emitter, name, options = {}) {
  errors.check_object(options, 'options');
  const { signal } = options;
  check_abort_signal(signal, 'options.signal');
  if (signal?.aborted) throw aborted(signal);
  return new Promise((resolve, reject) => {
    const on_error = (error) => {
      unlisten(emitter, name, on_event);
      if (signal) signal.removeEventListener('abort', on_abort);
      reject(error);
    };
    const on_event = (...args) => {
      if (typeof emitter.removeListener === 'function') emitter.removeListener('error', on_error);
      if (signal) signal.removeEventListener('abort', on_abort);
      resolve(args);
    };
    const on_abort = () => {
      unlisten(emitter, name, on_event);
      if (typeof emitter.removeListener === 'function') emitter.removeListener('error', on_error);
      reject(aborted(signal));
    };
    listen(emitter, name, on_event, { once: true });
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', on_error);
    if (signal) signal.addEventListener('abort', on_abort, { once: true });
  });
}

const async_iterator_prototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);

function on(emitter, event, options = {}) {
  errors.check_object(options, 'options');
  const { signal, close } = options;
  check_abort_signal(signal, 'options.signal');
  if (signal?.aborted) throw aborted(signal);
  const events = [];
  const waiting = [];
  let error = null;
  let finished = false;
  const on_event = (...args) => {
    const next = waiting.shift();
    if (next !== undefined) next.resolve({ value: args, done: false });
    else events.push(args);
  };
  const on_error = (reason) => {
    const next = waiting.shift();
    if (next !== undefined) next.reject(reason);
    else error = reason;
    iterator.return();
  };
  const on_abort = () => on_error(aborted(signal));
  const stop = () => iterator.return();
  const iterator = Object.setPrototypeOf({
    next() {
      if (events.length > 0) return Promise.resolve({ value: events.shift(), done: false });
      if (error !== null) {
        const rejected = Promise.reject(error);
        error = null;
        return rejected;
      }
      if (finished) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      unlisten(emitter, event, on_event);
      if (typeof emitter.removeListener === 'function') {
        if (event !== 'error') emitter.removeListener('error', on_error);
        for (const each of close ?? []) emitter.removeListener(each, stop);
      }
      if (signal) signal.removeEventListener('abort', on_abort);
      finished = true;
      for (const next of waiting.splice(0)) next.resolve({ value: undefined, done: true });
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(reason) {
      if (!(reason instanceof Error)) throw invalid_arg_type('EventEmitter.AsyncIterator', 'Error', reason);
      error = reason;
      unlisten(emitter, event, on_event);
      if (typeof emitter.removeListener === 'function') emitter.removeListener('error', on_error);
      return Promise.resolve();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  }, async_iterator_prototype);
  listen(emitter, event, on_event);
  if (event !== 'error' && typeof emitter.on === 'function') emitter.on('error', on_error);
  if (typeof emitter.on === 'function') for (const each of close ?? []) emitter.on(each, stop);
  if (signal) signal.addEventListener('abort', on_abort, { once: true });
  return iterator;
}

function getEventListeners(emitter, type) {
  if (typeof emitter.listeners === 'function') return emitter.listeners(type);
  if (is_target(emitter)) return [];
  throw invalid_arg_type('emitter', ['EventEmitter', 'EventTarget'], emitter);
}

function getMaxListeners(emitter) {
  if (typeof emitter?.getMaxListeners === 'function') return max_of(emitter);
  if (is_target(emitter)) return default_max_listeners;
  throw invalid_arg_type('emitter', ['EventEmitter', 'EventTarget'], emitter);
}

function setMaxListeners(n = default_max_listeners, ...targets) {
  check_count(n, 'setMaxListeners');
  if (targets.length === 0) default_max_listeners = n;
  for (const target of targets) {
    if (typeof target.setMaxListeners === 'function') target.setMaxListeners(n);
    else if (!is_target(target)) throw invalid_arg_type('eventTargets', ['EventEmitter', 'EventTarget'], target);
  }
}

function addAbortListener(signal, listener) {
  if (signal === undefined) throw invalid_arg_type('signal', 'AbortSignal', signal);
  check_abort_signal(signal, 'signal');
  check_function(listener, 'listener');
  if (signal.aborted) {
    queueMicrotask(() => listener());
    return { [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() {} };
  }
  signal.addEventListener('abort', listener, { once: true });
  return {
    [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() {
      signal.removeEventListener('abort', listener);
    },
  };
}

let async_resource_class;

Object.defineProperties(EventEmitter, {
  defaultMaxListeners: {
    enumerable: true,
    get: () => default_max_listeners,
    set(n) {
      check_count(n, 'defaultMaxListeners');
      default_max_listeners = n;
    },
  },
  captureRejections: {
    enumerable: true,
    get: () => default_capture,
    set(value) {
      errors.check_boolean(value, 'EventEmitter.captureRejections');
      default_capture = value;
    },
  },
  EventEmitterAsyncResource: {
    enumerable: true,
    get() {
      if (async_resource_class === undefined) {
        const { AsyncResource } = internal.require('node:async_hooks');
        async_resource_class = class EventEmitterAsyncResource extends EventEmitter {
          constructor(options) {
            super(options);
            const type = typeof options === 'string' ? options : (options?.name ?? new.target.name);
            this.asyncResource = new AsyncResource(type, options);
          }
          emit(...args) {
            return this.asyncResource.runInAsyncScope(super.emit, this, ...args);
          }
          emitDestroy() {
            this.asyncResource.emitDestroy();
          }
          get asyncId() {
            return this.asyncResource.asyncId();
          }
          get triggerAsyncId() {
            return this.asyncResource.triggerAsyncId();
          }
        };
      }
      return async_resource_class;
    },
  },
});

Object.assign(EventEmitter, {
  addAbortListener,
  captureRejectionSymbol,
  errorMonitor,
  EventEmitter,
  getEventListeners,
  getMaxListeners,
  listenerCount: (emitter, type) =>
    typeof emitter.listenerCount === 'function' ? emitter.listenerCount(type) : listed(emitter, type).length,
  on,
  once,
  setMaxListeners,
  usingDomains: false,
});
return EventEmitter;
})
