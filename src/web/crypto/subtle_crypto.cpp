#include "web/crypto/subtle_crypto.h"

#include "context/request_context.h"
#include "js/method.h"
#include "web/crypto/ciphers.h"
#include "web/crypto/crypto_job.h"
#include "web/crypto/key_usage.h"

namespace skerry::web {

namespace {

using Value = SubtleCrypto::Value;
using Promise = SubtleCrypto::Promise;

#define SKERRY_BYTES "ArrayBuffer | ArrayBufferView"

void describe(js::ClassTable& t) {
  t.promise_method<&SubtleCrypto::encrypt>(
      "encrypt", "(algorithm: any, key: CryptoKey, data: " SKERRY_BYTES "): Promise<ArrayBuffer>");
  t.promise_method<&SubtleCrypto::decrypt>(
      "decrypt", "(algorithm: any, key: CryptoKey, data: " SKERRY_BYTES "): Promise<ArrayBuffer>");
  t.promise_method<&SubtleCrypto::sign>(
      "sign", "(algorithm: any, key: CryptoKey, data: " SKERRY_BYTES "): Promise<ArrayBuffer>");
  t.promise_method<&SubtleCrypto::verify>(
      "verify", "(algorithm: any, key: CryptoKey, signature: " SKERRY_BYTES ", data: " SKERRY_BYTES
                "): Promise<boolean>");
  t.promise_method<&SubtleCrypto::digest>(
      "digest",
      "(algorithm: string | { name: string }, data: " SKERRY_BYTES "): Promise<ArrayBuffer>");
  t.promise_method<&SubtleCrypto::generate_key>(
      "generateKey",
      "(algorithm: any, extractable: boolean, keyUsages: string[]): Promise<CryptoKey | "
      "CryptoKeyPair>");
  t.promise_method<&SubtleCrypto::derive_key>(
      "deriveKey",
      "(algorithm: any, baseKey: CryptoKey, derivedKeyType: any, extractable: boolean, keyUsages: "
      "string[]): Promise<CryptoKey>");
  t.promise_method<&SubtleCrypto::derive_bits>(
      "deriveBits",
      "(algorithm: any, baseKey: CryptoKey, length?: number | null): Promise<ArrayBuffer>");
  t.promise_method<&SubtleCrypto::import_key>(
      "importKey",
      "(format: 'raw' | 'jwk' | 'spki' | 'pkcs8', keyData: any, algorithm: any, extractable: "
      "boolean, keyUsages: string[]): Promise<CryptoKey>");
  t.promise_method<&SubtleCrypto::export_key>(
      "exportKey", "(format: 'raw' | 'jwk' | 'spki' | 'pkcs8', key: CryptoKey): Promise<any>");
  t.promise_method<&SubtleCrypto::wrap_key>(
      "wrapKey",
      "(format: string, key: CryptoKey, wrappingKey: CryptoKey, wrapAlgorithm: any): "
      "Promise<ArrayBuffer>");
  t.promise_method<&SubtleCrypto::unwrap_key>(
      "unwrapKey",
      "(format: string, wrappedKey: " SKERRY_BYTES
      ", unwrappingKey: CryptoKey, "
      "unwrapAlgorithm: any, unwrappedKeyAlgorithm: any, extractable: boolean, keyUsages: "
      "string[]): Promise<CryptoKey>");
  t.method<&SubtleCrypto::timing_safe_equal>("timingSafeEqual",
                                             "(a: " SKERRY_BYTES ", b: " SKERRY_BYTES "): boolean");
}

#undef SKERRY_BYTES

js::Js<Value> buffer_of(js::Env& env, js::Js<std::string>& bytes) {
  if (!bytes) return js::pass(bytes);
  return js::to_array_buffer(env.isolate(), Bytes::copy_of(*bytes)).As<v8::Value>();
}

Promise fulfilled(js::Env& env, js::Js<std::string> bytes) {
  js::Js<Value> value = buffer_of(env, bytes);
  if (!value) return js::pass(value);
  return js::resolved(env, *value);
}

// The steps shared by the operations on a key: its algorithm must be the one asked for, and allow
// the usage.
js::Js<> check_key(const CryptoKey& key, const CryptoParams& params, KeyUsage usage,
                   const char* what) {
  if (key.material().id() != params.id)
    return js::dom_error("InvalidAccessError",
                         "The key is of " + std::string(algorithm_name(key.material().id())) +
                             ", not of " + std::string(algorithm_name(params.id)) + ".");
  if ((key.usage_set() & usage) == 0)
    return js::dom_error("InvalidAccessError",
                         std::string("The key does not allow the usage '") + what + "'.");
  return {};
}

}  // namespace

const js::ClassInfo SubtleCrypto::info{
    .name = "SubtleCrypto", .parent = nullptr, .describe = describe};

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-encrypt
Promise SubtleCrypto::encrypt(js::Env& env, Value algorithm, CryptoKey& key, Value data) {
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::encrypt);
  if (!params) return js::pass(params);
  js::Js<CryptoBytes> bytes = buffer_bytes(data);
  if (!bytes) return js::pass(bytes);
  js::Js<> allowed = check_key(key, *params, kEncrypt, "encrypt");
  if (!allowed) return js::pass(allowed);
  return fulfilled(env, web::encrypt(key.material(), *params, *bytes));
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-decrypt
Promise SubtleCrypto::decrypt(js::Env& env, Value algorithm, CryptoKey& key, Value data) {
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::decrypt);
  if (!params) return js::pass(params);
  js::Js<CryptoBytes> bytes = buffer_bytes(data);
  if (!bytes) return js::pass(bytes);
  js::Js<> allowed = check_key(key, *params, kDecrypt, "decrypt");
  if (!allowed) return js::pass(allowed);
  return fulfilled(env, web::decrypt(key.material(), *params, *bytes));
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-sign
Promise SubtleCrypto::sign(js::Env& env, Value algorithm, CryptoKey& key, Value data) {
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::sign);
  if (!params) return js::pass(params);
  js::Js<CryptoBytes> bytes = buffer_bytes(data);
  if (!bytes) return js::pass(bytes);
  js::Js<> allowed = check_key(key, *params, kSign, "sign");
  if (!allowed) return js::pass(allowed);
  return fulfilled(env, key.material().sign(*params, *bytes));
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-verify
Promise SubtleCrypto::verify(js::Env& env, Value algorithm, CryptoKey& key, Value signature,
                             Value data) {
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::verify);
  if (!params) return js::pass(params);
  js::Js<CryptoBytes> given = buffer_bytes(signature);
  if (!given) return js::pass(given);
  js::Js<CryptoBytes> bytes = buffer_bytes(data);
  if (!bytes) return js::pass(bytes);
  js::Js<> allowed = check_key(key, *params, kVerify, "verify");
  if (!allowed) return js::pass(allowed);
  js::Js<bool> valid = key.material().verify(*params, *given, *bytes);
  if (!valid) return js::pass(valid);
  return js::resolved(env, v8::Boolean::New(env.isolate(), *valid));
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-digest
Promise SubtleCrypto::digest(js::Env& env, Value algorithm, Value data) {
  js::Js<Hash> hash = normalize_hash(env, algorithm);
  if (!hash) return js::pass(hash);
  js::Js<CryptoBytes> bytes = buffer_bytes(data);
  if (!bytes) return js::pass(bytes);
  std::optional<std::string> made = web::digest(*hash, *bytes);
  if (!made) return operation_error();
  return fulfilled(env, std::move(*made));
}

namespace {

js::Js<Value> wrap_pair(js::Env& env, KeyPair pair, CryptoKey::Extractable extractable,
                        KeyUsages usages) {
  const AlgorithmId id = pair.public_key->id();
  auto half = [&](Key key, CryptoKey::Extractable may_leave) {
    const auto own = static_cast<KeyUsages>(usages & possible_usages(id, key->type()));
    return env.wrap(std::make_unique<CryptoKey>(std::move(key), may_leave, own));
  };
  v8::Local<v8::Object> made = v8::Object::New(env.isolate());
  v8::Local<v8::Object> private_key = half(std::move(pair.private_key), extractable);
  v8::Local<v8::Object> public_key = half(std::move(pair.public_key), CryptoKey::Extractable::yes);
  if (made->CreateDataProperty(env.context(), env.name("privateKey"), private_key).IsNothing() ||
      made->CreateDataProperty(env.context(), env.name("publicKey"), public_key).IsNothing())
    return js::already_thrown();
  return made.As<v8::Value>();
}

Promise generate_secret(js::Env& env, context::RequestContext& context, const CryptoParams& params,
                        CryptoKey::Extractable extractable, KeyUsages usages) {
  js::Js<uint32_t> bits = new_secret_bits(params);
  if (!bits) return js::pass(bits);
  js::Js<> useful = check_useful(KeyType::secret, usages);
  if (!useful) return js::pass(useful);
  std::string secret((*bits + size_t{7}) / 8, '\0');
  context.services().fill_random({writable(secret), secret.size()});
  return js::resolved(
      env, env.wrap(std::make_unique<CryptoKey>(make_secret(params, std::move(secret), *bits),
                                                extractable, usages)));
}

}  // namespace

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-generateKey
Promise SubtleCrypto::generate_key(js::Env& env, Value algorithm, bool extractable, Value usages) {
  js::Js<context::RequestContext*> context =
      context::require_current(env, "crypto.subtle.generateKey()");
  if (!context) return js::pass(context);
  js::Js<KeyUsages> wanted = read_usages(env, usages);
  if (!wanted) return js::pass(wanted);
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::generate_key);
  if (!params) return js::pass(params);
  const AlgorithmId id = params->id;
  const KeyUsages privately = possible_usages(id, KeyType::private_key);
  js::Js<> allowed = check_usages(*wanted, privately | possible_usages(id, KeyType::public_key));
  if (!allowed) return js::pass(allowed);
  const CryptoKey::Extractable may_leave = as_extractable(extractable);
  if (is_aes(id) || id == AlgorithmId::hmac)
    return generate_secret(env, **context, *params, may_leave, *wanted);
  js::Js<> possible = check_generation(*params);
  if (!possible) return js::pass(possible);
  js::Js<> useful = check_useful(KeyType::private_key, *wanted & privately);
  if (is_rsa(id)) {
    if (!useful) return js::pass(useful);
    return run_crypto_job(env, [params = std::move(*params), may_leave, usages = *wanted] {
      return CryptoFinish(
          [pair = generate_pair(params), may_leave, usages](js::Env& inner) mutable {
            return pair ? wrap_pair(inner, std::move(*pair), may_leave, usages) : js::pass(pair);
          });
    });
  }
  js::Js<KeyPair> pair = generate_pair(*params);
  if (!pair) return js::pass(pair);
  if (!useful) return js::pass(useful);
  js::Js<Value> made = wrap_pair(env, std::move(*pair), may_leave, *wanted);
  if (!made) return js::pass(made);
  return js::resolved(env, *made);
}

