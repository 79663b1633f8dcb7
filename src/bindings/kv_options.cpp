#include "bindings/kv_options.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/json.h"

namespace skerry::bindings {

namespace {

constexpr int64_t expiry_seconds_min = 60;
constexpr int32_t cache_ttl_seconds_min = 30;

std::string_view call_name(KvCall call) {
  switch (call) {
    case KvCall::get: return "GET";
    case KvCall::get_bulk: return "GET_BULK";
    case KvCall::put: return "PUT";
    case KvCall::remove: return "DELETE";
  }
  return "";
}

js::Js<> check_length(KvCall call, size_t length) {
  if (length <= store::kv_key_bytes_max) return {};
  return kv_error(call, 414,
                  "UTF-8 encoded length of " + std::to_string(length) +
                      " exceeds key length limit of " + std::to_string(store::kv_key_bytes_max) +
                      ".");
}

// UTF-8 in which a lone surrogate stays what it is, so that two keys never become one. At most a
// little more than a key's limit is copied; the full length is given beside it.
js::Js<std::string> key_bytes(js::Env& env, v8::Local<v8::Value> value, KvCall call) {
  js::Js<v8::Local<v8::String>> text = js::to_string(env, value);
  if (!text) return js::pass(text);
  if (static_cast<size_t>((*text)->Length()) > store::kv_key_bytes_max) {
    js::Js<> fits = check_length(call, (*text)->Utf8LengthV2(env.isolate()));
    if (!fits) return js::pass(fits);
  }
  if ((*text)->IsOneByte()) return js::to_utf8(env.isolate(), *text);
  std::string bytes;
  bytes.resize_and_overwrite((*text)->Utf8LengthV2(env.isolate()), [&](char* data, size_t size) {
    return (*text)->WriteUtf8V2(env.isolate(), data, size);
  });
  return bytes;
}

// A member of a dictionary of options as a 32-bit integer, none when undefined. NaN and the
// infinities count as 0, fractions are cut.
js::Js<std::optional<int32_t>> integer_member(js::Env& env, v8::Local<v8::Value> dictionary,
                                              const char* key) {
  js::Js<v8::Local<v8::Value>> value = js::member(env, dictionary, key);
  if (!value) return js::pass(value);
  if ((*value)->IsUndefined()) return std::optional<int32_t>();
  double number = 0;
  if (!(*value)->NumberValue(env.context()).To(&number)) return js::already_thrown();
  if (!std::isfinite(number)) return std::optional<int32_t>(0);
  number = std::trunc(number);
  if (number < std::numeric_limits<int32_t>::min() ||
      number > std::numeric_limits<int32_t>::max()) {
    return js::type_error(
        "Value out of range. Must be between -2147483648 and 2147483647 (inclusive).");
  }
  return std::optional<int32_t>(static_cast<int32_t>(number));
}

// A member as text; empty when it is undefined or null.
js::Js<std::string> text_member(js::Env& env, v8::Local<v8::Value> dictionary, const char* key) {
  js::Js<v8::Local<v8::Value>> value = js::member(env, dictionary, key);
  if (!value) return js::pass(value);
  if ((*value)->IsNullOrUndefined()) return std::string();
  js::Js<v8::Local<v8::String>> text = js::to_string(env, *value);
  if (!text) return js::pass(text);
  return js::to_utf8(env.isolate(), *text);
}

v8::Local<v8::Value> value_or_undefined(js::Env& env, const OptionalValue& value) {
  return value ? *value : v8::Undefined(env.isolate()).As<v8::Value>();
}

// Checks that `options` is a dictionary, so that a number or a string there is an error.
js::Js<v8::Local<v8::Value>> dictionary(js::Env& env, const OptionalValue& options,
                                        const char* otherwise) {
  v8::Local<v8::Value> value = value_or_undefined(env, options);
  if (value->IsNullOrUndefined() || value->IsObject()) return value;
  return js::type_error(otherwise);
}

// The type's name; none for the default.
js::Js<std::optional<std::string>> read_type(js::Env& env, const OptionalValue& options,
                                             KvCall call) {
  v8::Local<v8::Value> value = value_or_undefined(env, options);
  if (value->IsNullOrUndefined()) return std::optional<std::string>();
  if (value->IsObject()) {
    js::Js<std::optional<int32_t>> cache_ttl = integer_member(env, value, "cacheTtl");
    if (!cache_ttl) return js::pass(cache_ttl);
    if (*cache_ttl && **cache_ttl < cache_ttl_seconds_min) {
      return kv_error(call, 400,
                      "Invalid cache_ttl of " + std::to_string(**cache_ttl) +
                          ". Cache TTL must be at least " + std::to_string(cache_ttl_seconds_min) +
                          ".");
    }
    js::Js<v8::Local<v8::Value>> type = js::member(env, value, "type");
    if (!type) return js::pass(type);
    if ((*type)->IsUndefined()) return std::optional<std::string>();
    value = *type;
  }
  js::Js<v8::Local<v8::String>> text = js::to_string(env, value);
  if (!text) return js::pass(text);
  return std::optional<std::string>(js::to_utf8(env.isolate(), *text));
}

js::Js<int64_t> read_expiry(js::Env& env, v8::Local<v8::Value> options, int64_t now_s) {
  js::Js<std::optional<int32_t>> at = integer_member(env, options, "expiration");
  if (!at) return js::pass(at);
  js::Js<std::optional<int32_t>> ttl = integer_member(env, options, "expirationTtl");
  if (!ttl) return js::pass(ttl);
  if (*ttl) {
    const std::string told = "Invalid expiration_ttl of " + std::to_string(**ttl);
    if (**ttl <= 0) {
      return kv_error(KvCall::put, 400, told + ". Please specify integer greater than 0.");
    }
    if (**ttl < expiry_seconds_min) {
      return kv_error(KvCall::put, 400, told + ". Expiration TTL must be at least 60.");
    }
    return now_s + **ttl;
  }
  if (!*at) return int64_t{0};
  const std::string told = "Invalid expiration of " + std::to_string(**at);
  if (**at <= now_s) {
    return kv_error(KvCall::put, 400,
                    told +
                        ". Please specify integer greater than the current number of seconds "
                        "since the UNIX epoch.");
  }
  if (**at < now_s + expiry_seconds_min) {
    return kv_error(KvCall::put, 400,
                    told + ". Expiration times must be at least 60 seconds in the future.");
  }
  return int64_t{**at};
}

js::Js<std::string> read_metadata(js::Env& env, v8::Local<v8::Value> options) {
  js::Js<v8::Local<v8::Value>> metadata = js::member(env, options, "metadata");
  if (!metadata) return js::pass(metadata);
  if ((*metadata)->IsNullOrUndefined()) return std::string();
  v8::Local<v8::String> json;
  if (!v8::JSON::Stringify(env.context(), *metadata).ToLocal(&json)) return js::already_thrown();
  // Functions and symbols have no JSON: V8 gives the text "undefined" for them.
  if ((*metadata)->IsFunction() || (*metadata)->IsSymbol()) {
    return js::type_error("KV put() metadata cannot be written as JSON.");
  }
  const size_t size = json->Utf8LengthV2(env.isolate());
  if (size > store::kv_metadata_bytes_max) {
    return kv_error(KvCall::put, 413,
                    "Metadata length of " + std::to_string(size) + " exceeds limit of " +
                        std::to_string(store::kv_metadata_bytes_max) + ".");
  }
  return js::to_utf8(env.isolate(), json);
}

}  // namespace

std::string kv_error_text(KvCall call, int status, std::string_view reason) {
  std::string text = "KV ";
  text += call_name(call);
  text += " failed: ";
  text += std::to_string(status);
  text += ' ';
  text += reason;
  return text;
}

std::unexpected<js::Throw> kv_error(KvCall call, int status, std::string_view reason) {
  return js::plain_error(kv_error_text(call, status, reason));
}

js::Throw kv_store_error(KvCall call, const Error& error) {
  int status = 500;
  std::string_view reason = "Internal Server Error";
  switch (error.code) {
    case Code::invalid: status = 400, reason = "Bad Request"; break;
    case Code::too_large: status = 413, reason = "Payload Too Large"; break;
    case Code::busy: status = 429, reason = "Too Many Requests"; break;
    case Code::full: status = 507, reason = "Insufficient Storage"; break;
    case Code::closed: status = 503, reason = "Service Unavailable"; break;
    default: break;
  }
  return {js::Throw::Kind::error, "", kv_error_text(call, status, reason)};
}

js::Js<std::string> read_kv_key(js::Env& env, v8::Local<v8::Value> value, KvCall call) {
  js::Js<std::string> key = key_bytes(env, value, call);
  if (!key) return key;
  if (key->empty()) return js::type_error("Key name cannot be empty.");
  if (*key == "." || *key == "..") {
    return js::type_error('"' + *key + "\" is not allowed as a key name.");
  }
  js::Js<> fits = check_length(call, key->size());
  if (!fits) return js::pass(fits);
  if (find_invalid_utf8(*key) != std::string_view::npos) {
    return kv_error(call, 400, "Could not URL-decode key name");
  }
  return key;
}

js::Js<std::vector<std::string>> read_kv_keys(js::Env& env, v8::Local<v8::Array> array) {
  constexpr KvCall call = KvCall::get_bulk;
  const uint32_t count = array->Length();
  if (count == 0) return kv_error(call, 400, "You must request a minimum of 1 key");
  if (count > store::kv_get_many_keys_max) {
    return kv_error(
        call, 400,
        "You can request a maximum of " + std::to_string(store::kv_get_many_keys_max) + " keys");
  }
  std::vector<std::string> keys;
  for (uint32_t i = 0; i < count; ++i) {
    v8::Local<v8::Value> item;
    if (!array->Get(env.context(), i).ToLocal(&item)) return js::already_thrown();
    js::Js<std::string> key = key_bytes(env, item, call);
    if (!key) return js::pass(key);
    if (key->empty()) return kv_error(call, 400, "Key names must not be empty");
    if (*key == "." || *key == "..") {
      return kv_error(call, 400, "Illegal key name \"" + *key + "\". Please use a different name.");
    }
    js::Js<> fits = check_length(call, key->size());
    if (!fits) return js::pass(fits);
    if (find_invalid_utf8(*key) != std::string_view::npos) {
      return kv_error(call, 400, "Could not URL-decode key name");
    }
    if (std::find(keys.begin(), keys.end(), *key) == keys.end()) keys.push_back(std::move(*key));
  }
  return keys;
}

js::Js<KvType> read_kv_get_options(js::Env& env, const OptionalValue& options) {
  if (!options || (*options)->IsUndefined()) return KvType::text;
  js::Js<std::optional<std::string>> type = read_type(env, options, KvCall::get);
  if (!type) return js::pass(type);
  if (!*type || **type == "text") return KvType::text;
  if (**type == "json") return KvType::json;
  if (**type == "arrayBuffer") return KvType::array_buffer;
  if (**type == "stream") return KvType::stream;
  return KvType::unknown;
}

js::Js<KvType> read_kv_bulk_options(js::Env& env, const OptionalValue& options) {
  js::Js<std::optional<std::string>> type = read_type(env, options, KvCall::get_bulk);
  if (!type) return js::pass(type);
  if (!*type || (*type)->empty() || **type == "text") return KvType::text;
  if (**type == "json") return KvType::json;
  return kv_error(KvCall::get_bulk, 400,
                  '"' + **type + "\" is not a valid type. Use \"json\" or \"text\"");
}

js::Js<store::KvListOptions> read_kv_list_options(js::Env& env, const OptionalValue& options) {
  js::Js<v8::Local<v8::Value>> given =
      dictionary(env, options,
                 "Failed to execute 'list' on 'KvNamespace': parameter 1 is not of type "
                 "'ListOptions'.");
  if (!given) return js::pass(given);
  store::KvListOptions read;
  js::Js<std::optional<int32_t>> limit = integer_member(env, *given, "limit");
  if (!limit) return js::pass(limit);
  js::Js<std::string> prefix = text_member(env, *given, "prefix");
  if (!prefix) return js::pass(prefix);
  js::Js<std::string> cursor = text_member(env, *given, "cursor");
  if (!cursor) return js::pass(cursor);
  // 0 and less mean the default, as in workerd.
  if (*limit && **limit > 0) {
    if (static_cast<size_t>(**limit) > store::kv_list_limit_max) {
      return kv_error(KvCall::get, 400,
                      "Invalid key_count_limit of " + std::to_string(**limit) +
                          ". Please specify an integer less than 1000.");
    }
    read.limit = static_cast<size_t>(**limit);
  }
  js::Js<> fits = check_length(KvCall::get, prefix->size());
  if (!fits) return js::pass(fits);
  read.prefix = std::move(*prefix);
  read.cursor = std::move(*cursor);
  return read;
}

js::Js<store::KvPutOptions> read_kv_put_options(js::Env& env, const OptionalValue& options,
                                                int64_t now_s) {
  js::Js<v8::Local<v8::Value>> given =
      dictionary(env, options,
                 "Failed to execute 'put' on 'KvNamespace': parameter 3 is not of type "
                 "'PutOptions'.");
  if (!given) return js::pass(given);
  store::KvPutOptions read;
  if ((*given)->IsNullOrUndefined()) return read;
  js::Js<int64_t> expiry = read_expiry(env, *given, now_s);
  if (!expiry) return js::pass(expiry);
  js::Js<std::string> metadata = read_metadata(env, *given);
  if (!metadata) return js::pass(metadata);
  read.expires_at_s = *expiry;
  read.metadata_json = std::move(*metadata);
  return read;
}

js::Js<> check_kv_value_size(size_t size) {
  if (size <= store::kv_value_bytes_max) return {};
  return kv_error(KvCall::put, 413,
                  "Value length of " + std::to_string(size) + " exceeds limit of " +
                      std::to_string(store::kv_value_bytes_max) + ".");
}

js::Js<std::optional<Bytes>> read_kv_value(js::Env& env, v8::Local<v8::Value> value) {
  if (std::optional<std::span<uint8_t>> buffer = js::buffer_source(value)) {
    js::Js<> fits = check_kv_value_size(buffer->size());
    if (!fits) return js::pass(fits);
    return Bytes::copy_of(buffer->data(), buffer->size());
  }
  if (value->IsObject()) return std::optional<Bytes>();
  js::Js<v8::Local<v8::String>> text = js::to_string(env, value);
  if (!text) return js::pass(text);
  const size_t size = (*text)->Utf8LengthV2(env.isolate());
  js::Js<> fits = check_kv_value_size(size);
  if (!fits) return js::pass(fits);
  Bytes bytes = Bytes::allocate(size);
  if (bytes.size() == size && size != 0) {
    (*text)->WriteUtf8V2(env.isolate(), reinterpret_cast<char*>(bytes.data()), size,
                         v8::String::WriteFlags::kReplaceInvalidUtf8);
  }
  return std::optional<Bytes>(std::move(bytes));
}

}  // namespace skerry::bindings
