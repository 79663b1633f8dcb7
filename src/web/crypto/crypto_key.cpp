#include "web/crypto/crypto_key.h"

#include "js/method.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& t) {
  t.getter<&CryptoKey::type>("type", "'secret' | 'public' | 'private'");
  t.getter<&CryptoKey::extractable>("extractable", "boolean");
  t.getter<&CryptoKey::algorithm>("algorithm", "{ name: string; [key: string]: any }");
  t.getter<&CryptoKey::usages>("usages", "string[]");
}

// In the order of the standard's enumeration, which is the order `usages` shows.
constexpr const char* kUsageNames[] = {"encrypt",   "decrypt",    "sign",    "verify",
                                       "deriveKey", "deriveBits", "wrapKey", "unwrapKey"};

}  // namespace

const js::ClassInfo CryptoKey::info{
    .name = "CryptoKey", .parent = nullptr, .describe = describe, .slots = 2, .solitary = true};

js::Js<KeyUsages> read_usages(js::Env& env, v8::Local<v8::Value> names) {
  auto items = js::to_sequence(env, names);
  if (!items) return js::pass(items);
  KeyUsages usages = 0;
  for (v8::Local<v8::Value> item : *items) {
    js::Js<v8::Local<v8::String>> text = js::to_string(env, item);
    if (!text) return js::pass(text);
    const std::string name = js::to_utf8(env.isolate(), *text);
    KeyUsages found = 0;
    for (size_t i = 0; i < std::size(kUsageNames); ++i)
      if (name == kUsageNames[i]) found = static_cast<KeyUsages>(1u << i);
    if (found == 0) return js::type_error("'" + name.substr(0, 64) + "' is not a valid key usage.");
    usages |= found;
  }
  return usages;
}

v8::Local<v8::Array> usages_array(js::Env& env, KeyUsages usages) {
  v8::LocalVector<v8::Value> names(env.isolate());
  for (size_t i = 0; i < std::size(kUsageNames); ++i)
    if ((usages & (1u << i)) != 0) names.push_back(env.name(kUsageNames[i]));
  return v8::Array::New(env.isolate(), names.data(), names.size());
}

std::string_view CryptoKey::type(js::Env&) {
  switch (key_->type()) {
    case KeyType::secret: return "secret";
    case KeyType::public_key: return "public";
    case KeyType::private_key: return "private";
  }
  return {};
}

// https://w3c.github.io/webcrypto/#dom-cryptokey-algorithm: one object, kept.
js::Js<v8::Local<v8::Value>> CryptoKey::algorithm(js::Env& env) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Value> kept = slot(isolate, kAlgorithm);
  if (kept->IsObject()) return kept;
  const KeyMaterial& key = *key_;
  v8::Local<v8::Object> made = v8::Object::New(isolate);
  bool ok = true;
  auto put = [&](v8::Local<v8::Object> object, const char* name, v8::Local<v8::Value> value) {
    ok = ok && object->CreateDataProperty(context, env.name(name), value).IsJust();
  };
  put(made, "name", js::from_latin1(isolate, algorithm_name(key.id())));
  if (is_rsa(key.id())) {
    put(made, "modulusLength", v8::Integer::NewFromUnsigned(isolate, key.modulus_bits()));
    put(made, "publicExponent", js::to_uint8_array(isolate, Bytes::copy_of(key.public_exponent())));
  } else if (is_ec(key.id())) {
    put(made, "namedCurve", js::from_latin1(isolate, curve_name(key.curve())));
  } else if (is_aes(key.id()) || key.id() == AlgorithmId::hmac) {
    put(made, "length", v8::Integer::NewFromUnsigned(isolate, key.bits()));
  }
  if (is_rsa(key.id()) || key.id() == AlgorithmId::hmac) {
    v8::Local<v8::Object> hash = v8::Object::New(isolate);
    put(hash, "name", js::from_latin1(isolate, hash_name(key.hash())));
    put(made, "hash", hash);
  }
  if (!ok) return js::already_thrown();
  set_slot(isolate, kAlgorithm, made);
  return made.As<v8::Value>();
}

// https://w3c.github.io/webcrypto/#dom-cryptokey-usages
v8::Local<v8::Value> CryptoKey::usages(js::Env& env) {
  v8::Local<v8::Value> kept = slot(env.isolate(), kUsages);
  if (kept->IsObject()) return kept;
  v8::Local<v8::Array> made = usages_array(env, usages_);
  set_slot(env.isolate(), kUsages, made);
  return made;
}

}  // namespace skerry::web
