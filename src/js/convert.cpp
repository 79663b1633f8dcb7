#include "js/convert.h"

#include <cstdlib>
#include <limits>

namespace skerry::js {

std::string to_utf8(v8::Isolate* isolate, v8::Local<v8::String> text) {
  // One-byte strings are most often ASCII: copy first, and widen only when a byte above 0x7f shows
  // up.
  std::string out;
  if (text->IsOneByte()) {
    size_t length = static_cast<size_t>(text->Length());
    // libstdc++ 12 calls back with the capacity, which may be larger than what was asked for.
    out.resize_and_overwrite(length, [&](char* data, size_t) {
      text->WriteOneByteV2(isolate, 0, static_cast<uint32_t>(length),
                           reinterpret_cast<uint8_t*>(data));
      return length;
    });
    bool ascii = true;
    for (char c : out) ascii &= static_cast<uint8_t>(c) < 0x80;
    if (ascii) return out;
  }
  size_t length = text->Utf8LengthV2(isolate);
  out.resize_and_overwrite(length, [&](char* data, size_t size) {
    return text->WriteUtf8V2(isolate, data, size, v8::String::WriteFlags::kReplaceInvalidUtf8);
  });
  return out;
}

Js<std::string> to_byte_string(Env& env, v8::Local<v8::String> text) {
  if (!text->ContainsOnlyOneByte())
    return type_error(
        "cannot be converted to a ByteString: a character has a value greater than 255.");
  std::string out;
  const size_t length = static_cast<size_t>(text->Length());
  out.resize_and_overwrite(length, [&](char* data, size_t) {
    text->WriteOneByteV2(env.isolate(), 0, static_cast<uint32_t>(length),
                         reinterpret_cast<uint8_t*>(data));
    return length;
  });
  return out;
}

v8::Local<v8::String> from_latin1(v8::Isolate* isolate, std::string_view bytes) {
  if (bytes.empty()) return v8::String::Empty(isolate);
  v8::Local<v8::String> made;
  if (v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(bytes.data()),
                                 v8::NewStringType::kNormal, static_cast<int>(bytes.size()))
          .ToLocal(&made))
    return made;
  return v8::String::Empty(isolate);
}

v8::Local<v8::String> from_utf8(v8::Isolate* isolate, std::string_view text) {
  if (text.empty()) return v8::String::Empty(isolate);
  bool ascii = true;
  for (char c : text) ascii &= static_cast<uint8_t>(c) < 0x80;
  if (ascii) return from_latin1(isolate, text);
  v8::Local<v8::String> made;
  if (text.size() <= static_cast<size_t>(std::numeric_limits<int>::max()) &&
      v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                              static_cast<int>(text.size()))
          .ToLocal(&made))
    return made;
  return v8::String::Empty(isolate);
}

Js<v8::Local<v8::String>> to_string(Env& env, v8::Local<v8::Value> value) {
  if (value->IsString()) return value.As<v8::String>();
  v8::Local<v8::String> text;
  if (!value->ToString(env.context()).ToLocal(&text)) return already_thrown();
  return text;
}

std::optional<std::span<uint8_t>> buffer_source(v8::Local<v8::Value> value) {
  if (value->IsArrayBufferView()) {
    v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
    size_t size = view->ByteLength();
    uint8_t* data = static_cast<uint8_t*>(view->Buffer()->Data());
    return std::span<uint8_t>(size == 0 ? nullptr : data + view->ByteOffset(), size);
  }
  if (value->IsArrayBuffer()) {
    v8::Local<v8::ArrayBuffer> buffer = value.As<v8::ArrayBuffer>();
    return std::span<uint8_t>(static_cast<uint8_t*>(buffer->Data()), buffer->ByteLength());
  }
  if (value->IsSharedArrayBuffer()) {
    v8::Local<v8::SharedArrayBuffer> buffer = value.As<v8::SharedArrayBuffer>();
    return std::span<uint8_t>(static_cast<uint8_t*>(buffer->Data()), buffer->ByteLength());
  }
  return std::nullopt;
}

