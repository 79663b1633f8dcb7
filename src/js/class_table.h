// The table of one class: constructor, methods, getters, statics, constants, iteration, listed once
// in the class's `describe`. The same walk over it builds the V8 template, collects external
// references for snapshots, emits the TypeScript types and feeds the surface test. Signatures are
// TypeScript text: they are what the types emit.
#pragma once

#include <cstdint>
#include <vector>

#include "js/v8.h"

namespace skerry::js {

struct Member {
  enum class Kind : uint8_t {
    constructor,
    method,
    static_method,
    getter,  // on the prototype; `setter` may be null
    static_getter,
    own_getter,  // [LegacyUnforgeable]: on each instance
    constant,    // on the interface and its prototype
    alias,  // the method called `alias_of` again under Symbol.iterator / asyncIterator, or another
            // name
  };
  Kind kind;
  const char* name;  // for alias: "@@iterator", "@@asyncIterator", "@@dispose" or a name
  v8::FunctionCallback callback = nullptr;
  v8::FunctionCallback setter = nullptr;
  int length = 0;
  int32_t value = 0;
  const char* types = "";
  const char* alias_of = nullptr;
  // Promise-returning: a wrong receiver rejects instead of throwing, so V8's own receiver check is
  // off.
  bool returns_promise = false;
};

template <auto F>
struct Method;  // js/method.h

class ClassTable {
 public:
  const std::vector<Member>& members() const { return members_; }
  // Set by classes whose instances are iterators: the prototype then inherits from
  // %IteratorPrototype% and has no constructor.
  const char* iterator_of = nullptr;

  // `static Js<std::unique_ptr<T>> construct(Env&, Args...)`
  template <auto F>
  void constructor(const char* types = "()") {
    members_.push_back({.kind = Member::Kind::constructor,
                        .name = "constructor",
                        .callback = Method<F>::construct,
                        .length = Method<F>::kRequired,
                        .types = types});
  }
  template <auto F>
  void method(const char* name, const char* types) {
    members_.push_back({.kind = Member::Kind::method,
                        .name = name,
                        .callback = Method<F>::call,
                        .length = Method<F>::kRequired,
                        .types = types});
  }
  // Returns Js<Local<Promise>>; every failure is a rejection
  // (https://webidl.spec.whatwg.org/#dfn-create-operation-function).
  template <auto F>
  void promise_method(const char* name, const char* types) {
    members_.push_back({.kind = Member::Kind::method,
                        .name = name,
                        .callback = Method<F>::call_promise,
                        .length = Method<F>::kRequired,
                        .types = types,
                        .returns_promise = true});
  }
  template <auto F>
  void static_method(const char* name, const char* types) {
    members_.push_back({.kind = Member::Kind::static_method,
                        .name = name,
                        .callback = Method<F>::call_static,
                        .length = Method<F>::kRequired,
                        .types = types});
  }
  template <auto F>
  void getter(const char* name, const char* types) {
    members_.push_back(
        {.kind = Member::Kind::getter, .name = name, .callback = Method<F>::call, .types = types});
  }
  template <auto Get, auto Set>
  void accessor(const char* name, const char* types) {
    members_.push_back({.kind = Member::Kind::getter,
                        .name = name,
                        .callback = Method<Get>::call,
                        .setter = Method<Set>::call,
                        .types = types});
  }
  template <auto F>
  void own_getter(const char* name, const char* types) {
    members_.push_back({.kind = Member::Kind::own_getter,
                        .name = name,
                        .callback = Method<F>::call,
                        .types = types});
  }
  template <auto F>
  void static_getter(const char* name, const char* types) {
    members_.push_back({.kind = Member::Kind::static_getter,
                        .name = name,
                        .callback = Method<F>::call_static,
                        .types = types});
  }
  void constant(const char* name, int32_t value) {
    members_.push_back(
        {.kind = Member::Kind::constant, .name = name, .value = value, .types = "number"});
  }
  void alias(const char* name, const char* of) {
    members_.push_back({.kind = Member::Kind::alias, .name = name, .alias_of = of});
  }
  // For hand-written callbacks, where conversion by type does not fit.
  void add(const Member& member) { members_.push_back(member); }

 private:
  std::vector<Member> members_;
};

}  // namespace skerry::js
