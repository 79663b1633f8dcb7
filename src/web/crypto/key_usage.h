// Which usages and formats keys may have, and making CryptoKeys by these rules.
#pragma once

#include "web/crypto/crypto_key.h"
#include "web/crypto/normalize.h"

namespace skerry::web {

// https://w3c.github.io/webcrypto/#dfn-KeyFormat
js::Js<KeyFormat> read_format(js::Env& env, v8::Local<v8::String> text);
KeyUsages possible_usages(AlgorithmId id, KeyType type);
// SyntaxError unless `usages` is part of `possible`.
js::Js<> check_usages(KeyUsages usages, KeyUsages possible);
// SyntaxError for a secret or private key that may do nothing.
js::Js<> check_useful(KeyType type, KeyUsages usages);
inline CryptoKey::Extractable as_extractable(bool yes) {
  return yes ? CryptoKey::Extractable::yes : CryptoKey::Extractable::no;
}

// https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey, steps 8 to 12. `bytes` is for all
// formats but JWK.
js::Js<std::unique_ptr<CryptoKey>> import_crypto_key(const CryptoParams& params, KeyFormat format,
                                                     CryptoBytes bytes, const JsonWebKey& jwk,
                                                     CryptoKey::Extractable extractable,
                                                     KeyUsages usages);
// https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey: bytes, or an object for JWK.
struct ExportedKey {
  std::string bytes;
  std::optional<JsonWebKey> jwk;
};
js::Js<ExportedKey> export_crypto_key(const CryptoKey& key, KeyFormat format);

}  // namespace skerry::web
