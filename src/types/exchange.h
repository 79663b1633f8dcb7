// One HTTP request and its reply, as interfaces between the transport (net), the isolate host
// (worker) and the server that wires them: nobody here knows sockets or V8. All on one loop thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/ref.h"
#include "types/http.h"
#include "types/web_socket.h"

namespace skerry::types {

// A header of a response as views: valid during the call only. Names and values were checked by
// whoever made them.
struct HeaderView {
  std::string_view name;
  std::string_view value;
};

// The reply's head. `date`, `connection`, `content-length` and `transfer-encoding` are written by
// the connection.
struct ResponseHead {
  uint16_t status = 200;
  std::string_view reason;  // empty: the standard phrase
  std::span<const HeaderView> headers;
};

// Told when an exchange ends without a complete reply: the client left, a time-out fired, the
// server was forced down.
class ExchangeObserver {
 public:
  virtual void on_client_gone() = 0;

 protected:
  ~ExchangeObserver() = default;
};

// One request and its reply. Owned by whoever handles the request; must be answered exactly once.
// Destroying it unanswered sends 500 (or cuts the connection if the head has left). All calls are
// safe after the client left: they do nothing.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const Ref<RequestHead>& head() const = 0;
  // True when the request has a body (content-length > 0 or chunked).
  virtual bool has_body() const = 0;
  // Takes the request body; null if there is none or it was taken. Reading begins, and 100 Continue
  // is sent, with the first read(). Bodies nobody takes are discarded after the reply, or the
  // connection closes when they are large. The source may outlive the exchange: it then gives an
  // error.
  virtual std::unique_ptr<ByteSource> take_body() = 0;
  // The whole reply at once: one gathered write. HEAD, 204 and 304 send no body, but keep its
  // length where allowed.
  virtual void respond(const ResponseHead& head, std::span<const uint8_t> body) = 0;
  // The head, then a body through the sink: with content-length if `length` is known, else chunked
  // (HTTP/1.0: until close). Null when no body may be sent; the reply is then complete. Writing
  // more or fewer bytes than `length` cuts the connection. The sink may outlive the exchange.
  virtual std::unique_ptr<ByteSink> respond_stream(const ResponseHead& head,
                                                   std::optional<uint64_t> length) = 0;
  // Answers a request that asks_for_web_socket() with status 101 and the headers of `head`, but for
  // those of the handshake. The observer is not told of anything after it. Null where there can be
  // no WebSocket; the request is then answered, 400 or 426 where the handshake is at fault.
  virtual std::unique_ptr<WebSocket> accept_web_socket(const ResponseHead& head) {
    respond({501, {}, {}}, {});
    return nullptr;
  }
  // For a caller in this process, who is told of a failure in words instead of getting a page about
  // it: the exchange is then answered. False: there is no such caller.
  virtual bool fail(std::string_view) { return false; }
  virtual void set_observer(ExchangeObserver* observer) = 0;  // null to stop being told
};

class RequestHandler {
 public:
  // The head of a request is complete. Answering before this returns costs nothing extra: replies
  // of one read are written together.
  virtual void on_request(std::unique_ptr<Exchange> exchange) = 0;

 protected:
  ~RequestHandler() = default;
};

}  // namespace skerry::types
