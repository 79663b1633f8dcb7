// The C++ half of the streams spike: a stream core whose every chunk passes through V8 callbacks.
#pragma once

#include <v8.h>

namespace skerry::spike {

// The constructors `Stream` and `Transform` with the shape spike.js gives them. Objects made by
// them live as long as the process: the spike measures chunks, not collection.
struct NativeClasses {
  v8::Local<v8::Function> stream;
  v8::Local<v8::Function> transform;
};

NativeClasses make_native_classes(v8::Local<v8::Context> context);

}  // namespace skerry::spike
