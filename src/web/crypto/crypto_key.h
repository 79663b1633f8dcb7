// CryptoKey: https://w3c.github.io/webcrypto/#cryptokey-interface
#pragma once

#include <string>

#include "js/convert.h"
#include "web/crypto/key_material.h"

namespace skerry::web {

// A sequence of usage names; a TypeError for anything else.
js::Js<KeyUsages> read_usages(js::Env& env, v8::Local<v8::Value> names);
v8::Local<v8::Array> usages_array(js::Env& env, KeyUsages usages);

class CryptoKey final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  enum class Extractable : uint8_t { no, yes };
  CryptoKey(Key key, Extractable extractable, KeyUsages usages)
      : Wrapped(info), key_(std::move(key)), extractable_(extractable), usages_(usages) {}

  std::string_view type(js::Env& env);
  bool extractable(js::Env&) { return is_extractable(); }
  js::Js<v8::Local<v8::Value>> algorithm(js::Env& env);
  v8::Local<v8::Value> usages(js::Env& env);

  const KeyMaterial& material() const { return *key_; }
  const Key& key() const { return key_; }
  bool is_extractable() const { return extractable_ == Extractable::yes; }
  KeyUsages usage_set() const { return usages_; }
  // https://w3c.github.io/webcrypto/#cryptokey-interface, serialization: keys share their material.
  std::unique_ptr<CryptoKey> copy() const {
    return std::make_unique<CryptoKey>(key_, extractable_, usages_);
  }

 private:
  static constexpr int kAlgorithm = 0;
  static constexpr int kUsages = 1;
  Key key_;
  Extractable extractable_;
  KeyUsages usages_;
};

}  // namespace skerry::web
