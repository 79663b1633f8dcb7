#include "web/crypto/key_material.h"

#include <vector>

#include "base/limits.h"
#include "types/base64.h"

namespace skerry::web {

namespace {

const char* openssl_group(Curve curve) {
  switch (curve) {
    case Curve::p256: return "prime256v1";
    case Curve::p384: return "secp384r1";
    case Curve::p521: return "secp521r1";
    case Curve::none: break;
  }
  return "";
}

const char* openssl_type(AlgorithmId id) {
  if (is_rsa(id)) return "RSA";
  if (is_ec(id)) return "EC";
  return id == AlgorithmId::ed25519 ? "ED25519" : "X25519";
}

constexpr size_t kOkpBytes = 32;

std::string bytes_of_number(const BIGNUM* number, size_t size = 0) {
  if (size == 0) size = static_cast<size_t>(BN_num_bytes(number));
  std::string out(size, '\0');
  if (BN_bn2binpad(number, writable(out), static_cast<int>(size)) < 0) out.clear();
  return out;
}

std::string number_of(const EVP_PKEY* key, const char* name, size_t size = 0) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) {
    ERR_clear_error();
    return {};
  }
  const BignumPtr owned(number);
  return bytes_of_number(number, size);
}

// Numbers and octets under names, as EVP_PKEY_fromdata takes them. The numbers must outlive it.
class PkeyBuilder {
 public:
  PkeyBuilder() : builder_(OSSL_PARAM_BLD_new()) {}
  void text(const char* name, const char* value) {
    ok_ = ok_ && OSSL_PARAM_BLD_push_utf8_string(builder_.get(), name, value, 0) == 1;
  }
  void octets(const char* name, CryptoBytes value) {
    ok_ = ok_ &&
          OSSL_PARAM_BLD_push_octet_string(builder_.get(), name, value.data(), value.size()) == 1;
  }
  void number(const char* name, CryptoBytes value) {
    if (value.size() > kNumberBytesMax) {
      ok_ = false;
      return;
    }
    numbers_.emplace_back(BN_secure_new());
    BIGNUM* number = numbers_.back().get();
    ok_ = ok_ && BN_bin2bn(value.data(), static_cast<int>(value.size()), number) != nullptr &&
          OSSL_PARAM_BLD_push_BN(builder_.get(), name, number) == 1;
  }
  PkeyPtr build(const char* type, int selection) {
    if (!ok_) return nullptr;
    const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder_.get()));
    const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* made = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, selection, params.get()) != 1)
      return nullptr;
    return PkeyPtr(made);
  }

 private:
  static constexpr size_t kNumberBytesMax = limits::crypto_rsa_bits_max / 8;
  ParamBuilderPtr builder_;
  std::vector<BignumPtr> numbers_;
  bool ok_ = true;
};

bool is_pair(EVP_PKEY* key) {
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_pairwise_check(context.get()) == 1;
}

// `point` in any form of SEC 1; `secret` is empty for a public key.
PkeyPtr build_ec(Curve curve, CryptoBytes point, CryptoBytes secret) {
  PkeyBuilder builder;
  builder.text(OSSL_PKEY_PARAM_GROUP_NAME, openssl_group(curve));
  builder.octets(OSSL_PKEY_PARAM_PUB_KEY, point);
  if (!secret.empty()) builder.number(OSSL_PKEY_PARAM_PRIV_KEY, secret);
  return builder.build("EC", secret.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR);
}

std::string ec_point(const EVP_PKEY* key, Curve curve) {
  const size_t size = curve_bytes(curve);
  return '\x04' + number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, size) +
         number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, size);
}

std::string okp_raw(const EVP_PKEY* key, KeyType type) {
  std::string out(kOkpBytes, '\0');
  size_t size = out.size();
  const auto get =
      type == KeyType::public_key ? EVP_PKEY_get_raw_public_key : EVP_PKEY_get_raw_private_key;
  if (get(key, writable(out), &size) != 1 || size != out.size()) out.clear();
  return out;
}

PkeyPtr build_okp(AlgorithmId id, KeyType type, CryptoBytes bytes) {
  if (bytes.size() != kOkpBytes) return nullptr;
  const auto make = type == KeyType::public_key ? EVP_PKEY_new_raw_public_key_ex
                                                : EVP_PKEY_new_raw_private_key_ex;
  return PkeyPtr(make(nullptr, openssl_type(id), nullptr, bytes.data(), bytes.size()));
}

