// Everything the global object offers beyond the engine, listed once: classes, functions,
// singletons, and the exports of JavaScript builtins. Immutable after construction and shared by
// all isolates of the process.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "js/class_info.h"
#include "js/throw.h"
#include "js/v8.h"

namespace skerry::js {

class ClassTable;
class Env;

struct GlobalFunction {
  const char* name;
  v8::FunctionCallback callback;
  int length;
  const char* types;  // TypeScript signature
};

// Made when first touched, once per isolate.
struct GlobalObject {
  const char* name;
  Js<v8::Local<v8::Value>> (*make)(Env&);  // null for a namespace
  const char* types;
  // A namespace object (https://webidl.spec.whatwg.org/#js-namespaces): its functions, as static
  // methods of the table.
  void (*describe)(ClassTable&) = nullptr;
};

// A JavaScript builtin: a script whose value is `function(internal, name) { return exports }`.
struct Builtin {
  const char* name;         // several may share a source, and tell themselves apart by it
  std::string_view source;  // ASCII, static storage: isolates refer to it without a copy
  // Adds what is native to this builtin's `internal`; may be null.
  void (*fill)(Env&, v8::Local<v8::Object> internal) = nullptr;
};

// A class or function written in JavaScript.
struct BuiltinExport {
  const char* name;     // on the global object; null for internal use only
  const char* builtin;  // the builtin that returns it
  const char* types;
};

struct SurfaceParts {
  std::vector<const ClassInfo*> classes;
  std::vector<GlobalFunction> functions;
  std::vector<GlobalObject> objects;
  std::vector<Builtin> builtins;
  std::vector<BuiltinExport> exports;
  // Callbacks of functions made while running, which a worker's snapshot may contain.
  std::vector<v8::FunctionCallback> callbacks;
  // Makes the exception of a Throw::Kind::dom_exception.
  v8::Local<v8::Value> (*make_dom_exception)(Env&, const char* name,
                                             std::string_view message) = nullptr;
  // Fills the `internal` object that builtins receive, beyond what js itself puts there.
  void (*fill_internal)(Env&, v8::Local<v8::Object>) = nullptr;
};

class Surface {
 public:
  explicit Surface(SurfaceParts parts);
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;

  const SurfaceParts& parts() const { return parts_; }
  const Builtin* builtin(std::string_view name) const;
  // All native addresses a context snapshot may refer to, in a fixed order, ended by 0.
  const intptr_t* external_references() const { return external_references_.data(); }
  // Defines every name on the global object, lazily: a class nobody touches costs nothing.
  void install(v8::Isolate* isolate, v8::Local<v8::Context> context) const;
  // The TypeScript declarations of everything above.
  std::string types() const;

 private:
  SurfaceParts parts_;
  std::vector<intptr_t> external_references_;
};

}  // namespace skerry::js
