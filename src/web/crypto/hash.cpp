#include "web/crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "types/ascii.h"

namespace skerry::web {

namespace {

const EVP_MD* evp(Hash hash) {
  switch (hash) {
    case Hash::sha1: return EVP_sha1();
    case Hash::sha256: return EVP_sha256();
    case Hash::sha384: return EVP_sha384();
    case Hash::sha512: return EVP_sha512();
    case Hash::md5: return EVP_md5();
  }
  return nullptr;
}

}  // namespace

std::optional<Hash> find_hash(std::string_view name) {
  for (Hash hash : {Hash::sha1, Hash::sha256, Hash::sha384, Hash::sha512, Hash::md5})
    if (types::equals_ascii_case(name, hash_name(hash))) return hash;
  return std::nullopt;
}

std::string_view hash_name(Hash hash) {
  switch (hash) {
    case Hash::sha1: return "SHA-1";
    case Hash::sha256: return "SHA-256";
    case Hash::sha384: return "SHA-384";
    case Hash::sha512: return "SHA-512";
    case Hash::md5: return "MD5";
  }
  return {};
}

uint32_t block_bits(Hash hash) {
  return hash == Hash::sha384 || hash == Hash::sha512 ? 1024 : 512;
}

std::optional<std::string> digest(Hash hash, std::span<const uint8_t> data) {
  uint8_t out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), out, &size, evp(hash), nullptr) != 1)
    return std::nullopt;
  return std::string(reinterpret_cast<const char*>(out), size);
}

std::optional<std::string> hmac(Hash hash, std::string_view key, std::span<const uint8_t> data) {
  uint8_t out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  // A null key would mean "the one of last time".
  const char* key_data = key.empty() ? "" : key.data();
  const uint8_t* bytes = data.empty() ? reinterpret_cast<const uint8_t*>("") : data.data();
  if (HMAC(evp(hash), key_data, static_cast<int>(key.size()), bytes, data.size(), out, &size) ==
      nullptr)
    return std::nullopt;
  return std::string(reinterpret_cast<const char*>(out), size);
}

bool equal_in_constant_time(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
}

}  // namespace skerry::web
