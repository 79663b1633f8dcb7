#include "web/fetch/body.h"

#include "js/method.h"
#include "types/mime.h"
#include "web/file/blob.h"
#include "web/file/form_data.h"
#include "web/url/url_search_params.h"

namespace skerry::web {

namespace {

constexpr size_t kCollectMax = 128u << 20;  // what one isolate may hold

constexpr const char* kUsedText =
    "Body has already been used. It can only be used once. Use tee() first if you need to read it "
    "twice.";

bool is_stream(js::Env& env, v8::Local<v8::Value> value) {
  // Anything that is a stream was made by the builtin: asking it before it is loaded would load it
  // for nothing.
  if (!value->IsObject() || js::wrapped_of(value) != nullptr || value->IsFunction()) return false;
  js::Js<v8::Local<v8::Value>> answer = call_streams(env, "isReadableStream", {value});
  return answer && (*answer)->IsTrue();
}

bool ask(js::Env& env, const char* function, v8::Local<v8::Value> stream) {
  js::Js<v8::Local<v8::Value>> answer = call_streams(env, function, {stream});
  return answer && (*answer)->IsTrue();
}

// Reads a native source to its end, then settles with the converted bytes.
class CollectOperation final : public context::PromiseOperation, public ByteReader {
 public:
  CollectOperation(context::RequestContext& context, js::Env& env,
                   std::unique_ptr<ByteSource> source, BodyFormat format,
                   std::string_view content_type)
      : PromiseOperation(context, env),
        source_(std::move(source)),
        format_(format),
        content_type_(content_type) {}

  // May settle, and delete this, before it returns.
  void start() {
    // A source that answers at once is asked again here, not from inside its callback: no depth by
    // length.
    while (true) {
      answered_ = false;
      in_read_ = true;
      source_->read(*this);
      in_read_ = false;
      if (!answered_) return;
      if (ended_ || failed_) return finish();
    }
  }
  void on_chunk(Bytes chunk) override {
    bytes_.append(chunk.view());
    if (bytes_.size() > kCollectMax)
      return on_error(Error(Code::too_large, "the body exceeds the memory limit"));
    next();
  }
  void on_end() override {
    ended_ = true;
    next();
  }
  void on_error(Error error) override {
    failed_ = true;
    error_ = error.chain();
    next();
  }

 private:
  void next() {
    answered_ = true;
    if (in_read_) return;
    if (ended_ || failed_)
      finish();
    else
      start();
  }
  void finish() {
    auto bytes = std::make_shared<std::string>(std::move(bytes_));
    auto error = std::make_shared<std::string>(std::move(error_));
    bool failed = failed_;
    BodyFormat format = format_;
    settle([bytes, error, failed, format, type = std::move(content_type_)](js::Env& env,
                                                                           Resolver resolver) {
      if (failed) {
        (void)resolver->Reject(env.context(),
                               env.make_exception({js::Throw::Kind::type_error, "", *error}));
        return;
      }
      v8::TryCatch caught(env.isolate());
      js::Js<v8::Local<v8::Value>> value = convert_bytes(env, format, *bytes, type);
      if (value)
        (void)resolver->Resolve(env.context(), *value);
      else if (value.error().kind == js::Throw::Kind::pending)
        (void)resolver->Reject(env.context(), caught.Exception());
      else
        (void)resolver->Reject(env.context(), env.make_exception(value.error()));
    });
  }

