// Bodies: https://fetch.spec.whatwg.org/#bodies and the Body mixin of Request and Response. A body
// is one of: nothing, bytes in memory, bytes that a native source still has to give (nothing is
// read until somebody asks), or a JavaScript stream. A native body that scripts only hand on is
// never turned into JavaScript objects.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_stream.h"
#include "context/request_context.h"
#include "js/convert.h"

namespace skerry::web {

class BlobData;

enum class BodyKind : uint8_t { none, bytes, native, stream };
enum class BodyFormat : uint8_t { text, json, array_buffer, bytes, blob, form_data };

// A native source as the streams builtin sees it: `pull()`, `cancel(reason)`, `length`. Not exposed
// to scripts.
class NativeSource final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  NativeSource(context::RequestContext& context, context::SourceHandle handle)
      : Wrapped(info), context_(&context), handle_(handle) {}
  // Bytes in memory: they belong to no request.
  explicit NativeSource(std::string bytes) : Wrapped(info), bytes_(std::move(bytes)) {}
  ~NativeSource() override;
  js::Js<v8::Local<v8::Value>> pull(js::Env& env);
  v8::Local<v8::Value> cancel(js::Env& env, v8::Local<v8::Value> reason);
  v8::Local<v8::Value> length(js::Env& env) const;
  // The source itself, for native readers; null when it is gone, or belongs to another request.
  std::unique_ptr<ByteSource> take(js::Env& env);
  std::optional<uint64_t> known_length() const;
  // The bytes, where they are in memory; null otherwise.
  std::string* bytes() { return bytes_ ? &*bytes_ : nullptr; }

 private:
  friend class PullOperation;
  std::optional<std::string> bytes_;
  Ref<context::RequestContext> context_;
  context::SourceHandle handle_;
  class PullOperation* pending_ = nullptr;
};

// The body of one Request or Response. `owner` is the wrapped object, whose slot `kStreamSlot`
// holds the stream.
class Body {
 public:
  static constexpr int kStreamSlot = 0;

  BodyKind kind() const { return kind_; }
  bool is_null() const { return kind_ == BodyKind::none; }
  void set_bytes(std::string bytes) {
    kind_ = BodyKind::bytes;
    bytes_ = std::move(bytes);
  }
  void set_native(context::RequestContext& context, std::unique_ptr<ByteSource> source);
  void set_stream(js::Env& env, js::Wrapped& owner, v8::Local<v8::Value> stream);

  // https://fetch.spec.whatwg.org/#bodyinit-safely-extract; gives the content type to add, empty
  // for none.
  js::Js<std::string> extract(js::Env& env, js::Wrapped& owner, v8::Local<v8::Value> init);
  // Takes another body over; the other is used afterwards.
  js::Js<> take_over(js::Env& env, js::Wrapped& owner, Body& other, js::Wrapped& other_owner);
  // https://fetch.spec.whatwg.org/#concept-body-clone
  js::Js<> clone_to(js::Env& env, js::Wrapped& owner, Body& copy, js::Wrapped& copy_owner);

  bool used(js::Env& env, const js::Wrapped& owner) const;
  bool locked(js::Env& env, const js::Wrapped& owner) const;
  // The `body` attribute: null or the stream, made on first use.
  js::Js<v8::Local<v8::Value>> stream(js::Env& env, js::Wrapped& owner);
  // https://fetch.spec.whatwg.org/#concept-body-consume-body
  // `content_type` is of the message, and only blobs and forms look at it.
  js::Js<v8::Local<v8::Promise>> consume(js::Env& env, js::Wrapped& owner, BodyFormat format,
                                         std::string_view content_type = {});

  // For sending. `bytes` is the body when kind() is bytes.
  const std::string& bytes() const { return bytes_; }
  // A native source for the whole body where one can be had without running JavaScript; marks the
  // body used.
  std::unique_ptr<ByteSource> take_native(js::Env& env, js::Wrapped& owner);
  void mark_used() { used_ = true; }
  std::optional<uint64_t> known_length(js::Env& env, js::Wrapped& owner) const;

 private:
  bool take_back(js::Env& env, v8::Local<v8::Value> init);
  void set_blob(js::Env& env, const BlobData& data);
  BodyKind kind_ = BodyKind::none;
  bool used_ = false;
  std::string bytes_;
  Ref<context::RequestContext> context_;  // of a native source
  context::SourceHandle handle_;
};

// Gives bytes in memory as a source.
std::unique_ptr<ByteSource> source_of_bytes(std::string bytes);
// The internal functions of the streams builtin.
js::Js<v8::Local<v8::Value>> call_streams(js::Env& env, const char* function,
                                          std::initializer_list<v8::Local<v8::Value>> arguments);
// A ReadableStream over a native source of this context; for bindings too.
js::Js<v8::Local<v8::Value>> make_native_stream(js::Env& env, context::RequestContext& context,
                                                std::unique_ptr<ByteSource> source);
// Converts collected bytes to what text(), json() … resolve with.
js::Js<v8::Local<v8::Value>> convert_bytes(js::Env& env, BodyFormat format, std::string_view bytes,
                                           std::string_view content_type = {});
// UTF-8 decode without BOM (https://encoding.spec.whatwg.org/#utf-8-decode).
v8::Local<v8::String> decode_utf8(v8::Isolate* isolate, std::string_view bytes);

}  // namespace skerry::web
