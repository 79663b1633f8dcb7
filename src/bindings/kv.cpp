#include "bindings/kv.h"

#include "bindings/kv_operation.h"
#include "bindings/kv_stream.h"
#include "js/method.h"

namespace skerry::bindings {

// What a read resolves with.
struct KvNamespace::Form {
  KvType type = KvType::text;
  bool with_metadata = false;
};

namespace {

using Value = v8::Local<v8::Value>;

void describe(js::ClassTable& table) {
  table.promise_method<&KvNamespace::get>(
      "get", "(key: string | string[], options?: string | object): Promise<any>");
  table.promise_method<&KvNamespace::list>("list", "(options?: object): Promise<object>");
  table.promise_method<&KvNamespace::put>(
      "put", "(key: string, value: any, options?: object): Promise<void>");
  table.promise_method<&KvNamespace::get_with_metadata>(
      "getWithMetadata", "(key: string | string[], options?: string | object): Promise<any>");
  table.promise_method<&KvNamespace::remove>("delete", "(key: string): Promise<void>");
}

void set(js::Env& env, v8::Local<v8::Object> object, const char* key, Value value) {
  (void)object->CreateDataProperty(env.context(), env.name(key), value);
}

// Damaged metadata reads as none.
Value metadata_value(js::Env& env, std::string_view json) {
  if (json.empty()) return v8::Null(env.isolate());
  v8::TryCatch caught(env.isolate());
  Value value;
  if (v8::JSON::Parse(env.context(), js::from_utf8(env.isolate(), json)).ToLocal(&value)) {
    return value;
  }
  return v8::Null(env.isolate());
}

js::Js<Value> data_value(js::Env& env, const store::KvValuePtr& value, KvType type) {
  v8::Isolate* isolate = env.isolate();
  const std::string_view bytes = value->data.view();
  switch (type) {
    case KvType::text: return js::from_utf8(isolate, bytes).As<v8::Value>();
    case KvType::json: {
      Value parsed;
      if (!v8::JSON::Parse(env.context(), js::from_utf8(isolate, bytes)).ToLocal(&parsed)) {
        return js::already_thrown();
      }
      return parsed;
    }
    case KvType::array_buffer: {
      // Memory of the isolate's own allocator, so that it counts against the worker's limit.
      std::unique_ptr<v8::BackingStore> store = v8::ArrayBuffer::NewBackingStore(
          isolate, bytes.size(), v8::BackingStoreInitializationMode::kZeroInitialized,
          v8::BackingStoreOnFailureMode::kReturnNull);
      if (store == nullptr) return js::range_error("Array buffer allocation failed");
      if (!bytes.empty()) std::memcpy(store->Data(), bytes.data(), bytes.size());
      return v8::ArrayBuffer::New(isolate, std::move(store)).As<v8::Value>();
    }
    case KvType::stream: return make_kv_stream(env, value);
    case KvType::unknown: break;
  }
  return js::type_error(
      "Unknown response type. Possible types are \"text\", \"arrayBuffer\", \"json\", and "
      "\"stream\".");
}

js::Js<Value> read_value(js::Env& env, const store::KvValuePtr& value, KvType type,
                         bool with_metadata) {
  Value data = v8::Null(env.isolate());
  if (value != nullptr) {
    js::Js<Value> made = data_value(env, value, type);
    if (!made) return made;
    data = *made;
  }
  if (!with_metadata) return data;
  v8::Local<v8::Object> result = v8::Object::New(env.isolate());
  set(env, result, "value", data);
  set(env, result, "metadata",
      metadata_value(env, value == nullptr ? std::string_view() : value->metadata_json));
  set(env, result, "cacheStatus", v8::Null(env.isolate()));
  return result.As<v8::Value>();
}

js::Js<Value> bulk_item(js::Env& env, const store::KvValuePtr& value, KvType type,
                        bool with_metadata) {
  if (value == nullptr) return Value(v8::Null(env.isolate()));
  v8::TryCatch caught(env.isolate());
  js::Js<Value> data = data_value(env, value, type);
  if (!data) {
    if (caught.HasTerminated()) return data;
    return kv_error(KvCall::get_bulk, 400,
                    "At least one of the requested keys corresponds to a non-json value");
  }
  if (!with_metadata) return data;
  v8::Local<v8::Object> item = v8::Object::New(env.isolate());
  set(env, item, "value", *data);
  set(env, item, "metadata", metadata_value(env, value->metadata_json));
  return item.As<v8::Value>();
}

js::Js<Value> bulk_map(js::Env& env, const std::vector<std::string>& keys,
                       const std::vector<store::KvValuePtr>& values, KvType type,
                       bool with_metadata) {
  size_t total = 0;
  for (const store::KvValuePtr& value : values) {
    if (value != nullptr) total += value->data.size();
  }
  if (total > store::kv_value_bytes_max) {
    return kv_error(KvCall::get_bulk, 413, "Total size of request exceeds the limit of 25MB");
  }
  v8::Local<v8::Map> map = v8::Map::New(env.isolate());
  for (size_t i = 0; i < keys.size(); ++i) {
    js::Js<Value> item = bulk_item(env, values[i], type, with_metadata);
    if (!item) return item;
    if (map->Set(env.context(), js::from_utf8(env.isolate(), keys[i]), *item).IsEmpty()) {
      return js::already_thrown();
    }
  }
  return map.As<v8::Value>();
}

js::Js<Value> list_result(js::Env& env, const store::KvPage& page) {
  v8::Isolate* isolate = env.isolate();
  std::vector<Value> keys;
  keys.reserve(page.keys.size());
  for (const store::KvListedKey& listed : page.keys) {
    v8::Local<v8::Object> key = v8::Object::New(isolate);
    set(env, key, "name", js::from_utf8(isolate, listed.name));
    if (listed.expires_at_s != 0) {
      set(env, key, "expiration",
          v8::Number::New(isolate, static_cast<double>(listed.expires_at_s)));
    }
    if (!listed.metadata_json.empty()) {
      set(env, key, "metadata", metadata_value(env, listed.metadata_json));
    }
    keys.push_back(key);
  }
  v8::Local<v8::Object> result = v8::Object::New(isolate);
  set(env, result, "keys", v8::Array::New(isolate, keys.data(), keys.size()));
  set(env, result, "list_complete", v8::Boolean::New(isolate, page.list_complete));
  if (!page.list_complete) set(env, result, "cursor", js::from_utf8(isolate, page.cursor));
  set(env, result, "cacheStatus", v8::Null(isolate));
  return result.As<v8::Value>();
}

// Resolving looks for `then`, which may be a getter that never returns and is terminated.
js::Js<v8::Local<v8::Promise>> resolved_with(js::Env& env, Value value) {
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(env.context()).ToLocal(&resolver) ||
      resolver->Resolve(env.context(), value).IsNothing()) {
    return js::already_thrown();
  }
  return resolver->GetPromise();
}

}  // namespace

