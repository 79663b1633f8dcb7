#include "web/websocket/open_socket.h"

#include "base/limits.h"
#include "web/events/message_events.h"

namespace skerry::web {

using context::RequestContext;
using types::CloseCause;
using types::MessageKind;

OpenSocket::OpenSocket(RequestContext& context, js::Env& env, WebSocket& socket,
                       std::unique_ptr<types::WebSocket> end)
    : Operation(context),
      socket_(&socket),
      object_(env.isolate(), socket.object(env.isolate())),
      end_(std::move(end)),
      self_(std::make_shared<OpenSocket*>(this)) {
  socket.operation_ = this;
}

OpenSocket::~OpenSocket() {
  *self_ = nullptr;
  socket_->operation_ = nullptr;
  if (socket_->state_ != WebSocket::State::taken) socket_->state_ = WebSocket::State::closed;
  if (end_ != nullptr && started_) {
    end_->set_user(nullptr);
    end_->close(types::kCloseGoingAway, {});
  }
}

void OpenSocket::start() {
  started_ = true;
  end_->set_user(this);
}

void OpenSocket::connect(OutboundRequest request) {
  started_ = true;
  call_ = context().services().outbound->start(std::move(request), nullptr, std::nullopt, *this);
}

void OpenSocket::send(MessageKind kind, std::span<const uint8_t> data) {
  if (end_ != nullptr) end_->send(kind, data);
}

void OpenSocket::close(uint16_t code, std::string_view reason) {
  if (end_ != nullptr) {
    end_->close(code, reason);
    return;
  }
  if (call_ == nullptr) return;
  // https://websockets.spec.whatwg.org/#dom-websocket-close: the connection is not made.
  call_.reset();
  fail_to_connect("WebSocket was closed before it was established.");
}

std::unique_ptr<types::WebSocket> OpenSocket::release() {
  std::unique_ptr<types::WebSocket> end = std::move(end_);
  delete this;
  return end;
}

void OpenSocket::cut() {
  ended_ = true;
  waiting_.clear();
  if (end_ != nullptr) end_->set_user(nullptr);
  // Not from here: what it delivers may be on the stack.
  context().services().loop.defer([end = std::move(end_)] {});
  run_later();
}

// A promise that waits for a message can settle as long as somebody outside may send one.
bool OpenSocket::counts_as_progress() const {
  if (!started_ || ended_) return false;
  return call_ != nullptr || !waiting_.empty() || (end_ != nullptr && end_->has_outside_peer());
}

void OpenSocket::on_message(MessageKind kind, std::span<const uint8_t> data) {
  Event event{kind == MessageKind::text ? Event::What::text : Event::What::binary};
  event.bytes.assign(reinterpret_cast<const char*>(data.data()), data.size());
  post(std::move(event));
}

void OpenSocket::on_close(uint16_t code, std::string_view reason, CloseCause cause) {
  post({Event::What::close, code, cause, std::string(reason)});
}

// https://websockets.spec.whatwg.org/#feedback-from-the-protocol
// DEVIATION: as in Workers, a protocol that was not offered is taken as well.
void OpenSocket::on_response(OutboundResponse response) {
  std::unique_ptr<OutboundCall> done = std::move(call_);
  if (response.web_socket == nullptr)
    return fail_to_connect("Failed to establish websocket connection");
  const std::string* chosen = response.headers.find("sec-websocket-protocol");
  end_ = std::move(response.web_socket);
  if (chosen != nullptr) socket_->protocol_ = *chosen;
  post({Event::What::open});
}

void OpenSocket::on_error(Error) {
  call_.reset();
  fail_to_connect("Failed to establish websocket connection");
}

void OpenSocket::fail_to_connect(std::string why) {
  post({Event::What::failed, types::kCloseAbnormal, CloseCause::lost, std::move(why)});
}

void OpenSocket::post(Event event) {
  if (ended_) return;
  if (waiting_.empty() && !scheduled_ && js::Env::running() == nullptr) {
    run(event);
    return;
  }
  waiting_bytes_ += event.bytes.size();
  waiting_.push_back(std::move(event));
  if (end_ != nullptr && !paused_ && waiting_bytes_ > limits::web_socket_pause_bytes) {
    paused_ = true;
    end_->set_delivery(types::WebSocket::Delivery::pauses);
  }
  run_later();
}

void OpenSocket::run_later() {
  if (std::exchange(scheduled_, true)) return;
  context().services().loop.defer([self = self_] {
    if (*self != nullptr) (*self)->run_waiting();
  });
}

void OpenSocket::run_waiting() {
  scheduled_ = false;
  if (ended_) {
    Ref<RequestContext> keep(&context());
    delete this;
    // Whoever waited for the socket looks again.
    keep->turn([](js::Env&) {});
    return;
  }
  // A few at a time: two ends of one isolate must not keep the loop to themselves.
  for (int i = 0; i < 64 && !waiting_.empty(); ++i) {
    Event event = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= event.bytes.size();
    if (!run(event)) return;
  }
  if (paused_ && waiting_bytes_ < limits::web_socket_resume_bytes && end_ != nullptr) {
    paused_ = false;
    end_->set_delivery(types::WebSocket::Delivery::flows);
  }
  if (!waiting_.empty()) run_later();
}

bool OpenSocket::run(const Event& event) {
  std::shared_ptr<OpenSocket*> self = self_;
  Ref<RequestContext> keep(&context());
  bool last = event.what == Event::What::close || event.what == Event::What::failed;
  if (last) ended_ = true;
  // Each message may use what an invocation may.
  keep->renew_cpu();
  keep->turn([&](js::Env& env) { dispatch(env, event); });
  if (*self == nullptr) return false;
  if (ended_) run_later();
  return !ended_;
}

void OpenSocket::dispatch(js::Env& env, const Event& event) {
  v8::Isolate* isolate = env.isolate();
  v8::HandleScope scope(isolate);
  switch (event.what) {
    case Event::What::open: {
      socket_->state_ = WebSocket::State::open;
      web::Event& opened = env.wrap_ref(std::make_unique<web::Event>("open"));
      opened.set_trusted();
      socket_->dispatch(env, opened);
      // What has arrived with the handshake follows.
      if (!ended_ && end_ != nullptr) end_->set_user(this);
      return;
    }
    case Event::What::text:
    case Event::What::binary: {
      // https://websockets.spec.whatwg.org/#feedback-from-the-protocol: not once we have closed.
      if (socket_->close_sent_) return;
      MessageEvent& message = env.wrap_ref(std::make_unique<MessageEvent>("message"));
      message.set_trusted();
      if (event.what == Event::What::text)
        message.set_data(env, js::from_utf8(isolate, event.bytes));
      else
        message.set_data(env, js::to_array_buffer(isolate, Bytes::copy_of(event.bytes)));
      socket_->dispatch(env, message);
      return;
    }
    case Event::What::close:
    case Event::What::failed: return dispatch_end(env, event);
  }
}

void OpenSocket::dispatch_end(js::Env& env, const Event& event) {
  socket_->close_received_ = true;
  bool lost = event.cause != CloseCause::frame;
  if (lost || !socket_->half_open_ || socket_->close_sent_) {
    // https://developers.cloudflare.com/workers/configuration/compatibility-flags/#websocket-auto-reply-to-close
    socket_->state_ = WebSocket::State::closed;
    if (!lost && end_ != nullptr) end_->close(event.code, event.bytes);
  } else {
    // The script sends its own Close; until then the socket stays.
    ended_ = false;
  }
  if (event.what == Event::What::failed || event.cause == CloseCause::failed) {
    ErrorEvent& failed = env.wrap_ref(std::make_unique<ErrorEvent>("error"));
    failed.set_trusted();
    failed.set_error(env, event.bytes,
                     v8::Exception::Error(js::from_utf8(env.isolate(), event.bytes)));
    socket_->dispatch(env, failed);
  }
  uint16_t code = event.cause == CloseCause::failed ? types::kCloseAbnormal : event.code;
  CloseEvent& closed = env.wrap_ref(std::make_unique<CloseEvent>(code, event.bytes, !lost));
  closed.set_trusted();
  socket_->dispatch(env, closed);
}

}  // namespace skerry::web
