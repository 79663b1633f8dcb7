// Certificates and keys from PEM files. Private to net.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "net/tls_openssl.h"
#include "net/tls_server.h"

namespace skerry::net {

struct LoadedCertificate {
  X509Pointer leaf;
  std::vector<X509Pointer> chain;  // in the order of the file
  KeyPointer key;
  std::vector<std::string> names;  // DNS names in lower case, as SNI may ask for
};

// The whole file; at most 1 MiB.
Result<std::string> read_small_file(const std::string& path);
Result<std::vector<X509Pointer>> read_certificates(const std::string& path);
Result<LoadedCertificate> load_certificate(const TlsCertificate& files);
// DNS names in lower case (RFC 6125): the alternative names, the common name only where there are
// none.
std::vector<std::string> dns_names(X509* certificate);
// "2026-11-23 22:10:00 GMT" and the like, as OpenSSL writes it.
std::string time_text(const ASN1_TIME* time);

}  // namespace skerry::net
