#include "web/fetch/native_sink.h"

#include "js/method.h"
#include "web/fetch/body.h"
#include "web/fetch/byte_channel.h"

namespace skerry::web {

// Holds the sink for as long as the context lives: what a sink still wants to tell a writer must
// end with it.
class SinkHolder final : public context::Operation {
 public:
  SinkHolder(context::RequestContext& context, std::unique_ptr<ByteSink> held, NativeSink& owner)
      : Operation(context), sink(std::move(held)), owner_(&owner) {}
  ~SinkHolder() override {
    if (owner_ != nullptr) owner_->holder_ = nullptr;
  }
  bool counts_as_progress() const override { return false; }
  void forget_owner() { owner_ = nullptr; }
  std::unique_ptr<ByteSink> sink;

 private:
  NativeSink* owner_;
};

// One write that JavaScript may have to wait for.
class WriteOperation final : public context::PromiseOperation, public ByteWriter {
 public:
  WriteOperation(context::RequestContext& context, js::Env& env, NativeSink& owner)
      : PromiseOperation(context, env),
        owner_(owner),
        keep_(env.isolate(), owner.object(env.isolate())) {
    owner.writing_ = this;
  }
  ~WriteOperation() override { owner_.writing_ = nullptr; }

  void on_ready() override {
    ready_ = true;
    if (starting_) return;
    settle([](js::Env& env, Resolver resolver) {
      (void)resolver->Resolve(env.context(), v8::Undefined(env.isolate()));
    });
  }
  void on_error(Error error) override {
    error_ = error.chain();
    failed_ = true;
    if (starting_) return;
    owner_.finish(false);
    reject({js::Throw::Kind::type_error, "", "The stream's receiver is gone: " + error_});
  }

  js::Js<v8::Local<v8::Value>> start(js::Env& env, ByteSink& sink, Bytes chunk) {
    v8::Isolate* isolate = env.isolate();
    sink.write(std::move(chunk), *this);
    starting_ = false;
    if (!ready_ && !failed_) return v8::Local<v8::Value>(promise(isolate));
    bool failed = failed_;
    std::string error = std::move(error_);
    delete this;
    if (!failed) return v8::Local<v8::Value>(v8::Undefined(isolate));
    return js::type_error("The stream's receiver is gone: " + error);
  }

 private:
  NativeSink& owner_;
  v8::Global<v8::Object> keep_;
  bool starting_ = true, ready_ = false, failed_ = false;
  std::string error_;
};

namespace {

void describe(js::ClassTable& table) {
  table.method<&NativeSink::write>("write", "(chunk: Uint8Array): any");
  table.method<&NativeSink::close>("close", "(): any");
  table.method<&NativeSink::abort>("abort", "(reason: any): any");
  table.getter<&NativeSink::closed>("closed", "Promise<undefined>");
}

}  // namespace

const js::ClassInfo NativeSink::info{
    .name = "NativeSink", .describe = describe, .slots = 1, .exposed = false};

NativeSink::NativeSink(context::RequestContext& context, std::unique_ptr<ByteSink> sink,
                       std::move_only_function<void(bool)> finished)
    : Wrapped(info),
      context_(&context),
      holder_(new SinkHolder(context, std::move(sink), *this)),
      finished_(std::move(finished)) {}

NativeSink::~NativeSink() {
  if (holder_ == nullptr) return;
  holder_->forget_owner();
  delete holder_;
}

js::Js<v8::Local<v8::Value>> NativeSink::write(js::Env& env, v8::Local<v8::Value> chunk) {
  if (holder_ == nullptr) return js::type_error("The stream's receiver is gone.");
  std::optional<std::span<uint8_t>> bytes = js::buffer_source(chunk);
  if (!bytes) return js::type_error("Received non-Uint8Array chunk");
  if (bytes->empty()) return v8::Local<v8::Value>(v8::Undefined(env.isolate()));
  env.note_buffer_garbage(bytes->size());
  if (writing_ == nullptr && holder_->sink->write_now(*bytes))
    return v8::Local<v8::Value>(v8::Undefined(env.isolate()));
  Bytes copy = Bytes::copy_of(bytes->data(), bytes->size());
  if (copy.empty()) return js::range_error("out of memory");
  return (new WriteOperation(*context_, env, *this))->start(env, *holder_->sink, std::move(copy));
}

v8::Local<v8::Value> NativeSink::close(js::Env& env) {
  if (holder_ != nullptr) {
    holder_->sink->end();
    delete holder_;
    finish(true);
  }
  return v8::Undefined(env.isolate());
}

v8::Local<v8::Value> NativeSink::abort(js::Env& env, v8::Local<v8::Value>) {
  // A sink dropped before its end is a cut stream for the peer.
  delete holder_;
  finish(false);
  return v8::Undefined(env.isolate());
}

v8::Local<v8::Value> NativeSink::closed(js::Env& env) {
  v8::Local<v8::Value> known = slot(env.isolate(), kClosed);
  v8::Local<v8::Promise::Resolver> resolver;
  if (known->IsObject()) {
    resolver = known.As<v8::Promise::Resolver>();
  } else {
    if (!v8::Promise::Resolver::New(env.context()).ToLocal(&resolver))
      return v8::Undefined(env.isolate());
    resolver->GetPromise()->MarkAsHandled();
    set_slot(env.isolate(), kClosed, resolver);
  }
  return resolver->GetPromise();
}

void NativeSink::cut(js::Env& env) {
  delete holder_;
  if (writing_ != nullptr) delete writing_;
  v8::Local<v8::Value> known = slot(env.isolate(), kClosed);
  if (!known->IsObject()) return finish(false);
  (void)known.As<v8::Promise::Resolver>()->Reject(
      env.context(), env.make_exception({js::Throw::Kind::type_error, "", "The client has left."}));
}

void NativeSink::finish(bool complete) {
  if (!finished_) return;
  std::move_only_function<void(bool)> finished = std::move(finished_);
  finished_ = nullptr;
  finished(complete);
}

js::Js<v8::Local<v8::Object>> pump_stream(js::Env& env, context::RequestContext& context,
                                          v8::Local<v8::Value> stream,
                                          std::unique_ptr<ByteSink> sink,
                                          std::move_only_function<void(bool)> finished) {
  v8::Local<v8::Object> native =
      env.wrap(std::make_unique<NativeSink>(context, std::move(sink), std::move(finished)));
  js::Js<v8::Local<v8::Value>> done = call_streams(env, "pumpToSink", {stream, native});
  if (!done) return js::pass(done);
  if ((*done)->IsPromise()) done->As<v8::Promise>()->MarkAsHandled();
  return native;
}

js::Js<std::unique_ptr<ByteSource>> source_of_stream(js::Env& env, context::RequestContext& context,
                                                     v8::Local<v8::Value> stream) {
  ByteChannel channel = make_byte_channel();
  js::Js<v8::Local<v8::Object>> pumping =
      pump_stream(env, context, stream, std::move(channel.sink), [](bool) {});
  if (!pumping) return js::pass(pumping);
  return std::move(channel.source);
}

}  // namespace skerry::web
