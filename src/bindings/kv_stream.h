// KV values as streams: out of memory into a ReadableStream, and from a ReadableStream into a put.
#pragma once

#include <memory>
#include <string>

#include "bindings/kv.h"

namespace skerry::bindings {

// A ReadableStream of a value's bytes, in the current event.
js::Js<v8::Local<v8::Value>> make_kv_stream(js::Env& env, store::KvValuePtr value);
bool is_readable_stream(js::Env& env, v8::Local<v8::Value> value);
// Reads the stream to its end and puts what it gave; resolves when that is durable.
js::Js<v8::Local<v8::Promise>> put_kv_stream(js::Env& env, std::shared_ptr<store::KvNamespace> kv,
                                             std::string key, store::KvPutOptions options,
                                             v8::Local<v8::Value> stream);

// What the streams builtin pumps a value into: collects up to the limit of a value, then puts it.
// Scripts never see it.
class KvBodySink final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  KvBodySink(std::shared_ptr<store::KvNamespace> kv, std::string key, store::KvPutOptions options)
      : Wrapped(info), kv_(std::move(kv)), key_(std::move(key)), options_(std::move(options)) {}

  js::Js<v8::Local<v8::Value>> write(js::Env& env, v8::Local<v8::Value> chunk);
  js::Js<v8::Local<v8::Promise>> close(js::Env& env);
  js::Js<v8::Local<v8::Value>> abort(js::Env& env, v8::Local<v8::Value> reason);

 private:
  std::shared_ptr<store::KvNamespace> kv_;
  std::string key_;
  store::KvPutOptions options_;
  std::string bytes_;
};

}  // namespace skerry::bindings
