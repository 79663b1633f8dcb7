// The test harness, part 3: tests, their order, and what the runner gets.

const STARTED = 1; // may still fail
const HAS_RESULT = 2;
const CLEANING = 3;
const COMPLETE = 4;

// One file under test. All of this is set up again by install().
const state = {
  tests: [],
  names: new Map(),
  pending: 0,
  queue: undefined, // promise_tests run one after the other
  setup: undefined, // what promise_setup waits for
  running: new Set(),
  explicit_done: false,
  single: undefined,
  allow_uncaught: false,
  loaded: false,
  over: false,
  errors: [],
  watchers: [],
  waiting: [],
};

function unique_name(name) {
  const base = name === undefined || name === null || name === '' ? 'Untitled' : `${name}`;
  const count = (state.names.get(base) ?? 0) + 1;
  state.names.set(base, count);
  return count === 1 ? base : `${base} (${count})`;
}

function harness_error(text) {
  state.errors.push(text);
}

// Ends the file when nothing is left to wait for; looks again a microtask later, since a test's end may start another.
function check_complete() {
  if (state.over || !state.loaded || state.pending !== 0 || state.explicit_done) return;
  resolve_promise().then(() => {
    if (state.pending === 0 && !state.over) finish_file();
  });
}

function finish_file() {
  state.over = true;
  const results = state.tests.map(({ name, status, message, stack }) => ({
    name,
    status,
    message,
    stack,
  }));
  for (const message of state.errors)
    results.push({ name: '(harness)', status: 'FAIL', message, stack: '' });
  for (const watcher of state.watchers) watcher(results);
  for (const resolve of state.waiting.splice(0)) resolve(results);
}

class Test {
  constructor(name, properties) {
    this.name = unique_name(name);
    this.properties = properties ?? {};
    this.phases = { INITIAL: 0, STARTED, HAS_RESULT, CLEANING, COMPLETE };
    this.phase = 0;
    this.status = 'NOTRUN';
    this.message = '';
    this.stack = '';
    this.cleanup_callbacks = [];
    this.done_callbacks = [];
    this.is_promise_test = false;
    if (state.over) {
      this.phase = COMPLETE;
      return;
    }
    state.tests.push(this);
    state.pending++;
  }

  set_result(status, message) {
    this.status = status;
    this.message = message;
    this.phase = HAS_RESULT;
  }

  set_failure(error) {
    const absent = error instanceof OptionalFeatureUnsupportedError;
    this.set_result(
      absent ? 'NOTRUN' : 'FAIL',
      absent ? `not supported: ${failure_text(error)}` : failure_text(error),
    );
    if (!absent) this.stack = stack_of(error);
  }

  step(func, this_value, ...args) {
    if (this.phase > STARTED) return undefined;
    if (this.phase === 0) {
      this.phase = STARTED;
      state.running.add(this);
    }
    try {
      return func.apply(this_value === undefined ? this : this_value, args);
    } catch (error) {
      if (this.phase < HAS_RESULT) {
        this.set_failure(error);
        this.done();
      }
      return undefined;
    }
  }

  step_func(func, this_value) {
    const test = this;
    return function (...args) {
      return test.step(func, this_value === undefined ? test : this_value, ...args);
    };
  }

  step_func_done(func, this_value) {
    const test = this;
    return function (...args) {
      if (func) test.step(func, this_value === undefined ? test : this_value, ...args);
      test.done();
    };
  }

  unreached_func(description) {
    return this.step_func(() => assert_unreached(description));
  }

  step_timeout(func, timeout_ms, ...args) {
    return setTimeout(
      this.step_func(() => func.apply(this, args)),
      timeout_ms,
    );
  }

  // Looks at `condition` until it holds; false, or a rejected promise, when `timeout_ms` pass.
  step_wait_func(condition, func, description, timeout_ms = 3000, interval_ms = 100) {
    let left = Math.ceil(timeout_ms / interval_ms);
    const look = this.step_func(async () => {
      if (await condition()) func.call(this);
      else if (left-- <= 0)
        assert_true(false, `step_wait_func: ${description ?? ''} timed out waiting on condition`);
      else setTimeout(attempt, interval_ms);
    });
    const attempt = () => {
      resolve_promise(look()).catch(
        this.step_func((error) => {
          throw error;
        }),
      );
    };
    attempt();
  }

  step_wait_func_done(condition, func, description, timeout_ms, interval_ms) {
    const then = () => {
      if (func) func();
      this.done();
    };
    this.step_wait_func(condition, then, description, timeout_ms, interval_ms);
  }

  step_wait(condition, description, timeout_ms, interval_ms) {
    return new GlobalPromise((resolve) =>
      this.step_wait_func(condition, resolve, description, timeout_ms, interval_ms),
    );
  }

  add_cleanup(callback) {
    if (this.phase < CLEANING) this.cleanup_callbacks.push(callback);
  }

  get_signal() {
    const controller = new AbortController();
    this.add_cleanup(() => controller.abort());
    return controller.signal;
  }

  set_timeout() {}