v8::Local<v8::ArrayBuffer> to_array_buffer(v8::Isolate* isolate, Bytes bytes) {
  size_t size = bytes.size();
  if (size == 0) return v8::ArrayBuffer::New(isolate, 0);
  std::unique_ptr<v8::BackingStore> store = v8::ArrayBuffer::NewBackingStore(
      bytes.release(), size, [](void* data, size_t, void*) { std::free(data); }, nullptr);
  return v8::ArrayBuffer::New(isolate, std::move(store));
}

v8::Local<v8::Uint8Array> to_uint8_array(v8::Isolate* isolate, Bytes bytes) {
  size_t size = bytes.size();
  return v8::Uint8Array::New(to_array_buffer(isolate, std::move(bytes)), 0, size);
}

v8::Local<v8::Promise> resolved(Env& env, v8::Local<v8::Value> value) {
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Promise::Resolver> resolver = v8::Promise::Resolver::New(context).ToLocalChecked();
  // Resolving reads `then` of an object: a script's getter may run there, and be terminated.
  (void)resolver->Resolve(context, value);
  return resolver->GetPromise();
}

v8::Local<v8::Promise> rejected_value(Env& env, v8::Local<v8::Value> reason) {
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Promise::Resolver> resolver = v8::Promise::Resolver::New(context).ToLocalChecked();
  (void)resolver->Reject(context, reason);
  return resolver->GetPromise();
}

v8::Local<v8::Promise> rejected(Env& env, const Throw& thrown) {
  return rejected_value(env, env.make_exception(thrown));
}

Js<v8::Local<v8::Value>> member(Env& env, v8::Local<v8::Value> dictionary, const char* key) {
  if (dictionary->IsNullOrUndefined()) return v8::Undefined(env.isolate()).As<v8::Value>();
  if (!dictionary->IsObject()) return type_error("is not of type 'object'.");
  v8::Local<v8::Value> value;
  if (!dictionary.As<v8::Object>()->Get(env.context(), env.name(key)).ToLocal(&value))
    return already_thrown();
  return value;
}

Js<std::vector<v8::Local<v8::Value>>> to_sequence(Env& env, v8::Local<v8::Value> iterable) {
  std::vector<v8::Local<v8::Value>> elements;
  Js<> done = iterate(env, iterable, [&](v8::Local<v8::Value> value) -> Js<> {
    elements.push_back(value);
    return {};
  });
  if (!done) return pass(done);
  return elements;
}

Js<> iterate(Env& env, v8::Local<v8::Value> iterable,
             const std::function<Js<>(v8::Local<v8::Value>)>& each) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Value> method;
  if (!iterable->IsObject()) return type_error("The value is not iterable.");
  v8::Local<v8::Object> object = iterable.As<v8::Object>();
  if (!object->Get(context, v8::Symbol::GetIterator(isolate)).ToLocal(&method))
    return already_thrown();
  if (!method->IsFunction()) return type_error("The value is not iterable.");
  v8::Local<v8::Value> iterator, next;
  if (!method.As<v8::Function>()->Call(context, object, 0, nullptr).ToLocal(&iterator))
    return already_thrown();
  if (!iterator->IsObject()) return type_error("The iterator is not an object.");
  if (!iterator.As<v8::Object>()->Get(context, env.name("next")).ToLocal(&next))
    return already_thrown();
  if (!next->IsFunction()) return type_error("The iterator has no next method.");
  for (;;) {
    v8::Local<v8::Value> step, done, value;
    if (!next.As<v8::Function>()->Call(context, iterator, 0, nullptr).ToLocal(&step))
      return already_thrown();
    if (!step->IsObject()) return type_error("The iterator's result is not an object.");
    if (!step.As<v8::Object>()->Get(context, env.name("done")).ToLocal(&done))
      return already_thrown();
    if (done->BooleanValue(isolate)) return {};
    if (!step.As<v8::Object>()->Get(context, env.name("value")).ToLocal(&value))
      return already_thrown();
    Js<> taken = each(value);
    if (!taken) return taken;
  }
}