using DerBytes = std::unique_ptr<uint8_t, decltype([](uint8_t* data) { OPENSSL_free(data); })>;

std::string der_text(uint8_t* data, int size) {
  const DerBytes owned(data);
  return size <= 0 ? std::string()
                   : std::string(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
}

}  // namespace

// The only one who fills a KeyMaterial.
class KeyMaker {
 public:
  static std::shared_ptr<KeyMaterial> make(const CryptoParams& params, KeyType type) {
    auto made = std::make_shared<KeyMaterial>(params.id, type);
    made->hash_ = params.hash;
    made->curve_ = params.curve;
    return made;
  }
  static Key secret(const CryptoParams& params, std::string secret, uint32_t bits) {
    auto made = make(params, KeyType::secret);
    made->secret_ = std::move(secret);
    made->bits_ = bits;
    return made;
  }
  static Key pkey(const CryptoParams& params, KeyType type, PkeyPtr pkey) {
    auto made = make(params, type);
    made->pkey_ = std::move(pkey);
    return made;
  }
};

uint32_t KeyMaterial::modulus_bits() const {
  return static_cast<uint32_t>(EVP_PKEY_get_bits(pkey_.get()));
}

std::string KeyMaterial::public_exponent() const {
  return number_of(pkey_.get(), OSSL_PKEY_PARAM_RSA_E);
}

Key make_secret(const CryptoParams& params, std::string secret, uint32_t bits) {
  if (bits % 8 != 0) secret.back() = static_cast<char>(secret.back() & (0xff << (8 - bits % 8)));
  return KeyMaker::secret(params, std::move(secret), bits);
}

// https://w3c.github.io/webcrypto/#aes-ctr-operations-generate-key and
// #hmac-operations-generate-key
js::Js<uint32_t> new_secret_bits(const CryptoParams& params) {
  if (is_aes(params.id)) {
    if (params.length != 128 && params.length != 192 && params.length != 256)
      return operation_error("The length of an AES key is 128, 192 or 256 bits.");
    return *params.length;
  }
  const uint32_t bits = params.length.value_or(block_bits(params.hash));
  if (bits == 0 || bits > limits::crypto_hmac_key_bits_max)
    return operation_error("The key length is not possible.");
  return bits;
}

namespace {

BignumPtr exponent_of(const CryptoParams& params) {
  const CryptoBytes given = bytes_of(params.public_exponent);
  if (given.size() > 4) return nullptr;
  return BignumPtr(BN_bin2bn(given.data(), static_cast<int>(given.size()), nullptr));
}

js::Js<PkeyPtr> generate_rsa(const CryptoParams& params) {
  const BignumPtr exponent = exponent_of(params);
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(params.modulus_bits)) != 1 ||
      EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), exponent.get()) != 1 ||
      EVP_PKEY_generate(context.get(), &made) != 1)
    return operation_error("The key could not be generated.");
  return PkeyPtr(made);
}

}  // namespace

js::Js<> check_generation(const CryptoParams& params) {
  if (!is_rsa(params.id)) return {};
  // An exponent past 32 bits makes every verification slow; 3 is the least that is one.
  const BignumPtr exponent = exponent_of(params);
  if (!exponent || BN_num_bits(exponent.get()) < 2 || !BN_is_odd(exponent.get()))
    return operation_error("The public exponent is not possible.");
  if (params.modulus_bits < limits::crypto_rsa_generate_bits_min ||
      params.modulus_bits > limits::crypto_rsa_generate_bits_max)
    return operation_error("The modulus length is not possible.");
  return {};
}

js::Js<KeyPair> generate_pair(const CryptoParams& params) {
  js::Js<> possible = check_generation(params);
  if (!possible) return js::pass(possible);
  PkeyPtr made;
  if (is_rsa(params.id)) {
    js::Js<PkeyPtr> rsa = generate_rsa(params);
    if (!rsa) return js::pass(rsa);
    made = std::move(*rsa);
  } else if (is_ec(params.id)) {
    made.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", openssl_group(params.curve)));
  } else {
    made.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, openssl_type(params.id)));
  }
  if (!made) return operation_error("The key could not be generated.");
  // One object for both halves: a CryptoKey's type says which half it is.
  EVP_PKEY_up_ref(made.get());
  PkeyPtr again(made.get());
  return KeyPair{KeyMaker::pkey(params, KeyType::public_key, std::move(again)),
                 KeyMaker::pkey(params, KeyType::private_key, std::move(made))};
}

