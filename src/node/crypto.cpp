// The native half of node:crypto: digests and HMAC as they go, and keys made of passwords, on
// OpenSSL. Whatever can take long is bounded, since the watchdog cannot end native work.
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "js/convert.h"
#include "js/method.h"
#include "node/native.h"

namespace skerry::node {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

struct Free {
  void operator()(EVP_MD* it) const { EVP_MD_free(it); }
  void operator()(EVP_MD_CTX* it) const { EVP_MD_CTX_free(it); }
  void operator()(EVP_MAC* it) const { EVP_MAC_free(it); }
  void operator()(EVP_MAC_CTX* it) const { EVP_MAC_CTX_free(it); }
  void operator()(EVP_KDF* it) const { EVP_KDF_free(it); }
  void operator()(EVP_KDF_CTX* it) const { EVP_KDF_CTX_free(it); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<EVP_MD> digest_of(v8::Isolate* isolate, v8::Local<v8::Value> name) {
  if (!name->IsString()) return nullptr;
  std::string text = js::to_utf8(isolate, name.As<v8::String>());
  // Node takes the names of signatures as well.
  if (text.starts_with("RSA-") || text.starts_with("rsa-")) text.erase(0, 4);
  return Owned<EVP_MD>(EVP_MD_fetch(nullptr, text.c_str(), nullptr));
}

std::span<uint8_t> bytes_of(v8::Local<v8::Value> value) {
  return js::buffer_source(value).value_or(std::span<uint8_t>());
}

uint64_t number_of(v8::Local<v8::Value> value) {
  return value->IsNumber() ? static_cast<uint64_t>(value.As<v8::Number>()->Value()) : 0;
}

void set_bytes(const Info& info, std::span<const uint8_t> bytes) {
  info.GetReturnValue().Set(js::to_uint8_array(
      info.GetIsolate(),
      Bytes::copy_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()})));
}

// A digest or an HMAC under way. Not exposed.
class Digest final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  explicit Digest(Owned<EVP_MD_CTX> hash) : Wrapped(info), hash_(std::move(hash)) {}
  explicit Digest(Owned<EVP_MAC_CTX> mac) : Wrapped(info), mac_(std::move(mac)) {}

  void update(js::Env&, v8::Local<v8::Value> data) {
    const std::span<uint8_t> bytes = bytes_of(data);
    if (hash_)
      EVP_DigestUpdate(hash_.get(), bytes.data(), bytes.size());
    else
      EVP_MAC_update(mac_.get(), bytes.data(), bytes.size());
  }
  // `size` is for digests of any length, else 0. Once.
  js::Js<v8::Local<v8::Value>> finish(js::Env& env, double size) {
    std::array<uint8_t, EVP_MAX_MD_SIZE> fixed;
    size_t made = 0;
    if (hash_ && size > 0) {
      std::string any(static_cast<size_t>(size), '\0');
      if (EVP_DigestFinalXOF(hash_.get(), reinterpret_cast<uint8_t*>(any.data()), any.size()) != 1)
        return js::plain_error("Unsupported output length");
      return js::to_uint8_array(env.isolate(), Bytes::copy_of(any)).As<v8::Value>();
    }
    unsigned count = 0;
    const bool done = hash_ ? EVP_DigestFinal_ex(hash_.get(), fixed.data(), &count) == 1
                            : EVP_MAC_final(mac_.get(), fixed.data(), &made, fixed.size()) == 1;
    if (!done) return js::plain_error("The digest failed");
    if (hash_) made = count;
    return js::to_uint8_array(env.isolate(),
                              Bytes::copy_of({reinterpret_cast<const char*>(fixed.data()), made}))
        .As<v8::Value>();
  }
  v8::Local<v8::Value> copy(js::Env& env) {
    if (!hash_) return v8::Undefined(env.isolate());
    Owned<EVP_MD_CTX> other(EVP_MD_CTX_new());
    if (!other || EVP_MD_CTX_copy_ex(other.get(), hash_.get()) != 1)
      return v8::Undefined(env.isolate());
    return env.wrap(std::make_unique<Digest>(std::move(other)));
  }

 private:
  Owned<EVP_MD_CTX> hash_;
  Owned<EVP_MAC_CTX> mac_;
};

void describe(js::ClassTable& table) {
  table.method<&Digest::update>("update", "(data: any): void");
  table.method<&Digest::finish>("finish", "(size: number): any");
  table.method<&Digest::copy>("copy", "(): any");
}

const js::ClassInfo Digest::info{.name = "Digest", .describe = describe, .exposed = false};

// makeHash(name): a Digest, or undefined when there is no such digest.
void make_hash(const Info& info) {
  Owned<EVP_MD> digest = digest_of(info.GetIsolate(), info[0]);
  if (!digest) return;
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex2(context.get(), digest.get(), nullptr) != 1) return;
  info.GetReturnValue().Set(
      js::Env::from(info.GetIsolate()).wrap(std::make_unique<Digest>(std::move(context))));
}

