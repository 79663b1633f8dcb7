// The native half of CompressionStream and DecompressionStream: a codec that works through one
// chunk at a time into memory that the script side gives, so that the isolate's own quota bounds
// what a small input can grow to. Not exposed.
#pragma once

#include <memory>

#include "codec/codec.h"
#include "js/convert.h"
#include "js/wrapped.h"

namespace skerry::web {

class Coder final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  Coder(std::unique_ptr<codec::Transform> transform, bool decodes)  // NOLINT: what it is
      : Wrapped(info), transform_(std::move(transform)), decodes_(decodes) {}

  // Fills `out` from `in`, both views: returns how much of `out` was made. `finish` says that no
  // more input comes. Then used() says how much of `in` was taken. Input that is not of the format
  // is a TypeError.
  js::Js<double> step(js::Env& env, v8::Local<v8::Value> in, v8::Local<v8::Value> out,
                      v8::Local<v8::Value> finish);
  double used(js::Env&) { return used_; }
  bool ended(js::Env&) { return ended_; }

 private:
  std::unique_ptr<codec::Transform> transform_;
  bool decodes_;
  bool ended_ = false;
  double used_ = 0;
};

}  // namespace skerry::web