const js::ClassInfo KvNamespace::info{
    .name = "KvNamespace", .describe = describe, .exposed = false};

void KvOperation::fail_with(const Error& error) {
  // A cursor is the one thing a store can refuse that was not checked before it was asked.
  const bool forged_cursor = call_ == KvCall::get && error.code == Code::invalid;
  if (forged_cursor) {
    return reject({js::Throw::Kind::error, "", kv_error_text(call_, 400, "Invalid cursor.")});
  }
  // Being busy is the tenant's own doing as a rule, and would fill the log at the rate of its
  // calls.
  if (error.code != Code::busy) {
    context().services().log.event(observe::Level::error, "",
                                   kv_store_error(call_, error).message + ": " + error.chain());
  }
  reject(kv_store_error(call_, error));
}

js::Js<v8::Local<v8::Promise>> start_kv_put(js::Env& env, context::RequestContext& context,
                                            store::KvNamespace& kv, std::string key, Bytes value,
                                            store::KvPutOptions options) {
  auto* operation = new KvOperation(context, env, KvCall::put);
  v8::Local<v8::Promise> promise = operation->promise(env.isolate());
  kv.put(std::move(key), std::move(value), std::move(options),
         operation->done<void>([](js::Env& in) -> js::Js<Value> {
           return v8::Undefined(in.isolate()).As<v8::Value>();
         }));
  return promise;
}

js::Js<context::RequestContext*> KvNamespace::begin(js::Env& env, const char* what) {
  js::Js<context::RequestContext*> context = context::require_current(env, what);
  if (!context) return context;
  js::Js<> counted = calls_->count(**context);
  if (!counted) return js::pass(counted);
  return context;
}

js::Js<v8::Local<v8::Promise>> KvNamespace::get(js::Env& env, Value key, OptionalValue options) {
  if (key->IsArray()) return read_many(env, key.As<v8::Array>(), options, {});
  return read(env, key, options, {});
}

js::Js<v8::Local<v8::Promise>> KvNamespace::get_with_metadata(js::Env& env, Value key,
                                                              OptionalValue options) {
  const Form form{.with_metadata = true};
  if (key->IsArray()) return read_many(env, key.As<v8::Array>(), options, form);
  return read(env, key, options, form);
}

