// The surface that the class tables describe, against what an isolate restored from the platform
// snapshot really has: interface objects, prototypes, methods, getters, constants, brand checks, as
// https://webidl.spec.whatwg.org/#es-interfaces wants them. A member that is in a table is in this
// test.
#include <doctest/doctest.h>

#include <string>

#include "js/class_table.h"
#include "js/convert.h"
#include "js/isolate.h"
#include "js/platform.h"
#include "server/parts.h"

namespace skerry::server {

namespace {

// `check(expected)` notes what is wrong with one interface; `problems` is complete once microtasks
// have run.
constexpr std::string_view kChecker = R"js('use strict';
globalThis.problems = [];
globalThis.describedGlobals = new Set(['problems', 'describedGlobals', 'makeChecker']);
globalThis.makeChecker = (interfaceName) => {
  const say = (text) => problems.push(`${interfaceName}: ${text}`);
  const isTypeError = (e) => e instanceof TypeError;
  const flags = (d) => (d.writable ? 'w' : '-') + (d.enumerable ? 'e' : '-') + (d.configurable ? 'c' : '-');
  const data = (object, key, wanted, what) => {
    const d = Object.getOwnPropertyDescriptor(object, key);
    if (d === undefined) return say(`${what} is missing`);
    if (!('value' in d)) return say(`${what} is an accessor`);
    if (flags(d) !== wanted) say(`${what} is ${flags(d)}, not ${wanted}`);
    return d.value;
  };
  const throws = (body, what) => {
    try {
      body();
    } catch (e) {
      if (!isTypeError(e)) say(`${what} throws ${e}, no TypeError`);
      return e;
    }
    say(`${what} does not throw`);
  };
  const rejects = (body, what) => {
    let result;
    try {
      result = body();
    } catch (e) {
      return say(`${what} throws ${e} instead of rejecting`);
    }
    if (!(result instanceof Promise)) return say(`${what} gives no promise`);
    result.then(() => say(`${what} resolves`), (e) => isTypeError(e) || say(`${what} rejects with ${e}`));
  };
  const callable = (f, name, length, what) => {
    if (typeof f !== 'function') return say(`${what} is no function`);
    for (const [key, value] of [['name', name], ['length', length]]) {
      const found = data(f, key, '--c', `${what}.${key}`);
      if (found !== value) say(`${what}.${key} is ${found}, not ${value}`);
    }
    if (Object.hasOwn(f, 'prototype')) say(`${what} has a prototype`);
    if (Object.getPrototypeOf(f) !== Function.prototype) say(`${what} does not inherit from Function.prototype`);
    throws(() => Reflect.construct(Object, [], f), `new ${what}`);
  };
  return { say, data, throws, rejects, callable };
};
const foreign = () => [{}, 1, Object.create(null), new Map()];

function checkInterface({ name, parent, length, constructs, members }) {
  const { say, data, throws, rejects, callable } = makeChecker(name);
  describedGlobals.add(name);
  const made = data(globalThis, name, 'w-c', 'the interface object');
  if (typeof made !== 'function') return say('is no function');
  if (data(made, 'name', '--c', 'name') !== name) say(`has the name ${made.name}`);
  if (data(made, 'length', '--c', 'length') !== length) say(`has the length ${made.length}, not ${length}`);
  const proto = data(made, 'prototype', '---', 'prototype');
  const parents = { DOMException: Error.prototype };
  const over = parent === '' ? parents[name] ?? Object.prototype : globalThis[parent].prototype;
  if (Object.getPrototypeOf(proto) !== over) say('has a prototype with another parent');
  if (Object.getPrototypeOf(made) !== (parent === '' ? Function.prototype : globalThis[parent]))
    say('inherits from another function');
  if (data(proto, 'constructor', 'w-c', 'constructor') !== made) say('has another constructor');
  if (data(proto, Symbol.toStringTag, '--c', 'toStringTag') !== name) say('has another toStringTag');
  const called = throws(() => made(), 'a call without new');
  if (!constructs) {
    if (throws(() => new made(), 'new')?.message !== 'Illegal constructor') say(`throws another error: ${called}`);
  } else if (length > 0) {
    throws(() => new made(), 'new without arguments');
  }

  const onProto = new Set(['constructor', Symbol.toStringTag]);
  // V8 gives functions that C++ makes the last two.
  const onInterface = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);
  const wrong = () => [...foreign(), proto, Object.create(proto), made];
  const accessor = (object, member) => {
    const d = Object.getOwnPropertyDescriptor(object, member.name);
    if (d === undefined || d.get === undefined) return say(`${member.name} is no accessor`);
    if (!d.enumerable || d.configurable !== (member.kind !== 'own_getter')) say(`${member.name} has other flags`);
    callable(d.get, `get ${member.name}`, 0, `get ${member.name}`);
    if (member.readonly && d.set !== undefined) say(`${member.name} has a setter`);
    if (!member.readonly) callable(d.set, `set ${member.name}`, 1, `set ${member.name}`);
    if (member.kind === 'static_getter') return;
    for (const receiver of wrong()) {
      throws(() => d.get.call(receiver), `${member.name} of a wrong receiver`);
      if (!member.readonly) throws(() => d.set.call(receiver, 1), `setting ${member.name} of a wrong receiver`);
    }
  };
  const method = (member) => {
    const f = data(proto, member.name, 'wec', member.name);
    callable(f, member.name, member.length, member.name);
    if (typeof f !== 'function') return;
    const dummies = Array(member.length).fill('x');
    const what = `${member.name}() on a wrong receiver`;
    for (const receiver of wrong()) (member.promise ? rejects : throws)(() => f.apply(receiver, dummies), what);
  };
  for (const member of members) {
    switch (member.kind) {
      case 'method':
        onProto.add(member.name);
        method(member);
        break;
      case 'static_method':
        onInterface.add(member.name);
        callable(data(made, member.name, 'wec', member.name), member.name, member.length, member.name);
        break;
      case 'getter':
        onProto.add(member.name);
        accessor(proto, member);
        break;
      case 'static_getter':
        onInterface.add(member.name);
        accessor(made, member);
        break;
      case 'own_getter':
        accessor(new made('x'), member);
        break;
      case 'constant':
        onProto.add(member.name);
        onInterface.add(member.name);
        for (const object of [made, proto])
          if (data(object, member.name, '-e-', member.name) !== member.value) say(`${member.name} has another value`);
        break;
      case 'alias': {
        const key = member.name.startsWith('@@') ? Symbol[member.name.slice(2)] : member.name;
        onProto.add(key);
        if (data(proto, key, 'w-c', member.name) !== proto[member.of]) say(`${member.name} is not ${member.of}`);
        break;
      }
    }
  }
  for (const key of Reflect.ownKeys(proto)) if (!onProto.has(key)) say(`has ${String(key)}, which no table lists`);
  for (const key of Reflect.ownKeys(made)) if (!onInterface.has(key)) say(`has static ${String(key)}, unlisted`);
}

function checkFunction({ name, length }) {
  const { data, callable } = makeChecker(name);
  describedGlobals.add(name);
  callable(data(globalThis, name, 'wec', 'the function'), name, length, name);
}

function checkNamespace({ name, members }) {
  const { say, data, callable } = makeChecker(name);
  const object = data(globalThis, name, 'w-c', 'the namespace');
  if (data(object, Symbol.toStringTag, '--c', 'toStringTag') !== name) say('has another toStringTag');
  const listed = new Set([Symbol.toStringTag]);
  for (const member of members) {
    listed.add(member.name);
    callable(data(object, member.name, 'wec', member.name), member.name, member.length, member.name);
    object[member.name].call(undefined);
  }
  for (const key of Reflect.ownKeys(object)) if (!listed.has(key)) say(`has ${String(key)}, which no table lists`);
}

// Classes in JavaScript have no table: what must hold for every interface.
function checkBuiltinClass(name) {
  const { say, data, throws, rejects, callable } = makeChecker(name);
  describedGlobals.add(name);
  const made = data(globalThis, name, 'w-c', 'the interface object');
  if (typeof made !== 'function') return say('is no function');
  if (made.name !== name) say(`has the name ${made.name}`);
  const proto = data(made, 'prototype', '---', 'prototype');
  if (data(proto, 'constructor', 'w-c', 'constructor') !== made) say('has another constructor');
  if (data(proto, Symbol.toStringTag, '--c', 'toStringTag') !== name) say('has another toStringTag');
  throws(() => made(), 'a call without new');
  for (const key of Reflect.ownKeys(proto)) {
    if (key === 'constructor' || typeof key === 'symbol') continue;
    const d = Object.getOwnPropertyDescriptor(proto, key);
    if (!d.enumerable || !d.configurable) say(`${key} has other flags`);
    if (d.get) callable(d.get, `get ${key}`, 0, key);
    else callable(d.value, key, d.value.length, key);
    for (const receiver of [...foreign(), proto]) {
      if (d.set) say(`${key} has a setter`);
      // These give promises, so a wrong receiver rejects; the others throw.
      const asynchronous = ['cancel', 'pipeTo', 'abort', 'close', 'read', 'write', 'closed', 'ready'].includes(key) &&
        !name.endsWith('Controller');
      const call = () => (d.get ?? d.value).apply(receiver, [{}, {}]);
      (asynchronous ? rejects : throws)(call, `${key} of a wrong receiver`);
    }
  }
}

// https://webidl.spec.whatwg.org/#js-iterator-prototype-object
function checkPairIterator(iterable) {
  const { say, data, throws, callable } = makeChecker(iterable.constructor.name + ' Iterator');
  const proto = Object.getPrototypeOf(iterable.entries());
  const base = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
  if (Object.getPrototypeOf(proto) !== base) say('does not inherit from %IteratorPrototype%');
  if (Object.hasOwn(proto, 'constructor')) say('has a constructor');
  if (proto[Symbol.toStringTag] !== iterable.constructor.name + ' Iterator') say('has another toStringTag');
  callable(data(proto, 'next', 'wec', 'next'), 'next', 0, 'next');
  for (const receiver of [...foreign(), proto]) throws(() => proto.next.call(receiver), 'next() of a wrong receiver');
}
)js";

