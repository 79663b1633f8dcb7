// What a CryptoKey holds: a secret or one half of a key pair, and how the standard's formats become
// one and are made of it. Free of V8. Immutable once made but for the contexts that `sign` and
// `verify` keep, which are for the loop's thread only; other threads may derive and export.
#pragma once

#include <memory>
#include <string>

#include "web/crypto/algorithms.h"
#include "web/crypto/openssl.h"

namespace skerry::web {

enum class KeyType : uint8_t { secret, public_key, private_key };
enum class KeyFormat : uint8_t { raw, spki, pkcs8, jwk };

// https://w3c.github.io/webcrypto/#JsonWebKey-dictionary, without `oth`: keys of more than two
// primes are refused. Byte strings are still base64url.
struct JsonWebKey {
  std::optional<std::string> alg, crv, d, dp, dq, e, k, kty, n, p, q, qi, use, x, y;
  std::optional<KeyUsages> key_ops;
  std::optional<bool> ext;
  bool has_oth = false;
};

class KeyMaterial {
 public:
  KeyMaterial(AlgorithmId id, KeyType type) : id_(id), type_(type) {}
  ~KeyMaterial() { wipe(secret_); }
  KeyMaterial(const KeyMaterial&) = delete;
  KeyMaterial& operator=(const KeyMaterial&) = delete;

  AlgorithmId id() const { return id_; }
  KeyType type() const { return type_; }
  Hash hash() const { return hash_; }
  Curve curve() const { return curve_; }
  const std::string& secret() const { return secret_; }
  uint32_t bits() const { return bits_; }  // of a secret; the last byte may be used in part
  EVP_PKEY* pkey() const { return pkey_.get(); }
  uint32_t modulus_bits() const;        // of RSA
  std::string public_exponent() const;  // of RSA, big-endian

  // Signatures. Loop thread.
  js::Js<std::string> sign(const CryptoParams& params, CryptoBytes data) const;
  js::Js<bool> verify(const CryptoParams& params, CryptoBytes signature, CryptoBytes data) const;

  // Formats of the key itself; raw is for secrets and public keys.
  js::Js<std::string> export_bytes(KeyFormat format) const;
  js::Js<JsonWebKey> export_jwk() const;

 private:
  friend class KeyMaker;
  js::Js<EVP_PKEY_CTX*> prepared(bool signing, const CryptoParams& params, Hash hash) const;
  js::Js<std::string> mac(CryptoBytes data) const;
  AlgorithmId id_;
  KeyType type_;
  Hash hash_ = Hash::sha256;
  Curve curve_ = Curve::none;
  uint32_t bits_ = 0;
  std::string secret_;
  PkeyPtr pkey_;
  // Ready for the next operation with the same parameters: making one costs as much as an RSA
  // verification.
  struct Prepared {
    PkeyContextPtr context;
    Hash hash = Hash::sha256;
    uint32_t salt_length = 0;
  };
  mutable Prepared signing_, verifying_;
  mutable MacContextPtr mac_;
};

using Key = std::shared_ptr<const KeyMaterial>;
struct KeyPair {
  Key public_key, private_key;
};

// Key lengths in bits of new secrets, where the algorithm has a say.
js::Js<uint32_t> new_secret_bits(const CryptoParams& params);
Key make_secret(const CryptoParams& params, std::string secret, uint32_t bits);
// What generate_pair() refuses before it computes.
js::Js<> check_generation(const CryptoParams& params);
// Any thread; RSA may take seconds.
js::Js<KeyPair> generate_pair(const CryptoParams& params);
// From bytes in a format other than JWK. Usages were checked.
js::Js<Key> import_bytes(const CryptoParams& params, KeyFormat format, CryptoBytes bytes);
// Everything of the JWK but `use`, `key_ops` and `ext`, which are about usages.
js::Js<Key> import_jwk(const CryptoParams& params, const JsonWebKey& jwk);

}  // namespace skerry::web
