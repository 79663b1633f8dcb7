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
    .name = "CryptoKey", .parent = nullptr, .describe = describe, .slots = 2};

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

// https://w3c.github.io/webcrypto/#dom-cryptokey-algorithm: one object, kept.
js::Js<v8::Local<v8::Value>> CryptoKey::algorithm(js::Env& env) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Value> kept = slot(isolate, kAlgorithm);
  if (kept->IsObject()) return kept;
  v8::Local<v8::Object> hash = v8::Object::New(isolate);
  v8::Local<v8::Object> made = v8::Object::New(isolate);
  if (hash->CreateDataProperty(context, env.name("name"), js::from_utf8(isolate, hash_name(hash_)))
          .IsNothing() ||
      made->CreateDataProperty(context, env.name("name"), env.name("HMAC")).IsNothing() ||
      made->CreateDataProperty(context, env.name("length"),
                               v8::Integer::NewFromUnsigned(isolate, bits_))
          .IsNothing() ||
      made->CreateDataProperty(context, env.name("hash"), hash).IsNothing())
    return js::already_thrown();
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