// A second isolate in another state than the first: every test takes its own.
class Checked {
 public:
  Checked() {
    js::start_v8();
    static const js::Surface surface(all_parts());
    isolate_ = js::Isolate::create(surface, {});
    env().set_at_module_scope(false);
    run(kChecker);
  }

  const js::SurfaceParts& parts() { return env().surface().parts(); }
  js::Env& env() { return isolate_->env(); }

  // Evaluates a script and runs microtasks; its value, as text.
  std::string run(std::string_view script) {
    js::Entered entered(env());
    v8::Isolate* isolate = env().isolate();
    v8::TryCatch caught(isolate);
    v8::Local<v8::Value> value;
    v8::Local<v8::Script> compiled;
    if (!v8::Script::Compile(env().context(), js::from_utf8(isolate, script)).ToLocal(&compiled) ||
        !compiled->Run(env().context()).ToLocal(&value)) {
      FAIL_CHECK(text(caught.Exception()));
      return {};
    }
    isolate->PerformMicrotaskCheckpoint();
    return text(value);
  }
  // Nothing, or one problem a line.
  std::string problems() { return run("problems.join('\\n')"); }

 private:
  std::string text(v8::Local<v8::Value> value) {
    v8::Local<v8::String> string;
    if (!value->ToString(env().context()).ToLocal(&string)) return "?";
    return js::to_utf8(env().isolate(), string);
  }
  std::unique_ptr<js::Isolate> isolate_;
};

