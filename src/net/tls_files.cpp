#include "net/tls_files.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "types/http.h"

namespace skerry::net {

namespace {

constexpr size_t kFileBytesMax = 1024 * 1024;

// Nobody is asked for a passphrase.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<size_t>(ASN1_STRING_length(string))};
}

Result<KeyPointer> read_key(const std::string& path) {
  Result<std::string> text = read_small_file(path);
  if (!text) return fail(std::move(text.error()));
  BioPointer bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  bool encrypted = text->find("ENCRYPTED") != std::string::npos;
  OPENSSL_cleanse(text->data(), text->size());
  if (key != nullptr) return key;
  if (encrypted)
    return fail(Code::unsupported, "the key \"" + path +
                                       "\" has a passphrase; write it without one: openssl pkey "
                                       "-in KEY -out NEW-KEY");
  return fail(Code::invalid, "\"" + path + "\" has no private key in PEM: " + take_openssl_error());
}

}  // namespace

std::vector<std::string> dns_names(X509* certificate) {
  std::vector<std::string> names;
  auto* alternatives = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (alternatives != nullptr) {
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
      const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, i);
      if (name->type == GEN_DNS) names.push_back(lower(text_of(name->d.dNSName)));
    }
    GENERAL_NAMES_free(alternatives);
    return names;
  }
  const X509_NAME* subject = X509_get_subject_name(certificate);
  int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0)
    names.push_back(lower(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)))));
  return names;
}

Result<std::string> read_small_file(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(errno == ENOENT ? Code::not_found : Code::io,
                "\"" + path + "\" cannot be read: " + std::strerror(errno));
  std::string text;
  char buffer[16 * 1024];
  ssize_t got;
  while ((got = ::read(fd, buffer, sizeof buffer)) > 0 && text.size() <= kFileBytesMax)
    text.append(buffer, static_cast<size_t>(got));
  int error = got < 0 ? errno : 0;
  ::close(fd);
  if (error != 0) return fail(Code::io, "\"" + path + "\" cannot be read: " + std::strerror(error));
  if (text.size() > kFileBytesMax)
    return fail(Code::too_large, "\"" + path + "\" is larger than 1 MiB");
  return text;
}

Result<std::vector<X509Pointer>> read_certificates(const std::string& path) {
  Result<std::string> text = read_small_file(path);
  if (!text) return fail(std::move(text.error()));
  BioPointer bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  std::vector<X509Pointer> found;
  ERR_clear_error();
  while (X509* each = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr))
    found.emplace_back(each);
  bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  std::string why = take_openssl_error();
  if (!at_end) return fail(Code::invalid, "\"" + path + "\" is damaged: " + why);
  if (found.empty())
    return fail(Code::invalid, "\"" + path +
                                   "\" has no certificate in PEM (-----BEGIN "
                                   "CERTIFICATE-----)");
  return found;
}

std::string time_text(const ASN1_TIME* time) {
  BioPointer bio(BIO_new(BIO_s_mem()));
  ASN1_TIME_print(bio.get(), time);
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

Result<LoadedCertificate> load_certificate(const TlsCertificate& files) {
  Result<std::vector<X509Pointer>> all = read_certificates(files.certificate_path);
  if (!all)
    return fail(Code::invalid, "the TLS certificate cannot be used", std::move(all.error()));
  Result<KeyPointer> key = read_key(files.key_path);
  if (!key) return fail(Code::invalid, "the TLS key cannot be used", std::move(key.error()));
  LoadedCertificate loaded;
  loaded.leaf = std::move(all->front());
  for (size_t i = 1; i < all->size(); ++i) loaded.chain.push_back(std::move((*all)[i]));
  loaded.key = std::move(*key);
  if (X509_check_private_key(loaded.leaf.get(), loaded.key.get()) != 1) {
    ERR_clear_error();
    return fail(Code::invalid, "the TLS key \"" + files.key_path +
                                   "\" does not belong to the certificate \"" +
                                   files.certificate_path +
                                   "\" (its own certificate must be the first in that file)");
  }
  loaded.names = dns_names(loaded.leaf.get());
  return loaded;
}

}  // namespace skerry::net
