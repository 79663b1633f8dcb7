#include "js/modules.h"

#include "js/convert.h"

namespace skerry::js {

struct ModuleCallbacks {
  static Modules& of(Env& env) {
    return *static_cast<Modules*>(env.attachment(Env::Attachment::modules));
  }

  static v8::MaybeLocal<v8::Module> resolve(v8::Local<v8::Context> context,
                                            v8::Local<v8::String> specifier,
                                            v8::Local<v8::FixedArray>,
                                            v8::Local<v8::Module> referrer) {
    v8::Isolate* isolate = context->GetIsolate();
    Env& env = Env::from(isolate);
    Modules& modules = of(env);
    const Modules::Entry* from = modules.entry_of(referrer);
    Js<v8::Local<v8::Module>> module = modules.load(
        to_utf8(isolate, specifier), from == nullptr ? std::string_view() : from->path);
    if (module) return *module;
    env.throw_js(module.error());
    return {};
  }

  static v8::MaybeLocal<v8::Promise> import(v8::Local<v8::Context> context, v8::Local<v8::Data>,
                                            v8::Local<v8::Value> resource,
                                            v8::Local<v8::String> specifier,
                                            v8::Local<v8::FixedArray>) {
    v8::Isolate* isolate = context->GetIsolate();
    v8::EscapableHandleScope scope(isolate);
    Env& env = Env::from(isolate);
    if (env.attachment(Env::Attachment::modules) == nullptr)
      return scope.Escape(
          rejected(env, {Throw::Kind::type_error, "", "import() has no modules here"}));
    std::string referrer =
        resource->IsString() ? to_utf8(isolate, resource.As<v8::String>()) : std::string();
    v8::TryCatch caught(isolate);
    Js<v8::Local<v8::Module>> loaded = of(env).load(to_utf8(isolate, specifier), referrer);
    if (!loaded && loaded.error().kind != Throw::Kind::pending)
      return scope.Escape(rejected(env, loaded.error()));
    v8::Local<v8::Value> evaluated;
    if (!loaded || !(*loaded)->InstantiateModule(context, resolve).FromMaybe(false) ||
        !(*loaded)->Evaluate(context).ToLocal(&evaluated)) {
      if (caught.HasTerminated()) {
        caught.ReThrow();
        return {};
      }
      return scope.Escape(rejected_value(env, caught.Exception()));
    }
    v8::Local<v8::Function> give = namespace_giver(context, (*loaded)->GetModuleNamespace());
    v8::Local<v8::Promise> then;
    if (!evaluated.As<v8::Promise>()->Then(context, give).ToLocal(&then)) return {};
    return scope.Escape(then);
  }

  static v8::Local<v8::Function> namespace_giver(v8::Local<v8::Context> context,
                                                 v8::Local<v8::Value> names) {
    return v8::Function::New(
               context,
               [](const v8::FunctionCallbackInfo<v8::Value>& info) {
                 info.GetReturnValue().Set(info.Data());
               },
               names)
        .ToLocalChecked();
  }

  static void import_meta(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                          v8::Local<v8::Object> meta) {
    Env& env = Env::from(context->GetIsolate());
    if (env.attachment(Env::Attachment::modules) == nullptr) return;
    const Modules::Entry* entry = of(env).entry_of(module);
    if (entry == nullptr) return;
    meta->CreateDataProperty(context, env.name("url"),
                             from_utf8(env.isolate(), "file:///" + entry->path))
        .Check();
  }

