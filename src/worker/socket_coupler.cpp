#include "worker/socket_coupler.h"

#include <utility>

#include "base/limits.h"

namespace skerry::worker {

using types::CloseCause;

SocketCoupler::SocketCoupler(std::unique_ptr<types::WebSocket> first,
                             std::unique_ptr<types::WebSocket> second,
                             std::move_only_function<void()> done)
    : done_(std::move(done)) {
  sides_[0].socket = std::move(first);
  sides_[1].socket = std::move(second);
  for (int i = 0; i < 2; ++i) {
    sides_[i].owner = this;
    sides_[i].other = &sides_[1 - i];
  }
}

SocketCoupler::~SocketCoupler() {
  for (Side& side : sides_)
    if (side.socket != nullptr) side.socket->set_user(nullptr);
}

void SocketCoupler::start() {
  for (Side& side : sides_)
    if (side.socket != nullptr) side.socket->set_user(&side);
}

void SocketCoupler::abandon() {
  done_ = nullptr;
  for (Side& side : sides_) {
    if (side.socket == nullptr) continue;
    side.socket->set_user(nullptr);
    // The end that a script holds is silent: nothing of its worker runs any more.
    if (side.socket->has_outside_peer())
      side.socket->close(types::kCloseInternalError, "The worker has ended.");
  }
}

void SocketCoupler::close(uint16_t code, std::string_view reason) {
  for (Side& side : sides_)
    if (side.socket != nullptr) side.socket->close(code, reason);
}

void SocketCoupler::Side::on_message(types::MessageKind kind, std::span<const uint8_t> data) {
  if (other->socket == nullptr) return;
  other->socket->send(kind, data);
  if (other->socket == nullptr || socket == nullptr || paused) return;
  if (other->socket->buffered() > limits::web_socket_pause_bytes) {
    paused = true;
    socket->set_delivery(types::WebSocket::Delivery::pauses);
  }
}

void SocketCoupler::Side::on_drained() {
  if (other->socket == nullptr || !std::exchange(other->paused, false)) return;
  other->socket->set_delivery(types::WebSocket::Delivery::flows);
}

void SocketCoupler::Side::on_close(uint16_t code, std::string_view reason, CloseCause cause) {
  closed = true;
  if (cause == CloseCause::frame) {
    if (other->socket != nullptr) other->socket->close(code, reason);
    // The other side's answer goes to this side's peer.
    if (other->closed) owner->finish();
    return;
  }
  // The other side learns what was wrong here.
  if (cause == CloseCause::failed && other->socket != nullptr) other->socket->close(code, reason);
  // The other peer sees an end without a Close frame, as this side did.
  owner->finish();
}

// Both are let go: the end of a pair that is left learns that its peer is gone before `done`.
void SocketCoupler::finish() {
  for (Side& side : sides_)
    if (side.socket != nullptr) side.socket->set_user(nullptr);
  for (Side& side : sides_) side.socket.reset();
  if (done_) std::exchange(done_, nullptr)();
}

}  // namespace skerry::worker
