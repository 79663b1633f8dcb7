// The trampoline between V8 and a C++ method: checks the receiver, converts arguments by the types
// of the parameters, calls, converts the result or throws. One instance per method, made by
// ClassTable.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "js/class_table.h"
#include "js/convert.h"

namespace skerry::js {

using CallInfo = v8::FunctionCallbackInfo<v8::Value>;

// "Failed to execute 'append' on 'Headers': parameter 1 " + what; the function's name is the
// callback's data.
std::string failed_text(const CallInfo& info, const char* class_name, std::string_view what);
void throw_missing_arguments(const CallInfo& info, const char* class_name, int required);
void throw_illegal_invocation(const CallInfo& info);
void throw_needs_new(const CallInfo& info, const char* class_name);
void throw_bad_argument(const CallInfo& info, const char* class_name, int index, Throw& thrown);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

// How one parameter is held between conversion and the call.
template <class A>
struct Argument {
  using Bare = std::remove_cvref_t<A>;
  static constexpr bool kWrappedRef =
      std::is_lvalue_reference_v<A> && std::derived_from<Bare, Wrapped>;
  static constexpr bool kPointer = std::is_pointer_v<Bare>;
  static constexpr bool kImplicit =
      std::same_as<Bare, Rest> || std::same_as<Bare, Receiver> || std::same_as<Bare, OptionalValue>;
  static constexpr bool kRequired = !kImplicit && !kPointer && !IsOptional<Bare>::value;
  using Held = std::conditional_t<kWrappedRef, Bare*, Bare>;

  static Js<Held> convert(Env& env, const CallInfo& info, int index) {
    if constexpr (std::same_as<Bare, Rest>)
      return Rest{&info, index};
    else if constexpr (std::same_as<Bare, Receiver>)
      return Receiver{info.This()};
    else
      return FromJs<Bare>::get(env, info[index]);
  }
  static A pass(Held& held) {
    if constexpr (kWrappedRef)
      return *held;
    else if constexpr (std::is_lvalue_reference_v<A>)
      return held;
    else
      return std::move(held);
  }
};

template <class R>
struct ResultOf {
  using Value = R;
  static constexpr bool kFails = false;
};
template <class T>
struct ResultOf<Js<T>> {
  using Value = T;
  static constexpr bool kFails = true;
};

template <class R>
void give_result(Env& env, const CallInfo& info, R& result) {
  if constexpr (ResultOf<R>::kFails) {
    if (!result) {
      env.throw_js(result.error());
      return;
    }
    if constexpr (!std::is_void_v<typename ResultOf<R>::Value>)
      info.GetReturnValue().Set(ToJs<typename ResultOf<R>::Value>::get(env, std::move(*result)));
  } else {
    info.GetReturnValue().Set(ToJs<std::remove_cvref_t<R>>::get(env, std::move(result)));
  }
}

template <class Class, class R, class... A>
struct Trampoline {
  static constexpr int kRequired = ((Argument<A>::kRequired ? 1 : 0) + ... + 0);

