// What the runtime says about itself: performance (https://w3c.github.io/hr-time/#sec-performance),
// navigator (https://html.spec.whatwg.org/#the-navigator-object) and self.
#pragma once

#include <string_view>

#include "js/convert.h"

namespace skerry::web {

class Performance final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  Performance() : Wrapped(info) {}

  // Milliseconds since the time origin; moves only with I/O, and is 0 at module scope.
  double now(js::Env& env) { return env.now_ms(); }
  // 0, as in Workers: snapshots and isolates are older than the request that asks.
  double time_origin(js::Env&) { return 0; }
  js::Js<v8::Local<v8::Value>> to_json(js::Env& env);
};

class Navigator final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  Navigator() : Wrapped(info) {}

  // What Workers answers: packages choose their code for this kind of runtime by exactly this text.
  std::string_view user_agent(js::Env&) { return "Cloudflare-Workers"; }
};

js::Js<v8::Local<v8::Value>> make_performance(js::Env& env);
js::Js<v8::Local<v8::Value>> make_navigator(js::Env& env);
js::Js<v8::Local<v8::Value>> make_self(js::Env& env);

}  // namespace skerry::web