namespace {

// What was read must be of the algorithm: RSA keys with the general identifier, the right curve.
js::Js<Key> checked(const CryptoParams& params, KeyType type, PkeyPtr key) {
  if (!key || EVP_PKEY_is_a(key.get(), openssl_type(params.id)) != 1)
    return data_error("The key data is not a key of this algorithm.");
  if (is_rsa(params.id)) {
    if (EVP_PKEY_get_bits(key.get()) > static_cast<int>(limits::crypto_rsa_bits_max))
      return data_error("The RSA modulus is too long.");
    return KeyMaker::pkey(params, type, std::move(key));
  }
  if (!is_ec(params.id)) return KeyMaker::pkey(params, type, std::move(key));
  char group[64];
  size_t size = 0;
  if (EVP_PKEY_get_group_name(key.get(), group, sizeof group, &size) != 1 ||
      std::string_view(group, size) != openssl_group(params.curve))
    return data_error("The key is not on the named curve.");
  // Made again from its numbers, so that it is written with an uncompressed point.
  const std::string point = ec_point(key.get(), params.curve);
  std::string secret;
  if (type == KeyType::private_key)
    secret = number_of(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, curve_bytes(params.curve));
  PkeyPtr plain = build_ec(params.curve, bytes_of(point), bytes_of(secret));
  wipe(secret);
  if (!plain || (type == KeyType::private_key && !is_pair(plain.get())))
    return data_error("The key data is not a valid key.");
  return KeyMaker::pkey(params, type, std::move(plain));
}

js::Js<Key> import_secret(const CryptoParams& params, std::string secret) {
  const uint64_t bits = uint64_t{secret.size()} * 8;
  if (is_aes(params.id)) {
    if (bits != 128 && bits != 192 && bits != 256)
      return data_error("The length of an AES key is 128, 192 or 256 bits.");
  } else if (params.id == AlgorithmId::hmac) {
    // https://w3c.github.io/webcrypto/#hmac-operations-import-key, steps 4 to 7
    if (bits == 0) return data_error("The key is empty.");
    if (bits > limits::crypto_hmac_key_bits_max) return data_error("The key is too long.");
    if (params.length) {
      if (*params.length > bits || *params.length + uint64_t{8} <= bits)
        return data_error("The length does not fit the key.");
      return make_secret(params, std::move(secret), *params.length);
    }
  } else if (bits > limits::crypto_hmac_key_bits_max) {
    return data_error("The key is too long.");
  }
  return make_secret(params, std::move(secret), static_cast<uint32_t>(bits));
}

}  // namespace

js::Js<Key> import_bytes(const CryptoParams& params, KeyFormat format, CryptoBytes bytes) {
  const uint8_t* at = bytes.data();
  const uint8_t* const end = at + bytes.size();
  const long size = static_cast<long>(bytes.size());
  switch (format) {
    case KeyFormat::raw:
      if (is_ec(params.id)) {
        PkeyPtr made = build_ec(params.curve, bytes, {});
        // 0 alone is the point at infinity.
        if (bytes.size() < 2) made = nullptr;
        return checked(params, KeyType::public_key, std::move(made));
      }
      if (is_okp(params.id))
        return checked(params, KeyType::public_key,
                       build_okp(params.id, KeyType::public_key, bytes));
      return import_secret(params,
                           std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    case KeyFormat::spki: {
      PkeyPtr made(d2i_PUBKEY(nullptr, &at, size));
      if (at != end) made = nullptr;
      return checked(params, KeyType::public_key, std::move(made));
    }
    case KeyFormat::pkcs8: {
      const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, size));
      PkeyPtr made(info && at == end ? EVP_PKCS82PKEY(info.get()) : nullptr);
      return checked(params, KeyType::private_key, std::move(made));
    }
    case KeyFormat::jwk: break;
  }
  return data_error("The key data is not a key.");
}

