// The test harness, part 2: assertions. Each throws an AssertionError that names itself, the caller's description and
// both values.

function assert_true(actual, description) {
  expect(
    actual === true,
    'assert_true',
    description,
    () => `expected true got ${format_value(actual)}`,
  );
}

function assert_false(actual, description) {
  expect(
    actual === false,
    'assert_false',
    description,
    () => `expected false got ${format_value(actual)}`,
  );
}

// SameValue: NaN is equal to itself, -0 is not equal to 0.
function assert_equals(actual, expected, description) {
  expect(ObjectIs(actual, expected), 'assert_equals', description, () =>
    typeof actual === typeof expected
      ? `expected ${format_value(expected)} but got ${format_value(actual)}`
      : `expected ${typed(expected)} but got ${typed(actual)}`,
  );
}

function assert_not_equals(actual, expected, description) {
  expect(
    !ObjectIs(actual, expected),
    'assert_not_equals',
    description,
    () => `got disallowed value ${format_value(actual)}`,
  );
}

function assert_in_array(actual, expected, description) {
  let found = false;
  for (let i = 0; i < expected.length; i++) found ||= ObjectIs(actual, expected[i]);
  expect(
    found,
    'assert_in_array',
    description,
    () => `value ${format_value(actual)} not in array ${format_value(expected)}`,
  );
}

function check_array_like(assertion, actual, expected, description) {
  const is_object = actual !== null && typeof actual === 'object' && 'length' in actual;
  expect(
    is_object,
    assertion,
    description,
    () => `value is ${format_value(actual)}, expected array`,
  );
  expect(actual.length === expected.length, assertion, description, () => {
    const lengths = `lengths differ, expected array ${format_value(expected)} length ${expected.length}`;
    return `${lengths}, got ${format_value(actual)} length ${actual.length}`;
  });
}

function assert_array_equals(actual, expected, description) {
  const name = 'assert_array_equals';
  check_array_like(name, actual, expected, description);
  for (let i = 0; i < actual.length; i++) {
    const same_presence = has_own(actual, i) === has_own(expected, i);
    expect(same_presence, name, description, () => {
      const side = (array) => (has_own(array, i) ? 'present' : 'missing');
      return `property ${i} is ${side(actual)}, expected ${side(expected)}`;
    });
    expect(ObjectIs(actual[i], expected[i]), name, description, () => {
      const at = `expected property ${i} to be ${typed(expected[i])} but got ${typed(actual[i])}`;
      return `${at} (expected array ${format_value(expected)} got ${format_value(actual)})`;
    });
  }
}

function assert_array_approx_equals(actual, expected, epsilon, description) {
  const name = 'assert_array_approx_equals';
  check_array_like(name, actual, expected, description);
  for (let i = 0; i < actual.length; i++) {
    expect(
      typeof actual[i] === 'number',
      name,
      description,
      () => `property ${i} is ${typed(actual[i])}, expected a number`,
    );
    expect(
      is_close(actual[i], expected[i], epsilon),
      name,
      description,
      () =>
        `property ${i}, expected ${format_value(expected[i])} +/- ${epsilon}, got ${format_value(actual[i])}`,
    );
  }
}

function is_close(actual, expected, epsilon) {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  // Where the difference has no value, as between infinities, they must be the same.
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return actual === expected;
  return Math.abs(actual - expected) <= epsilon;
}

function assert_approx_equals(actual, expected, epsilon, description) {
  const name = 'assert_approx_equals';
  expect(
    typeof actual === 'number',
    name,
    description,
    () => `expected a number but got ${typed(actual)}`,
  );
  expect(
    is_close(actual, expected, epsilon),
    name,
    description,
    () => `expected ${format_value(expected)} +/- ${epsilon} but got ${format_value(actual)}`,
  );
}

function assert_object_equals(actual, expected, description) {
  const name = 'assert_object_equals';
  const stack = [];
  const compare = (left, right, path) => {
    const is_object = left !== null && typeof left === 'object';
    expect(
      is_object,
      name,
      description,
      () => `value${path} is ${format_value(left)}, expected object`,
    );
    stack.push(left);
    for (const key in left) {
      expect(
        has_own(right, key),
        name,
        description,
        () => `unexpected property ${format_value(key)}${path}`,
      );
      const value = left[key];
      if (value !== null && typeof value === 'object') {
        if (!stack.includes(value)) compare(value, right[key], ` at ${format_value(key)}${path}`);
      } else {
        expect(
          ObjectIs(value, right[key]),
          name,
          description,
          () =>
            `property ${format_value(key)}${path} expected ${format_value(right[key])} got ${format_value(value)}`,
        );
      }
    }
    for (const key in right) {
      expect(
        has_own(left, key),
        name,
        description,
        () => `expected property ${format_value(key)}${path} missing`,
      );
    }
    stack.pop();
  };
  compare(actual, expected, '');
}

