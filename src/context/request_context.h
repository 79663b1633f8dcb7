// The world of one event (a request, a scheduled run, a test): what it has under way, what it may
// still use, and how native work comes back into JavaScript. Everything that waits for I/O is an
// Operation owned by the context; when the context ends, they end. One loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_stream.h"
#include "base/ref.h"
#include "context/services.h"
#include "js/convert.h"
#include "js/env.h"

namespace skerry::context {

class RequestContext;

// Native work that JavaScript waits for. Owned by its context, deleted when it finishes or when the
// context ends; the destructor cancels whatever is still under way and must not enter JavaScript.
class Operation {
 public:
  explicit Operation(RequestContext& context);
  virtual ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  RequestContext& context() const { return context_; }
  // False for work that alone must not keep a handler waiting (an abort listener, say).
  virtual bool counts_as_progress() const { return true; }

 private:
  friend class RequestContext;
  RequestContext& context_;
  Operation* next_ = nullptr;
  Operation* previous_ = nullptr;
};

// An Operation with a promise. `settle` may be called once, from the loop or from inside
// JavaScript; it deletes this.
class PromiseOperation : public Operation {
 public:
  PromiseOperation(RequestContext& context, js::Env& env);
  v8::Local<v8::Promise> promise(v8::Isolate* isolate) const {
    return resolver_.Get(isolate)->GetPromise();
  }

 protected:
  using Resolver = v8::Local<v8::Promise::Resolver>;
  // Enters JavaScript, hands over the resolver, runs microtasks, deletes this.
  void settle(const std::function<void(js::Env&, Resolver)>& with);
  void reject(const js::Throw& thrown);

 private:
  v8::Global<v8::Promise::Resolver> resolver_;
};

// A key into a context's table of native sources. Out of date when the context ended or the source
// was taken.
struct SourceHandle {
  uint32_t index = 0;
  uint32_t generation = 0;
};

// Something that waits until the event may open one more connection. Removes itself from the list
// when it dies before its turn.
class ConnectionWaiter {
 public:
  virtual void connect_now() = 0;

 protected:
  ~ConnectionWaiter() = default;
};

// Told about turns and the end by whoever runs the event.
class ContextOwner {
 public:
  // JavaScript ran and the microtasks are done: see whether the event can be answered, or can never
  // be.
  virtual void after_turn(RequestContext& context) = 0;

 protected:
  ~ContextOwner() = default;
};

class RequestContext final : public RefCounted<RequestContext> {
 public:
  RequestContext(js::Env& env, Services& services, ContextOwner& owner, uint64_t id);
  ~RequestContext();

  js::Env& env() const { return env_; }
  Services& services() const { return services_; }
  uint64_t id() const { return id_; }
  bool closed() const { return closed_; }

  // Runs `body(env)` inside the isolate as part of this event: clock set, microtasks run at the
  // end, CPU time counted, owner told. Does nothing after close(). May nest; only the outermost
  // does the end-of-turn work.
  template <class Body>
  void turn(Body&& body) {
    if (closed_) return;
    Turn scope(*this);
    body(env_);
  }
  // Ends everything under way. JavaScript of this event never runs again.
  void close();

  // Operations that can still make progress.
  bool has_progress() const;
  SourceHandle add_source(std::unique_ptr<ByteSource> source);
  // Null when the handle is out of date, or belongs to another context.
  ByteSource* source(SourceHandle handle) const;
  std::unique_ptr<ByteSource> take_source(SourceHandle handle);

  // Time spent in JavaScript so far; it may use at most `cpu_limit_ns`, if somebody watches.
  uint64_t cpu_ns() const { return cpu_ns_; }
  // The limit counts from here: an event that lives as long as its WebSocket has it for each
  // message.
  void renew_cpu() { cpu_renewed_ns_ = cpu_ns_; }
  uint64_t cpu_limit_ns = 30'000'000'000;
  // The watchdog ended a turn: the isolate must not be used any more.
  bool out_of_cpu() const { return out_of_cpu_; }
  uint32_t subrequests = 0;
  uint32_t computations = 0;  // under way on the loop's background thread
  uint32_t subrequests_max = 50;
  // Workers that have called each other up to this event.
  uint32_t hops = 0;
  // Fetches that wait for the head of their response, and those that wait for a place among them.
  uint32_t connecting = 0;
  std::vector<ConnectionWaiter*> connection_waiters;
  // True during waitUntil after the reply, when nobody waits for an answer.
  bool answered = false;
  // Kept alive by the event: promises given to ctx.waitUntil that are still pending.
  uint32_t waiting = 0;

 private:
  friend class Operation;
  friend class PromiseOperation;
  class Turn {
   public:
    explicit Turn(RequestContext& context);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Ref<RequestContext> context_;
    js::Entered entered_;
    void* outer_;
    v8::Local<v8::Value> outer_async_context_;
    uint64_t started_ns_ = 0;
  };
  js::Env& env_;
  Services& services_;
  ContextOwner* owner_;
  uint64_t id_;
  uint64_t cpu_ns_ = 0;
  uint64_t cpu_renewed_ns_ = 0;
  bool closed_ = false;
  bool out_of_cpu_ = false;
  Operation* operations_ = nullptr;
  struct SourceEntry {
    std::unique_ptr<ByteSource> source;
    uint32_t generation = 0;
  };
  std::vector<SourceEntry> sources_;
  uint32_t generations_ = 0;
};

// The event whose JavaScript runs now; null at module scope.
inline RequestContext* current(js::Env& env) {
  return static_cast<RequestContext*>(env.attachment(js::Env::Attachment::request));
}
// As current(), or the error every asynchronous API throws at module scope; `what` names it.
js::Js<RequestContext*> require_current(js::Env& env, const char* what);

}  // namespace skerry::context
