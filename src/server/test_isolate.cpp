#include "server/test_isolate.h"

#include <sys/random.h>

#include <algorithm>

#include "base/check.h"
#include "js/platform.h"

namespace skerry::server {

namespace {

constexpr std::chrono::milliseconds turn_max(20'000);
constexpr uint64_t tick_ms = 5;
// Turns without anything under way before a file counts as stuck: V8's own tasks, as the
// compilation of WebAssembly, come from other threads and are not counted.
constexpr int idle_turns_max = 20;
constexpr size_t console_lines_max = 200;
constexpr int isolate_slot = 1;  // Env has slot 0

void fill_random(std::span<uint8_t> out) {
  while (!out.empty()) {
    ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got > 0) out = out.subspan(static_cast<size_t>(got));
  }
}

}  // namespace

TestIsolate::TestIsolate(TestThread& thread, const std::string& name)
    : thread_(thread),
      services_{.loop = thread.loop,
                .log = *this,
                .outbound = nullptr,
                .fill_random = fill_random,
                .wall_clock_ms = js::wall_clock_ms},
      isolate_(js::Isolate::create(thread.surface, {})) {
  env().attach(js::Env::Attachment::services, &services_);
  env().set_at_module_scope(false);
  isolate_->v8()->SetData(isolate_slot, this);
  isolate_->v8()->SetPromiseRejectCallback(promise_rejected);
  watch_ = std::make_unique<TestWatchdog::Watch>(thread.watchdog, isolate_->v8(), name, turn_max);
}

TestIsolate::~TestIsolate() {
  watch_.reset();
  rejected_.clear();
  uncaught_.clear();
  isolate_.reset();
}

Ref<context::RequestContext> TestIsolate::event() {
  return make_ref<context::RequestContext>(env(), services_, *this, ++events_);
}

void TestIsolate::event(observe::Level level, std::string_view, std::string_view text) {
  // The text is a whole stack; what was thrown is its first line.
  if (level == observe::Level::error) thrown_.emplace_back(text.substr(0, text.find('\n')));
}

void TestIsolate::console(observe::Level, std::string_view, std::string_view text) {
  if (console_.size() < console_lines_max) console_.emplace_back(text);
}

// https://html.spec.whatwg.org/#the-hostpromiserejectiontracker-implementation
void TestIsolate::promise_rejected(v8::PromiseRejectMessage message) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto* self = static_cast<TestIsolate*>(isolate->GetData(isolate_slot));
  v8::Local<v8::Promise> promise = message.GetPromise();
  if (message.GetEvent() == v8::kPromiseRejectWithNoHandler) {
    self->rejected_.emplace_back(v8::Global<v8::Promise>(isolate, promise),
                                 v8::Global<v8::Value>(isolate, message.GetValue()));
  } else if (message.GetEvent() == v8::kPromiseHandlerAddedAfterReject) {
    std::erase_if(self->rejected_, [&](const auto& entry) { return entry.first == promise; });
  }
}

void TestIsolate::after_turn(context::RequestContext&) {
  for (auto& [promise, value] : rejected_)
    uncaught_.emplace_back(Uncaught::rejection, std::move(value));
  rejected_.clear();
}

void TestIsolate::hand_over_uncaught(context::RequestContext& context) {
  if (uncaught_.empty() && thrown_.empty()) return;
  auto values = std::exchange(uncaught_, {});
  auto texts = std::exchange(thrown_, {});
  if (!on_uncaught) return;
  context.turn([&](js::Env& in) {
    for (auto& [kind, value] : values) on_uncaught(in, kind, value.Get(in.isolate()));
    for (const std::string& text : texts)
      on_uncaught(in, Uncaught::exception, v8::Exception::Error(js::from_utf8(in.isolate(), text)));
  });
}

void TestIsolate::turn_loop() {
  // The timer bounds the wait, so that deadlines and V8's tasks are looked at.
  const loop::TimerId tick = thread_.loop.add_timer(tick_ms, [] {});
  thread_.loop.turn(loop::Loop::Wait::yes);
  thread_.loop.cancel_timer(tick);
}

TestIsolate::End TestIsolate::run_until(context::RequestContext& context, uint64_t time_ms,
                                        const std::function<bool()>& done) {
  thread_.loop.refresh_now();
  const uint64_t end_ms = thread_.loop.now_ms() + time_ms;
  idle_turns_ = 0;
  for (;;) {
    if (watch_->fired()) {
      isolate_->v8()->CancelTerminateExecution();
      return End::unresponsive;
    }
    if (isolate_->out_of_memory()) {
      isolate_->v8()->CancelTerminateExecution();
      return End::out_of_memory;
    }
    watch_->alive();
    hand_over_uncaught(context);
    if (done()) return End::done;
    if (thread_.loop.now_ms() >= end_ms) return End::late;
    idle_turns_ = context.has_progress() ? 0 : idle_turns_ + 1;
    if (idle_turns_ > idle_turns_max) return End::stuck;
    turn_loop();
    context.turn([](js::Env& in) { js::pump_platform_tasks(in.isolate()); });
    thread_.loop.refresh_now();
  }
}

const char* TestIsolate::text_of(End end) {
  switch (end) {
    case End::done: return "done";
    case End::stuck: return "never ends: it waits, and nothing is under way";
    case End::late: return "Test timed out";
    case End::unresponsive: return "was terminated: JavaScript ran for 20 s without a pause";
    case End::out_of_memory: return "ran out of memory";
  }
  return "";
}

}  // namespace skerry::server
