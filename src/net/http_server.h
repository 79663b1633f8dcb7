// The HTTP/1.1 server: listeners accept, a connection is a plain state machine on llhttp, and each
// request reaches the handler as an Exchange (types/exchange.h). One loop thread; nothing here
// knows V8. RFC 9112, RFC 9110.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/limits.h"
#include "net/web_socket_options.h"
#include "types/exchange.h"

namespace skerry::loop {
class Loop;
}

namespace skerry::net {

class TlsServer;

using types::Exchange;
using types::ExchangeObserver;
using types::HeaderView;
using types::RequestHandler;
using types::ResponseHead;

// Limits and time-outs of one server. What each is for, and what a peer that passes it sees:
// base/limits.h.
struct HttpServerOptions {
  uint64_t body_bytes_max = limits::http_body_bytes_max;
  uint64_t header_timeout_ms = limits::http_header_timeout_ms;
  uint64_t idle_timeout_ms = limits::http_idle_timeout_ms;
  uint64_t write_timeout_ms = limits::http_write_timeout_ms;
  uint64_t body_window_ms = limits::http_body_window_ms;
  uint64_t body_bytes_per_window_min = limits::http_body_bytes_per_window_min;
  uint64_t half_close_ms = limits::http_half_close_ms;
  WebSocketOptions web_socket;
};

// Listeners and their connections on one loop. A request that is malformed, or past a limit, is
// answered here, with a short text that says why, and its connection closed: the handler never sees
// it.
class HttpServer {
 public:
  // `loop` and `handler` outlive the server. Loop thread only.
  HttpServer(loop::Loop& loop, RequestHandler& handler, HttpServerOptions options = {});
  // Cuts every connection; exchanges that are still held become inert.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // `host` is a literal IPv4 or IPv6 address. Port 0 lets the system choose. `share` sets
  // SO_REUSEPORT: one server per loop on the same port.
  enum class SharePort : uint8_t { no, yes };
  Result<> listen_tcp(std::string_view host, uint16_t port, SharePort share = SharePort::no);
  // The same over TLS. `tls` outlives the server.
  Result<> listen_tls(std::string_view host, uint16_t port, TlsServer& tls,
                      SharePort share = SharePort::no);
  // Replaces a socket file that nobody answers on.
  Result<> listen_unix(const std::string& path);
  // The port of the last listen_tcp() or listen_tls(); 0 before.
  uint16_t port() const;

  // Stops accepting, closes idle connections, lets requests in flight finish with `connection:
  // close`, closes WebSockets with 1001, and cuts what is left after `deadline_ms`. `done` is
  // called once, never from inside this call.
  void drain(uint64_t deadline_ms, std::move_only_function<void()> done);
  size_t connection_count() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace skerry::net
