#include "net/tls_server.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "loop/stream.h"
#include "net/tls_files.h"
#include "net/tls_stream.h"

namespace skerry::net {

namespace {

// Forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
constexpr char kCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
// AES-128 first: as good here, and quicker.
constexpr char kSuites[] =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr char kGroups[] = "X25519:P-256:P-384";
constexpr int kWarnDays = 7;

// Keys of session tickets: the one in use, and the one before, whose tickets are still taken. They
// outlive a reload of certificates.
class TicketKeys {
 public:
  explicit TicketKeys(std::function<uint64_t()> now_s) : now_s_(std::move(now_s)) {}

  // RFC 5077, as SSL_CTX_set_tlsext_ticket_key_evp_cb wants it.
  static int use(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                 EVP_MAC_CTX* mac, int encrypts) {
    SSL_CTX* context = SSL_get_SSL_CTX(ssl);
    return static_cast<TicketKeys*>(SSL_CTX_get_app_data(context))
        ->apply(name, iv, cipher, mac, encrypts != 0);
  }

 private:
  struct Key {
    unsigned char name[16];
    unsigned char cipher[32];
    unsigned char mac[32];
    uint64_t made_s = 0;
    bool valid = false;
  };

  bool refresh() {
    uint64_t now = now_s_();
    if (current_.valid && now - current_.made_s < limits::tls_ticket_key_s) return true;
    bool recent = current_.valid && now - current_.made_s < 2 * limits::tls_ticket_key_s;
    previous_ = current_;
    previous_.valid = recent;
    Key& key = current_;
    key.made_s = now;
    key.valid = RAND_bytes(key.name, sizeof key.name) == 1 &&
                RAND_priv_bytes(key.cipher, sizeof key.cipher) == 1 &&
                RAND_priv_bytes(key.mac, sizeof key.mac) == 1;
    return key.valid;
  }

  static bool set_mac(EVP_MAC_CTX* mac, Key& key) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac, sizeof key.mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
  }

  // 1: done; 2: done, and the client should get a new ticket; 0: no such key; -1: failed.
  int apply(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
            bool encrypts) {
    if (!refresh()) return -1;
    if (encrypts) {
      std::memcpy(name, current_.name, sizeof current_.name);
      bool good =
          RAND_bytes(iv, 16) == 1 &&
          EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, current_.cipher, iv) == 1 &&
          set_mac(mac, current_);
      return good ? 1 : -1;
    }
    for (Key* key : {&current_, &previous_}) {
      if (!key->valid || std::memcmp(name, key->name, sizeof key->name) != 0) continue;
      bool good = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher, iv) == 1 &&
                  set_mac(mac, *key);
      return !good ? -1 : key == &current_ ? 1 : 2;
    }
    return 0;
  }

  std::function<uint64_t()> now_s_;
  Key current_;
  Key previous_;
};

// The contexts of one reading of the files, and which host has which.
struct Contexts {
  std::shared_ptr<TicketKeys> tickets;
  std::vector<SslContext> all;  // the first is the default
  std::unordered_map<std::string, SSL_CTX*> by_name;

  SSL_CTX* find(std::string name) const {
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (name.ends_with('.')) name.pop_back();
    auto found = by_name.find(name);
    if (found != by_name.end()) return found->second;
    size_t dot = name.find('.');
    if (dot == std::string::npos) return nullptr;
    found = by_name.find("*" + name.substr(dot));
    return found == by_name.end() ? nullptr : found->second;
  }

  // RFC 6066 section 3. An unknown host gets the first certificate: its client says best what is
  // wrong.
  static int on_server_name(SSL* ssl, int*, void* self) {
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
    SSL_CTX* context = static_cast<Contexts*>(self)->find(name);
    if (context == nullptr) return SSL_TLSEXT_ERR_NOACK;
    if (context != SSL_get_SSL_CTX(ssl)) SSL_set_SSL_CTX(ssl, context);
    return SSL_TLSEXT_ERR_OK;
  }
};

// RFC 7301 section 3.2: no common protocol ends the handshake.
int on_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
            unsigned in_size, void*) {
  static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  int result = SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11, in, in_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<SslContext> make_context(Contexts& contexts) {
  SslContext made(SSL_CTX_new(TLS_server_method()));
  if (made == nullptr) return fail(Code::internal, "start TLS: " + take_openssl_error());
  SSL_CTX* context = made.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_cipher_list(context, kCiphers);
  SSL_CTX_set_ciphersuites(context, kSuites);
  SSL_CTX_set1_groups_list(context, kGroups);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  static constexpr unsigned char kSessionContext[] = "skerry";
  SSL_CTX_set_session_id_context(context, kSessionContext, sizeof kSessionContext - 1);
  SSL_CTX_set_timeout(context, static_cast<long>(limits::tls_ticket_key_s));
  // One is what a client can use next; browsers get another with each connection.
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_app_data(context, contexts.tickets.get());
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, TicketKeys::use);
  SSL_CTX_set_tlsext_servername_callback(context, Contexts::on_server_name);
  SSL_CTX_set_tlsext_servername_arg(context, &contexts);
  SSL_CTX_set_alpn_select_cb(context, on_alpn, nullptr);
  return made;
}

