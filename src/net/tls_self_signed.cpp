#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "loop/address.h"
#include "net/tls_files.h"
#include "net/tls_server.h"

namespace skerry::net {

namespace {

constexpr long kDayS = 24 * 3600;
// Browsers take nothing that is good for longer than 398 days.
constexpr long kGoodS = 365 * kDayS;
constexpr long kRenewS = 7 * kDayS;

bool is_still_good(const TlsCertificate& where, const std::vector<std::string>& hosts) {
  Result<LoadedCertificate> loaded = load_certificate(where);
  if (!loaded) return false;
  time_t then = time(nullptr) + kRenewS;
  if (X509_cmp_time(X509_get0_notAfter(loaded->leaf.get()), &then) < 0) return false;
  for (const std::string& host : hosts) {
    X509* leaf = loaded->leaf.get();
    bool named = loop::SocketAddress::parse(host, 0)
                     ? X509_check_ip_asc(leaf, host.c_str(), 0) == 1
                     : X509_check_host(leaf, host.data(), host.size(), 0, nullptr) == 1;
    if (!named) return false;
  }
  return true;
}

bool add_extension(X509* certificate, int kind, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, text.c_str());
  if (extension == nullptr) return false;
  int status = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return status == 1;
}

Result<> write_pem(const std::string& path, BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool good = fd >= 0 && ::write(fd, data, static_cast<size_t>(size)) == size;
  int error = errno;
  if (fd >= 0) ::close(fd);
  if (good) return {};
  return fail(Code::io, "cannot write \"" + path + "\": " + std::strerror(error));
}

// RFC 5280 section 4.1.
X509Pointer make_certificate(EVP_PKEY* key, const std::vector<std::string>& hosts) {
  X509Pointer certificate(X509_new());
  X509* made = certificate.get();
  unsigned char serial[16];
  if (made == nullptr || RAND_bytes(serial, sizeof serial) != 1) return nullptr;
  serial[0] &= 0x7f;
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(made));
  BN_free(number);
  X509_set_version(made, 2);
  X509_gmtime_adj(X509_getm_notBefore(made), -kDayS);
  X509_gmtime_adj(X509_getm_notAfter(made), kGoodS);
  X509_set_pubkey(made, key);
  X509_NAME* name = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("skerry dev"), -1, -1, 0);
  X509_set_issuer_name(made, name);
  std::string alternatives;
  for (const std::string& host : hosts) {
    if (!alternatives.empty()) alternatives += ",";
    alternatives += (loop::SocketAddress::parse(host, 0) ? "IP:" : "DNS:") + host;
  }
  bool good = add_extension(made, NID_subject_alt_name, alternatives) &&
              add_extension(made, NID_basic_constraints, "critical,CA:FALSE") &&
              add_extension(made, NID_ext_key_usage, "serverAuth") &&
              X509_sign(made, key, EVP_sha256()) > 0;
  return good ? std::move(certificate) : nullptr;
}

}  // namespace

Result<> make_self_signed(const TlsCertificate& where, const std::vector<std::string>& hosts) {
  if (is_still_good(where, hosts)) return {};
  KeyPointer key(EVP_EC_gen("P-256"));
  X509Pointer certificate = key == nullptr ? nullptr : make_certificate(key.get(), hosts);
  if (certificate == nullptr)
    return fail(Code::internal, "make a certificate: " + take_openssl_error());
  BioPointer key_text(BIO_new(BIO_s_mem()));
  BioPointer text(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(text.get(), certificate.get());
  if (Result<> written = write_pem(where.key_path, key_text.get()); !written) return written;
  return write_pem(where.certificate_path, text.get());
}

}  // namespace skerry::net
