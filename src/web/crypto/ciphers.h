// Encryption and key derivation on OpenSSL. Free of V8; any thread.
#pragma once

#include <string>

#include "web/crypto/key_material.h"

namespace skerry::web {

// AES-CBC, AES-CTR, AES-GCM, RSA-OAEP; AES-KW for wrapping keys.
js::Js<std::string> encrypt(const KeyMaterial& key, const CryptoParams& params, CryptoBytes data);
js::Js<std::string> decrypt(const KeyMaterial& key, const CryptoParams& params, CryptoBytes data);

// HKDF, PBKDF2, ECDH and X25519. `bits`: how many are wanted; none where the algorithm decides.
js::Js<std::string> derive_bits(const KeyMaterial& key, const CryptoParams& params,
                                std::optional<uint32_t> bits);
// What derive_bits() refuses before it computes, so that nothing hopeless is handed to a thread.
js::Js<> check_derivation(const KeyMaterial& key, const CryptoParams& params,
                          std::optional<uint32_t> bits);

}  // namespace skerry::web
