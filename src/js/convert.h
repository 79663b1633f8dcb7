// Between JavaScript values and C++ types, by the rules of
// https://webidl.spec.whatwg.org/#js-type-mapping. FromJs<T>::get returns what a method parameter
// of type T receives; ToJs<T>::get what a result of type T becomes.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "js/env.h"

namespace skerry::js {

// Latin-1 code units as bytes (https://webidl.spec.whatwg.org/#js-ByteString).
struct ByteString {
  std::string value;
};
// Scalar values as UTF-8 (https://webidl.spec.whatwg.org/#js-USVString).
struct UsvString {
  std::string value;
};
// [EnforceRange] unsigned long long.
struct EnforcedUint64 {
  uint64_t value;
};
// The remaining arguments. Only as the last parameter.
struct Rest {
  const v8::FunctionCallbackInfo<v8::Value>* info = nullptr;
  int first = 0;
  int size() const { return info->Length() > first ? info->Length() - first : 0; }
  v8::Local<v8::Value> operator[](int i) const { return (*info)[first + i]; }
};
// A last parameter of any type that may be left out; undefined then. Reads like the handle it
// holds.
struct OptionalValue {
  v8::Local<v8::Value> value;
  operator v8::Local<v8::Value>() const { return value; }
  v8::Value* operator->() const { return *value; }
};
// The receiver, for functions that need the object itself.
struct Receiver {
  v8::Local<v8::Object> object;
};

std::string to_utf8(v8::Isolate* isolate, v8::Local<v8::String> text);
Js<std::string> to_byte_string(Env& env, v8::Local<v8::String> text);
v8::Local<v8::String> from_utf8(v8::Isolate* isolate, std::string_view text);
v8::Local<v8::String> from_latin1(v8::Isolate* isolate, std::string_view bytes);
// ToString; fails with the exception pending.
Js<v8::Local<v8::String>> to_string(Env& env, v8::Local<v8::Value> value);
// The bytes of an ArrayBuffer or view, without a copy; none for anything else. Valid until
// JavaScript runs.
std::optional<std::span<uint8_t>> buffer_source(v8::Local<v8::Value> value);
// A new ArrayBuffer that takes over the memory.
v8::Local<v8::ArrayBuffer> to_array_buffer(v8::Isolate* isolate, Bytes bytes);
v8::Local<v8::Uint8Array> to_uint8_array(v8::Isolate* isolate, Bytes bytes);
// A resolved or rejected promise.
v8::Local<v8::Promise> resolved(Env& env, v8::Local<v8::Value> value);
v8::Local<v8::Promise> rejected(Env& env, const Throw& thrown);
v8::Local<v8::Promise> rejected_value(Env& env, v8::Local<v8::Value> reason);
// A member of a dictionary: undefined when `dictionary` is undefined or null. Fails if a getter
// throws, or if the value is neither an object nor undefined or null.
Js<v8::Local<v8::Value>> member(Env& env, v8::Local<v8::Value> dictionary, const char* key);

// Calls `each` with every element of an iterable, in order, right after the iterator gave it
// (https://webidl.spec.whatwg.org/#js-sequence). The first failure ends it.
Js<> iterate(Env& env, v8::Local<v8::Value> iterable,
             const std::function<Js<>(v8::Local<v8::Value>)>& each);
// The elements of an iterable (https://webidl.spec.whatwg.org/#js-sequence).
Js<std::vector<v8::Local<v8::Value>>> to_sequence(Env& env, v8::Local<v8::Value> iterable);
// The entries of a record, or of an iterable of pairs, as strings by `read` (ByteString or
// UsvString rules).
using PairList = std::vector<std::pair<std::string, std::string>>;
Js<PairList> to_pairs(Env& env, v8::Local<v8::Value> value,
                      Js<std::string> (*read)(Env&, v8::Local<v8::Value>));

template <class T>
struct FromJs;

template <>
struct FromJs<v8::Local<v8::Value>> {
  static Js<v8::Local<v8::Value>> get(Env&, v8::Local<v8::Value> value) { return value; }
};
template <>
struct FromJs<OptionalValue> {
  static Js<OptionalValue> get(Env&, v8::Local<v8::Value> value) { return OptionalValue{value}; }
};
template <>
struct FromJs<v8::Local<v8::String>> {
  static Js<v8::Local<v8::String>> get(Env& env, v8::Local<v8::Value> value) {
    return to_string(env, value);
  }
};
template <>
struct FromJs<v8::Local<v8::Object>> {
  static Js<v8::Local<v8::Object>> get(Env&, v8::Local<v8::Value> value) {
    if (!value->IsObject()) return type_error("is not an object.");
    return value.As<v8::Object>();
  }
};
template <>
struct FromJs<v8::Local<v8::Function>> {
  static Js<v8::Local<v8::Function>> get(Env&, v8::Local<v8::Value> value) {
    if (!value->IsFunction()) return type_error("is not of type 'Function'.");
    return value.As<v8::Function>();
  }
};
template <>
struct FromJs<UsvString> {
  static Js<UsvString> get(Env& env, v8::Local<v8::Value> value) {
    Js<v8::Local<v8::String>> text = to_string(env, value);
    if (!text) return pass(text);
    return UsvString{to_utf8(env.isolate(), *text)};
  }
};
template <>
struct FromJs<ByteString> {
  static Js<ByteString> get(Env& env, v8::Local<v8::Value> value) {
    Js<v8::Local<v8::String>> text = to_string(env, value);
    if (!text) return pass(text);
    Js<std::string> bytes = to_byte_string(env, *text);
    if (!bytes) return pass(bytes);
    return ByteString{std::move(*bytes)};
  }
};
template <>
struct FromJs<bool> {
  static Js<bool> get(Env& env, v8::Local<v8::Value> value) {
    return value->BooleanValue(env.isolate());
  }
};
template <>
struct FromJs<double> {  // unrestricted double
  static Js<double> get(Env& env, v8::Local<v8::Value> value);
};
template <>
struct FromJs<int32_t> {
  static Js<int32_t> get(Env& env, v8::Local<v8::Value> value);
};
template <>
struct FromJs<uint32_t> {
  static Js<uint32_t> get(Env& env, v8::Local<v8::Value> value);
};
template <>
struct FromJs<uint16_t> {
  static Js<uint16_t> get(Env& env, v8::Local<v8::Value> value);
};
template <>
struct FromJs<EnforcedUint64> {
  static Js<EnforcedUint64> get(Env& env, v8::Local<v8::Value> value);
};
template <class T>
struct FromJs<std::optional<T>> {
  static Js<std::optional<T>> get(Env& env, v8::Local<v8::Value> value) {
    if (value->IsUndefined()) return std::optional<T>();
    Js<T> inner = FromJs<T>::get(env, value);
    if (!inner) return pass(inner);
    return std::optional<T>(std::move(*inner));
  }
};
// A parameter of type T&: an instance of T. T*: null when undefined or null is passed.
template <class T>
  requires std::derived_from<T, Wrapped>
struct FromJs<T*> {
  static Js<T*> get(Env&, v8::Local<v8::Value> value) {
    if (value->IsNullOrUndefined()) return static_cast<T*>(nullptr);
    T* object = unwrap<T>(value);
    if (object == nullptr) return type_error(std::string("is not of type '") + T::info.name + "'.");
    return object;
  }
};
template <class T>
  requires std::derived_from<T, Wrapped>
struct FromJs<T> {
  static Js<T*> get(Env&, v8::Local<v8::Value> value) {
    T* object = unwrap<T>(value);
    if (object == nullptr) return type_error(std::string("is not of type '") + T::info.name + "'.");
    return object;
  }
};

template <class T>
struct ToJs;

template <>
struct ToJs<bool> {
  static v8::Local<v8::Value> get(Env& env, bool value) {
    return v8::Boolean::New(env.isolate(), value);
  }
};
template <>
struct ToJs<double> {
  static v8::Local<v8::Value> get(Env& env, double value) {
    return v8::Number::New(env.isolate(), value);
  }
};
template <std::signed_integral T>
struct ToJs<T> {
  static v8::Local<v8::Value> get(Env& env, T value) {
    if constexpr (sizeof(T) <= 4) return v8::Integer::New(env.isolate(), value);
    return v8::Number::New(env.isolate(), static_cast<double>(value));
  }
};
template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>)
struct ToJs<T> {
  static v8::Local<v8::Value> get(Env& env, T value) {
    if constexpr (sizeof(T) <= 4) return v8::Integer::NewFromUnsigned(env.isolate(), value);
    return v8::Number::New(env.isolate(), static_cast<double>(value));
  }
};
template <>
struct ToJs<std::string> {
  static v8::Local<v8::Value> get(Env& env, std::string_view value) {
    return from_utf8(env.isolate(), value);
  }
};
template <>
struct ToJs<std::string_view> : ToJs<std::string> {};
template <>
struct ToJs<UsvString> {
  static v8::Local<v8::Value> get(Env& env, const UsvString& value) {
    return from_utf8(env.isolate(), value.value);
  }
};
template <>
struct ToJs<ByteString> {
  static v8::Local<v8::Value> get(Env& env, const ByteString& value) {
    return from_latin1(env.isolate(), value.value);
  }
};
template <class T>
struct ToJs<v8::Local<T>> {
  static v8::Local<v8::Value> get(Env&, v8::Local<T> value) { return value; }
};
template <class T>
struct ToJs<std::optional<T>> {  // none becomes null
  static v8::Local<v8::Value> get(Env& env, std::optional<T> value) {
    if (!value) return v8::Null(env.isolate());
    return ToJs<T>::get(env, std::move(*value));
  }
};
template <class T>
  requires std::derived_from<T, Wrapped>
struct ToJs<std::unique_ptr<T>> {
  static v8::Local<v8::Value> get(Env& env, std::unique_ptr<T> value) {
    return env.wrap(std::move(value));
  }
};
template <class T>
  requires std::derived_from<T, Wrapped>
struct ToJs<T*> {
  static v8::Local<v8::Value> get(Env& env, T* value) {
    if (value == nullptr) return v8::Null(env.isolate());
    return value->object(env.isolate());
  }
};

}  // namespace skerry::js
