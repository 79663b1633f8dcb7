#include "web/crypto/crypto.h"

#include "context/request_context.h"
#include "js/method.h"
#include "web/crypto/subtle_crypto.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& t) {
  t.getter<&Crypto::subtle>("subtle", "SubtleCrypto");
  t.method<&Crypto::get_random_values>("getRandomValues",
                                       "<T extends ArrayBufferView>(array: T): T");
  t.method<&Crypto::random_uuid>("randomUUID", "(): string");
}

}  // namespace

const js::ClassInfo Crypto::info{
    .name = "Crypto", .parent = nullptr, .describe = describe, .slots = 1};

js::Js<v8::Local<v8::Value>> make_crypto(js::Env& env) {
  return env.wrap(std::make_unique<Crypto>()).As<v8::Value>();
}

// https://w3c.github.io/webcrypto/#Crypto-attribute-subtle
v8::Local<v8::Value> Crypto::subtle(js::Env& env) {
  v8::Local<v8::Value> kept = slot(env.isolate(), kSubtle);
  if (kept->IsObject()) return kept;
  v8::Local<v8::Object> made = env.wrap(std::make_unique<SubtleCrypto>());
  set_slot(env.isolate(), kSubtle, made);
  return made;
}

// https://w3c.github.io/webcrypto/#Crypto-method-getRandomValues
js::Js<v8::Local<v8::Value>> Crypto::get_random_values(js::Env& env, v8::Local<v8::Value> array) {
  if (!array->IsArrayBufferView())
    return js::type_error(
        "Failed to execute 'getRandomValues' on 'Crypto': parameter 1 is not of type "
        "'ArrayBufferView'.");
  // Step 1: integers only.
  if (!array->IsTypedArray() || array->IsFloat32Array() || array->IsFloat64Array() ||
      array->IsFloat16Array())
    return js::dom_error("TypeMismatchError",
                         "The provided ArrayBufferView is not an integer array type.");
  // Step 2: one request has a bound.
  std::span<uint8_t> bytes = *js::buffer_source(array);
  if (bytes.size() > 65536)
    return js::dom_error(
        "QuotaExceededError",
        "The ArrayBufferView's byte length (" + std::to_string(bytes.size()) +
            ") exceeds the number of bytes of entropy available via this API (65536).");
  js::Js<context::RequestContext*> context =
      context::require_current(env, "crypto.getRandomValues()");
  if (!context) return js::pass(context);
  if (!bytes.empty()) (*context)->services().fill_random(bytes);
  return array;
}

// https://w3c.github.io/webcrypto/#Crypto-method-randomUUID, RFC 9562 section 5.4
js::Js<std::string> Crypto::random_uuid(js::Env& env) {
  js::Js<context::RequestContext*> context = context::require_current(env, "crypto.randomUUID()");
  if (!context) return js::pass(context);
  uint8_t bytes[16];
  (*context)->services().fill_random(bytes);
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 15];
  }
  return text;
}

}  // namespace skerry::web
