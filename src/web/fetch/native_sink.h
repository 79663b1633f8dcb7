// The native end of a JavaScript stream: what pumpToSink() of the streams builtin writes to.
#pragma once

#include <functional>
#include <memory>

#include "base/byte_stream.h"
#include "context/request_context.h"
#include "js/convert.h"

namespace skerry::web {

class NativeSink final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  // `finished` is called once: with true after close(), with false after abort() or a failed write.
  // From JavaScript or the loop.
  NativeSink(context::RequestContext& context, std::unique_ptr<ByteSink> sink,
             std::move_only_function<void(bool)> finished);
  ~NativeSink() override;

  js::Js<v8::Local<v8::Value>> write(js::Env& env, v8::Local<v8::Value> chunk);
  v8::Local<v8::Value> close(js::Env& env);
  v8::Local<v8::Value> abort(js::Env& env, v8::Local<v8::Value> reason);
  // A promise that rejects when the receiver is gone: the stream is then cancelled at once.
  v8::Local<v8::Value> closed(js::Env& env);
  // The receiver is gone.
  void cut(js::Env& env);

 private:
  static constexpr int kClosed = 0;  // the resolver
  friend class WriteOperation;
  friend class SinkHolder;
  void finish(bool complete);
  Ref<context::RequestContext> context_;
  class SinkHolder* holder_;  // null once closed, cut, or the context ended
  std::move_only_function<void(bool)> finished_;
  class WriteOperation* writing_ = nullptr;  // the write under way
};

// Pumps a ReadableStream into a sink. `finished` tells the end; see NativeSink, which is returned.
js::Js<v8::Local<v8::Object>> pump_stream(js::Env& env, context::RequestContext& context,
                                          v8::Local<v8::Value> stream,
                                          std::unique_ptr<ByteSink> sink,
                                          std::move_only_function<void(bool)> finished);
// The bytes of a ReadableStream as a native source.
js::Js<std::unique_ptr<ByteSource>> source_of_stream(js::Env& env, context::RequestContext& context,
                                                     v8::Local<v8::Value> stream);

}  // namespace skerry::web
