// From a class's table to V8 objects: the readers of ClassTable that need an isolate.
#pragma once

#include "js/env.h"

namespace skerry::js {

v8::Local<v8::FunctionTemplate> build_class_template(Env& env, const ClassInfo& info);
// What a template cannot express: `Symbol.iterator` sharing a method's function object, order of
// keys.
void finish_class_function(Env& env, const ClassInfo& info, v8::Local<v8::Function> function);
// The object of a namespace, with a function for each static method its table lists.
Js<v8::Local<v8::Value>> make_namespace(Env& env, const GlobalObject& which);
Js<v8::Local<v8::Object>> load_builtin(Env& env, const Builtin& builtin);

}  // namespace skerry::js
