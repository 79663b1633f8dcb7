// Crypto: https://w3c.github.io/webcrypto/#crypto-interface
#pragma once

#include <string>

#include "js/convert.h"

namespace skerry::web {

class Crypto final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  Crypto() : Wrapped(info) {}

  v8::Local<v8::Value> subtle(js::Env& env);
  // Both are refused at module scope: a snapshot would repeat them in every isolate.
  js::Js<v8::Local<v8::Value>> get_random_values(js::Env& env, v8::Local<v8::Value> array);
  js::Js<std::string> random_uuid(js::Env& env);

 private:
  static constexpr int kSubtle = 0;
};

js::Js<v8::Local<v8::Value>> make_crypto(js::Env& env);

}  // namespace skerry::web
