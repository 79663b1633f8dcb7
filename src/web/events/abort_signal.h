// AbortSignal and AbortController: https://dom.spec.whatwg.org/#aborting-ongoing-activities
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "js/convert.h"
#include "web/events/event_target.h"

namespace skerry::web {

class AbortSignal final : public EventTarget {
 public:
  static const js::ClassInfo info;
  AbortSignal() : EventTarget(info) {}

  static js::Js<v8::Local<v8::Value>> abort(js::Env& env, js::OptionalValue reason);
  static js::Js<v8::Local<v8::Value>> timeout(js::Env& env, js::EnforcedUint64 milliseconds);
  static js::Js<v8::Local<v8::Value>> any(js::Env& env, v8::Local<v8::Value> signals);
  bool aborted(js::Env&) const { return aborted_; }
  v8::Local<v8::Value> reason(js::Env& env) const { return slot(env.isolate(), kReason); }
  js::Js<> throw_if_aborted(js::Env& env);
  v8::Local<v8::Value> onabort(js::Env& env) const { return handler(env, "abort"); }
  void set_onabort(js::Env& env, v8::Local<v8::Value> callback) {
    set_handler(env, "abort", callback);
  }

  bool is_aborted() const { return aborted_; }
  // https://dom.spec.whatwg.org/#abortsignal-signal-abort; an empty or undefined reason becomes an
  // AbortError.
  void signal_abort(js::Env& env, v8::Local<v8::Value> reason);
  // Runs once when the signal aborts, before events. The number takes it back.
  using Algorithm = std::function<void(js::Env&)>;
  uint64_t add_algorithm(Algorithm algorithm);
  void remove_algorithm(uint64_t id);
  void on_abort_remove_listener(js::Env& env, EventTarget& target, uint64_t id,
                                void (EventTarget::*remove)(js::Env&, uint64_t));

 private:
  // Links this signal, made by any(), to one that follows no other; `followed` keeps the list.
  void follow(js::Env& env, AbortSignal& source, v8::Local<v8::Array> followed);

  static constexpr int kReason = EventTarget::kSlots;
  static constexpr int kDependents =
      EventTarget::kSlots + 1;  // array of signals that follow this one
  static constexpr int kSources =
      EventTarget::kSlots + 2;  // of a signal made by any(): array of what it follows
  static constexpr int kSlots = EventTarget::kSlots + 3;
  bool aborted_ = false;
  uint64_t ids_ = 0;
  std::vector<std::pair<uint64_t, Algorithm>> algorithms_;
};

class AbortController final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  AbortController() : Wrapped(info) {}
  static js::Js<std::unique_ptr<AbortController>> construct(js::Env& env);
  void attached(js::Env& env);
  v8::Local<v8::Value> signal(js::Env& env) const { return slot(env.isolate(), 0); }
  void abort(js::Env& env, js::OptionalValue reason);
};

}  // namespace skerry::web
