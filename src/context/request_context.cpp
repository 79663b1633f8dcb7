#include "context/request_context.h"

#include <time.h>

#include <algorithm>

#include "context/cpu_slot.h"
#include "js/platform.h"

namespace skerry::context {

namespace {

uint64_t monotonic_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000ull + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

Operation::Operation(RequestContext& context) : context_(context) {
  next_ = context.operations_;
  if (next_ != nullptr) next_->previous_ = this;
  context.operations_ = this;
}

Operation::~Operation() {
  if (next_ != nullptr) next_->previous_ = previous_;
  if (previous_ != nullptr)
    previous_->next_ = next_;
  else
    context_.operations_ = next_;
}

PromiseOperation::PromiseOperation(RequestContext& context, js::Env& env) : Operation(context) {
  v8::Local<v8::Promise::Resolver> resolver;
  // New fails only when the isolate is being terminated; the promise is then one nobody will see.
  if (!v8::Promise::Resolver::New(env.context()).ToLocal(&resolver)) {
    env.isolate()->CancelTerminateExecution();
    resolver = v8::Promise::Resolver::New(env.context()).ToLocalChecked();
    env.isolate()->TerminateExecution();
  }
  resolver_.Reset(env.isolate(), resolver);
}

void PromiseOperation::settle(const std::function<void(js::Env&, Resolver)>& with) {
  // The context may end inside the turn, and this with it: hold it, and leave the list of
  // operations first.
  Ref<RequestContext> context(&this->context());
  v8::Global<v8::Promise::Resolver> resolver = std::move(resolver_);
  std::function<void(js::Env&, Resolver)> then = with;
  delete this;
  context->turn([&](js::Env& env) { then(env, resolver.Get(env.isolate())); });
}

void PromiseOperation::reject(const js::Throw& thrown) {
  settle([&thrown](js::Env& env, Resolver resolver) {
    (void)resolver->Reject(env.context(), env.make_exception(thrown));
  });
}

RequestContext::RequestContext(js::Env& env, Services& services, ContextOwner& owner, uint64_t id)
    : env_(env), services_(services), owner_(&owner), id_(id) {}

RequestContext::~RequestContext() {
  close();
}

RequestContext::Turn::Turn(RequestContext& context)
    : context_(&context),
      entered_(context.env_),
      outer_(context.env_.attachment(js::Env::Attachment::request)) {
  if (outer_ == &context) return;
  // What one event put into the asynchronous context is no business of the next.
  if (context.env_.has_async_context()) [[unlikely]] {
    v8::Isolate* isolate = context.env_.isolate();
    outer_async_context_ = isolate->GetContinuationPreservedEmbedderData();
    isolate->SetContinuationPreservedEmbedderData(v8::Undefined(isolate));
  }
  started_ns_ = monotonic_ns();
  context.env_.attach(js::Env::Attachment::request, &context);
  context.env_.set_now_ms(context.services_.wall_clock_ms());
  if (outer_ == nullptr) context.env_.open_litter();
  if (CpuSlot* slot = context.services_.cpu_slot; slot != nullptr && outer_ == nullptr)
    slot->begin(context.env_.isolate(),
                context.cpu_limit_ns -
                    std::min(context.cpu_ns_ - context.cpu_renewed_ns_, context.cpu_limit_ns));
}

RequestContext::Turn::~Turn() {
  RequestContext& context = *context_;
  if (outer_ == &context) return;
  // A turn started from inside another one leaves the microtasks to it.
  if (outer_ == nullptr) context.env_.isolate()->PerformMicrotaskCheckpoint();
  context.cpu_ns_ += monotonic_ns() - started_ns_;
  if (CpuSlot* slot = context.services_.cpu_slot;
      slot != nullptr && outer_ == nullptr && slot->end()) {
    context.out_of_cpu_ = true;
    context.env_.isolate()->CancelTerminateExecution();
  }
  if (!context.closed_) context.owner_->after_turn(context);
  if (outer_ == nullptr) context.env_.close_litter();
  context.env_.attach(js::Env::Attachment::request, outer_);
  if (!outer_async_context_.IsEmpty()) [[unlikely]]
    context.env_.isolate()->SetContinuationPreservedEmbedderData(outer_async_context_);
}

void RequestContext::close() {
  if (closed_) return;
  closed_ = true;
  while (operations_ != nullptr) delete operations_;
  sources_.clear();
}

bool RequestContext::has_progress() const {
  for (Operation* op = operations_; op != nullptr; op = op->next_)
    if (op->counts_as_progress()) return true;
  return false;
}

SourceHandle RequestContext::add_source(std::unique_ptr<ByteSource> source) {
  sources_.push_back({std::move(source), ++generations_});
  return {static_cast<uint32_t>(sources_.size() - 1), generations_};
}

ByteSource* RequestContext::source(SourceHandle handle) const {
  if (closed_ || handle.index >= sources_.size() ||
      sources_[handle.index].generation != handle.generation)
    return nullptr;
  return sources_[handle.index].source.get();
}

std::unique_ptr<ByteSource> RequestContext::take_source(SourceHandle handle) {
  if (source(handle) == nullptr) return nullptr;
  return std::move(sources_[handle.index].source);
}

js::Js<RequestContext*> require_current(js::Env& env, const char* what) {
  RequestContext* context = current(env);
  if (context != nullptr && !context->closed()) return context;
  if (context != nullptr)
    return js::plain_error(std::string(what) + " was called after the request had ended");
  return js::plain_error(
      std::string(
          "Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or "
          "connect()), setting a timeout, and generating random values are not allowed "
          "within global scope. To fix this error, perform this operation within a "
          "handler. (") +
      what + ")");
}

}  // namespace skerry::context
