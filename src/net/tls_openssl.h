// OpenSSL's objects as owners, and its error queue as text. The only header of skerry that includes
// OpenSSL's TLS; private to net's tls_*.cpp.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace skerry::net {

template <auto free_function>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};

using SslContext = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPointer = std::unique_ptr<SSL, FreeWith<SSL_free>>;
using SslSession = std::unique_ptr<SSL_SESSION, FreeWith<SSL_SESSION_free>>;
using X509Pointer = std::unique_ptr<X509, FreeWith<X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using BioPointer = std::unique_ptr<BIO, FreeWith<BIO_free>>;

// What the newest entry of this thread's error queue says, for people; the queue is empty
// afterwards. "unknown error" where there is none.
std::string take_openssl_error();

}  // namespace skerry::net
