// One KV call that JavaScript waits for. The store may answer after the event has ended and this
// is deleted: its callback holds a link that is cut by then.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "bindings/kv_options.h"
#include "context/request_context.h"

namespace skerry::bindings {

class KvOperation final : public context::PromiseOperation {
 public:
  KvOperation(context::RequestContext& context, js::Env& env, KvCall call)
      : PromiseOperation(context, env), link_(std::make_shared<Link>(Link{this})), call_(call) {}
  ~KvOperation() override { link_->operation = nullptr; }

  // A callback for the store. `convert(env, T&)` makes the JavaScript value of what the store
  // gave, inside the event; it is copied, and holds no V8 handle.
  template <class T, class Convert>
  store::KvDone<T> done(Convert convert) {
    return [link = link_, convert = std::move(convert)](Result<T> result) mutable {
      if (link->operation == nullptr) return;
      link->operation->template finish<T>(std::move(result), std::move(convert));
    };
  }

 private:
  struct Link {
    KvOperation* operation;
  };

  template <class T, class Convert>
  void finish(Result<T> result, Convert convert) {
    if (!result) return fail_with(result.error());
    auto given = std::make_shared<Result<T>>(std::move(result));
    settle([given, convert = std::move(convert)](js::Env& env, Resolver resolver) mutable {
      v8::TryCatch caught(env.isolate());
      js::Js<v8::Local<v8::Value>> value = [&] {
        if constexpr (std::is_void_v<T>)
          return convert(env);
        else
          return convert(env, **given);
      }();
      if (value) {
        (void)resolver->Resolve(env.context(), *value);
      } else if (value.error().kind != js::Throw::Kind::pending) {
        (void)resolver->Reject(env.context(), env.make_exception(value.error()));
      } else if (caught.HasCaught() && !caught.HasTerminated()) {
        (void)resolver->Reject(env.context(), caught.Exception());
      }
    });
  }
  void fail_with(const Error& error);

  std::shared_ptr<Link> link_;
  KvCall call_;
};

// Starts a put of a checked key, value and options.
js::Js<v8::Local<v8::Promise>> start_kv_put(js::Env& env, context::RequestContext& context,
                                            store::KvNamespace& kv, std::string key, Bytes value,
                                            store::KvPutOptions options);

}  // namespace skerry::bindings
