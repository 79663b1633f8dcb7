// TLS of the HTTP client: the roots of the system and further ones, host names checked, SNI, ALPN
// http/1.1, TLS 1.2 and 1.3, sessions resumed. RFC 8446, RFC 6125.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"

namespace skerry::loop {
class Loop;
class Stream;
}  // namespace skerry::loop

namespace skerry::observe {
class Log;
}

namespace skerry::net {

class TlsObserver;

struct TlsClientOptions {
  // PEM files with further roots. SSL_CERT_FILE and SSL_CERT_DIR name others than the system's.
  std::vector<std::string> ca_paths;
  // One more, which need not be usable: that is logged. Empty: none.
  std::string optional_ca_path;
};

// Waits for the roots.
class TlsWaiter {
 public:
  // From the loop, never from inside wait(). `result` says why TLS cannot be used at all.
  virtual void on_tls_ready(const Result<>& result) = 0;

 protected:
  ~TlsWaiter() = default;
};

// One loop thread. Outlives the connections made with it.
class TlsClient {
 public:
  // `log` is told the details of every certificate that is refused, and outlives this. Fails when a
  // file of `options.ca_paths` cannot be used. The roots of the system take tens of milliseconds to
  // read: a thread does it, when prepare() or wait() is first called.
  static Result<std::unique_ptr<TlsClient>> create(loop::Loop& loop, observe::Log& log,
                                                   TlsClientOptions options);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool is_ready() const;
  void prepare();
  void wait(TlsWaiter& waiter);
  // `waiter` is told nothing any more, whether it waits or not.
  void forget(TlsWaiter& waiter);

  // Once is_ready(): puts TLS on a connected stream without a user, and begins the handshake: set
  // the user and read right after. `host` is a name or a literal address without brackets.
  // `observer` is told of success; a failure is the stream's error.
  Result<> open(loop::Stream& stream, const std::string& host, uint16_t port,
                TlsObserver& observer);

  struct Core;

 private:
  explicit TlsClient(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace skerry::net
