// Key derivation.
#include "base/limits.h"
#include "web/crypto/ciphers.h"

namespace skerry::web {

namespace {

js::Js<std::string> run_kdf(const char* name, const OSSL_PARAM* params, size_t size) {
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, name, nullptr);
  const KdfContextPtr context(EVP_KDF_CTX_new(kdf));
  EVP_KDF_free(kdf);
  std::string out(size, '\0');
  if (!context || EVP_KDF_derive(context.get(), writable(out), size, params) != 1)
    return operation_error();
  return out;
}

OSSL_PARAM octets(const char* name, const std::string& value) {
  return OSSL_PARAM_construct_octet_string(
      name, const_cast<char*>(value.empty() ? "" : value.data()), value.size());
}

OSSL_PARAM digest_name(Hash hash) {
  return OSSL_PARAM_construct_utf8_string(
      OSSL_KDF_PARAM_DIGEST, const_cast<char*>(EVP_MD_get0_name(openssl_hash(hash))), 0);
}

// https://w3c.github.io/webcrypto/#ecdh-operations and
// https://w3c.github.io/webcrypto/#x25519-operations; OpenSSL refuses a secret of zeros only.
js::Js<std::string> agree(const KeyMaterial& key, const KeyMaterial& peer) {
  const PkeyContextPtr made(EVP_PKEY_CTX_new_from_pkey(nullptr, key.pkey(), nullptr));
  size_t size = 0;
  if (!made || EVP_PKEY_derive_init(made.get()) != 1 ||
      EVP_PKEY_derive_set_peer(made.get(), peer.pkey()) != 1 ||
      EVP_PKEY_derive(made.get(), nullptr, &size) != 1)
    return operation_error();
  std::string out(size, '\0');
  if (EVP_PKEY_derive(made.get(), writable(out), &size) != 1) return operation_error();
  out.resize(size);
  return out;
}

}  // namespace

js::Js<> check_derivation(const KeyMaterial& key, const CryptoParams& params,
                          std::optional<uint32_t> bits) {
  if (key.id() == AlgorithmId::ecdh || key.id() == AlgorithmId::x25519) {
    const KeyMaterial& peer = *params.peer;
    if (key.type() != KeyType::private_key || peer.type() != KeyType::public_key ||
        peer.id() != key.id() || peer.curve() != key.curve())
      return js::dom_error("InvalidAccessError",
                           "The keys are not the private and public key of one curve.");
    return {};
  }
  if (!bits || *bits == 0 || *bits % 8 != 0)
    return operation_error("The length is not a positive multiple of 8.");
  if (*bits / 8 > limits::crypto_derived_bytes_max)
    return operation_error("More bytes than can be derived are asked for.");
  if (key.id() == AlgorithmId::hkdf) return {};
  if (params.iterations == 0) return operation_error("The number of iterations is zero.");
  // Each hash of output is computed from as many rounds.
  const uint64_t hash_bytes = static_cast<uint64_t>(EVP_MD_get_size(openssl_hash(params.hash)));
  const uint64_t hashes = (*bits / 8 + hash_bytes - 1) / hash_bytes;
  if (params.iterations * hashes > limits::crypto_pbkdf2_iterations_max)
    return js::dom_error("NotSupportedError",
                         "More iterations than " +
                             std::to_string(limits::crypto_pbkdf2_iterations_max) +
                             " are not supported.");
  return {};
}

js::Js<std::string> derive_bits(const KeyMaterial& key, const CryptoParams& params,
                                std::optional<uint32_t> bits) {
  js::Js<> possible = check_derivation(key, params, bits);
  if (!possible) return js::pass(possible);
  if (key.id() == AlgorithmId::hkdf) {
    // HKDF needs a key: none at all and one of no bytes are the same by RFC 5869.
    const OSSL_PARAM list[] = {digest_name(params.hash), octets(OSSL_KDF_PARAM_KEY, key.secret()),
                               octets(OSSL_KDF_PARAM_SALT, params.iv),
                               octets(OSSL_KDF_PARAM_INFO, params.extra),
                               OSSL_PARAM_construct_end()};
    return run_kdf("HKDF", list, *bits / 8);
  }
  if (key.id() == AlgorithmId::pbkdf2) {
    uint64_t iterations = params.iterations;
    int pkcs5 = 1;  // no lower bounds on lengths
    const OSSL_PARAM list[] = {digest_name(params.hash),
                               octets(OSSL_KDF_PARAM_PASSWORD, key.secret()),
                               octets(OSSL_KDF_PARAM_SALT, params.iv),
                               OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
                               OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &pkcs5),
                               OSSL_PARAM_construct_end()};
    return run_kdf("PBKDF2", list, *bits / 8);
  }
  js::Js<std::string> secret = agree(key, *params.peer);
  if (!secret || !bits) return secret;
  const size_t size = (*bits + size_t{7}) / 8;
  if (size > secret->size()) return operation_error("More bits than the secret has are asked for.");
  secret->resize(size);
  if (*bits % 8 != 0)
    secret->back() = static_cast<char>(secret->back() & (0xff << (8 - *bits % 8)));
  return secret;
}

}  // namespace skerry::web