namespace {

std::optional<std::string> decoded(const std::optional<std::string>& text) {
  // Padding is not part of base64url in JOSE (RFC 7515 section 2).
  if (!text || text->contains('=')) return std::nullopt;
  return types::base64url_decode(*text);
}

js::Js<Key> import_rsa_jwk(const CryptoParams& params, const JsonWebKey& jwk) {
  if (jwk.kty != "RSA") return data_error("The JWK member 'kty' is not 'RSA'.");
  if (jwk.has_oth)
    return js::dom_error("NotSupportedError",
                         "RSA keys of more than two primes are not supported.");
  PkeyBuilder builder;
  bool complete = true;
  auto add = [&](const char* name, const std::optional<std::string>& text) {
    std::optional<std::string> number = decoded(text);
    complete = complete && number && !number->empty();
    if (complete) builder.number(name, bytes_of(*number));
    if (number) wipe(*number);
  };
  add(OSSL_PKEY_PARAM_RSA_N, jwk.n);
  add(OSSL_PKEY_PARAM_RSA_E, jwk.e);
  if (jwk.d) {
    add(OSSL_PKEY_PARAM_RSA_D, jwk.d);
    add(OSSL_PKEY_PARAM_RSA_FACTOR1, jwk.p);
    add(OSSL_PKEY_PARAM_RSA_FACTOR2, jwk.q);
    add(OSSL_PKEY_PARAM_RSA_EXPONENT1, jwk.dp);
    add(OSSL_PKEY_PARAM_RSA_EXPONENT2, jwk.dq);
    add(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, jwk.qi);
  }
  if (!complete) return data_error("The JWK lacks a number of an RSA key.");
  const KeyType type = jwk.d ? KeyType::private_key : KeyType::public_key;
  return checked(params, type,
                 builder.build("RSA", jwk.d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY));
}

js::Js<Key> import_ec_jwk(const CryptoParams& params, const JsonWebKey& jwk) {
  if (jwk.kty != "EC") return data_error("The JWK member 'kty' is not 'EC'.");
  if (jwk.crv != curve_name(params.curve))
    return data_error("The JWK member 'crv' is not the named curve.");
  std::optional<std::string> x = decoded(jwk.x), y = decoded(jwk.y), d = decoded(jwk.d);
  const size_t size = curve_bytes(params.curve);
  if (!x || !y || x->size() != size || y->size() != size || (jwk.d && (!d || d->size() != size)))
    return data_error("A JWK member 'x', 'y' or 'd' is missing or has the wrong length.");
  const std::string point = '\x04' + *x + *y;
  PkeyPtr made = build_ec(params.curve, bytes_of(point), d ? bytes_of(*d) : CryptoBytes());
  if (d) wipe(*d);
  return checked(params, d ? KeyType::private_key : KeyType::public_key, std::move(made));
}

js::Js<Key> import_okp_jwk(const CryptoParams& params, const JsonWebKey& jwk) {
  if (jwk.kty != "OKP") return data_error("The JWK member 'kty' is not 'OKP'.");
  if (jwk.crv != algorithm_name(params.id))
    return data_error("The JWK member 'crv' is not the algorithm's.");
  std::optional<std::string> x = decoded(jwk.x), d = decoded(jwk.d);
  if (!x || (jwk.d && !d)) return data_error("The JWK member 'x' or 'd' is missing or malformed.");
  if (!d)
    return checked(params, KeyType::public_key,
                   build_okp(params.id, KeyType::public_key, bytes_of(*x)));
  PkeyPtr made = build_okp(params.id, KeyType::private_key, bytes_of(*d));
  wipe(*d);
  if (made && okp_raw(made.get(), KeyType::public_key) != *x)
    return data_error("The JWK members 'x' and 'd' are of different keys.");
  return checked(params, KeyType::private_key, std::move(made));
}

// https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-import-key and its like: the algorithm a
// JWK names, if it names one.
std::string jwk_algorithm(const CryptoParams& params, uint32_t bits) {
  const std::string digits(hash_digits(params.hash));
  switch (params.id) {
    case AlgorithmId::rsassa_pkcs1: return "RS" + digits;
    case AlgorithmId::rsa_pss: return "PS" + digits;
    case AlgorithmId::rsa_oaep:
      return params.hash == Hash::sha1 ? "RSA-OAEP" : "RSA-OAEP-" + digits;
    case AlgorithmId::hmac: return "HS" + digits;
    case AlgorithmId::aes_ctr: return "A" + std::to_string(bits) + "CTR";
    case AlgorithmId::aes_cbc: return "A" + std::to_string(bits) + "CBC";
    case AlgorithmId::aes_gcm: return "A" + std::to_string(bits) + "GCM";
    case AlgorithmId::aes_kw: return "A" + std::to_string(bits) + "KW";
    default: return {};
  }
}

}  // namespace

