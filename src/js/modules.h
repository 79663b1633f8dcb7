// The modules of one worker in one isolate: resolution, compilation with a code cache, evaluation,
// dynamic import, import.meta. Files come through an interface: nothing here opens one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "js/env.h"

namespace skerry::js {

enum class ModuleType : uint8_t { esm, text, data, json, wasm };

struct ModuleFile {
  ModuleType type = ModuleType::esm;
  std::shared_ptr<const std::string> bytes;
};

// Gives the content of a path relative to the worker's root, "src/a.mjs". Called on the isolate's
// thread.
class ModuleSource {
 public:
  virtual ~ModuleSource() = default;
  virtual Result<ModuleFile> load(const std::string& path) = 0;
  // The name of the builtin behind a specifier such as "node:assert" or "assert": a literal; null
  // when there is none. An error says what must be done before this worker may have it.
  virtual Result<const char*> builtin_module(std::string_view specifier) const = 0;
};

// Compiled code of a worker's modules, kept between runs by its owner.
class CodeCache {
 public:
  virtual ~CodeCache() = default;
  // Bytes made earlier for exactly this source, checked by the owner; empty if there are none. They
  // stay valid.
  virtual std::span<const uint8_t> find(std::string_view path, std::string_view source) = 0;
  virtual void keep(std::string_view path, std::string_view source,
                    std::span<const uint8_t> data) = 0;
  // V8 refused what find() gave: it is of no use any more.
  virtual void drop(std::string_view path) = 0;
};

class Modules {
 public:
  // `source` and `cache` outlive this; `cache` may be null.
  Modules(Env& env, ModuleSource& source, CodeCache* cache);
  ~Modules();
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;

  // Loads, links and evaluates the main module, or runs it as a classic script when it has no
  // imports and exports (service-worker syntax); then the result is an empty handle. A top-level
  // await must be settled by microtasks alone.
  Js<v8::Local<v8::Object>> run_main(const std::string& path);
  // Hands the compiled code of all source text modules to the cache; milliseconds for a large
  // worker.
  void store_code_cache();
  // Function literals seen, an estimate from source sizes: isolates share a bounded dispatch table
  // in V8.
  size_t source_bytes() const { return source_bytes_; }

  static std::string resolve_path(std::string_view specifier, std::string_view referrer);

 private:
  struct Entry {
    std::string path;
    v8::Global<v8::Module> module;
    std::shared_ptr<const std::string> source;  // of source text modules
    bool from_cache = false;
  };
  friend struct ModuleCallbacks;
  Js<v8::Local<v8::Module>> load(std::string_view specifier, std::string_view referrer);
  Js<v8::Local<v8::Module>> compile(const std::string& path, const ModuleFile& file);
  std::unexpected<Throw> named(v8::TryCatch& caught, const std::string& path);
  Js<v8::Local<v8::Module>> compile_text(const std::string& path, const ModuleFile& file);
  Js<v8::Local<v8::Module>> wrap_value(const std::string& path, v8::Local<v8::Value> value);
  Js<v8::Local<v8::Module>> wrap_builtin(const char* builtin);
  v8::Local<v8::Module> remember(const std::string& path, v8::Local<v8::Module> module,
                                 std::shared_ptr<const std::string> source);
  Js<> run_classic(const std::string& path);
  const Entry* entry_of(v8::Local<v8::Module> module) const;

  Env& env_;
  ModuleSource& source_;
  CodeCache* cache_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::unordered_map<std::string, Entry*> by_path_;
  std::unordered_multimap<int, Entry*> by_hash_;
  // Values of synthetic modules between creation and evaluation.
  std::vector<std::pair<v8::Global<v8::Module>, v8::Global<v8::Object>>> synthetic_;
  size_t source_bytes_ = 0;
};

}  // namespace skerry::js