namespace {

// PBKDF2 of this many rounds takes about half a millisecond.
constexpr uint32_t kInlineIterations = 1000;

// Derives, here or on the background thread, and goes on with `then` on the loop.
template <class Then>
Promise derive(js::Env& env, const CryptoKey& key, CryptoParams params,
               std::optional<uint32_t> bits, Then then) {
  js::Js<> possible = check_derivation(key.material(), params, bits);
  if (!possible) return js::pass(possible);
  if (params.iterations <= kInlineIterations) {
    js::Js<std::string> bytes = web::derive_bits(key.material(), params, bits);
    js::Js<Value> value = then(env, bytes);
    if (!value) return js::pass(value);
    return js::resolved(env, *value);
  }
  return run_crypto_job(
      env, [key = key.key(), params = std::move(params), bits, then = std::move(then)]() mutable {
        return CryptoFinish([bytes = web::derive_bits(*key, params, bits), then = std::move(then)](
                                js::Env& inner) mutable { return then(inner, bytes); });
      });
}

// https://w3c.github.io/webcrypto/#aes-ctr-operations-get-key-length and its like
js::Js<std::optional<uint32_t>> key_length(const CryptoParams& params) {
  if (params.id == AlgorithmId::hkdf || params.id == AlgorithmId::pbkdf2) return std::nullopt;
  if (params.id == AlgorithmId::hmac && params.length == 0)
    return js::type_error("The length of the key is zero.");
  js::Js<uint32_t> bits = new_secret_bits(params);
  if (!bits) return js::pass(bits);
  return std::optional<uint32_t>(*bits);
}

}  // namespace

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-deriveKey
Promise SubtleCrypto::derive_key(js::Env& env, Value algorithm, CryptoKey& base_key,
                                 Value derived_type, bool extractable, Value usages) {
  js::Js<KeyUsages> wanted = read_usages(env, usages);
  if (!wanted) return js::pass(wanted);
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::derive_bits);
  if (!params) return js::pass(params);
  js::Js<CryptoParams> made_params = normalize(env, derived_type, CryptoUse::import_key);
  if (!made_params) return js::pass(made_params);
  js::Js<CryptoParams> length_params = normalize(env, derived_type, CryptoUse::get_key_length);
  if (!length_params) return js::pass(length_params);
  js::Js<> allowed = check_key(base_key, *params, kDeriveKey, "deriveKey");
  if (!allowed) return js::pass(allowed);
  js::Js<std::optional<uint32_t>> bits = key_length(*length_params);
  if (!bits) return js::pass(bits);
  return derive(env, base_key, std::move(*params), *bits,
                [made_params = std::move(*made_params), may_leave = as_extractable(extractable),
                 usages = *wanted](js::Env& inner, js::Js<std::string>& secret) -> js::Js<Value> {
                  if (!secret) return js::pass(secret);
                  auto key = import_crypto_key(made_params, KeyFormat::raw, bytes_of(*secret), {},
                                               may_leave, usages);
                  wipe(*secret);
                  if (!key) return js::pass(key);
                  return inner.wrap(std::move(*key)).As<v8::Value>();
                });
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-deriveBits
Promise SubtleCrypto::derive_bits(js::Env& env, Value algorithm, CryptoKey& base_key,
                                  js::OptionalValue length) {
  std::optional<uint32_t> bits;
  if (!length->IsNullOrUndefined()) {
    js::Js<uint32_t> number = js::FromJs<uint32_t>::get(env, length);
    if (!number) return js::pass(number);
    bits = *number;
  }
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::derive_bits);
  if (!params) return js::pass(params);
  js::Js<> allowed = check_key(base_key, *params, kDeriveBits, "deriveBits");
  if (!allowed) return js::pass(allowed);
  return derive(env, base_key, std::move(*params), bits,
                [](js::Env& inner, js::Js<std::string>& bytes) { return buffer_of(inner, bytes); });
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey
Promise SubtleCrypto::import_key(js::Env& env, Text format_name, Value key_data, Value algorithm,
                                 bool extractable, Value usages) {
  js::Js<KeyFormat> format = read_format(env, format_name);
  if (!format) return js::pass(format);
  JsonWebKey jwk;
  if (*format == KeyFormat::jwk) {
    js::Js<JsonWebKey> read = read_jwk(env, key_data);
    if (!read) return js::pass(read);
    jwk = std::move(*read);
  } else if (js::Js<CryptoBytes> bytes = buffer_bytes(key_data); !bytes) {
    return js::pass(bytes);
  }
  js::Js<KeyUsages> wanted = read_usages(env, usages);
  if (!wanted) return js::pass(wanted);
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::import_key);
  if (!params) return js::pass(params);
  // A getter of the algorithm may have detached the buffer: its bytes are looked at only now.
  CryptoBytes bytes;
  if (*format != KeyFormat::jwk) bytes = *buffer_bytes(key_data);
  auto key = import_crypto_key(*params, *format, bytes, jwk, as_extractable(extractable), *wanted);
  if (!key) return js::pass(key);
  return js::resolved(env, env.wrap(std::move(*key)));
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey
Promise SubtleCrypto::export_key(js::Env& env, Text format_name, CryptoKey& key) {
  js::Js<KeyFormat> format = read_format(env, format_name);
  if (!format) return js::pass(format);
  js::Js<ExportedKey> exported = export_crypto_key(key, *format);
  if (!exported) return js::pass(exported);
  if (!exported->jwk) return fulfilled(env, std::move(exported->bytes));
  js::Js<v8::Local<v8::Object>> jwk = write_jwk(env, *exported->jwk);
  if (!jwk) return js::pass(jwk);
  return js::resolved(env, *jwk);
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-wrapKey
Promise SubtleCrypto::wrap_key(js::Env& env, Text format_name, CryptoKey& key,
                               CryptoKey& wrapping_key, Value algorithm) {
  js::Js<KeyFormat> format = read_format(env, format_name);
  if (!format) return js::pass(format);
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::wrap_key);
  if (!params) return js::pass(params);
  js::Js<> allowed = check_key(wrapping_key, *params, kWrapKey, "wrapKey");
  if (!allowed) return js::pass(allowed);
  js::Js<ExportedKey> exported = export_crypto_key(key, *format);
  if (!exported) return js::pass(exported);
  std::string bytes = std::move(exported->bytes);
  if (exported->jwk) {
    js::Js<v8::Local<v8::Object>> jwk = write_jwk(env, *exported->jwk);
    if (!jwk) return js::pass(jwk);
    v8::Local<v8::String> text;
    if (!v8::JSON::Stringify(env.context(), *jwk).ToLocal(&text)) return js::already_thrown();
    bytes = js::to_utf8(env.isolate(), text);
  }
  Promise wrapped = fulfilled(env, web::encrypt(wrapping_key.material(), *params, bytes_of(bytes)));
  wipe(bytes);
  return wrapped;
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-unwrapKey
Promise SubtleCrypto::unwrap_key(js::Env& env, Text format_name, Value wrapped_key,
                                 CryptoKey& unwrapping_key, Value algorithm, Value key_algorithm,
                                 bool extractable, Value usages) {
  js::Js<KeyFormat> format = read_format(env, format_name);
  if (!format) return js::pass(format);
  js::Js<KeyUsages> wanted = read_usages(env, usages);
  if (!wanted) return js::pass(wanted);
  js::Js<CryptoParams> params = normalize(env, algorithm, CryptoUse::unwrap_key);
  if (!params) return js::pass(params);
  js::Js<CryptoParams> made_params = normalize(env, key_algorithm, CryptoUse::import_key);
  if (!made_params) return js::pass(made_params);
  js::Js<CryptoBytes> wrapped = buffer_bytes(wrapped_key);
  if (!wrapped) return js::pass(wrapped);
  js::Js<> allowed = check_key(unwrapping_key, *params, kUnwrapKey, "unwrapKey");
  if (!allowed) return js::pass(allowed);
  js::Js<std::string> bytes = web::decrypt(unwrapping_key.material(), *params, *wrapped);
  if (!bytes) return js::pass(bytes);
  JsonWebKey jwk;
  if (*format == KeyFormat::jwk) {
    v8::Local<v8::Value> parsed;
    v8::TryCatch caught(env.isolate());
    if (!v8::JSON::Parse(env.context(), js::from_utf8(env.isolate(), *bytes)).ToLocal(&parsed) ||
        !parsed->IsObject()) {
      if (caught.HasTerminated()) {
        caught.ReThrow();
        return js::already_thrown();
      }
      caught.Reset();
      return data_error("The unwrapped bytes are not a JSON Web Key.");
    }
    js::Js<JsonWebKey> read = read_jwk(env, parsed);
    if (!read) {
      if (caught.HasCaught()) caught.ReThrow();
      return js::pass(read);
    }
    jwk = std::move(*read);
  }
  auto key = import_crypto_key(*made_params, *format, bytes_of(*bytes), jwk,
                               as_extractable(extractable), *wanted);
  wipe(*bytes);
  if (!key) return js::pass(key);
  return js::resolved(env, env.wrap(std::move(*key)));
}

js::Js<bool> SubtleCrypto::timing_safe_equal(js::Env&, Value a, Value b) {
  js::Js<CryptoBytes> left = buffer_bytes(a);
  if (!left) return js::pass(left);
  js::Js<CryptoBytes> right = buffer_bytes(b);
  if (!right) return js::pass(right);
  if (left->size() != right->size())
    return js::type_error("Input buffers must have the same byte length");
  return equal_in_constant_time(*left, *right);
}

}  // namespace skerry::web
