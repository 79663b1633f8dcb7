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

js::Js<v8::Local<v8::Promise>> put_kv_stream(js::Env& env, context::RequestContext& context,
                                             std::shared_ptr<store::KvNamespace> kv,
                                             std::shared_ptr<ServiceCalls> calls, std::string key,
                                             store::KvPutOptions options,
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
  v8::Local<v8::Object> sink = env.wrap(std::make_unique<KvBodySink>(
      context, std::move(kv), std::move(calls), std::move(key), std::move(options)));
  js::Js<v8::Local<v8::Value>> done = web::call_streams(env, "pumpToSink", {stream, sink});
  if (!done) return js::pass(done);
  return done->As<v8::Promise>();
}

js::Js<> KvUpload::append(std::span<const uint8_t> bytes) {
  const size_t size = bytes_.size() + bytes.size();
  js::Js<> fits = check_kv_value_size(size);
  if (!fits) return fits;
  if (calls_->buffered_bytes + bytes.size() > buffered_bytes_max) {
    return kv_error(KvCall::put, 429, "Too Many Requests");
  }
  if (bytes.empty()) return {};
  bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  calls_->buffered_bytes += bytes.size();
  return {};
}

KvBodySink::KvBodySink(context::RequestContext& context, std::shared_ptr<store::KvNamespace> kv,
                       std::shared_ptr<ServiceCalls> calls, std::string key,
                       store::KvPutOptions options)
    : Wrapped(info), kv_(std::move(kv)), key_(std::move(key)), options_(std::move(options)) {
  new KvUpload(context, std::move(calls), upload_);
}

js::Js<v8::Local<v8::Value>> KvBodySink::write(js::Env& env, v8::Local<v8::Value> chunk) {
  const std::optional<std::span<uint8_t>> bytes = js::buffer_source(chunk);
  if (!bytes) return js::type_error("This ReadableStream did not return bytes.");
  if (*upload_ == nullptr) return js::plain_error("KV put() goes on after its request had ended");
  js::Js<> kept = (*upload_)->append(*bytes);
  if (!kept) return js::pass(kept);
  return v8::Undefined(env.isolate()).As<v8::Value>();
}

js::Js<v8::Local<v8::Promise>> KvBodySink::close(js::Env& env) {
  js::Js<context::RequestContext*> context = context::require_current(env, "KV put()");
  if (!context) return js::pass(context);
  if (*upload_ == nullptr) return js::plain_error("KV put() goes on after its request had ended");
  Bytes bytes = Bytes::copy_of((*upload_)->bytes());
  delete *upload_;
  return start_kv_put(env, **context, *kv_, std::move(key_), std::move(bytes), std::move(options_));
}

js::Js<v8::Local<v8::Value>> KvBodySink::abort(js::Env& env, v8::Local<v8::Value>) {
  delete *upload_;
  return v8::Undefined(env.isolate()).As<v8::Value>();
}

}  // namespace skerry::bindings