namespace {

Js<> add_pair(Env& env, v8::Local<v8::Value> key, v8::Local<v8::Value> value,
              Js<std::string> (*read)(Env&, v8::Local<v8::Value>), PairList& out) {
  Js<std::string> name = read(env, key);
  if (!name) return pass(name);
  Js<std::string> text = read(env, value);
  if (!text) return pass(text);
  out.emplace_back(std::move(*name), std::move(*text));
  return {};
}

}  // namespace

Js<PairList> to_pairs(Env& env, v8::Local<v8::Value> value,
                      Js<std::string> (*read)(Env&, v8::Local<v8::Value>)) {
  PairList pairs;
  v8::Local<v8::Context> context = env.context();
  if (!value->IsObject()) return type_error("is not an object.");
  v8::Local<v8::Object> object = value.As<v8::Object>();
  v8::Local<v8::Value> method;
  if (!object->Get(context, v8::Symbol::GetIterator(env.isolate())).ToLocal(&method))
    return already_thrown();
  if (!method->IsNullOrUndefined()) {
    Js<std::vector<v8::Local<v8::Value>>> entries = to_sequence(env, value);
    if (!entries) return pass(entries);
    for (v8::Local<v8::Value> entry : *entries) {
      Js<std::vector<v8::Local<v8::Value>>> pair = to_sequence(env, entry);
      if (!pair) return pass(pair);
      if (pair->size() != 2)
        return type_error("Each pair must be an iterable of exactly two elements.");
      Js<> added = add_pair(env, (*pair)[0], (*pair)[1], read, pairs);
      if (!added) return pass(added);
    }
    return pairs;
  }
  // https://webidl.spec.whatwg.org/#js-record: own enumerable properties, in order; a symbol key
  // cannot be a string.
  v8::Local<v8::Array> keys;
  if (!object
           ->GetPropertyNames(context, v8::KeyCollectionMode::kOwnOnly,
                              static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE),
                              v8::IndexFilter::kIncludeIndices,
                              v8::KeyConversionMode::kConvertToString)
           .ToLocal(&keys))
    return already_thrown();
  for (uint32_t i = 0; i < keys->Length(); ++i) {
    v8::Local<v8::Value> key, item;
    if (!keys->Get(context, i).ToLocal(&key) || !object->Get(context, key).ToLocal(&item))
      return already_thrown();
    Js<> added = add_pair(env, key, item, read, pairs);
    if (!added) return pass(added);
  }
  return pairs;
}

Js<double> FromJs<double>::get(Env& env, v8::Local<v8::Value> value) {
  double number = 0;
  if (!value->NumberValue(env.context()).To(&number)) return already_thrown();
  return number;
}

Js<int32_t> FromJs<int32_t>::get(Env& env, v8::Local<v8::Value> value) {
  int32_t number = 0;
  if (!value->Int32Value(env.context()).To(&number)) return already_thrown();
  return number;
}

Js<uint32_t> FromJs<uint32_t>::get(Env& env, v8::Local<v8::Value> value) {
  uint32_t number = 0;
  if (!value->Uint32Value(env.context()).To(&number)) return already_thrown();
  return number;
}

Js<uint16_t> FromJs<uint16_t>::get(Env& env, v8::Local<v8::Value> value) {
  Js<uint32_t> number = FromJs<uint32_t>::get(env, value);
  if (!number) return pass(number);
  return static_cast<uint16_t>(*number);
}

Js<EnforcedUint64> FromJs<EnforcedUint64>::get(Env& env, v8::Local<v8::Value> value) {
  Js<double> number = FromJs<double>::get(env, value);
  if (!number) return pass(number);
  if (!std::isfinite(*number)) return type_error("is not a finite number.");
  double whole = std::trunc(*number);
  if (whole < 0 || whole > 9007199254740991.0)
    return type_error("is outside of the accepted range.");
  return EnforcedUint64{static_cast<uint64_t>(whole)};
}

}  // namespace skerry::js