  static v8::MaybeLocal<v8::Value> evaluate_synthetic(v8::Local<v8::Context> context,
                                                      v8::Local<v8::Module> module) {
    v8::Isolate* isolate = context->GetIsolate();
    Env& env = Env::from(isolate);
    Modules& modules = of(env);
    for (auto& [known, values] : modules.synthetic_) {
      if (known != module) continue;
      v8::Local<v8::Object> exports = values.Get(isolate);
      v8::Local<v8::Array> names;
      if (!exports->GetOwnPropertyNames(context).ToLocal(&names)) return {};
      bool has_default = false;
      for (uint32_t i = 0; i < names->Length(); ++i) {
        v8::Local<v8::Value> key, value;
        if (!names->Get(context, i).ToLocal(&key)) return {};
        if (!key->IsString()) continue;
        if (!exports->Get(context, key).ToLocal(&value)) return {};
        has_default |= key->StrictEquals(env.name("default"));
        if (module->SetSyntheticModuleExport(isolate, key.As<v8::String>(), value).IsNothing())
          return {};
      }
      if (!has_default &&
          module->SetSyntheticModuleExport(isolate, env.name("default"), exports).IsNothing())
        return {};
      v8::Local<v8::Promise::Resolver> done;
      if (!v8::Promise::Resolver::New(context).ToLocal(&done)) return {};
      done->Resolve(context, v8::Undefined(isolate)).Check();
      return done->GetPromise();
    }
    return v8::Undefined(isolate);
  }
};

Modules::Modules(Env& env, ModuleSource& source, CodeCache* cache)
    : env_(env), source_(source), cache_(cache) {
  env.attach(Env::Attachment::modules, this);
  env.isolate()->SetHostImportModuleDynamicallyCallback(ModuleCallbacks::import);
  env.isolate()->SetHostInitializeImportMetaObjectCallback(ModuleCallbacks::import_meta);
}

Modules::~Modules() {
  env_.attach(Env::Attachment::modules, nullptr);
}

std::string Modules::resolve_path(std::string_view specifier, std::string_view referrer) {
  std::string joined;
  if (specifier.starts_with("./") || specifier.starts_with("../")) {
    size_t slash = referrer.rfind('/');
    if (slash != std::string_view::npos) joined = std::string(referrer.substr(0, slash + 1));
    joined += specifier;
  } else {
    if (specifier.starts_with("file:///")) specifier.remove_prefix(8);
    joined = specifier.starts_with('/') ? specifier.substr(1) : specifier;
  }
  // Dots are resolved here, so that one file has one name; ".." past the root stays at the root.
  std::vector<std::string_view> parts;
  for (size_t start = 0; start <= joined.size();) {
    size_t end = std::min(joined.find('/', start), joined.size());
    std::string_view part = std::string_view(joined).substr(start, end - start);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    start = end + 1;
  }
  std::string path;
  for (std::string_view part : parts) {
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

const Modules::Entry* Modules::entry_of(v8::Local<v8::Module> module) const {
  auto [from, to] = by_hash_.equal_range(module->GetIdentityHash());
  for (auto it = from; it != to; ++it)
    if (it->second->module == module) return it->second;
  return nullptr;
}

v8::Local<v8::Module> Modules::remember(const std::string& path, v8::Local<v8::Module> module,
                                        std::shared_ptr<const std::string> source) {
  auto entry = std::make_unique<Entry>();
  entry->path = path;
  entry->module.Reset(env_.isolate(), module);
  entry->source = std::move(source);
  by_path_[path] = entry.get();
  by_hash_.emplace(module->GetIdentityHash(), entry.get());
  entries_.push_back(std::move(entry));
  return module;
}

Js<v8::Local<v8::Module>> Modules::load(std::string_view specifier, std::string_view referrer) {
  Result<const char*> builtin = source_.builtin_module(specifier);
  if (!builtin) {
    std::string text = "No such module \"" + std::string(specifier) + "\"";
    if (!referrer.empty()) text += " imported from \"" + std::string(referrer) + "\"";
    return plain_error(text + ": " + builtin.error().chain());
  }
  if (*builtin != nullptr) return wrap_builtin(*builtin);
  std::string path = resolve_path(specifier, referrer);
  if (auto known = by_path_.find(path); known != by_path_.end())
    return known->second->module.Get(env_.isolate());
  Result<ModuleFile> file = source_.load(path);
  if (!file) {
    std::string text = "No such module \"" + std::string(specifier) + "\"";
    if (!referrer.empty()) text += " imported from \"" + std::string(referrer) + "\"";
    bool relative = specifier.starts_with('.') || specifier.starts_with('/');
    text += relative || referrer.empty()
                ? ": " + file.error().chain()
                : ": packages are not looked up at run time; bundle the worker first, for "
                  "instance with esbuild --bundle --format=esm";
    return plain_error(std::move(text));
  }
  return compile(path, *file);
}

// What was thrown about a file that is no source text says nothing of the file: its message gets
// the path.
std::unexpected<Throw> Modules::named(v8::TryCatch& caught, const std::string& path) {
  v8::Local<v8::Value> exception = caught.Exception();
  if (!caught.HasTerminated() && exception->IsNativeError()) {
    v8::Local<v8::Object> error = exception.As<v8::Object>();
    v8::Local<v8::Value> message;
    if (error->Get(env_.context(), env_.name("message")).ToLocal(&message) && message->IsString()) {
      std::string text = "\"" + path + "\": " + to_utf8(env_.isolate(), message.As<v8::String>());
      (void)error->Set(env_.context(), env_.name("message"), from_utf8(env_.isolate(), text));
    }
  }
  caught.ReThrow();
  return already_thrown();
}

Js<v8::Local<v8::Module>> Modules::compile(const std::string& path, const ModuleFile& file) {
  v8::Isolate* isolate = env_.isolate();
  v8::Local<v8::Context> context = env_.context();
  switch (file.type) {
    case ModuleType::esm: return compile_text(path, file);
    case ModuleType::text: return wrap_value(path, from_utf8(isolate, *file.bytes));
    case ModuleType::data:
      return wrap_value(path, to_array_buffer(isolate, Bytes::copy_of(*file.bytes)));
    case ModuleType::json: {
      v8::Local<v8::Value> value;
      v8::TryCatch caught(isolate);
      if (!v8::JSON::Parse(context, from_utf8(isolate, *file.bytes)).ToLocal(&value))
        return named(caught, path);
      return wrap_value(path, value);
    }
    case ModuleType::wasm: {
      v8::Local<v8::WasmModuleObject> module;
      v8::MemorySpan<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(file.bytes->data()),
                                          file.bytes->size());
      v8::TryCatch caught(isolate);
      if (!v8::WasmModuleObject::Compile(isolate, bytes).ToLocal(&module))
        return named(caught, path);
      return wrap_value(path, module);
    }
  }
  return plain_error("a module of unknown type: " + path);
}

namespace {

// A source that V8 reads where it lies; shared with whoever else holds it.
class SharedSource final : public v8::String::ExternalOneByteStringResource {
 public:
  explicit SharedSource(std::shared_ptr<const std::string> text) : text_(std::move(text)) {}
  const char* data() const override { return text_->data(); }
  size_t length() const override { return text_->size(); }

 private:
  std::shared_ptr<const std::string> text_;
};

v8::Local<v8::String> source_string(v8::Isolate* isolate,
                                    const std::shared_ptr<const std::string>& text) {
  bool ascii = true;
  for (char c : *text) ascii &= static_cast<uint8_t>(c) < 0x80;
  v8::Local<v8::String> external;
  if (ascii && text->size() > 256 &&
      v8::String::NewExternalOneByte(isolate, new SharedSource(text)).ToLocal(&external))
    return external;
  return from_utf8(isolate, *text);
}

}  // namespace

Js<v8::Local<v8::Module>> Modules::compile_text(const std::string& path, const ModuleFile& file) {
  v8::Isolate* isolate = env_.isolate();
  std::span<const uint8_t> cached;
  if (cache_ != nullptr) cached = cache_->find(path, *file.bytes);
  v8::ScriptCompiler::CachedData* data = nullptr;
  if (!cached.empty())
    data = new v8::ScriptCompiler::CachedData(cached.data(), static_cast<int>(cached.size()));
  v8::ScriptOrigin origin(from_utf8(isolate, path), 0, 0, false, -1, v8::Local<v8::Value>(), false,
                          false, true);
  v8::ScriptCompiler::Source source(source_string(isolate, file.bytes), origin, data);
  v8::Local<v8::Module> module;
  if (!v8::ScriptCompiler::CompileModule(isolate, &source,
                                         data != nullptr ? v8::ScriptCompiler::kConsumeCodeCache
                                                         : v8::ScriptCompiler::kNoCompileOptions)
           .ToLocal(&module))
    return already_thrown();
  source_bytes_ += file.bytes->size();
  bool accepted = data != nullptr && !source.GetCachedData()->rejected;
  if (data != nullptr && !accepted) cache_->drop(path);
  remember(path, module, file.bytes);
  entries_.back()->from_cache = accepted;
  return module;
}

Js<v8::Local<v8::Module>> Modules::wrap_value(const std::string& path, v8::Local<v8::Value> value) {
  v8::Isolate* isolate = env_.isolate();
  v8::Local<v8::String> names[] = {env_.name("default")};
  v8::Local<v8::Module> module = v8::Module::CreateSyntheticModule(
      isolate, from_utf8(isolate, path), v8::MemorySpan<const v8::Local<v8::String>>(names, 1),
      ModuleCallbacks::evaluate_synthetic);
  v8::Local<v8::Object> exports = v8::Object::New(isolate);
  exports->CreateDataProperty(env_.context(), env_.name("default"), value).Check();
  synthetic_.emplace_back(v8::Global<v8::Module>(isolate, module),
                          v8::Global<v8::Object>(isolate, exports));
  return remember(path, module, nullptr);
}

Js<v8::Local<v8::Module>> Modules::wrap_builtin(const char* builtin) {
  v8::Isolate* isolate = env_.isolate();
  if (auto known = by_path_.find(builtin); known != by_path_.end())
    return known->second->module.Get(isolate);
  Js<v8::Local<v8::Object>> exports = env_.builtin_exports(builtin);
  if (!exports) return pass(exports);
  v8::Local<v8::Array> keys;
  if (!(*exports)->GetOwnPropertyNames(env_.context()).ToLocal(&keys)) return already_thrown();
  std::vector<v8::Local<v8::String>> names;
  bool has_default = false;
  for (uint32_t i = 0; i < keys->Length(); ++i) {
    v8::Local<v8::Value> key;
    if (!keys->Get(env_.context(), i).ToLocal(&key) || !key->IsString()) continue;
    names.push_back(key.As<v8::String>());
    has_default |= key->StrictEquals(env_.name("default"));
  }
  // What require() would give is the default export, as in Node.
  if (!has_default) names.push_back(env_.name("default"));
  v8::Local<v8::Module> module = v8::Module::CreateSyntheticModule(
      isolate, from_utf8(isolate, builtin),
      v8::MemorySpan<const v8::Local<v8::String>>(names.data(), names.size()),
      ModuleCallbacks::evaluate_synthetic);
  synthetic_.emplace_back(v8::Global<v8::Module>(isolate, module),
                          v8::Global<v8::Object>(isolate, *exports));
  return remember(builtin, module, nullptr);
}

Js<v8::Local<v8::Object>> Modules::run_main(const std::string& path) {
  v8::Isolate* isolate = env_.isolate();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Context> context = env_.context();
  Js<v8::Local<v8::Module>> module = load("/" + path, "");
  if (!module) return pass(module);
  if (!(*module)->InstantiateModule(context, ModuleCallbacks::resolve).FromMaybe(false))
    return already_thrown();
  v8::Local<v8::Object> names = (*module)->GetModuleNamespace().As<v8::Object>();
  v8::Local<v8::Array> keys;
  if (!names
           ->GetOwnPropertyNames(context, v8::ALL_PROPERTIES,
                                 v8::KeyConversionMode::kConvertToString)
           .ToLocal(&keys))
    return already_thrown();
  bool is_script = (*module)->IsSourceTextModule() &&
                   (*module)->GetModuleRequests()->Length() == 0 && !(*module)->IsGraphAsync();
  // A namespace always has Symbol.toStringTag; names make it a module.
  for (uint32_t i = 0; is_script && i < keys->Length(); ++i) {
    v8::Local<v8::Value> key;
    if (keys->Get(context, i).ToLocal(&key) && key->IsString()) is_script = false;
  }
  if (is_script) {
    Js<> ran = run_classic(path);
    if (!ran) return pass(ran);
    return v8::Local<v8::Object>();
  }
  v8::Local<v8::Value> evaluated;
  if (!(*module)->Evaluate(context).ToLocal(&evaluated)) return already_thrown();
  isolate->PerformMicrotaskCheckpoint();
  v8::Local<v8::Promise> promise = evaluated.As<v8::Promise>();
  if (promise->State() == v8::Promise::kRejected) {
    promise->MarkAsHandled();
    isolate->ThrowException(promise->Result());
    return already_thrown();
  }
  if (promise->State() == v8::Promise::kPending)
    return plain_error("Top-level await in \"" + path +
                       "\" waits for something that never settles");
  return scope.Escape(names);
}

Js<> Modules::run_classic(const std::string& path) {
  v8::Isolate* isolate = env_.isolate();
  Entry* entry = by_path_[path];
  v8::ScriptOrigin origin(from_utf8(isolate, path));
  v8::ScriptCompiler::Source source(source_string(isolate, entry->source), origin);
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> result;
  if (!v8::ScriptCompiler::Compile(env_.context(), &source).ToLocal(&script))
    return already_thrown();
  if (!script->Run(env_.context()).ToLocal(&result)) return already_thrown();
  isolate->PerformMicrotaskCheckpoint();
  return {};
}

void Modules::store_code_cache() {
  // Making a cache leaves V8's serializer tables in the isolate for good, 96 KiB; a small worker
  // compiles in less than 0.1 ms.
  constexpr size_t kSourceMin = 4096;
  if (cache_ == nullptr || source_bytes_ < kSourceMin) return;
  v8::Isolate* isolate = env_.isolate();
  v8::HandleScope scope(isolate);
  for (const std::unique_ptr<Entry>& entry : entries_) {
    if (entry->source == nullptr || entry->from_cache) continue;
    v8::Local<v8::Module> module = entry->module.Get(isolate);
    if (!module->IsSourceTextModule() || module->GetStatus() == v8::Module::kErrored) continue;
    std::unique_ptr<v8::ScriptCompiler::CachedData> data(
        v8::ScriptCompiler::CreateCodeCache(module->GetUnboundModuleScript()));
    if (data == nullptr) continue;
    cache_->keep(entry->path, *entry->source, {data->data, static_cast<size_t>(data->length)});
    entry->from_cache = true;
  }
}

}  // namespace skerry::js
