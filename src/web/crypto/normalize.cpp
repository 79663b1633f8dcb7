#include "web/crypto/normalize.h"

#include "web/crypto/crypto_key.h"

namespace skerry::web {

namespace {

using Value = v8::Local<v8::Value>;

std::unexpected<js::Throw> unrecognized(const std::string& name) {
  return js::dom_error("NotSupportedError",
                       "Unrecognized algorithm name '" + name.substr(0, 64) + "'.");
}

js::Js<std::string> text_of(js::Env& env, Value value) {
  js::Js<v8::Local<v8::String>> text = js::to_string(env, value);
  if (!text) return js::pass(text);
  return js::to_utf8(env.isolate(), *text);
}

// A required `name`, of an object or given by itself.
js::Js<std::string> name_of(js::Env& env, Value algorithm) {
  if (!algorithm->IsObject()) return text_of(env, algorithm);
  js::Js<Value> member = js::member(env, algorithm, "name");
  if (!member) return js::pass(member);
  if ((*member)->IsUndefined()) return js::type_error("Algorithm: name: Missing or not a string");
  return text_of(env, *member);
}

constexpr uint16_t uses(std::initializer_list<CryptoUse> list) {
  uint16_t set = 0;
  for (CryptoUse use : list) set = static_cast<uint16_t>(set | 1u << static_cast<unsigned>(use));
  return set;
}

// https://w3c.github.io/webcrypto/#algorithm-overview
constexpr uint16_t registered_uses(AlgorithmId id) {
  using enum CryptoUse;
  switch (id) {
    case AlgorithmId::rsassa_pkcs1:
    case AlgorithmId::rsa_pss:
    case AlgorithmId::ecdsa:
    case AlgorithmId::ed25519: return uses({sign, verify, generate_key, import_key});
    case AlgorithmId::rsa_oaep:
      return uses({encrypt, decrypt, wrap_key, unwrap_key, generate_key, import_key});
    case AlgorithmId::ecdh:
    case AlgorithmId::x25519: return uses({derive_bits, generate_key, import_key});
    case AlgorithmId::hmac: return uses({sign, verify, generate_key, import_key, get_key_length});
    case AlgorithmId::aes_ctr:
    case AlgorithmId::aes_cbc:
    case AlgorithmId::aes_gcm:
      return uses(
          {encrypt, decrypt, wrap_key, unwrap_key, generate_key, import_key, get_key_length});
    case AlgorithmId::aes_kw:
      return uses({wrap_key, unwrap_key, generate_key, import_key, get_key_length});
    case AlgorithmId::hkdf:
    case AlgorithmId::pbkdf2: return uses({derive_bits, import_key, get_key_length});
  }
  return 0;
}

// Reads the members of one dictionary in order; the first failure is kept and ends the rest.
class MemberReader {
 public:
  MemberReader(js::Env& env, Value object) : env_(env), object_(object) {}

  bool ok() const { return !failed_; }
  js::Throw take_error() { return std::move(*failed_); }

