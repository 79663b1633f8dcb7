// Signing and verifying with a KeyMaterial.
#include <algorithm>
#include <array>

#include "web/crypto/key_material.h"

namespace skerry::web {

namespace {

// https://w3c.github.io/webcrypto/#ecdsa-operations: r and s side by side, each as long as the
// curve's order; OpenSSL has them in DER.
std::string der_of_pair(CryptoBytes pair) {
  const size_t half = pair.size() / 2;
  const EcdsaSigPtr signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(pair.data(), static_cast<int>(half), nullptr);
  BIGNUM* s = BN_bin2bn(pair.data() + half, static_cast<int>(half), nullptr);
  if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) return {};
  std::string der(static_cast<size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  uint8_t* at = writable(der);
  i2d_ECDSA_SIG(signature.get(), &at);
  return der;
}

std::string pair_of_der(const std::string& der, size_t half) {
  const uint8_t* at = bytes_of(der).data();
  const EcdsaSigPtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!signature) return {};
  std::string pair(2 * half, '\0');
  const int size = static_cast<int>(half);
  if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), writable(pair), size) != size ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), writable(pair) + half, size) != size)
    return {};
  return pair;
}

// The encodings of the points of small order, their sign bit left out, and of those not reduced:
// a signature under such a key says nothing.
// https://wicg.github.io/webcrypto-secure-curves/#ed25519
bool is_small_order(CryptoBytes point) {
  static constexpr std::array<std::array<uint8_t, 2>, 3> kEnds = {
      {{0xec, 0x7f}, {0xed, 0x7f}, {0xee, 0x7f}}};
  static constexpr uint8_t kOrder8[2][32] = {
      {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
       0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
       0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
      {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
       0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
       0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}};
  std::array<uint8_t, 32> y;
  std::copy_n(point.begin(), y.size(), y.begin());
  y[31] &= 0x7f;
  for (const auto& known : kOrder8)
    if (std::equal(y.begin(), y.end(), known)) return true;
  // 0 and 1, then p-1, p and p+1.
  auto middle_is = [&](uint8_t value) {
    return std::all_of(y.begin() + 1, y.end() - 1, [value](uint8_t b) { return b == value; });
  };
  if (y[0] <= 1 && y[31] == 0 && middle_is(0)) return true;
  for (const auto& [first, last] : kEnds)
    if (y[0] == first && y[31] == last && middle_is(0xff)) return true;
  return false;
}

js::Js<std::string> sign_ed25519(EVP_PKEY* key, CryptoBytes data) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  std::string out(64, '\0');
  size_t size = out.size();
  if (!context ||
      EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) != 1 ||
      EVP_DigestSign(context.get(), writable(out), &size, data.data(), data.size()) != 1)
    return operation_error();
  return out;
}

bool verify_ed25519(EVP_PKEY* key, CryptoBytes signature, CryptoBytes data) {
  if (signature.size() != 64) return false;
  uint8_t point[32];
  size_t size = sizeof point;
  if (EVP_PKEY_get_raw_public_key(key, point, &size) != 1 || is_small_order({point, size}) ||
      is_small_order(signature.first(32)))
    return false;
  const DigestContextPtr context(EVP_MD_CTX_new());
  const bool valid = context &&
                     EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key,
                                             nullptr) == 1 &&
                     EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                      data.data(), data.size()) == 1;
  if (!valid) ERR_clear_error();
  return valid;
}

}  // namespace

js::Js<EVP_PKEY_CTX*> KeyMaterial::prepared(bool signing, const CryptoParams& params,
                                            Hash hash) const {
  Prepared& kept = signing ? signing_ : verifying_;
  if (kept.context && kept.hash == hash && kept.salt_length == params.salt_length)
    return kept.context.get();
  PkeyContextPtr made(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey_.get(), nullptr));
  EVP_PKEY_CTX* context = made.get();
  if (context == nullptr ||
      (signing ? EVP_PKEY_sign_init(context) : EVP_PKEY_verify_init(context)) != 1)
    return operation_error();
  const EVP_MD* md = openssl_hash(hash);
  bool ok = true;
  if (id_ == AlgorithmId::rsassa_pkcs1) {
    ok = EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  } else if (id_ == AlgorithmId::rsa_pss) {
    ok = params.salt_length <= modulus_bits() / 8 &&
         EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, static_cast<int>(params.salt_length)) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1;
  }
  if (!ok || EVP_PKEY_CTX_set_signature_md(context, md) != 1) return operation_error();
  kept = {std::move(made), hash, params.salt_length};
  return context;
}

