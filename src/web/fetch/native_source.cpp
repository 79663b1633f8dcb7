// Native sources under JavaScript streams.
#include "js/method.h"
#include "web/fetch/body.h"

namespace skerry::web {

// One read that JavaScript waits for.
class PullOperation final : public context::PromiseOperation, public ByteReader {
 public:
  PullOperation(context::RequestContext& context, js::Env& env, NativeSource& owner)
      : PromiseOperation(context, env),
        owner_(&owner),
        keep_(env.isolate(), owner.object(env.isolate())) {
    owner.pending_ = this;
  }
  ~PullOperation() override {
    if (owner_ != nullptr) owner_->pending_ = nullptr;
  }

  void on_chunk(Bytes chunk) override {
    if (starting_) {
      early_ = Early::chunk;
      early_chunk_ = std::move(chunk);
      return;
    }
    auto held = std::make_shared<Bytes>(std::move(chunk));
    settle([held](js::Env& env, Resolver resolver) {
      env.note_buffer_garbage(held->size());
      (void)resolver->Resolve(env.context(), js::to_uint8_array(env.isolate(), std::move(*held)));
    });
  }
  void on_end() override {
    if (starting_)
      early_ = Early::end;
    else
      finish();
  }
  void on_error(Error error) override {
    if (starting_) {
      early_ = Early::error;
      early_error_ = error.chain();
      return;
    }
    std::string text = error.chain();
    settle([text](js::Env& env, Resolver resolver) {
      (void)resolver->Reject(env.context(),
                             env.make_exception({js::Throw::Kind::type_error, "",
                                                 "Network connection lost: " + text}));
    });
  }
  // Null, the end, for a stream that was cancelled while a read was under way.
  void finish() {
    settle([](js::Env& env, Resolver resolver) {
      (void)resolver->Resolve(env.context(), v8::Null(env.isolate()));
    });
  }

  // What came before read() returned becomes the result of pull() itself, without a promise.
  js::Js<v8::Local<v8::Value>> start(js::Env& env, ByteSource& source) {
    v8::Isolate* isolate = env.isolate();
    source.read(*this);
    starting_ = false;
    if (early_ == Early::none) return v8::Local<v8::Value>(promise(isolate));
    Early early = early_;
    Bytes chunk = std::move(early_chunk_);
    std::string error = std::move(early_error_);
    delete this;
    env.note_buffer_garbage(chunk.size());
    if (early == Early::chunk)
      return v8::Local<v8::Value>(js::to_uint8_array(isolate, std::move(chunk)));
    if (early == Early::end) return v8::Local<v8::Value>(v8::Null(isolate));
    return js::type_error("Network connection lost: " + error);
  }

 private:
  enum class Early : uint8_t { none, chunk, end, error };
  NativeSource* owner_;
  v8::Global<v8::Object> keep_;
  bool starting_ = true;
  Early early_ = Early::none;
  Bytes early_chunk_;
  std::string early_error_;
};

namespace {

void describe(js::ClassTable& table) {
  table.method<&NativeSource::pull>("pull", "(): any");
  table.method<&NativeSource::cancel>("cancel", "(reason: any): any");
  table.getter<&NativeSource::length>("length", "number | undefined");
}

class BytesSource final : public ByteSource {
 public:
  explicit BytesSource(std::string bytes) : bytes_(std::move(bytes)) {}
  void read(ByteReader& reader) override {
    if (given_ == bytes_.size()) return reader.on_end();
    size_t size = std::min<size_t>(bytes_.size() - given_, kChunk);
    Bytes chunk = Bytes::copy_of(bytes_.data() + given_, size);
    if (chunk.empty()) return reader.on_error(Error(Code::full, "out of memory"));
    given_ += size;
    reader.on_chunk(std::move(chunk));
  }
  std::optional<uint64_t> length() const override { return bytes_.size() - given_; }

 private:
  static constexpr size_t kChunk = 64 * 1024;
  std::string bytes_;
  size_t given_ = 0;
};

}  // namespace

const js::ClassInfo NativeSource::info{
    .name = "NativeSource", .describe = describe, .exposed = false};

NativeSource::~NativeSource() = default;

js::Js<v8::Local<v8::Value>> NativeSource::pull(js::Env& env) {
  if (bytes_) {
    if (bytes_->empty()) return v8::Local<v8::Value>(v8::Null(env.isolate()));
    std::string all = std::exchange(*bytes_, std::string());
    return v8::Local<v8::Value>(js::to_uint8_array(env.isolate(), Bytes::copy_of(all)));
  }
  ByteSource* source = context_->source(handle_);
  if (source == nullptr || context::current(env) != context_.get())
    return js::plain_error(
        "Cannot perform I/O on behalf of a different request. I/O objects (such as streams, "
        "request/response bodies, "
        "and others) created in the context of one request handler cannot be accessed from a "
        "different request's "
        "handler.");
  if (pending_ != nullptr) return js::type_error("a read of this body is already under way");
  return (new PullOperation(*context_, env, *this))->start(env, *source);
}

v8::Local<v8::Value> NativeSource::cancel(js::Env& env, v8::Local<v8::Value>) {
  if (bytes_) {
    bytes_->clear();
    return v8::Undefined(env.isolate());
  }
  // Dropping the source cancels it; a read under way then sees the end. It may be what calls us: it
  // goes later.
  std::unique_ptr<ByteSource> source = context_->take_source(handle_);
  if (source)
    context_->services().loop.defer([held = std::move(source)]() mutable { held.reset(); });
  if (pending_ != nullptr) pending_->finish();
  return v8::Undefined(env.isolate());
}

v8::Local<v8::Value> NativeSource::length(js::Env& env) const {
  std::optional<uint64_t> length = known_length();
  if (!length) return v8::Undefined(env.isolate());
  return v8::Number::New(env.isolate(), static_cast<double>(*length));
}

std::optional<uint64_t> NativeSource::known_length() const {
  if (bytes_) return bytes_->size();
  ByteSource* source = context_->source(handle_);
  return source == nullptr ? std::nullopt : source->length();
}

std::unique_ptr<ByteSource> NativeSource::take(js::Env& env) {
  if (bytes_) return source_of_bytes(std::exchange(*bytes_, std::string()));
  if (context::current(env) != context_.get() || pending_ != nullptr) return nullptr;
  return context_->take_source(handle_);
}

std::unique_ptr<ByteSource> source_of_bytes(std::string bytes) {
  return std::make_unique<BytesSource>(std::move(bytes));
}

js::Js<v8::Local<v8::Value>> make_native_stream(js::Env& env, context::RequestContext& context,
                                                std::unique_ptr<ByteSource> source) {
  context::SourceHandle handle = context.add_source(std::move(source));
  v8::Local<v8::Object> object = env.wrap(std::make_unique<NativeSource>(context, handle));
  return call_streams(env, "createNativeReadable", {object});
}

js::Js<v8::Local<v8::Value>> call_streams(js::Env& env, const char* function,
                                          std::initializer_list<v8::Local<v8::Value>> arguments) {
  js::Js<v8::Local<v8::Function>> callee = env.builtin_function("streams", "__native", function);
  if (!callee) return js::pass(callee);
  v8::Local<v8::Value> copy[4];
  std::copy(arguments.begin(), arguments.end(), copy);
  v8::Local<v8::Value> result;
  if (!(*callee)
           ->Call(env.context(), v8::Undefined(env.isolate()), static_cast<int>(arguments.size()),
                  copy)
           .ToLocal(&result))
    return js::already_thrown();
  return result;
}

}  // namespace skerry::web