Result<> add_certificate(SSL_CTX* context, LoadedCertificate& loaded, const TlsCertificate& files) {
  STACK_OF(X509)* chain = sk_X509_new_null();
  for (X509Pointer& each : loaded.chain) sk_X509_push(chain, each.get());
  int status = SSL_CTX_use_cert_and_key(context, loaded.leaf.get(), loaded.key.get(), chain, 1);
  sk_X509_free(chain);
  if (status == 1) return {};
  return fail(Code::invalid, "the TLS certificate \"" + files.certificate_path +
                                 "\" cannot be used: " + take_openssl_error());
}

std::string file_mark(const std::string& path) {
  struct stat about{};
  if (stat(path.c_str(), &about) != 0) return "-";
  return std::to_string(about.st_ino) + " " + std::to_string(about.st_size) + " " +
         std::to_string(about.st_mtim.tv_sec) + "." + std::to_string(about.st_mtim.tv_nsec);
}

}  // namespace

struct TlsServer::Core {
  std::vector<TlsCertificate> files;
  std::shared_ptr<TicketKeys> tickets;
  std::shared_ptr<const Contexts> contexts;
  std::vector<std::string> marks;
  std::vector<std::string> warnings;
  TlsShared shared;

  std::vector<std::string> marks_now() const {
    std::vector<std::string> found;
    for (const TlsCertificate& each : files) {
      found.push_back(file_mark(each.certificate_path));
      found.push_back(file_mark(each.key_path));
    }
    return found;
  }

  Result<> read() {
    marks = marks_now();
    auto fresh = std::make_shared<Contexts>();
    fresh->tickets = tickets;
    std::vector<std::string> notes;
    struct Place {
      std::vector<std::string> names;
      std::vector<int> key_kinds;
      SSL_CTX* context;
    };
    std::vector<Place> places;
    for (const TlsCertificate& each : files) {
      Result<LoadedCertificate> loaded = load_certificate(each);
      if (!loaded) return fail(std::move(loaded.error()));
      warn(*loaded, each, notes);
      int kind = EVP_PKEY_get_base_id(loaded->key.get());
      auto same = std::find_if(places.begin(), places.end(), [&](const Place& place) {
        return place.names == loaded->names &&
               std::find(place.key_kinds.begin(), place.key_kinds.end(), kind) ==
                   place.key_kinds.end();
      });
      if (same == places.end()) {
        Result<SslContext> made = make_context(*fresh);
        if (!made) return fail(std::move(made.error()));
        places.push_back({loaded->names, {}, made->get()});
        same = places.end() - 1;
        fresh->all.push_back(std::move(*made));
      }
      same->key_kinds.push_back(kind);
      if (Result<> added = add_certificate(same->context, *loaded, each); !added) return added;
      // The first that has a name keeps it.
      for (const std::string& name : loaded->names) fresh->by_name.emplace(name, same->context);
    }
    contexts = std::move(fresh);
    warnings = std::move(notes);
    return {};
  }

  static void warn(const LoadedCertificate& loaded, const TlsCertificate& files,
                   std::vector<std::string>& notes) {
    const ASN1_TIME* begin = X509_get0_notBefore(loaded.leaf.get());
    const ASN1_TIME* end = X509_get0_notAfter(loaded.leaf.get());
    time_t now = time(nullptr);
    time_t soon = now + kWarnDays * 24 * 3600;
    std::string what = "The TLS certificate \"" + files.certificate_path + "\" ";
    if (X509_cmp_time(end, &now) < 0) {
      notes.push_back(what + "expired on " + time_text(end) + "; clients refuse it.");
    } else if (X509_cmp_time(end, &soon) < 0) {
      notes.push_back(what + "expires on " + time_text(end) + ".");
    } else if (X509_cmp_time(begin, &now) > 0) {
      notes.push_back(what + "is good only from " + time_text(begin) + " on.");
    }
  }
};

TlsServer::TlsServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}
TlsServer::~TlsServer() = default;

Result<std::unique_ptr<TlsServer>> TlsServer::create(std::vector<TlsCertificate> certificates,
                                                     std::function<uint64_t()> now_s) {
  if (certificates.empty()) return fail(Code::invalid, "TLS needs a certificate and its key");
  auto core = std::make_unique<Core>();
  core->files = std::move(certificates);
  core->tickets = std::make_shared<TicketKeys>(std::move(now_s));
  if (Result<> read = core->read(); !read) return fail(std::move(read.error()));
  return std::unique_ptr<TlsServer>(new TlsServer(std::move(core)));
}

Result<> TlsServer::reload() {
  return core_->read();
}

bool TlsServer::has_changed() const {
  return core_->marks_now() != core_->marks;
}

std::vector<std::string> TlsServer::warnings() const {
  return core_->warnings;
}

Result<const TlsStream*> TlsServer::open(loop::Stream& stream) {
  SslPointer ssl(SSL_new(core_->contexts->all.front().get()));
  if (ssl == nullptr) return fail(Code::internal, "TLS: " + take_openssl_error());
  TlsStream::Setup setup;
  setup.shared = &core_->shared;
  setup.keep = core_->contexts;
  auto filter = std::make_unique<TlsStream>(stream, std::move(ssl), std::move(setup));
  const TlsStream* made = filter.get();
  stream.attach(std::move(filter));
  return made;
}

}  // namespace skerry::net
