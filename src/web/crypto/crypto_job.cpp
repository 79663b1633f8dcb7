#include "web/crypto/crypto_job.h"

#include <atomic>

#include "base/limits.h"

namespace skerry::web {

namespace {

class CryptoJob final : public context::PromiseOperation {
 public:
  CryptoJob(context::RequestContext& context, js::Env& env)
      : PromiseOperation(context, env), shared_(std::make_shared<Shared>()) {
    shared_->job = this;
    ++context.computations;
  }
  ~CryptoJob() override {
    shared_->job = nullptr;
    shared_->unwanted = true;
    --context().computations;
  }

  void start(CryptoWork work) {
    loop::Loop& loop = context().services().loop;
    loop.compute([shared = shared_, work = std::move(work), &loop]() mutable {
      // The request may have ended while this waited for the thread.
      if (shared->unwanted) return;
      shared->finish = work();
      loop.post([shared] {
        if (shared->job != nullptr) shared->job->done();
      });
    });
  }

 private:
  struct Shared {
    CryptoJob* job = nullptr;  // the loop's
    std::atomic<bool> unwanted = false;
    CryptoFinish finish;
  };

  void done() {
    settle([shared = shared_](js::Env& env, Resolver resolver) {
      v8::TryCatch caught(env.isolate());
      js::Js<v8::Local<v8::Value>> value = shared->finish(env);
      if (value)
        (void)resolver->Resolve(env.context(), *value);
      else if (value.error().kind != js::Throw::Kind::pending)
        (void)resolver->Reject(env.context(), env.make_exception(value.error()));
      else if (caught.HasCaught() && !caught.HasTerminated())
        (void)resolver->Reject(env.context(), caught.Exception());
    });
  }

  std::shared_ptr<Shared> shared_;
};

}  // namespace

js::Js<v8::Local<v8::Promise>> run_crypto_job(js::Env& env, CryptoWork work) {
  context::RequestContext* context = context::current(env);
  if (context == nullptr || context->closed()) {
    js::Js<v8::Local<v8::Value>> value = work()(env);
    if (!value) return js::pass(value);
    return js::resolved(env, *value);
  }
  if (context->computations >= limits::crypto_jobs_per_request_max)
    return js::dom_error("OperationError",
                         "Too many key generations and derivations at once in this request.");
  auto* job = new CryptoJob(*context, env);
  v8::Local<v8::Promise> promise = job->promise(env.isolate());
  job->start(std::move(work));
  return promise;
}

}  // namespace skerry::web
