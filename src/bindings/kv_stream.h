// KV values as streams: out of memory into a ReadableStream, and from a ReadableStream into a put.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bindings/kv.h"

namespace skerry::bindings {

// A ReadableStream of a value's bytes, in the current event.
js::Js<v8::Local<v8::Value>> make_kv_stream(js::Env& env, store::KvValuePtr value);
bool is_readable_stream(js::Env& env, v8::Local<v8::Value> value);
// Reads the stream to its end and puts what it gave; resolves when that is durable.
js::Js<v8::Local<v8::Promise>> put_kv_stream(js::Env& env, context::RequestContext& context,
                                             std::shared_ptr<store::KvNamespace> kv,
                                             std::shared_ptr<ServiceCalls> calls, std::string key,
                                             store::KvPutOptions options,
                                             v8::Local<v8::Value> stream);

// The bytes of a stream on their way into a put. They go with their event, even while the sink that
// the streams builtin holds still waits for the collector.
class KvUpload final : public context::Operation {
 public:
  KvUpload(context::RequestContext& context, std::shared_ptr<ServiceCalls> calls,
           std::shared_ptr<KvUpload*> link)
      : Operation(context), calls_(std::move(calls)), link_(std::move(link)) {
    *link_ = this;
  }
  ~KvUpload() override {
    calls_->buffered_bytes -= bytes_.size();
    *link_ = nullptr;
  }
  // The stream's own source is what makes progress.
  bool counts_as_progress() const override { return false; }

  js::Js<> append(std::span<const uint8_t> bytes);
  std::string_view bytes() const { return bytes_; }

 private:
  std::shared_ptr<ServiceCalls> calls_;
  std::shared_ptr<KvUpload*> link_;
  std::string bytes_;
};

// What the streams builtin pumps a value into: collects up to the limit of a value, then puts it.
// Scripts never see it.
class KvBodySink final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  KvBodySink(context::RequestContext& context, std::shared_ptr<store::KvNamespace> kv,
             std::shared_ptr<ServiceCalls> calls, std::string key, store::KvPutOptions options);
  ~KvBodySink() override { delete *upload_; }

  js::Js<v8::Local<v8::Value>> write(js::Env& env, v8::Local<v8::Value> chunk);
  js::Js<v8::Local<v8::Promise>> close(js::Env& env);
  js::Js<v8::Local<v8::Value>> abort(js::Env& env, v8::Local<v8::Value> reason);

 private:
  std::shared_ptr<store::KvNamespace> kv_;
  std::string key_;
  store::KvPutOptions options_;
  std::shared_ptr<KvUpload*> upload_ = std::make_shared<KvUpload*>(nullptr);
};

}  // namespace skerry::bindings
