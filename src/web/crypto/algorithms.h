// What the algorithms of WebCrypto are called, and the parameters of an operation once they are
// normalised (https://w3c.github.io/webcrypto/#algorithm-normalization). Free of V8.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "web/crypto/hash.h"

namespace skerry::web {

enum class AlgorithmId : uint8_t {
  rsassa_pkcs1,
  rsa_pss,
  rsa_oaep,
  ecdsa,
  ecdh,
  ed25519,
  x25519,
  hmac,
  aes_ctr,
  aes_cbc,
  aes_gcm,
  aes_kw,
  hkdf,
  pbkdf2,
};
inline constexpr size_t kAlgorithmCount = 14;

enum class Curve : uint8_t { none, p256, p384, p521 };

// The registered name, in the standard's spelling.
std::string_view algorithm_name(AlgorithmId id);
// By name in any case of letters.
std::optional<AlgorithmId> find_algorithm(std::string_view name);

std::string_view curve_name(Curve curve);
std::optional<Curve> find_curve(std::string_view name);  // case counts
uint32_t curve_bytes(Curve curve);                       // of one coordinate

inline bool is_rsa(AlgorithmId id) {
  return id <= AlgorithmId::rsa_oaep;
}
inline bool is_ec(AlgorithmId id) {
  return id == AlgorithmId::ecdsa || id == AlgorithmId::ecdh;
}
// The key pairs of RFC 8410.
inline bool is_okp(AlgorithmId id) {
  return id == AlgorithmId::ed25519 || id == AlgorithmId::x25519;
}
inline bool is_aes(AlgorithmId id) {
  return id >= AlgorithmId::aes_ctr && id <= AlgorithmId::aes_kw;
}

// A set of https://w3c.github.io/webcrypto/#dfn-KeyUsage values.
using KeyUsages = uint8_t;
enum KeyUsage : KeyUsages {
  kEncrypt = 1,
  kDecrypt = 2,
  kSign = 4,
  kVerify = 8,
  kDeriveKey = 16,
  kDeriveBits = 32,
  kWrapKey = 64,
  kUnwrapKey = 128,
};

class KeyMaterial;

// One normalised algorithm; which members mean something depends on the algorithm and operation.
struct CryptoParams {
  AlgorithmId id;
  Hash hash = Hash::sha256;
  Curve curve = Curve::none;
  std::optional<uint32_t> length = {};  // bits: of a key, or of a counter
  uint32_t modulus_bits = 0;
  uint32_t iterations = 0;
  uint32_t salt_length = 0;  // bytes, of RSA-PSS
  uint32_t tag_bits = 128;
  std::string public_exponent = {};  // big-endian
  std::string iv = {};               // or the counter block, or the salt of a derivation
  std::string extra = {};            // additional data, label or info
  std::shared_ptr<const KeyMaterial> peer = {};
};

}  // namespace skerry::web
