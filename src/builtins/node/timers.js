// node:timers (https://nodejs.org/api/timers.html): the timers of the platform, as objects.
(function (internal) {
'use strict';

const errors = internal.require('node_errors');
const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
const custom_promisify = Symbol.for('nodejs.util.promisify.custom');

function delay_of(ms) {
  const delay = +ms;
  return delay >= 1 && delay <= 2 ** 31 - 1 ? Math.trunc(delay) : 1;
}

class Timeout {
  #start;
  #id;
  constructor(fn, ms, args, repeat) {
    errors.check_function(fn, 'callback');
    const begin = repeat ? setInterval : setTimeout;
    this.#start = () => begin(() => fn(...args), delay_of(ms));
    this.#id = this.#start();
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return true;
  }
  refresh() {
    clearTimeout(this.#id);
    this.#id = this.#start();
    return this;
  }
  close() {
    clearTimeout(this.#id);
    return this;
  }
  [Symbol.toPrimitive]() {
    return this.#id;
  }
  [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() {
    this.close();
  }
}

class Immediate {
  #id;
  constructor(fn, args) {
    errors.check_function(fn, 'callback');
    this.#id = setTimeout(() => fn(...args), 0);
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return true;
  }
  [Symbol.toPrimitive]() {
    return this.#id;
  }
  [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() {
    clearTimeout(this.#id);
  }
}

const clear = (timer) => {
  if (timer !== undefined && timer !== null && typeof timer !== 'symbol') clearTimeout(+timer);
};

const exports = {
  setTimeout: (fn, ms, ...args) => new Timeout(fn, ms, args, false),
  clearTimeout: clear,
  setInterval: (fn, ms, ...args) => new Timeout(fn, ms, args, true),
  clearInterval: clear,
  setImmediate: (fn, ...args) => new Immediate(fn, args),
  clearImmediate: clear,
  active() {},
  enroll() {},
  unenroll() {},
};
for (const name of ['setTimeout', 'setImmediate']) {
  Object.defineProperty(exports[name], custom_promisify, {
    enumerable: true,
    get: () => internal.require('node:timers/promises')[name],
  });
}
Object.defineProperty(exports, 'promises', {
  enumerable: true,
  get: () => internal.require('node:timers/promises'),
});
return exports;
})
