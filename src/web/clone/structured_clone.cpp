#include "web/clone/structured_clone.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "web/crypto/crypto_key.h"
#include "web/events/dom_exception.h"
#include "web/file/blob.h"

namespace skerry::web {

namespace {

// A new object over the same immutable data, without a JavaScript half yet; null where the class
// has no such copies.
std::unique_ptr<js::Wrapped> shared_copy(js::Wrapped* wrapped) {
  if (wrapped == nullptr) return nullptr;
  if (wrapped->class_info().is_a(CryptoKey::info)) return static_cast<CryptoKey*>(wrapped)->copy();
  if (wrapped->class_info().is_a(Blob::info)) return static_cast<Blob*>(wrapped)->copy();
  return nullptr;
}
using Copies = std::vector<std::unique_ptr<js::Wrapped>>;

// What a serialised object of ours begins with.
enum class HostTag : uint32_t { dom_exception = 1, shared = 2 };

class Writer final : public v8::ValueSerializer::Delegate {
 public:
  explicit Writer(js::Env& env) : env_(env) {}
  void use(v8::ValueSerializer* serializer) { serializer_ = serializer; }
  std::vector<v8::CompiledWasmModule> take_modules() { return std::move(modules_); }
  Copies take_copies() { return std::move(copies_); }

  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    env_.throw_js(js::dom_error("DataCloneError", js::to_utf8(env_.isolate(), message)).error());
  }
  v8::Maybe<bool> WriteHostObject(v8::Isolate* isolate, v8::Local<v8::Object> object) override {
    js::Wrapped* wrapped = js::wrapped_of(object);
    if (std::unique_ptr<js::Wrapped> copy = shared_copy(wrapped)) {
      serializer_->WriteUint32(static_cast<uint32_t>(HostTag::shared));
      serializer_->WriteUint32(static_cast<uint32_t>(copies_.size()));
      copies_.push_back(std::move(copy));
      return v8::Just(true);
    }
    auto* exception = js::unwrap<DomException>(object);
    if (exception == nullptr) {
      env_.throw_js(
          js::dom_error("DataCloneError",
                        std::string(wrapped == nullptr ? "An object" : wrapped->class_info().name) +
                            " could not be cloned.")
              .error());
      return v8::Nothing<bool>();
    }
    // https://webidl.spec.whatwg.org/#dom-domexception, serialization steps
    serializer_->WriteUint32(static_cast<uint32_t>(HostTag::dom_exception));
    write_text(exception->name_text());
    write_text(exception->message_text());
    return v8::Just(true);
  }
  v8::Maybe<uint32_t> GetWasmModuleTransferId(v8::Isolate*,
                                              v8::Local<v8::WasmModuleObject> module) override {
    modules_.push_back(module->GetCompiledModule());
    return v8::Just(static_cast<uint32_t>(modules_.size() - 1));
  }

 private:
  void write_text(const std::string& text) {
    serializer_->WriteUint32(static_cast<uint32_t>(text.size()));
    serializer_->WriteRawBytes(text.data(), text.size());
  }
  js::Env& env_;
  v8::ValueSerializer* serializer_ = nullptr;
  std::vector<v8::CompiledWasmModule> modules_;
  Copies copies_;
};

class Reader final : public v8::ValueDeserializer::Delegate {
 public:
  Reader(js::Env& env, std::vector<v8::CompiledWasmModule> modules, Copies copies)
      : env_(env), modules_(std::move(modules)), copies_(std::move(copies)) {}
  void use(v8::ValueDeserializer* deserializer) { deserializer_ = deserializer; }

  v8::MaybeLocal<v8::Object> ReadHostObject(v8::Isolate* isolate) override {
    uint32_t tag = 0;
    std::string name, message;
    const bool has_tag = deserializer_->ReadUint32(&tag);
    if (has_tag && tag == static_cast<uint32_t>(HostTag::shared)) return read_shared(isolate);
    if (!has_tag || tag != static_cast<uint32_t>(HostTag::dom_exception) || !read_text(name) ||
        !read_text(message)) {
      env_.throw_js(js::dom_error("DataCloneError", "An object could not be read back.").error());
      return {};
    }
    DomException& made =
        env_.wrap_ref(std::make_unique<DomException>(std::move(message), std::move(name)));
    made.attached(env_);
    return made.object(isolate);
  }
  v8::MaybeLocal<v8::WasmModuleObject> GetWasmModuleFromId(v8::Isolate* isolate,
                                                           uint32_t id) override {
    if (id >= modules_.size()) return {};
    return v8::WasmModuleObject::FromCompiledModule(isolate, modules_[id]);
  }

