// Joins two WebSockets without JavaScript: what arrives at one is sent by the other, with
// back-pressure, until both are closed or one is lost.
#pragma once

#include <functional>
#include <memory>

#include "types/web_socket.h"

namespace skerry::worker {

class SocketCoupler final {
 public:
  // `done` is told once, from inside a call of one of the two: the coupler is deleted later, from
  // the loop.
  SocketCoupler(std::unique_ptr<types::WebSocket> first, std::unique_ptr<types::WebSocket> second,
                std::move_only_function<void()> done);
  ~SocketCoupler();
  SocketCoupler(const SocketCoupler&) = delete;
  SocketCoupler& operator=(const SocketCoupler&) = delete;
  void start();
  // The worker that the two belonged to is gone: nobody is told any more, peers outside
  // get 1011.
  void abandon();
  // Closes both, in order.
  void close(uint16_t code, std::string_view reason);

 private:
  struct Side final : types::WebSocketUser {
    void on_message(types::MessageKind kind, std::span<const uint8_t> data) override;
    void on_close(uint16_t code, std::string_view reason, types::CloseCause cause) override;
    void on_drained() override;
    bool is_outside() const override { return true; }
    SocketCoupler* owner = nullptr;
    Side* other = nullptr;
    std::unique_ptr<types::WebSocket> socket;
    bool closed = false;
    bool paused = false;  // the other side's peer does not take what this side brings
  };
  void finish();
  Side sides_[2];
  std::move_only_function<void()> done_;
};

}  // namespace skerry::worker
