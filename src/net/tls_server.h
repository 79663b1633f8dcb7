// TLS for the connections of a server: certificates chosen by the host that the client names (SNI),
// session tickets whose keys change, TLS 1.2 and 1.3 with forward secrecy only, ALPN http/1.1, no
// renegotiation, no early data. RFC 8446, RFC 5246, RFC 6066 section 3, RFC 7301.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"

namespace skerry::loop {
class Stream;
}

namespace skerry::net {

class TlsStream;

// Two PEM files: the certificate followed by what it was signed with, and its private key, without
// a passphrase.
struct TlsCertificate {
  std::string certificate_path;
  std::string key_path;
};

// One loop thread. Outlives the connections made with it.
class TlsServer {
 public:
  // Reads the files; fails with the file and the reason when one cannot be used. The first
  // certificate is for clients that name no host or one that no certificate has. Certificates for
  // the same names with different kinds of keys (RSA and ECDSA) stand side by side. `now_s` is a
  // monotonic clock in seconds.
  static Result<std::unique_ptr<TlsServer>> create(std::vector<TlsCertificate> certificates,
                                                   std::function<uint64_t()> now_s);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  // Reads the files again for the handshakes to come. Fails and keeps what there was when one of
  // them cannot be used. Connections and tickets stay good.
  Result<> reload();
  // Whether a file has changed since it was last read, well or not.
  bool has_changed() const;
  // What a person should know about certificates that are in use: expired, soon to expire.
  std::vector<std::string> warnings() const;

  // Puts TLS on an accepted connection, before it has a user.
  Result<const TlsStream*> open(loop::Stream& stream);

  struct Core;

 private:
  explicit TlsServer(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

// Makes a certificate for `hosts` (names and addresses) that signs itself, with its key, for
// development: writes both as PEM, the key readable by its owner only. Keeps files that are there
// and still good for a week.
Result<> make_self_signed(const TlsCertificate& where, const std::vector<std::string>& hosts);

}  // namespace skerry::net
