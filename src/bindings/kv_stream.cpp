#include "bindings/kv_stream.h"

#include <algorithm>

#include "bindings/kv_operation.h"
#include "js/method.h"
#include "web/fetch/body.h"

namespace skerry::bindings {

namespace {

constexpr size_t chunk_bytes = 64 * 1024;

class ValueSource final : public ByteSource {
 public:
  explicit ValueSource(store::KvValuePtr value) : value_(std::move(value)) {}

  void read(ByteReader& reader) override {
    const std::string_view rest = value_->data.view().substr(given_);
    if (rest.empty()) return reader.on_end();
    const size_t size = std::min(rest.size(), chunk_bytes);
    Bytes chunk = Bytes::copy_of(rest.data(), size);
    if (chunk.empty()) return reader.on_error(Error(Code::full, "out of memory"));
    given_ += size;
    reader.on_chunk(std::move(chunk));
  }
  std::optional<uint64_t> length() const override { return value_->data.size() - given_; }

 private:
  store::KvValuePtr value_;
  size_t given_ = 0;
};

void describe(js::ClassTable& table) {
  table.method<&KvBodySink::write>("write", "(chunk: any): any");
  table.method<&KvBodySink::close>("close", "(): any");
  table.method<&KvBodySink::abort>("abort", "(reason: any): any");
}

}  // namespace

const js::ClassInfo KvBodySink::info{.name = "KvBodySink", .describe = describe, .exposed = false};

js::Js<v8::Local<v8::Value>> make_kv_stream(js::Env& env, store::KvValuePtr value) {
  js::Js<context::RequestContext*> context = context::require_current(env, "KV get()");
  if (!context) return js::pass(context);
  return web::make_native_stream(env, **context, std::make_unique<ValueSource>(std::move(value)));
}

bool is_readable_stream(js::Env& env, v8::Local<v8::Value> value) {
  // Every stream was made by the builtin, so objects of ours are none.
  if (!value->IsObject() || js::wrapped_of(value) != nullptr) return false;
  js::Js<v8::Local<v8::Value>> answer = web::call_streams(env, "isReadableStream", {value});
  return answer && (*answer)->IsTrue();
}

js::Js<v8::Local<v8::Promise>> put_kv_stream(js::Env& env, std::shared_ptr<store::KvNamespace> kv,
                                             std::string key, store::KvPutOptions options,
                                             v8::Local<v8::Value> stream) {
  js::Js<v8::Local<v8::Value>> locked = web::call_streams(env, "isLocked", {stream});
  if (!locked) return js::pass(locked);
  if ((*locked)->IsTrue()) {
    return js::type_error("The ReadableStream has been locked to a reader.");
  }
  // A length that is known beforehand is refused before anything is read.
  js::Js<v8::Local<v8::Value>> length = web::call_streams(env, "lengthOf", {stream});
  if (!length) return js::pass(length);
  if ((*length)->IsNumber()) {
    js::Js<> fits = check_kv_value_size(static_cast<size_t>(length->As<v8::Number>()->Value()));
    if (!fits) return js::pass(fits);
  }
  v8::Local<v8::Object> sink =
      env.wrap(std::make_unique<KvBodySink>(std::move(kv), std::move(key), std::move(options)));
  js::Js<v8::Local<v8::Value>> done = web::call_streams(env, "pumpToSink", {stream, sink});
  if (!done) return js::pass(done);
  return done->As<v8::Promise>();
}

js::Js<v8::Local<v8::Value>> KvBodySink::write(js::Env& env, v8::Local<v8::Value> chunk) {
  const std::optional<std::span<uint8_t>> bytes = js::buffer_source(chunk);
  if (!bytes) return js::type_error("This ReadableStream did not return bytes.");
  js::Js<> fits = check_kv_value_size(bytes_.size() + bytes->size());
  if (!fits) return js::pass(fits);
  if (!bytes->empty()) bytes_.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return v8::Undefined(env.isolate()).As<v8::Value>();
}

js::Js<v8::Local<v8::Promise>> KvBodySink::close(js::Env& env) {
  js::Js<context::RequestContext*> context = context::require_current(env, "KV put()");
  if (!context) return js::pass(context);
  const std::string bytes = std::move(bytes_);
  return start_kv_put(env, **context, *kv_, std::move(key_), Bytes::copy_of(bytes),
                      std::move(options_));
}

js::Js<v8::Local<v8::Value>> KvBodySink::abort(js::Env& env, v8::Local<v8::Value>) {
  bytes_ = {};
  return v8::Undefined(env.isolate()).As<v8::Value>();
}

}  // namespace skerry::bindings