// One maker for the six comparisons: numbers and bigints only, both of one type.
function ordering(name, holds, words) {
  return function (actual, ...bounds) {
    const description = bounds[words.length];
    const usable =
      typeof actual === 'number' || (typeof actual === 'bigint' && typeof bounds[0] === 'bigint');
    expect(usable, name, description, () => `expected a number but got ${typed(actual)}`);
    const wanted = () => words.map((word, i) => `${word} ${format_value(bounds[i])}`).join(' ');
    expect(
      holds(actual, ...bounds),
      name,
      description,
      () => `expected a number ${wanted()} but got ${format_value(actual)}`,
    );
  };
}
const assert_less_than = ordering('assert_less_than', (a, b) => a < b, ['less than']);
const assert_greater_than = ordering('assert_greater_than', (a, b) => a > b, ['greater than']);
const assert_less_than_equal = ordering('assert_less_than_equal', (a, b) => a <= b, [
  'less than or equal to',
]);
const assert_greater_than_equal = ordering('assert_greater_than_equal', (a, b) => a >= b, [
  'greater than or equal to',
]);
const assert_between_exclusive = ordering('assert_between_exclusive', (a, l, h) => a > l && a < h, [
  'greater than',
  'and less than',
]);
const assert_between_inclusive = ordering(
  'assert_between_inclusive',
  (a, l, h) => a >= l && a <= h,
  ['greater than or equal to', 'and less than or equal to'],
);

function assert_regexp_match(actual, expected, description) {
  expect(
    regexp_exec(expected, actual) !== null,
    'assert_regexp_match',
    description,
    () => `expected ${expected} but got ${format_value(actual)}`,
  );
}

function assert_class_string(object, class_name, description) {
  const actual = class_string_of(object);
  expect(
    actual === `[object ${class_name}]`,
    'assert_class_string',
    description,
    () => `expected "[object ${class_name}]" but got "${actual}"`,
  );
}

function assert_own_property(object, name, description) {
  expect(
    has_own(object, name),
    'assert_own_property',
    description,
    () => `expected property ${format_value(name)} missing`,
  );
}

function assert_not_own_property(object, name, description) {
  expect(
    !has_own(object, name),
    'assert_not_own_property',
    description,
    () => `unexpected property ${format_value(name)} is found on object`,
  );
}

// assert_inherits and assert_idl_attribute: reachable through the prototype chain, not on the object itself.
function inheriting(assertion) {
  return function (object, name, description) {
    const is_object =
      (typeof object === 'object' && object !== null) || typeof object === 'function';
    expect(
      is_object,
      assertion,
      description,
      () => `provided value is ${format_value(object)}, not an object`,
    );
    expect(
      !has_own(object, name),
      assertion,
      description,
      () => `property ${format_value(name)} found on object expected in prototype chain`,
    );
    expect(
      name in object,
      assertion,
      description,
      () => `property ${format_value(name)} not found in prototype chain`,
    );
  };
}
const assert_inherits = inheriting('assert_inherits');
const assert_idl_attribute = inheriting('assert_idl_attribute');

function assert_readonly(object, name, description) {
  const before = object[name];
  const other = `${before}a` === `${before}` ? `${before}b` : `${before}a`;
  try {
    object[name] = other;
  } catch {
    // A refusal is what is asked for; the value decides.
  }
  const changed = !ObjectIs(object[name], before);
  if (changed) {
    object[name] = before;
    fail('assert_readonly', description, `changing property ${format_value(name)} succeeded`);
  }
}

function assert_unreached(description) {
  fail('assert_unreached', description, 'Reached unreachable code');
}

function assert_implements(condition, description) {
  expect(
    Boolean(condition),
    'assert_implements',
    description,
    () => 'the feature is not implemented',
  );
}

function assert_implements_optional(condition, description) {
  if (!condition) throw new OptionalFeatureUnsupportedError(description);
}

function assert_any(assertion, actual, expected_array, ...rest) {
  const errors = [];
  for (const expected of expected_array) {
    try {
      assertion(actual, expected, ...rest);
      return;
    } catch (error) {
      errors.push(failure_text(error));
    }
  }
  throw new AssertionError(errors.join('\n\n'));
}

// --- exceptions ------------------------------------------------------------------------------------------------------

// What `func` throws; failing when it does not.
function thrown_by(assertion, func, description) {
  try {
    func();
  } catch (error) {
    if (error instanceof AssertionError) throw error;
    return error;
  }
  return fail(assertion, description, `${format_value(func)} did not throw`);
}

function check_is_error_object(assertion, error, description) {
  expect(
    error !== null && typeof error === 'object',
    assertion,
    description,
    () => `threw ${typed(error)}, not an object`,
  );
  expect(
    'name' in error,
    assertion,
    description,
    () => `threw ${format_value(error)}, which has no name`,
  );
}

function check_js(assertion, constructor, error, description) {
  let is_error_type = constructor === Error;
  for (let c = constructor; typeof c === 'function'; c = prototype_of(c))
    is_error_type ||= c === Error;
  expect(
    is_error_type,
    assertion,
    description,
    () => `${format_value(constructor)} is not an Error subtype`,
  );
  check_is_error_object(assertion, error, description);
  expect(
    error.constructor === constructor,
    assertion,
    description,
    () =>
      `threw ${format_value(error)} ("${error.name}") expected an instance of ${constructor.name}`,
  );
  expect(
    error.name === constructor.name,
    assertion,
    description,
    () => `threw an error named ${format_value(error.name)}, expected ${constructor.name}`,
  );
}

