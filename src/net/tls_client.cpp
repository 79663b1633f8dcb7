#include "net/tls_client.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "loop/loop.h"
#include "loop/stream.h"
#include "loop/worker_thread.h"
#include "net/tls_files.h"
#include "net/tls_stream.h"
#include "observe/log.h"

namespace skerry::net {

namespace {

constexpr char kCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

// The last session of each origin, so that the next connection needs no certificates. The one not
// used for longest goes first.
class Sessions {
 public:
  explicit Sessions(loop::Loop& loop) : loop_(loop) {}

  void keep(const std::string& origin, SslSession session) {
    auto found = by_origin_.find(origin);
    if (found != by_origin_.end()) order_.erase(found->second);
    order_.push_front({origin, std::move(session), loop_.now_ms()});
    by_origin_[origin] = order_.begin();
    if (order_.size() <= limits::tls_client_sessions_max) return;
    by_origin_.erase(order_.back().origin);
    order_.pop_back();
  }
  // Null when there is none. A copy: OpenSSL makes a session useless once it was used, and the next
  // connection may begin before a new ticket has come. RFC 8446 section C.4 asks for one use for
  // the sake of people who are observed; all connections of a node have one address anyway.
  SslSession find(const std::string& origin) {
    auto found = by_origin_.find(origin);
    if (found == by_origin_.end()) return nullptr;
    if (loop_.now_ms() - found->second->kept_ms > limits::tls_client_session_s * 1000) {
      forget(origin);
      return nullptr;
    }
    order_.splice(order_.begin(), order_, found->second);
    return SslSession(SSL_SESSION_dup(found->second->session.get()));
  }
  void forget(const std::string& origin) {
    auto found = by_origin_.find(origin);
    if (found == by_origin_.end()) return;
    order_.erase(found->second);
    by_origin_.erase(found);
  }

 private:
  struct Entry {
    std::string origin;
    SslSession session;
    uint64_t kept_ms;
  };
  loop::Loop& loop_;
  std::list<Entry> order_;
  std::unordered_map<std::string, std::list<Entry>::iterator> by_origin_;
};

// What a connection is for; hangs on its SSL.
struct Target {
  Sessions* sessions;
  observe::Log* log;
  std::string origin;
  std::string host;
  std::string refused;  // why a certificate is
};

std::string name_text(const X509_NAME* name) {
  BioPointer bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

// In a few words, for the worker that called fetch().
std::string verdict(long code, const std::string& host) {
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return "the certificate of " + host + " has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID: return "the certificate of " + host + " is not valid yet";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "the certificate of " + host + " is self-signed";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "the certificate of " + host + " is signed by an unknown authority";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return "the certificate is not for " + host;
    default:
      return "the certificate of " + host + " is refused (" + X509_verify_cert_error_string(code) +
             ")";
  }
}

// Who is who, for the log.
std::string certificate_detail(X509* certificate) {
  std::string text = "subject " + name_text(X509_get_subject_name(certificate)) + "; issuer " +
                     name_text(X509_get_issuer_name(certificate)) + "; good until " +
                     time_text(X509_get0_notAfter(certificate)) + "; names";
  std::vector<std::string> names = dns_names(certificate);
  for (const std::string& name : names) text += " " + name;
  return names.empty() ? text + " none" : text;
}

// Notes what is wrong with which certificate; OpenSSL's verdict stays.
int on_verify(int good, X509_STORE_CTX* context) {
  if (good == 1) return good;
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* target = ssl == nullptr ? nullptr : static_cast<Target*>(SSL_get_app_data(ssl));
  if (target == nullptr || !target->refused.empty()) return good;
  target->refused = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
  if (X509* certificate = X509_STORE_CTX_get_current_cert(context))
    target->refused += "; " + certificate_detail(certificate);
  return good;
}

Error explain(SSL* ssl, const Target& target, int reason, std::string detail) {
  const std::string& host = target.host;
  long verified = SSL_get_verify_result(ssl);
  if (verified != X509_V_OK && reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    std::string text = verdict(verified, host);
    target.log->event(observe::Level::warn, "",
                      "fetch() of https://" + host + ": " + text + ": " + target.refused);
    return Error(Code::refused, std::move(text));
  }
  // What answered did not begin a TLS record.
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST)
    return Error(Code::refused, "the port of " + host + " does not speak TLS",
                 Error(Code::refused, std::move(detail)));
  return Error(Code::refused, "the TLS handshake with " + host + " failed",
               Error(Code::refused, std::move(detail)));
}

}  // namespace

struct TlsClient::Core {
  Core(loop::Loop& the_loop, observe::Log& the_log)
      : loop(the_loop), log(the_log), sessions(the_loop) {}
  loop::Loop& loop;
  observe::Log& log;
  std::vector<X509Pointer> roots;  // of ca_paths; the thread takes them
  std::string optional_path;
  TlsShared shared;
  Sessions sessions;
  SslContext context;
  std::vector<TlsWaiter*> waiters;
  std::unique_ptr<loop::WorkerThread> reader;
  // What the thread hands back finds nobody when this is gone.
  std::shared_ptr<Core*> self = std::make_shared<Core*>(this);