  std::unique_ptr<ByteSource> source_;
  BodyFormat format_;
  std::string content_type_;
  std::string bytes_;
  std::string error_;
  bool in_read_ = false, answered_ = false, ended_ = false, failed_ = false;
};

// https://fetch.spec.whatwg.org/#concept-bodyinit-extract, FormData: a boundary that no content has
// but by guessing.
js::Js<std::string> new_boundary(js::Env& env) {
  js::Js<context::RequestContext*> context =
      context::require_current(env, "a body made of a FormData");
  if (!context) return js::pass(context);
  uint8_t random[16];
  (*context)->services().fill_random(random);
  std::string boundary = "----FormBoundary";
  for (uint8_t byte : random) {
    boundary += "0123456789abcdef"[byte >> 4];
    boundary += "0123456789abcdef"[byte & 15];
  }
  return boundary;
}

// The promise of readAllBytes() as text, JSON or a buffer.
void convert_collected(const js::CallInfo& info) {
  js::Env& env = js::Env::from(info.GetIsolate());
  v8::Local<v8::Context> context = env.context();
  v8::Local<v8::Object> result = info[0].As<v8::Object>();
  v8::Local<v8::Value> list;
  if (!result->Get(context, env.name("chunks")).ToLocal(&list)) return;
  std::string bytes;
  v8::Local<v8::Array> chunks = list.As<v8::Array>();
  for (uint32_t i = 0; i < chunks->Length(); ++i) {
    v8::Local<v8::Value> chunk;
    if (!chunks->Get(context, i).ToLocal(&chunk)) return;
    std::optional<std::span<uint8_t>> span = js::buffer_source(chunk);
    if (span) bytes.append(reinterpret_cast<const char*>(span->data()), span->size());
    if (bytes.size() > kCollectMax)
      return env.throw_js({js::Throw::Kind::type_error, "", "the body exceeds the memory limit"});
  }
  // The format, and for blobs and forms the content type behind it.
  std::string type;
  int32_t number = 0;
  if (info.Data()->IsString()) {
    type = js::to_utf8(env.isolate(), info.Data().As<v8::String>());
    number = type[0];
    type.erase(0, 1);
  } else {
    number = info.Data().As<v8::Int32>()->Value();
  }
  js::Js<v8::Local<v8::Value>> value =
      convert_bytes(env, static_cast<BodyFormat>(number), bytes, type);
  if (value)
    info.GetReturnValue().Set(*value);
  else
    env.throw_js(value.error());
}

}  // namespace

v8::Local<v8::String> decode_utf8(v8::Isolate* isolate, std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return js::from_utf8(isolate, bytes);
}

js::Js<v8::Local<v8::Value>> convert_bytes(js::Env& env, BodyFormat format, std::string_view bytes,
                                           std::string_view content_type) {
  v8::Isolate* isolate = env.isolate();
  switch (format) {
    case BodyFormat::text: return v8::Local<v8::Value>(decode_utf8(isolate, bytes));
    case BodyFormat::json: {
      v8::Local<v8::Value> value;
      if (!v8::JSON::Parse(env.context(), decode_utf8(isolate, bytes)).ToLocal(&value))
        return js::already_thrown();
      return value;
    }
    case BodyFormat::array_buffer:
      return v8::Local<v8::Value>(js::to_array_buffer(isolate, Bytes::copy_of(bytes)));
    case BodyFormat::bytes:
      return v8::Local<v8::Value>(js::to_uint8_array(isolate, Bytes::copy_of(bytes)));
    case BodyFormat::blob: {
      BlobData data;
      js::Js<> added = data.add(env, bytes);
      if (!added) return js::pass(added);
      std::optional<types::MimeType> type = types::extract_mime_type(content_type);
      v8::Local<v8::Object> blob = env.wrap(std::make_unique<Blob>(
          std::move(data), type ? blob_type(type->to_string()) : std::string()));
      return blob.As<v8::Value>();
    }
    case BodyFormat::form_data: return FormData::parse(env, bytes, content_type);
  }
  return js::type_error("unknown body format");
}

void Body::set_native(context::RequestContext& context, std::unique_ptr<ByteSource> source) {
  kind_ = BodyKind::native;
  handle_ = context.add_source(std::move(source));
  context_ = Ref<context::RequestContext>(&context);
}

void Body::set_stream(js::Env& env, js::Wrapped& owner, v8::Local<v8::Value> stream) {
  kind_ = BodyKind::stream;
  owner.set_slot(env.isolate(), kStreamSlot, stream);
}

// `new Response(response.body, response)`, the usual way to change a response: a body that is still
// native goes over as such, without a stream on its way. DEVIATION: the first body counts as used
// from then on; by the standard only once the second one is read.
bool Body::take_back(js::Env& env, v8::Local<v8::Value> init) {
  if (!init->IsObject() || js::wrapped_of(init) != nullptr || init->IsFunction() ||
      init->IsArrayBufferView())
    return false;
  js::Js<v8::Local<v8::Value>> source = call_streams(env, "nativeSourceOf", {init});
  NativeSource* native = source ? js::unwrap<NativeSource>(*source) : nullptr;
  if (native == nullptr) return false;
  if (std::string* bytes = native->bytes()) {
    set_bytes(std::exchange(*bytes, std::string()));
    return true;
  }
  std::unique_ptr<ByteSource> taken = native->take(env);
  context::RequestContext* context = context::current(env);
  if (!taken || context == nullptr) return false;
  set_native(*context, std::move(taken));
  return true;
}

// Small ones go with the head in one write; larger ones are sent from where they are.
void Body::set_blob(js::Env& env, const BlobData& data) {
  constexpr uint64_t kCopyMax = 16 * 1024;
  context::RequestContext* context = context::current(env);
  if (data.size() <= kCopyMax || context == nullptr || context->closed())
    set_bytes(data.to_string());
  else
    set_native(*context, data.to_source());
}

js::Js<std::string> Body::extract(js::Env& env, js::Wrapped& owner, v8::Local<v8::Value> init) {
  if (init->IsString()) {
    set_bytes(js::to_utf8(env.isolate(), init.As<v8::String>()));
    return std::string("text/plain;charset=UTF-8");
  }
  if (auto bytes = js::buffer_source(init)) {
    set_bytes(std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
    return std::string();
  }
  if (UrlSearchParams* params = js::unwrap<UrlSearchParams>(init)) {
    set_bytes(params->list().to_string());
    return std::string("application/x-www-form-urlencoded;charset=UTF-8");
  }
  if (Blob* blob = js::unwrap<Blob>(init)) {
    set_blob(env, blob->data());
    return blob->type();
  }
  if (FormData* form = js::unwrap<FormData>(init)) {
    js::Js<std::string> boundary = new_boundary(env);
    if (!boundary) return boundary;
    js::Js<BlobData> data = form->serialize(env, *boundary);
    if (!data) return js::pass(data);
    set_blob(env, *data);
    return "multipart/form-data; boundary=" + *boundary;
  }
  if (take_back(env, init)) return std::string();
  if (is_stream(env, init)) {
    if (ask(env, "isDisturbed", init))
      return js::type_error(
          "This ReadableStream is disturbed (has already been "
          "read from), and cannot be used as a body.");
    if (ask(env, "isLocked", init))
      return js::type_error(
          "This ReadableStream is currently locked to a reader, and cannot be used as a body.");
    set_stream(env, owner, init);
    return std::string();
  }
  js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, init);
  if (!text) return js::pass(text);
  set_bytes(std::move(text->value));
  return std::string("text/plain;charset=UTF-8");
}

js::Js<> Body::take_over(js::Env& env, js::Wrapped& owner, Body& other, js::Wrapped& other_owner) {
  if (other.used(env, other_owner) || other.locked(env, other_owner))
    return js::type_error(kUsedText);
  kind_ = other.kind_;
  bytes_ = std::move(other.bytes_);
  context_ = other.context_;
  handle_ = other.handle_;
  if (kind_ == BodyKind::stream)
    owner.set_slot(env.isolate(), kStreamSlot, other_owner.slot(env.isolate(), kStreamSlot));
  if (other.kind_ != BodyKind::none) {
    other.kind_ = BodyKind::bytes;
    other.bytes_.clear();
    other.used_ = true;
  }
  return {};
}

js::Js<> Body::clone_to(js::Env& env, js::Wrapped& owner, Body& copy, js::Wrapped& copy_owner) {
  if (kind_ == BodyKind::none) return {};
  if (used(env, owner) || locked(env, owner)) return js::type_error(kUsedText);
  if (kind_ == BodyKind::bytes) {
    copy.set_bytes(bytes_);
    return {};
  }
  js::Js<v8::Local<v8::Value>> whole = stream(env, owner);
  if (!whole) return js::pass(whole);
  js::Js<v8::Local<v8::Value>> branches =
      call_streams(env, "tee", {*whole, v8::True(env.isolate())});
  if (!branches) return js::pass(branches);
  v8::Local<v8::Value> first, second;
  if (!branches->As<v8::Object>()->Get(env.context(), 0).ToLocal(&first) ||
      !branches->As<v8::Object>()->Get(env.context(), 1).ToLocal(&second))
    return js::already_thrown();
  set_stream(env, owner, first);
  copy.set_stream(env, copy_owner, second);
  return {};
}

bool Body::used(js::Env& env, const js::Wrapped& owner) const {
  if (kind_ == BodyKind::stream)
    return ask(env, "isDisturbed", owner.slot(env.isolate(), kStreamSlot));
  return kind_ != BodyKind::none && used_;
}

bool Body::locked(js::Env& env, const js::Wrapped& owner) const {
  return kind_ == BodyKind::stream && ask(env, "isLocked", owner.slot(env.isolate(), kStreamSlot));
}

js::Js<v8::Local<v8::Value>> Body::stream(js::Env& env, js::Wrapped& owner) {
  v8::Isolate* isolate = env.isolate();
  if (kind_ == BodyKind::none) return v8::Local<v8::Value>(v8::Null(isolate));
  if (kind_ == BodyKind::stream) return owner.slot(isolate, kStreamSlot);
  bool was_used = used_;
  js::Js<v8::Local<v8::Value>> made = v8::Local<v8::Value>();
  if (kind_ == BodyKind::native) {
    v8::Local<v8::Object> source = env.wrap(std::make_unique<NativeSource>(*context_, handle_));
    made = call_streams(env, "createNativeReadable", {source});
  } else {
    v8::Local<v8::Object> source =
        env.wrap(std::make_unique<NativeSource>(was_used ? std::string() : std::move(bytes_)));
    made = call_streams(env, "createNativeReadable", {source});
  }
  if (!made) return made;
  set_stream(env, owner, *made);
  // A body that was read before its stream was asked for shows a stream that is used up.
  if (was_used) {
    js::Js<v8::Local<v8::Value>> taken = call_streams(env, "nativeSourceOf", {*made});
    if (!taken) return taken;
  }
  return made;
}

js::Js<v8::Local<v8::Promise>> Body::consume(js::Env& env, js::Wrapped& owner, BodyFormat format,
                                             std::string_view content_type) {
  if (used(env, owner) || locked(env, owner)) return js::type_error(kUsedText);
  if (kind_ == BodyKind::none || kind_ == BodyKind::bytes) {
    used_ = true;
    js::Js<v8::Local<v8::Value>> value = convert_bytes(env, format, bytes_, content_type);
    if (!value) return js::pass(value);
    return js::resolved(env, *value);
  }
  if (std::unique_ptr<ByteSource> source = take_native(env, owner)) {
    context::RequestContext* context = context::current(env);
    auto* operation = new CollectOperation(*context, env, std::move(source), format, content_type);
    v8::Local<v8::Promise> promise = operation->promise(env.isolate());
    operation->start();
    return promise;
  }
  if (kind_ == BodyKind::native)
    return js::plain_error(
        "Cannot perform I/O on behalf of a different request: this body belongs to another "
        "request.");
  js::Js<v8::Local<v8::Value>> all =
      call_streams(env, "readAllBytes", {owner.slot(env.isolate(), kStreamSlot)});
  if (!all) return js::pass(all);
  v8::Local<v8::Function> convert;
  v8::Local<v8::Promise> converted;
  v8::Local<v8::Value> data = v8::Integer::New(env.isolate(), static_cast<int>(format));
  if (format == BodyFormat::blob || format == BodyFormat::form_data)
    data = js::from_latin1(env.isolate(), static_cast<char>(format) + std::string(content_type));
  if (!v8::Function::New(env.context(), convert_collected, data, 1).ToLocal(&convert) ||
      !all->As<v8::Promise>()->Then(env.context(), convert).ToLocal(&converted))
    return js::already_thrown();
  return converted;
}

std::unique_ptr<ByteSource> Body::take_native(js::Env& env, js::Wrapped& owner) {
  if (kind_ == BodyKind::native) {
    if (context::current(env) != context_.get()) return nullptr;
    std::unique_ptr<ByteSource> source = context_->take_source(handle_);
    used_ = true;
    return source;
  }
  if (kind_ != BodyKind::stream) return nullptr;
  js::Js<v8::Local<v8::Value>> source =
      call_streams(env, "nativeSourceOf", {owner.slot(env.isolate(), kStreamSlot)});
  if (!source) return nullptr;
  NativeSource* native = js::unwrap<NativeSource>(*source);
  return native == nullptr ? nullptr : native->take(env);
}

std::optional<uint64_t> Body::known_length(js::Env& env, js::Wrapped& owner) const {
  switch (kind_) {
    case BodyKind::none: return 0;
    case BodyKind::bytes: return bytes_.size();
    case BodyKind::native: {
      ByteSource* source = context_->source(handle_);
      return source == nullptr ? std::nullopt : source->length();
    }
    case BodyKind::stream: break;
  }
  js::Js<v8::Local<v8::Value>> length =
      call_streams(env, "lengthOf", {owner.slot(env.isolate(), kStreamSlot)});
  if (!length || !(*length)->IsNumber()) return std::nullopt;
  return static_cast<uint64_t>((*length).As<v8::Number>()->Value());
}

}  // namespace skerry::web
