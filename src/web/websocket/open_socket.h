// A WebSocket's connection inside the event that owns it: hands what arrives to the JavaScript
// object, each message in a turn of its own.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "context/request_context.h"
#include "types/web_socket.h"
#include "web/fetch/outbound.h"
#include "web/websocket/web_socket.h"

namespace skerry::web {

class OpenSocket final : public context::Operation,
                         public types::WebSocketUser,
                         public OutboundObserver {
 public:
  // Keeps `socket` alive until it is closed or the context ends.
  OpenSocket(context::RequestContext& context, js::Env& env, WebSocket& socket,
             std::unique_ptr<types::WebSocket> end);
  // Says 1001 to a peer that is still there.
  ~OpenSocket() override;
  // From inside JavaScript: what has arrived comes in later turns.
  void start();
  void connect(OutboundRequest request);
  void send(types::MessageKind kind, std::span<const uint8_t> data);
  void close(uint16_t code, std::string_view reason);
  // For the response that carries the socket; deletes this.
  std::unique_ptr<types::WebSocket> release();
  size_t buffered() const { return end_ == nullptr ? 0 : end_->buffered(); }
  // A listener threw: the connection is cut.
  void cut();

  bool counts_as_progress() const override;
  void on_message(types::MessageKind kind, std::span<const uint8_t> data) override;
  void on_close(uint16_t code, std::string_view reason, types::CloseCause cause) override;
  void on_response(OutboundResponse response) override;
  void on_error(Error error) override;

 private:
  struct Event {
    enum class What : uint8_t { open, text, binary, close, failed };
    What what = What::text;
    uint16_t code = 0;
    types::CloseCause cause = types::CloseCause::frame;
    std::string bytes = {};
  };
  // Now, or after what waits already, or when JavaScript that runs has ended.
  void post(Event event);
  void run_later();
  void run_waiting();
  // Runs the event's listeners. False: this is gone.
  bool run(const Event& event);
  void dispatch(js::Env& env, const Event& event);
  void dispatch_end(js::Env& env, const Event& event);
  void fail_to_connect(std::string why);

  WebSocket* socket_;
  v8::Global<v8::Object> object_;
  std::unique_ptr<types::WebSocket> end_;
  std::unique_ptr<OutboundCall> call_;
  std::deque<Event> waiting_;
  size_t waiting_bytes_ = 0;
  bool started_ = false;
  bool paused_ = false;
  bool scheduled_ = false;
  bool ended_ = false;
  std::shared_ptr<OpenSocket*> self_;  // null once this is gone
};

}  // namespace skerry::web