const char* kind_name(js::Member::Kind kind) {
  switch (kind) {
    case js::Member::Kind::constructor: return "constructor";
    case js::Member::Kind::method: return "method";
    case js::Member::Kind::static_method: return "static_method";
    case js::Member::Kind::getter: return "getter";
    case js::Member::Kind::static_getter: return "static_getter";
    case js::Member::Kind::own_getter: return "own_getter";
    case js::Member::Kind::constant: return "constant";
    case js::Member::Kind::alias: return "alias";
  }
  return "";
}

// The table's members as a JavaScript array of objects; names need no escapes.
std::string members_of(const js::ClassTable& table) {
  std::string out = "[";
  for (const js::Member& member : table.members()) {
    if (member.kind == js::Member::Kind::constructor) continue;
    out += std::string("{kind:'") + kind_name(member.kind) + "',name:'" + member.name +
           "',length:" + std::to_string(member.length) + ",value:" + std::to_string(member.value) +
           ",readonly:" + (member.setter == nullptr ? "true" : "false") +
           ",promise:" + (member.returns_promise ? "true" : "false") + ",of:'" +
           (member.alias_of == nullptr ? "" : member.alias_of) + "'},";
  }
  return out + "]";
}

std::string expected_of(const js::ClassInfo& info) {
  js::ClassTable table;
  info.describe(table);
  int length = 0;
  const char* constructs = "false";
  for (const js::Member& member : table.members()) {
    if (member.kind != js::Member::Kind::constructor) continue;
    length = member.length;
    constructs = "true";
  }
  return std::string("{name:'") + info.name + "',parent:'" +
         (info.parent == nullptr ? "" : info.parent->name) + "',length:" + std::to_string(length) +
         ",constructs:" + constructs + ",members:" + members_of(table) + "}";
}

}  // namespace

