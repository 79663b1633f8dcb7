// What scripts pass to KV, read and checked, with the errors they see. Texts and classes are those
// of workerd and miniflare, so that code which looks at them goes on working.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "js/convert.h"
#include "store/kv.h"

namespace skerry::bindings {

// The call as it is named in "KV GET failed: 400 …".
enum class KvCall : uint8_t { get, get_bulk, put, remove };

std::string kv_error_text(KvCall call, int status, std::string_view reason);
std::unexpected<js::Throw> kv_error(KvCall call, int status, std::string_view reason);
// What a script sees of a store's failure; its details are for the log.
js::Throw kv_store_error(KvCall call, const Error& error);

// A valid key as UTF-8.
js::Js<std::string> read_kv_key(js::Env& env, v8::Local<v8::Value> value, KvCall call);
// The keys of a bulk get: 1 to 100, each once, in the order given.
js::Js<std::vector<std::string>> read_kv_keys(js::Env& env, v8::Local<v8::Array> array);

enum class KvType : uint8_t { text, json, array_buffer, stream, unknown };

using OptionalValue = std::optional<v8::Local<v8::Value>>;

// The second argument of get(): a type, or { type, cacheTtl }. An unknown type is an error only
// where there is a value to convert. cacheTtl is checked and has no further meaning: reads are
// never older than the last write.
js::Js<KvType> read_kv_get_options(js::Env& env, const OptionalValue& options);
// The same for bulk gets, which know text and json.
js::Js<KvType> read_kv_bulk_options(js::Env& env, const OptionalValue& options);

js::Js<store::KvListOptions> read_kv_list_options(js::Env& env, const OptionalValue& options);

// { expiration, expirationTtl, metadata } with the expiry made absolute.
js::Js<store::KvPutOptions> read_kv_put_options(js::Env& env, const OptionalValue& options,
                                                int64_t now_s);
// A value that is not a stream; none when it is an object that is neither a buffer nor a view.
js::Js<std::optional<Bytes>> read_kv_value(js::Env& env, v8::Local<v8::Value> value);
js::Js<> check_kv_value_size(size_t size);

}  // namespace skerry::bindings
