#include "loop/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

#include "loop/loop_impl.h"

namespace skerry::loop {

namespace {

constexpr int kBacklog = 1024;
constexpr int kAcceptsPerTurn = 64;
constexpr uint64_t kBackOffMs = 100;

socklen_t to_sockaddr(const SocketAddress& address, sockaddr_storage* storage) {
  *storage = {};
  if (address.is_v4()) {
    auto* in = reinterpret_cast<sockaddr_in*>(storage);
    in->sin_family = AF_INET;
    in->sin_port = htons(address.port);
    std::memcpy(&in->sin_addr, address.ip + 12, 4);
    return sizeof(sockaddr_in);
  }
  auto* in = reinterpret_cast<sockaddr_in6*>(storage);
  in->sin6_family = AF_INET6;
  in->sin6_port = htons(address.port);
  std::memcpy(&in->sin6_addr, address.ip, 16);
  return sizeof(sockaddr_in6);
}

// Whether some process answers on the socket file.
bool is_answered(const sockaddr_un& name) {
  int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return true;
  int status = ::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  // A full backlog (EAGAIN) or a refusal for rights means that somebody is there.
  bool answered = status == 0 || errno != ECONNREFUSED;
  ::close(fd);
  return answered;
}

}  // namespace

// A poll handle on a socket of our own rather than a libuv listener: that one spins when
// descriptors run out and it could not keep a spare one.
struct Listener::Box {
  uv_poll_t poll;
  int fd = -1;
  Stream::Kind kind = Stream::Kind::tcp;
  Loop* loop = nullptr;
  ListenerUser* user = nullptr;
  bool closed = false;
  TimerId retry;
  SocketAddress address;
  std::string path;

  void watch() { uv_poll_start(&poll, UV_READABLE, on_readable); }

  static void on_readable(uv_poll_t* handle, int, int) {
    static_cast<Box*>(handle->data)->accept_some();
  }

  void accept_some() {
    for (int i = 0; i < kAcceptsPerTurn && !closed; ++i) {
      sockaddr_storage name = {};
      socklen_t size = sizeof name;
      int client =
          ::accept4(fd, reinterpret_cast<sockaddr*>(&name), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client >= 0) {
        auto stream = Stream::adopt(*loop, client, kind);
        if (!stream) continue;
        SocketAddress peer;
        if (kind == Stream::Kind::tcp) {
          peer = SocketAddress::from(reinterpret_cast<const sockaddr*>(&name));
        }
        user->on_accept(std::move(*stream), peer);
        continue;
      }
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
        back_off();
        return;
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      // The rest (ECONNABORTED, EINTR, EPROTO, network errors of the new socket) concerns one
      // client only.
    }
  }

  void back_off() {
    uv_poll_stop(&poll);
    retry = loop->add_timer(kBackOffMs, [this] { watch(); });
  }
};

Result<std::unique_ptr<Listener>> Listener::start(Loop& loop, int fd, Stream::Kind kind,
                                                  ListenerUser& user) {
  auto* box = new Box;
  box->fd = fd;
  box->kind = kind;
  box->loop = &loop;
  box->user = &user;
  if (int status = uv_poll_init(&loop.impl().uv, &box->poll, fd); status != 0) {
    delete box;
    ::close(fd);
    return fail(uv_failure(status, "watch the listening socket"));
  }
  box->poll.data = box;
  box->watch();
  return std::unique_ptr<Listener>(new Listener(box));
}

Result<std::unique_ptr<Listener>> Listener::tcp(Loop& loop, std::string_view host, uint16_t port,
                                                SharePort share, ListenerUser& user) {
  auto address = SocketAddress::parse(host, port);
  if (!address) return fail(std::move(address.error()));
  std::string what = "listen on " + address->text();
  sockaddr_storage name;
  socklen_t size = to_sockaddr(*address, &name);
  int fd = ::socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(uv_failure(-errno, what));
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (share == SharePort::yes) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (name.ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), size) != 0 ||
      ::listen(fd, kBacklog) != 0) {
    int error = errno;
    ::close(fd);
    if (error == EADDRINUSE) {
      return fail(Code::busy, what + ": the port is taken by another process");
    }
    return fail(uv_failure(-error, what));
  }
  size = sizeof name;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
  auto listener = start(loop, fd, Stream::Kind::tcp, user);
  if (listener) {
    (*listener)->box_->address = SocketAddress::from(reinterpret_cast<const sockaddr*>(&name));
  }
  return listener;
}

Result<std::unique_ptr<Listener>> Listener::unix_socket(Loop& loop, const std::string& path,
                                                        ListenerUser& user) {
  std::string what = "listen on " + path;
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof name.sun_path) {
    return fail(Code::invalid, what + ": the path must have 1 to 107 bytes");
  }
  std::memcpy(name.sun_path, path.data(), path.size());
  struct stat info = {};
  if (::lstat(path.c_str(), &info) == 0) {
    if (!S_ISSOCK(info.st_mode)) {
      return fail(Code::refused, what + ": the file exists and is no socket");
    }
    if (is_answered(name)) {
      return fail(Code::busy, what + ": another process answers on this socket");
    }
    ::unlink(path.c_str());
  }
  int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(uv_failure(-errno, what));
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
      ::listen(fd, kBacklog) != 0) {
    int error = errno;
    ::close(fd);
    return fail(uv_failure(-error, what));
  }
  auto listener = start(loop, fd, Stream::Kind::unix_socket, user);
  if (listener) (*listener)->box_->path = path;
  return listener;
}

Listener::~Listener() {
  box_->closed = true;
  box_->loop->cancel_timer(box_->retry);
  if (!box_->path.empty()) ::unlink(box_->path.c_str());
  int fd = box_->fd;
  uv_close(reinterpret_cast<uv_handle_t*>(&box_->poll),
           [](uv_handle_t* handle) { delete static_cast<Box*>(handle->data); });
  ::close(fd);
}

const SocketAddress& Listener::address() const {
  return box_->address;
}

}  // namespace skerry::loop
