// node:timers/promises (https://nodejs.org/api/timers.html#timers-promises-api).
(function (internal) {
'use strict';

const errors = internal.require('node_errors');
const { setTimeout: begin, clearTimeout: stop } = globalThis;

function check(options) {
  errors.check_object(options, 'options');
  errors.check_abort_signal(options.signal, 'options.signal');
  if (options.ref !== undefined) errors.check_boolean(options.ref, 'options.ref');
}

const aborted = (signal) => errors.abort_error(undefined, { cause: signal.reason });

function wait(ms, value, options) {
  try {
    check(options);
  } catch (error) {
    return Promise.reject(error);
  }
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(aborted(signal));
  return new Promise((resolve, reject) => {
    const on_abort = () => {
      stop(id);
      reject(aborted(signal));
    };
    const id = begin(() => {
      signal?.removeEventListener('abort', on_abort);
      resolve(value);
    }, ms);
    signal?.addEventListener('abort', on_abort, { once: true });
  });
}

const setTimeout = (delay, value, options = {}) => {
  try {
    if (delay !== undefined) errors.check_number(delay, 'delay');
  } catch (error) {
    return Promise.reject(error);
  }
  return wait(delay >= 1 ? delay : 1, value, options);
};
const setImmediate = (value, options = {}) => wait(0, value, options);

async function* setInterval(delay, value, options = {}) {
  check(options);
  while (true) yield await setTimeout(delay, value, options);
}

const scheduler = {
  wait: (delay, options) => setTimeout(delay, undefined, options),
  yield: () => setImmediate(),
};

return { setTimeout, setImmediate, setInterval, scheduler };
})
