#include "web/encoding/text_decoder.h"

#include "js/method.h"
#include "types/ascii.h"
#include "types/utf8.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& t) {
  t.constructor<&TextDecoder::construct>(
      "(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })");
  t.getter<&TextDecoder::encoding>("encoding", "string");
  t.getter<&TextDecoder::fatal>("fatal", "boolean");
  t.getter<&TextDecoder::ignore_bom>("ignoreBOM", "boolean");
  t.method<&TextDecoder::decode>(
      "decode", "(input?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string");
}

js::Js<bool> flag(js::Env& env, const std::optional<v8::Local<v8::Value>>& options,
                  const char* name) {
  if (!options) return false;
  js::Js<v8::Local<v8::Value>> value = js::member(env, *options, name);
  if (!value) return js::pass(value);
  return (*value)->BooleanValue(env.isolate());
}

js::Js<v8::Local<v8::Value>> one_byte_string(js::Env& env, const uint8_t* data, size_t size) {
  if (size > static_cast<size_t>(v8::String::kMaxLength))
    return js::range_error("The text is longer than a string can be.");
  v8::Local<v8::String> made;
  if (!v8::String::NewFromOneByte(env.isolate(), data, v8::NewStringType::kNormal,
                                  static_cast<int>(size))
           .ToLocal(&made))
    return js::already_thrown();
  return made.As<v8::Value>();
}

}  // namespace

const js::ClassInfo TextDecoder::info{
    .name = "TextDecoder", .parent = nullptr, .describe = describe};

js::Js<v8::Local<v8::Value>> to_js_string(js::Env& env, const types::DecodedText& text) {
  if (text.is_one_byte())
    return one_byte_string(env, reinterpret_cast<const uint8_t*>(text.one_byte().data()),
                           text.one_byte().size());
  const std::u16string& units = text.two_byte();
  if (units.size() > static_cast<size_t>(v8::String::kMaxLength))
    return js::range_error("The text is longer than a string can be.");
  v8::Local<v8::String> made;
  if (!v8::String::NewFromTwoByte(env.isolate(), reinterpret_cast<const uint16_t*>(units.data()),
                                  v8::NewStringType::kNormal, static_cast<int>(units.size()))
           .ToLocal(&made))
    return js::already_thrown();
  return made.As<v8::Value>();
}

// https://encoding.spec.whatwg.org/#dom-textdecoder
js::Js<std::unique_ptr<TextDecoder>> TextDecoder::construct(
    js::Env& env, std::optional<js::UsvString> label, std::optional<v8::Local<v8::Value>> options) {
  const std::string name = label ? std::move(label->value) : std::string("utf-8");
  // Dictionary members are read in the order of their names.
  js::Js<bool> fatal = flag(env, options, "fatal");
  if (!fatal) return js::pass(fatal);
  js::Js<bool> ignore_bom = flag(env, options, "ignoreBOM");
  if (!ignore_bom) return js::pass(ignore_bom);
  // Steps 1 and 2: an unknown label is a RangeError.
  Result<types::Encoding> encoding = types::get_encoding(name);
  if (!encoding)
    return js::range_error("The encoding label provided ('" + name.substr(0, 64) +
                           "') is not one this runtime decodes.");
  return std::make_unique<TextDecoder>(*encoding, types::TextDecoder::Options{*fatal, *ignore_bom});
}

// https://encoding.spec.whatwg.org/#dom-textdecoder-encoding
std::string TextDecoder::encoding(js::Env&) {
  std::string name(types::encoding_name(decoder_.encoding()));
  for (char& c : name) c = types::to_ascii_lower(c);
  return name;
}

// https://encoding.spec.whatwg.org/#dom-textdecoder-decode
js::Js<v8::Local<v8::Value>> TextDecoder::decode(js::Env& env,
                                                 std::optional<v8::Local<v8::Value>> input,
                                                 std::optional<v8::Local<v8::Value>> options) {
  if (input && !(*input)->IsArrayBuffer() && !(*input)->IsArrayBufferView() &&
      !(*input)->IsSharedArrayBuffer())
    return js::type_error(
        "Failed to execute 'decode' on 'TextDecoder': parameter 1 is not of type 'ArrayBuffer' or "
        "'ArrayBufferView'.");
  js::Js<bool> stream = flag(env, options, "stream");
  if (!stream) return js::pass(stream);
  // Only now: reading the options may have run code that detached the buffer.
  std::span<const uint8_t> bytes;
  if (input) bytes = *js::buffer_source(*input);
  const bool ascii_compatible = decoder_.encoding() == types::Encoding::utf_8 ||
                                decoder_.encoding() == types::Encoding::windows_1252;
  if (!streaming_ && !*stream && ascii_compatible &&
      types::is_ascii(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())))
    return one_byte_string(env, bytes.data(), bytes.size());
  Result<types::DecodedText> text = decoder_.decode(
      bytes, *stream ? types::TextDecoder::Flush::no : types::TextDecoder::Flush::yes);
  streaming_ = *stream && text.has_value();
  if (!text) return js::type_error("The encoded data was not valid for encoding " + encoding(env));
  return to_js_string(env, *text);
}

}  // namespace skerry::web