// makeHmac(name, key)
void make_hmac(const Info& info) {
  Owned<EVP_MD> digest = digest_of(info.GetIsolate(), info[0]);
  if (!digest) return;
  Owned<EVP_MAC> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  Owned<EVP_MAC_CTX> context(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                       const_cast<char*>(EVP_MD_get0_name(digest.get())), 0),
      OSSL_PARAM_construct_end()};
  const std::span<uint8_t> key = bytes_of(info[1]);
  static const uint8_t none = 0;
  if (!context ||
      EVP_MAC_init(context.get(), key.empty() ? &none : key.data(), key.size(), parameters) != 1)
    return;
  info.GetReturnValue().Set(
      js::Env::from(info.GetIsolate()).wrap(std::make_unique<Digest>(std::move(context))));
}

// digestSize(name): bytes, or undefined.
void digest_size(const Info& info) {
  Owned<EVP_MD> digest = digest_of(info.GetIsolate(), info[0]);
  if (digest) info.GetReturnValue().Set(EVP_MD_get_size(digest.get()));
}

void equal(const Info& info) {
  const std::span<uint8_t> a = bytes_of(info[0]), b = bytes_of(info[1]);
  info.GetReturnValue().Set(a.size() == b.size() &&
                            CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

// pbkdf2(password, salt, iterations, size, digest): bytes, or undefined.
void pbkdf2(const Info& info) {
  Owned<EVP_MD> digest = digest_of(info.GetIsolate(), info[4]);
  const std::span<uint8_t> password = bytes_of(info[0]), salt = bytes_of(info[1]);
  std::string key(number_of(info[3]), '\0');
  if (!digest) return;
  if (!key.empty() &&
      PKCS5_PBKDF2_HMAC(
          reinterpret_cast<const char*>(password.data()), static_cast<int>(password.size()),
          salt.data(), static_cast<int>(salt.size()), static_cast<int>(number_of(info[2])),
          digest.get(), static_cast<int>(key.size()), reinterpret_cast<uint8_t*>(key.data())) != 1)
    return;
  set_bytes(info, {reinterpret_cast<const uint8_t*>(key.data()), key.size()});
}

// scrypt(password, salt, N, r, p, memory, size): bytes, or undefined.
void scrypt(const Info& info) {
  const std::span<uint8_t> password = bytes_of(info[0]), salt = bytes_of(info[1]);
  std::string key(number_of(info[6]), '\0');
  if (!key.empty() &&
      EVP_PBE_scrypt(reinterpret_cast<const char*>(password.data()), password.size(), salt.data(),
                     salt.size(), number_of(info[2]), number_of(info[3]), number_of(info[4]),
                     number_of(info[5]), reinterpret_cast<uint8_t*>(key.data()), key.size()) != 1)
    return;
  set_bytes(info, {reinterpret_cast<const uint8_t*>(key.data()), key.size()});
}

// hkdf(digest, key, salt, info, size): bytes, or undefined.
void hkdf(const Info& info) {
  Owned<EVP_MD> digest = digest_of(info.GetIsolate(), info[0]);
  Owned<EVP_KDF> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  Owned<EVP_KDF_CTX> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  if (!digest || !context) return;
  std::string made(number_of(info[4]), '\0');
  std::array<std::span<uint8_t>, 3> parts = {bytes_of(info[1]), bytes_of(info[2]),
                                             bytes_of(info[3])};
  // No bytes are still a value, and OpenSSL takes a null pointer for none.
  uint8_t none = 0;
  for (std::span<uint8_t>& each : parts)
    if (each.empty()) each = {&none, 0};
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                       const_cast<char*>(EVP_MD_get0_name(digest.get())), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, parts[0].data(), parts[0].size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, parts[1].data(), parts[1].size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, parts[2].data(), parts[2].size()),
      OSSL_PARAM_construct_end()};
  if (!made.empty() && EVP_KDF_derive(context.get(), reinterpret_cast<uint8_t*>(made.data()),
                                      made.size(), parameters) != 1)
    return;
  set_bytes(info, {reinterpret_cast<const uint8_t*>(made.data()), made.size()});
}

}  // namespace

void add_crypto_classes(js::SurfaceParts& parts) {
  parts.classes.push_back(&Digest::info);
}

void fill_crypto(js::Env& env, v8::Local<v8::Object> internal) {
  define_function(env, internal, "makeHash", make_hash);
  define_function(env, internal, "makeHmac", make_hmac);
  define_function(env, internal, "digestSize", digest_size);
  define_function(env, internal, "equal", equal);
  define_function(env, internal, "pbkdf2", pbkdf2);
  define_function(env, internal, "scrypt", scrypt);
  define_function(env, internal, "hkdf", hkdf);
}

}  // namespace skerry::node
