#include "native_stream.h"

#include <deque>
#include <utility>

namespace skerry::spike {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

struct Shared {
  v8::Global<v8::DictionaryTemplate> read_result;
  v8::Global<v8::FunctionTemplate> stream_template;
};

Shared& shared() {
  static Shared* instance = new Shared;
  return *instance;
}

struct NativeStream {
  std::deque<v8::Global<v8::Value>> queue;
  std::deque<v8::Global<v8::Promise::Resolver>> reads;
  v8::Global<v8::Function> pull;
  v8::Global<v8::Function> on_pulled;
  v8::Global<v8::Object> self;
  double high_water_mark = 1;
  bool pulling = false;
  bool pull_again = false;
};

template <typename T>
T* unwrap(v8::Local<v8::Object> object) {
  return static_cast<T*>(object->GetAlignedPointerFromInternalField(0));
}

v8::Local<v8::Object> read_result(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                  v8::Local<v8::Value> value) {
  v8::MaybeLocal<v8::Value> values[2] = {value, v8::False(isolate).As<v8::Value>()};
  return shared().read_result.Get(isolate)->NewInstance(context, {values, 2});
}

void call_pull(v8::Isolate* isolate, v8::Local<v8::Context> context, NativeStream* stream) {
  if (stream->pull.IsEmpty()) return;
  if (stream->reads.empty() &&
      static_cast<double>(stream->queue.size()) >= stream->high_water_mark) {
    return;
  }
  if (stream->pulling) {
    stream->pull_again = true;
    return;
  }
  stream->pulling = true;
  v8::Local<v8::Value> argument = stream->self.Get(isolate);
  v8::Local<v8::Value> result;
  if (!stream->pull.Get(isolate)
           ->Call(context, v8::Undefined(isolate), 1, &argument)
           .ToLocal(&result)) {
    return;
  }
  v8::Local<v8::Promise> promise;
  if (result->IsPromise()) {
    promise = result.As<v8::Promise>();
  } else {
    v8::Local<v8::Promise::Resolver> resolver;
    if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
    (void)resolver->Resolve(context, result);
    promise = resolver->GetPromise();
  }
  (void)promise->Then(context, stream->on_pulled.Get(isolate));
}

void on_pulled(const Info& info) {
  auto* stream = unwrap<NativeStream>(info.Data().As<v8::Object>());
  stream->pulling = false;
  if (!stream->pull_again) return;
  stream->pull_again = false;
  call_pull(info.GetIsolate(), info.GetIsolate()->GetCurrentContext(), stream);
}

void stream_construct(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto* stream = new NativeStream;
  info.This()->SetAlignedPointerInInternalField(0, stream);
  stream->self.Reset(isolate, info.This());
  if (info[0]->IsFunction()) stream->pull.Reset(isolate, info[0].As<v8::Function>());
  stream->high_water_mark = info[1]->NumberValue(context).FromMaybe(1);
  v8::Local<v8::Function> after;
  if (v8::Function::New(context, on_pulled, info.This(), 1, v8::ConstructorBehavior::kThrow)
          .ToLocal(&after)) {
    stream->on_pulled.Reset(isolate, after);
  }
}

void stream_enqueue(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto* stream = unwrap<NativeStream>(info.This());
  if (!stream->reads.empty()) {
    v8::Local<v8::Promise::Resolver> resolver = stream->reads.front().Get(isolate);
    stream->reads.pop_front();
    (void)resolver->Resolve(context, read_result(isolate, context, info[0]));
  } else {
    stream->queue.emplace_back(isolate, info[0]);
  }
  call_pull(isolate, context, stream);
}

void stream_read(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto* stream = unwrap<NativeStream>(info.This());
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
  if (!stream->queue.empty()) {
    v8::Local<v8::Value> chunk = stream->queue.front().Get(isolate);
    stream->queue.pop_front();
    call_pull(isolate, context, stream);
    (void)resolver->Resolve(context, read_result(isolate, context, chunk));
  } else {
    stream->reads.emplace_back(isolate, resolver);
    call_pull(isolate, context, stream);
  }
  info.GetReturnValue().Set(resolver->GetPromise());
}

struct NativeTransform {
  v8::Global<v8::Function> transform;
  v8::Global<v8::Object> readable;
};

void transform_construct(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto* hop = new NativeTransform;
  info.This()->SetAlignedPointerInInternalField(0, hop);
  hop->transform.Reset(isolate, info[0].As<v8::Function>());
  v8::Local<v8::Value> arguments[2] = {v8::Undefined(isolate), v8::Number::New(isolate, 0)};
  v8::Local<v8::Function> constructor;
  v8::Local<v8::Object> readable;
  if (!shared().stream_template.Get(isolate)->GetFunction(context).ToLocal(&constructor) ||
      !constructor->NewInstance(context, 2, arguments).ToLocal(&readable)) {
    return;
  }
  hop->readable.Reset(isolate, readable);
  (void)info.This()->Set(context, v8::String::NewFromUtf8Literal(isolate, "readable"), readable);
}

void settle_write(const Info& info) {
  (void)info.Data().As<v8::Promise::Resolver>()->Resolve(info.GetIsolate()->GetCurrentContext(),
                                                         v8::Undefined(info.GetIsolate()));
}

void transform_write(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto* hop = unwrap<NativeTransform>(info.This());
  v8::Local<v8::Value> arguments[2] = {info[0], hop->readable.Get(isolate)};
  v8::Local<v8::Value> result;
  v8::Local<v8::Promise::Resolver> written;
  if (!hop->transform.Get(isolate)
           ->Call(context, v8::Undefined(isolate), 2, arguments)
           .ToLocal(&result) ||
      !v8::Promise::Resolver::New(context).ToLocal(&written)) {
    return;
  }
  info.GetReturnValue().Set(written->GetPromise());
  v8::Local<v8::Promise> promise;
  if (result->IsPromise()) {
    promise = result.As<v8::Promise>();
  } else {
    v8::Local<v8::Promise::Resolver> resolver;
    if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
    (void)resolver->Resolve(context, result);
    promise = resolver->GetPromise();
  }
  v8::Local<v8::Function> settle;
  if (v8::Function::New(context, settle_write, written, 1, v8::ConstructorBehavior::kThrow)
          .ToLocal(&settle)) {
    (void)promise->Then(context, settle);
  }
}

void add_method(v8::Isolate* isolate, v8::Local<v8::FunctionTemplate> owner, const char* name,
                v8::FunctionCallback callback) {
  owner->PrototypeTemplate()->Set(
      isolate, name,
      v8::FunctionTemplate::New(isolate, callback, v8::Local<v8::Value>(),
                                v8::Signature::New(isolate, owner), 0,
                                v8::ConstructorBehavior::kThrow));
}

}  // namespace

NativeClasses make_native_classes(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  static constexpr std::string_view names[] = {"value", "done"};
  shared().read_result.Reset(isolate, v8::DictionaryTemplate::New(isolate, {names, 2}));
  auto stream = v8::FunctionTemplate::New(isolate, stream_construct);
  stream->InstanceTemplate()->SetInternalFieldCount(1);
  add_method(isolate, stream, "enqueue", stream_enqueue);
  add_method(isolate, stream, "read", stream_read);
  shared().stream_template.Reset(isolate, stream);
  auto transform = v8::FunctionTemplate::New(isolate, transform_construct);
  transform->InstanceTemplate()->SetInternalFieldCount(1);
  add_method(isolate, transform, "write", transform_write);
  return {stream->GetFunction(context).ToLocalChecked(),
          transform->GetFunction(context).ToLocalChecked()};
}

}  // namespace skerry::spike
