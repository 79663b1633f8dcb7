// New TLS connections as fast as a server makes them: handshake, one GET, its reply, close. One
// thread, epoll, loopback only; certificates are not checked. Prints one JSON object.
//   tls_connections PORT HOST PATH CONNECTIONS SECONDS full|resumed
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "tls_connections: %s: %s\n", what, std::strerror(errno));
  ERR_print_errors_fp(stderr);
  std::exit(1);
}

struct Load {
  int port;
  std::string host, request;
  bool resumes;
  int poll = epoll_create1(0);
  SSL_CTX* context = nullptr;
  SSL_SESSION* session = nullptr;
  long done = 0, resumed = 0, errors = 0;
};

struct Connection {
  SSL* ssl = nullptr;
  int fd = -1;
  bool asked = false;
  std::string reply;
};

void open(Load& load, Connection& connection) {
  connection.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(uint16_t(load.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    fail("connect");
  }
  connection.ssl = SSL_new(load.context);
  SSL_set_fd(connection.ssl, connection.fd);
  SSL_set_tlsext_host_name(connection.ssl, load.host.c_str());
  if (load.resumes && load.session != nullptr) {
    // OpenSSL makes a session of TLS 1.3 useless once it was used: each gets a copy.
    SSL_SESSION* copy = SSL_SESSION_dup(load.session);
    SSL_set_session(connection.ssl, copy);
    SSL_SESSION_free(copy);
  }
  SSL_set_connect_state(connection.ssl);
  connection.asked = false;
  connection.reply.clear();
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = &connection}};
  epoll_ctl(load.poll, EPOLL_CTL_ADD, connection.fd, &event);
}

// Whether the whole reply is there: a head with content-length.
bool is_complete(const std::string& reply) {
  size_t end = reply.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  for (const char* name : {"content-length: ", "Content-Length: "}) {
    size_t at = reply.find(name);
    if (at < end)
      return reply.size() >= end + 4 + std::strtoul(reply.c_str() + at + 16, nullptr, 10);
  }
  return false;
}

void finish(Load& load, Connection& connection, bool good) {
  if (good) {
    ++load.done;
    if (SSL_session_reused(connection.ssl)) ++load.resumed;
    if (load.resumes && !SSL_session_reused(connection.ssl)) {
      SSL_SESSION* fresh = SSL_get1_session(connection.ssl);
      if (load.session != nullptr) SSL_SESSION_free(load.session);
      load.session = fresh;
    }
    SSL_shutdown(connection.ssl);
  } else {
    ++load.errors;
    ERR_clear_error();
  }
  SSL_free(connection.ssl);
  close(connection.fd);
  open(load, connection);
}

void go_on(Load& load, Connection& connection) {
  SSL* ssl = connection.ssl;
  if (!connection.asked) {
    int status = SSL_do_handshake(ssl);
    if (status != 1) {
      int why = SSL_get_error(ssl, status);
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        finish(load, connection, false);
      return;
    }
    connection.asked = true;
    if (SSL_write(ssl, load.request.data(), static_cast<int>(load.request.size())) <= 0) {
      finish(load, connection, false);
      return;
    }
  }
  char buffer[16 * 1024];
  while (true) {
    int got = SSL_read(ssl, buffer, sizeof buffer);
    if (got <= 0) {
      if (SSL_get_error(ssl, got) != SSL_ERROR_WANT_READ) finish(load, connection, false);
      return;
    }
    connection.reply.append(buffer, static_cast<size_t>(got));
    if (is_complete(connection.reply)) {
      finish(load, connection, connection.reply.starts_with("HTTP/1.1 200"));
      return;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  Load load{.port = std::atoi(argv[1]),
            .host = argv[2],
            .request = {},
            .resumes = std::string_view(argv[6]) == "resumed"};
  load.request = "GET " + std::string(argv[3]) + " HTTP/1.1\r\nHost: " + load.host + "\r\n\r\n";
  load.context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_session_cache_mode(load.context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  std::vector<Connection> connections(static_cast<size_t>(std::atoi(argv[4])));
  for (Connection& each : connections) open(load, each);
  double seconds = std::atof(argv[5]);
  double begin = now(), end = begin + seconds;
  while (now() < end) {
    epoll_event events[64];
    int count = epoll_wait(load.poll, events, 64, 100);
    for (int i = 0; i < count; ++i) go_on(load, *static_cast<Connection*>(events[i].data.ptr));
  }
  std::printf("{\"per_second\": %.1f, \"connections\": %ld, \"resumed\": %ld, \"errors\": %ld}\n",
              static_cast<double>(load.done) / (now() - begin), load.done, load.resumed,
              load.errors);
  return 0;
}
