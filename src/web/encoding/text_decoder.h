// TextDecoder: https://encoding.spec.whatwg.org/#interface-textdecoder
// GAP: the labels of the legacy encodings beyond windows-1252 are refused with a RangeError.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "js/convert.h"
#include "types/encoding.h"

namespace skerry::web {

class TextDecoder final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  TextDecoder(types::Encoding encoding, types::TextDecoder::Options options)
      : Wrapped(info), decoder_(encoding, options) {}

  static js::Js<std::unique_ptr<TextDecoder>> construct(
      js::Env& env, std::optional<js::UsvString> label,
      std::optional<v8::Local<v8::Value>> options);
  std::string encoding(js::Env& env);
  bool fatal(js::Env&) { return decoder_.options().fatal; }
  bool ignore_bom(js::Env&) { return decoder_.options().ignore_bom; }
  js::Js<v8::Local<v8::Value>> decode(js::Env& env, std::optional<v8::Local<v8::Value>> input,
                                      std::optional<v8::Local<v8::Value>> options);

 private:
  types::TextDecoder decoder_;
  bool streaming_ = false;  // the decoder may hold part of a character
};

// Decoded text as a JavaScript string; a RangeError when V8 cannot hold it.
js::Js<v8::Local<v8::Value>> to_js_string(js::Env& env, const types::DecodedText& text);

}  // namespace skerry::web