// https://webidl.spec.whatwg.org/#dfn-error-names-table, names with a legacy code.
const DOM_CODES = {
  __proto__: null,
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

// "NotFoundError", "NOT_FOUND_ERR" and 8 name one kind.
function dom_name(assertion, type, description) {
  if (typeof type === 'number') {
    for (const name in DOM_CODES) if (DOM_CODES[name] === type) return name;
    fail(assertion, description, `${type} is not the code of a DOMException`);
  }
  if (!/^[A-Z_]+_ERR$/.test(type)) return type;
  const plain = type.replace(/_ERR$/, '').replaceAll('_', '').toLowerCase();
  for (const name in DOM_CODES) if (name.replace(/Error$/, '').toLowerCase() === plain) return name;
  return fail(assertion, description, `${type} is not the name of a DOMException code`);
}

function check_dom(assertion, type, constructor, error, description) {
  const name = dom_name(assertion, type, description);
  check_is_error_object(assertion, error, description);
  expect(
    error.name === name,
    assertion,
    description,
    () => `threw "${error.name}" (${format_value(error)}), expected "${name}"`,
  );
  expect(
    error.constructor === constructor,
    assertion,
    description,
    () => `threw ${format_value(error)}, which is not a ${constructor.name}`,
  );
  const code = DOM_CODES[name] ?? 0;
  expect(
    error.code === code,
    assertion,
    description,
    () => `threw a ${name} with code ${format_value(error.code)}, expected ${code}`,
  );
}

// The arguments after the type: [constructor, subject, description] or [subject, description].
function dom_arguments(rest) {
  const has_constructor = typeof rest[0] === 'function' && rest[0].name === 'DOMException';
  if (has_constructor) return { constructor: rest[0], subject: rest[1], description: rest[2] };
  return { constructor: globalThis.DOMException, subject: rest[0], description: rest[1] };
}

function check_quota(assertion, error, requested, quota, description) {
  const Class = globalThis.QuotaExceededError ?? globalThis.DOMException;
  check_is_error_object(assertion, error, description);
  expect(
    error.constructor === Class && error.name === 'QuotaExceededError',
    assertion,
    description,
    () => `threw ${format_value(error)}, expected a QuotaExceededError`,
  );
  for (const [key, wanted] of [
    ['requested', requested],
    ['quota', quota],
  ]) {
    const fits =
      typeof wanted === 'function'
        ? wanted(error[key])
        : ObjectIs(error[key] ?? null, wanted ?? null);
    expect(
      fits,
      assertion,
      description,
      () => `${key} is ${format_value(error[key])}, expected ${format_value(wanted)}`,
    );
  }
}

function assert_throws_js(constructor, func, description) {
  const name = 'assert_throws_js';
  check_js(name, constructor, thrown_by(name, func, description), description);
}

function assert_throws_dom(type, ...rest) {
  const name = 'assert_throws_dom';
  const { constructor, subject, description } = dom_arguments(rest);
  check_dom(name, type, constructor, thrown_by(name, subject, description), description);
}

function assert_throws_exactly(exception, func, description) {
  const name = 'assert_throws_exactly';
  const thrown = thrown_by(name, func, description);
  expect(
    ObjectIs(thrown, exception),
    name,
    description,
    () => `threw ${format_value(thrown)}, expected exactly ${format_value(exception)}`,
  );
}

function assert_throws_quotaexceedederror(func, requested, quota, description) {
  const name = 'assert_throws_quotaexceedederror';
  check_quota(name, thrown_by(name, func, description), requested, quota, description);
}

// What `promise` rejects with; failing `assertion` when it fulfils.
async function rejection_of(assertion, promise, description) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  return fail(
    assertion,
    description,
    `Should have rejected: fulfilled with ${format_value(value)}`,
  );
}

async function promise_rejects_js(test, constructor, promise, description) {
  const name = 'promise_rejects_js';
  check_js(name, constructor, await rejection_of(name, promise, description), description);
}

async function promise_rejects_dom(test, type, ...rest) {
  const name = 'promise_rejects_dom';
  const { constructor, subject, description } = dom_arguments(rest);
  check_dom(name, type, constructor, await rejection_of(name, subject, description), description);
}

async function promise_rejects_exactly(test, exception, promise, description) {
  const name = 'promise_rejects_exactly';
  const reason = await rejection_of(name, promise, description);
  expect(
    ObjectIs(reason, exception),
    name,
    description,
    () => `rejected with ${format_value(reason)}, expected exactly ${format_value(exception)}`,
  );
}

async function promise_rejects_quotaexceedederror(test, promise, requested, quota, description) {
  const name = 'promise_rejects_quotaexceedederror';
  check_quota(name, await rejection_of(name, promise, description), requested, quota, description);
}
