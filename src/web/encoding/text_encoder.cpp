#include "web/encoding/text_encoder.h"

#include "js/method.h"
#include "types/utf8.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& t) {
  t.constructor<&TextEncoder::construct>("()");
  t.getter<&TextEncoder::encoding>("encoding", "string");
  t.method<&TextEncoder::encode>("encode", "(input?: string): Uint8Array");
  t.method<&TextEncoder::encode_into>(
      "encodeInto", "(source: string, destination: Uint8Array): { read: number; written: number }");
}

// Fails as a RangeError of the script's making, not of the process.
js::Js<v8::Local<v8::ArrayBuffer>> new_buffer(js::Env& env, size_t size) {
  v8::Local<v8::ArrayBuffer> made;
  if (!v8::ArrayBuffer::MaybeNew(env.isolate(), size).ToLocal(&made))
    return js::range_error("Array buffer allocation failed");
  return made;
}

}  // namespace

const js::ClassInfo TextEncoder::info{
    .name = "TextEncoder", .parent = nullptr, .describe = describe};

js::Js<std::unique_ptr<TextEncoder>> TextEncoder::construct(js::Env&) {
  return std::make_unique<TextEncoder>();
}

// https://encoding.spec.whatwg.org/#dom-textencoder-encode
js::Js<v8::Local<v8::Value>> TextEncoder::encode(js::Env& env,
                                                 std::optional<v8::Local<v8::String>> input) {
  v8::Isolate* isolate = env.isolate();
  const v8::Local<v8::String> text = input.value_or(v8::String::Empty(isolate));
  // One-byte strings are most often ASCII, which is its own UTF-8.
  if (text->IsOneByte()) {
    const size_t length = static_cast<size_t>(text->Length());
    js::Js<v8::Local<v8::ArrayBuffer>> buffer = new_buffer(env, length);
    if (!buffer) return js::pass(buffer);
    auto* data = static_cast<uint8_t*>((*buffer)->Data());
    text->WriteOneByteV2(isolate, 0, static_cast<uint32_t>(length), data);
    if (types::is_ascii(std::string_view(reinterpret_cast<const char*>(data), length)))
      return v8::Uint8Array::New(*buffer, 0, length).As<v8::Value>();
  }
  const size_t length = text->Utf8LengthV2(isolate);
  js::Js<v8::Local<v8::ArrayBuffer>> buffer = new_buffer(env, length);
  if (!buffer) return js::pass(buffer);
  text->WriteUtf8V2(isolate, static_cast<char*>((*buffer)->Data()), length,
                    v8::String::WriteFlags::kReplaceInvalidUtf8);
  return v8::Uint8Array::New(*buffer, 0, length).As<v8::Value>();
}

// https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto
js::Js<v8::Local<v8::Value>> TextEncoder::encode_into(js::Env& env, v8::Local<v8::String> source,
                                                      v8::Local<v8::Value> destination) {
  if (!destination->IsUint8Array())
    return js::type_error(
        "Failed to execute 'encodeInto' on 'TextEncoder': parameter 2 is not of type "
        "'Uint8Array'.");
  std::span<uint8_t> into = *js::buffer_source(destination);
  size_t read = 0;
  size_t written = 0;
  if (!into.empty())
    written = source->WriteUtf8V2(env.isolate(), reinterpret_cast<char*>(into.data()), into.size(),
                                  v8::String::WriteFlags::kReplaceInvalidUtf8, &read);
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Object> result = v8::Object::New(isolate);
  auto set = [&](const char* name, size_t value) {
    return result
        ->CreateDataProperty(env.context(), env.name(name),
                             v8::Number::New(isolate, static_cast<double>(value)))
        .IsJust();
  };
  if (!set("read", read) || !set("written", written)) return js::already_thrown();
  return result.As<v8::Value>();
}

}  // namespace skerry::web
