#include "inspect/isolate_inspector.h"

#include <time.h>

#include <utility>

#include "js/convert.h"
#include "js/v8_inspector.h"
#include "types/utf8.h"

namespace skerry::inspect {

namespace {

constexpr int kGroup = 1;

v8_inspector::StringView view_of(const std::u16string& text) {
  return {reinterpret_cast<const uint16_t*>(text.data()), text.size()};
}

std::string to_text(const v8_inspector::StringView& view) {
  if (view.is8Bit())
    return types::latin1_to_utf8(
        {reinterpret_cast<const char*>(view.characters8()), view.length()});
  return types::utf16_to_utf8(
      {reinterpret_cast<const char16_t*>(view.characters16()), view.length()});
}

}  // namespace

class IsolateInspector::Client final : public v8_inspector::V8InspectorClient {
 public:
  Client(js::Env& env, InspectorHost& the_host) : host(the_host), env_(env) {
    inspector = v8_inspector::V8Inspector::create(env.isolate(), this);
  }

  void runMessageLoopOnPause(int) override {
    if (std::exchange(paused, true)) return;
    host.run_paused();
    paused = false;
  }
  void quitMessageLoopOnPause() override { paused = false; }
  double currentTimeMS() override {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
  }
  v8::Local<v8::Context> ensureDefaultContextInGroup(int) override { return env_.context(); }
  std::unique_ptr<v8_inspector::StringBuffer> resourceNameToUrl(
      const v8_inspector::StringView& name) override {
    std::string url = host.url_of(to_text(name));
    if (url.empty()) return nullptr;
    std::u16string wide = types::utf8_to_utf16(url);
    return v8_inspector::StringBuffer::create(view_of(wide));
  }

  InspectorHost& host;
  std::unique_ptr<v8_inspector::V8Inspector> inspector;
  bool paused = false;

 private:
  js::Env& env_;
};

class IsolateInspector::Session final : public v8_inspector::V8Inspector::Channel {
 public:
  Session(Client& client, uint32_t id, const State& state) : client_(client), id_(id) {
    session = client.inspector->connect(kGroup, this,
                                        v8_inspector::StringView(state.data(), state.size()),
                                        v8_inspector::V8Inspector::kFullyTrusted);
  }
  void sendResponse(int, std::unique_ptr<v8_inspector::StringBuffer> message) override {
    client_.host.send_to_client(id_, to_text(message->string()));
  }
  void sendNotification(std::unique_ptr<v8_inspector::StringBuffer> message) override {
    client_.host.send_to_client(id_, to_text(message->string()));
  }
  void flushProtocolNotifications() override {}

 private:
  Client& client_;
  uint32_t id_;

 public:
  std::unique_ptr<v8_inspector::V8InspectorSession> session;
  int dispatching = 0;
  bool ended = false;  // while it dispatched: it is deleted afterwards
};

IsolateInspector::IsolateInspector(js::Env& env, const std::string& name, InspectorHost& host)
    : env_(env), client_(std::make_unique<Client>(env, host)) {
  v8::HandleScope scope(env.isolate());
  std::u16string title = types::utf8_to_utf16(name);
  static constexpr std::string_view kAux = R"({"isDefault":true})";
  v8_inspector::V8ContextInfo info(env.context(), kGroup, view_of(title));
  info.auxData =
      v8_inspector::StringView(reinterpret_cast<const uint8_t*>(kAux.data()), kAux.size());
  client_->inspector->contextCreated(info);
  js::set_console_tap(env.isolate(), this);
}

IsolateInspector::~IsolateInspector() {
  js::set_console_tap(env_.isolate(), nullptr);
  v8::HandleScope scope(env_.isolate());
  client_->inspector->resetContextGroup(kGroup);
  sessions_.clear();
  client_->inspector->contextDestroyed(env_.context());
  client_->inspector.reset();
}

void IsolateInspector::connect(uint32_t client, const State& state) {
  v8::HandleScope scope(env_.isolate());
  sessions_[client] = std::make_unique<Session>(*client_, client, state);
}

void IsolateInspector::disconnect(uint32_t client) {
  auto found = sessions_.find(client);
  if (found == sessions_.end()) return;
  v8::HandleScope scope(env_.isolate());
  if (found->second->dispatching > 0) {
    // It stands at a breakpoint of what it evaluates itself.
    found->second->ended = true;
    found->second->session->stop();
    return;
  }
  // Not in the map while it ends: it may say that nothing is paused any more.
  std::unique_ptr<Session> session = std::move(found->second);
  sessions_.erase(found);
}

std::map<uint32_t, IsolateInspector::State> IsolateInspector::states() const {
  std::map<uint32_t, State> all;
  for (const auto& [client, session] : sessions_) all[client] = session->session->state();
  return all;
}

void IsolateInspector::dispatch(uint32_t client, const std::string& message) {
  auto found = sessions_.find(client);
  if (found == sessions_.end() || found->second->ended) return;
  v8::HandleScope scope(env_.isolate());
  std::u16string wide = types::utf8_to_utf16(message);
  Session& session = *found->second;
  ++session.dispatching;
  session.session->dispatchProtocolMessage(view_of(wide));
  if (--session.dispatching == 0 && session.ended) sessions_.erase(client);
}

bool IsolateInspector::is_paused() const {
  bool anybody = false;
  for (const auto& [client, session] : sessions_) anybody = anybody || !session->ended;
  return client_->paused && anybody;
}

// V8's own console, which skerry's replaced on the global object, knows how to tell the inspector,
// with arguments as objects and the place of the call.
void IsolateInspector::console_called(js::Env& env, const char* method,
                                      std::span<v8::Local<v8::Value>> arguments) {
  v8::Local<v8::Context> context = env.context();
  v8::TryCatch swallowed(env.isolate());
  v8::Local<v8::Value> console, function, result;
  if (!context->GetExtrasBindingObject()->Get(context, env.name("console")).ToLocal(&console) ||
      !console->IsObject())
    return;
  if (!console.As<v8::Object>()
           ->Get(context, js::from_utf8(env.isolate(), method))
           .ToLocal(&function) ||
      !function->IsFunction())
    return;
  (void)function.As<v8::Function>()
      ->Call(context, console, static_cast<int>(arguments.size()), arguments.data())
      .ToLocal(&result);
}

}  // namespace skerry::inspect
