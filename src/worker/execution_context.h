// `ctx`, the third argument of a handler:
// https://developers.cloudflare.com/workers/runtime-apis/context/
#pragma once

#include <memory>
#include <string>

#include "context/request_context.h"
#include "js/convert.h"

namespace skerry::worker {

class ExecutionContext final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  explicit ExecutionContext(context::RequestContext& context) : Wrapped(info), context_(&context) {}

  js::Js<> wait_until(js::Env& env, v8::Local<v8::Value> promise);
  void pass_through_on_exception(js::Env&) { pass_through_ = true; }
  v8::Local<v8::Value> props(js::Env& env);
  // What `props` is, as JSON; null for an empty object.
  void set_props(std::shared_ptr<const std::string> json) { props_ = std::move(json); }
  bool passes_through() const { return pass_through_; }
  // A promise given to waitUntil settled.
  void settled(js::Env& env, v8::Local<v8::Value> rejection);

 private:
  static constexpr int kProps = 0;
  Ref<context::RequestContext> context_;
  std::shared_ptr<const std::string> props_;
  bool pass_through_ = false;
};

}  // namespace skerry::worker
