#include "worker/rejections.h"

#include <algorithm>

#include "context/cpu_slot.h"
#include "js/error_report.h"

namespace skerry::worker {

namespace {

constexpr size_t kPerTurn = 64;                // a worker cannot fill the log, or memory, with them
constexpr uint64_t kReportCpuNs = 50'000'000;  // showing an error may run its getters

}  // namespace

Rejections::Rejections(js::Isolate& isolate, context::Services& services)
    : isolate_(isolate), services_(services), link_(std::make_shared<Rejections*>(this)) {
  isolate.env().attach(js::Env::Attachment::worker, this);
  isolate.v8()->SetPromiseRejectCallback(on_event);
}

Rejections::~Rejections() {
  *link_ = nullptr;
  isolate_.env().attach(js::Env::Attachment::worker, nullptr);
}

// https://html.spec.whatwg.org/#the-hostpromiserejectiontracker-implementation
void Rejections::on_event(v8::PromiseRejectMessage message) {
  js::Env& env = js::Env::from(v8::Isolate::GetCurrent());
  auto* self = static_cast<Rejections*>(env.attachment(js::Env::Attachment::worker));
  if (self == nullptr) return;
  v8::Local<v8::Promise> promise = message.GetPromise();
  if (message.GetEvent() == v8::kPromiseRejectWithNoHandler) self->rejected(promise);
  if (message.GetEvent() == v8::kPromiseHandlerAddedAfterReject)
    std::erase_if(self->waiting_,
                  [&](const v8::Global<v8::Promise>& each) { return each == promise; });
}

void Rejections::rejected(v8::Local<v8::Promise> promise) {
  // What a getter of a reported error rejects would be reported for ever.
  if (reporting_) return;
  if (waiting_.size() >= kPerTurn) {
    ++more_;
    return;
  }
  if (waiting_.empty()) {
    services_.loop.defer([link = link_] {
      if (*link != nullptr) (*link)->report();
    });
  }
  waiting_.emplace_back(isolate_.v8(), promise);
}

void Rejections::report() {
  std::vector<v8::Global<v8::Promise>> rejected = std::exchange(waiting_, {});
  size_t more = std::exchange(more_, 0);
  if (rejected.empty() || isolate_.out_of_memory()) return;
  js::Env& env = isolate_.env();
  js::Entered entered(env);
  reporting_ = true;
  context::CpuSlot* slot = services_.cpu_slot;
  if (slot != nullptr) slot->begin(env.isolate(), kReportCpuNs);
  std::vector<std::string> lines;
  for (const v8::Global<v8::Promise>& each : rejected) {
    v8::HandleScope scope(env.isolate());
    v8::Local<v8::Promise> promise = each.Get(env.isolate());
    // Marked from native code too, which V8 does not tell.
    if (promise->HasHandler()) continue;
    promise->MarkAsHandled();
    lines.push_back("Uncaught (in promise) " + js::report_exception(env, promise->Result()).stack);
  }
  if (slot != nullptr && slot->end()) env.isolate()->CancelTerminateExecution();
  reporting_ = false;
  for (const std::string& line : lines) services_.log.event(observe::Level::error, "", line);
  if (more > 0 && !lines.empty())
    services_.log.event(observe::Level::error, "",
                        "… and up to " + std::to_string(more) + " more rejected promises.");
}

}  // namespace skerry::worker