  force_timeout() {
    this.expire();
  }

  expire() {
    if (this.phase >= HAS_RESULT) return;
    const status = this.phase === 0 ? 'NOTRUN' : 'TIMEOUT';
    this.set_result(status, status === 'TIMEOUT' ? 'Test timed out' : '');
    this.done();
  }

  done() {
    if (this.phase >= CLEANING) return;
    if (this.phase <= STARTED) this.set_result('PASS', '');
    this.phase = CLEANING;
    state.running.delete(this);
    const waits = [];
    for (const callback of this.cleanup_callbacks.splice(0)) {
      try {
        const result = callback.call(this);
        if (result !== null && typeof result === 'object' && typeof result.then === 'function')
          waits.push(result);
      } catch (error) {
        harness_error(`a cleanup of "${this.name}" failed: ${failure_text(error)}`);
      }
    }
    if (waits.length === 0) {
      this.complete();
      return;
    }
    const failed = (error) =>
      harness_error(`a cleanup of "${this.name}" failed: ${failure_text(error)}`);
    GlobalPromise.all(waits.map((wait) => resolve_promise(wait).catch(failed))).then(() =>
      this.complete(),
    );
  }

  complete() {
    if (this.phase === COMPLETE) return;
    this.phase = COMPLETE;
    state.pending--;
    for (const callback of this.done_callbacks.splice(0)) callback();
    check_complete();
  }
}

// --- functions on the global object --------------------------------------------------------------------------------

function test(func, name, properties) {
  const made = new Test(name, properties);
  made.step(func, made, made);
  made.done();
}

function async_test(func, name, properties) {
  const has_body = typeof func === 'function';
  const made = has_body ? new Test(name, properties) : new Test(func, name);
  if (has_body) made.step(func, made, made);
  return made;
}

function run_promise_test(made, func) {
  if (made.phase > STARTED) return undefined;
  const completed = new GlobalPromise((resolve) => made.done_callbacks.push(resolve));
  const body = made.step(func, made, made);
  if (made.phase <= STARTED) {
    const thenable = body !== null && body !== undefined && typeof body.then === 'function';
    made.step(() => {
      const what = `test body must return a 'thenable' object (received ${format_value(body)})`;
      if (!thenable) fail('promise_test', undefined, what);
    });
    if (thenable) {
      const failed = (error) => {
        if (made.phase > STARTED) return;
        if (error instanceof AssertionError) made.set_failure(error);
        else
          made.set_result(
            'FAIL',
            `promise_test: Unhandled rejection with value: ${format_value(error)}`,
          );
        made.stack = stack_of(error);
      };
      resolve_promise(body)
        .then(undefined, failed)
        .then(() => made.done());
    }
  }
  return completed;
}

function promise_test(func, name, properties) {
  if (typeof func !== 'function') throw new TypeError('promise_test() needs a function');
  const made = new Test(name, properties);
  made.is_promise_test = true;
  state.queue = (state.queue ?? resolve_promise(state.setup)).then(() =>
    run_promise_test(made, func),
  );
}

function setup(first, second) {
  const func = typeof first === 'function' ? first : undefined;
  const properties = (func === undefined ? first : second) ?? {};
  if (properties.explicit_done) state.explicit_done = true;
  if (properties.allow_uncaught_exception) state.allow_uncaught = true;
  if (properties.single_test && state.single === undefined) {
    state.single = new Test(globalThis.META_TITLE, {});
    state.single.phase = STARTED;
    state.running.add(state.single);
  }
  if (func === undefined) return;
  try {
    func();
  } catch (error) {
    harness_error(`setup() failed: ${failure_text(error)}`);
  }
}

function promise_setup(func, properties) {
  setup(properties);
  const failed = (error) => harness_error(`promise_setup() failed: ${failure_text(error)}`);
  state.queue = (state.queue ?? resolve_promise()).then(func).then(undefined, failed);
}

function done() {
  if (state.single !== undefined) state.single.done();
  state.explicit_done = false;
  check_complete();
}

function generate_tests(func, args, properties) {
  args.forEach(([name, ...rest], i) => {
    test(() => func(...rest), name, is_array(properties) ? properties[i] : properties);
  });
}

// Variants of a file select subtests by its address; without one all run.
function subsetTest(test_func, ...args) {
  return test_func(...args);
}

function subsetTestByKey(key, test_func, ...args) {
  return test_func(...args);
}

function step_timeout(func, timeout_ms, ...args) {
  return setTimeout(() => func.apply(this, args), timeout_ms);
}

function on_event(target, type, callback) {
  target.addEventListener(type, callback, false);
}

// Events of `target` in the order that a test says they come.
class EventWatcher {
  #test;
  #types;
  #target;
  #listener;
  #expected = undefined;
  #timeout;

