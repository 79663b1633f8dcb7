#include "web/crypto/subtle_crypto.h"

#include <cmath>

#include "context/request_context.h"
#include "js/method.h"
#include "types/ascii.h"
#include "types/base64.h"

namespace skerry::web {

namespace {

using Value = SubtleCrypto::Value;

void describe(js::ClassTable& t) {
  t.promise_method<&SubtleCrypto::digest>("digest",
                                          "(algorithm: string | { name: string }, data: "
                                          "ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer>");
  t.promise_method<&SubtleCrypto::generate_key>(
      "generateKey",
      "(algorithm: any, extractable: boolean, keyUsages: string[]): Promise<CryptoKey>");
  t.promise_method<&SubtleCrypto::import_key>(
      "importKey",
      "(format: string, keyData: any, algorithm: any, extractable: boolean, "
      "keyUsages: string[]): Promise<CryptoKey>");
  t.promise_method<&SubtleCrypto::export_key>("exportKey",
                                              "(format: string, key: CryptoKey): Promise<any>");
  t.promise_method<&SubtleCrypto::sign>("sign",
                                        "(algorithm: any, key: CryptoKey, data: ArrayBuffer | "
                                        "ArrayBufferView): Promise<ArrayBuffer>");
  t.promise_method<&SubtleCrypto::verify>(
      "verify",
      "(algorithm: any, key: CryptoKey, signature: ArrayBuffer | ArrayBufferView, "
      "data: ArrayBuffer | ArrayBufferView): Promise<boolean>");
  t.method<&SubtleCrypto::timing_safe_equal>(
      "timingSafeEqual",
      "(a: ArrayBuffer | ArrayBufferView, b: ArrayBuffer | ArrayBufferView): boolean");
}

js::Js<std::span<const uint8_t>> bytes_of(Value value) {
  std::optional<std::span<uint8_t>> bytes = js::buffer_source(value);
  if (!bytes || value->IsSharedArrayBuffer())
    return js::type_error("The provided value is not of type 'ArrayBuffer' or 'ArrayBufferView'.");
  return std::span<const uint8_t>(*bytes);
}

std::unexpected<js::Throw> unrecognized(const std::string& name) {
  return js::dom_error("NotSupportedError",
                       "Unrecognized algorithm name '" + name.substr(0, 64) + "'.");
}

// https://w3c.github.io/webcrypto/#algorithm-normalization-normalize-an-algorithm: the name alone.
js::Js<std::string> algorithm_name(js::Env& env, Value algorithm) {
  Value name = algorithm;
  if (algorithm->IsObject()) {
    js::Js<Value> member = js::member(env, algorithm, "name");
    if (!member) return js::pass(member);
    if ((*member)->IsUndefined()) return js::type_error("Algorithm: name: Missing or not a string");
    name = *member;
  }
  js::Js<v8::Local<v8::String>> text = js::to_string(env, name);
  if (!text) return js::pass(text);
  return js::to_utf8(env.isolate(), *text);
}

js::Js<Hash> hash_algorithm(js::Env& env, Value algorithm) {
  js::Js<std::string> name = algorithm_name(env, algorithm);
  if (!name) return js::pass(name);
  std::optional<Hash> hash = find_hash(*name);
  if (!hash) return unrecognized(*name);
  return *hash;
}

js::Js<> expect_hmac(js::Env& env, Value algorithm) {
  js::Js<std::string> name = algorithm_name(env, algorithm);
  if (!name) return js::pass(name);
  if (!types::equals_ascii_case(*name, "HMAC")) return unrecognized(*name);
  return {};
}

struct HmacParams {
  Hash hash;
  std::optional<uint32_t> length;  // bits
};

// https://w3c.github.io/webcrypto/#HmacKeyGenParams-dictionary and HmacImportParams
js::Js<HmacParams> hmac_params(js::Env& env, Value algorithm) {
  js::Js<> is_hmac = expect_hmac(env, algorithm);
  if (!is_hmac) return js::pass(is_hmac);
  if (!algorithm->IsObject())
    return js::type_error("HmacParams: hash: Missing or not an AlgorithmIdentifier");
  js::Js<Value> hash_value = js::member(env, algorithm, "hash");
  if (!hash_value) return js::pass(hash_value);
  if ((*hash_value)->IsUndefined())
    return js::type_error("HmacParams: hash: Missing or not an AlgorithmIdentifier");
  js::Js<Hash> hash = hash_algorithm(env, *hash_value);
  if (!hash) return js::pass(hash);
  if (*hash == Hash::md5) return unrecognized("MD5");
  HmacParams params{*hash, std::nullopt};
  js::Js<Value> length = js::member(env, algorithm, "length");
  if (!length) return js::pass(length);
  if ((*length)->IsUndefined()) return params;
  js::Js<js::EnforcedUint64> bits = js::FromJs<js::EnforcedUint64>::get(env, *length);
  if (!bits) return js::pass(bits);
  if (bits->value > UINT32_MAX)
    return js::type_error("HmacParams: length: is outside of the accepted range.");
  params.length = static_cast<uint32_t>(bits->value);
  return params;
}

// HMAC keys sign and verify, and a secret key without a usage is of no use.
js::Js<KeyUsages> hmac_usages(js::Env& env, Value names) {
  js::Js<KeyUsages> usages = read_usages(env, names);
  if (!usages) return usages;
  if ((*usages & ~(kSign | kVerify)) != 0)
    return js::dom_error("SyntaxError", "Cannot create a key using the specified key usages.");
  return usages;
}

enum class Format : uint8_t { raw, jwk };

// https://w3c.github.io/webcrypto/#dfn-KeyFormat
js::Js<Format> key_format(js::Env& env, v8::Local<v8::String> text) {
  const std::string name = js::to_utf8(env.isolate(), text);
  if (name == "raw") return Format::raw;
  if (name == "jwk") return Format::jwk;
  if (name == "spki" || name == "pkcs8")
    return js::dom_error("NotSupportedError", "HMAC keys have no format '" + name + "'.");
  return js::type_error("'" + name.substr(0, 64) + "' is not a valid key format.");
}

js::Js<std::optional<std::string>> text_member(js::Env& env, Value object, const char* key) {
  js::Js<Value> value = js::member(env, object, key);
  if (!value) return js::pass(value);
  if ((*value)->IsUndefined()) return std::optional<std::string>();
  js::Js<v8::Local<v8::String>> text = js::to_string(env, *value);
  if (!text) return js::pass(text);
  return std::optional<std::string>(js::to_utf8(env.isolate(), *text));
}

std::string jwk_algorithm(Hash hash) {
  const std::string_view name = hash_name(hash);
  return "HS" + std::string(name.substr(name.find('-') + 1));
}

std::unexpected<js::Throw> data_error(const char* text) {
  return js::dom_error("DataError", text);
}

// https://w3c.github.io/webcrypto/#hmac-operations-import-key, format jwk
js::Js<std::string> secret_of_jwk(js::Env& env, Value jwk, Hash hash, KeyUsages usages,
                                  CryptoKey::Extractable extractable) {
  auto key_type = text_member(env, jwk, "kty");
  if (!key_type) return js::pass(key_type);
  if (*key_type != "oct") return data_error("The JWK member 'kty' is not 'oct'.");
  auto secret = text_member(env, jwk, "k");
  if (!secret) return js::pass(secret);
  std::optional<std::string> bytes;
  if (*secret) bytes = types::base64url_decode(**secret);
  if (!bytes) return data_error("The JWK member 'k' is missing or not base64url.");
  auto name = text_member(env, jwk, "alg");
  if (!name) return js::pass(name);
  if (*name && *name != jwk_algorithm(hash))
    return data_error("The JWK member 'alg' does not fit the hash.");
  auto use = text_member(env, jwk, "use");
  if (!use) return js::pass(use);
  if (usages != 0 && *use && *use != "sig") return data_error("The JWK member 'use' is not 'sig'.");
  js::Js<Value> operations = js::member(env, jwk, "key_ops");
  if (!operations) return js::pass(operations);
  if (!(*operations)->IsUndefined()) {
    js::Js<KeyUsages> allowed = read_usages(env, *operations);
    if (!allowed) return js::pass(allowed);
    if ((usages & ~*allowed) != 0)
      return data_error("The JWK member 'key_ops' lacks a requested usage.");
  }
  js::Js<Value> exportable = js::member(env, jwk, "ext");
  if (!exportable) return js::pass(exportable);
  if (!(*exportable)->IsUndefined() && !(*exportable)->BooleanValue(env.isolate()) &&
      extractable == CryptoKey::Extractable::yes)
    return data_error("The JWK member 'ext' forbids an extractable key.");
  return std::move(*bytes);
}

SubtleCrypto::Promise fulfilled_bytes(js::Env& env, const std::optional<std::string>& bytes) {
  if (!bytes) return js::dom_error("OperationError", "The operation failed.");
  return js::resolved(env, js::to_array_buffer(env.isolate(), Bytes::copy_of(*bytes)));
}

js::Js<> check_key(const CryptoKey& key, KeyUsages usage, const char* what) {
  if ((key.usage_set() & usage) == 0)
    return js::dom_error("InvalidAccessError",
                         std::string("The key does not allow the usage '") + what + "'.");
  return {};
}

CryptoKey::Extractable as_extractable(bool yes) {
  return yes ? CryptoKey::Extractable::yes : CryptoKey::Extractable::no;
}

}  // namespace

const js::ClassInfo SubtleCrypto::info{
    .name = "SubtleCrypto", .parent = nullptr, .describe = describe};

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-digest
SubtleCrypto::Promise SubtleCrypto::digest(js::Env& env, Value algorithm, Value data) {
  js::Js<Hash> hash = hash_algorithm(env, algorithm);
  if (!hash) return js::pass(hash);
  js::Js<std::span<const uint8_t>> bytes = bytes_of(data);
  if (!bytes) return js::pass(bytes);
  return fulfilled_bytes(env, web::digest(*hash, *bytes));
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-generateKey
SubtleCrypto::Promise SubtleCrypto::generate_key(js::Env& env, Value algorithm, bool extractable,
                                                 Value usages) {
  js::Js<context::RequestContext*> context =
      context::require_current(env, "crypto.subtle.generateKey()");
  if (!context) return js::pass(context);
  js::Js<HmacParams> params = hmac_params(env, algorithm);
  if (!params) return js::pass(params);
  js::Js<KeyUsages> allowed = hmac_usages(env, usages);
  if (!allowed) return js::pass(allowed);
  if (*allowed == 0) return js::dom_error("SyntaxError", "A secret key needs at least one usage.");
  const uint32_t bits = params->length.value_or(block_bits(params->hash));
  constexpr uint32_t kBitsMax = 1u << 20;
  if (bits == 0 || bits > kBitsMax)
    return js::dom_error("OperationError", "The key length is not possible.");
  std::string secret((bits + 7) / 8, '\0');
  (*context)->services().fill_random({reinterpret_cast<uint8_t*>(secret.data()), secret.size()});
  if (bits % 8 != 0) secret.back() = static_cast<char>(secret.back() & (0xff << (8 - bits % 8)));
  return js::resolved(env,
                      env.wrap(std::make_unique<CryptoKey>(params->hash, std::move(secret), bits,
                                                           as_extractable(extractable), *allowed)));
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey
SubtleCrypto::Promise SubtleCrypto::import_key(js::Env& env, v8::Local<v8::String> format_name,
                                               Value key_data, Value algorithm, bool extractable,
                                               Value usages) {
  js::Js<HmacParams> params = hmac_params(env, algorithm);
  if (!params) return js::pass(params);
  js::Js<Format> format = key_format(env, format_name);
  if (!format) return js::pass(format);
  js::Js<KeyUsages> allowed = hmac_usages(env, usages);
  if (!allowed) return js::pass(allowed);
  std::string secret;
  if (*format == Format::raw) {
    js::Js<std::span<const uint8_t>> bytes = bytes_of(key_data);
    if (!bytes) return js::pass(bytes);
    secret.assign(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  } else {
    if (!key_data->IsObject() || js::buffer_source(key_data))
      return js::type_error("The key data of a JWK is not of type 'JsonWebKey'.");
    js::Js<std::string> bytes =
        secret_of_jwk(env, key_data, params->hash, *allowed, as_extractable(extractable));
    if (!bytes) return js::pass(bytes);
    secret = std::move(*bytes);
  }
  // https://w3c.github.io/webcrypto/#hmac-operations-import-key, steps 4 to 7
  uint64_t bits = uint64_t{secret.size()} * 8;
  if (bits == 0) return data_error("The key is empty.");
  if (bits > UINT32_MAX) return data_error("The key is too long.");
  if (params->length) {
    if (*params->length > bits || *params->length + uint64_t{8} <= bits)
      return data_error("The length does not fit the key.");
    bits = *params->length;
    if (bits % 8 != 0) secret.back() = static_cast<char>(secret.back() & (0xff << (8 - bits % 8)));
  }
  if (*allowed == 0) return js::dom_error("SyntaxError", "A secret key needs at least one usage.");
  return js::resolved(env, env.wrap(std::make_unique<CryptoKey>(
                               params->hash, std::move(secret), static_cast<uint32_t>(bits),
                               as_extractable(extractable), *allowed)));
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey
SubtleCrypto::Promise SubtleCrypto::export_key(js::Env& env, v8::Local<v8::String> format_name,
                                               CryptoKey& key) {
  js::Js<Format> format = key_format(env, format_name);
  if (!format) return js::pass(format);
  if (!key.is_extractable())
    return js::dom_error("InvalidAccessError", "The key is not extractable.");
  if (*format == Format::raw) return fulfilled_bytes(env, key.secret());
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Object> jwk = v8::Object::New(isolate);
  auto set = [&](const char* name, Value value) {
    return jwk->CreateDataProperty(env.context(), env.name(name), value).IsJust();
  };
  if (!set("kty", env.name("oct")) ||
      !set("k", js::from_latin1(isolate, types::base64url_encode(key.secret()))) ||
      !set("alg", js::from_latin1(isolate, jwk_algorithm(key.hash()))) ||
      !set("key_ops", usages_array(env, key.usage_set())) || !set("ext", v8::True(isolate)))
    return js::already_thrown();
  return js::resolved(env, jwk);
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-sign
SubtleCrypto::Promise SubtleCrypto::sign(js::Env& env, Value algorithm, CryptoKey& key,
                                         Value data) {
  js::Js<> is_hmac = expect_hmac(env, algorithm);
  if (!is_hmac) return js::pass(is_hmac);
  js::Js<> allowed = check_key(key, kSign, "sign");
  if (!allowed) return js::pass(allowed);
  js::Js<std::span<const uint8_t>> bytes = bytes_of(data);
  if (!bytes) return js::pass(bytes);
  return fulfilled_bytes(env, hmac(key.hash(), key.secret(), *bytes));
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-verify
SubtleCrypto::Promise SubtleCrypto::verify(js::Env& env, Value algorithm, CryptoKey& key,
                                           Value signature, Value data) {
  js::Js<> is_hmac = expect_hmac(env, algorithm);
  if (!is_hmac) return js::pass(is_hmac);
  js::Js<> allowed = check_key(key, kVerify, "verify");
  if (!allowed) return js::pass(allowed);
  js::Js<std::span<const uint8_t>> given = bytes_of(signature);
  if (!given) return js::pass(given);
  js::Js<std::span<const uint8_t>> bytes = bytes_of(data);
  if (!bytes) return js::pass(bytes);
  std::optional<std::string> expected = hmac(key.hash(), key.secret(), *bytes);
  if (!expected) return js::dom_error("OperationError", "The operation failed.");
  const std::span<const uint8_t> wanted(reinterpret_cast<const uint8_t*>(expected->data()),
                                        expected->size());
  const bool same = given->size() == wanted.size() && equal_in_constant_time(*given, wanted);
  return js::resolved(env, v8::Boolean::New(env.isolate(), same));
}

js::Js<bool> SubtleCrypto::timing_safe_equal(js::Env&, Value a, Value b) {
  js::Js<std::span<const uint8_t>> left = bytes_of(a);
  if (!left) return js::pass(left);
  js::Js<std::span<const uint8_t>> right = bytes_of(b);
  if (!right) return js::pass(right);
  if (left->size() != right->size())
    return js::type_error("Input buffers must have the same byte length");
  return equal_in_constant_time(*left, *right);
}

}  // namespace skerry::web
