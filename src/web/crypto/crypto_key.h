// CryptoKey: https://w3c.github.io/webcrypto/#cryptokey-interface. Secret keys of HMAC.
#pragma once

#include <cstdint>
#include <string>

#include "js/convert.h"
#include "web/crypto/hash.h"

namespace skerry::web {

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
// A sequence of usage names; a TypeError for anything else.
js::Js<KeyUsages> read_usages(js::Env& env, v8::Local<v8::Value> names);
v8::Local<v8::Array> usages_array(js::Env& env, KeyUsages usages);

class CryptoKey final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  enum class Extractable : uint8_t { no, yes };
  // `bits` may leave the last byte of `secret` in part.
  CryptoKey(Hash hash, std::string secret, uint32_t bits, Extractable extractable, KeyUsages usages)
      : Wrapped(info),
        hash_(hash),
        secret_(std::move(secret)),
        bits_(bits),
        extractable_(extractable),
        usages_(usages) {}
  ~CryptoKey() override { wipe(secret_); }

  std::string_view type(js::Env&) { return "secret"; }
  bool extractable(js::Env&) { return is_extractable(); }
  js::Js<v8::Local<v8::Value>> algorithm(js::Env& env);
  v8::Local<v8::Value> usages(js::Env& env);

  Hash hash() const { return hash_; }
  const std::string& secret() const { return secret_; }
  bool is_extractable() const { return extractable_ == Extractable::yes; }
  KeyUsages usage_set() const { return usages_; }

 private:
  static constexpr int kAlgorithm = 0;
  static constexpr int kUsages = 1;
  Hash hash_;
  std::string secret_;
  uint32_t bits_;
  Extractable extractable_;
  KeyUsages usages_;
};

}  // namespace skerry::web