  // What the thread has made; a context, or why there is none.
  struct Made {
    SslContext context;
    std::string error;
    std::string warning;
  };

  static int on_session(SSL* ssl, SSL_SESSION* session) {
    auto* target = static_cast<Target*>(SSL_get_app_data(ssl));
    if (target == nullptr || SSL_SESSION_is_resumable(session) == 0) return 0;
    target->sessions->keep(target->origin, SslSession(session));
    return 1;
  }

  // On the thread.
  static Made make(const std::vector<X509Pointer>& roots, const std::string& optional_path) {
    Made made;
    made.context.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* context = made.context.get();
    if (context == nullptr) {
      made.error = take_openssl_error();
      return made;
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_cipher_list(context, kCiphers);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verify);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
    static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_protos(context, kHttp11, sizeof kHttp11);
    SSL_CTX_set_default_verify_paths(context);
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    for (const X509Pointer& root : roots) X509_STORE_add_cert(store, root.get());
    if (!optional_path.empty()) {
      Result<std::vector<X509Pointer>> more = read_certificates(optional_path);
      if (more)
        for (const X509Pointer& root : *more) X509_STORE_add_cert(store, root.get());
      else
        made.warning = more.error().chain();
    }
    ERR_clear_error();
    return made;
  }

  void read() {
    if (reader != nullptr || context != nullptr) return;
    reader = std::make_unique<loop::WorkerThread>("skerry-roots");
    reader->post([this, weak = std::weak_ptr<Core*>(self)] {
      auto made = std::make_shared<Made>(make(roots, optional_path));
      // The destructor of Core waits for this thread, not for what it posts.
      loop.post([weak, made] {
        if (std::shared_ptr<Core*> core = weak.lock()) (*core)->have(*made);
      });
    });
  }

  void have(Made& made) {
    reader.reset();
    context = std::move(made.context);
    if (!made.warning.empty())
      log.event(observe::Level::warn, "",
                "Further roots for fetch() are left out: " + made.warning);
    Result<> result;
    if (context == nullptr) result = fail(Code::internal, "TLS cannot be used: " + made.error);
    // Each may forget others.
    while (!waiters.empty()) {
      TlsWaiter* next = waiters.back();
      waiters.pop_back();
      next->on_tls_ready(result);
    }
  }
};

TlsClient::TlsClient(std::unique_ptr<Core> core) : core_(std::move(core)) {}
TlsClient::~TlsClient() = default;

Result<std::unique_ptr<TlsClient>> TlsClient::create(loop::Loop& loop, observe::Log& log,
                                                     TlsClientOptions options) {
  auto core = std::make_unique<Core>(loop, log);
  core->optional_path = std::move(options.optional_ca_path);
  for (const std::string& path : options.ca_paths) {
    Result<std::vector<X509Pointer>> found = read_certificates(path);
    if (!found) return fail(Code::invalid, "the CA file cannot be used", std::move(found.error()));
    for (X509Pointer& each : *found) core->roots.push_back(std::move(each));
  }
  return std::unique_ptr<TlsClient>(new TlsClient(std::move(core)));
}

bool TlsClient::is_ready() const {
  return core_->context != nullptr;
}

void TlsClient::prepare() {
  core_->read();
}

void TlsClient::wait(TlsWaiter& waiter) {
  core_->waiters.push_back(&waiter);
  core_->read();
}

void TlsClient::forget(TlsWaiter& waiter) {
  std::erase(core_->waiters, &waiter);
}

Result<> TlsClient::open(loop::Stream& stream, const std::string& host, uint16_t port,
                         TlsObserver& observer) {
  Core& core = *core_;
  SslPointer ssl(SSL_new(core.context.get()));
  if (ssl == nullptr) return fail(Code::internal, "TLS: " + take_openssl_error());
  bool is_address = loop::SocketAddress::parse(host, port).has_value();
  X509_VERIFY_PARAM* verify = SSL_get0_param(ssl.get());
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  std::string name = host;
  if (name.ends_with('.')) name.pop_back();
  bool set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str()) == 1
                        : SSL_set1_host(ssl.get(), name.c_str()) == 1 &&
                              SSL_set_tlsext_host_name(ssl.get(), name.c_str()) == 1;
  if (!set) return fail(Code::invalid, "no host to check a certificate for: " + host);
  auto target = std::make_shared<Target>(&core.sessions, &core.log,
                                         host + " " + std::to_string(port), host, "");
  SSL_set_app_data(ssl.get(), target.get());
  if (SslSession session = core.sessions.find(target->origin))
    SSL_set_session(ssl.get(), session.get());
  TlsStream::Setup setup;
  setup.role = TlsStream::Role::client;
  setup.shared = &core.shared;
  setup.observer = &observer;
  setup.explain = [target = target.get()](SSL* failed, int reason, std::string detail) {
    target->sessions->forget(target->origin);
    return explain(failed, *target, reason, std::move(detail));
  };
  setup.keep = std::move(target);
  auto filter = std::make_unique<TlsStream>(stream, std::move(ssl), std::move(setup));
  TlsStream* made = filter.get();
  stream.attach(std::move(filter));
  return made->begin();
}

}  // namespace skerry::net
