// Where a worker's fetch() goes, as an interface: made by the server over net, or by a test.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/byte_stream.h"
#include "base/error.h"
#include "types/header_list.h"
#include "types/web_socket.h"

namespace skerry::web {

// An outgoing HTTP request, complete but for its body.
struct OutboundRequest {
  std::string method;
  std::string url;  // absolute, as https://url.spec.whatwg.org serialises it, no fragment
  types::HeaderList headers;
  // Asks for a WebSocket: method GET, no body. The handshake's own headers are written below.
  bool web_socket = false;
  // Of calls of other workers: what the callee sees as `request.cf`, as JSON (empty: nothing), and
  // how many workers have called each other so far.
  std::string cf_json = {};
  uint32_t hops = 0;
};

struct OutboundResponse {
  uint16_t status = 0;
  std::string status_text;
  types::HeaderList headers;
  std::unique_ptr<ByteSource> body;              // null when there is none
  std::unique_ptr<types::WebSocket> web_socket;  // with status 101, when it was asked for
};

// Exactly one of the two is called, never from inside start().
class OutboundObserver {
 public:
  virtual void on_response(OutboundResponse response) = 0;
  virtual void on_error(Error error) = 0;

 protected:
  ~OutboundObserver() = default;
};

// A request under way. Destroying it before the response cancels it; afterwards the body has its
// own life.
class OutboundCall {
 public:
  virtual ~OutboundCall() = default;
};

// Where a worker's fetch() goes, or that of a service binding. No redirects are followed here.
class Outbound {
 public:
  virtual ~Outbound() = default;
  // `observer` outlives the call. `body` is null for none; `length` is its size where known.
  virtual std::unique_ptr<OutboundCall> start(OutboundRequest request,
                                              std::unique_ptr<ByteSource> body,
                                              std::optional<uint64_t> length,
                                              OutboundObserver& observer) = 0;
};

}  // namespace skerry::web
