#include "types/web_socket.h"

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/limits.h"
#include "types/header_list.h"

namespace skerry::types {

bool has_list_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (equals_ignoring_case(item, token)) return true;
  }
  return false;
}

bool asks_for_web_socket(const RequestHead& head) {
  if (head.method != Method::get || head.http_minor == 0) return false;
  for (const HeaderSlice& header : head.headers)
    if (header.name_size == 7 && equals_ignoring_case(head.name(header), "upgrade") &&
        has_list_token(head.value(header), "websocket"))
      return true;
  return false;
}

bool is_close_code(uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

namespace {

// One direction's events that could not be delivered yet.
struct Waiting {
  enum class What : uint8_t { text, binary, close };
  What what;
  uint16_t code = 0;
  CloseCause cause = CloseCause::frame;
  std::string bytes;
};

class LocalEnd;

// What the two ends share; lives as long as one of them, or a call into it.
struct Link final : RefCounted<Link> {
  struct Side {
    LocalEnd* end = nullptr;
    WebSocketUser* user = nullptr;
    bool paused = false;
    bool closed = false;  // this side has sent its Close
    bool told = false;    // on_close was queued for this side
    bool delivering = false;
    bool drained_due = false;   // the other side was above the mark
    std::deque<Waiting> queue;  // for this side's user
    size_t queued_bytes = 0;
  };
  Side sides[2];

  void push(int to, Waiting event) {
    Side& side = sides[to];
    if (side.end == nullptr || side.told) return;
    if (event.what == Waiting::What::close) side.told = true;
    side.queued_bytes += event.bytes.size();
    side.queue.push_back(std::move(event));
    deliver(to);
  }

  // Hands over what waits, unless somebody further up the stack does.
  void deliver(int to) {
    Ref<Link> keep(this);
    Side& side = sides[to];
    if (side.delivering) return;
    side.delivering = true;
    while (side.user != nullptr && !side.paused && !side.queue.empty()) {
      Waiting event = std::move(side.queue.front());
      side.queue.pop_front();
      side.queued_bytes -= event.bytes.size();
      std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(event.bytes.data()),
                                     event.bytes.size());
      if (event.what == Waiting::What::close)
        side.user->on_close(event.code, event.bytes, event.cause);
      else
        side.user->on_message(
            event.what == Waiting::What::text ? MessageKind::text : MessageKind::binary, bytes);
    }
    side.delivering = false;
    Side& from = sides[1 - to];
    if (from.drained_due && side.queued_bytes < limits::web_socket_resume_bytes) {
      from.drained_due = false;
      if (from.user != nullptr) from.user->on_drained();
    }
  }
};

class LocalEnd final : public WebSocket {
 public:
  LocalEnd(Ref<Link> link, int index) : link_(std::move(link)), index_(index) { mine().end = this; }
  ~LocalEnd() override {
    mine().end = nullptr;
    mine().user = nullptr;
    mine().queue.clear();
    if (!mine().closed)
      link_->push(1 - index_, {Waiting::What::close, kCloseAbnormal, CloseCause::lost,
                               "WebSocket disconnected without sending Close frame."});
  }
  void set_user(WebSocketUser* user) override {
    mine().user = user;
    if (user != nullptr) link_->deliver(index_);
  }
  void set_delivery(Delivery delivery) override {
    mine().paused = delivery == Delivery::pauses;
    if (!mine().paused) link_->deliver(index_);
  }
  void send(MessageKind kind, std::span<const uint8_t> data) override {
    if (mine().closed || mine().told) return;
    Link::Side& peer = link_->sides[1 - index_];
    if (peer.queued_bytes > limit_) {
      // As on the wire: what waits is dropped, both sides learn why.
      peer.queue.clear();
      peer.queued_bytes = 0;
      Ref<Link> keep = link_;
      int index = index_;
      mine().closed = true;
      static constexpr const char* kText = "The receiver does not take its messages.";
      keep->push(1 - index, {Waiting::What::close, kCloseTryLater, CloseCause::frame, kText});
      keep->push(index, {Waiting::What::close, kCloseTryLater, CloseCause::failed, kText});
      return;
    }
    Waiting::What what = kind == MessageKind::text ? Waiting::What::text : Waiting::What::binary;
    if (peer.user != nullptr && !peer.paused && !peer.delivering && peer.queue.empty()) {
      Ref<Link> keep = link_;
      peer.user->on_message(kind, data);
      return;
    }
    mine().drained_due |= peer.queued_bytes + data.size() > limits::web_socket_resume_bytes;
    link_->push(1 - index_, {what, 0, CloseCause::frame,
                             std::string(reinterpret_cast<const char*>(data.data()), data.size())});
  }
  void close(uint16_t code, std::string_view reason) override {
    if (std::exchange(mine().closed, true)) return;
    link_->push(1 - index_, {Waiting::What::close, code, CloseCause::frame, std::string(reason)});
  }
  size_t buffered() const override { return link_->sides[1 - index_].queued_bytes; }
  bool has_outside_peer() const override {
    const WebSocketUser* peer = link_->sides[1 - index_].user;
    return peer != nullptr && peer->is_outside();
  }
  void set_buffer_limit(size_t bytes) override { limit_ = bytes; }

 private:
  Link::Side& mine() { return link_->sides[index_]; }
  Ref<Link> link_;
  int index_;
  size_t limit_ = limits::web_socket_buffered_bytes_max;
};

}  // namespace

WebSocketEnds make_web_socket_pair() {
  Ref<Link> link = make_ref<Link>();
  return {std::make_unique<LocalEnd>(link, 0), std::make_unique<LocalEnd>(link, 1)};
}

}  // namespace skerry::types
