#include "web/crypto/ciphers.h"

#include <climits>

namespace skerry::web {

namespace {

// Fetched once per process; see openssl_hash().
const EVP_CIPHER* openssl_cipher(AlgorithmId id, size_t key_bytes) {
  static const EVP_CIPHER* const kCiphers[4][3] = {
      {EVP_CIPHER_fetch(nullptr, "AES-128-CTR", nullptr),
       EVP_CIPHER_fetch(nullptr, "AES-192-CTR", nullptr),
       EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr)},
      {EVP_CIPHER_fetch(nullptr, "AES-128-CBC", nullptr),
       EVP_CIPHER_fetch(nullptr, "AES-192-CBC", nullptr),
       EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr)},
      {EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr),
       EVP_CIPHER_fetch(nullptr, "AES-192-GCM", nullptr),
       EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)},
      {EVP_CIPHER_fetch(nullptr, "AES-128-WRAP", nullptr),
       EVP_CIPHER_fetch(nullptr, "AES-192-WRAP", nullptr),
       EVP_CIPHER_fetch(nullptr, "AES-256-WRAP", nullptr)},
  };
  const auto mode = static_cast<size_t>(id) - static_cast<size_t>(AlgorithmId::aes_ctr);
  return kCiphers[mode][key_bytes / 8 - 2];
}

enum class Direction : int { decrypt = 0, encrypt = 1 };
constexpr size_t kBlock = 16;

CipherContextPtr start_cipher(const KeyMaterial& key, Direction direction, const uint8_t* iv) {
  CipherContextPtr context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* cipher = openssl_cipher(key.id(), key.secret().size());
  if (context && cipher != nullptr &&
      EVP_CipherInit_ex2(context.get(), cipher, bytes_of(key.secret()).data(), iv,
                         static_cast<int>(direction), nullptr) == 1)
    return context;
  return nullptr;
}

// Everything at once; `out` gets the result, or nothing when the input does not fit the key.
js::Js<std::string> run_cipher(const KeyMaterial& key, Direction direction, const uint8_t* iv,
                               CryptoBytes data) {
  const CipherContextPtr context = start_cipher(key, direction, iv);
  std::string out(data.size() + kBlock, '\0');
  int size = 0, rest = 0;
  if (!context ||
      EVP_CipherUpdate(context.get(), writable(out), &size, data.data(),
                       static_cast<int>(data.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), writable(out) + size, &rest) != 1)
    return operation_error();
  out.resize(static_cast<size_t>(size + rest));
  return out;
}

// https://w3c.github.io/webcrypto/#aes-ctr-operations: only the last `length` bits count, and come
// back to zero by themselves; OpenSSL would carry on into the nonce.
js::Js<std::string> run_ctr(const KeyMaterial& key, const CryptoParams& params, CryptoBytes data) {
  if (params.iv.size() != kBlock || *params.length == 0 || *params.length > 128)
    return operation_error("The counter is 16 bytes, of which 1 to 128 bits count.");
  const uint32_t bits = *params.length;
  const uint64_t blocks = (data.size() + kBlock - 1) / kBlock;
  if (bits < 64 && blocks > (uint64_t{1} << bits))
    return operation_error("The counter would repeat.");
  std::string counter = params.iv;
  // How many blocks until the counting bits are zero again; past 2^63 it never happens.
  uint64_t before_wrap = UINT64_MAX;
  const uint32_t counted = std::min(bits, 63u);
  uint64_t value = 0;
  for (size_t i = 8; i < kBlock; ++i) value = value << 8 | static_cast<uint8_t>(counter[i]);
  bool high_ones = true;
  for (uint32_t bit = counted; bit < bits; ++bit)
    high_ones = high_ones && (static_cast<uint8_t>(counter[kBlock - 1 - bit / 8]) >> bit % 8 & 1);
  if (high_ones) before_wrap = (uint64_t{1} << counted) - (value & ((uint64_t{1} << counted) - 1));
  const uint8_t* iv = bytes_of(counter).data();
  if (blocks <= before_wrap) return run_cipher(key, Direction::encrypt, iv, data);
  const size_t first_bytes = static_cast<size_t>(before_wrap) * kBlock;
  js::Js<std::string> first = run_cipher(key, Direction::encrypt, iv, data.first(first_bytes));
  if (!first) return first;
  for (uint32_t bit = 0; bit < bits; ++bit) {
    char& byte = counter[kBlock - 1 - bit / 8];
    byte = static_cast<char>(static_cast<uint8_t>(byte) & ~(1u << bit % 8));
  }
  js::Js<std::string> second =
      run_cipher(key, Direction::encrypt, bytes_of(counter).data(), data.subspan(first_bytes));
  if (!second) return second;
  return *first + *second;
}

