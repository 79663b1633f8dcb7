// SubtleCrypto: https://w3c.github.io/webcrypto/#subtlecrypto-interface
// Digests (SHA-1, SHA-2, and MD5 as Workers has it) and HMAC. Everything is computed at once, so
// promises come settled. GAP: no other algorithms, hence no encrypt, decrypt, derive or wrap
// methods; large inputs are hashed on the loop.
#pragma once

#include <memory>
#include <optional>

#include "js/convert.h"
#include "web/crypto/crypto_key.h"

namespace skerry::web {

class SubtleCrypto final : public js::Wrapped {
 public:
  using Value = v8::Local<v8::Value>;
  using Promise = js::Js<v8::Local<v8::Promise>>;
  static const js::ClassInfo info;
  SubtleCrypto() : Wrapped(info) {}

  Promise digest(js::Env& env, Value algorithm, Value data);
  Promise generate_key(js::Env& env, Value algorithm, bool extractable, Value usages);
  Promise import_key(js::Env& env, v8::Local<v8::String> format, Value key_data, Value algorithm,
                     bool extractable,  // NOLINT: the standard's parameter
                     Value usages);
  Promise export_key(js::Env& env, v8::Local<v8::String> format, CryptoKey& key);
  Promise sign(js::Env& env, Value algorithm, CryptoKey& key, Value data);
  Promise verify(js::Env& env, Value algorithm, CryptoKey& key, Value signature, Value data);
  // Of Workers: https://developers.cloudflare.com/workers/runtime-apis/web-crypto/#timingsafeequal
  js::Js<bool> timing_safe_equal(js::Env& env, Value a, Value b);
};

}  // namespace skerry::web