  // Converts the arguments, then calls `call(held...)`; on a failed conversion it has thrown.
  template <class Call, size_t... I>
  static void with_arguments(Env& env, const CallInfo& info, Call&& call,
                             std::index_sequence<I...>) {
    constexpr const char* kNone = nullptr;
    const char* class_name = class_name_or(kNone);
    if (info.Length() < kRequired) [[unlikely]] {
      throw_missing_arguments(info, class_name, kRequired);
      return;
    }
    std::tuple<std::optional<typename Argument<A>::Held>...> held;
    [[maybe_unused]] auto one = [&]<size_t N>() -> bool {
      using Arg = Argument<std::tuple_element_t<N, std::tuple<A...>>>;
      Js<typename Arg::Held> value = Arg::convert(env, info, static_cast<int>(N));
      if (!value) [[unlikely]] {
        throw_bad_argument(info, class_name, static_cast<int>(N) + 1, value.error());
        return false;
      }
      std::get<N>(held).emplace(std::move(*value));
      return true;
    };
    if (!(one.template operator()<I>() && ...)) return;
    call(Argument<A>::pass(*std::get<I>(held))...);
  }
  static const char* class_name_or(const char* none) {
    if constexpr (std::is_void_v<Class>)
      return none;
    else
      return Class::info.name;
  }
  template <class Call>
  static void run(Env& env, const CallInfo& info, Call&& call) {
    with_arguments(env, info, std::forward<Call>(call), std::index_sequence_for<A...>());
  }
};

template <class Class, class Fn, class T, class... A>
void run_method(const CallInfo& info, Class* self, Fn function) {
  Env& env = Env::from(info.GetIsolate());
  Trampoline<Class, T, A...>::run(env, info, [&](A... args) {
    if constexpr (std::is_void_v<T>) {
      (self->*function)(env, std::forward<A>(args)...);
    } else {
      T result = (self->*function)(env, std::forward<A>(args)...);
      give_result(env, info, result);
    }
  });
}

template <class Class>
Class* receiver(const CallInfo& info) {
  return static_cast<Class*>(
      static_cast<Wrapped*>(info.This()->GetAlignedPointerFromInternalField(0)));
}

// Turns an exception left by `body` into a rejected promise as the result.
template <class Body>
void as_promise(const CallInfo& info, Body&& body) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::TryCatch caught(isolate);
  body();
  if (!caught.HasCaught() || caught.HasTerminated()) {
    if (caught.HasTerminated()) caught.ReThrow();
    return;
  }
  info.GetReturnValue().Set(rejected_value(Env::from(isolate), caught.Exception()));
}

template <class C, class R, class... A>
struct MemberMethod {
  static constexpr int kRequired = Trampoline<C, R, A...>::kRequired;
};

template <class C, class R, class... A, R (C::*F)(Env&, A...)>
struct Method<F> : MemberMethod<C, R, A...> {
  static void call(const CallInfo& info) {
    run_method<C, R (C::*)(Env&, A...), R, A...>(info, receiver<C>(info), F);
  }
  static void call_promise(const CallInfo& info) {
    as_promise(info, [&] {
      C* self = unwrap<C>(info.This());
      if (self == nullptr) return throw_illegal_invocation(info);
      run_method<C, R (C::*)(Env&, A...), R, A...>(info, self, F);
    });
  }
};
template <class C, class R, class... A, R (C::*F)(Env&, A...) const>
struct Method<F> : MemberMethod<C, R, A...> {
  static void call(const CallInfo& info) {
    run_method<const C, R (C::*)(Env&, A...) const, R, A...>(info, receiver<C>(info), F);
  }
};

// Free and static functions: constructors, statics, global functions.
template <class R, class... A, R (*F)(Env&, A...)>
struct Method<F> {
  static constexpr int kRequired = Trampoline<void, R, A...>::kRequired;

  static void call_static(const CallInfo& info) {
    Env& env = Env::from(info.GetIsolate());
    Trampoline<void, R, A...>::run(env, info, [&](A... args) {
      if constexpr (std::is_void_v<R>) {
        F(env, std::forward<A>(args)...);
      } else {
        R result = F(env, std::forward<A>(args)...);
        give_result(env, info, result);
      }
    });
  }
  static void call(const CallInfo& info) { call_static(info); }
  static void call_promise(const CallInfo& info) {
    as_promise(info, [&] { call_static(info); });
  }
  static void construct(const CallInfo& info) {
    if constexpr (ResultOf<R>::kFails) {
      using Pointer = typename ResultOf<R>::Value;
      using Class = typename Pointer::element_type;
      if (!info.IsConstructCall()) return throw_needs_new(info, Class::info.name);
      Env& env = Env::from(info.GetIsolate());
      Trampoline<Class, R, A...>::run(env, info, [&](A... args) {
        R result = F(env, std::forward<A>(args)...);
        if (!result) return env.throw_js(result.error());
        Class* object = result->release();
        if (object == nullptr)
          return;  // attached already: some need their slots while they are made
        object->attach(info.GetIsolate(), info.This());
        if constexpr (requires { object->attached(env); }) object->attached(env);
      });
    }
  }
};

}  // namespace skerry::js
