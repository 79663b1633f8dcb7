// TextEncoder: https://encoding.spec.whatwg.org/#interface-textencoder
#pragma once

#include <memory>
#include <optional>

#include "js/convert.h"

namespace skerry::web {

class TextEncoder final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  TextEncoder() : Wrapped(info) {}

  static js::Js<std::unique_ptr<TextEncoder>> construct(js::Env& env);
  std::string_view encoding(js::Env&) { return "utf-8"; }
  js::Js<v8::Local<v8::Value>> encode(js::Env& env, std::optional<v8::Local<v8::String>> input);
  js::Js<v8::Local<v8::Value>> encode_into(js::Env& env, v8::Local<v8::String> source,
                                           v8::Local<v8::Value> destination);
};

}  // namespace skerry::web
