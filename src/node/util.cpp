// What util.inspect and util.types know that scripts cannot.
#include <iterator>

#include "js/convert.h"
#include "node/native.h"

namespace skerry::node {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// promiseDetails(promise): [0 pending | 1 fulfilled | 2 rejected, result].
void promise_details(const Info& info) {
  if (!info[0]->IsPromise()) return;
  v8::Local<v8::Promise> promise = info[0].As<v8::Promise>();
  v8::Isolate* isolate = info.GetIsolate();
  const bool pending = promise->State() == v8::Promise::kPending;
  v8::Local<v8::Value> parts[] = {
      v8::Integer::New(isolate, static_cast<int>(promise->State())),
      pending ? v8::Undefined(isolate).As<v8::Value>() : promise->Result()};
  info.GetReturnValue().Set(v8::Array::New(isolate, parts, std::size(parts)));
}

// proxyDetails(value, both): [target, handler], or the target alone; undefined for what is none.
void proxy_details(const Info& info) {
  if (!info[0]->IsProxy()) return;
  v8::Local<v8::Proxy> proxy = info[0].As<v8::Proxy>();
  if (info.Length() > 1 && !info[1]->BooleanValue(info.GetIsolate()))
    return info.GetReturnValue().Set(proxy->GetTarget());
  v8::Local<v8::Value> parts[] = {proxy->GetTarget(), proxy->GetHandler()};
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), parts, std::size(parts)));
}

// previewEntries(collection, both): the entries of a weak collection or an iterator that are left,
// or [entries, whether they are pairs].
void preview_entries(const Info& info) {
  if (!info[0]->IsObject()) return;
  bool pairs = false;
  v8::Local<v8::Array> entries;
  if (!info[0].As<v8::Object>()->PreviewEntries(&pairs).ToLocal(&entries)) return;
  if (info.Length() < 2) return info.GetReturnValue().Set(entries);
  v8::Local<v8::Value> parts[] = {entries, v8::Boolean::New(info.GetIsolate(), pairs)};
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), parts, std::size(parts)));
}

// ownNonIndexProperties(object, filter): names and symbols; 2 is only what is enumerable.
void own_non_index_properties(const Info& info) {
  if (!info[0]->IsObject()) return;
  const bool enumerable =
      !info[1]->IsInt32() || info[1].As<v8::Int32>()->Value() == v8::ONLY_ENUMERABLE;
  v8::Local<v8::Array> names;
  if (info[0]
          .As<v8::Object>()
          ->GetPropertyNames(
              info.GetIsolate()->GetCurrentContext(), v8::KeyCollectionMode::kOwnOnly,
              enumerable ? v8::ONLY_ENUMERABLE : v8::ALL_PROPERTIES, v8::IndexFilter::kSkipIndices)
          .ToLocal(&names))
    info.GetReturnValue().Set(names);
}

template <bool (v8::Value::*Is)() const>
void type_check(const Info& info) {
  info.GetReturnValue().Set(((*info[0])->*Is)());
}

void is_any_array_buffer(const Info& info) {
  info.GetReturnValue().Set(info[0]->IsArrayBuffer() || info[0]->IsSharedArrayBuffer());
}

void is_boxed_primitive(const Info& info) {
  info.GetReturnValue().Set(info[0]->IsNumberObject() || info[0]->IsStringObject() ||
                            info[0]->IsBooleanObject() || info[0]->IsBigIntObject() ||
                            info[0]->IsSymbolObject());
}

struct TypeCheck {
  const char* name;
  v8::FunctionCallback callback;
};

constexpr TypeCheck kTypeChecks[] = {
    {"isAnyArrayBuffer", is_any_array_buffer},
    {"isArgumentsObject", type_check<&v8::Value::IsArgumentsObject>},
    {"isArrayBuffer", type_check<&v8::Value::IsArrayBuffer>},
    {"isArrayBufferView", type_check<&v8::Value::IsArrayBufferView>},
    {"isAsyncFunction", type_check<&v8::Value::IsAsyncFunction>},
    {"isBigInt64Array", type_check<&v8::Value::IsBigInt64Array>},
    {"isBigIntObject", type_check<&v8::Value::IsBigIntObject>},
    {"isBigUint64Array", type_check<&v8::Value::IsBigUint64Array>},
    {"isBooleanObject", type_check<&v8::Value::IsBooleanObject>},
    {"isBoxedPrimitive", is_boxed_primitive},
    {"isDataView", type_check<&v8::Value::IsDataView>},
    {"isDate", type_check<&v8::Value::IsDate>},
    {"isExternal", type_check<&v8::Value::IsExternal>},
    {"isFloat32Array", type_check<&v8::Value::IsFloat32Array>},
    {"isFloat64Array", type_check<&v8::Value::IsFloat64Array>},
    {"isGeneratorFunction", type_check<&v8::Value::IsGeneratorFunction>},
    {"isGeneratorObject", type_check<&v8::Value::IsGeneratorObject>},
    {"isInt16Array", type_check<&v8::Value::IsInt16Array>},
    {"isInt32Array", type_check<&v8::Value::IsInt32Array>},
    {"isInt8Array", type_check<&v8::Value::IsInt8Array>},
    {"isMap", type_check<&v8::Value::IsMap>},
    {"isMapIterator", type_check<&v8::Value::IsMapIterator>},
    {"isModuleNamespaceObject", type_check<&v8::Value::IsModuleNamespaceObject>},
    {"isNativeError", type_check<&v8::Value::IsNativeError>},
    {"isNumberObject", type_check<&v8::Value::IsNumberObject>},
    {"isPromise", type_check<&v8::Value::IsPromise>},
    {"isProxy", type_check<&v8::Value::IsProxy>},
    {"isRegExp", type_check<&v8::Value::IsRegExp>},
    {"isSet", type_check<&v8::Value::IsSet>},
    {"isSetIterator", type_check<&v8::Value::IsSetIterator>},
    {"isSharedArrayBuffer", type_check<&v8::Value::IsSharedArrayBuffer>},
    {"isStringObject", type_check<&v8::Value::IsStringObject>},
    {"isSymbolObject", type_check<&v8::Value::IsSymbolObject>},
    {"isTypedArray", type_check<&v8::Value::IsTypedArray>},
    {"isUint16Array", type_check<&v8::Value::IsUint16Array>},
    {"isUint32Array", type_check<&v8::Value::IsUint32Array>},
    {"isUint8Array", type_check<&v8::Value::IsUint8Array>},
    {"isUint8ClampedArray", type_check<&v8::Value::IsUint8ClampedArray>},
    {"isWeakMap", type_check<&v8::Value::IsWeakMap>},
    {"isWeakSet", type_check<&v8::Value::IsWeakSet>},
};

}  // namespace

void fill_inspect(js::Env& env, v8::Local<v8::Object> internal) {
  define_function(env, internal, "promiseDetails", promise_details);
  define_function(env, internal, "proxyDetails", proxy_details);
  define_function(env, internal, "previewEntries", preview_entries);
  define_function(env, internal, "ownNonIndexProperties", own_non_index_properties);
}

void fill_types(js::Env& env, v8::Local<v8::Object> internal) {
  v8::Local<v8::Object> types = v8::Object::New(env.isolate());
  for (const TypeCheck& check : kTypeChecks)
    define_function(env, types, check.name, check.callback);
  internal->CreateDataProperty(env.context(), env.name("types"), types).Check();
}

}  // namespace skerry::node
