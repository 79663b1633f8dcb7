// SubtleCrypto: https://w3c.github.io/webcrypto/#subtlecrypto-interface
// What takes microseconds is computed at once and its promise comes settled; RSA key generation and
// long PBKDF2 run on the loop's background thread.
// DEVIATION: MD5 digests, as Workers has them.
#pragma once

#include <memory>
#include <optional>

#include "js/convert.h"
#include "web/crypto/crypto_key.h"

namespace skerry::web {

class SubtleCrypto final : public js::Wrapped {
 public:
  using Value = v8::Local<v8::Value>;
  using Text = v8::Local<v8::String>;
  using Promise = js::Js<v8::Local<v8::Promise>>;
  static const js::ClassInfo info;
  SubtleCrypto() : Wrapped(info) {}

  Promise encrypt(js::Env& env, Value algorithm, CryptoKey& key, Value data);
  Promise decrypt(js::Env& env, Value algorithm, CryptoKey& key, Value data);
  Promise sign(js::Env& env, Value algorithm, CryptoKey& key, Value data);
  Promise verify(js::Env& env, Value algorithm, CryptoKey& key, Value signature, Value data);
  Promise digest(js::Env& env, Value algorithm, Value data);
  Promise generate_key(js::Env& env, Value algorithm, bool extractable, Value usages);
  Promise derive_key(js::Env& env, Value algorithm, CryptoKey& base_key, Value derived_type,
                     bool extractable,  // NOLINT: the standard's parameter
                     Value usages);
  Promise derive_bits(js::Env& env, Value algorithm, CryptoKey& base_key, js::OptionalValue length);
  Promise import_key(js::Env& env, Text format, Value key_data, Value algorithm,
                     bool extractable,  // NOLINT: the standard's parameter
                     Value usages);
  Promise export_key(js::Env& env, Text format, CryptoKey& key);
  Promise wrap_key(js::Env& env, Text format, CryptoKey& key, CryptoKey& wrapping_key,
                   Value algorithm);
  Promise unwrap_key(js::Env& env, Text format, Value wrapped_key, CryptoKey& unwrapping_key,
                     Value algorithm, Value key_algorithm,
                     bool extractable,  // NOLINT: the standard's parameter
                     Value usages);
  // Of Workers: https://developers.cloudflare.com/workers/runtime-apis/web-crypto/#timingsafeequal
  js::Js<bool> timing_safe_equal(js::Env& env, Value a, Value b);
};

}  // namespace skerry::web
