// HTTP/1.1 to http: and https: origins: kept connections, streamed bodies both ways with
// back-pressure. No redirects, no cookies, no proxies; those belong above. One loop thread. RFC
// 9112.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/limits.h"
#include "loop/address.h"
#include "net/web_socket_options.h"
#include "types/header_list.h"
#include "types/web_socket.h"

namespace skerry::loop {
class Loop;
}

namespace skerry::net {

class TlsClient;

enum class ClientScheme : uint8_t { http, https };

// `host`, `connection`, `content-length`, `transfer-encoding` and other headers of the connection
// are written by the client; such entries of `headers` are left out.
struct ClientRequestHead {
  std::string method;
  ClientScheme scheme = ClientScheme::http;
  std::string host;  // a name or a literal address, IPv6 with or without brackets
  uint16_t port = 80;
  std::string target;  // origin-form: "/path?query"
  types::HeaderList headers;
  // Asks for a WebSocket; the method is GET and there is no body. The headers of the handshake are
  // written by the client, but for sec-websocket-protocol.
  bool web_socket = false;
};

struct ClientResponse {
  uint16_t status = 0;
  std::string reason;
  types::HeaderList headers;
  // Null when there is none. Dropping it early closes its connection.
  std::unique_ptr<ByteSource> body;
  // With status 101 only, when it was asked for. Outlives the request.
  std::unique_ptr<types::WebSocket> web_socket;
};

// Exactly one of the two is called, never from inside start(), unless the request is destroyed
// before.
class ClientObserver {
 public:
  virtual void on_response(ClientResponse response) = 0;
  virtual void on_error(Error error) = 0;

 protected:
  ~ClientObserver() = default;
};

// A request under way. Destroying it before the response cancels it; afterwards the body has its
// own life.
class ClientRequest {
 public:
  virtual ~ClientRequest() = default;
};

struct HttpClientOptions {
  size_t idle_max = limits::http_client_idle_max;
  size_t per_origin_max = limits::http_client_per_origin_max;
  size_t connections_max = limits::http_client_connections_max;
  uint64_t connect_timeout_ms = limits::http_client_connect_timeout_ms;
  uint64_t idle_ms = limits::http_client_idle_ms;
  // For https: origins; outlives the client. Null: they are refused.
  TlsClient* tls = nullptr;
  // Asked for every address of a name; those that pass are connected to, without a second look-up.
  // Null: every address is allowed.
  std::function<Result<>(const loop::SocketAddress&)> address_filter;
  WebSocketOptions web_socket;
};

class HttpClient {
 public:
  explicit HttpClient(loop::Loop& loop, HttpClientOptions options = {});
  // Closes every connection. Requests that wait are never answered.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `observer` outlives the request. `body` is null for none; with `length` it is sent as such,
  // else in chunks. A request without a body and with an idempotent method is sent again, once,
  // when a kept connection turns out closed.
  std::unique_ptr<ClientRequest> start(ClientRequestHead head, std::unique_ptr<ByteSource> body,
                                       std::optional<uint64_t> length, ClientObserver& observer);
  size_t idle_count() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace skerry::net