js::Js<v8::Local<v8::Promise>> KvNamespace::read(js::Env& env, Value key,
                                                 const OptionalValue& options, Form form) {
  js::Js<std::string> name = read_kv_key(env, key, KvCall::get);
  if (!name) return js::pass(name);
  js::Js<KvType> type = read_kv_get_options(env, options);
  if (!type) return js::pass(type);
  form.type = *type;
  js::Js<context::RequestContext*> context = begin(env, "KV get()");
  if (!context) return js::pass(context);
  if (std::optional<store::KvValuePtr> cached = kv_->get_cached(*name)) {
    js::Js<Value> value = read_value(env, *cached, form.type, form.with_metadata);
    if (!value) return js::pass(value);
    return resolved_with(env, *value);
  }
  auto* operation = new KvOperation(**context, env, KvCall::get);
  v8::Local<v8::Promise> promise = operation->promise(env.isolate());
  kv_->get(std::move(*name),
           operation->done<store::KvValuePtr>([form](js::Env& in, store::KvValuePtr& value) {
             return read_value(in, value, form.type, form.with_metadata);
           }));
  return promise;
}

js::Js<v8::Local<v8::Promise>> KvNamespace::read_many(js::Env& env, v8::Local<v8::Array> array,
                                                      const OptionalValue& options, Form form) {
  js::Js<std::vector<std::string>> keys = read_kv_keys(env, array);
  if (!keys) return js::pass(keys);
  js::Js<KvType> type = read_kv_bulk_options(env, options);
  if (!type) return js::pass(type);
  form.type = *type;
  js::Js<context::RequestContext*> context = begin(env, "KV get()");
  if (!context) return js::pass(context);
  auto* operation = new KvOperation(**context, env, KvCall::get_bulk);
  v8::Local<v8::Promise> promise = operation->promise(env.isolate());
  std::vector<std::string> asked = *keys;
  kv_->get_many(
      std::move(asked),
      operation->done<std::vector<store::KvValuePtr>>(
          [form, keys = std::move(*keys)](js::Env& in, std::vector<store::KvValuePtr>& values) {
            return bulk_map(in, keys, values, form.type, form.with_metadata);
          }));
  return promise;
}

js::Js<v8::Local<v8::Promise>> KvNamespace::list(js::Env& env, OptionalValue options) {
  js::Js<store::KvListOptions> asked = read_kv_list_options(env, options);
  if (!asked) return js::pass(asked);
  js::Js<context::RequestContext*> context = begin(env, "KV list()");
  if (!context) return js::pass(context);
  auto* operation = new KvOperation(**context, env, KvCall::get);
  v8::Local<v8::Promise> promise = operation->promise(env.isolate());
  kv_->list(std::move(*asked), operation->done<store::KvPage>([](js::Env& in, store::KvPage& page) {
    return list_result(in, page);
  }));
  return promise;
}

js::Js<v8::Local<v8::Promise>> KvNamespace::put(js::Env& env, Value key, Value value,
                                                OptionalValue options) {
  js::Js<std::string> name = read_kv_key(env, key, KvCall::put);
  if (!name) return js::pass(name);
  js::Js<context::RequestContext*> context = begin(env, "KV put()");
  if (!context) return js::pass(context);
  const auto now_s = static_cast<int64_t>((*context)->services().wall_clock_ms() / 1000);
  js::Js<store::KvPutOptions> asked = read_kv_put_options(env, options, now_s);
  if (!asked) return js::pass(asked);
  js::Js<std::optional<Bytes>> bytes = read_kv_value(env, value);
  if (!bytes) return js::pass(bytes);
  if (*bytes) {
    return start_kv_put(env, **context, *kv_, std::move(*name), std::move(**bytes),
                        std::move(*asked));
  }
  if (is_readable_stream(env, value)) {
    return put_kv_stream(env, **context, kv_, calls_, std::move(*name), std::move(*asked), value);
  }
  return js::type_error(
      "KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as "
      "values.");
}

js::Js<v8::Local<v8::Promise>> KvNamespace::remove(js::Env& env, Value key) {
  js::Js<std::string> name = read_kv_key(env, key, KvCall::remove);
  if (!name) return js::pass(name);
  js::Js<context::RequestContext*> context = begin(env, "KV delete()");
  if (!context) return js::pass(context);
  auto* operation = new KvOperation(**context, env, KvCall::remove);
  v8::Local<v8::Promise> promise = operation->promise(env.isolate());
  kv_->remove(std::move(*name), operation->done<void>([](js::Env& in) -> js::Js<Value> {
    return v8::Undefined(in.isolate()).As<v8::Value>();
  }));
  return promise;
}

}  // namespace skerry::bindings
