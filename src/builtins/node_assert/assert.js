// node:assert, part 3: AssertionError, the functions, and the strict variant.

const diff_lines_max = 400;

// A line diff: "+ " only in actual, "- " only in expected, as node prints it.
function diff_lines(actual, expected) {
  const left = actual.split('\n');
  const right = expected.split('\n');
  if (left.length > diff_lines_max || right.length > diff_lines_max) {
    return [
      ...left.slice(0, 50).map((line) => `+ ${line}`),
      ...right.slice(0, 50).map((line) => `- ${line}`),
      '...',
    ];
  }
  // lengths[i][j]: the longest common run of lines from i and j on.
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  const same = (i, j) => left[i].replace(/,$/, '') === right[j].replace(/,$/, '');
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i][j] = same(i, j) ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && same(i, j)) {
      lines.push(`  ${left[i++]}`);
      j++;
    } else if (j >= right.length || (i < left.length && lengths[i + 1][j] >= lengths[i][j + 1])) {
      lines.push(`+ ${left[i++]}`);
    } else {
      lines.push(`- ${right[j++]}`);
    }
  }
  return lines;
}

const DIFF_TITLES = {
  __proto__: null,
  strictEqual: 'Expected values to be strictly equal:',
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  deepEqual: 'Expected values to be loosely deep-equal:',
};
const NOT_TITLES = {
  __proto__: null,
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
};

function generated_message(operator, actual, expected) {
  if (operator === 'deepEqual') {
    const shown = [inspect(actual), inspect(expected)];
    return `${DIFF_TITLES[operator]}\n\n${shown[0]}\n\nshould loosely deep-equal\n\n${shown[1]}`;
  }
  const title = DIFF_TITLES[operator];
  if (title !== undefined) {
    const shown = [inspect(actual), inspect(expected)];
    if (shown[0] === shown[1]) {
      const why =
        operator === 'strictEqual'
          ? 'Values have same structure but are not reference-equal'
          : title.slice(0, -1);
      return `${why}:\n\n${shown[0]}\n`;
    }
    const short = !shown.join('').includes('\n') && shown.join('').length < 60;
    if (short && operator === 'strictEqual') return `${title}\n\n${shown[0]} !== ${shown[1]}\n`;
    return `${title}\n+ actual - expected\n\n${diff_lines(...shown).join('\n')}\n`;
  }
  if (NOT_TITLES[operator] !== undefined) {
    const shown = inspect(actual);
    if (operator === 'notStrictEqual' && is_object(actual)) {
      return `Expected "actual" not to be reference-equal to "expected":\n\n${shown}\n`;
    }
    return shown.includes('\n')
      ? `${NOT_TITLES[operator]}\n\n${shown}\n`
      : `${NOT_TITLES[operator]} ${shown}`;
  }
  return `${inspect(actual)} ${operator} ${inspect(expected)}`;
}