js::Js<Key> import_jwk(const CryptoParams& params, const JsonWebKey& jwk) {
  js::Js<Key> made = std::unexpected(js::Throw{});
  if (is_rsa(params.id)) {
    made = import_rsa_jwk(params, jwk);
  } else if (is_ec(params.id)) {
    made = import_ec_jwk(params, jwk);
    static constexpr std::string_view kNames[] = {"", "ES256", "ES384", "ES512"};
    if (made && params.id == AlgorithmId::ecdsa && jwk.alg &&
        *jwk.alg != kNames[static_cast<size_t>(params.curve)])
      return data_error("The JWK member 'alg' does not fit the curve.");
    return made;
  } else if (is_okp(params.id)) {
    // `alg` is ignored: RFC 8037 and what followed it disagree about the name.
    return import_okp_jwk(params, jwk);
  } else {
    if (jwk.kty != "oct") return data_error("The JWK member 'kty' is not 'oct'.");
    std::optional<std::string> secret = decoded(jwk.k);
    if (!secret) return data_error("The JWK member 'k' is missing or not base64url.");
    made = import_secret(params, std::move(*secret));
  }
  if (!made) return made;
  const uint32_t bits = is_rsa(params.id) ? 0 : (*made)->bits();
  if (jwk.alg && *jwk.alg != jwk_algorithm(params, bits))
    return data_error("The JWK member 'alg' does not fit the algorithm.");
  return made;
}

js::Js<std::string> KeyMaterial::export_bytes(KeyFormat format) const {
  uint8_t* der = nullptr;
  std::string out;
  if (format == KeyFormat::raw && type_ == KeyType::secret) return secret_;
  if (format == KeyFormat::raw && type_ == KeyType::public_key && is_ec(id_)) {
    out = ec_point(pkey_.get(), curve_);
  } else if (format == KeyFormat::raw && type_ == KeyType::public_key && is_okp(id_)) {
    out = okp_raw(pkey_.get(), KeyType::public_key);
  } else if (format == KeyFormat::spki && type_ == KeyType::public_key) {
    const int size = i2d_PUBKEY(pkey_.get(), &der);
    out = der_text(der, size);
  } else if (format == KeyFormat::pkcs8 && type_ == KeyType::private_key) {
    const Pkcs8Ptr info(EVP_PKEY2PKCS8(pkey_.get()));
    const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der) : 0;
    out = der_text(der, size);
  } else {
    const bool known = type_ == KeyType::secret || (format == KeyFormat::raw && is_rsa(id_));
    return js::dom_error(known ? "NotSupportedError" : "InvalidAccessError",
                         "The key has no such format.");
  }
  if (out.empty()) return operation_error("The key could not be exported.");
  return out;
}

js::Js<JsonWebKey> KeyMaterial::export_jwk() const {
  JsonWebKey jwk;
  auto put = [](std::optional<std::string>& member, std::string bytes) {
    member = types::base64url_encode(bytes);
    wipe(bytes);
  };
  CryptoParams params{.id = id_, .hash = hash_, .curve = curve_};
  if (std::string name = jwk_algorithm(params, bits_); !name.empty()) jwk.alg = std::move(name);
  const EVP_PKEY* key = pkey_.get();
  const bool is_private = type_ == KeyType::private_key;
  if (type_ == KeyType::secret) {
    jwk.kty = "oct";
    put(jwk.k, secret_);
  } else if (is_rsa(id_)) {
    jwk.kty = "RSA";
    put(jwk.n, number_of(key, OSSL_PKEY_PARAM_RSA_N));
    put(jwk.e, number_of(key, OSSL_PKEY_PARAM_RSA_E));
    if (!is_private) return jwk;
    put(jwk.d, number_of(key, OSSL_PKEY_PARAM_RSA_D));
    put(jwk.p, number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR1));
    put(jwk.q, number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR2));
    put(jwk.dp, number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT1));
    put(jwk.dq, number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT2));
    put(jwk.qi, number_of(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
  } else if (is_ec(id_)) {
    const size_t size = curve_bytes(curve_);
    jwk.kty = "EC";
    jwk.crv = curve_name(curve_);
    put(jwk.x, number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, size));
    put(jwk.y, number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, size));
    if (is_private) put(jwk.d, number_of(key, OSSL_PKEY_PARAM_PRIV_KEY, size));
  } else {
    jwk.kty = "OKP";
    jwk.crv = algorithm_name(id_);
    if (id_ == AlgorithmId::ed25519) jwk.alg = "Ed25519";
    put(jwk.x, okp_raw(key, KeyType::public_key));
    if (is_private) put(jwk.d, okp_raw(key, KeyType::private_key));
  }
  return jwk;
}

}  // namespace skerry::web
