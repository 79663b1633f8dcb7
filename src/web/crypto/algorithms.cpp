#include "web/crypto/algorithms.h"

#include <iterator>

#include "types/ascii.h"

namespace skerry::web {

namespace {

constexpr std::string_view kNames[] = {
    "RSASSA-PKCS1-v1_5", "RSA-PSS", "RSA-OAEP", "ECDSA",  "ECDH", "Ed25519", "X25519", "HMAC",
    "AES-CTR",           "AES-CBC", "AES-GCM",  "AES-KW", "HKDF", "PBKDF2",
};
static_assert(std::size(kNames) == kAlgorithmCount);

}  // namespace

std::string_view algorithm_name(AlgorithmId id) {
  return kNames[static_cast<size_t>(id)];
}

std::optional<AlgorithmId> find_algorithm(std::string_view name) {
  for (size_t i = 0; i < kAlgorithmCount; ++i)
    if (types::equals_ascii_case(name, kNames[i])) return static_cast<AlgorithmId>(i);
  return std::nullopt;
}

std::string_view curve_name(Curve curve) {
  switch (curve) {
    case Curve::p256: return "P-256";
    case Curve::p384: return "P-384";
    case Curve::p521: return "P-521";
    case Curve::none: break;
  }
  return {};
}

std::optional<Curve> find_curve(std::string_view name) {
  for (Curve curve : {Curve::p256, Curve::p384, Curve::p521})
    if (name == curve_name(curve)) return curve;
  return std::nullopt;
}

uint32_t curve_bytes(Curve curve) {
  switch (curve) {
    case Curve::p256: return 32;
    case Curve::p384: return 48;
    case Curve::p521: return 66;
    case Curve::none: break;
  }
  return 0;
}

}  // namespace skerry::web
