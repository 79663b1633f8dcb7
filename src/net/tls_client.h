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
};

// One loop thread. Outlives the connections made with it.
class TlsClient {
 public:
  // `log` is told the details of every certificate that is refused, and outlives this. Fails when a
  // file of `options` cannot be used. The roots of the system are read when they are first needed,
  // those of `options` now.
  static Result<std::unique_ptr<TlsClient>> create(loop::Loop& loop, observe::Log& log,
                                                   TlsClientOptions options);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Puts TLS on a connected stream without a user, and begins the handshake: set the user and read
  // right after. `host` is a name or a literal address without brackets. `observer` is told of
  // success; a failure is the stream's error.
  Result<> open(loop::Stream& stream, const std::string& host, uint16_t port,
                TlsObserver& observer);

  struct Core;

 private:
  explicit TlsClient(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace skerry::net
