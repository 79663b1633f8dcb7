#include "inspect/target.h"

#include <time.h>

#include <utility>

#include "js/platform.h"
#include "loop/skip_time.h"

namespace skerry::inspect {

namespace {

// What a client may have waiting before its socket is not read any more.
constexpr size_t kQueueBytesMax = 8 * 1024 * 1024;
constexpr size_t kQueueEventsMax = 10'000;

uint64_t monotonic_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
}

}  // namespace

Target::Target(About about, loop::Loop& loop, context::CpuSlot* cpu, ClientSink& clients)
    : about_(std::move(about)),
      loop_(loop),
      cpu_(cpu),
      clients_(clients),
      self_(std::make_shared<Target*>(this)) {}

Target::~Target() {
  *self_ = nullptr;
}

void Target::open(uint32_t client) {
  put({Event::What::open, client, {}});
}

bool Target::push(uint32_t client, std::string message) {
  put({Event::What::message, client, std::move(message)});
  std::lock_guard guard(lock_);
  if (queued_bytes_ < kQueueBytesMax && queue_.size() < kQueueEventsMax) return true;
  stopped_.push_back(client);
  return false;
}

void Target::close(uint32_t client) {
  put({Event::What::close, client, {}});
}

void Target::release() {
  std::lock_guard guard(lock_);
  released_ = true;
  wake_.notify_all();
}

// Three ways in, since nobody knows what the loop's thread does: it waits at a breakpoint, runs
// JavaScript, or does neither.
void Target::put(Event event) {
  std::lock_guard guard(lock_);
  queued_bytes_ += event.text.size();
  queue_.push_back(std::move(event));
  wake_.notify_all();
  if (std::exchange(posted_, true)) return;
  if (isolate_ != nullptr) isolate_->RequestInterrupt(&Target::on_interrupt, this);
  loop_.post([self = self_] {
    if (*self != nullptr) (*self)->drain();
  });
}

bool Target::take(Event* event) {
  std::lock_guard guard(lock_);
  if (queue_.empty()) {
    posted_ = false;
    return false;
  }
  *event = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= event->text.size();
  if (!stopped_.empty() && queued_bytes_ < kQueueBytesMax / 2 &&
      queue_.size() < kQueueEventsMax / 2)
    for (uint32_t client : std::exchange(stopped_, {})) clients_.resume(client);
  return true;
}

void Target::on_interrupt(v8::Isolate* isolate, void* target) {
  auto* self = static_cast<Target*>(target);
  // An earlier isolate may still run events of its own.
  if (self->inspector_ != nullptr && self->inspector_->env().isolate() == isolate) self->drain();
}

void Target::drain() {
  if (inspector_ == nullptr) {
    // Messages wait for an isolate; clients come and go without one.
    std::lock_guard guard(lock_);
    posted_ = false;
    return;
  }
  bool outermost = js::Env::running() == nullptr;
  js::Env& env = inspector_->env();
  js::Entered entered(env);
  for (Event event; inspector_ != nullptr && take(&event);) handle(event);
  // Promises of what was evaluated, and what V8 does in tasks of its own (heap snapshots); inside a
  // turn both wait for its end.
  if (!outermost || inspector_ == nullptr) return;
  env.isolate()->PerformMicrotaskCheckpoint();
  js::pump_platform_tasks(env.isolate());
}

void Target::handle(const Event& event) {
  switch (event.what) {
    case Event::What::open:
      clients_open_[event.client];
      inspector_->connect(event.client, {});
      return;
    case Event::What::message: inspector_->dispatch(event.client, event.text); return;
    case Event::What::close:
      clients_open_.erase(event.client);
      inspector_->disconnect(event.client);
      return;
  }
}

// The loop stands still with the script: its time-outs and the CPU limit must not count this.
void Target::run_paused() {
  uint64_t began = monotonic_ms();
  uint64_t turn = cpu_ == nullptr ? 0 : cpu_->suspend();
  while (inspector_->is_paused()) {
    {
      std::unique_lock guard(lock_);
      wake_.wait(guard, [this] { return released_ || !queue_.empty(); });
      if (released_) break;
    }
    for (Event event; inspector_->is_paused() && take(&event);) handle(event);
  }
  bool released;
  {
    std::lock_guard guard(lock_);
    released = released_;
    posted_ = true;  // what is left in the queue is taken by the drain below
  }
  loop::skip_time(loop_, monotonic_ms() - began);
  if (cpu_ != nullptr) cpu_->resume(turn);
  if (released)
    for (const auto& [client, state] : clients_open_) inspector_->disconnect(client);
  loop_.post([self = self_] {
    if (*self != nullptr) (*self)->drain();
  });
}

void Target::set_main(std::string name, std::function<std::string()> make_map_url) {
  std::lock_guard guard(lock_);
  main_ = std::move(name);
  make_map_url_ = std::move(make_map_url);
}

std::string Target::url() {
  std::lock_guard guard(lock_);
  return about_.root.empty() ? main_ : "file://" + about_.root + "/" + main_;
}

// A bundle's map is nowhere on disk: clients get it with the script.
void Target::send_to_client(uint32_t client, std::string message) {
  static constexpr std::string_view kParsed = R"({"method":"Debugger.scriptParsed")";
  static constexpr std::string_view kMap = R"("sourceMapURL":")";
  if (make_map_url_ && message.starts_with(kParsed)) {
    size_t at = message.find(kMap);
    size_t end = at == std::string::npos ? at : message.find('"', at + kMap.size());
    bool is_it = message.contains("\"url\":\"" + url() + "\"");
    if (is_it && end != std::string::npos && end > at + kMap.size())
      if (std::string url = make_map_url_(); !url.empty())
        message.replace(at + kMap.size(), end - at - kMap.size(), url);
  }
  clients_.send(client, std::move(message));
}

std::string Target::url_of(const std::string& script) {
  if (script.empty() || about_.root.empty() || script.contains("://") || script.contains(':'))
    return {};
  return "file://" + about_.root + "/" + script;
}

void Target::on_isolate(js::Env& env) {
  if (inspector_ != nullptr) on_isolate_end(inspector_->env());
  js::Entered entered(env);
  inspector_ =
      std::make_unique<IsolateInspector>(env, about_.title, static_cast<InspectorHost&>(*this));
  for (const auto& [client, state] : clients_open_) inspector_->connect(client, state);
  {
    std::lock_guard guard(lock_);
    isolate_ = env.isolate();
  }
  drain();
}

void Target::on_isolate_end(js::Env& env) {
  if (inspector_ == nullptr || &inspector_->env() != &env) return;
  js::Entered entered(env);
  {
    std::lock_guard guard(lock_);
    isolate_ = nullptr;
  }
  for (auto& [client, state] : inspector_->states()) clients_open_[client] = std::move(state);
  inspector_.reset();
}

}  // namespace skerry::inspect