TEST_CASE("every interface of a table is what Web IDL wants it to be") {
  Checked checked;
  size_t count = 0;
  for (const js::ClassInfo* info : checked.parts().classes) {
    if (!info->exposed) continue;
    ++count;
    checked.run("checkInterface(" + expected_of(*info) + ")");
  }
  CHECK(count > 15);
  CHECK(checked.problems() == "");
}

TEST_CASE("global functions and namespaces") {
  Checked checked;
  for (const js::GlobalFunction& function : checked.parts().functions)
    checked.run(std::string("checkFunction({name:'") + function.name +
                "',length:" + std::to_string(function.length) + "})");
  for (const js::GlobalObject& object : checked.parts().objects) {
    checked.run(std::string("describedGlobals.add('") + object.name + "')");
    if (object.describe == nullptr) continue;
    js::ClassTable table;
    object.describe(table);
    checked.run(std::string("checkNamespace({name:'") + object.name +
                "',members:" + members_of(table) + "})");
  }
  checked.run("{ const { rejects } = makeChecker('fetch'); rejects(() => fetch(), 'fetch()'); }");
  CHECK(checked.problems() == "");
}

TEST_CASE("classes written in JavaScript look like the others") {
  Checked checked;
  for (const js::BuiltinExport& exported : checked.parts().exports)
    if (exported.name[0] != '_')
      checked.run(std::string("checkBuiltinClass('") + exported.name + "')");
  CHECK(checked.problems() == "");
}

TEST_CASE("iterators of pairs") {
  Checked checked;
  checked.run("checkPairIterator(new Headers()); checkPairIterator(new URLSearchParams());");
  CHECK(checked.problems() == "");
}

TEST_CASE("a class is made once, and can be deleted and replaced before and after it is touched") {
  Checked checked;
  CHECK(checked.run("Headers === Headers && new Headers() instanceof Headers") == "true");
  CHECK(checked.run("delete globalThis.URL && typeof URL") == "undefined");
  CHECK(checked.run("globalThis.Event = 1; Event") == "1");
  CHECK(checked.run("Object.keys(globalThis).includes('Response')") == "false");
}

TEST_CASE("two isolates restored from one snapshot have objects of their own") {
  Checked first, second;
  first.run("Headers.prototype.mark = 1");
  CHECK(second.run("'mark' in Headers.prototype") == "false");
}

}  // namespace skerry::server