  constructor(watching_test, target, types, timeout_promise) {
    this.#test = watching_test;
    this.#target = target;
    this.#types = typeof types === 'string' ? [types] : types;
    this.#timeout = timeout_promise;
    this.#listener = watching_test.step_func((event) => this.#on_event(event));
    for (const type of this.#types) target.addEventListener(type, this.#listener, false);
    this.stop_watching = () => {
      for (const type of this.#types) target.removeEventListener(type, this.#listener, false);
    };
    watching_test.add_cleanup(this.stop_watching);
  }

  #on_event(event) {
    const expected = this.#expected;
    assert_true(expected !== undefined, `Not expecting event, but got ${event.type} event`);
    assert_equals(
      event.type,
      expected.types[0],
      `Expected ${expected.types[0]} event, but got ${event.type} event instead`,
    );
    expected.types.shift();
    expected.events?.push(event);
    if (expected.types.length > 0) return;
    this.#expected = undefined;
    expected.resolve(expected.events ?? event);
  }

  wait_for(types, options) {
    if (this.#expected !== undefined)
      return GlobalPromise.reject(new AssertionError('Already waiting for an event or events'));
    return new GlobalPromise((resolve, reject) => {
      const events = options?.record === 'all' ? [] : undefined;
      const expected = { types: typeof types === 'string' ? [types] : [...types], events, resolve };
      this.#expected = expected;
      if (typeof this.#timeout !== 'function') return;
      this.#timeout().then(() => {
        if (this.#expected !== expected) return;
        this.#expected = undefined;
        reject(new AssertionError(`Timed out waiting for events: ${expected.types.join(', ')}`));
      });
    });
  }
}

// --- the runner's side ---------------------------------------------------------------------------------------------

// An error that no test caught: of the single test where there is one, of the file otherwise.
function report_exception(error) {
  if (state.over || state.allow_uncaught) return;
  const { single } = state;
  if (single === undefined) {
    harness_error(`uncaught: ${failure_text(error)}`);
  } else if (single.phase <= STARTED) {
    single.set_failure(error);
    single.done();
  }
}

function install(target) {
  const exposed = {
    test,
    async_test,
    promise_test,
    promise_setup,
    setup,
    done,
    generate_tests,
    step_timeout,
    on_event,
    subsetTest,
    subsetTestByKey,
    shouldRunSubTest: () => true,
    format_value,
    EventWatcher,
    AssertionError,
    OptionalFeatureUnsupportedError,
    assert_true,
    assert_false,
    assert_equals,
    assert_not_equals,
    assert_in_array,
    assert_array_equals,
    assert_array_approx_equals,
    assert_approx_equals,
    assert_object_equals,
    assert_less_than,
    assert_greater_than,
    assert_less_than_equal,
    assert_greater_than_equal,
    assert_between_exclusive,
    assert_between_inclusive,
    assert_regexp_match,
    assert_class_string,
    assert_own_property,
    assert_not_own_property,
    assert_inherits,
    assert_idl_attribute,
    assert_readonly,
    assert_unreached,
    assert_implements,
    assert_implements_optional,
    assert_precondition: assert_implements_optional,
    assert_any,
    assert_throws_js,
    assert_throws_dom,
    assert_throws_exactly,
    assert_throws_quotaexceedederror,
    promise_rejects_js,
    promise_rejects_dom,
    promise_rejects_exactly,
    promise_rejects_quotaexceedederror,
    add_start_callback: () => {},
    add_result_callback: () => {},
    add_completion_callback: (callback) => {
      state.watchers.push((results) =>
        callback(results, { status: state.errors.length === 0 ? 0 : 1 }),
      );
    },
    GLOBAL: { isWindow: () => false, isWorker: () => true, isShadowRealm: () => false },
  };
  for (const name of Object.keys(exposed)) {
    Object.defineProperty(target, name, {
      value: exposed[name],
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }
  if (typeof target.addEventListener === 'function') {
    target.addEventListener('error', (event) => report_exception(event.error));
    target.addEventListener('unhandledrejection', (event) => report_exception(event.reason));
  }
}

// Called when the file has been evaluated. Fulfils with { name, status, message, stack } for each test, in the order
// they were made; errors outside of any test come last, under the name "(harness)".
function finish() {
  state.loaded = true;
  const results = new GlobalPromise((resolve) => state.waiting.push(resolve));
  check_complete();
  return results;
}

// Gives up on what runs now, so that the promise_tests behind it get their turn.
function expire_running() {
  for (const running of [...state.running]) running.expire();
}

// Gives up on the whole file: what runs has timed out, what waits was not run. finish() fulfils at once.
function timeout() {
  if (state.over) return;
  for (const made of state.tests) {
    if (made.phase < HAS_RESULT)
      made.set_result(
        made.phase === 0 ? 'NOTRUN' : 'TIMEOUT',
        made.phase === 0 ? '' : 'Test timed out',
      );
  }
  const waits_for_nothing = state.pending === 0 && state.explicit_done;
  if (waits_for_nothing) harness_error('done() was not called');
  finish_file();
}

// { completed, pending, running: names }, for a runner that watches whether a file still moves.
function progress() {
  return {
    completed: state.tests.length - state.pending,
    pending: state.pending,
    running: [...state.running].map((made) => made.name),
  };
}

return { install, finish, timeout, expire_running, progress, report_exception };
})
