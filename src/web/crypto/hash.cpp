#include "web/crypto/hash.h"

#include <openssl/crypto.h>

#include "types/ascii.h"
#include "web/crypto/openssl.h"

namespace skerry::web {

namespace {

// Never freed: OpenSSL itself lives as long as the process.
const EVP_MD* fetched(const char* name, const EVP_MD* fallback) {
  const EVP_MD* found = EVP_MD_fetch(nullptr, name, nullptr);
  return found == nullptr ? fallback : found;
}

}  // namespace

const EVP_MD* openssl_hash(Hash hash) {
  static const EVP_MD* const kHashes[] = {
      fetched("SHA1", EVP_sha1()),       fetched("SHA2-256", EVP_sha256()),
      fetched("SHA2-384", EVP_sha384()), fetched("SHA2-512", EVP_sha512()),
      fetched("MD5", EVP_md5()),
  };
  return kHashes[static_cast<size_t>(hash)];
}

std::optional<Hash> find_hash(std::string_view name) {
  for (Hash hash : {Hash::sha256, Hash::sha1, Hash::sha384, Hash::sha512, Hash::md5})
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

std::string_view hash_digits(Hash hash) {
  std::string_view name = hash_name(hash);
  return name.substr(name.find('-') + 1);
}

uint32_t block_bits(Hash hash) {
  return hash == Hash::sha384 || hash == Hash::sha512 ? 1024 : 512;
}

std::optional<std::string> digest(Hash hash, std::span<const uint8_t> data) {
  uint8_t out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), out, &size, openssl_hash(hash), nullptr) != 1)
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