js::Js<std::string> KeyMaterial::mac(CryptoBytes data) const {
  if (!mac_) {
    static EVP_MAC* const kHmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    mac_.reset(EVP_MAC_CTX_new(kHmac));
    char digest[16] = {};
    std::string_view name = EVP_MD_get0_name(openssl_hash(hash_));
    name.copy(digest, sizeof digest - 1);
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    const CryptoBytes key = bytes_of(secret_);
    if (!mac_ || EVP_MAC_init(mac_.get(), key.data(), key.size(), params) != 1) {
      mac_.reset();
      return operation_error();
    }
  } else if (EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) != 1) {
    mac_.reset();
    return operation_error();
  }
  uint8_t out[EVP_MAX_MD_SIZE];
  size_t size = 0;
  if (EVP_MAC_update(mac_.get(), data.data(), data.size()) != 1 ||
      EVP_MAC_final(mac_.get(), out, &size, sizeof out) != 1)
    return operation_error();
  return std::string(reinterpret_cast<const char*>(out), size);
}

js::Js<std::string> KeyMaterial::sign(const CryptoParams& params, CryptoBytes data) const {
  if (id_ == AlgorithmId::hmac) return mac(data);
  if (id_ == AlgorithmId::ed25519) return sign_ed25519(pkey_.get(), data);
  const Hash hash = is_rsa(id_) ? hash_ : params.hash;
  js::Js<EVP_PKEY_CTX*> context = prepared(true, params, hash);
  if (!context) return js::pass(context);
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned digest_size = 0;
  std::string out(static_cast<size_t>(EVP_PKEY_get_size(pkey_.get())), '\0');
  size_t size = out.size();
  if (EVP_Digest(data.data(), data.size(), digest, &digest_size, openssl_hash(hash), nullptr) !=
          1 ||
      EVP_PKEY_sign(*context, writable(out), &size, digest, digest_size) != 1) {
    signing_ = {};
    return operation_error();
  }
  out.resize(size);
  if (is_rsa(id_)) return out;
  out = pair_of_der(out, curve_bytes(curve_));
  if (out.empty()) return operation_error();
  return out;
}

js::Js<bool> KeyMaterial::verify(const CryptoParams& params, CryptoBytes signature,
                                 CryptoBytes data) const {
  if (id_ == AlgorithmId::hmac) {
    js::Js<std::string> expected = mac(data);
    if (!expected) return js::pass(expected);
    return signature.size() == expected->size() &&
           equal_in_constant_time(signature, bytes_of(*expected));
  }
  if (id_ == AlgorithmId::ed25519) return verify_ed25519(pkey_.get(), signature, data);
  const Hash hash = is_rsa(id_) ? hash_ : params.hash;
  std::string der;
  if (is_rsa(id_)) {
    if (signature.size() != static_cast<size_t>(EVP_PKEY_get_size(pkey_.get()))) return false;
  } else {
    if (signature.size() != 2 * curve_bytes(curve_)) return false;
    der = der_of_pair(signature);
    signature = bytes_of(der);
  }
  js::Js<EVP_PKEY_CTX*> context = prepared(false, params, hash);
  // A salt longer than the key has room for fits no signature.
  if (!context) return false;
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned digest_size = 0;
  if (EVP_Digest(data.data(), data.size(), digest, &digest_size, openssl_hash(hash), nullptr) != 1)
    return operation_error();
  const int result =
      EVP_PKEY_verify(*context, signature.data(), signature.size(), digest, digest_size);
  if (result == 1) return true;
  ERR_clear_error();
  if (result < 0) verifying_ = {};
  return false;
}

}  // namespace skerry::web
