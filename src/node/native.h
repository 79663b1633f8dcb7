// The native halves of Node's modules: what each puts on the `internal` of its builtin.
#pragma once

#include "js/env.h"
#include "js/surface.h"

namespace skerry::node {

// A function without a prototype, as a property of `target`.
void define_function(js::Env& env, v8::Local<v8::Object> target, const char* name,
                     v8::FunctionCallback callback);

// getContext() and setContext(frame): the value that V8 keeps along asynchronous calls.
void fill_async_context(js::Env& env, v8::Local<v8::Object> internal);

// Text to bytes and back, comparison and search, as buffer.js calls them.
void fill_buffer(js::Env& env, v8::Local<v8::Object> internal);

// findModule(specifier), moduleNames() and bindings() (the worker's env).
void fill_host(js::Env& env, v8::Local<v8::Object> internal);
// Digests, HMAC and keys of passwords: makeHash, makeHmac, digestSize, equal, pbkdf2, scrypt, hkdf.
void fill_crypto(js::Env& env, v8::Local<v8::Object> internal);
void add_crypto_classes(js::SurfaceParts& parts);
// What util.inspect asks of V8: promiseDetails, proxyDetails, previewEntries,
// ownNonIndexProperties.
void fill_inspect(js::Env& env, v8::Local<v8::Object> internal);
// `types`: the functions of util.types.
void fill_types(js::Env& env, v8::Local<v8::Object> internal);

}  // namespace skerry::node
