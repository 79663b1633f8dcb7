#include "web/crypto/key_usage.h"

namespace skerry::web {

js::Js<KeyFormat> read_format(js::Env& env, v8::Local<v8::String> text) {
  const std::string name = js::to_utf8(env.isolate(), text);
  if (name == "raw") return KeyFormat::raw;
  if (name == "jwk") return KeyFormat::jwk;
  if (name == "spki") return KeyFormat::spki;
  if (name == "pkcs8") return KeyFormat::pkcs8;
  return js::type_error("'" + name.substr(0, 64) + "' is not a valid key format.");
}

KeyUsages possible_usages(AlgorithmId id, KeyType type) {
  const bool is_public = type == KeyType::public_key;
  switch (id) {
    case AlgorithmId::rsassa_pkcs1:
    case AlgorithmId::rsa_pss:
    case AlgorithmId::ecdsa:
    case AlgorithmId::ed25519: return is_public ? kVerify : kSign;
    case AlgorithmId::rsa_oaep: return is_public ? kEncrypt | kWrapKey : kDecrypt | kUnwrapKey;
    case AlgorithmId::ecdh:
    case AlgorithmId::x25519: return is_public ? 0 : kDeriveKey | kDeriveBits;
    case AlgorithmId::hmac: return kSign | kVerify;
    case AlgorithmId::aes_ctr:
    case AlgorithmId::aes_cbc:
    case AlgorithmId::aes_gcm: return kEncrypt | kDecrypt | kWrapKey | kUnwrapKey;
    case AlgorithmId::aes_kw: return kWrapKey | kUnwrapKey;
    case AlgorithmId::hkdf:
    case AlgorithmId::pbkdf2: return kDeriveKey | kDeriveBits;
  }
  return 0;
}

js::Js<> check_usages(KeyUsages usages, KeyUsages possible) {
  if ((usages & ~possible) != 0)
    return js::dom_error("SyntaxError", "Cannot create a key using the specified key usages.");
  return {};
}

js::Js<> check_useful(KeyType type, KeyUsages usages) {
  if (usages == 0 && type != KeyType::public_key)
    return js::dom_error("SyntaxError", "A secret or private key needs at least one usage.");
  return {};
}

namespace {

bool is_derivation(AlgorithmId id) {
  return id == AlgorithmId::hkdf || id == AlgorithmId::pbkdf2;
}

js::Js<> check_format(AlgorithmId id, KeyFormat format) {
  const bool bytes_only = is_derivation(id);
  const bool symmetric = bytes_only || is_aes(id) || id == AlgorithmId::hmac;
  const bool known = bytes_only   ? format == KeyFormat::raw
                     : symmetric  ? format == KeyFormat::raw || format == KeyFormat::jwk
                     : is_rsa(id) ? format != KeyFormat::raw
                                  : true;
  if (known) return {};
  return js::dom_error("NotSupportedError",
                       "Keys of " + std::string(algorithm_name(id)) + " have no such format.");
}

KeyType imported_type(AlgorithmId id, KeyFormat format, const JsonWebKey& jwk) {
  if (!is_rsa(id) && !is_ec(id) && !is_okp(id)) return KeyType::secret;
  if (format == KeyFormat::pkcs8 || (format == KeyFormat::jwk && jwk.d))
    return KeyType::private_key;
  return KeyType::public_key;
}

// `use`, `key_ops` and `ext`, which every algorithm's import checks alike.
js::Js<> check_jwk_usage(AlgorithmId id, const JsonWebKey& jwk, CryptoKey::Extractable extractable,
                         KeyUsages usages) {
  const KeyUsages signing = kSign | kVerify;
  const bool signs = (possible_usages(id, KeyType::private_key) & signing) != 0;
  if (usages != 0 && jwk.use && *jwk.use != (signs ? "sig" : "enc"))
    return data_error("The JWK member 'use' does not fit the usages.");
  if (jwk.key_ops && (usages & ~*jwk.key_ops) != 0)
    return data_error("The JWK member 'key_ops' lacks a requested usage.");
  if (jwk.ext == false && extractable == CryptoKey::Extractable::yes)
    return data_error("The JWK member 'ext' forbids an extractable key.");
  return {};
}

}  // namespace

js::Js<std::unique_ptr<CryptoKey>> import_crypto_key(const CryptoParams& params, KeyFormat format,
                                                     CryptoBytes bytes, const JsonWebKey& jwk,
                                                     CryptoKey::Extractable extractable,
                                                     KeyUsages usages) {
  js::Js<> possible = check_format(params.id, format);
  if (!possible) return js::pass(possible);
  const KeyType type = imported_type(params.id, format, jwk);
  js::Js<> allowed = check_usages(usages, possible_usages(params.id, type));
  if (!allowed) return js::pass(allowed);
  if (is_derivation(params.id) && extractable == CryptoKey::Extractable::yes)
    return js::dom_error("SyntaxError", "Such a key cannot be extractable.");
  js::Js<Key> key = std::unexpected(js::Throw{});
  if (format == KeyFormat::jwk) {
    js::Js<> fits = check_jwk_usage(params.id, jwk, extractable, usages);
    if (!fits) return js::pass(fits);
    key = import_jwk(params, jwk);
  } else {
    key = import_bytes(params, format, bytes);
  }
  if (!key) return js::pass(key);
  js::Js<> useful = check_useful(type, usages);
  if (!useful) return js::pass(useful);
  return std::make_unique<CryptoKey>(std::move(*key), extractable, usages);
}

js::Js<ExportedKey> export_crypto_key(const CryptoKey& key, KeyFormat format) {
  if (is_derivation(key.material().id()))
    return js::dom_error("NotSupportedError", "Keys of this algorithm cannot be exported.");
  if (!key.is_extractable())
    return js::dom_error("InvalidAccessError", "The key is not extractable.");
  js::Js<> possible = check_format(key.material().id(), format);
  if (!possible) return js::pass(possible);
  ExportedKey out;
  if (format == KeyFormat::jwk) {
    js::Js<JsonWebKey> jwk = key.material().export_jwk();
    if (!jwk) return js::pass(jwk);
    jwk->key_ops = key.usage_set();
    jwk->ext = true;
    out.jwk = std::move(*jwk);
    return out;
  }
  js::Js<std::string> bytes = key.material().export_bytes(format);
  if (!bytes) return js::pass(bytes);
  out.bytes = std::move(*bytes);
  return out;
}

}  // namespace skerry::web