// https://w3c.github.io/webcrypto/#aes-gcm-operations
js::Js<std::string> run_gcm(const KeyMaterial& key, const CryptoParams& params, Direction direction,
                            CryptoBytes data) {
  const size_t tag = params.tag_bits / 8;
  if (params.tag_bits % 8 != 0 || !(tag == 4 || tag == 8 || (tag >= 12 && tag <= 16)))
    return operation_error("The tag length is not possible.");
  if (params.iv.empty()) return operation_error("The initialisation vector is empty.");
  if (direction == Direction::decrypt && data.size() < tag)
    return operation_error("The data is shorter than its tag.");
  const size_t text = direction == Direction::decrypt ? data.size() - tag : data.size();
  const CipherContextPtr made = start_cipher(key, direction, nullptr);
  EVP_CIPHER_CTX* context = made.get();
  std::string out(text + (direction == Direction::encrypt ? tag : 0), '\0');
  const CryptoBytes extra = bytes_of(params.extra);
  const int tag_size = static_cast<int>(tag);
  int size = 0, rest = 0;
  uint8_t last[kBlock];
  bool ok =
      context != nullptr &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(params.iv.size()),
                          nullptr) == 1 &&
      EVP_CipherInit_ex2(context, nullptr, nullptr, bytes_of(params.iv).data(), -1, nullptr) == 1;
  if (ok && direction == Direction::decrypt)
    ok = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size,
                             const_cast<uint8_t*>(data.data() + text)) == 1;
  if (ok && !extra.empty())
    ok = EVP_CipherUpdate(context, nullptr, &size, extra.data(), static_cast<int>(extra.size())) ==
         1;
  if (ok && text > 0)
    ok = EVP_CipherUpdate(context, writable(out), &size, data.data(), static_cast<int>(text)) == 1;
  ok = ok && EVP_CipherFinal_ex(context, last, &rest) == 1;
  if (ok && direction == Direction::encrypt)
    ok = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, writable(out) + text) == 1;
  if (!ok) return operation_error();
  return out;
}

// https://w3c.github.io/webcrypto/#rsa-oaep-operations
js::Js<std::string> run_oaep(const KeyMaterial& key, const CryptoParams& params,
                             Direction direction, CryptoBytes data) {
  const bool encrypting = direction == Direction::encrypt;
  const PkeyContextPtr made(EVP_PKEY_CTX_new_from_pkey(nullptr, key.pkey(), nullptr));
  EVP_PKEY_CTX* context = made.get();
  const EVP_MD* md = openssl_hash(key.hash());
  if (context == nullptr ||
      (encrypting ? EVP_PKEY_encrypt_init(context) : EVP_PKEY_decrypt_init(context)) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context, md) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) != 1)
    return operation_error();
  if (!params.extra.empty()) {
    void* label = OPENSSL_memdup(params.extra.data(), params.extra.size());
    if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, label, static_cast<int>(params.extra.size())) !=
        1) {
      OPENSSL_free(label);
      return operation_error();
    }
  }
  std::string out(static_cast<size_t>(EVP_PKEY_get_size(key.pkey())), '\0');
  size_t size = out.size();
  const auto run = encrypting ? EVP_PKEY_encrypt : EVP_PKEY_decrypt;
  if (run(context, writable(out), &size, data.data(), data.size()) != 1) return operation_error();
  out.resize(size);
  return out;
}

js::Js<std::string> crypt(const KeyMaterial& key, const CryptoParams& params, Direction direction,
                          CryptoBytes data) {
  if (data.size() > INT_MAX - 64 || params.extra.size() > INT_MAX || params.iv.size() > INT_MAX)
    return operation_error("The data is too long.");
  switch (key.id()) {
    case AlgorithmId::aes_ctr: return run_ctr(key, params, data);
    case AlgorithmId::aes_gcm: return run_gcm(key, params, direction, data);
    case AlgorithmId::rsa_oaep: return run_oaep(key, params, direction, data);
    case AlgorithmId::aes_cbc:
      if (params.iv.size() != kBlock)
        return operation_error("The initialisation vector is not 16 bytes long.");
      return run_cipher(key, direction, bytes_of(params.iv).data(), data);
    case AlgorithmId::aes_kw: {
      // RFC 3394: whole halves of a block, two at least.
      const size_t least = direction == Direction::encrypt ? 16 : 24;
      if (data.size() % 8 != 0 || data.size() < least)
        return operation_error("The length of the data is not possible.");
      return run_cipher(key, direction, nullptr, data);
    }
    default: return operation_error();
  }
}

}  // namespace

js::Js<std::string> encrypt(const KeyMaterial& key, const CryptoParams& params, CryptoBytes data) {
  return crypt(key, params, Direction::encrypt, data);
}

js::Js<std::string> decrypt(const KeyMaterial& key, const CryptoParams& params, CryptoBytes data) {
  return crypt(key, params, Direction::decrypt, data);
}

}  // namespace skerry::web