  // Undefined where it is missing and may be.
  Value value(const char* name, bool required) {
    if (failed_) return v8::Undefined(env_.isolate());
    if (!object_->IsObject()) {
      if (required) missing(name);
      return v8::Undefined(env_.isolate());
    }
    js::Js<Value> found = js::member(env_, object_, name);
    if (!found) return fail(found.error());
    if ((*found)->IsUndefined() && required) missing(name);
    return *found;
  }
  std::string buffer(const char* name, bool required) {
    Value found = value(name, required);
    if (failed_ || found->IsUndefined()) return {};
    js::Js<std::span<const uint8_t>> bytes = buffer_bytes(found);
    if (!bytes) {
      fail(bytes.error());
      return {};
    }
    return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
  // [EnforceRange] of `max`.
  std::optional<uint32_t> number(const char* name, uint32_t max, bool required) {
    Value found = value(name, required);
    if (failed_ || found->IsUndefined()) return std::nullopt;
    js::Js<js::EnforcedUint64> wide = js::FromJs<js::EnforcedUint64>::get(env_, found);
    if (!wide) {
      fail(wide.error());
      return std::nullopt;
    }
    if (wide->value > max) {
      fail(js::type_error(std::string(name) + " is outside of the accepted range.").error());
      return std::nullopt;
    }
    return static_cast<uint32_t>(wide->value);
  }
  std::string text(const char* name) {
    Value found = value(name, true);
    if (failed_) return {};
    js::Js<std::string> text = text_of(env_, found);
    if (text) return std::move(*text);
    fail(text.error());
    return {};
  }
  Value fail(js::Throw error) {
    if (!failed_) failed_ = std::move(error);
    return v8::Undefined(env_.isolate());
  }

 private:
  void missing(const char* name) {
    fail(js::type_error("Algorithm: " + std::string(name) + ": Missing or not of the right type")
             .error());
  }
  js::Env& env_;
  Value object_;
  std::optional<js::Throw> failed_;
};

// One function for each group of dictionaries; members in the order Web IDL converts them:
// inherited dictionaries first, then by name.
void read_hash(js::Env& env, MemberReader& from, Value given, CryptoParams& out) {
  if (!from.ok()) return;
  js::Js<Hash> hash = normalize_hash(env, given);
  if (!hash) {
    from.fail(hash.error());
    return;
  }
  if (*hash == Hash::md5)
    from.fail(unrecognized("MD5").error());
  else
    out.hash = *hash;
}

void read_curve(MemberReader& from, CryptoParams& out) {
  const std::string name = from.text("namedCurve");
  if (!from.ok()) return;
  std::optional<Curve> curve = find_curve(name);
  if (curve)
    out.curve = *curve;
  else
    from.fail(
        js::dom_error("NotSupportedError", "Unrecognized named curve '" + name.substr(0, 64) + "'.")
            .error());
}

void read_generate(js::Env& env, MemberReader& from, CryptoParams& out) {
  if (is_rsa(out.id)) {
    out.modulus_bits = from.number("modulusLength", UINT32_MAX, true).value_or(0);
    Value exponent = from.value("publicExponent", true);
    if (from.ok() && !exponent->IsUint8Array())
      from.fail(js::type_error("publicExponent is not of type 'Uint8Array'.").error());
    if (from.ok()) {
      std::span<uint8_t> bytes = *js::buffer_source(exponent);
      out.public_exponent.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      while (out.public_exponent.size() > 1 && out.public_exponent.front() == '\0')
        out.public_exponent.erase(0, 1);
    }
    read_hash(env, from, from.value("hash", true), out);
  } else if (is_ec(out.id)) {
    read_curve(from, out);
  } else if (out.id == AlgorithmId::hmac) {
    Value hash = from.value("hash", true);
    out.length = from.number("length", UINT32_MAX, false);
    read_hash(env, from, hash, out);
  } else if (is_aes(out.id)) {
    out.length = from.number("length", UINT16_MAX, true);
  }
}

void read_import(js::Env& env, MemberReader& from, CryptoParams& out) {
  if (is_rsa(out.id)) {
    read_hash(env, from, from.value("hash", true), out);
  } else if (is_ec(out.id)) {
    read_curve(from, out);
  } else if (out.id == AlgorithmId::hmac) {
    Value hash = from.value("hash", true);
    out.length = from.number("length", UINT32_MAX, false);
    read_hash(env, from, hash, out);
  }
}

void read_cipher(MemberReader& from, CryptoParams& out) {
  switch (out.id) {
    case AlgorithmId::aes_ctr:
      out.iv = from.buffer("counter", true);
      out.length = from.number("length", UINT8_MAX, true);
      break;
    case AlgorithmId::aes_cbc: out.iv = from.buffer("iv", true); break;
    case AlgorithmId::aes_gcm:
      out.extra = from.buffer("additionalData", false);
      out.iv = from.buffer("iv", true);
      out.tag_bits = from.number("tagLength", UINT8_MAX, false).value_or(128);
      break;
    case AlgorithmId::rsa_oaep: out.extra = from.buffer("label", false); break;
    default: break;
  }
}

void read_derivation(js::Env& env, MemberReader& from, CryptoParams& out) {
  if (out.id == AlgorithmId::hkdf) {
    Value hash = from.value("hash", true);
    out.extra = from.buffer("info", true);
    out.iv = from.buffer("salt", true);
    read_hash(env, from, hash, out);
  } else if (out.id == AlgorithmId::pbkdf2) {
    Value hash = from.value("hash", true);
    out.iterations = from.number("iterations", UINT32_MAX, true).value_or(0);
    out.iv = from.buffer("salt", true);
    read_hash(env, from, hash, out);
  } else {
    Value peer = from.value("public", true);
    if (!from.ok()) return;
    const CryptoKey* key = js::unwrap<CryptoKey>(peer);
    if (key == nullptr)
      from.fail(js::type_error("public is not of type 'CryptoKey'.").error());
    else
      out.peer = key->key();
  }
}

}  // namespace

bool is_registered(AlgorithmId id, CryptoUse use) {
  return (registered_uses(id) & uses({use})) != 0;
}

js::Js<std::span<const uint8_t>> buffer_bytes(Value value) {
  std::optional<std::span<uint8_t>> bytes = js::buffer_source(value);
  if (!bytes || value->IsSharedArrayBuffer())
    return js::type_error("The provided value is not of type 'ArrayBuffer' or 'ArrayBufferView'.");
  return std::span<const uint8_t>(*bytes);
}

js::Js<Hash> normalize_hash(js::Env& env, Value algorithm) {
  js::Js<std::string> name = name_of(env, algorithm);
  if (!name) return js::pass(name);
  std::optional<Hash> hash = find_hash(*name);
  if (!hash) return unrecognized(*name);
  return *hash;
}

js::Js<CryptoParams> normalize(js::Env& env, Value algorithm, CryptoUse use) {
  js::Js<std::string> name = name_of(env, algorithm);
  if (!name) return js::pass(name);
  std::optional<AlgorithmId> id = find_algorithm(*name);
  if (!id || !is_registered(*id, use)) return unrecognized(*name);
  CryptoParams out{.id = *id};
  MemberReader from(env, algorithm);
  switch (use) {
    case CryptoUse::sign:
    case CryptoUse::verify:
      if (*id == AlgorithmId::ecdsa)
        read_hash(env, from, from.value("hash", true), out);
      else if (*id == AlgorithmId::rsa_pss)
        out.salt_length = from.number("saltLength", UINT32_MAX, true).value_or(0);
      break;
    case CryptoUse::encrypt:
    case CryptoUse::decrypt:
    case CryptoUse::wrap_key:
    case CryptoUse::unwrap_key: read_cipher(from, out); break;
    case CryptoUse::generate_key: read_generate(env, from, out); break;
    case CryptoUse::import_key: read_import(env, from, out); break;
    case CryptoUse::derive_bits: read_derivation(env, from, out); break;
    case CryptoUse::get_key_length:
      if (is_aes(*id) || *id == AlgorithmId::hmac) read_generate(env, from, out);
      break;
  }
  if (!from.ok()) return std::unexpected<js::Throw>(from.take_error());
  return out;
}

namespace {

struct JwkMember {
  const char* name;
  std::optional<std::string> JsonWebKey::* member;
};

// In the order of their names, with `ext`, `key_ops` and `oth` in between.
constexpr JwkMember kJwkMembers[] = {
    {"alg", &JsonWebKey::alg}, {"crv", &JsonWebKey::crv}, {"d", &JsonWebKey::d},
    {"dp", &JsonWebKey::dp},   {"dq", &JsonWebKey::dq},   {"e", &JsonWebKey::e},
    {"ext", nullptr},          {"k", &JsonWebKey::k},     {"key_ops", nullptr},
    {"kty", &JsonWebKey::kty}, {"n", &JsonWebKey::n},     {"oth", nullptr},
    {"p", &JsonWebKey::p},     {"q", &JsonWebKey::q},     {"qi", &JsonWebKey::qi},
    {"use", &JsonWebKey::use}, {"x", &JsonWebKey::x},     {"y", &JsonWebKey::y},
};

}  // namespace

// https://w3c.github.io/webcrypto/#JsonWebKey-dictionary
js::Js<JsonWebKey> read_jwk(js::Env& env, Value value) {
  if (!value->IsObject() || js::buffer_source(value))
    return js::type_error("The key data of a JWK is not of type 'JsonWebKey'.");
  JsonWebKey jwk;
  for (const JwkMember& known : kJwkMembers) {
    js::Js<Value> found = js::member(env, value, known.name);
    if (!found) return js::pass(found);
    if ((*found)->IsUndefined()) continue;
    if (known.member != nullptr) {
      js::Js<std::string> text = text_of(env, *found);
      if (!text) return js::pass(text);
      jwk.*known.member = std::move(*text);
    } else if (known.name[0] == 'e') {
      jwk.ext = (*found)->BooleanValue(env.isolate());
    } else if (known.name[0] == 'o') {
      jwk.has_oth = true;
    } else {
      // Other words than usages may stand here (RFC 7517 section 4.3); they allow nothing.
      auto words = js::to_sequence(env, *found);
      if (!words) return js::pass(words);
      KeyUsages allowed = 0;
      for (Value word : *words) {
        js::Js<std::string> text = text_of(env, word);
        if (!text) return js::pass(text);
        constexpr std::string_view kWords[] = {"encrypt",   "decrypt",    "sign",    "verify",
                                               "deriveKey", "deriveBits", "wrapKey", "unwrapKey"};
        for (size_t i = 0; i < std::size(kWords); ++i)
          if (*text == kWords[i]) allowed = static_cast<KeyUsages>(allowed | 1u << i);
      }
      jwk.key_ops = allowed;
    }
  }
  return jwk;
}

js::Js<v8::Local<v8::Object>> write_jwk(js::Env& env, const JsonWebKey& jwk) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Object> made = v8::Object::New(isolate);
  auto put = [&](const char* name, Value value) {
    return made->CreateDataProperty(env.context(), env.name(name), value).IsJust();
  };
  for (const JwkMember& known : kJwkMembers) {
    if (known.member == nullptr) continue;
    const std::optional<std::string>& text = jwk.*known.member;
    if (text && !put(known.name, js::from_utf8(isolate, *text))) return js::already_thrown();
  }
  if (!put("key_ops", usages_array(env, jwk.key_ops.value_or(0))) ||
      !put("ext", v8::Boolean::New(isolate, jwk.ext.value_or(false))))
    return js::already_thrown();
  return made;
}

}  // namespace skerry::web
