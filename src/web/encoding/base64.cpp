#include "web/encoding/base64.h"

#include "types/base64.h"

namespace skerry::web {

// https://html.spec.whatwg.org/#dom-btoa
js::Js<std::string> btoa(js::Env& env, v8::Local<v8::String> data) {
  js::Js<std::string> bytes = js::to_byte_string(env, data);
  if (!bytes)
    return js::dom_error("InvalidCharacterError",
                         "Failed to execute 'btoa': the string contains characters outside of the "
                         "Latin1 range.");
  return types::base64_encode(*bytes);
}

// https://html.spec.whatwg.org/#dom-atob
js::Js<js::ByteString> atob(js::Env& env, v8::Local<v8::String> data) {
  js::Js<std::string> text = js::to_byte_string(env, data);
  std::optional<std::string> bytes;
  if (text) bytes = types::base64_decode(*text);
  if (!bytes)
    return js::dom_error("InvalidCharacterError",
                         "Failed to execute 'atob': the string is not correctly encoded.");
  return js::ByteString{std::move(*bytes)};
}

}  // namespace skerry::web