// https://nodejs.org/api/assert.html#class-assertassertionerror
class AssertionError extends Error {
  constructor(options) {
    if (!is_object(options)) throw invalid_type('options', 'of type object', options);
    const { message, operator, actual, expected, stackStartFn } = options;
    super(
      message === undefined || message === null
        ? generated_message(operator, actual, expected)
        : `${message}`,
    );
    this.generatedMessage = message === undefined || message === null;
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    Object.defineProperty(this, 'name', { value: 'AssertionError', writable: true, configurable: true });
    if (typeof stackStartFn === 'function') Error.captureStackTrace?.(this, stackStartFn);
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

function coded(Class, code, message) {
  const error = new Class(message);
  error.code = code;
  return error;
}

// "type number (5)", "an instance of Map", as node's argument errors say it.
function received(value) {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') {
    const name = class_name(value);
    return name === null ? inspect(value) : `an instance of ${name}`;
  }
  const shown = inspect(value);
  return `type ${typeof value} (${shown.length > 28 ? `${shown.slice(0, 25)}...` : shown})`;
}

function invalid_type(name, wanted, value) {
  const text = `The "${name}" argument must be ${wanted}. Received ${received(value)}`;
  return coded(TypeError, 'ERR_INVALID_ARG_TYPE', text);
}

function raise(operator, message, actual, expected, stackStartFn, fallback) {
  if (message instanceof Error) throw message;
  const error = new AssertionError({
    message: message ?? fallback,
    operator,
    actual,
    expected,
    stackStartFn,
  });
  error.generatedMessage = message === undefined || message === null;
  throw error;
}

function need_two(args, count = 2) {
  if (args < count) {
    const what = count === 2 ? '"actual" and "expected"' : '"actual", "expected"';
    throw coded(TypeError, 'ERR_MISSING_ARGS', `The ${what} arguments must be specified`);
  }
}

function ok(...args) {
  check_ok(args, ok);
}

function check_ok(args, start) {
  const [value, message] = args;
  if (value) return;
  const fallback =
    args.length === 0
      ? 'No value argument passed to `assert.ok()`'
      : `The expression evaluated to a falsy value: ${inspect(value)}`;
  raise('==', message, value, true, start, fallback);
}

function equal(actual, expected, message) {
  need_two(arguments.length);
  if (!loosely_equal_primitives(actual, expected)) raise('==', message, actual, expected, equal);
}

function notEqual(actual, expected, message) {
  need_two(arguments.length);
  if (loosely_equal_primitives(actual, expected)) raise('!=', message, actual, expected, notEqual);
}

function strictEqual(actual, expected, message) {
  need_two(arguments.length);
  if (!ObjectIs(actual, expected)) raise('strictEqual', message, actual, expected, strictEqual);
}

function notStrictEqual(actual, expected, message) {
  need_two(arguments.length);
  if (ObjectIs(actual, expected)) raise('notStrictEqual', message, actual, expected, notStrictEqual);
}

function deepEqual(actual, expected, message) {
  need_two(arguments.length);
  if (!deep_equal(actual, expected, LOOSE)) raise('deepEqual', message, actual, expected, deepEqual);
}

function notDeepEqual(actual, expected, message) {
  need_two(arguments.length);
  if (deep_equal(actual, expected, LOOSE)) raise('notDeepEqual', message, actual, expected, notDeepEqual);
}

function deepStrictEqual(actual, expected, message) {
  need_two(arguments.length);
  if (!deep_equal(actual, expected, STRICT))
    raise('deepStrictEqual', message, actual, expected, deepStrictEqual);
}

function notDeepStrictEqual(actual, expected, message) {
  need_two(arguments.length);
  if (deep_equal(actual, expected, STRICT))
    raise('notDeepStrictEqual', message, actual, expected, notDeepStrictEqual);
}

function partialDeepStrictEqual(actual, expected, message) {
  need_two(arguments.length);
  if (partially_equal(actual, expected)) return;
  raise('partialDeepStrictEqual', message, actual, expected, partialDeepStrictEqual);
}

function fail(message) {
  if (message instanceof Error) throw message;
  raise('fail', message, undefined, undefined, fail, 'Failed');
}

function ifError(value) {
  if (value === null || value === undefined) return;
  const text =
    is_object(value) && typeof value.message === 'string'
      ? value.message || value.constructor?.name
      : inspect(value);
  throw new AssertionError({
    message: `ifError got unwanted exception: ${text}`,
    actual: value,
    expected: null,
    operator: 'ifError',
    stackStartFn: ifError,
  });
}

function check_match(string, regexp, message, wanted, start) {
  if (!(regexp instanceof RegExp)) throw invalid_type('regexp', 'an instance of RegExp', regexp);
  const is_string = typeof string === 'string';
  if (is_string && (RegExp.prototype.exec.call(regexp, string) !== null) === wanted) return;
  const expectation = wanted
    ? 'The input did not match the regular expression '
    : 'The input was expected to not match the regular expression ';
  const fallback = is_string
    ? `${expectation}${regexp}. Input:\n\n${inspect(string)}\n`
    : `The "string" argument must be of type string. Received ${received(string)}`;
  raise(start.name, message, string, regexp, start, fallback);
}

function match(string, regexp, message) {
  check_match(string, regexp, message, true, match);
}

function doesNotMatch(string, regexp, message) {
  check_match(string, regexp, message, false, doesNotMatch);
}

// --- what throws and rejects -----------------------------------------------------------------------------------------

const NOTHING = Symbol('nothing thrown');

function thrown_by(func) {
  if (typeof func !== 'function') throw invalid_type('fn', 'of type function', func);
  try {
    func();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

async function rejection_of(promise_or_function) {
  let promise = promise_or_function;
  if (typeof promise === 'function') {
    promise = promise();
    if (!is_object(promise) || typeof promise.then !== 'function') {
      const text = `Expected instance of Promise to be returned from the "promiseFn" function but got ${received(promise)}.`;
      throw coded(TypeError, 'ERR_INVALID_RETURN_VALUE', text);
    }
  } else if (!is_object(promise) || typeof promise.then !== 'function') {
    throw invalid_type('promiseFn', 'of type function or an instance of Promise', promise);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

function is_error_class(value) {
  return value === Error || Object.prototype.isPrototypeOf.call(Error, value);
}

// An object of expectations: each of its properties must be met; a RegExp there is matched against text.
function check_expected_object(actual, expected, message, start) {
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  else if (keys.length === 0) {
    const text = `The argument 'error' may not be an empty object. Received {}`;
    throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', text);
  }
  for (const key of keys) {
    const there = is_object(actual) || typeof actual === 'function' ? key in actual : false;
    const value = there ? actual[key] : undefined;
    const wanted = expected[key];
    if (
      there &&
      typeof value === 'string' &&
      wanted instanceof RegExp &&
      RegExp.prototype.exec.call(wanted, value) !== null
    ) {
      continue;
    }
    if (there && deep_equal(value, wanted, STRICT)) continue;
    const pick = (from) => Object.fromEntries(keys.filter((k) => k in Object(from)).map((k) => [k, from[k]]));
    const fallback = generated_message('deepStrictEqual', pick(Object(actual)), pick(expected));
    raise(start.name, message, actual, expected, start, fallback);
  }
}

function check_error(actual, expected, message, start) {
  if (expected === undefined) return;
  if (is_object(expected) && !(expected instanceof RegExp)) {
    if (!is_object(actual)) {
      raise(
        start.name,
        message,
        actual,
        expected,
        start,
        generated_message('deepStrictEqual', actual, expected),
      );
    }
    check_expected_object(actual, expected, message, start);
    return;
  }
  if (expected instanceof RegExp) {
    const text = `${actual}`;
    if (RegExp.prototype.exec.call(expected, text) !== null) return;
    const fallback = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
    raise(start.name, message, actual, expected, start, fallback);
  }
  if (typeof expected !== 'function') {
    throw invalid_type('expected', 'of type function or an instance of Error, RegExp, or Object', expected);
  }
  if (expected.prototype !== undefined && actual instanceof expected) return;
  if (is_error_class(expected)) {
    const got =
      is_object(actual) && typeof actual.constructor?.name === 'string'
        ? actual.constructor.name
        : inspect(actual);
    const text =
      is_object(actual) && typeof actual.message === 'string'
        ? `\n\nError message:\n\n${actual.message}`
        : '';
    const fallback = `The error is expected to be an instance of "${expected.name}". Received "${got}"${text}`;
    raise(start.name, message, actual, expected, start, fallback);
  }
  const verdict = expected.call({}, actual);
  if (verdict === true) return;
  const name =
    expected.name === '' ? 'The validation function' : `The "${expected.name}" validation function`;
  raise(
    start.name,
    message,
    actual,
    expected,
    start,
    `${name} is expected to return "true". Received ${inspect(verdict)}\n\nCaught error:\n\n${actual instanceof Error ? error_text(actual) : inspect(actual)}`,
  );
}

function expect_error(actual, args, what, start) {
  let [expected, message] = args;
  if (typeof expected === 'string') {
    if (args.length === 2)
      throw invalid_type('error', 'of type function or an instance of Error, RegExp, or Object', expected);
    const told = is_object(actual) ? actual.message : actual;
    if (actual !== NOTHING && told === expected) {
      const text = `The "error/message" argument is ambiguous. The error message "${told}" is identical to the message.`;
      throw coded(TypeError, 'ERR_AMBIGUOUS_ARGUMENT', text);
    }
    message = expected;
    expected = undefined;
  } else if (
    expected !== undefined &&
    expected !== null &&
    typeof expected !== 'function' &&
    typeof expected !== 'object'
  ) {
    throw invalid_type('error', 'of type function or an instance of Error, RegExp, or Object', expected);
  }
  if (actual === NOTHING) {
    const name = typeof expected?.name === 'string' && expected.name !== '' ? ` (${expected.name})` : '';
    const told = message === undefined || message === null ? '.' : `: ${message}`;
    const text = message instanceof Error ? message : `Missing expected ${what}${name}${told}`;
    if (message instanceof Error) throw message;
    throw new AssertionError({
      message: text,
      operator: start.name,
      actual: undefined,
      expected,
      stackStartFn: start,
    });
  }
  check_error(actual, expected, message, start);
}

function expect_no_error(actual, args, what, start) {
  if (actual === NOTHING) return;
  let [expected, message] = args;
  if (typeof expected === 'string') {
    message = expected;
    expected = undefined;
  }
  const matches =
    expected === undefined ||
    (typeof expected === 'function' && expected.prototype !== undefined && actual instanceof expected) ||
    (expected instanceof RegExp && RegExp.prototype.exec.call(expected, `${actual}`) !== null);
  if (!matches) throw actual;
  const told = message === undefined || message === null ? '.' : `: ${message}`;
  const text = `Got unwanted ${what}${told}\nActual message: "${is_object(actual) ? actual.message : actual}"`;
  throw new AssertionError({ message: text, operator: start.name, actual, expected, stackStartFn: start });
}

function throws(func, ...args) {
  expect_error(thrown_by(func), args, 'exception', throws);
}

function doesNotThrow(func, ...args) {
  expect_no_error(thrown_by(func), args, 'exception', doesNotThrow);
}

async function rejects(promise, ...args) {
  expect_error(await rejection_of(promise), args, 'rejection', rejects);
}

async function doesNotReject(promise, ...args) {
  expect_no_error(await rejection_of(promise), args, 'rejection', doesNotReject);
}

// --- the modules -----------------------------------------------------------------------------------------------------

function assert(...args) {
  check_ok(args, assert);
}

function strict(...args) {
  check_ok(args, strict);
}

const common = {
  ok,
  fail,
  ifError,
  match,
  doesNotMatch,
  throws,
  doesNotThrow,
  rejects,
  doesNotReject,
  strictEqual,
  notStrictEqual,
  deepStrictEqual,
  notDeepStrictEqual,
  partialDeepStrictEqual,
  AssertionError,
};
Object.assign(assert, common, { equal, notEqual, deepEqual, notDeepEqual, strict });
Object.assign(strict, common, {
  equal: strictEqual,
  notEqual: notStrictEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
  strict,
});

return { default: assert, ...assert };
})