 private:
  v8::MaybeLocal<v8::Object> read_shared(v8::Isolate* isolate) {
    uint32_t index = 0;
    if (!deserializer_->ReadUint32(&index) || index >= copies_.size() || !copies_[index]) return {};
    v8::Local<v8::Object> made = env_.instantiate(copies_[index]->class_info());
    copies_[index].release()->attach(isolate, made);
    return made;
  }
  bool read_text(std::string& out) {
    uint32_t size = 0;
    const void* data = nullptr;
    if (!deserializer_->ReadUint32(&size) || !deserializer_->ReadRawBytes(size, &data))
      return false;
    out.assign(static_cast<const char*>(data), size);
    return true;
  }
  js::Env& env_;
  v8::ValueDeserializer* deserializer_ = nullptr;
  std::vector<v8::CompiledWasmModule> modules_;
  Copies copies_;
};

using Buffers = v8::LocalVector<v8::ArrayBuffer>;

// https://html.spec.whatwg.org/#structuredserializewithtransfer, steps 2 and 5
js::Js<> read_transfer(js::Env& env, const std::optional<v8::Local<v8::Value>>& options,
                       Buffers& out) {
  if (!options) return {};
  js::Js<v8::Local<v8::Value>> list = js::member(env, *options, "transfer");
  if (!list) return js::pass(list);
  if ((*list)->IsUndefined()) return {};
  auto items = js::to_sequence(env, *list);
  if (!items) return js::pass(items);
  for (v8::Local<v8::Value> item : *items)
    if (!item->IsObject())
      return js::type_error(
          "Failed to execute 'structuredClone': a transferred value is not an object.");
  for (v8::Local<v8::Value> item : *items) {
    if (!item->IsArrayBuffer())
      return js::dom_error("DataCloneError", "A value in the transfer list is not transferable.");
    v8::Local<v8::ArrayBuffer> buffer = item.As<v8::ArrayBuffer>();
    for (v8::Local<v8::ArrayBuffer> earlier : out)
      if (earlier == buffer)
        return js::dom_error("DataCloneError", "The transfer list contains a buffer twice.");
    if (buffer->WasDetached() || !buffer->IsDetachable())
      return js::dom_error("DataCloneError",
                           "An ArrayBuffer is detached and cannot be transferred.");
    out.push_back(buffer);
  }
  return {};
}

struct FreeMemory {
  void operator()(uint8_t* data) const { std::free(data); }
};

}  // namespace

// https://html.spec.whatwg.org/#dom-structuredclone
js::Js<v8::Local<v8::Value>> structured_clone(js::Env& env, v8::Local<v8::Value> value,
                                              std::optional<v8::Local<v8::Value>> options) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Context> context = env.context();
  Buffers transferred(isolate);
  js::Js<> listed = read_transfer(env, options, transferred);
  if (!listed) return js::pass(listed);
  // A primitive is its own copy.
  if (!value->IsObject() && !value->IsSymbol() && transferred.empty()) return value;
  Writer writer(env);
  v8::ValueSerializer serializer(isolate, &writer);
  writer.use(&serializer);
  serializer.WriteHeader();
  for (size_t i = 0; i < transferred.size(); ++i)
    serializer.TransferArrayBuffer(static_cast<uint32_t>(i), transferred[i]);
  if (serializer.WriteValue(context, value).IsNothing()) return js::already_thrown();
  auto [data, size] = serializer.Release();
  std::unique_ptr<uint8_t, FreeMemory> owned(data);
  // Getters may have detached a buffer meanwhile; nothing is moved unless all can be.
  for (v8::Local<v8::ArrayBuffer> buffer : transferred)
    if (buffer->WasDetached())
      return js::dom_error("DataCloneError", "An ArrayBuffer is detached.");
  Reader reader(env, writer.take_modules(), writer.take_copies());
  v8::ValueDeserializer deserializer(isolate, data, size, &reader);
  reader.use(&deserializer);
  for (size_t i = 0; i < transferred.size(); ++i) {
    std::shared_ptr<v8::BackingStore> store = transferred[i]->GetBackingStore();
    if (transferred[i]->Detach({}).IsNothing()) return js::already_thrown();
    deserializer.TransferArrayBuffer(static_cast<uint32_t>(i),
                                     v8::ArrayBuffer::New(isolate, std::move(store)));
  }
  v8::Local<v8::Value> copy;
  if (deserializer.ReadHeader(context).IsNothing() ||
      !deserializer.ReadValue(context).ToLocal(&copy))
    return js::already_thrown();
  return copy;
}

}  // namespace skerry::web
