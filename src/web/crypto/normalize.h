// From JavaScript's algorithm objects and JSON Web Keys to parameters and back.
#pragma once

#include "js/convert.h"
#include "web/crypto/key_material.h"

namespace skerry::web {

// What an algorithm is to be used for: each has a registry and dictionaries of its own.
enum class CryptoUse : uint8_t {
  sign,
  verify,
  encrypt,
  decrypt,
  generate_key,
  import_key,
  derive_bits,
  wrap_key,
  unwrap_key,
  get_key_length,
};

// https://w3c.github.io/webcrypto/#algorithm-normalization-normalize-an-algorithm
js::Js<CryptoParams> normalize(js::Env& env, v8::Local<v8::Value> algorithm, CryptoUse use);
// The same for digests.
js::Js<Hash> normalize_hash(js::Env& env, v8::Local<v8::Value> algorithm);
// Whether the algorithm's registered uses include `use`, by name alone.
bool is_registered(AlgorithmId id, CryptoUse use);

// The bytes of an ArrayBuffer or view, valid until JavaScript runs; a TypeError for anything else.
js::Js<std::span<const uint8_t>> buffer_bytes(v8::Local<v8::Value> value);

js::Js<JsonWebKey> read_jwk(js::Env& env, v8::Local<v8::Value> value);
js::Js<v8::Local<v8::Object>> write_jwk(js::Env& env, const JsonWebKey& jwk);

}  // namespace skerry::web
