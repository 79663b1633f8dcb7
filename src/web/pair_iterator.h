// The iterators of interfaces that are lists of pairs: `entries()`, `keys()`, `values()` of
// URLSearchParams, Headers, FormData. Live: an iterator holds a position and asks its target again
// at each step. https://webidl.spec.whatwg.org/#es-iterable,
// https://webidl.spec.whatwg.org/#js-default-iterator-object
//
// A target T is a Wrapped class with
//   static constexpr const char* iterator_name = "URLSearchParams Iterator";
//   std::optional<std::pair<X, X>> pair_at(size_t index);   // X: std::string or std::string_view;
//   none past the end static v8::Local<v8::Value> pair_text(js::Env&, X);     // only if its
//   strings are not UTF-8
// and its add_… function registers `&PairIterator<T>::info`. Include "js/method.h" before use in
// the .cpp file of T.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "js/class_table.h"
#include "js/convert.h"
#include "js/method.h"

namespace skerry::web {

enum class IterationKind : uint8_t { entries, keys, values };

template <class T, class Text>
v8::Local<v8::Value> pair_text_of(js::Env& env, const Text& text) {
  if constexpr (requires { T::pair_text(env, text); })
    return T::pair_text(env, text);
  else
    return js::from_utf8(env.isolate(), text);
}

template <class T>
class PairIterator final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  explicit PairIterator(IterationKind kind) : Wrapped(info), kind_(kind) {}

  static js::Js<v8::Local<v8::Value>> make(js::Env& env, T& target, IterationKind kind) {
    PairIterator& made = env.wrap_ref(std::make_unique<PairIterator>(kind));
    made.set_slot(env.isolate(), kTarget, target.object(env.isolate()));
    return made.object(env.isolate()).template As<v8::Value>();
  }

  // https://webidl.spec.whatwg.org/#js-iterator-prototype-object
  v8::Local<v8::Value> next(js::Env& env) {
    v8::Isolate* isolate = env.isolate();
    // Undefined once the end was reached: an iterator that is done stays done.
    v8::Local<v8::Value> kept = slot(isolate, kTarget);
    T* target = js::unwrap<T>(kept);
    auto pair = target == nullptr ? decltype(target->pair_at(0))() : target->pair_at(index_);
    if (!pair) {
      set_slot(isolate, kTarget, v8::Undefined(isolate));
      return env.iterator_result(v8::Undefined(isolate), true);
    }
    ++index_;
    v8::Local<v8::Value> values[2];
    if (kind_ != IterationKind::values) values[0] = pair_text_of<T>(env, pair->first);
    if (kind_ != IterationKind::keys) values[1] = pair_text_of<T>(env, pair->second);
    if (kind_ == IterationKind::keys) return env.iterator_result(values[0], false);
    if (kind_ == IterationKind::values) return env.iterator_result(values[1], false);
    return env.iterator_result(v8::Array::New(isolate, values, 2), false);
  }

 private:
  static constexpr int kTarget = 0;
  static void describe(js::ClassTable& table) {
    table.iterator_of = T::info.name;
    table.method<&PairIterator::next>("next", "(): IteratorResult<any>");
  }

  IterationKind kind_;
  size_t index_ = 0;
};

template <class T>
const js::ClassInfo PairIterator<T>::info{.name = T::iterator_name,
                                          .parent = nullptr,
                                          .describe = &PairIterator<T>::describe,
                                          .slots = 1,
                                          .exposed = false};

// https://webidl.spec.whatwg.org/#es-forEach
template <class T>
js::Js<> for_each_pair(js::Env& env, T& target, v8::Local<v8::Function> callback,
                       v8::Local<v8::Value> receiver) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Object> object = target.object(isolate);
  for (size_t i = 0;; ++i) {
    auto pair = target.pair_at(i);
    if (!pair) return {};
    v8::HandleScope scope(isolate);
    v8::Local<v8::Value> arguments[] = {pair_text_of<T>(env, pair->second),
                                        pair_text_of<T>(env, pair->first), object};
    if (callback->Call(env.context(), receiver, 3, arguments).IsEmpty())
      return js::already_thrown();
  }
}

}  // namespace skerry::web
